//! Disks that are full and folders that are closed: a clear error, the other reports whole, and exit status 2.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Done, Folder, command};

const CASES: [&str; 2] = ["run", "fade"];
/// The largest file that may be written, in the blocks of `ulimit`, half a kilobyte each: less than a report.
const BLOCKS: &str = "8";

/// Runs the binary where no file may become larger than that; what is beyond is an error, and no signal.
fn run_limited(args: &[&str]) -> Done {
    let binary = env!("CARGO_BIN_EXE_setpresence");
    let script = format!("trap '' XFSZ; ulimit -f {BLOCKS}; exec \"$0\" \"$@\"");
    Done::of(&Command::new("sh").args(["-c", &script, binary]).args(args).output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told_and_stays_a_device() {
    let folder = Folder::new();
    let json = folder.path("r.json");
    let to_json = format!("json={json}");
    let reports = ["--report", "json=/dev/full", "--report", &to_json];
    let done = Done::of(&command(&[&CASES[..], &reports].concat()).output().unwrap());
    done.check(2, &["exit status 0"], &["cannot write `/dev/full`: No space left on device"]);
    let whole: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(whole["summary"]["failed"], 0);
    assert_eq!(folder.names(), ["r.json"]);
    assert!(!fs::metadata("/dev/full").unwrap().is_file(), "a device was replaced by a file");

    let full = File::options().write(true).open("/dev/full").unwrap();
    let done = Done::of(&command(&CASES).stdout(Stdio::from(full)).output().unwrap());
    done.check(2, &[], &["cannot write to standard output: No space left on device"]);
}

#[cfg(unix)]
#[test]
fn a_report_that_does_not_fit_leaves_the_others_and_what_was_there() {
    let folder = Folder::new();
    let (large, small) = (folder.file("large.json", "old"), folder.path("small.txt"));
    let (to_large, to_small) = (format!("json={large}"), format!("console={small}"));
    let reports = ["--report", &to_large, "--report", &to_small];
    let done = run_limited(&[&CASES[..], &reports].concat());
    done.check(2, &[], &["cannot write", "large.json", "File too large"]);
    assert!(fs::read_to_string(&small).unwrap().contains("exit status 0"));
    assert_eq!(
        (folder.names(), fs::read_to_string(&large).unwrap()),
        (vec!["large.json".to_owned(), "small.txt".to_owned()], "old".to_owned())
    );
}

#[cfg(unix)]
#[test]
fn a_closed_folder_costs_no_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let path = folder.path("closed");
    fs::create_dir(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o555)).unwrap();
    // Who may write everywhere finds no folder closed; there is none where nothing can be made for anyone.
    let closed = if File::create(format!("{path}/x")).is_ok() { "/proc/self".to_owned() } else { path };
    for option in ["--report", "--log"] {
        let value = if option == "--log" { format!("{closed}/r") } else { format!("json={closed}/r") };
        let done = Done::of(&command(&[&CASES[..], &[option, &value]].concat()).output().unwrap());
        done.check(2, &[], &["cannot write", "give a path that can be written"]);
        assert!(done.stdout.is_empty(), "{}", done.stdout);
    }
}
