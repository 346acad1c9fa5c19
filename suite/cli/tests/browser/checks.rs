//! What is done on the pages, and what must come of it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use setpresence_core::event::RunEvent;
use setpresence_report::console::Options;
use setpresence_report::{Column, Format, Matrix, Strictness, log, render};

use crate::driver::Page;

const WIDE: (u32, u32) = (1280, 900);
/// As wide as a common phone.
const NARROW: (u32, u32) = (390, 844);
/// How many cases a page has to open with at once.
const MANY: usize = 5000;
/// The most elements for each case of the list, and for the rest of such a page: opening takes time by the element.
const ELEMENTS: (usize, usize) = (6, 12_000);
const CASE: &str = "permissions/application-without-the-role/no-role";

pub(crate) type Check = fn(&Path, &Pages);

/// The pages that are looked at.
pub(crate) struct Pages {
    one: String,
    many: String,
    several: String,
}

/// Every check, by what it shows.
pub(crate) const ALL: [(&str, Check); 7] = [
    ("the top says what failed and why", the_top),
    ("cases are filtered and searched", filtering),
    ("a case opens by mouse and by keyboard", opening),
    ("a link leads to its case", links),
    ("commands are copied", copying),
    ("every control has a name, and a phone needs no sideways scrolling", reading),
    ("thousands of cases take few elements", many),
];

/// The pages, made when the first check asks for them.
pub(crate) fn pages() -> &'static Pages {
    static PAGES: OnceLock<Pages> = OnceLock::new();
    PAGES.get_or_init(Pages::make)
}

impl Pages {
    fn make() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        fs::create_dir_all(&folder).expect("a folder can be made");
        let (good, bad) =
            (events(&folder, &[]), events(&folder, &["--mutant", "never-fades", "--mutant", "role-unchecked"]));
        let html = |events: &[RunEvent]| render(Format::Html, events, &Options::default()).expect("it can be written");
        let column = |name, events, page| Column { name, events, unjudged: None, page: Some(page) };
        let columns = [column("good", &good, "good.html"), column("bad", &bad, "one.html")];
        let matrix = Matrix::of(&columns, Strictness::Must);
        let several =
            matrix.render(Format::Html, &Options::default()).expect("it can be written").expect("it is a page");
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).expect("a file can be written");
            format!("file://{}", path.display())
        };
        Self {
            one: write("one.html", &html(&bad)),
            many: write("many.html", &html(&repeated(&bad))),
            several: write("several.html", &several),
        }
    }
}

/// The events of a run of a few families.
fn events(folder: &Path, more: &[&str]) -> Vec<RunEvent> {
    let path = folder.join("run.jsonl");
    let mut command = Command::new(env!("CARGO_BIN_EXE_setpresence"));
    command
        .args(["run", "fade", "permissions", "combinations", "precedence", "--quiet", "--log"])
        .arg(&path)
        .args(more);
    command.output().expect("the binary starts");
    log::read(&fs::read_to_string(&path).expect("there is a log")).expect("it is whole")
}

/// The cases of a run again and again, each with an id of its own.
fn repeated(events: &[RunEvent]) -> Vec<RunEvent> {
    let cases = events.iter().filter_map(|event| match event {
        RunEvent::CaseFinished(case) => Some(case),
        RunEvent::RunStarted(_) | RunEvent::RunFinished(_) => None,
    });
    let many = cases.cycle().take(MANY).enumerate().map(|(index, case)| {
        let mut case = case.clone();
        case.id = format!("{}-{index}", case.id);
        RunEvent::CaseFinished(case)
    });
    let (first, last) = (events.first().cloned(), events.last().cloned());
    first.into_iter().chain(many).chain(last).collect()
}

fn the_top(browser: &Path, pages: &Pages) {
    let mut page = Page::open(browser, &pages.one, WIDE);
    assert!(
        page.js("document.querySelector('.status').textContent")
            .as_str()
            .is_some_and(|text| text.contains("break a must"))
    );
    let is_above = "(one, other) => document.querySelector(one).getBoundingClientRect().top < document.querySelector(other).getBoundingClientRect().top";
    for (one, other) in
        [(".status", "#causes"), ("#causes", "#findings"), ("#findings", "#requirements"), ("#requirements", "#cases")]
    {
        assert_eq!(page.js(&format!("({is_above})({one:?}, {other:?})")), true, "{one} stands above {other}");
    }
    assert!(
        page.js("document.querySelector('.cause').textContent")
            .as_str()
            .is_some_and(|text| text.contains("setpresence explain"))
    );
    let colours = ["light", "dark"].map(|scheme| {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        page.send("Emulation.setEmulatedMedia", &features);
        page.js("getComputedStyle(document.body).backgroundColor")
    });
    assert_ne!(colours[0], colours[1], "light and dark");
    assert_eq!(page.troubles(), Vec::<String>::new());
}

const SHOWN: &str =
    "Array.from(document.querySelectorAll('#list [data-n]')).filter((row) => row.checkVisibility()).length";

fn filtering(browser: &Path, pages: &Pages) {
    let mut page = Page::open(browser, &pages.one, WIDE);
    let all = page.js(SHOWN);
    page.click("input[name=passed]");
    page.until(&format!("{SHOWN} < {all}"));
    let failed = page.js("document.querySelectorAll('#list [data-n]:not(.passed)').length");
    assert_eq!(page.js(SHOWN), failed);
    let told = format!("{failed} of {all} cases shown");
    assert_eq!(page.js("document.getElementById('shown').textContent"), told.as_str());
    page.click("#search");
    page.type_text("ROLE no-role");
    page.until(&format!("{SHOWN} < {failed}"));
    let ids = page.js("Array.from(document.querySelectorAll('#list [data-n]')).filter((row) => row.checkVisibility()).map((row) => row.id)");
    let ids: Vec<&str> = ids.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(ids.contains(&CASE) && ids.iter().all(|id| id.contains("no-role")), "{ids:?}");
    // A requirement of the table shows its cases.
    page.click("button[data-find='fade.first-timeout']");
    assert_eq!(page.js("document.getElementById('search').value"), "fade.first-timeout");
    let wrong = "Array.from(document.querySelectorAll('#list [data-n]')).filter((row) => row.checkVisibility() && !row.dataset.r.includes('fade.first-timeout')).length";
    assert_eq!(page.js(wrong), 0);
    page.go(&pages.several);
    let rows =
        "Array.from(document.querySelectorAll('tbody tr[data-text]')).filter((row) => row.checkVisibility()).length";
    let few = page.js(rows);
    page.click("#all");
    page.until(&format!("{rows} > {few}"));
    page.click("#search");
    page.type_text(CASE);
    page.until(&format!("{rows} === 1"));
    assert_eq!(page.troubles(), Vec::<String>::new());
}

fn opening(browser: &Path, pages: &Pages) {
    let mut page = Page::open(browser, &pages.one, WIDE);
    let row = format!("document.getElementById({CASE:?})");
    page.click(&format!("[id={CASE:?}] > button"));
    page.until(&format!("{row}.querySelectorAll('.exchange').length > 1"));
    let text = page.js(&format!("{row}.textContent"));
    for wanted in ["- expected  ", "+ observed  ", "POST ", "HTTP 2", "Authorization: Bearer <no_role>", "curl"] {
        assert!(text.as_str().is_some_and(|text| text.contains(wanted)), "{wanted} is not in {text}");
    }
    page.press("Enter", "\r");
    page.until(&format!("{row}.firstElementChild.ariaExpanded === 'false' && {row}.lastElementChild.hidden"));
    // The next case by keyboard alone.
    page.press("Tab", "");
    // What clips a row clips an outline around it, so that the outline is within.
    let outline = "(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && parseFloat(style.outlineOffset) <= -parseFloat(style.outlineWidth); })()";
    assert_eq!(page.js(outline), true, "the focus of the list is seen");
    page.press("Enter", "\r");
    page.until(&format!("{row}.nextElementSibling.firstElementChild.ariaExpanded === 'true' && {row}.nextElementSibling.querySelector('.in')"));
    // A case that fades has its picture, be it shown above or not.
    for from in ["figure", "template"] {
        let id = page.js(&format!("document.querySelector('{from}[data-picture]').dataset.picture"));
        page.js(&format!("document.getElementById({id}).firstElementChild.click()"));
        page.until(&format!("document.getElementById({id}).querySelector('.in svg')"));
    }
    assert_eq!(page.troubles(), Vec::<String>::new());
}

fn links(browser: &Path, pages: &Pages) {
    let mut page = Page::open(browser, &format!("{}#{CASE}", pages.one), WIDE);
    let is_read = format!(
        "(() => {{ const row = document.getElementById({CASE:?}); const top = row.getBoundingClientRect().top; return row.querySelector('.exchange') && top >= 0 && top < innerHeight; }})()"
    );
    page.until(&is_read);
    // From the findings at the top to the case.
    page.go(&pages.one);
    let linked = page.js("decodeURIComponent(document.querySelector('article.failed p a').hash.slice(1))");
    page.click("article.failed p a");
    page.until(&format!("document.getElementById({linked}).querySelector('.in') && location.hash.length > 1"));
    // And from a cell of the matrix to the case on the target's own page.
    page.go(&pages.several);
    page.follow(&format!("a[href='one.html#{CASE}']"));
    page.until(&is_read);
    assert_eq!(page.troubles(), Vec::<String>::new());
}

fn copying(browser: &Path, pages: &Pages) {
    let mut page = Page::open(browser, &format!("{}#{CASE}", pages.one), WIDE);
    page.until(&format!("document.getElementById({CASE:?}).querySelector('.in button')"));
    for name in ["clipboard-write", "clipboard-read"] {
        page.grant(name);
    }
    page.click(&format!("[id={CASE:?}] .in button"));
    page.until(&format!("document.getElementById({CASE:?}).querySelector('.in button').textContent === 'Copied'"));
    let copied = page.js("navigator.clipboard.readText()");
    assert_eq!(
        copied,
        page.js(&format!("document.getElementById({CASE:?}).querySelector('.in button + pre').textContent"))
    );
    assert!(copied.as_str().is_some_and(|text| text.starts_with("curl ") && text.contains("/setPresence")), "{copied}");
}

fn reading(browser: &Path, pages: &Pages) {
    for url in [&pages.one, &pages.several] {
        let mut page = Page::open(browser, url, NARROW);
        assert_eq!(page.js("document.documentElement.scrollWidth <= innerWidth"), true, "{url} is wider than a phone");
        let are_whole = "Array.from(document.querySelectorAll('figure svg')).every((svg) => svg.getBoundingClientRect().right <= innerWidth)";
        assert_eq!(page.js(are_whole), true, "pictures need no scrolling");
        let tree = page.send("Accessibility.getFullAXTree", &json!({}));
        let named = |node: &&Value| {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            ["button", "link", "checkbox", "searchbox", "textbox", "region", "heading", "DisclosureTriangle"]
                .contains(&role)
        };
        let nodes: Vec<&Value> = tree["nodes"].as_array().into_iter().flatten().filter(named).collect();
        assert!(nodes.len() > 20, "{}", nodes.len());
        for node in nodes {
            assert!(node["name"]["value"].as_str().is_some_and(|name| !name.is_empty()), "{url}: {node}");
        }
    }
}

fn many(browser: &Path, pages: &Pages) {
    let mut page = Page::open(browser, &pages.many, WIDE);
    assert_eq!(page.js(SHOWN), MANY);
    let n_elements = page.js("document.querySelectorAll('*').length");
    let most = MANY * ELEMENTS.0 + ELEMENTS.1;
    assert!(n_elements.as_u64().is_some_and(|n| n < most as u64), "{n_elements} elements");
    page.click("#search");
    page.type_text("no-role-");
    page.until(&format!("{SHOWN} < {MANY} && {SHOWN} > 0"));
    assert_eq!(page.troubles(), Vec::<String>::new());
}
