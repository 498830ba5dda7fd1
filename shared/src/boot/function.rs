//! A function as it is declared: its name, and what it needs from its environment.

use super::{
    Variables,
    clients::Clients,
    codes::{ALIYUN, sends_through_aliyun},
    parts::Parts,
};

/// One Lambda function. The name is that of its crate and of its binary.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    pub needs: &'static [Need],
}

/// Variables, and the client that reaches what they name. The client is reached through a pointer, so that a function
/// links the clients that it needs and no other.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    names: &'static [&'static str],
    connect: fn(&Clients, &mut Parts),
}

/// What every function with a table needs.
pub const TABLES: Need = Need::of(&["AWS_REGION", "TABLE_NAME", "AUDIT_TABLE_NAME"]);

/// What a function may be given and does without.
const OPTIONAL: [&str; 5] = ["ALLOW_QUERY_TOKEN", "LOG_LEVEL", "METRICS_NAMESPACE", "MORE_ZONES", "PUBLIC_ADDRESS"];
/// The variables that name a secret end with this.
const SECRET: &str = "_SECRET";

impl Need {
    pub const fn of(names: &'static [&'static str]) -> Self {
        Self { names, connect: |_, _| () }
    }

    pub(super) const fn through(names: &'static [&'static str], connect: fn(&Clients, &mut Parts)) -> Self {
        Self { names, connect }
    }
}

impl Function {
    /// The variables that must be set.
    pub fn names(&self, variables: &Variables) -> Vec<&'static str> {
        let aliyun: &[&str] = if sends_through_aliyun(variables) { ALIYUN } else { &[] };
        let names = self.needs.iter().flat_map(|need| need.names);
        names.chain(aliyun).copied().collect()
    }

    /// Those that name a secret.
    pub(super) fn secrets(&self, variables: &Variables) -> Vec<&'static str> {
        self.names(variables).into_iter().filter(|name| name.ends_with(SECRET)).collect()
    }

    /// What the function sees of all variables: those that it declares.
    pub(super) fn declared(&self, variables: &Variables) -> Variables {
        variables.only(&[&self.names(variables)[..], &OPTIONAL].concat())
    }

    pub(super) fn connect(&self, clients: &Clients, parts: &mut Parts) {
        for need in self.needs {
            (need.connect)(clients, parts);
        }
    }
}
