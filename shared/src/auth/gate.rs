//! Authenticates the caller of every route that is not public: a valid token and a live session.

use super::tokens::{Session, Verifier};
use crate::{
    domain::{
        account::{AccountId, Realm},
        device::KnownDevice,
        reason::{Failure, Reason},
        session::{Caller, SessionId, Sessions, later_end},
    },
    store::Store,
};
use jiff::Timestamp;

/// Verifies tokens and sessions, once per request.
#[derive(Debug)]
pub struct Gate {
    verifier: Verifier,
    store: Store,
}

impl Gate {
    pub fn new(verifier: Verifier, store: Store) -> Self {
        Self { verifier, store }
    }

    /// The device of a caller who is not signed in, from the header `X-Device-Token`.
    pub async fn known_device(&self, token: &str, now: Timestamp) -> Option<KnownDevice> {
        self.verifier.known_device(token, now).await
    }

    /// Admits a caller whose session is in one of `realms`. One strongly consistent read of the session record decides,
    /// so that the end of a session takes effect with the next request. A live session of another realm is forbidden,
    /// not unauthorized: an app that is told 401 signs its user out.
    pub async fn admit(&self, token: Option<&str>, realms: &[Realm], now: Timestamp) -> Result<Caller, Failure> {
        let token = token.ok_or(Reason::Unauthorized)?;
        let Session { realm, account, id, signed_in_at } = self.verifier.verify(token, now).await?;
        let sessions = self.store.sessions(realm, &account).await?.ok_or(Reason::Unauthorized)?;
        let step =
            if sessions.admit(&id, now) { None } else { Some(sessions.step(&id, now).ok_or(Reason::Unauthorized)?) };
        if !realms.contains(&realm) {
            return Err(Reason::Forbidden.into());
        }
        if let Some(ends) = sessions.live.get(&id).copied()
            && let Some(later) = later_end(realm, signed_in_at, ends, now)
        {
            self.note_use((realm, &account), &id, (ends, later)).await;
        }
        let Sessions { role, shops, tenant, standing, .. } = sessions;
        Ok(Caller { realm, account, role, shops, tenant, session: id, signed_in_at, standing, step })
    }

    /// Best effort: a use that is not written ends the session earlier, and the next request writes it.
    async fn note_use(&self, owner: (Realm, &AccountId), id: &SessionId, ends: (Timestamp, Timestamp)) {
        if let Err(failure) = self.store.prolong_session(owner, id, ends).await {
            tracing::warn!(detail = failure.detail(), "last use of a session was not written");
        }
    }
}
