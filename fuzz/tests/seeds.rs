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

#[test]
fn case_file() {
    replay("case_file", setpresence_fuzz::case_file);
}

#[test]
fn http_request() {
    replay("http_request", setpresence_fuzz::http_request);
}

#[test]
fn model() {
    replay("model", setpresence_fuzz::model);
}

#[test]
fn reference_vs_model() {
    replay("reference_vs_model", setpresence_fuzz::reference_vs_model);
}

/// A server with a fault is caught by what anyone may put under libFuzzer.
#[test]
fn a_faulty_server_is_caught() {
    use setpresence_core::explore::check_bytes;
    use setpresence_core::spec::Profile;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/reference_vs_model");
    let is_caught = fs::read_dir(root).expect("seeds").flatten().any(|entry| {
        let bytes = fs::read(entry.path()).expect("a file that can be read");
        let mut server = setpresence_fuzz::server::Server::with_mutant(Profile::V1_0, "lowest-wins");
        let (abilities, users) = (server.abilities(), server.users()[..3].to_vec());
        check_bytes(&bytes[1..], &abilities, &users, &mut server).is_some()
    });
    assert!(is_caught, "no seed shows that the lowest presence wins");
}
