//! `{"username":"…","password":"…"}` → `{"account":"…"}`, once in the life of a stack.

use serde::{Deserialize, Serialize};
use shared::{
    boot::{Boot, Error},
    domain::{account::Username, origin::Origin, password::Password, reason::Failure},
    outside::clock::Clock,
    service::staff::Staff,
};

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
    pub fn new(boot: &Boot) -> Result<Self, Error> {
        let staff = Staff::new(boot.store.clone(), boot.passwords()?, boot.random.clone());
        Ok(Self { staff, clock: boot.clock.clone() })
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
