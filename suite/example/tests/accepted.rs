//! The example with its fault accepted, until somebody mends it, and with a snapshot of what it does.

fn main() -> std::process::ExitCode {
    let snapshot = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/behaviour.txt");
    let tests = setpresence::Tests::new().only("fade/available-fades-*").only("precedence/two-sessions");
    tests.snapshot(snapshot).judge(|| async {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/accepted.toml");
        let settings = setpresence::TargetOptions::file(file).required()?;
        setpresence::Subject::in_process(settings, presence_example::router()).await
    })
}
