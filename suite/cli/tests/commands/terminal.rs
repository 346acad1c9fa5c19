//! What a terminal sees, where `script` of util-linux can make one; what a pipe gets is plain, and whole lines.

use std::process::{Command, Stdio};

use crate::support::run;

/// What a command writes to a terminal of that width; nothing where no terminal can be made.
fn on_terminal(arguments: &str, width: usize) -> Option<String> {
    let binary = env!("CARGO_BIN_EXE_setpresence");
    let line = format!("stty cols {width} rows 50 && '{binary}' {arguments} 2>/dev/null");
    let output = Command::new("script")
        .args(["-q", "-e", "-c", &line, "/dev/null"])
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

/// The lines as they are seen, without what only colours them.
fn seen(text: &str) -> Vec<String> {
    let coloured = text.split("\u{1b}[").enumerate();
    let bare = coloured.map(|(n, part)| match part.split_once('m') {
        Some((_, rest)) if n > 0 => rest,
        _ => part,
    });
    bare.collect::<String>().lines().map(str::to_owned).collect()
}

#[test]
fn a_terminal_wraps_and_colours() {
    let rows = [("list requirements body.a*", 60), ("explain never-fades", 40), ("run permissions/no-credentials", 50)];
    for (arguments, width) in rows {
        let Some(text) = on_terminal(arguments, width) else { return };
        for line in seen(&text) {
            let has_long_word = line.split(' ').any(|word| word.chars().count() + 16 > width);
            let is_copied = line.contains("setpresence ") || line.contains("curl ");
            assert!(line.chars().count() <= width || has_long_word || is_copied, "{arguments} at {width}: {line}");
        }
        // A pipe gets what can be searched line by line, and no colour.
        let piped = run(&arguments.split(' ').collect::<Vec<_>>()).stdout;
        assert!(!piped.contains('\u{1b}'), "{piped}");
        assert_ne!(text, piped, "{arguments}");
        assert!(piped.lines().any(|line| line.chars().count() > width), "{piped}");
    }
    let Some(text) = on_terminal("run permissions/no-credentials", 80) else { return };
    assert!(text.contains("\u{1b}[1;32m"), "a terminal has colour: {text}");
}
