//! Deploys template.yaml on MiniStack with the Python program in local/stack, which has a CloudFormation client.

use crate::{Problem, Result, doing, paths::StackDir, venv::Venv};
use std::path::Path;

/// The template's parameters on one machine. All callers share one address here, so the limits per address and per
/// product are a hundred times as high.
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

/// The name of a local stack.
pub const NAME: &str = "ev-plaza-local";
/// The folder with a file for each function: the variables of its session, under its own role.
pub const CREDENTIALS: &str = "credentials";
/// The file with the API's CORS policy, for the front door.
pub const CORS: &str = "cors.json";

/// The addresses of the parts of a stack.
pub struct Addresses<'a> {
    /// The emulator of AWS.
    pub aws: &'a str,
    /// The address for direct invocations.
    pub functions: &'a str,
    /// The address of the API.
    pub api: &'a str,
}

/// Creates or updates the stack from the template, and writes the files that functions and front door read.
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
    let done = python.output().map_err(doing("the deployment could not be started"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let line = said.lines().last().unwrap_or("no reason given");
    Err(Problem(format!("template.yaml cannot be deployed: {line}")))
}
