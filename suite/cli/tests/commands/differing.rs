//! `diff` with random sequences: two targets over their sockets, and the least sequence in which they part.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::serving::Served;
use crate::support::{Done, Folder, command, run};

fn serve(folder: &Folder, name: &str, more: &[&str]) -> (Served, String) {
    let path = folder.path(&format!("{name}.toml"));
    let args = [&["serve", "--clock", "manual", "--write-target", &path], more].concat();
    (Served::start(&args), path)
}

/// One quick case, so that only the sequences find anything.
fn diff(left: &str, right: &str) -> [String; 6] {
    ["diff", left, right, "body/duration-as-a-clock-time", "--requests", "3000"].map(ToOwned::to_owned)
}

#[test]
fn random_sequences_show_who_departs_and_what_is_left_open() {
    let folder = Folder::new();
    let (good, reference) = serve(&folder, "good", &[]);
    let fades = ["--mutant", "never-fades"];
    let never = "fade.second-timeout";
    let open = ["--variant", "unknown-members-refused", "--variant", "body-before-permission"];
    // What the other is, the exit status, and what is said of it.
    let rows: [(&[&str], i32, &[&str]); 2] = [
        (
            &fades,
            1,
            &[
                "right departs  in a random sequence of 2 requests: ",
                never,
                "after 11 min: get-presence as reader",
                "left   shows Away/Away",
                "right  shows Available/Available",
                "documented: Away/Away",
            ],
        ),
        (
            &open,
            0,
            &[
                "left open  in a random sequence of 1 request: body.unknown-members",
                "left   answers 200",
                "right  answers 400",
            ],
        ),
    ];
    for (index, (more, status, wanted)) in rows.into_iter().enumerate() {
        let (other, path) = serve(&folder, &format!("other-{index}"), more);
        let run = |args: [String; 6]| run(&args.each_ref().map(String::as_str));
        let first = run(diff(&reference, &path));
        first.check(status, wanted, &[]);
        assert_eq!(run(diff(&reference, &path)).stdout, first.stdout, "the same seed and answers give the same report");
        let turned = run(diff(&path, &reference));
        turned.check(status, &[&wanted[0].replace("right departs", "left departs")], &[]);
        other.stop("-INT").check(0, &[], &[]);
    }
    let same = run(&["diff", &reference, &reference, "permissions/challenge", "--seed", "7"]);
    same.check(0, &["0 differences", "random sequences with the seed 7"], &[]);
    good.stop("-INT").check(0, &[], &[]);
    run(&["diff", &reference, &reference, "permissions/challenge"]).check(3, &[], &["connect"]);
}

/// What a server answers to a GET.
fn get(address: &str, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.rsplit_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn a_comparison_that_is_interrupted_cleans_up_and_tells_what_it_saw() {
    let folder = Folder::new();
    let (served, target) = serve(&folder, "target", &["--users", "4"]);
    let text = std::fs::read_to_string(&target).unwrap();
    let quoted = |key: &str| text.split_once(key).unwrap().1.split('"').nth(1).unwrap().to_owned();
    let (base, user) = (quoted("base_url"), quoted("users"));
    let address = base.trim_start_matches("http://").trim_end_matches("/beta").to_owned();
    // What is told on standard error when it is interrupted, and what it says then.
    let rows = [
        ("* precedence/", None, "nothing was compared"),
        ("* a sequence", Some("with the seed 0: 0 differences; ended early: it was interrupted"), "clearing"),
    ];
    for (moment, on_stdout, on_stderr) in rows {
        let args = ["diff", &target, &target, "precedence/two-sessions", "--requests", "1000000000", "-v"];
        let mut child = command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(told.any(|line| line.is_ok_and(|line| line.starts_with(moment))), "{moment} never came");
        // It waits until its exchanges are read, so it is where it was.
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let stderr: String = told.map_while(Result::ok).map(|line| line + "\n").collect();
        let done = Done { stderr, ..Done::of(&child.wait_with_output().unwrap()) };
        done.check(130, on_stdout.as_slice(), &["interrupted", on_stderr]);
        let token = get(&address, "/beta/__token", "");
        let shown = get(&address, &format!("/beta/users/{user}/presence"), token.trim());
        assert!(shown.contains("\"Offline\""), "{moment}: it left {shown}");
    }
    served.stop("-INT").check(0, &[], &[]);
}
