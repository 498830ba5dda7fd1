//! Headless Chromium, driven through `chromedriver` as a person would use it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use local::http::send;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// It speaks only to the page.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1000",
];

/// One window.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    address: String,
    session: String,
}

impl Browser {
    /// None, said aloud, where this machine has none; where everything is tested that is a failure.
    #[expect(clippy::disallowed_methods, reason = "CI says in its environment that it is one")]
    pub fn open(profile: &Path) -> Option<Self> {
        let (Some(driver), Some(chromium)) = (on_the_path("chromedriver"), on_the_path("chromium")) else {
            let what = "NOT TESTED: the page in a browser, because chromium and chromedriver are not on the PATH \
                        (on Debian: apt-get install chromium chromium-driver)";
            assert!(std::env::var_os("CI").is_none(), "{what}");
            // Not through a macro: what those print is seen only if the test fails.
            std::io::stderr().write_all(format!("\n{what}\n\n").as_bytes()).unwrap();
            return None;
        };
        let mut driver = Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port =
            said.find_map(|line| Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_owned()));
        let address = format!("127.0.0.1:{}", port.expect("chromedriver says where it listens"));
        let mut browser = Self { driver, address, session: String::new() };
        let profile = format!("--user-data-dir={}", profile.display());
        let arguments: Vec<_> = ARGUMENTS.into_iter().chain([profile.as_str()]).collect();
        let wanted = json!({
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": { "binary": chromium, "args": arguments },
        });
        let made = browser.ask("POST", "", &json!({ "capabilities": { "alwaysMatch": wanted } }));
        browser.session = format!("/{}", made["sessionId"].as_str().unwrap());
        Some(browser)
    }

    pub fn go(&self, url: &str) {
        self.ask("POST", "/url", &json!({ "url": url }));
    }

    /// What a script on the page returns.
    pub fn run(&self, script: &str, argument: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({ "script": script, "args": [argument] }))
    }

    /// Runs a script until it returns something that is not null.
    #[expect(clippy::disallowed_methods, reason = "what a browser does takes real time")]
    pub fn wait_for(&self, what: &str, script: &str, argument: &str) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = self.run(script, argument);
            if !found.is_null() {
                return found;
            }
            assert!(Instant::now() < until, "never: {what}; the page says:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What a script hands to its last argument, a function, at some time.
    pub fn run_until_done(&self, script: &str) -> Value {
        self.ask("POST", "/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// The window's inside, as a screen or as a telephone has it.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// So many times as slow as this machine.
    pub fn slow_down(&self, times: u32) {
        self.devtools("Emulation.setCPUThrottlingRate", &json!({ "rate": times }));
    }

    /// As if no page had been loaded before.
    pub fn forget_files(&self) {
        self.devtools("Network.clearBrowserCache", &json!({}));
    }

    fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.ask("POST", "/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    /// What is seen, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(self.ask("GET", "/screenshot", &Value::Null).as_str().unwrap()).unwrap()
    }

    /// All that can be read on the page.
    pub fn text(&self) -> String {
        self.run("return document.body.innerText", "").as_str().unwrap().to_owned()
    }

    /// What the page wrote to its console, refusals of its policy among them.
    pub fn console(&self) -> Vec<String> {
        let lines = self.log("browser");
        lines.iter().map(|line| format!("{}: {}", line["level"], line["message"])).collect()
    }

    /// The addresses that the page has asked since this was last called.
    pub fn requests(&self) -> Vec<String> {
        let events = self.log("performance").into_iter();
        let events = events.map(|line| serde_json::from_str::<Value>(line["message"].as_str().unwrap()).unwrap());
        let sent = events.filter(|event| event["message"]["method"] == "Network.requestWillBeSent");
        sent.map(|event| event["message"]["params"]["request"]["url"].as_str().unwrap().to_owned()).collect()
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.ask("POST", "/se/log", &json!({ "type": kind })).as_array().unwrap().clone()
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("/session{}{path}", self.session);
        let headers = [("Content-Type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = send(&self.address, method, &path, &headers, body.as_bytes(), PATIENCE).unwrap();
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
        serde_json::from_slice::<Value>(&answer.body).unwrap()["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to end its session, the driver ends the browser too.
        let path = format!("/session{}", self.session);
        send(&self.address, "DELETE", &path, &[], b"", PATIENCE).ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

#[expect(clippy::disallowed_methods, reason = "programs are found where the shell finds them")]
fn on_the_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
