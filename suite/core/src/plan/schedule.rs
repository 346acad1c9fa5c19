//! Timelines packed on few users, so that the whole takes as little time as it can.
//!
//! Pure: the run loop asks [`Room`] who may begin, and [`schedule`] asks the same for a clock that is only imagined,
//! so that what is said before a run, what is benchmarked and what is done are one algorithm: the longest first, and
//! into the gaps before a timeline that waits for several users only what delays it by nothing.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

/// A timeline, as far as packing is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// How long it takes.
    pub lasts: Duration,
    /// How many users it needs, all of them from its begin to its end.
    pub users: usize,
}

/// When each timeline begins, and when the last one ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// By the place of the timeline; nothing for one that needs more users than there are.
    pub begins: Vec<Option<Duration>>,
    /// The end of the last timeline.
    pub makespan: Duration,
    /// How many users are taken at once at most.
    pub users: usize,
}

/// Packs timelines on a pool of users.
#[must_use]
pub fn schedule(timelines: &[Timeline], users: usize) -> Schedule {
    let mut schedule = Schedule { begins: vec![None; timelines.len()], ..Schedule::default() };
    let mut waiting: Vec<usize> = (0..timelines.len()).filter(|place| timelines[*place].users <= users).collect();
    waiting.sort_by_key(|place| rank(&timelines[*place]));
    let mut taken: BTreeSet<(Duration, usize)> = BTreeSet::new();
    let mut now = Duration::ZERO;
    while !waiting.is_empty() {
        let n_taken: usize = taken.iter().map(|(_, place)| timelines[*place].users).sum();
        let ends = taken.iter().flat_map(|(end, place)| std::iter::repeat_n(*end, timelines[*place].users));
        let mut room = Room::new(now, users - n_taken, ends);
        waiting.retain(|place| {
            let is_admitted = room.admits(&timelines[*place]);
            if is_admitted {
                room.take(&timelines[*place]);
                let end = now + timelines[*place].lasts;
                schedule.begins[*place] = Some(now);
                schedule.makespan = schedule.makespan.max(end);
                taken.insert((end, *place));
            }
            !is_admitted
        });
        schedule.users = schedule.users.max(users - room.free);
        let Some((end, _)) = taken.first().copied() else { break };
        now = end;
        taken.retain(|(end, _)| *end > now);
    }
    schedule
}

/// No packing takes less: neither the longest timeline nor all of them shared out evenly can be beaten.
#[must_use]
pub fn lower_bound(timelines: &[Timeline], users: usize) -> Duration {
    let fitting = || timelines.iter().filter(|timeline| timeline.users <= users);
    let longest = fitting().map(|timeline| timeline.lasts).max().unwrap_or_default();
    let all: u128 = fitting().map(|timeline| timeline.lasts.as_nanos() * timeline.users as u128).sum();
    let shared = all.div_ceil(users.max(1) as u128);
    longest.max(Duration::from_nanos(u64::try_from(shared).unwrap_or(u64::MAX)))
}

/// Who comes first: what does not wait at all, because it holds nobody up and tells at once what it finds; then the
/// longest, and of these the one that needs the most users.
#[must_use]
pub fn rank(timeline: &Timeline) -> impl Ord + use<> {
    (!timeline.lasts.is_zero(), Reverse(timeline.lasts), Reverse(timeline.users))
}

/// The room for timelines at one moment. They are asked about in the order of their [`rank`].
#[derive(Clone, Debug)]
pub struct Room {
    now: Duration,
    free: usize,
    /// When each taken user is free again.
    ends: Vec<Duration>,
    /// When the first timeline that found no room can begin, and how many users are left beside it then.
    reserved: Option<(Duration, usize)>,
}

impl Room {
    /// So many users are free now; the others will be at these moments.
    pub fn new(now: Duration, free: usize, ends: impl IntoIterator<Item = Duration>) -> Self {
        Self { now, free, ends: ends.into_iter().collect(), reserved: None }
    }

    /// Whether a timeline may begin now. The first that may not because there are too few users gets them reserved.
    pub fn admits(&mut self, timeline: &Timeline) -> bool {
        if timeline.users > self.free {
            self.reserve(timeline.users);
            return false;
        }
        let end = self.now.saturating_add(timeline.lasts);
        self.reserved.is_none_or(|(begin, beside)| end <= begin || timeline.users <= beside)
    }

    /// Takes the users of a timeline that was admitted and begins now.
    pub fn take(&mut self, timeline: &Timeline) {
        let end = self.now.saturating_add(timeline.lasts);
        if let Some((begin, beside)) = &mut self.reserved
            && end > *begin
        {
            *beside = beside.saturating_sub(timeline.users);
        }
        self.free = self.free.saturating_sub(timeline.users);
        self.ends.extend(std::iter::repeat_n(end, timeline.users));
    }

    /// Keeps users for the first timeline that has to wait, from the moment at which there are enough.
    fn reserve(&mut self, users: usize) {
        if self.reserved.is_some() {
            return;
        }
        self.ends.sort_unstable();
        let n_missing = users - self.free;
        if let Some(begin) = self.ends.get(n_missing - 1).copied() {
            let n_free = self.free + self.ends.iter().filter(|end| **end <= begin).count();
            self.reserved = Some((begin, n_free - users));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timelines(rows: &[(u64, usize)]) -> Vec<Timeline> {
        rows.iter()
            .map(|(minutes, users)| Timeline { lasts: Duration::from_secs(60 * minutes), users: *users })
            .collect()
    }

    #[test]
    fn makespans() {
        // Timelines as (minutes, users), the pool, the makespan in minutes, and how many users are taken at most.
        type Row = (&'static [(u64, usize)], usize, u64, usize);
        let rows: [Row; 9] = [
            (&[], 3, 0, 0),
            (&[(5, 1), (3, 1), (2, 1)], 1, 10, 1),
            (&[(2, 1), (3, 1), (5, 1)], 2, 5, 2),
            (&[(5, 1), (4, 1), (3, 1)], 50, 5, 3),
            (&[(0, 1), (0, 3)], 3, 0, 3),
            // One that nobody can serve holds nobody up.
            (&[(5, 4), (3, 1)], 3, 3, 1),
            // The wide one waits for both users, and nothing longer than its wait slips in before it.
            (&[(4, 2), (5, 1), (4, 1), (3, 1)], 2, 12, 2),
            (&[(9, 1), (8, 2), (2, 1), (2, 1)], 2, 17, 2),
            (&[(10, 1), (10, 1), (10, 1)], 2, 20, 2),
        ];
        for (rows, users, minutes, n_taken) in rows {
            let timelines = timelines(rows);
            let found = schedule(&timelines, users);
            assert_eq!(found.makespan, Duration::from_secs(60 * minutes), "{rows:?} on {users}");
            assert_eq!(found.users, n_taken, "{rows:?} on {users}");
            assert!(lower_bound(&timelines, users) <= found.makespan);
        }
    }

    #[test]
    fn what_does_not_wait_comes_first_and_then_the_longest() {
        let mut rows = timelines(&[(3, 1), (0, 1), (9, 1), (3, 2), (0, 2)]);
        rows.sort_by_key(rank);
        assert_eq!(rows, timelines(&[(0, 2), (0, 1), (9, 1), (3, 2), (3, 1)]));
    }

    /// Two of four users are taken for five minutes, and three are wanted: then one is left beside them, and only one.
    #[test]
    fn what_outlasts_a_wait_takes_what_is_left_beside() {
        let five = Duration::from_secs(300);
        let orders: [&[((u64, usize), bool)]; 2] = [
            &[((9, 3), false), ((8, 1), true), ((7, 1), false), ((5, 1), true)],
            // What ends when the wait does takes nothing of it.
            &[((9, 3), false), ((5, 1), true), ((8, 1), true)],
        ];
        for order in orders {
            let mut room = Room::new(Duration::ZERO, 2, [five, five]);
            for ((minutes, users), is_admitted) in order {
                let timeline = timelines(&[(*minutes, *users)])[0];
                assert_eq!(room.admits(&timeline), *is_admitted, "{minutes} minutes on {users}");
                if *is_admitted {
                    room.take(&timeline);
                }
            }
        }
    }

    #[test]
    fn a_wide_timeline_is_not_starved() {
        // Ten short ones would keep one user busy for ever if they were let in as users come free.
        let mut rows = vec![(10, 1), (9, 2)];
        rows.extend([(8, 1); 10]);
        let found = schedule(&timelines(&rows), 2);
        assert_eq!(found.begins[1], Some(Duration::from_secs(600)));
    }

    #[test]
    fn nobody_is_on_two_timelines() {
        let rows: Vec<_> = (0..200).map(|n| (n * 7919 % 61, 1 + (n % 3) as usize)).collect();
        let timelines = timelines(&rows);
        for users in [3, 4, 10, 50] {
            let found = schedule(&timelines, users);
            let spans: Vec<_> = timelines
                .iter()
                .zip(&found.begins)
                .map(|(one, begin)| (begin.unwrap(), begin.unwrap() + one.lasts, one.users))
                .collect();
            for (at, _, _) in &spans {
                let n_taken: usize =
                    spans.iter().filter(|(from, to, _)| from <= at && at < to).map(|(_, _, n)| n).sum();
                assert!(n_taken <= users, "{n_taken} of {users} at {at:?}");
            }
            let bound = lower_bound(&timelines, users);
            // A third of them need three users, which four cannot be shared out to without a rest.
            let most = if users == 4 { bound * 9 / 8 } else { bound * 21 / 20 };
            assert!(found.makespan <= most, "{:?} against {bound:?} on {users}", found.makespan);
        }
    }
}
