//! Narrow and wide terminals: no line is longer than they are, but where a word or a command is.

use setpresence_core::event::CaseRecord;
use setpresence_core::judge::Verdict;
use setpresence_report::console::{self, Detail, Options};
use setpresence_report::{Column, Format, Matrix, Strictness, fit};

use crate::runs::{accepted_pair, case, log_of, mixed};

const WIDTHS: [usize; 4] = [40, 60, 80, 200];
/// The farthest that a word can be pushed to the right: by an indent and a label.
const PUSHED: usize = 16;

/// Looks at every line; one that holds a command, or a word that fits nowhere, may be longer.
fn check(what: &str, text: &str, width: usize) {
    for line in text.lines() {
        let is_command = line.trim_start().starts_with("curl ") || line.trim_start().starts_with("-H ");
        let has_long_word = line.split(' ').any(|word| word.chars().count() + PUSHED > width);
        let n_chars = line.chars().count();
        assert!(n_chars <= width || is_command || has_long_word, "{what} at {width}, {n_chars} characters:\n{line}");
    }
}

#[test]
fn reports_keep_to_the_width() {
    for width in WIDTHS {
        for detail in [Detail::Summary, Detail::Grouped, Detail::Everything] {
            let options = Options { detail, width, ..Options::default() };
            check("console", &console::report(&mixed(), &options), width);
        }
    }
}

#[test]
fn the_matrix_keeps_to_the_width() {
    let other = log_of(vec![
        CaseRecord { observed: vec!["refused with 400".to_owned()], ..case("body/duration/weeks", Verdict::Observed) },
        accepted_pair("available-busy"),
    ]);
    let (one, failing) = (mixed(), log_of(Vec::new()));
    let names = ["emulator", "gateway", "a-mock-of-our-own", "proxy", "sdk"];
    let columns: Vec<_> = names
        .iter()
        .zip([&one, &other, &one, &other, &failing])
        .map(|(name, events)| Column { name, events, unjudged: events.len().eq(&0).then_some("nobody"), page: None })
        .collect();
    for n_targets in 1..=names.len() {
        let matrix = Matrix::of(&columns[..n_targets], Strictness::Must);
        for width in WIDTHS {
            for detail in [Detail::Grouped, Detail::Everything] {
                let options = Options { detail, width, ..Options::default() };
                let text = matrix.render(Format::Console, &options).unwrap().unwrap();
                check(&format!("matrix of {n_targets}"), &text, width);
                assert!(text.contains("combinations/unsupported") && text.contains("failed"), "{text}");
            }
        }
    }
}

#[test]
fn other_texts_keep_to_the_width() {
    let text = "name-of-a-thing          what is said of it, in a sentence that goes on for longer than a line\n\
                \u{20} yes  set-presence                   answered 200, and whatever else there is to say of it\n\
                a/case/with/a/name/that/is/quite-long/and-a-row-of-it  (3 h 59 min)\n\
                    in the middle of nowhere stands a paragraph that was indented by somebody for some reason\n";
    for width in WIDTHS {
        check("text", &fit(text, width), width);
    }
}
