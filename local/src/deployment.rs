//! The stack of template.yaml on MiniStack, made by the Python program in local/stack, which has a CloudFormation client.

use crate::{Problem, Result, doing, paths::StackDir, venv::Venv};
use std::path::Path;

/// What template.yaml's parameters are on one machine. All callers share one address here, so limits per address and
/// per product are a hundred times as high.
pub const PARAMETERS: &[&str] = &[
    "DeletionProtection=false",
    "LoginPerIpMinute=2000",
    "RegisterPerIpMinute=2000",
    "CaptchaPerIpMinute=3000",
    "CaptchaAfterIpSends=500",
    "OtpPerIpHour=2000",
    "OtpPerIpDay=10000",
    "OtpPerProductMinute=6000",
    "AvailablePerIpMinute=1000",
];

/// What a local stack is called.
pub const NAME: &str = "ev-plaza-local";
/// The folder with a file per function: the variables of the session in which it acts, under its own role.
pub const CREDENTIALS: &str = "credentials";
/// Where the API's CORS policy is written down for the front door.
pub const CORS: &str = "cors.json";

/// Where the parts of a stack listen.
pub struct Addresses<'a> {
    /// The emulator of AWS.
    pub aws: &'a str,
    /// Where functions are invoked.
    pub functions: &'a str,
    /// Where apps call.
    pub api: &'a str,
}

/// Makes the stack, or changes it to what the template says now, and writes down what functions and front door read.
pub fn deploy(venv: &Venv, repository: &Path, dir: &StackDir, addresses: &Addresses) -> Result<()> {
    let Addresses { aws, functions, api } = addresses;
    let mut python = venv.python();
    python
        .args(["-m", "stack", "--name", NAME, "--endpoint", aws])
        .args(["--invoke", &format!("http://{functions}/2015-03-31/functions/{{}}/invocations")])
        .args(PARAMETERS.iter().flat_map(|parameter| ["--parameter", parameter]))
        .args(["--parameter", &format!("PublicAddress=http://{api}")])
        .arg("--template")
        .arg(repository.join("template.yaml"))
        .arg("--env-file")
        .arg(dir.join("functions.env"))
        .arg("--cors-file")
        .arg(dir.join(CORS))
        .arg("--credentials")
        .arg(dir.join(CREDENTIALS))
        .env("PYTHONPATH", repository.join("local"))
        .env("NO_PROXY", "*");
    let done = python.output().map_err(doing("the stack cannot be deployed"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let line = said.lines().last().unwrap_or("no reason given");
    Err(Problem(format!("template.yaml cannot be deployed: {line}")))
}
