//! The virtual environment inside the repository, with the exact versions of a requirements file. The stamp is written
//! last, so that an interrupted installation is repeated.

use crate::{Problem, Result, doing, record, tell};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const STAMP: &str = "installed-requirements.txt";

#[derive(Clone, Debug)]
pub struct Venv(PathBuf);

impl Venv {
    /// The environment of `cargo local`: `.venv`, from local/requirements.txt.
    pub fn ready(repository: &Path) -> Result<Self> {
        let pip = ["--no-deps"];
        Self::with(&repository.join(".venv"), &repository.join("local/requirements.txt"), &pip)
    }

    /// Any environment: created, completed or left as it is.
    pub fn with(dir: &Path, requirements: &Path, pip: &[&str]) -> Result<Self> {
        let failed = || format!("{} cannot be set up", dir.display());
        let wanted = std::fs::read_to_string(requirements).map_err(doing(requirements.display()))?;
        std::fs::create_dir_all(dir).map_err(doing(failed()))?;
        // Two starts at the same time take turns here.
        let lock = File::create(dir.join(record::LOCK)).map_err(doing(failed()))?;
        lock.lock().map_err(doing(failed()))?;

        let venv = Self(dir.to_owned());
        let stamp = dir.join(STAMP);
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && venv.runs(&["-c", ""]) {
            return Ok(venv);
        }
        std::fs::remove_file(&stamp).ok();
        if !venv.runs(&["-m", "pip", "--version"]) {
            tell::step(format!("creating the virtual environment {}", dir.display()));
            venv.create()?;
        }
        let packages = wanted.lines().filter(|line| line.contains("==")).count();
        tell::step(format!("installing {packages} pinned packages into {} (once)", dir.display()));
        venv.install(requirements, pip)?;
        std::fs::write(&stamp, wanted).map_err(doing(failed()))?;
        Ok(venv)
    }

    /// A program of an installed package.
    pub fn program(&self, name: &str) -> PathBuf {
        self.0.join("bin").join(name)
    }

    /// Python without compiled files, which a watched source tree would take for changes.
    pub fn python(&self) -> Command {
        let mut python = Command::new(self.program("python3"));
        python.arg("-B");
        python
    }

    fn runs(&self, arguments: &[&str]) -> bool {
        self.python().args(arguments).output().is_ok_and(|output| output.status.success())
    }

    fn create(&self) -> Result<()> {
        // The remains of another attempt, or of a removed Python; not the lock, which is held.
        for half_done in ["bin", "lib", "include"] {
            std::fs::remove_dir_all(self.0.join(half_done)).ok();
        }
        let made = Command::new("python3").args(["-m", "venv"]).arg(&self.0).output().map_err(|_| {
            Problem("python3 is not on the PATH; install Python 3.10 or newer, with venv, and start again".into())
        })?;
        explain(&made, "python3 -m venv failed; on Debian it needs the package python3-venv")
    }

    fn install(&self, requirements: &Path, pip: &[&str]) -> Result<()> {
        let mut install = self.python();
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
        install.args(["--require-hashes", "--requirement"]);
        let done = install.arg(requirements).args(pip).output().map_err(doing("pip cannot be started"))?;
        explain(&done, "packages could not be installed; check the network and start again, the installation continues")
    }
}

fn explain(output: &Output, otherwise: &str) -> Result<()> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().rev().find(|line| line.contains("rror")).unwrap_or("no reason given");
    Err(Problem(format!("{otherwise} ({})", line.trim())))
}
