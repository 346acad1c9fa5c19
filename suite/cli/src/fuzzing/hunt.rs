//! A campaign against the reference in this process: how soon it finds a fault, and how short the witness is.

use std::io;

use setpresence_core::explore::{Campaign, Driven, Examiner, Features, Ground, Kind, Sequence, Shrinker, USERS, drive};
use setpresence_core::judge::{Context, Divergence, Slack};
use setpresence_core::moment::Moment;
use setpresence_core::plan::Abilities;
use setpresence_core::spec::Profile;
use setpresence_reference::{ClockKind, Faults, Mutant, Settings};

use super::endpoint::{InProcess, abilities};

/// How many users a reference has until it is replaced: each sequence has users that nobody touched.
const USERS_OF_ONE: usize = USERS * 2000;
/// How often a finding is tried while it is made less.
const TRIES_MOST: usize = 1000;

/// A campaign against the reference in this process.
#[derive(Debug)]
pub struct Hunt {
    settings: Settings,
    abilities: Abilities,
    endpoint: InProcess,
    campaign: Campaign,
    now: Moment,
    next_user: usize,
    requests: u64,
}

/// What a hunt found.
#[derive(Clone, Debug)]
pub struct Catch {
    /// What the last move of the sequence shows.
    pub divergence: Divergence,
    /// The sequence, up to that move.
    pub sequence: Sequence,
    /// How many requests were sent until it was found.
    pub requests: u64,
}

impl Hunt {
    /// A campaign against a reference of these settings; its clock is moved by hand, whatever they say.
    ///
    /// # Errors
    /// Where the system has no room for a runtime.
    pub fn new(settings: Settings, seed: u64) -> io::Result<Self> {
        let settings = settings.with_clock(ClockKind::Manual).with_users(USERS_OF_ONE);
        let abilities = abilities(&settings);
        Ok(Self {
            endpoint: InProcess::new(settings.clone())?,
            campaign: Campaign::new(Ground::of(&abilities), seed),
            settings,
            abilities,
            now: Moment::START,
            next_user: 0,
            requests: 0,
        })
    }

    /// How many requests were sent so far.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.requests
    }

    /// The first thing that is wrong, within this many requests in all.
    ///
    /// # Errors
    /// As [`Hunt::new`].
    pub fn first(&mut self, requests: u64) -> io::Result<Option<Catch>> {
        while self.requests < requests {
            let sequence = self.campaign.next_sequence();
            let before = self.requests;
            let driven = self.send(&sequence)?;
            let mut features = Features::default();
            for (one, seen) in sequence.moves().iter().zip(&driven.observations) {
                features.add(&one.action, seen, &[]);
            }
            self.campaign.learn(&sequence, features.into_found());
            if let Some(divergence) =
                driven.divergences.into_iter().min_by_key(|found| (found.exchange, std::cmp::Reverse(found.level)))
            {
                let n_moves = divergence.exchange + 1;
                let sequence = Sequence::of(sequence.moves()[..n_moves].to_vec());
                return Ok(Some(Catch { divergence, sequence, requests: before + n_moves as u64 }));
            }
        }
        Ok(None)
    }

    /// The least sequence that shows the same.
    ///
    /// # Errors
    /// As [`Hunt::new`].
    pub fn shrink(&mut self, caught: &Catch) -> io::Result<Catch> {
        let kind = Kind::of(&caught.divergence);
        let mut least = caught.clone();
        let mut shrinker = Shrinker::new(self.campaign.ground().clone(), caught.sequence.clone());
        for _ in 0..TRIES_MOST {
            let Some(candidate) = shrinker.candidate() else { break };
            let driven = self.send(&candidate)?;
            let last = candidate.moves().len() - 1;
            let shown = driven.divergences.into_iter().find(|found| found.exchange == last && kind.is_shown_by(found));
            shrinker.tell(shown.is_some());
            least.divergence = shown.unwrap_or(least.divergence);
        }
        least.sequence = shrinker.best().clone();
        Ok(least)
    }

    fn send(&mut self, sequence: &Sequence) -> io::Result<Driven> {
        if self.next_user + USERS > self.settings.users.len() {
            self.endpoint = InProcess::new(self.settings.clone())?;
            self.next_user = 0;
        }
        let users = &self.settings.users[self.next_user..self.next_user + USERS];
        self.next_user += USERS;
        let context = Context {
            users: users.to_vec(),
            credentials: self.abilities.credentials.clone(),
            slack: Slack { propagation: self.settings.propagation, ..Slack::default() },
            interrupted: None,
        };
        let mut examiner = Examiner::new(self.abilities.profile, &context);
        let driven = drive(sequence, users, &mut self.endpoint, &mut examiner, &mut self.now);
        self.requests += driven.observations.len() as u64;
        Ok(driven)
    }
}

/// What became of one mutant.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The mutant.
    pub mutant: &'static Mutant,
    /// The profile that it was tried in.
    pub profile: &'static Profile,
    /// What was found, made as little as can be; nothing where it was not found.
    pub caught: Option<Catch>,
}

/// Tries to find one mutant within this many requests.
///
/// # Errors
/// As [`Hunt::new`].
pub fn prove(mutant: &'static Mutant, profile: &'static Profile, seed: u64, requests: u64) -> io::Result<Proof> {
    let mut hunt = Hunt::new(Settings::for_profile(profile).with_faults(Faults::of(mutant)), seed)?;
    let caught = match hunt.first(requests)? {
        Some(caught) => Some(hunt.shrink(&caught)?),
        None => None,
    };
    Ok(Proof { mutant, profile, caught })
}
