//! A page in a browser, driven over the browser's debugging pipe: real clicks and keys, and what came of them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use std::{env, fs, thread};

use serde_json::{Value, json};

/// A browser that says nothing for so long hangs; far more than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A Chromium on this machine: the one that `CHROMIUM` names, or one of the usual names in the path.
pub(crate) fn find() -> Option<PathBuf> {
    if cfg!(not(unix)) {
        // The pipe is handed over by a shell.
        return None;
    }
    if let Some(path) = env::var_os("CHROMIUM").filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(path));
    }
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

/// A page in a browser of its own.
pub(crate) struct Page {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    n_sent: u64,
    events: Vec<Value>,
    profile: PathBuf,
}

impl Page {
    /// Opens a file in a window of this width and height.
    pub(crate) fn open(browser: &Path, url: &str, (width, height): (u32, u32)) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("browser-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"])
            .arg(browser)
            // The page is our own, and its policy forbids everything: the sandbox, which some machines lack, adds nothing.
            .args(["--headless", "--no-sandbox", "--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let to = child.stdin.take().expect("it is piped");
        let mut messages = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, from) = channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while messages.read_until(0, &mut message).is_ok_and(|n| n > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if sender.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut page = Self { child, to, from, session: None, n_sent: 0, events: Vec::new(), profile };
        let target = page.send("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached = page.send("Target.attachToTarget", &json!({ "targetId": target["targetId"], "flatten": true }));
        page.session = attached["sessionId"].as_str().map(ToOwned::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            page.send(&format!("{domain}.enable"), &json!({}));
        }
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        page.send("Emulation.setDeviceMetricsOverride", &metrics);
        page.go(url);
        page
    }

    /// Goes to a URL and waits until everything there was loaded.
    pub(crate) fn go(&mut self, url: &str) {
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
        self.send("Page.navigate", &json!({ "url": url }));
        self.loaded();
    }

    /// Clicks a link to another page, and waits until everything there was loaded.
    pub(crate) fn follow(&mut self, selector: &str) {
        self.events.retain(|event| event["method"] != "Page.loadEventFired");
        self.click(selector);
        self.loaded();
    }

    fn loaded(&mut self) {
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.next();
            self.events.push(event);
        }
    }

    /// Sends a command of the DevTools protocol; gives its result.
    pub(crate) fn send(&mut self, method: &str, params: &Value) -> Value {
        self.n_sent += 1;
        let id = self.n_sent;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).expect("the browser listens");
        loop {
            let mut message = self.next();
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    fn next(&mut self) -> Value {
        self.from
            .recv_timeout(PATIENCE)
            .expect("the browser answers; if it cannot run here, set CHROMIUM to one that can")
    }

    /// What an expression gives in the page.
    #[track_caller]
    pub(crate) fn js(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut result = self.send("Runtime.evaluate", &params);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].take()
    }

    /// Waits, frame by frame, until an expression holds.
    #[track_caller]
    pub(crate) fn until(&mut self, expression: &str) {
        self.js(&format!(
            "new Promise((done) => {{ const look = () => ({expression}) ? done() : requestAnimationFrame(look); look(); }})"
        ));
    }

    /// Clicks into the middle of the element, as a mouse does: whatever lies on top of it gets the click.
    #[track_caller]
    pub(crate) fn click(&mut self, selector: &str) {
        // What comes into sight is laid out only then, which may move it: a person would wait for that, too.
        let place = self.js(&format!(
            "(async () => {{ const found = document.querySelector({selector:?}); let before = null; for (;;) {{ \
             found.scrollIntoView({{ block: 'center' }}); \
             await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); \
             const box = found.getBoundingClientRect(); const now = [box.x + box.width / 2, box.y + box.height / 2]; \
             if (before && now.every((at, axis) => at === before[axis])) return now; before = now; }} }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.send("Input.dispatchMouseEvent", &params);
        }
    }

    /// Types into what has the focus.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.send("Input.insertText", &json!({ "text": text }));
    }

    /// Presses a key that makes this text, or none.
    pub(crate) fn press(&mut self, key: &str, text: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.send("Input.dispatchKeyEvent", &json!({ "type": kind, "key": key, "code": key, "text": text }));
        }
    }

    /// Lets the page do what a person would be asked for.
    pub(crate) fn grant(&mut self, permission: &str) {
        let session = self.session.take();
        self.send("Browser.setPermission", &json!({ "permission": { "name": permission }, "setting": "granted" }));
        self.session = session;
    }

    /// What went wrong in the page, and what it asked others for.
    pub(crate) fn troubles(&self) -> Vec<String> {
        let is_trouble = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Log.entryAdded") => event["params"]["entry"]["level"] == "error",
            Some("Network.requestWillBeSent") => {
                !event["params"]["request"]["url"].as_str().is_some_and(|url| url.starts_with("file://"))
            }
            _ => false,
        };
        self.events.iter().filter(is_trouble).map(ToString::to_string).collect()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // It is gone either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}
