//! A lane: users of its own, on which one sequence after another is played.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use setpresence_core::event::{Answer, Observation, Outcome};
use setpresence_core::explore::{Examiner, Features, Ground, Sequence};
use setpresence_core::judge::{Context, Divergence};
use setpresence_core::plan::{Abilities, Action, UserSlot};
use setpresence_core::spec::Operation;

use super::options::FuzzOptions;
use super::stage::Stage;
use crate::request::plain;
use crate::run::Users;
use crate::target::{Call, On401};

/// On a clock that is moved by hand, whatever cannot be cleared is waited out: longer than any preference lasts by default.
const WAITED_OUT: Duration = Duration::from_secs(8 * 24 * 60 * 60);
/// What is added to the propagation delay, so that what comes next comes after it and not with it.
const AFTER_PROPAGATION: Duration = Duration::from_millis(1);
/// The applications whose sessions may stand.
const APPLICATIONS: [&str; 3] = ["app", "app_b", "app_c"];

/// More sequences than requests are under way, so that there is always one to be sent while others wait: for an answer,
/// for the clock, for the last of a round.
const LANES_A_JOB: usize = 4;

/// Users of its own, on which one sequence after another is played.
pub(super) struct Lane {
    abilities: Abilities,
    ground: Ground,
    context: Context,
    /// Users that nobody touched yet, in groups.
    fresh: Vec<Vec<String>>,
    /// Whether something may stand on the users.
    is_dirty: bool,
    /// What was played since they were clean; nothing where somebody else may have changed them.
    since_clean: Option<Sequence>,
    /// Whether something was done to them that a read may not show yet.
    is_settling: bool,
}

/// What came of a sequence.
#[derive(Debug, Default)]
pub(super) struct Played {
    /// What was played: the sequence, and its ending where there was one.
    pub(super) sequence: Sequence,
    pub(super) divergences: Vec<Divergence>,
    pub(super) features: Vec<u64>,
    /// What came back of each move.
    pub(super) observations: Vec<Observation>,
    /// Whether nothing stood on the users before it.
    pub(super) is_known: bool,
    /// Whether it came to its end, and every request had an answer.
    pub(super) is_whole: bool,
}

/// As many lanes as there are users for, up to some for each job.
pub(super) fn lanes(stage: &Stage<'_>, abilities: &Abilities, options: &FuzzOptions) -> Vec<Lane> {
    let settings = stage.target().settings();
    let n_users = settings.users.len().clamp(1, setpresence_core::explore::USERS);
    let groups: Vec<Vec<String>> = settings.users.chunks_exact(n_users).map(<[String]>::to_vec).collect();
    // A target that is begun anew is so for all of it.
    let n_most = if stage.target().is_renewable() { 1 } else { groups.len().max(1) };
    let n_lanes = options.jobs.max(1).saturating_mul(LANES_A_JOB).min(n_most);
    let ground = Ground::of(abilities);
    let is_fresh = options.users == Users::Fresh;
    let context = |users: Vec<String>| Context {
        users,
        credentials: abilities.credentials.clone(),
        slack: settings.slack,
        interrupted: None,
    };
    (0..n_lanes)
        .map(|lane| {
            let mut own: Vec<Vec<String>> = groups.iter().skip(lane).step_by(n_lanes).cloned().collect();
            own.reverse();
            let users = own.pop().unwrap_or_else(|| settings.users.clone());
            let fresh = if is_fresh { own } else { Vec::new() };
            let (abilities, ground, context) = (abilities.clone(), ground.clone(), context(users));
            Lane { abilities, ground, context, fresh, is_dirty: !is_fresh, since_clean: None, is_settling: false }
        })
        .collect()
}

impl Lane {
    /// Plays a sequence, and what ends it, so that the next one finds the users clean: what would only clean up is judged.
    pub(super) async fn play_to_end(&mut self, stage: &Stage<'_>, sequence: &Sequence) -> Played {
        // Users that nobody touched need no cleaning, and are soon used up.
        let needs_ending = self.fresh.is_empty() && !stage.target().is_renewable();
        let Some(whole) = sequence.with_ending(&self.ground).filter(|_| needs_ending) else {
            return self.play(stage, sequence).await;
        };
        let played = self.play(stage, &whole).await;
        let ending = whole.moves().iter().zip(&played.observations).skip(sequence.moves().len());
        let is_over = played.is_whole && played.observations.len() == whole.moves().len();
        self.is_dirty &= !(is_over && ending.into_iter().all(|(one, seen)| is_clean_after(&one.action, &seen.outcome)));
        played
    }

    /// Plays a sequence from a known state, if one can be had; else nothing that a read shows is judged.
    pub(super) async fn play(&mut self, stage: &Stage<'_>, sequence: &Sequence) -> Played {
        self.begin(stage).await;
        self.since_clean = (!self.is_dirty).then(|| sequence.clone());
        let mut examiner = Examiner::new(self.abilities.profile, &self.context);
        if self.is_dirty {
            examiner.muddle();
        }
        let mut played = Played { sequence: sequence.clone(), is_known: !self.is_dirty, ..Played::default() };
        let mut features = Features::default();
        let began = stage.clock().now();
        let mut has_lost = false;
        let mut place = 0;
        for group in sequence.moves().chunk_by(|_, next| next.action.is_together) {
            let actions: Vec<&Action> = group.iter().map(|one| &one.action).collect();
            stage.until(began.later(actions.first().map_or(Duration::ZERO, |first| first.at))).await;
            let changes = actions.iter().any(|action| action.operation != Operation::GetPresence);
            self.is_dirty |= changes;
            self.is_settling |= changes;
            let room = stage.room(actions.len()).await;
            let sending = actions.iter().map(|action| stage.send(self.call(stage, action)));
            let Some(seen) = join_all(sending).await.into_iter().collect::<Option<Vec<_>>>() else { return played };
            drop(room);
            stage.note_judged(&seen);
            let divergences = examiner.examine_together(place, &actions, &seen);
            for (nth, (action, seen)) in actions.iter().zip(&seen).enumerate() {
                let own = divergences.iter().filter(|divergence| divergence.exchange == place + nth);
                features.add(action, seen, own);
            }
            has_lost |= seen.iter().any(|seen| matches!(seen.outcome, Outcome::Lost(_)));
            played.divergences.extend(divergences);
            place += group.len();
            played.observations.extend(seen);
        }
        played.features = features.into_found();
        played.is_whole = !has_lost;
        played
    }

    /// Sees to users on whom nothing stands, if they can be had.
    async fn begin(&mut self, stage: &Stage<'_>) {
        if self.is_dirty {
            if stage.target().renew() {
                (self.is_dirty, self.is_settling) = (false, false);
            } else if let Some(users) = self.fresh.pop() {
                self.context.users = users;
                (self.is_dirty, self.is_settling) = (false, false);
            } else {
                self.is_dirty = !self.rinse(stage).await;
                self.is_settling = true;
            }
        }
        let propagation = self.context.slack.propagation;
        if std::mem::take(&mut self.is_settling) && !propagation.is_zero() {
            // What cleaned them may be seen as late as anything else.
            stage.until(stage.clock().now().later(propagation + AFTER_PROPAGATION)).await;
        }
    }

    /// Takes everything off the users when no more is played on them. Best effort.
    pub(super) async fn leave(&mut self, stage: &Stage<'_>) {
        if self.is_dirty {
            self.is_dirty = !self.rinse(stage).await;
        }
    }

    fn call<'a>(&'a self, stage: &'a Stage<'_>, action: &'a Action) -> Call<'a> {
        let user = match action.user {
            UserSlot::Pool(slot) => self.context.users.get(slot).map_or("", String::as_str),
            UserSlot::Unknown => stage.target().settings().unknown_user.as_deref().unwrap_or_default(),
        };
        let owner = self.context.users.first().map_or("", String::as_str);
        let (operation, on_401, actor) = (action.operation, On401::Answer, action.actor.as_deref());
        let purpose = "a sequence";
        Call { purpose, request: &action.request, operation, actor, user, owner, base: None, on_401 }
    }

    /// What its requests are filled in with.
    pub(super) const fn context(&self) -> &Context {
        &self.context
    }

    /// Takes note that somebody else may have changed the users.
    pub(super) fn doubt(&mut self) {
        self.is_dirty = true;
        self.since_clean = None;
    }

    /// Takes everything off the users; says whether that is sure.
    async fn rinse(&self, stage: &Stage<'_>) -> bool {
        let ending = self.since_clean.as_ref().and_then(|played| played.ending(&self.ground));
        if let Some(ending) = ending
            && self.is_clean_after_all(stage, &ending).await
        {
            return true;
        }
        let clearing = self.context.users.iter().map(|user| self.clear(stage, user));
        let is_clean = join_all(clearing).await.into_iter().all(|is_clean| is_clean);
        if is_clean || !stage.clock().is_manual() {
            return is_clean;
        }
        stage.until(stage.clock().now().later(WAITED_OUT)).await;
        let mut is_clean = true;
        for user in &self.context.users {
            is_clean &= self.shows_offline(stage, user).await;
        }
        is_clean
    }

    async fn is_clean_after_all(&self, stage: &Stage<'_>, ending: &Sequence) -> bool {
        for one in ending.moves() {
            let _room = stage.room(1).await;
            let Some(seen) = stage.send(self.call(stage, &one.action)).await else { return false };
            if !is_clean_after(&one.action, &seen.outcome) {
                return false;
            }
        }
        true
    }

    /// Takes off a user whatever may stand there.
    async fn clear(&self, stage: &Stage<'_>, user: &str) -> bool {
        let is_cleared = self.clear_sessions(stage, user).await;
        let is_unpreferred = self.clear_preference(stage, user).await;
        // A target without the path answers 404, too: only a read tells.
        is_cleared && is_unpreferred && self.shows_offline(stage, user).await
    }

    async fn clear_sessions(&self, stage: &Stage<'_>, user: &str) -> bool {
        let mut is_cleared = true;
        for name in APPLICATIONS {
            let Some(credential) = self.abilities.credentials.get(name) else { continue };
            let body = json!({ "sessionId": credential.application });
            let answer = self.ask(stage, Operation::ClearPresence, name, user, Some(&body)).await;
            is_cleared &= answer.is_some_and(|answer| is_gone(&answer));
        }
        is_cleared
    }

    async fn clear_preference(&self, stage: &Stage<'_>, user: &str) -> bool {
        let answer = self.ask(stage, Operation::ClearUserPreferredPresence, "app", user, Some(&json!({}))).await;
        answer.is_some_and(|answer| is_gone(&answer))
            || !self.abilities.operations.contains_key(&Operation::SetUserPreferredPresence)
    }

    async fn shows_offline(&self, stage: &Stage<'_>, user: &str) -> bool {
        if !self.abilities.operations.contains_key(&Operation::GetPresence) {
            return true;
        }
        self.ask(stage, Operation::GetPresence, "reader", user, None).await.is_some_and(|answer| is_offline(&answer))
    }

    async fn ask(
        &self,
        stage: &Stage<'_>,
        operation: Operation,
        actor: &str,
        user: &str,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let request = plain(self.abilities.operations.get(&operation)?, body);
        let call = Call::to_clear(&request, operation, actor, user);
        let _room = stage.room(1).await;
        match stage.send(call).await?.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Lost(_) => None,
        }
    }
}

/// Whether an answer of an ending says that nothing is left of what it concerns.
fn is_clean_after(action: &Action, outcome: &Outcome) -> bool {
    let Outcome::Answer(answer) = outcome else { return false };
    if action.operation == Operation::GetPresence { is_offline(answer) } else { is_gone(answer) }
}

/// Whether what was to be cleared is gone, or never was there.
const fn is_gone(answer: &Answer) -> bool {
    answer.status == 404 || answer.status >= 200 && answer.status < 300
}

fn is_offline(answer: &Answer) -> bool {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    answer.status == 200 && body.get("availability").and_then(Value::as_str) == Some("Offline")
}
