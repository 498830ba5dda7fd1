//! The environment of the process, read once.

use super::{Error, clients::Clients};
use crate::outside::{clock::Clock, key_service::KeyService, secrets::Secrets};
use aws_credential_types::Credentials;
use std::collections::HashMap;

/// The variables that name a secret end with this.
pub(super) const SECRET: &str = "_SECRET";

/// The variables that a function asked for, and those that Lambda sets.
#[derive(Debug)]
pub(super) struct Environment(HashMap<String, String>);

impl Environment {
    /// Reports all the names that are missing, not just the first.
    pub fn read(needs: &[&[&'static str]]) -> Result<Self, Error> {
        #[expect(clippy::disallowed_methods, reason = "this is the edge at which the environment comes in")]
        let environment = Self(std::env::vars().collect());
        environment.require(&needs.concat())?;
        Ok(environment)
    }

    pub fn require(&self, names: &[&str]) -> Result<(), Error> {
        let missing: Vec<_> = names.iter().filter(|name| self.get(name).is_empty()).map(ToString::to_string).collect();
        if missing.is_empty() { Ok(()) } else { Err(Error::Missing(missing)) }
    }

    /// A local stack shows SMS instead of sending them, with either provider.
    pub fn sends_through_aliyun(&self) -> bool {
        self.outbox().is_none() && self.get("SMS_PROVIDER") == "aliyun"
    }

    /// A variable that was asked for.
    pub fn get(&self, name: &str) -> &str {
        self.or(name, "")
    }

    pub fn or<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.0.get(name).map_or(default, String::as_str)
    }

    /// Lambda hands every environment credentials for its life, in variables.
    pub fn credentials(&self) -> Credentials {
        let token = Some(self.get("AWS_SESSION_TOKEN")).filter(|token| !token.is_empty()).map(ToOwned::to_owned);
        let (id, secret) = (self.get("AWS_ACCESS_KEY_ID"), self.get("AWS_SECRET_ACCESS_KEY"));
        Credentials::new(id, secret, token, None, "lambda-environment")
    }
}

#[cfg(not(feature = "local"))]
#[expect(clippy::unused_self, reason = "a local build asks the environment, one for AWS does not")]
impl Environment {
    pub fn clock(&self) -> Clock {
        Clock::system()
    }

    pub fn secrets(&self, clients: &Clients) -> Secrets {
        Secrets::secrets_manager(clients.secrets_manager())
    }

    /// The template puts the ARN of a secret into the variable of that secret.
    pub fn secret_id(&self, variable: &str) -> String {
        self.get(variable).to_owned()
    }

    /// KMS, for the one key that this function may use.
    pub fn key_service(&self, clients: &Clients) -> KeyService {
        KeyService::kms(clients.kms(), self.get("FIELDS_KEY"))
    }

    /// Where SMS are shown instead of sent: nowhere.
    pub fn outbox(&self) -> Option<crate::outside::sms::Sender> {
        None
    }

    /// Where AWS says it is, always.
    pub fn endpoint(&self) -> Option<&str> {
        None
    }
}

#[cfg(feature = "local")]
#[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "a build for AWS asks the environment for more")]
impl Environment {
    /// The directory of the local stack.
    pub fn directory(&self) -> std::path::PathBuf {
        self.get("EV_PLAZA_DIR").into()
    }

    pub fn clock(&self) -> Clock {
        Clock::from_file(self.directory().join("clock.json"))
    }

    pub fn outbox(&self) -> Option<crate::outside::sms::Sender> {
        Some(crate::outside::sms::Sender::outbox(self.directory().join("sms.jsonl")))
    }

    pub fn secrets(&self, _: &Clients) -> Secrets {
        Secrets::from_directory(self.directory().join("secrets"))
    }

    /// The file that holds the secret of a variable: `signing-key` for `SIGNING_KEY_SECRET`.
    pub fn secret_id(&self, variable: &str) -> String {
        variable.trim_end_matches(SECRET).to_lowercase().replace('_', "-")
    }

    /// Keys of one machine lie in a file of its own, unwrapped.
    pub fn key_service(&self, _: &Clients) -> KeyService {
        KeyService::unwrapped()
    }

    pub fn endpoint(&self) -> Option<&str> {
        Some(self.get("AWS_ENDPOINT_URL")).filter(|url| !url.is_empty())
    }
}
