//! Replays every seed, and whatever a fuzzer left in `corpus` and `artifacts`, on any toolchain.

use std::fs;
use std::path::Path;

fn replay(target: &str, law: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut n_seeds = 0;
    for folder in ["seeds", "corpus", "artifacts"] {
        let Ok(entries) = fs::read_dir(root.join(folder).join(target)) else { continue };
        for path in entries.map(|entry| entry.expect("a folder that can be read").path()) {
            // A broken law does not know its file; this line, shown with the panic, does.
            println!("{}", path.display());
            law(&fs::read(&path).expect("a file that can be read"));
            n_seeds += usize::from(folder == "seeds");
        }
    }
    assert!(n_seeds > 0, "there are no seeds for {target}");
}

#[test]
fn duration() {
    replay("duration", setpresence_fuzz::duration);
}

#[test]
fn request_body() {
    replay("request_body", setpresence_fuzz::request_body);
}
