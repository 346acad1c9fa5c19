//! The server as it is shipped: started as a process, judged at the address that it prints, and killed. It fails as
//! `judged` does, and says why.

use std::io::{BufRead as _, BufReader, ErrorKind};
use std::process::{Command, ExitCode, Stdio};

use setpresence::{Subject, TargetOptions, Tests};

fn main() -> std::io::Result<ExitCode> {
    let mut server = Command::new(env!("CARGO_BIN_EXE_presence-example")).stdout(Stdio::piped()).spawn()?;
    let mut url = String::new();
    BufReader::new(server.stdout.take().ok_or(ErrorKind::BrokenPipe)?).read_line(&mut url)?;
    let status = Tests::new().only("fade").only("precedence").judge(|| async {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/target.toml");
        let url = Some(url.trim().to_owned());
        Subject::from_options(&TargetOptions { url, ..TargetOptions::file(file) }).await
    });
    server.kill()?;
    Ok(status)
}
