//! The programs as they are built for AWS, and the one of a local stack.

use memchr::memmem;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use tests::lambda::is_isolated;

pub const FUNCTIONS: &[&str] = &[
    "audit-reader",
    "audit-sealer",
    "charging-scheduler",
    "cloud-customer",
    "ev-account",
    "ev-charging",
    "ev-customer",
    "first-admin",
    "mall-agent",
    "mall-audit",
    "mall-consumer",
    "mall-dealer",
    "operator",
    "operator-console",
    "payment-callback",
    "pile-reports",
    "reference",
    "session",
    "shop-customer",
    "sms-sender",
];
/// It has everything that only a local stack may have.
const LOCAL: &str = "local-functions";

pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Names the folder of a release build (`local/build` writes target/lambda) that is to be tested instead of a build for tests.
const PACKAGES: &str = "EV_PLAZA_PACKAGES";

/// The program of a function built for AWS. One call that names the functions alone builds them, because features unify over
/// what one call builds. An isolated test finds what its outer run has built.
pub fn deployed(name: &str) -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "it chooses what is tested")]
    if let Some(packages) = std::env::var_os(PACKAGES) {
        return Path::new(&packages).join(name).join("bootstrap");
    }
    build_all();
    kept("deployed", name)
}

fn build_all() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        if is_isolated() {
            return;
        }
        let packages = FUNCTIONS.iter().flat_map(|name| ["--bin", name, "--package", name]);
        build(&packages.collect::<Vec<_>>());
        keep("deployed", FUNCTIONS);
    });
}

/// The program of a local stack, with the features of `cargo test`.
pub fn local() -> PathBuf {
    build(&["--bin", LOCAL]);
    workspace().join("target/debug").join(LOCAL)
}

pub fn contains(program: &Path, word: &str) -> bool {
    memmem::find(&fs::read(program).unwrap(), word.as_bytes()).is_some()
}

fn build(selection: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace()).args(["build", "--quiet"]).args(selection);
    assert!(cargo.status().unwrap().success());
}

/// Puts programs where the next build does not replace them.
fn keep(kind: &str, names: &[&str]) {
    for name in names {
        let to = kept(kind, name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::remove_file(&to).ok();
        fs::hard_link(workspace().join("target/debug").join(name), to).unwrap();
    }
}

fn kept(kind: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(kind).join(name)
}
