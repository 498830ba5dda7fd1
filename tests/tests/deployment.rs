//! The scripts of docs/operations.md, with stand-ins for the programs that reach AWS.

use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};
use tests::{
    stack::Place,
    template::{Template, python, repository},
};

/// A repository of its own with the scripts, and programs that note how they were called.
struct Copy(PathBuf);

impl Copy {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ev-plaza-deploy-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let copy = Self(std::env::temp_dir().join(name));
        for folder in ["local", "bin", "functions/session", "target/lambda"] {
            fs::create_dir_all(copy.0.join(folder)).unwrap();
        }
        for file in ["local/build", "local/deploy", "samconfig.toml"] {
            fs::copy(repository().join(file), copy.0.join(file)).unwrap();
        }
        fs::write(copy.0.join("functions/session/Cargo.toml"), "").unwrap();
        fs::write(copy.0.join(".gitignore"), "/target\n/bin\n/calls\n").unwrap();
        for program in ["sam", "aws", "cargo"] {
            let script = "#!/bin/sh\necho \"$(basename \"$0\") $*\" >>\"$CALLS\"\n\
                          case \"$*\" in *describe-stacks*) echo the-bucket ;; esac\n";
            let file = copy.0.join("bin").join(program);
            fs::write(&file, script).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        for arguments in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message", "one"]] {
            assert!(copy.run("git", arguments).status.success());
        }
        copy
    }

    #[expect(clippy::disallowed_methods, reason = "the stand-ins go before the programs of the machine")]
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let path = format!("{}:{}", self.0.join("bin").display(), std::env::var("PATH").unwrap());
        let here = self.0.join(program);
        let mut command = if here.is_file() { Command::new(here) } else { Command::new(program) };
        command.args(arguments).current_dir(&self.0).env("PATH", path).env("CALLS", self.0.join("calls"));
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "test").env(format!("GIT_{role}_EMAIL"), "test@example.com");
        }
        command.output().unwrap()
    }

    fn calls(&self) -> Vec<String> {
        fs::read_to_string(self.0.join("calls")).unwrap_or_default().lines().map(ToOwned::to_owned).collect()
    }

    fn commit(&self) -> String {
        String::from_utf8(self.run("git", &["rev-parse", "HEAD"]).stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn a_deployment_takes_the_packages_of_its_commit_keeps_them_and_has_a_release_of_its_own() {
    let copy = Copy::new();
    let commit = copy.commit();
    assert!(!copy.run("local/deploy", &["dev"]).status.success(), "nothing is built");
    assert!(copy.run("local/build", &[]).status.success());
    assert_eq!(copy.calls(), ["cargo lambda build --release --package session"]);
    assert!(copy.run("local/deploy", &["dev", "LogLevel=error", "OtpEnabled=false"]).status.success());
    let calls = copy.calls();
    let [_, package, _, keep, deploy] = &calls[..] else { panic!("{calls:?}") };
    assert!(package.starts_with("sam package --region ap-southeast-1"), "{package}");
    assert!(keep.ends_with(&format!("target/releases/{commit}.yaml s3://the-bucket/releases/{commit}.yaml")), "{keep}");
    let (_, parameters) = deploy.split_once("--parameter-overrides ").unwrap();
    let (parameters, release) = parameters.split_once(" Release=").unwrap();
    let expected =
        "TokenIssuer=ev-plaza-dev DeletionProtection=false LogLevel=error LogRetentionDays=7 OtpEnabled=false";
    assert_eq!(parameters, expected);
    // SAM puts its first ten characters into the names of versions.
    assert!(release[..10].bytes().all(|byte| byte.is_ascii_digit()) && release.ends_with(&commit[..10]), "{release}");
}

#[test]
fn a_kept_release_is_deployed_without_a_build() {
    let copy = Copy::new();
    let commit = copy.commit();
    assert!(copy.run("local/deploy", &["prod", &commit[..12]]).status.success());
    let calls = copy.calls();
    let [_, fetch, deploy] = &calls[..] else { panic!("{calls:?}") };
    assert!(
        fetch.contains(&format!("s3://the-bucket/releases/{commit}.yaml target/releases/{commit}.yaml")),
        "{fetch}"
    );
    assert!(deploy.starts_with(&format!("sam deploy --config-env prod --template-file target/releases/{commit}.yaml")));
}

#[test]
fn packages_of_another_commit_are_refused_and_uncommitted_ones_in_production() {
    let copy = Copy::new();
    fs::write(copy.0.join("samconfig.toml"), fs::read_to_string(copy.0.join("samconfig.toml")).unwrap() + "\n# new\n")
        .unwrap();
    assert!(copy.run("local/build", &[]).status.success());
    assert!(!copy.run("local/deploy", &["prod"]).status.success(), "changed and not committed");
    assert!(copy.run("local/deploy", &["dev"]).status.success());
    assert!(copy.run("git", &["commit", "--quiet", "--all", "--message", "two"]).status.success());
    let refused = copy.run("local/deploy", &["dev"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("local/build"), "built before that commit");
}

/// A server with a certificate that no root of ours has signed.
struct Stranger(Child, PathBuf);

impl Stranger {
    fn start(port: u16) -> Self {
        let folder = std::env::temp_dir().join(format!("ev-plaza-stranger-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
        let mut make = Command::new("openssl");
        make.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout"]);
        make.arg(&key).arg("-out").arg(&certificate);
        make.args(["-addext", "subjectAltName=DNS:localhost"]);
        assert!(make.output().unwrap().status.success());
        let mut server = Command::new("openssl");
        server
            .args(["s_server", "-quiet", "-accept", &port.to_string(), "-key"])
            .arg(&key)
            .arg("-cert")
            .arg(&certificate);
        Self(server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), folder)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
        fs::remove_dir_all(&self.1).ok();
    }
}

#[test]
fn the_check_of_certificates_trusts_only_what_functions_trust() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let _stranger = Stranger::start(port);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    let output = Command::new(repository().join("local/check-certificates"))
        .args(["cn-northwest-1", &format!("localhost:{port}")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.starts_with(&format!("NOT TRUSTED  localhost:{port}")), "{said}");
}

/// The steps of «Restore», on the emulator's tables.
#[test]
fn a_table_is_restored_under_its_own_name_with_what_a_restored_table_lacks() {
    let place = Place::new();
    let venv = local::venv::Venv::ready(&repository()).unwrap();
    let dir = local::paths::StackDir::make(place.path()).unwrap();
    let mut emulator = local::ministack::MiniStack::start(&venv, &dir).unwrap();
    emulator.wait_until_it_answers(&dir).unwrap();
    let rehearse = rehearsal(&emulator.url(), place.path());
    emulator.child.kill().ok();
    emulator.child.wait().ok();
    assert!(rehearse.status.success(), "{}", String::from_utf8_lossy(&rehearse.stderr));
    let after: Value = serde_json::from_slice(&rehearse.stdout).unwrap();
    assert_eq!(after["items"], 2);
    assert_eq!(after["ttl"], "ttl");
    assert_eq!(after["recovery"], "ENABLED");
    assert_eq!(after["protected"], true);
    assert_eq!(after["copies"], 1);
}

fn rehearsal(endpoint: &str, folder: &Path) -> Output {
    let script = folder.join("rehearsal.py");
    let text = r#"
import datetime, json, sys
from stack import restore
from stack.clients import Clients

dynamodb = Clients(sys.argv[1])["dynamodb"]
dynamodb.create_table(TableName="bills", BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=True,
    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
dynamodb.update_time_to_live(TableName="bills", TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
for pk in "ab":
    dynamodb.put_item(TableName="bills", Item={"pk": {"S": pk}})
restore.restore(dynamodb, "bills", datetime.datetime.now(datetime.timezone.utc))
backups = dynamodb.describe_continuous_backups(TableName="bills")["ContinuousBackupsDescription"]
json.dump({
    "items": dynamodb.scan(TableName="bills")["Count"],
    "ttl": dynamodb.describe_time_to_live(TableName="bills")["TimeToLiveDescription"]["AttributeName"],
    "recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
    "protected": dynamodb.describe_table(TableName="bills")["Table"]["DeletionProtectionEnabled"],
    "copies": sum(name.startswith("bills-at-") for name in dynamodb.list_tables()["TableNames"]),
}, sys.stdout)
"#;
    fs::write(&script, text).unwrap();
    python().arg(&script).arg(endpoint).output().unwrap()
}

/// Bills of the earlier release get the attribute of the new index, whenever the program is stopped and run again.
#[test]
fn the_bills_of_an_earlier_release_are_given_their_shard() {
    let place = Place::new();
    let venv = local::venv::Venv::ready(&repository()).unwrap();
    let dir = local::paths::StackDir::make(place.path()).unwrap();
    let mut emulator = local::ministack::MiniStack::start(&venv, &dir).unwrap();
    emulator.wait_until_it_answers(&dir).unwrap();
    let script = place.path().join("bills.py");
    let text = r#"
import json, sys
from stack.backfill_bills import backfill, give_shard
from stack.clients import Clients

dynamodb = Clients(sys.argv[1])["dynamodb"]
names = {"pk": "HASH", "sk": "RANGE"}
dynamodb.create_table(TableName="plaza", BillingMode="PAY_PER_REQUEST",
    KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in names.items()],
    AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in [*names, "bill_shard"]],
    GlobalSecondaryIndexes=[{"IndexName": "bills-by-shard", "Projection": {"ProjectionType": "ALL"}, "KeySchema": [
        {"AttributeName": "bill_shard", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]}])
def put(sk, **more):
    dynamodb.put_item(TableName="plaza", Item={"pk": {"S": "ACCOUNT#ev#1"}, "sk": {"S": sk}, **more})
for request in range(40):
    put(f"BILL#OPEN#{request:015}#{request:016}", request={"N": str(request)}, total={"N": "7"})
put("BILL#PAID#1#99", request={"N": "99"}, bill_shard={"S": "3"})
put("SESSIONS", bills={"N": "40"})
half = dynamodb.scan(TableName="plaza", Limit=17)["Items"]
first = sum(give_shard(dynamodb, "plaza", bill) for bill in half if "request" in bill and "bill_shard" not in bill)
gone = give_shard(dynamodb, "plaza", {"pk": {"S": "ACCOUNT#ev#1"}, "sk": {"S": "BILL#OPEN#gone"}, "request": {"N": "1"}})
changed = [first + backfill(dynamodb, "plaza"), backfill(dynamodb, "plaza")]
shards = {shard: sorted(int(bill["request"]["N"]) for bill in dynamodb.query(TableName="plaza", IndexName="bills-by-shard",
    KeyConditionExpression="bill_shard = :shard", ExpressionAttributeValues={":shard": {"S": str(shard)}})["Items"])
    for shard in range(16)}
json.dump({"changed": changed, "gone": gone, "shards": shards, "items": dynamodb.scan(TableName="plaza")["Count"]}, sys.stdout)
"#;
    fs::write(&script, text).unwrap();
    let done = python().arg(&script).arg(emulator.url()).output().unwrap();
    emulator.child.kill().ok();
    emulator.child.wait().ok();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let after: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&after["changed"], &after["gone"], &after["items"]), (&json!([40, 0]), &json!(false), &json!(42)));
    for shard in 0..16_u64 {
        // The one that has its shard keeps it.
        let expected: Vec<u64> =
            (0..40).filter(|request| request % 16 == shard).chain((shard == 3).then_some(99)).collect();
        assert_eq!(after["shards"][shard.to_string()], json!(expected), "{shard}");
    }
}

/// A team on duty looks an alarm up by its name.
#[test]
fn the_handbook_has_a_line_for_every_alarm_and_names_only_what_exists() {
    let template = Template::read();
    let handbook = fs::read_to_string(repository().join("docs/operations.md")).unwrap();
    for (id, _) in template.of_type("AWS::CloudWatch::Alarm") {
        let named = handbook.contains(&format!("`{id}`"));
        let of_function =
            ["ErrorsAlarm", "FaultsAlarm"].iter().any(|kind| id.ends_with(kind)) && id != "ServerErrorsAlarm";
        assert!(named || of_function, "{id}");
    }
    let words = handbook.split('`').skip(1).step_by(2);
    for word in words.filter(|word| word.ends_with("Alarm") && !word.starts_with('<')) {
        assert!(template.has(word), "there is no {word}");
    }
    for secret in template.of_type("AWS::SecretsManager::Secret") {
        assert!(handbook.contains(&format!("`{}`", secret.0)), "{}", secret.0);
    }
    assert!(handbook.contains("local/check-certificates") && handbook.contains("stack.restore"));
}
