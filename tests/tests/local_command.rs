//! `cargo local` as a newcomer, a script and an accident use it.
#![expect(clippy::disallowed_methods, reason = "what other processes do takes real time")]

use local::scenario::{Answer, Scenario};
use local::venv::Venv;
use std::{
    net::TcpListener,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use tests::{
    iam::Policy,
    stack::{Place, Stack, Starting},
    template::{python, repository},
};

const ADA: &str = "username=ada&email=ada%40example.com&password=long-enough-1";
const SIGN_IN: &str = "username=ada&password=long-enough-1";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < until, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_newcomer_registers_signs_in_and_sees_the_account() {
    let place = Place::new();
    let stack = Stack::start(&place, &[]);
    assert_eq!(stack.form("/u/register", None, ADA)["code"], 200);
    let token = stack.form("/u/login", None, SIGN_IN)["token"].as_str().unwrap().to_owned();
    assert_eq!(stack.get("/user/detail", &token)["data"]["username"], "ada");

    // Each product answers unknown paths and wrong methods in its own envelope, the platform the rest.
    assert_eq!(stack.send("GET", "/u/login", &[], "").status, 405);
    let (product, platform) = (stack.send("GET", "/u/nothing", &[], ""), stack.send("GET", "/nothing", &[], ""));
    assert_eq!((product.status, platform.status), (404, 404));
    assert!(product.text().contains(r#""code":-1"#) && platform.text().contains(r#""code":"not_found""#));
    assert_eq!(stack.send("GET", "/", &[], "").status, 404);

    // As README shows it.
    let venv = Venv::ready(&repository()).unwrap();
    let mut invoke = Command::new(venv.program("cargo-lambda"));
    let event = repository().join("events/ev-account/login.json");
    let port = stack.api().rsplit(':').next().unwrap();
    invoke.args(["lambda", "invoke", "ev-account", "-A", "127.0.0.1", "-P", port, "--data-file"]).arg(event);
    let invoked = invoke.output().unwrap();
    assert!(text(&invoked.stdout).contains("\"statusCode\":200"), "{invoked:?}");

    // A web page that a developer happens to visit must not act as the platform's staff.
    let invoke = |headers: &[_]| {
        let path = "/2015-03-31/functions/local-staff/invocations";
        stack.send("POST", path, headers, r#"{"role":"admin"}"#).status
    };
    assert_eq!(invoke(&[]), 200);
    assert_eq!(invoke(&[("Origin", "http://evil.example")]), 403);
    assert_eq!(invoke(&[("Host", "evil.example")]), 403);
    let asked = [("Origin", "http://evil.example"), ("Access-Control-Request-Method", "POST")];
    let answer = stack.send("OPTIONS", "/2015-03-31/functions/local-staff/invocations", &asked, "");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None));

    // The tables and the keys of the stack are read as those of a deployed one.
    let sealed = stack.send("POST", "/2015-03-31/functions/audit-sealer/invocations", &[], r#"{"seal":true}"#);
    assert_eq!(sealed.status, 200, "{}", sealed.text());
    let verified = place.cargo_local(&["audit", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
}

#[test]
fn a_standing_clock_moves_when_it_is_told_to_and_never_back() {
    let place = Place::new();
    let stack = Stack::start(&place, &["--clock", "2026-06-01T06:00"]);
    let turned = place.cargo_local(&["clock", "2026-06-01T08:25"]);
    assert!(turned.status.success(), "{}", text(&turned.stderr));
    assert!(stack.file("clock.json").contains("2026-06-01T08:25:00+08:00"), "{}", stack.file("clock.json"));
    let back = place.cargo_local(&["clock", "2026-06-01T08:00"]);
    assert!(!back.status.success() && text(&back.stderr).contains("cannot go back to"), "{}", text(&back.stderr));
    stack.stop();

    let said = Stack::try_start(&place, &["--clock", "2026-06-01T08:00"]).unwrap_err();
    assert!(said.contains("--fresh"), "{said}");
    let stack = Stack::start(&place, &["--fresh", "--clock", "2026-06-01T08:00"]);
    assert!(stack.file("clock.json").contains("2026-06-01T08:00:00+08:00"));
}

#[test]
fn only_staff_get_tokens() {
    let place = Place::new();
    let stack = Stack::start(&place, &[]);
    for line in
        [&["token", "admin"][..], &["token", "auditor"], &["token", "shop-staff", "--shop", "s1", "--shop", "s2"]]
    {
        let given = place.cargo_local(line);
        assert!(given.status.success() && text(&given.stdout).starts_with("eyJ"), "{line:?}: {}", text(&given.stderr));
    }
    assert!(!place.cargo_local(&["token", "king"]).status.success());
    what_a_role_may_not_its_function_cannot(&stack, text(&place.cargo_local(&["token", "admin"]).stdout).trim());
    stack.stop();
    let refused = place.cargo_local(&["token", "admin"]);
    assert!(text(&refused.stderr).contains("no stack is running"), "{}", text(&refused.stderr));
}

/// The emulator enforces the policies of template.yaml: with one action less, the endpoint that needs it fails.
fn what_a_role_may_not_its_function_cannot(stack: &Stack, admin: &str) {
    let bearer = format!("Bearer {admin}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let person = r#"{"username":"li.si","password":"a phrase for the first day","role":"shop-staff","shops":"s1"}"#;
    let made = stack.send("POST", "/operator/people", &headers, person);
    assert_eq!(made.status, 200, "{}", made.text());
    let made: serde_json::Value = serde_json::from_slice(&made.body).unwrap();
    let lock = format!("/operator/people/shop/{}/lock", made["account_id"].as_str().unwrap());
    let locks = |locked: bool| {
        let wanted = serde_json::json!({ "locked": locked, "reason": "离职" });
        stack.send("PUT", &lock, &headers, &wanted.to_string()).status
    };

    let policy = Policy::of(stack, "Operator");
    assert_eq!(locks(true), 200);
    policy.lose("dynamodb:ConditionCheckItem");
    assert_eq!(locks(false), 500);
    let log = stack.file("functions.log");
    assert!(log.contains("is not authorized to perform: dynamodb:ConditionCheckItem"), "{log}");
    policy.restore();
    assert_eq!(locks(false), 200);
}

#[test]
fn data_survives_a_stop_and_a_kill_and_fresh_forgets_it() {
    let place = Place::new();
    let mut stack = Stack::start(&place, &[]);
    let first = stack.record();
    assert_eq!(stack.form("/u/register", None, ADA)["code"], 200);
    stack.kill();
    eventually("the keeper ends what kill -9 left", || {
        !first.processes.iter().any(local::process::KnownProcess::is_alive)
    });

    let stack = Stack::start(&place, &[]);
    assert_eq!(stack.form("/u/login", None, SIGN_IN)["code"], 200);
    assert_eq!(stack.record().aws, first.aws, "stored addresses stay good");
    stack.stop();
    let stack = Stack::start(&place, &["--fresh"]);
    assert_eq!(stack.form("/u/login", None, SIGN_IN)["code"], -1);
}

#[test]
fn after_a_power_cut_the_next_start_works_by_itself_and_says_what_is_lost() {
    let place = Place::new();
    let mut stack = Stack::start(&place, &[]);
    assert_eq!(stack.form("/u/register", None, ADA)["code"], 200);
    let snapshots = place.path().join("ministack/snapshots");
    eventually("all is saved", || !snapshots.join("unsaved").exists());

    for round in 0..2 {
        // While accounts are being written, everything ends at once.
        let writer =
            stack.writer(move |n| format!("username=eve{round}x{n}&email=e%40example.com&password=long-enough-1"));
        eventually("accounts are being written", || writer.written() > 2 && snapshots.join("unsaved").exists());
        stack.cut_the_power();

        stack = Stack::start(&place, &[]);
        let said = stack.file("progress.log");
        assert!(said.contains("the last run was interrupted: writes until"), "{said}");
        assert_eq!(stack.form("/u/login", None, SIGN_IN)["code"], 200);
        let eve = format!("username=eve{round}&email=e%40example.com&password=long-enough-1");
        assert_eq!(stack.form("/u/register", None, &eve)["code"], 200);
        eventually("all is saved", || !snapshots.join("unsaved").exists());
    }
    // Nothing is lost, so nothing is said.
    stack.cut_the_power();
    let stack = Stack::start(&place, &[]);
    assert!(!stack.file("progress.log").contains("interrupted"), "{}", stack.file("progress.log"));
    assert_eq!(stack.form("/u/login", None, "username=eve1&password=long-enough-1")["code"], 200);
}

#[test]
fn a_power_cut_before_anything_was_saved_is_survived_too() {
    let place = Place::new();
    let starting = Starting::new(&place);
    eventually("the stack is being made", || place.path().join("ministack/snapshots/unsaved").exists());
    starting.cut_the_power();
    let stack = Stack::start(&place, &[]);
    let said = stack.file("progress.log");
    assert!(said.contains("the last run was interrupted"), "{said}");
    assert_eq!(stack.form("/u/register", None, ADA)["code"], 200);
}

#[test]
fn one_directory_holds_one_stack_and_stop_ends_it() {
    let place = Place::new();
    let stack = Stack::start(&place, &[]);
    let second = place.cargo_local(&["--port", "0"]);
    assert!(text(&second.stderr).contains("already running"), "{}", text(&second.stderr));

    let processes = stack.record().processes;
    assert_eq!(processes.len(), 2);
    let stopped = place.cargo_local(&["stop"]);
    assert!(stopped.status.success(), "{}", text(&stopped.stderr));
    assert!(!processes.iter().any(local::process::KnownProcess::is_alive), "stop returned too early");
    assert!(place.cargo_local(&["stop"]).status.success(), "nothing to stop is no failure");
}

#[test]
fn a_message_in_the_queue_wakes_the_scheduler() {
    let place = Place::new();
    let stack = Stack::start(&place, &[]);
    let url = stack.variable("CHARGING_QUEUE_URL");
    let message = serde_json::json!({
        "QueueUrl": url, "MessageGroupId": "g", "MessageDeduplicationId": "d", "MessageBody": "no hint",
    });
    // The emulator reads the region from the signature and does not check it.
    let scope =
        "AWS4-HMAC-SHA256 Credential=test/20260601/ap-southeast-1/sqs/aws4_request, SignedHeaders=host, Signature=0";
    let headers = [
        ("Content-Type", "application/x-amz-json-1.0"),
        ("X-Amz-Target", "AmazonSQS.SendMessage"),
        ("Authorization", scope),
    ];
    let address = stack.record().aws.replace("http://", "");
    let message = message.to_string();
    let sent = local::http::send(&address, "POST", "/", &headers, message.as_bytes(), Duration::from_secs(5)).unwrap();
    assert_eq!(sent.status, 200, "{}", sent.text());
    eventually("the scheduler quarantines what is no hint", || {
        stack.file("functions.log").contains("invalid station hint message")
    });
    bootstrap_gives_a_stack_what_it_lacks_and_keeps_what_it_has(&stack, &place);
}

/// Against the emulator, which holds the same resources as a deployed stack.
fn bootstrap_gives_a_stack_what_it_lacks_and_keeps_what_it_has(stack: &Stack, place: &Place) {
    let aws = stack.record().aws;
    let bootstrap = |input: &str| {
        let done = place.cargo_local_with(&["bootstrap", "ev-plaza-local", "--endpoint", &aws], input);
        let (said, complained) = (text(&done.stdout), text(&done.stderr));
        assert!(!said.contains("another phrase") && !complained.contains("another phrase"), "{said}{complained}");
        (done.status.success(), said, complained)
    };
    let (is_done, said, complained) = bootstrap("first.admin\nweak\n");
    assert!(!is_done && complained.contains("no administrator was made"), "{said}{complained}");
    for made in ["SigningKey: made", "VerifyingKeys: made", "FieldKeys: made"] {
        assert!(said.contains(made), "{said}{complained}");
    }
    let secrets = secrets(&aws);
    assert!(secrets.matches("\"kid\"").count() >= 2 && secrets.contains("\"seal\""), "{secrets}");

    // What was done stays; what failed is done.
    let (is_done, said, complained) = bootstrap("first.admin\nanother phrase 7\n");
    assert!(is_done && said.contains("first administrator: made"), "{said}{complained}");
    let sign_in = "realm=platform&username=first.admin&password=another+phrase+7";
    assert!(stack.form("/auth/token", None, sign_in)["token"].is_string());
    let (is_done, said, complained) = bootstrap("");
    assert!(is_done && !said.contains("made"), "{said}{complained}");
    assert_eq!(self::secrets(&aws), secrets);
}

/// All secrets of an emulator, values and all.
fn secrets(aws: &str) -> String {
    let script = "import sys\nfrom stack.clients import Clients\nclient = Clients(sys.argv[1])['secretsmanager']\n\
                  for one in client.list_secrets()['SecretList']:\n\
                  \x20   if one.get('SecretVersionsToStages'):\n\
                  \x20       print(one['Name'], client.get_secret_value(SecretId=one['ARN'])['SecretString'])";
    let done = python().args(["-c", script, aws]).output().unwrap();
    assert!(done.status.success(), "{}", text(&done.stderr));
    text(&done.stdout)
}

#[test]
fn every_scenario_gives_the_same_answer_over_http() {
    let place = Place::new();
    let _stack = Stack::start(&place, &["--clock", "2026-06-01T05:00"]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenarios");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let is = |file: &Path, ending: &str| file.to_string_lossy().ends_with(ending);
    let mut files: Vec<_> = files.filter(|file| is(file, ".json") && !is(file, ".answer.json")).collect();
    files.sort();
    assert!(files.len() >= 6, "{files:?}");
    for file in files {
        let scenario = Scenario::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let rules = Answer::of(&scenario, &scenario.play()).to_json().unwrap();
        let played = place.cargo_local(&["replay", file.to_str().unwrap(), "--over-http"]);
        let said = text(&played.stderr);
        assert!(played.status.success(), "{}: {said}", file.display());
        for (line, by_the_rules) in text(&played.stdout).lines().zip(rules.lines()) {
            assert_eq!(line, by_the_rules, "{}", file.display());
        }
        assert_eq!(text(&played.stdout), rules, "{}", file.display());
    }
}

#[test]
fn a_taken_port_is_said_in_one_line() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = place.cargo_local(&["--port", &port]);
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert!(said.contains(&port) && said.contains("--port") && said.trim().lines().count() == 1, "{said}");
}

#[test]
fn a_half_finished_set_up_is_done_again() {
    let place = Place::new();
    let (dir, requirements) = (place.path().join("venv"), place.path().join("requirements.txt"));
    std::fs::write(&requirements, "# nothing\n").unwrap();
    let venv = Venv::with(&dir, &requirements, &[]).unwrap();
    let stamp = dir.join("installed-requirements.txt");
    assert!(stamp.exists());

    std::fs::remove_file(&stamp).unwrap();
    std::fs::remove_file(venv.program("python3")).unwrap();
    Venv::with(&dir, &requirements, &[]).unwrap();
    assert!(stamp.exists() && venv.program("python3").exists());

    std::fs::write(&requirements, "# other versions\n").unwrap();
    Venv::with(&dir, &requirements, &[]).unwrap();
    assert_eq!(std::fs::read_to_string(stamp).unwrap(), "# other versions\n");
}
