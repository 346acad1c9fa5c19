//! Inputs of a target on any toolchain, as `cargo test` runs them.

use std::fs;
use std::path::Path;

use crate::inputs;

/// Hands a law whatever its target starts from, and whatever a fuzzer left in `corpus` and `artifacts`.
///
/// # Panics
/// Where the law is broken, or the target starts from nothing.
pub fn replay(target: &str, law: impl Fn(&[u8])) {
    let known = inputs(target).unwrap_or_else(|error| panic!("{target}: {error}"));
    assert!(!known.is_empty(), "{target} starts from nothing");
    for input in known {
        // A broken law does not know its input; this line, shown with the panic, does.
        println!("{target}: {:?}", String::from_utf8_lossy(&input));
        law(&input);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["corpus", "artifacts"] {
        let Ok(entries) = fs::read_dir(root.join(folder).join(target)) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            println!("{}", path.display());
            law(&fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        }
    }
}
