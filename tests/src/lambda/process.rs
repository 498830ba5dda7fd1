//! One environment of a function: its process, from INIT to its end.

use super::{program::Program, runtime_api::RuntimeApi};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::File,
    path::PathBuf,
    process::{Child, Command},
};

#[derive(Debug)]
pub struct Function {
    child: Child,
    api: RuntimeApi,
    log: PathBuf,
}

/// A function that is over.
#[derive(Debug)]
pub struct Ended {
    pub succeeded: bool,
    pub log: String,
}

impl Function {
    /// Starts a program as Lambda does, with nothing but `variables` in its environment.
    pub fn start(program: &Program, variables: &BTreeMap<String, String>) -> Self {
        let (api, log) = (RuntimeApi::start(), program.path().with_extension("log"));
        let (out, err) = (File::create(&log).unwrap(), File::options().append(true).open(&log).unwrap());
        let mut command = Command::new(program.path());
        command.env_clear().envs(variables).env("AWS_LAMBDA_RUNTIME_API", api.address.to_string());
        let child = command.stdout(out).stderr(err).spawn().unwrap();
        Self { child, api, log }
    }

    /// Waits until the function asks for its first event, or has ended.
    pub fn ready(&mut self) -> Result<(), Ended> {
        while self.api.state().polls == 0 {
            self.look()?;
        }
        Ok(())
    }

    /// Has the function handle an event: its answer, or the error that it reports to Lambda.
    pub fn invoke(&mut self, event: &Value) -> Result<Value, Value> {
        self.api.send(event);
        loop {
            if let Some(answer) = self.api.state().answers.pop_front() {
                return answer;
            }
            self.look().unwrap_or_else(|ended| panic!("the function has ended: {}", ended.log));
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Fails if the function has ended; else waits for a change.
    fn look(&mut self) -> Result<(), Ended> {
        if let Some(status) = self.child.try_wait().unwrap() {
            return Err(Ended { succeeded: status.success(), log: self.log() });
        }
        self.api.wait();
        Ok(())
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
