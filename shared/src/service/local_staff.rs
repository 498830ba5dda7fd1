//! Tokens for the platform's own staff on a local stack; no function built for AWS holds any of it.

use super::sign_in::SignIn;
use crate::{
    auth::tokens::Issued,
    domain::{
        account::{AccountId, Role},
        reason::{Failure, Reason},
        session::{Sessions, life},
    },
    store::Outcome,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

impl SignIn {
    /// A session of a new staff account with this role and these shops.
    pub async fn appoint_local(&self, role: Role, shops: Vec<String>, now: Timestamp) -> Result<Issued, Failure> {
        let account = AccountId::opaque(self.random.u128());
        let session = self.session(role.realm(), account.clone(), now);
        let live = BTreeMap::from([(session.id.clone(), now + life(role.realm()))]);
        let sessions = Sessions { live, ..Sessions::of_new(role, shops) };
        match self.store.transaction().open_sessions(role.realm(), &account, &sessions, ()).commit().await? {
            Outcome::Done => self.issuer.issue(&session),
            Outcome::Refused((), _) => Err(Reason::Contended.into()),
        }
    }
}
