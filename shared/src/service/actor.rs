//! Who does something, when and from where: one type from the request to the audit entry (操作者).

use crate::{
    domain::{
        account::{AccountId, Realm},
        cloud::PortalMember,
        origin::Origin,
        session::Caller,
        station_id::StationId,
    },
    outside::{clock::RequestTime, random::Random},
    store::{Action, AuditEntry},
};

/// The actor of a use case. What only signed-in people may do takes an `Actor<'_>`.
#[derive(Clone, Copy, Debug)]
pub struct Actor<'a, Who = &'a Caller> {
    pub who: Who,
    pub origin: &'a Origin,
    /// Draws the ids of audit entries.
    pub random: &'a Random,
    pub now: RequestTime,
}

/// What an actor can be.
pub trait Identity: Sync {
    /// None for a program: the payment provider, or the tool that prepares a local stack.
    fn caller(&self) -> Option<&Caller>;
}

impl Identity for &Caller {
    fn caller(&self) -> Option<&Caller> {
        Some(self)
    }
}

impl Identity for &PortalMember {
    fn caller(&self) -> Option<&Caller> {
        Some(&self.caller)
    }
}

impl Identity for Option<&Caller> {
    fn caller(&self) -> Option<&Caller> {
        *self
    }
}

impl<Who: Identity> Actor<'_, Who> {
    /// The audit entry about an account. The role is the actor's.
    pub(crate) fn entry(&self, action: Action, realm: Realm, subject: &AccountId) -> AuditEntry {
        AuditEntry { realm, subject: Some(subject.clone()), ..self.entry_about(action) }
    }

    /// The audit entry about a station.
    pub(crate) fn station_entry(&self, action: Action, station: &StationId) -> AuditEntry {
        AuditEntry { station: Some(station.clone()), ..self.entry_about(action) }
    }

    /// The audit entry about anything else of the platform.
    pub(crate) fn entry_about(&self, action: Action) -> AuditEntry {
        let caller = self.who.caller();
        AuditEntry {
            at: self.now.real,
            action,
            realm: Realm::Platform,
            station: None,
            subject: None,
            actor: caller.map(|caller| caller.account.clone()),
            role: caller.map(|caller| caller.role),
            address: Some(self.origin.address),
            request: self.origin.request.clone(),
            id: self.random.u128(),
        }
    }
}
