//! The example, one test a case: `cargo test -p presence-example --test judged`. It fails, and says why.

fn main() -> std::process::ExitCode {
    setpresence::Tests::new().only("fade").only("precedence").judge(|| async {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/target.toml");
        let settings = setpresence::TargetOptions::file(file).required()?;
        setpresence::Subject::in_process(settings, presence_example::router()).await
    })
}
