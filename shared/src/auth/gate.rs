//! The gate before every route that is not public: a token of ours, and a session that is still alive.

use super::tokens::{Session, Verifier};
use crate::{
    domain::{
        account::Realm,
        reason::{Failure, Reason},
        session::{Caller, Sessions},
    },
    store::Store,
};
use jiff::Timestamp;

/// Knows tokens and sessions; asked once per request.
#[derive(Debug)]
pub struct Gate {
    verifier: Verifier,
    store: Store,
}

impl Gate {
    pub fn new(verifier: Verifier, store: Store) -> Self {
        Self { verifier, store }
    }

    /// Lets a caller in whose session is of one of `realms`. The session record decides, at the cost of one strongly
    /// consistent read, so that what ends a session counts from the next request on. A session that lives, but in another
    /// realm, is forbidden and not unauthorized: an app that is told so must not sign its user out.
    pub async fn admit(&self, token: Option<&str>, realms: &[Realm], now: Timestamp) -> Result<Caller, Failure> {
        let token = token.ok_or(Reason::Unauthorized)?;
        let Session { realm, account, id, signed_in_at } = self.verifier.verify(token, now).await?;
        let sessions = self.store.sessions(realm, &account).await?;
        let Sessions { role, shops, tenant, standing, .. } =
            sessions.filter(|sessions| sessions.admit(&id, now)).ok_or(Reason::Unauthorized)?;
        if !realms.contains(&realm) {
            return Err(Reason::Forbidden.into());
        }
        Ok(Caller { realm, account, role, shops, tenant, session: id, signed_in_at, standing })
    }
}
