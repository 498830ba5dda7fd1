//! Letting callers in: tokens, passwords, sealed fields.

use super::{Error, Need, parts::Parts};
use crate::{
    auth::{
        gate::Gate,
        keys::{SigningKey, VerifyingKeys},
        passwords::Passwords,
        sealing::Sealer,
        tokens::{Issuer, Verifier},
    },
    domain::staff::SecondFactorRoles,
    outside::key_service::KeyService,
    service::{people::People, sign_in::SignIn},
    wire::Front,
};
use std::sync::Arc;

/// A function that needs this hashes passwords.
pub(super) const PEPPER: &str = "PEPPER_SECRET";
const SECOND_FACTOR_ROLES: &str = "SECOND_FACTOR_ROLES";

/// What a function with routes needs to let callers in.
pub const GATE: Need = Need::of(&["TOKEN_ISSUER", "VERIFYING_KEYS_SECRET"]);
/// What a function needs that signs people in by code alone.
pub const ISSUING: Need = Need::of(&["TOKEN_ISSUER", "SIGNING_KEY_SECRET"]);
/// What a function needs that signs people in.
pub const SIGN_IN: Need = Need::of(&["TOKEN_ISSUER", "SIGNING_KEY_SECRET", PEPPER, "LOGIN_PER_IP_MINUTE"]);
/// What the function needs besides that signs in staff.
pub const SECOND_FACTOR: Need = Need::of(&[SECOND_FACTOR_ROLES]);
/// What the function needs that appoints staff.
pub const STAFF: Need = Need::of(&[PEPPER, "CONFIRM_STAFF"]);
/// What a function needs that makes password hashes and nothing more.
pub const PASSWORDS: Need = Need::of(&[PEPPER]);
/// What a function needs that seals fields.
pub const FIELDS: Need = Need::through(&["FIELDS_KEY", "FIELD_KEYS_SECRET"], |clients, parts| {
    let clients = clients.clone();
    parts.key_service = Some(KeyService::kms(move || clients.kms(), parts.variables.get("FIELDS_KEY")));
});

impl Parts {
    /// What stands before the handlers.
    pub fn front(&self) -> Result<Front, Error> {
        let (variable, now) = ("VERIFYING_KEYS_SECRET", self.clock.now().real);
        let id = self.variables.get(variable);
        let keys = self.secret(variable, |first| VerifyingKeys::new(self.secrets.clone(), id, first, now))?;
        let verifier = Verifier::new(self.variables.get("TOKEN_ISSUER"), keys);
        let allow_query_token = self.variables.or("ALLOW_QUERY_TOKEN", "true") == "true";
        let gate = Some(Arc::new(Gate::new(verifier, self.store.clone())));
        Ok(Front { gate, allow_query_token, ..self.front_without_gate() })
    }

    /// The same for a function whose routes admit no session.
    pub fn front_without_gate(&self) -> Front {
        let (clock, sink) = (self.clock.clone(), self.sink.clone());
        Front { function: self.function.name, gate: None, clock, sink, allow_query_token: false }
    }

    /// The hasher.
    pub fn passwords(&self) -> Result<Arc<Passwords>, Error> {
        let made = |pepper: &_| Passwords::new(pepper, self.strength, self.random.clone());
        Ok(Arc::new(self.secret(PEPPER, made)?.working_in(self.hashing_memory.clone())))
    }

    /// The sealer of fields, its keys opened.
    pub async fn sealer(&self) -> Result<Sealer, Error> {
        let ring = self.secret("FIELD_KEYS_SECRET", |ring| Ok(ring.clone()))?;
        let service = self.reached(self.key_service.as_ref(), "FIELDS_KEY")?;
        Ok(Sealer::open_keys(&ring, &service, self.random.clone()).await?)
    }

    /// The private key.
    pub(super) fn issuer(&self) -> Result<Issuer, Error> {
        Ok(Issuer::new(self.variables.get("TOKEN_ISSUER"), self.secret("SIGNING_KEY_SECRET", SigningKey::read)?))
    }

    /// Signing in, with the private key.
    pub fn sign_in(&self) -> Result<SignIn, Error> {
        let (passwords, issuer) = (self.passwords()?, self.issuer()?);
        let limit = self.variables.limit("LOGIN_PER_IP_MINUTE")?;
        let name = SECOND_FACTOR_ROLES;
        let roles = SecondFactorRoles::parse(self.variables.or(name, "admin,auditor"));
        let roles =
            roles.ok_or(Error::Invalid { name, expected: "none, or some of admin, auditor and shop-manager" })?;
        Ok(SignIn::new(self.store.clone(), passwords, issuer, self.random.clone(), limit).demanding(roles))
    }

    /// Appointing staff.
    pub fn people(&self) -> Result<People, Error> {
        let needs_confirmation = self.variables.switch("CONFIRM_STAFF")?;
        Ok(People::new(self.store.clone(), self.passwords()?, self.random.clone(), needs_confirmation))
    }
}
