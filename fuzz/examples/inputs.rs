//! Moves inputs between the repository and libFuzzer's folders.
//!
//! ```text
//! cargo run --example inputs -- write DIR          what each target starts from, as DIR/TARGET/NUMBER
//! cargo run --example inputs -- keep TARGET DIR    the files of DIR as corpus.d/TARGET.txt, after `cargo fuzz cmin`
//! ```

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use setpresence_fuzz::{TARGETS, inputs, seeds};

/// What all kept inputs of one target may take: they are there to be replayed in a moment.
const KEPT_MOST: usize = 32 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", directory] => TARGETS.iter().try_for_each(|target| write(target, &Path::new(directory).join(target))),
        ["keep", target, directory] => keep(target, Path::new(directory)),
        _ => Err("say `write DIR` or `keep TARGET DIR`".into()),
    }
}

fn write(target: &str, directory: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(directory)?;
    for (nth, input) in inputs(target)?.iter().enumerate() {
        fs::write(directory.join(format!("{nth:04}")), input)?;
    }
    Ok(())
}

/// Keeps the shortest inputs first: they are the ones that a person can read. What is a seed anyway is not kept as well.
fn keep(target: &str, directory: &Path) -> Result<(), Box<dyn Error>> {
    let files =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>, Box<dyn Error>>>()?;
    let found = files.iter().map(fs::read).collect::<Result<BTreeSet<_>, _>>()?;
    let mut found: Vec<Vec<u8>> = found.difference(&seeds(target)?).cloned().collect();
    found.sort_by_key(Vec::len);
    let mut text = String::new();
    for input in found {
        let line = STANDARD.encode(input);
        if text.len() + line.len() >= KEPT_MOST {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus.d");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{target}.txt")), text)?;
    Ok(())
}
