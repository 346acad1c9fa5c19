//! How soon the page of a run of 5,000 cases can be used, opened from disk in headless Chromium.

#[expect(dead_code, reason = "the tests of the page also click and type")]
#[path = "../../cli/tests/browser/driver.rs"]
mod driver;

use std::fs;
use std::path::Path;

use serde_json::json;
use setpresence_bench::{CASES, events};
use setpresence_report::{Format, console, render};

/// How often the page is opened, each time in a browser that has never seen it.
const TIMES: usize = 5;
/// What a phone's processor is slower by than this machine's, as browsers' own tools have it for a phone of the middle.
const SLOWED: u32 = 4;

fn main() {
    let page = render(Format::Html, &events(), &console::Options::default()).expect("a report is made of it");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page.html");
    fs::write(&path, &page).expect("the target folder can be written to");
    println!("{CASES} cases, {:.1} MB: {}", page.len() as f64 / 1e6, path.display());
    let Some(browser) = driver::find() else {
        println!("not opened, as there is no Chromium here: set CHROMIUM to one");
        return;
    };
    let url = format!("file://{}", path.display());
    for rate in [1, SLOWED] {
        println!("processor slowed {rate} times; ms: first paint, all rows there, at rest, first case opened after");
        for _ in 0..TIMES {
            let mut opened = driver::Page::open(&browser, "about:blank", (1280, 900));
            opened.send("Emulation.setCPUThrottlingRate", &json!({ "rate": rate }));
            opened.go(&url);
            opened.until("document.readyState === 'complete'");
            let at_rest = opened
                .js("new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))");
            let painted = opened.js("performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
            let loaded = opened.js("performance.getEntriesByType('navigation')[0].loadEventEnd");
            let case = opened.js(
                "new Promise((done) => { const before = performance.now(); const row = document.querySelector('#list [data-n]'); \
                 row.firstElementChild.click(); const look = () => row.querySelector('.in') \
                 ? done(performance.now() - before) : requestAnimationFrame(look); look(); })",
            );
            let ms = |value: &serde_json::Value| value.as_f64().map_or_else(|| "-".to_owned(), |ms| format!("{ms:.0}"));
            println!("{:>6} {:>6} {:>6} {:>6}", ms(&painted), ms(&loaded), ms(&at_rest), ms(&case));
        }
    }
}
