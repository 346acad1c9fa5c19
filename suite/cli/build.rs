//! Lists the fixtures, so that the binary carries them and needs no file beside it.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    // From the package's own folder, which is where cargo runs this, so that a moved checkout is no other program.
    let root = Path::new("../../fixtures");
    let mut files = Vec::new();
    for part in ["requirements.toml", "cases", "witnesses"] {
        collect(&root.join(part), &mut files)?;
    }
    files.sort();
    let mut code = String::from("pub(super) const FILES: &[(&str, &str)] = &[\n");
    for path in &files {
        let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        writeln!(
            code,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../../fixtures/{name}\"))),"
        )?;
    }
    code.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("fixtures.rs"), code)?;
    // A part that is not there yet must be noticed when it appears; cargo watches directories with all that is in them.
    println!("cargo::rerun-if-changed={}", root.display());
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
        files.push(path.to_owned());
    }
    Ok(())
}
