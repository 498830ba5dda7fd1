//! The release before and this one serve one station at once, as they do while a deployment is under way or is rolled
//! back. `cargo test -p tests --test previous_release`: by name only, because it builds the functions of another commit.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tests::{
    lambda::{Aws, Environments, Function, Program, is_isolated, isolated},
    plaza::{Plaza, STATION, Settings},
    request::{Request, get, post},
};

const SHARED_FUNCTIONS: [&str; 2] = ["ev-charging", "charging-scheduler"];

/// Both releases of a function; calls alternate between them.
struct Releases {
    functions: [Function; 2],
    calls: usize,
    _programs: [Program; 2],
}

impl Releases {
    fn start(name: &str, variables: &BTreeMap<String, String>) -> Self {
        let programs = ["previous", "current"].map(|release| Program::copy_as(&kept(release, name), release));
        let mut functions = programs.each_ref().map(|program| Function::start(program, variables));
        for function in &mut functions {
            function.ready().unwrap_or_else(|ended| panic!("{name} does not start: {}", ended.log));
        }
        Self { functions, calls: 0, _programs: programs }
    }

    fn next(&mut self) -> &mut Function {
        self.calls += 1;
        &mut self.functions[self.calls % 2]
    }

    fn send(&mut self, request: Request) -> Value {
        send(self.next(), request)
    }

    /// The same request to both.
    fn send_to_both(&mut self, request: impl Fn() -> Request) -> Value {
        let [previous, current] = &mut self.functions;
        let (before, now) = (send(previous, request()), send(current, request()));
        assert_eq!(before, now, "the releases answer alike");
        now
    }
}

#[test]
fn the_release_before_and_this_one_serve_one_station_at_once() {
    build();
    isolated("the_release_before_and_this_one_serve_one_station_at_once", || {
        let environments = Environments::read();
        let aws = Aws::start(environments.secrets.clone());
        let station = Plaza::on(aws.database(), Settings::default());
        tokio::runtime::Runtime::new().unwrap().block_on(station.station(|settings| settings.waiting_places = 20));
        let tokens = drivers(&environments, 12);
        let mut charging = Releases::start("ev-charging", &environments.variables["ev-charging"]);
        let mut scheduler = Releases::start("charging-scheduler", &environments.variables["charging-scheduler"]);

        for (n, token) in tokens.iter().enumerate() {
            let fields = [("mode", "fast"), ("quantity", "0.1"), ("station", STATION)];
            let answer = charging.send(post(&format!("/user/charge/apply?token={token}")).multipart(&fields));
            assert_eq!(answer["data"], json!(format!("F{}", n + 1)), "{answer}");
        }
        // What one release wrote the other changes, and the first one again.
        for token in &tokens[6..] {
            for quantity in ["0.2", "0.3", "0.1"] {
                let target = format!("/user/charge/modify?token={token}");
                let changed = charging.send(post(&target).multipart(&[("mode", "fast"), ("quantity", quantity)]));
                assert_eq!(changed["code"], 200, "{changed}");
            }
        }
        for token in &tokens[10..] {
            let cancelled = charging.send(post(&format!("/user/charge/cancel?token={token}")));
            assert_eq!(cancelled["code"], 200, "{cancelled}");
        }
        for token in &tokens[..10] {
            let seen = charging.send(get(&format!("/user/charge/info?token={token}")));
            assert_eq!(seen["code"], 200, "{seen}");
        }
        // In real time: a tenth of a kilowatt hour takes twelve seconds.
        for token in &tokens[..10] {
            let log = || get(&format!("/user/log/get?token={token}"));
            while charging.send(log())["log"] == json!([]) {
                scheduler.next().invoke(&json!({ "sweep": true })).unwrap();
            }
            let log = charging.send_to_both(log);
            assert_eq!(log["log"].as_array().map(Vec::len), Some(1), "{log}");
        }
    });
}

fn send(function: &mut Function, request: Request) -> Value {
    let answer = function.invoke(&request.into_event()).unwrap();
    assert!(answer["statusCode"].as_u64() < Some(500), "{answer} {}", function.log());
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap_or_else(|_| panic!("{answer}"))
}

/// Tokens of drivers, from this release's `ev-account`.
fn drivers(environments: &Environments, count: usize) -> Vec<String> {
    let program = Program::copy_as(&kept("current", "ev-account"), "current");
    let mut function = Function::start(&program, &environments.variables["ev-account"]);
    function.ready().unwrap_or_else(|ended| panic!("{}", ended.log));
    let register = |n| {
        let (name, password) = (format!("driver{n:02}"), "a long phrase");
        let fields = [("username", name.as_str()), ("password", password), ("email", "wengyuechuan@163.com")];
        send(&mut function, post("/u/register").multipart(&fields));
        let token = send(&mut function, post("/u/login").form(&[("username", &name), ("password", password)]));
        token["token"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned()
    };
    (0..count).map(register).collect()
}

/// Builds both releases, the one before from the commit in `tests/previous-release`.
fn build() {
    if is_isolated() {
        return;
    }
    let commit = fs::read_to_string(workspace().join("tests/previous-release")).unwrap();
    let commit = commit.trim();
    let source = workspace().join("target/previous-release").join(commit);
    if !source.exists() {
        fs::create_dir_all(&source).unwrap();
        let mut git = Command::new("git");
        let git = git.args(["archive", commit]).current_dir(workspace()).stdout(Stdio::piped());
        let mut archive = git.spawn().unwrap();
        let mut unpack = Command::new("tar");
        unpack.args(["-x", "-C"]).arg(&source).stdin(archive.stdout.take().unwrap());
        let is_complete = unpack.status().unwrap().success() && archive.wait().unwrap().success();
        if !is_complete {
            fs::remove_dir_all(&source).unwrap();
            panic!("the clone does not have commit {commit}, of the release before");
        }
    }
    // Apart: Cargo would take what it compiled of the one for the other, because both have the same packages and versions.
    build_release("previous", (&source, &source.join("target")), &SHARED_FUNCTIONS);
    build_release(
        "current",
        (&workspace(), &workspace().join("target")),
        &["ev-charging", "charging-scheduler", "ev-account"],
    );
}

fn build_release(release: &str, (source, target): (&Path, &Path), names: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(source).env("CARGO_TARGET_DIR", target).args(["build", "--quiet"]);
    cargo.args(names.iter().flat_map(|name| ["--bin", name, "--package", name]));
    assert!(cargo.status().unwrap().success(), "the {release} release does not build");
    for name in names {
        let to = kept(release, name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(target.join("debug").join(name), to).unwrap();
    }
}

fn kept(release: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("releases").join(release).join(name)
}

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
