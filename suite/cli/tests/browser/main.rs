//! The HTML reports in a real browser: clicked, typed into and read, by mouse and keyboard, wide and narrow.
//!
//! The browser is driven over its debugging pipe, so that nothing is needed but the browser. Where there is none, every
//! check counts as ignored, and a line says so.

#[cfg(test)]
mod checks;
#[cfg(test)]
mod driver;

use std::io::Write as _;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let browser = driver::find();
    if browser.is_none() {
        let told = "no Chromium is here, so no page is looked at: put one into the path, or its path into CHROMIUM";
        // Where even that cannot be written, the tests still count as ignored.
        let _ = writeln!(std::io::stderr(), "{told}");
    }
    let trials = checks::ALL.map(|(name, check)| {
        let browser = browser.clone();
        let is_ignored = browser.is_none();
        let test = move || {
            check(&browser.ok_or("no Chromium is here")?, checks::pages());
            Ok(())
        };
        Trial::test(name, test).with_ignored_flag(is_ignored)
    });
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}
