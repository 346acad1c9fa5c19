//! Every format of report, of the reference and of faulty targets, byte for byte: `reports/gallery/`.

use std::fs;

use setpresence_report::Format;

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

#[test]
fn every_format_of_the_reference_and_of_faulty_targets() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports/gallery"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (name, status, mutants) in [
        ("reference", 0, &[][..]),
        ("fades-once", 1, &["fades-once"]),
        ("faulty", 1, &["never-fades", "role-unchecked", "no-challenge", "expired-token-accepted"]),
    ] {
        let folder = Folder::new();
        let log = folder.path("run.jsonl");
        let mut args = vec!["run", "--log", &log];
        args.extend(CASES);
        args.extend(mutants.iter().flat_map(|mutant| ["--mutant", mutant]));
        let console = run(&args);
        console.check(status, &[], &[]);
        let wanted: Vec<String> = Format::ALL
            .map(|format| format!("{}={}", format.name(), folder.path(&format!("{}.out", format.name()))))
            .to_vec();
        let mut args = vec!["report", &log];
        args.extend(wanted.iter().flat_map(|report| ["--report", report]));
        let later = run(&args);
        later.check(status, &[], &[]);
        assert_eq!(later.stdout, console.stdout, "a report made later is the same");
        for format in Format::ALL {
            let bytes = fs::read(folder.path(&format!("{}.out", format.name()))).unwrap();
            settings.bind(|| {
                insta::assert_binary_snapshot!(&format!("{name}-{}.{}", format.name(), ending(format)), bytes);
            });
        }
    }
}
