//! Who does something to whom, when, from where: what the audit trail is told of it.

use crate::{
    domain::{
        account::{AccountId, Realm},
        origin::Origin,
        session::Caller,
    },
    outside::{clock::RequestTime, random::Random},
    store::{Action, AuditEntry},
};

/// Somebody who is signed in and changes something of somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    pub caller: &'a Caller,
    pub origin: &'a Origin,
    pub random: &'a Random,
    pub now: RequestTime,
}

impl Deed<'_> {
    /// The entry about an account. The role is that of whoever does it.
    pub(crate) fn entry(&self, action: Action, realm: Realm, subject: &AccountId) -> AuditEntry {
        AuditEntry {
            at: self.now.real,
            action,
            realm,
            station: None,
            subject: Some(subject.clone()),
            actor: Some(self.caller.account.clone()),
            role: Some(self.caller.role),
            address: Some(self.origin.address),
            request: self.origin.request.clone(),
            id: self.random.u128(),
        }
    }
}
