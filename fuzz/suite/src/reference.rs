//! The reference as the targets use it: at once, by a function call, or as a handler of one's own would be.

use axum::Router;
use setpresence::fuzzing::{Handler, InProcess};
use setpresence::target_file;
use setpresence_core::case::text::Source;
use setpresence_core::explore::USERS;
use setpresence_core::spec::Profile;
use setpresence_reference::{ClockKind, Faults, Mutant, Reference, Settings};

/// The faultless reference, with a clock that is moved by hand; with the fault of a mutant where one is named.
///
/// # Panics
/// Where there is no mutant of that name, or no room for a runtime.
#[must_use]
pub fn endpoint(profile: &'static Profile, mutant: Option<&str>) -> InProcess {
    InProcess::new(settings(profile, mutant)).unwrap_or_else(|error| panic!("no runtime: {error}"))
}

/// The same as a handler of one's own would be.
///
/// # Panics
/// As [`endpoint`].
#[must_use]
pub fn handler(profile: &'static Profile, mutant: Option<&str>) -> Handler {
    let (settings, make) = served(profile, mutant);
    Handler::new(settings, make).unwrap_or_else(|error| panic!("{error}")).strict()
}

/// How a reference in this process is reached, and what makes one.
pub(crate) fn served(
    profile: &'static Profile,
    mutant: Option<&str>,
) -> (setpresence::Settings, impl Fn() -> Router + use<>) {
    let settings = settings(profile, mutant);
    // Nothing listens there, and nothing is sent there.
    let nowhere = ([127, 0, 0, 1], 0).into();
    let text = target_file::for_reference(&settings, Reference::new(settings.clone()).mint(), nowhere);
    let target = setpresence::Settings::parse(&Source { name: "target.toml".to_owned(), text });
    let target = target.unwrap_or_else(|problems| panic!("{problems:?}"));
    (target, move || Reference::new(settings.clone()).service())
}

fn settings(profile: &'static Profile, mutant: Option<&str>) -> Settings {
    let faults = mutant.map_or_else(Faults::none, |name| {
        Faults::of(Mutant::named(name).unwrap_or_else(|| panic!("there is no mutant `{name}`")))
    });
    Settings::for_profile(profile).with_clock(ClockKind::Manual).with_users(USERS).with_faults(faults)
}
