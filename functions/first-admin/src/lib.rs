//! `{"username":"…","password":"…"}` → `{"account":"…"}`, once in the life of a stack.

use serde::{Deserialize, Serialize};
use shared::{
    boot::{Error, Function, PASSWORDS, Parts, TABLES},
    domain::{account::Username, origin::Origin, password::Password, reason::Failure},
    outside::clock::Clock,
    service::staff::Staff,
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, PASSWORDS] };

#[derive(Debug)]
pub struct App {
    pub staff: Staff,
    pub clock: Clock,
}

/// What the invoker sends. `Debug` is left out: it holds a password.
#[derive(Deserialize)]
pub struct Appointment {
    username: String,
    password: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Appointed {
    pub account: String,
}

/// Why nobody was appointed, in a sentence for the engineer who invoked the function.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        let staff = Staff::new(parts.store.clone(), parts.passwords()?, parts.random.clone());
        Ok(Self { staff, clock: parts.clock.clone() })
    }

    pub async fn appoint(&self, wanted: Appointment, request: String) -> Result<Appointed, Refused> {
        let username = Username::parse(&wanted.username)?;
        let password = Password::choose(&wanted.password, &[username.as_str()])?;
        let origin = Origin { request, ..Origin::default() };
        let account = self.staff.appoint_first_admin(&username, &password, &origin, self.clock.now().real).await?;
        Ok(Appointed { account: account.as_str().to_owned() })
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        tracing::warn!(reason = ?failure.reason(), detail = failure.detail(), "first administrator was not created");
        Self(failure.text().to_owned())
    }
}
