//! Every format of report, of the reference and of faulty targets, byte for byte: `reports/gallery/`.

use std::fs;

use setpresence_report::{Format, Matrix};

use crate::support::{Folder, run};

/// A few cases that show every kind of finding: fading, permissions, headers, and what either way is permitted.
const CASES: [&str; 6] = [
    "fade/available-fades-in-two-stages",
    "permissions/application-without-the-role",
    "permissions/challenge",
    "permissions/unusable-token",
    "body/duration-as-a-clock-time",
    "combinations/supported-pairs",
];

/// The ending that an editor or a browser knows the format by.
const fn ending(format: Format) -> &'static str {
    match format {
        Format::Console | Format::Tap | Format::Github => "txt",
        Format::Junit => "xml",
        Format::Markdown => "md",
        Format::Html => "html",
        Format::Json | Format::Har | Format::Sarif | Format::Ctrf | Format::Badge => "json",
    }
}

/// The targets of the gallery: the exit status of their runs, and their faults.
const TARGETS: [(&str, i32, &[&str]); 3] = [
    ("reference", 0, &[]),
    ("fades-once", 1, &["fades-once"]),
    ("faulty", 1, &["never-fades", "role-unchecked", "no-challenge", "expired-token-accepted"]),
];

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports/gallery"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Runs the cases against a target; gives what the console showed.
fn judged(folder: &Folder, name: &str, status: i32, mutants: &[&str]) -> String {
    let log = folder.path(&format!("{name}.jsonl"));
    let mut args = vec!["run", "--log", &log];
    args.extend(CASES);
    args.extend(mutants.iter().flat_map(|mutant| ["--mutant", mutant]));
    let done = run(&args);
    done.check(status, &[], &[]);
    done.stdout
}

/// Makes reports and compares each with what is in the gallery; gives what the console showed.
fn compared(folder: &Folder, name: &str, status: i32, formats: &[Format], logs: &[&str]) -> String {
    let path = |format: &Format| folder.path(&format!("{}.out", format.name()));
    let wanted: Vec<String> = formats.iter().map(|format| format!("{}={}", format.name(), path(format))).collect();
    let mut args = vec!["report"];
    args.extend(logs);
    args.extend(wanted.iter().flat_map(|report| ["--report", report]));
    let done = run(&args);
    done.check(status, &[], &[]);
    for format in formats {
        let bytes = fs::read(path(format)).unwrap();
        settings().bind(|| {
            insta::assert_binary_snapshot!(&format!("{name}-{}.{}", format.name(), ending(*format)), bytes);
        });
    }
    done.stdout
}

#[test]
fn every_format_of_the_reference_and_of_faulty_targets() {
    for (name, status, mutants) in TARGETS {
        let folder = Folder::new();
        let console = judged(&folder, name, status, mutants);
        let later = compared(&folder, name, status, &Format::ALL, &[&folder.path(&format!("{name}.jsonl"))]);
        assert_eq!(later, console, "a report made later is the same");
    }
}

#[test]
fn all_of_them_side_by_side() {
    let folder = Folder::new();
    let logs = TARGETS.map(|(name, status, mutants)| {
        judged(&folder, name, status, mutants);
        folder.path(&format!("{name}.jsonl"))
    });
    let mut args = vec!["--side-by-side"];
    args.extend(logs.iter().map(String::as_str));
    compared(&folder, "side-by-side", 1, &Matrix::FORMATS, &args);
    // Formats that show one target only, and logs that nobody could tell apart.
    let sarif = format!("sarif={}", folder.path("x"));
    run(&["report", "--side-by-side", &logs[0], &logs[1], "--report", &sarif]).check(
        2,
        &[],
        &["side by side; console"],
    );
    run(&["report", "--side-by-side", &logs[0], &logs[0]]).check(2, &[], &["called", "reference"]);
    run(&["report", &logs[0], &logs[1]]).check(2, &[], &["--side-by-side"]);
}

#[test]
fn the_gallery_shows_every_format_and_no_link_in_it_is_dead() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports");
    let page = fs::read_to_string(format!("{folder}/README.md")).unwrap();
    for format in Format::ALL {
        assert!(page.contains(&format!("| `{}` |", format.name())), "{format:?} is not shown");
        let shown = format!("gallery/faulty-{}.snap.{}", format.name(), ending(format));
        assert!(page.contains(&shown), "{shown} is not shown");
    }
    let mut n_links = 0;
    for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        if !link.starts_with("https://") {
            assert!(fs::exists(format!("{folder}/{link}")).unwrap(), "{link} is not there");
            n_links += 1;
        }
    }
    for entry in fs::read_dir(format!("{folder}/gallery")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_shown = page.contains(&name) || name.ends_with(".snap") || name.starts_with("fades-once-");
        assert!(is_shown, "nothing leads to {name}");
    }
    assert!(n_links > 22, "{n_links}");
}
