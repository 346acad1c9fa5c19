//! `diff` with random sequences: two targets over their sockets, and the least sequence in which they part.

use crate::serving::Served;
use crate::support::{Folder, run};

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
