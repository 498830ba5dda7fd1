//! Paths: the repository, and the directory of one stack.

use crate::{Result, doing};
use std::path::{Path, PathBuf};

/// The folder with template.yaml.
pub fn repository() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    here.canonicalize().map_err(doing("the repository has moved since cargo local was built; build it again"))
}

pub fn default_stack() -> Result<PathBuf> {
    Ok(repository()?.join(".local"))
}

const MADE_HERE: [&str; 18] = [
    "captcha.jsonl",
    "clock.json",
    "cors.json",
    "credentials",
    "functions.env",
    "functions.log",
    "functions.port",
    "light.db",
    "light.db-shm",
    "light.db-wal",
    "ministack",
    "ministack.log",
    "ministack.port",
    "pictures",
    "programs",
    "secrets",
    "sources",
    "sms.jsonl",
];

/// The directory of one stack: its data, its clock and its files.
#[derive(Clone, Debug)]
pub struct StackDir(PathBuf);

impl StackDir {
    /// Creates the directory if it does not exist.
    pub fn make(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(doing(format!("{} could not be created", dir.display())))?;
        Self::find(dir)
    }

    pub fn find(dir: &Path) -> Result<Self> {
        dir.canonicalize().map(Self).map_err(doing(format!("there is no stack in {}", dir.display())))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Removes the files of a stack by name, because the directory may also contain other files.
    pub fn forget(&self) -> Result<()> {
        for name in MADE_HERE {
            let path = self.0.join(name);
            let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            match removed {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(doing(format!("{} cannot be removed", path.display()))(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Replaces a file as a whole, so that a reader sees either the old or the new content.
pub fn replace(path: &Path, text: &str) -> Result<()> {
    let new = path.with_extension("new");
    let failed = || format!("{} cannot be written", path.display());
    std::fs::write(&new, text).map_err(doing(failed()))?;
    std::fs::rename(&new, path).map_err(doing(failed()))
}
