//! `serve`: a test double that prints how to reach it, is judged over its socket, and stops when told.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::{Done, Folder, command, run};

pub(crate) struct Served {
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
    printed: String,
}

impl Served {
    /// Starts the server and reads until its address is printed.
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("\n# stop it with") {
            assert_ne!(stdout.read_line(&mut printed).unwrap(), 0, "it ended early: {printed}");
        }
        Self { child, stdout, printed }
    }

    pub(crate) fn stop(mut self, signal: &str) -> Done {
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        self.stdout.read_to_string(&mut self.printed).unwrap();
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = self.child.wait().unwrap().code().unwrap_or(-1);
        Done { status, stdout: self.printed, stderr }
    }
}

#[test]
fn it_serves_is_judged_and_stops() {
    let folder = Folder::new();
    for (signal, profile) in [("-INT", "beta-2021-06"), ("-TERM", "v1.0")] {
        let target = folder.path(&format!("{profile}.toml"));
        let served = Served::start(&["serve", "--clock", "manual", "--profile", profile, "--write-target", &target]);
        let judged = run(&["run", "fade", "precedence", "permissions", "--config", &target]);
        judged.check(0, &["exit status 0", profile], &[]);
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&target).unwrap().permissions()) & 0o777,
            0o600
        );
        let check = run(&["check", "--config", &target]);
        check.check(0, &["set-presence", "app_b", "manual"], &[]);
        let done = served.stop(signal);
        done.check(0, &["base_url = \"http://127.0.0.1:", "[mint]"], &[]);
        assert!(done.stderr.is_empty(), "{}", done.stderr);
    }
}

#[test]
fn a_user_who_does_not_exist_ends_a_run_before_it_begins() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let served = Served::start(&["serve", "--clock", "manual", "--write-target", &target]);
    let text = std::fs::read_to_string(&target).unwrap();
    let target = folder.file("other.toml", &text.replacen("\n]\n", "\n  \"nobody\",\n]\n", 1));
    let sentence = "of the 9 users does not exist there: nobody (404 to a read and 404 to a set";
    run(&["run", "fade", "--config", &target]).check(3, &[], &["nothing was judged: 1 ", sentence, "correct `users`"]);
    run(&["fuzz", "--config", &target]).check(3, &[], &[sentence]);
    run(&["check", "--config", &target]).check(3, &[sentence, "cases can be judged"], &[]);
    served.stop("-INT").check(0, &[], &[]);
}

#[test]
fn a_clock_that_cannot_be_moved_ends_a_run_before_it_begins() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let served = Served::start(&["serve", "--clock", "manual", "--write-target", &target]);
    let text = std::fs::read_to_string(&target).unwrap();
    let target = folder.file("other.toml", &text.replacen("/__clock/advance", "/__clok/advance", 1));
    let sentence = "the target's clock could not be moved: POST /__clok/advance answered 404; correct `advance`";
    run(&["run", "fade", "--config", &target]).check(3, &[], &[sentence]);
    run(&["check", "--config", &target]).check(3, &[sentence, "cases can be judged, once"], &[]);
    served.stop("-INT").check(0, &[], &[]);
}

#[test]
fn a_run_that_is_resumed_without_its_target_is_told_so() {
    let folder = Folder::new();
    let (target, log) = (folder.path("target.toml"), folder.path("run.log"));
    let served = Served::start(&["serve", "--clock", "manual", "--profile", "v1.0", "--write-target", &target]);
    run(&["run", "permissions/challenge", "--config", &target, "--log", &log]).check(0, &[], &[]);
    run(&["run", "permissions/challenge", "--resume", &log]).check(
        2,
        &[],
        &["is the log of a run on http://127.0.0.1:", "no target is named now; name it with --config"],
    );
    served.stop("-INT").check(0, &[], &[]);
}

#[test]
fn a_served_mutant_is_found_over_the_socket() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let args = ["serve", "--clock", "manual", "--mutant", "role-unchecked", "--write-target", &target];
    let served = Served::start(&args);
    run(&["run", "permissions", "--config", &target]).check(1, &["permissions.role-required"], &[]);
    served.stop("-INT").check(0, &[], &[]);
}

/// On real time, as a user would try it. A call's store takes far longer than the calls that are sent at once lie apart, so
/// that they overlap; which of two is written back last is chance, but of hundreds of tries one suffices.
#[test]
fn a_lost_update_is_found_over_the_socket() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let served = Served::start(&["serve", "--mutant", "lost-update", "--write-target", &target]);
    run(&["fuzz", "--concurrent", "--requests", "2000", "--config", &target]).check(1, &["must  wrong-presence"], &[]);
    served.stop("-INT").check(0, &[], &[]);
}

#[test]
fn a_target_that_follows_another_profile_is_told_so() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let served = Served::start(&["serve", "--clock", "manual", "--profile", "v1.0", "--write-target", &target]);
    let hint = "Every failure is what the profile v1.0 permits";
    run(&["run", "--config", &target, "--profile", "beta-2021-06", "combinations", "permissions"]).check(
        1,
        &[hint],
        &[],
    );
    served.stop("-INT").check(0, &[], &[]);
}

#[test]
fn a_variant_is_no_departure() {
    let folder = Folder::new();
    let target = folder.path("target.toml");
    let served =
        Served::start(&["serve", "--clock", "manual", "--variant", "boundaries-closed", "--write-target", &target]);
    run(&["run", "fade", "--config", &target]).check(0, &[], &[]);
    served.stop("-INT").check(0, &[], &[]);
}

#[test]
fn what_cannot_be_served_is_told() {
    run(&["serve", "--mutant", "no-such-mutant"]).check(2, &[], &["no mutant `no-such-mutant`"]);
    run(&["serve", "--variant", "no-such-variant"]).check(2, &[], &["no variant `no-such-variant`"]);
    run(&["serve", "--addr", "203.0.113.1:9"]).check(2, &[], &["cannot listen on 203.0.113.1:9"]);
}
