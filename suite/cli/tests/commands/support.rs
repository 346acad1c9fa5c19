//! Running the binary, and what most checks of it ask.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

/// The binary with nothing of our own environment that it would read.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_setpresence"));
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("SETPRESENCE_") {
            command.env_remove(name);
        }
    }
    for other in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(other);
    }
    for proxy in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
        "COLUMNS",
    ] {
        command.env_remove(proxy);
    }
    command.args(args);
    command
}

/// What a finished command left.
pub(crate) struct Done {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { status: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn check(&self, status: i32, on_stdout: &[&str], on_stderr: &[&str]) {
        let Self { status: found, stdout, stderr } = self;
        assert_eq!(*found, status, "stdout:\n{stdout}\nstderr:\n{stderr}");
        for text in on_stdout {
            assert!(stdout.contains(text), "{text:?} is not on stdout:\n{stdout}\nstderr:\n{stderr}");
        }
        for text in on_stderr {
            assert!(stderr.contains(text), "{text:?} is not on stderr:\n{stderr}\nstdout:\n{stdout}");
        }
    }
}

/// Runs the binary to its end.
#[track_caller]
pub(crate) fn run(args: &[&str]) -> Done {
    Done::of(&command(args).output().expect("the binary starts"))
}

/// A directory of the test's own, gone with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("commands-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    /// A file in it, with this text.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        if let Some(parent) = Path::new(&path).parent() {
            fs::create_dir_all(parent).expect("a folder can be made");
        }
        fs::write(&path, text).expect("a file can be written");
        path
    }

    /// The names in it.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("the folder is there");
        let mut names: Vec<_> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Compares with a golden file under `reports/`.
#[track_caller]
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../reports"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
