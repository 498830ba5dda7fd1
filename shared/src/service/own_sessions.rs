//! The sessions of an account, as its owner lists and ends them.

use super::sign_in::SignIn;
use crate::{
    domain::{
        origin::Origin,
        reason::Failure,
        session::{Caller, LiveSession},
    },
    store::{Action, AuditEntry, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

impl SignIn {
    /// The live sessions of the caller's account, the newest first.
    pub async fn own_sessions(&self, caller: &Caller, now: Timestamp) -> Result<Vec<LiveSession>, Failure> {
        let sessions = self.store.sessions(caller.realm, &caller.account).await?;
        Ok(sessions.map(|sessions| sessions.list(caller.realm, now)).unwrap_or_default())
    }

    /// Ends all sessions of the account, the caller's own included. A session that has ended meanwhile ends no other one.
    pub async fn out_everywhere(&self, caller: &Caller, origin: &Origin, now: Timestamp) -> Result<(), Failure> {
        let Caller { realm, account, role, .. } = caller;
        let entry = AuditEntry {
            at: now,
            action: Action::SessionsEnded,
            realm: *realm,
            station: None,
            subject: Some(account.clone()),
            actor: Some(account.clone()),
            role: Some(*role),
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.random.u128(),
        };
        let writes = self.store.transaction().end_other_sessions(caller, &BTreeMap::new(), ());
        match writes.audit(&entry).commit().await? {
            WriteOutcome::Committed | WriteOutcome::ConditionFailed((), _) => Ok(()),
        }
    }
}
