//! Tokens for the platform's own staff on a local stack; no function built for AWS holds any of it.

use super::sign_in::SignIn;
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{AccountId, Role},
        reason::{Failure, Reason},
        session::Sessions,
    },
    store::WriteOutcome,
};
use jiff::Timestamp;

impl SignIn {
    /// A session of a new staff account with this role and these shops.
    pub async fn appoint_local(&self, role: Role, shops: Vec<String>, now: Timestamp) -> Result<IssuedToken, Failure> {
        let account = AccountId::opaque(self.random.u128());
        let (session, sessions) = self.first_session(role, &account, now);
        let sessions = Sessions { shops, ..sessions };
        match self.store.transaction().open_sessions(role.realm(), &account, &sessions, ()).commit().await? {
            WriteOutcome::Committed => self.issuer.issue(&session),
            WriteOutcome::ConditionFailed((), _) => Err(Reason::Contended.into()),
        }
    }
}
