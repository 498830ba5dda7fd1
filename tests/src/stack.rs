//! A stack that `cargo local` starts, on a directory and ports of its own, for tests that speak to the real thing.

use crate::power;
use local::{
    http::{Answer, send},
    record::Record,
};
use serde_json::Value;
use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

const PROGRESS: &str = "progress.log";
const PATIENCE: Duration = Duration::from_secs(30);

/// A stack is a dozen processes, so one test has one at a time; eight at once would be slow and prove nothing more.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A directory for stacks, removed at the end; kept for a look if the test failed.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Place {
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("ev-plaza-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self { path: path.canonicalize().unwrap(), _turn: turn }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `cargo local` with this directory, to its end.
    pub fn cargo_local(&self, arguments: &[&str]) -> Output {
        cargo_local(arguments, &self.path).stdin(Stdio::null()).output().unwrap()
    }

    /// The same with something on its standard input.
    pub fn cargo_local_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = cargo_local(arguments, &self.path);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // What asks nothing has ended before it reads.
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        child.wait_with_output().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the stack's directory is kept: {}", self.path.display());
        } else {
            std::fs::remove_dir_all(&self.path).ok();
        }
    }
}

/// A running stack. It stops when it is dropped, and when this process ends in any way, because its standard input
/// ends then.
#[derive(Debug)]
pub struct Stack {
    child: Child,
    api: String,
    place: PathBuf,
}

impl Stack {
    /// Starts one and waits until it says that it is ready; the first in a fresh clone compiles the functions.
    pub fn start(place: &Place, options: &[&str]) -> Self {
        Self::try_start(place, options).unwrap_or_else(|said| panic!("cargo local ended before it was ready:\n{said}"))
    }

    /// What it said instead, if it ends without being ready.
    pub fn try_start(place: &Place, options: &[&str]) -> Result<Self, String> {
        let mut child = launch(place, options);
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ready = said.into_iter().find_map(|line| line.strip_prefix("ready http://").map(ToOwned::to_owned));
        if let Some(api) = ready {
            return Ok(Self { child, api, place: place.path().to_owned() });
        }
        child.wait().unwrap();
        Err(what_it_said(place.path()))
    }

    /// Where it listens, as `127.0.0.1:9000`.
    pub fn api(&self) -> &str {
        &self.api
    }

    pub fn record(&self) -> Record {
        serde_json::from_str(&self.file("stack.json")).unwrap()
    }

    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.place.join(name)).unwrap_or_default()
    }

    /// A variable that its functions read.
    pub fn variable(&self, name: &str) -> String {
        let text = self.file("functions.env");
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_else(|| panic!("{name} is not in functions.env")).to_owned()
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(&self.api, method, path, headers, body.as_bytes(), PATIENCE).unwrap()
    }

    /// A form, with a token if there is one, and the JSON that comes back.
    pub fn form(&self, path: &str, token: Option<&str>, form: &str) -> Value {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        serde_json::from_slice(&self.send("POST", path, &headers, form).body).unwrap()
    }

    /// The code that was sent to a telephone last, once the queue has delivered it.
    #[expect(clippy::disallowed_methods, reason = "what a queue does takes real time")]
    pub fn code_sent_to(&self, telephone: &str) -> String {
        let of_telephone = || {
            let file = self.file("sms.jsonl");
            let messages = file.lines().rev().map(|line| serde_json::from_str::<Value>(line).unwrap());
            messages
                .filter(|message| message["to"] == telephone)
                .find_map(|it| it["code"].as_str().map(ToOwned::to_owned))
        };
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(code) = of_telephone() {
                return code;
            }
            assert!(Instant::now() < until, "no code was sent to {telephone}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn get(&self, path: &str, token: &str) -> Value {
        let headers = [("Authorization", &*format!("Bearer {token}"))];
        serde_json::from_slice(&self.send("GET", path, &headers, "").body).unwrap()
    }

    /// As `kill -9` would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a power cut does: every process of it ends at once.
    pub fn cut_the_power(&mut self) {
        power::cut(self.child.id());
        self.child.wait().unwrap();
    }

    /// Registers drivers, one after the other, until the stack ends.
    pub fn writer(&self, form: impl Fn(u32) -> String + Send + 'static) -> Writer {
        let written = Arc::new(AtomicU32::new(0));
        let (api, count) = (self.api.clone(), Arc::clone(&written));
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        std::thread::spawn(move || {
            let register = |n| send(&api, "POST", "/u/register", &headers, form(n).as_bytes(), PATIENCE);
            for n in (0..).take_while(|n| register(*n).is_ok_and(|answer| answer.status == 200)) {
                count.store(n + 1, Ordering::Relaxed);
            }
        });
        Writer(written)
    }

    /// As Ctrl-C would; returns when it has ended.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", what_it_said(&self.place));
        }
        self.end();
    }
}

/// Who registers drivers.
#[derive(Debug)]
pub struct Writer(Arc<AtomicU32>);

impl Writer {
    /// How many have been registered.
    pub fn written(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stack that is not ready yet.
#[derive(Debug)]
pub struct Starting(Child);

impl Starting {
    pub fn new(place: &Place) -> Self {
        Self(launch(place, &[]))
    }

    pub fn cut_the_power(mut self) {
        power::cut(self.0.id());
        self.0.wait().unwrap();
    }
}

fn launch(place: &Place, options: &[&str]) -> Child {
    let progress = File::create(place.path().join(PROGRESS)).unwrap();
    let mut command = cargo_local(&[&["--port", "0", "--no-reload", "--attached"], options].concat(), place.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(progress).spawn().unwrap()
}

/// Its progress, and the end of what its functions wrote.
fn what_it_said(place: &Path) -> String {
    let read = |name: &str| std::fs::read_to_string(place.join(name)).unwrap_or_default();
    let functions = read("functions.log");
    let last: Vec<_> = functions.lines().rev().take(20).collect();
    format!("{}\n{}", read(PROGRESS), last.into_iter().rev().collect::<Vec<_>>().join("\n"))
}

/// What a person types as `cargo local`, but with the features of `cargo test`, so that nothing is compiled twice.
fn cargo_local(arguments: &[&str], dir: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(["run", "--quiet", "--bin", "local", "--"]);
    cargo.args(arguments).arg("--dir").arg(dir);
    cargo
}
