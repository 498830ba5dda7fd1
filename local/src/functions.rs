//! The running functions, under `cargo lambda watch`.

use crate::{
    Problem, Result, build, http,
    log::{Event, Log},
    ministack::MiniStack,
    paths::StackDir,
    process, programs, tell,
    venv::Venv,
};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Child,
    sync::mpsc,
    time::{Duration, Instant},
};

const LOG: &str = "functions.log";
const PATIENCE: Duration = Duration::from_mins(1);
/// How many requests of one function run at the same time; AWS has no such limit.
const CONCURRENCY: &str = "2";

pub struct Functions {
    pub child: Child,
    api: String,
    log: Log,
}

impl Functions {
    pub fn start(
        venv: &Venv,
        repository: &Path,
        dir: &StackDir,
        aws: &MiniStack,
        api: &str,
        cargo: &Path,
        reload: bool,
    ) -> Result<Self> {
        let mut watch = std::process::Command::new(venv.program("cargo-lambda"));
        build::clean(&mut watch);
        let (address, port) = api.split_once(':').unwrap_or((api, ""));
        watch
            .args(["lambda", "watch", "--disable-cors", "--invoke-address", address, "--invoke-port", port])
            .args(["--concurrency", CONCURRENCY, "--env-file"])
            .arg(dir.join("functions.env"))
            .env("CARGO", cargo)
            .env("EV_PLAZA_DIR", dir.path())
            .env("AWS_ENDPOINT_URL", aws.url())
            .env("AWS_REGION", "ap-southeast-1")
            .arg("--manifest-path")
            .arg(repository.join("Cargo.toml"));
        watch.current_dir(programs::sources(repository, dir, reload)?);
        if !reload {
            watch.arg("--ignore-changes");
        }
        let child = process::start(&mut watch, &dir.join(LOG))?;
        Ok(Self { child, api: api.to_owned(), log: Log::open(&dir.join(LOG)) })
    }

    /// Waits for the listener, and then until each function has answered once, so that none starts later.
    pub fn wait_until_they_answer(&mut self, dir: &StackDir, names: &[String], stop: &dyn Fn() -> bool) -> Result<()> {
        let failed = |what: String| Problem(format!("{what}; see {}", dir.join(LOG).display()));
        let until = Instant::now() + PATIENCE;
        while http::send(&self.api, "GET", "/.rt/", &[], b"", Duration::from_secs(1)).is_err() {
            let ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            if ended || stop() || Instant::now() > until {
                return Err(failed("cargo lambda watch did not start".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let (done, answers) = mpsc::channel();
        let mut waiting: Vec<_> = names.iter().filter(|name| wake_up(name).is_some()).cloned().collect();
        for name in waiting.clone() {
            let (api, done) = (self.api.clone(), done.clone());
            std::thread::spawn(move || {
                let answer = wake_up(&name).map_or(Ok(Value::Null), |event| invoke(&api, &name, &event));
                // The receiver is gone when another function has failed.
                done.send((name, answer)).ok();
            });
        }
        while !waiting.is_empty() && !stop() {
            if let Ok((name, answer)) = answers.recv_timeout(Duration::from_millis(50)) {
                answer.map_err(|Problem(why)| failed(why))?;
                waiting.retain(|other| *other != name);
            }
            if let Some(why) = self.log.news().into_iter().find_map(|event| match event {
                Event::Ended(why) => Some(why),
                Event::Compiler(_) => None,
            }) {
                return Err(failed(format!("a function did not start ({why})")));
            }
        }
        Ok(())
    }

    /// Shows the compiler's messages about a change.
    pub fn report(&mut self) {
        for event in self.log.news() {
            match event {
                Event::Compiler(line) => tell::step(line),
                Event::Ended(why) if !why.is_empty() => tell::step(format!("a function ended: {why}")),
                Event::Ended(_) => {}
            }
        }
    }
}

/// An event without effect that a function answers. None for a function that waits for a person.
fn wake_up(name: &str) -> Option<Value> {
    match name {
        "first-admin" => None,
        "sms-sender" => Some(json!({ "Records": [] })),
        "audit-sealer" => Some(json!({ "seal": true })),
        "charging-scheduler" => Some(json!({ "sweep": true })),
        "local-staff" => Some(json!({ "seed": false })),
        _ => {
            let http = json!({ "method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1" });
            Some(json!({
                "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "", "headers": {},
                "requestContext": { "http": http, "requestId": "wake", "stage": "$default", "timeEpoch": 0 },
                "isBase64Encoded": false,
            }))
        }
    }
}

/// Invokes a function of the stack whose API listens at `api`.
pub fn invoke(api: &str, name: &str, event: &Value) -> Result<Value> {
    let path = format!("/2015-03-31/functions/{name}/invocations");
    let headers = [("Content-Type", "application/json")];
    let answer = http::send(api, "POST", &path, &headers, event.to_string().as_bytes(), PATIENCE)?;
    let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if answer.status == 200 {
        return Ok(body);
    }
    let why = ["errorMessage", "title"].iter().find_map(|field| body.get(field)?.as_str().map(ToOwned::to_owned));
    Err(Problem(format!("{name} fails: {}", why.unwrap_or_else(|| answer.text()))))
}
