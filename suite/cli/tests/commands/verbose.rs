//! What is told on standard error while a command works, and that nothing is told unasked.

use crate::support::{Done, run};

const CASE: &str = "permissions/no-credentials";

/// How many lines begin so.
fn count(done: &Done, begin: &str) -> usize {
    done.stderr.lines().filter(|line| line.starts_with(begin)).count()
}

#[test]
fn as_much_is_told_as_was_asked_for() {
    // Whether exchanges are told, and events.
    let rows: [(&[&str], bool, bool); 7] = [
        (&["run", CASE], false, false),
        (&["run", CASE, "-v"], true, false),
        (&["run", CASE, "--verbose", "--verbose"], true, true),
        (&["fuzz", "--requests", "30"], false, false),
        (&["fuzz", "--requests", "30", "-v"], true, false),
        (&["fuzz", "--requests", "30", "-vv"], true, true),
        (&["check", "-vv"], true, true),
    ];
    for (args, has_exchanges, has_events) in rows {
        let done = run(args);
        assert_eq!(done.status, 0, "{args:?}\n{}", done.stderr);
        let told = [count(&done, "> "), count(&done, "< "), count(&done, "* ")].map(|n| n > 0);
        assert_eq!(told, [has_exchanges; 3], "{args:?}\n{}", done.stderr);
        assert_eq!(count(&done, "# ") > 0, has_events, "{args:?}\n{}", done.stderr);
    }
}

#[test]
fn an_exchange_is_told_whole() {
    let done = run(&["run", "fade/only-available-fades/**", "-v"]);
    assert_eq!(count(&done, "* "), count(&done, "> POST ") + count(&done, "> GET "), "{}", done.stderr);
    for line in [
        "* moving the clock",
        "> POST $SETPRESENCE_TARGET/users/",
        "> Authorization: Bearer <app>",
        "> Content-Type: application/json",
        "< 200 after ",
        "< content-type: application/json",
        "< {\"id\":",
    ] {
        assert!(count(&done, line) > 0, "{line}\n{}", done.stderr);
    }
}
