//! Laws of the fixture loader and the model.

use std::sync::LazyLock;
use std::time::Duration;

use setpresence_core::case::Library;
use setpresence_core::case::text::Source;
use setpresence_core::explore::Story;
use setpresence_core::model::{Effect, Expiry, Model, Permitted, Ruling, Seen, Slack, rank};
use setpresence_core::moment::{Moment, Span};
use setpresence_core::spec::{Availability, Presence};

/// The entries of the register, with the id of each.
static REGISTER: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/requirements.toml");
    let starts = text.match_indices("[[requirement]]").map(|(start, _)| start).collect::<Vec<_>>();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let entries = starts.iter().zip(ends).map(|(start, end)| &text[*start..end]);
    entries.map(|entry| (entry.split('"').nth(1).unwrap_or_default(), entry)).collect()
});

/// As much of the register as the case file can mean: to read all of it takes a hundred times as long as the case.
fn register(case: &str) -> String {
    let is_meant = |(place, (id, _)): &(usize, &(&str, &str))| *place == 0 || case.contains(id);
    REGISTER.iter().enumerate().filter(is_meant).map(|(_, (_, entry))| *entry).collect()
}

/// Any text is loaded as a case file or refused with mistakes that lie in it; nothing is both.
pub fn case_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let n_lines = text.lines().count().max(1) + 1;
    let register = Source { name: "requirements.toml".to_owned(), text: register(&text) };
    let case = Source { name: "cases/fuzz/one.toml".to_owned(), text };
    match Library::load(vec![register, case]) {
        Ok(library) => {
            for case in &library.cases {
                assert!(!case.steps.is_empty(), "{} has no step", case.id);
                assert!(case.id.starts_with("fuzz/one"), "{} is not of the file", case.id);
                let in_order = case.steps.is_sorted_by_key(|step| step.at);
                assert!(in_order, "{}: a step is earlier than the one before", case.id);
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a mistake");
            for problem in problems {
                assert!(problem.line >= 1 && problem.line <= n_lines, "{problem} is not in the file");
                assert!(!problem.message.is_empty(), "{problem} says nothing");
            }
        }
    }
}

const APPLICATIONS: [&str; 3] = ["a", "b", "c"];

/// The model by itself: something is always permitted; the highest of all sessions shows; applications may call in any
/// order; users do not touch each other; an Available session only ever fades on; what has expired stays gone.
pub fn model(bytes: &[u8]) {
    let profile = Story::PROFILE;
    let Story { sets, order, reads } = Story::read(bytes);
    let (mut one, mut other) = (Model::new(profile, Slack::default()), Model::new(profile, Slack::default()));
    for place in 0..APPLICATIONS.len() {
        set(&mut one, "u", place, sets[place]);
        set(&mut other, "u", order[place], sets[order[place]]);
    }
    let single = |place: usize, one: (Presence, Duration)| {
        let mut model = Model::new(profile, Slack::default());
        set(&mut model, "u", place, one);
        model
    };
    let singles: Vec<Model> = sets.iter().enumerate().map(|(place, one)| single(place, *one)).collect();
    let alone = single(0, (Presence::AVAILABLE, sets[0].1));
    let last = sets.iter().map(|(_, lasts)| *lasts).max().unwrap_or_default();
    let mut stage = 0;
    for at in reads {
        let seconds = at.as_secs();
        let when = Span::at(Moment::from_start(at));
        let permitted = one.permitted("u", when);
        assert!(!permitted.presences.is_empty() || permitted.anything, "nothing is permitted at {seconds} s");
        assert_eq!(permitted, other.permitted("u", when), "the order of applications shows at {seconds} s");
        assert!(one.permitted("v", when).contains(Presence::OFFLINE), "another user is touched");
        let shown = singles.iter().map(|model| highest(&model.permitted("u", when))).max();
        assert_eq!(Some(highest(&permitted)), shown, "another than the highest session shows at {seconds} s");
        let is_over = at > last;
        assert!(
            !is_over || permitted.presences.iter().eq([&Presence::OFFLINE]),
            "a session outlives its end at {seconds} s"
        );
        let now = alone.permitted("u", when).presences.iter().map(|shown| stage_of(*shown)).min().unwrap_or(stage);
        assert!(now >= stage, "a session goes back from stage {stage} to {now} at {seconds} s");
        stage = now;
    }
}

/// The rank of the highest presence that is permitted.
fn highest(permitted: &Permitted) -> u8 {
    permitted.presences.iter().map(|shown| rank(shown.availability)).max().unwrap_or_default()
}

fn set(model: &mut Model, user: &str, place: usize, (shown, lasts): (Presence, Duration)) {
    let application = APPLICATIONS[place].to_owned();
    let effect = Effect::Session { application, shown: Some(shown), expiry: Expiry::After(lasts) };
    model.set(user, &Ruling { reasons: Vec::new(), effect }, Span::at(Moment::START), Seen::Accepted);
}

fn stage_of(shown: Presence) -> u8 {
    match (shown, shown.availability) {
        (Presence::AVAILABLE, _) => 0,
        (Presence::AVAILABLE_INACTIVE, _) => 1,
        (_, Availability::Away) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_finds_what_it_names_in_its_part_of_the_register() {
        for case in
            crate::seeds("case_file").expect("seeds").into_iter().filter_map(|case| String::from_utf8(case).ok())
        {
            let sources = |register| {
                let named = |name: &str, text| Source { name: name.to_owned(), text };
                vec![named("requirements.toml", register), named("cases/fuzz/one.toml", case.clone())]
            };
            let whole = Library::load(sources(include_str!("../../fixtures/requirements.toml").to_owned()));
            let part = Library::load(sources(register(&case)));
            assert_eq!(part.is_ok(), whole.is_ok(), "{case}\n{:?}", part.err());
        }
    }
}
