//! A network of a test's own, in which the names of AWS lead to stand-ins on this machine and nothing leads out.

use std::process::Command;

/// Set in the inner run of a test.
const INSIDE: &str = "EV_PLAZA_ISOLATED";
const SERVICES: [&str; 6] = ["dynamodb", "secretsmanager", "kms", "sqs", "sns", "s3"];
/// Bucket and host in one, as the SDK calls S3.
pub const BUCKET: &str = "picturesbucket";

/// Brings the loopback interface up, lets AWS's names lead there, and runs the rest of its arguments.
const SCRIPT: &str = r#"
set -e
python3 -c "import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 0x49))"
mount --make-rprivate /
mount --bind "$1" /etc/hosts
shift
exec "$@"
"#;

/// Whether this is the inner run of a test.
#[expect(clippy::disallowed_methods, reason = "the inner run is told by its environment")]
pub fn is_isolated() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs `body` in a network of its own: this very test again, inside one. `test` is its name as libtest knows it.
pub fn isolated(test: &str, body: impl FnOnce()) {
    if is_isolated() {
        return body();
    }
    let hosts = std::env::temp_dir().join(format!("ev-plaza-hosts-{}", std::process::id()));
    let names = SERVICES.map(|service| format!("{service}.ap-southeast-1.amazonaws.com")).join(" ");
    let bucket = format!("{BUCKET}.s3.ap-southeast-1.amazonaws.com");
    std::fs::write(&hosts, format!("127.0.0.1 localhost {names} {bucket} dysmsapi.aliyuncs.com\n")).unwrap();
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["--net", "--mount", "bash", "-c", SCRIPT, "-"]).arg(hosts);
    command.arg(std::env::current_exe().unwrap()).args([test, "--exact", "--nocapture"]).env(INSIDE, "1");
    let output = command.output().expect("util-linux has unshare");
    let (succeeded, log) = (output.status.success(), [output.stdout, output.stderr].concat());
    let log = String::from_utf8_lossy(&log);
    assert!(succeeded, "{log}");
    assert!(log.contains("1 passed"), "no test is called {test}: {log}");
}
