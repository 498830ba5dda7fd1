//! The calls of docs/calls, carried out against a stack as `cargo local` starts it, and held against docs/openapi.json.

use local::http::{Answer, get};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};
use tests::{
    authorizations,
    calls::{Call, Done, Runner, read, succeeded},
    document::{endpoints, fault},
    pictures::difference,
    stack::{Place, Stack},
    template::Template,
};

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// What answers with addresses of pictures.
const WITH_ADDRESSES: [&str; 14] = [
    "/customer",
    "/operator/papers",
    "/operator/papers/{realm}/{account}",
    "/user/dealer/info",
    "/user/dealer/login",
    "/user/dealer/sendGraphCode",
    "/user/dealer/submit",
    "/user/dealer/uploadFavicon",
    "/user/dealer/uploadFrontImg",
    "/user/dealer/uploadQualification",
    "/user/proxy/info",
    "/user/proxy/submitPUser",
    "/user/proxy/uploadFrontImg",
    "/user/proxy/uploadQualification",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/calls")
}

/// The calls of every file, by its name.
fn files() -> BTreeMap<String, Vec<Call>> {
    let names = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = names.filter(|file| file.extension().is_some_and(|ending| ending == "hurl"));
    files
        .map(|file| {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            let calls = read(&fs::read_to_string(&file).unwrap()).unwrap_or_else(|why| panic!("{name}, {why}"));
            (name, calls)
        })
        .collect()
}

#[test]
fn there_is_a_file_for_each_document_and_the_page_names_it() {
    let names: Vec<_> = files().into_keys().collect();
    let page = fs::read_to_string(folder().join("README.md")).unwrap();
    assert_eq!(names.len(), 6);
    assert!(names.iter().all(|name| page.contains(&format!("({name})"))), "{names:?}");
}

/// Carries out a file's calls until one ends in another way than it says.
fn carry_out(api: &str, calls: &[Call]) -> (Vec<Done>, Option<String>) {
    let folder = folder();
    let (mut runner, mut all) = (Runner::new(api, &folder), Vec::new());
    for call in calls {
        let opened = |done: Done| match closed_address(&done.answer) {
            Some(why) => Err(format!("line {}: {} {}: {why}", done.line, done.method, done.path)),
            None => Ok(done),
        };
        match runner.carry_out(call).and_then(opened) {
            Ok(done) => all.push(done),
            Err(why) => return (all, Some(why)),
        }
    }
    (all, None)
}

/// The addresses on this machine that an answer contains.
fn addresses(answer: &Answer) -> Vec<String> {
    fn collect(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) if text.starts_with("http://127.0.0.1") => into.push(text.clone()),
            Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
            Value::Object(fields) => fields.values().for_each(|value| collect(value, into)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&serde_json::from_slice(&answer.body).unwrap_or_default(), &mut found);
    found
}

/// Opens every address of an answer at once, because none lives long. The first that does not show its picture, and why.
fn closed_address(answer: &Answer) -> Option<String> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    let uploaded = fs::read(folder().join("picture.png")).unwrap();
    addresses(answer).into_iter().find_map(|address| {
        let shown = get(&address, Duration::from_secs(30)).unwrap();
        let fault = if shown.status != 200 {
            Some(format!("{} {}", shown.status, shown.text()))
        } else if address.contains("/captcha/") {
            (!shown.body.starts_with(PNG)).then(|| "it is no PNG".to_owned())
        } else {
            difference(&uploaded, &shown.body)
        };
        fault.map(|fault| format!("{address}: {fault}"))
    })
}

/// The files are carried out side by side, because some wait a minute for another code; each has people of its own.
#[test]
fn every_call_ends_as_it_says_and_as_the_document_says() {
    let place = Place::new();
    let stack = Stack::start(&place, &[]);
    let (api, files) = (stack.api(), files());
    let ended: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> =
            files.iter().map(|(name, calls)| (name, scope.spawn(move || carry_out(api, calls)))).collect();
        running.into_iter().map(|(name, thread)| (name, thread.join().unwrap())).collect()
    });
    let (refused, unused) = (authorizations::refused(&stack), authorizations::unused(&stack, &Template::read()));
    stack.stop();

    let mut faults: Vec<_> =
        ended.iter().filter_map(|(name, (_, why))| why.as_ref().map(|why| format!("{name}, {why}"))).collect();
    let (mut good, mut bad) = (BTreeSet::new(), BTreeSet::new());
    for (name, done) in ended.iter().flat_map(|(name, (done, _))| done.iter().map(move |done| (name, done))) {
        let Done { line, method, path, answer } = done;
        // The local stack's own helpers, and unknown paths.
        let Some((template, item)) = endpoints(&DOCUMENT, path) else { continue };
        let Some(endpoint) = item.get(&method.to_ascii_lowercase()) else { continue };
        // Told that nothing is new, which says nothing about the endpoint.
        if answer.status == 304 {
            continue;
        }
        let media = answer.header("content-type").unwrap_or_default();
        if let Some(fault) = fault(&DOCUMENT, endpoint, answer.status, media, &answer.body) {
            faults.push(format!("{name}, line {line}: {method} {template}: {} {fault}", answer.status));
        }
        let of_kind = if succeeded(answer) { &mut good } else { &mut bad };
        of_kind.insert(format!("{method} {template}"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let all = ended.iter().flat_map(|(_, (done, _))| done);
    let with_address = all.filter(|done| !addresses(&done.answer).is_empty());
    let with_address: BTreeSet<_> =
        with_address.filter_map(|done| endpoints(&DOCUMENT, &done.path)).map(|(path, _)| path).collect();
    assert_eq!(with_address.into_iter().collect::<Vec<_>>(), WITH_ADDRESSES, "their addresses are opened");

    assert_eq!(refused, [""; 0], "functions ask for what their roles do not allow");

    assert_eq!(without(&good), [NEEDS_AUTHENTICATOR], "no file has a call of these that succeeds");
    let (of_reference, unfailing): (Vec<_>, Vec<_>) = without(&bad).into_iter().partition(|way| never_fails(way));
    assert_eq!(unfailing, [""; 0], "no file has a call of these that fails");
    assert_eq!(of_reference.len(), 7);

    let is_used =
        |right: &str| USED_ELSEWHERE.iter().any(|(elsewhere, _)| *elsewhere == right) || is_for_aws_alone(right);
    let unused: Vec<_> = unused.into_iter().filter(|right| !is_used(right)).collect();
    assert!(unused.is_empty(), "roles allow what their functions never ask for: {unused:#?}");
}

/// Only an authenticator knows a right code; `tests/tests/functions/staff` has one.
const NEEDS_AUTHENTICATOR: &str = "POST /auth/second-factor/confirm";

/// The endpoints of which no way is among those that were called.
fn without(called: &BTreeSet<String>) -> Vec<String> {
    let operations = openapi::functions().into_iter().flat_map(|function| function.operations);
    let ways = operations.map(|operation| {
        operation.ways().into_iter().map(|(method, path)| format!("{method} {path}")).collect::<Vec<_>>()
    });
    ways.filter(|ways| !ways.iter().any(|way| called.contains(way))).map(|ways| ways[0].clone()).collect()
}

/// Rights that no function uses on a local stack: its keys lie in files, its bucket asks no KMS, its SMS go to a file, and
/// the emulator of S3 asks for no right to list or to tag where S3 does.
fn is_for_aws_alone(right: &str) -> bool {
    const ACTIONS: [&str; 5] = ["kms:", "secretsmanager:", "ssm:", "sns:", "s3:ListBucket"];
    ACTIONS.iter().any(|action| right.contains(&format!(": {action}")))
        || right == "mall-dealer: s3:PutObjectTagging on ev-plaza-local-picturesbucket/captcha/*"
}

/// Rights that these calls do not use, and what does.
const USED_ELSEWHERE: [(&str, &str); 23] = [
    ("audit-sealer: dynamodb:BatchGetItem on table/ev-plaza-local-AuditTable", "entries that are two minutes old"),
    ("audit-sealer: dynamodb:DeleteItem on table/ev-plaza-local-AuditTable", "entries whose retention has ended"),
    ("audit-sealer: dynamodb:DeleteItem on table/ev-plaza-local-AuditChainTable", "blocks whose retention has ended"),
    (
        "audit-sealer: dynamodb:Query on table/ev-plaza-local-AuditTable/index/by-day",
        "entries that are two minutes old",
    ),
    ("charging-scheduler: dynamodb:UpdateItem on table/ev-plaza-local-Table", "a charge that ends by itself"),
    ("charging-scheduler: dynamodb:Query on table/ev-plaza-local-Table", "more cars in line than are read at once"),
    ("charging-scheduler: s3:DeleteObject on ev-plaza-local-picturesbucket/*", "a picture that is deleted late"),
    ("charging-scheduler: s3:PutObjectTagging on ev-plaza-local-picturesbucket/*", "a picture that is tagged late"),
    ("charging-scheduler: sqs:SendMessage on ev-plaza-local-charging.fifo", "nothing: orders hint, completions do not"),
    ("charging-scheduler: sqs:SendMessage on ev-plaza-local-sms", "a driver with a telephone who is called"),
    ("ev-charging: sqs:SendMessage on ev-plaza-local-sms", "a driver with a telephone who is called"),
    ("ev-customer: sqs:SendMessage on ev-plaza-local-sms", "nothing: it compares codes and sends none"),
    ("mall-consumer: dynamodb:DeleteItem on table/ev-plaza-local-Table", "an openId that goes over to another account"),
    (
        "mall-dealer: s3:DeleteObject on ev-plaza-local-picturesbucket/kyc/*",
        "papers that are handed in anew, as an agent's here",
    ),
    ("operator: sqs:SendMessage on ev-plaza-local-sms", "a driver with a telephone who is called"),
    ("payment-callback: dynamodb:UpdateItem on table/ev-plaza-local-Table", "a payment that ends a driver's arrears"),
    ("pile-reports: dynamodb:DeleteItem on table/ev-plaza-local-Table", "a pile that stops and calls the next car"),
    ("pile-reports: dynamodb:PutItem on table/ev-plaza-local-Table", "a reading"),
    ("pile-reports: dynamodb:Query on table/ev-plaza-local-Table", "a report of a metered station's pile"),
    ("pile-reports: dynamodb:UpdateItem on table/ev-plaza-local-Table", "a report that is refused"),
    ("pile-reports: sqs:SendMessage on ev-plaza-local-charging.fifo", "a session that begins or stops"),
    ("pile-reports: sqs:SendMessage on ev-plaza-local-sms", "a driver with a telephone who is called"),
    ("sms-sender: dynamodb:PutItem on table/ev-plaza-local-Table", "a driver with a telephone who is called"),
];

/// Files that are there for everybody.
fn never_fails(way: &str) -> bool {
    ["/openapi.json", "/docs", "/console", "/board"].iter().any(|path| way.starts_with(&format!("GET {path}")))
}
