//! The platform's own staff. Here: the first administrator, who cannot be appointed by another.

use crate::{
    auth::passwords::Passwords,
    domain::{
        account::{AccountId, LoginName, Realm, Role, Username},
        origin::Origin,
        password::Password,
        reason::{Failure, Reason},
        session::Sessions,
    },
    outside::random::Random,
    store::{Action, AuditEntry, LoginCredential, StaffItem, Store, WriteOutcome},
};
use jiff::Timestamp;
use std::sync::Arc;

/// Makes staff accounts.
#[derive(Clone, Debug)]
pub struct Staff {
    store: Store,
    passwords: Arc<Passwords>,
    random: Random,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstAdminRefusal {
    NotFirst,
    NameTaken,
}

impl Staff {
    pub fn new(store: Store, passwords: Arc<Passwords>, random: Random) -> Self {
        Self { store, passwords, random }
    }

    /// The first administrator, once: a second call is refused. Its password does not expire: the person who chose it is
    /// the one who uses it.
    pub async fn appoint_first_admin(
        &self,
        username: &Username,
        password: &Password,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<AccountId, Failure> {
        let account = AccountId::opaque(self.random.u128());
        let credential = LoginCredential::new(&account, self.passwords.hash(password)?);
        let entry = AuditEntry {
            at: now,
            action: Action::AccountCreated,
            realm: Realm::Platform,
            station: None,
            subject: Some(account.clone()),
            actor: None,
            role: Some(Role::Admin),
            address: None,
            request: origin.request.clone(),
            id: self.random.u128(),
        };
        let member = StaffItem {
            account: account.clone(),
            username: username.clone(),
            role: Role::Admin,
            shops: vec![],
            created_at: now,
            proposed: None,
        };
        let writes = self.store.transaction().claim_first_admin(&account, now, FirstAdminRefusal::NotFirst);
        let writes = writes
            .claim_login(Realm::Platform, &LoginName::from(username), &credential, FirstAdminRefusal::NameTaken)
            .open_sessions(
                Realm::Platform,
                &account,
                &Sessions::of_new(Role::Admin, vec![]),
                FirstAdminRefusal::NameTaken,
            )
            .list_staff(Realm::Platform, &member)
            .audit(&entry);
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(account),
            WriteOutcome::ConditionFailed(FirstAdminRefusal::NotFirst, _) => {
                Err(Failure::from(Reason::Forbidden).saying("the first administrator exists already"))
            }
            WriteOutcome::ConditionFailed(FirstAdminRefusal::NameTaken, _) => Err(Reason::UsernameTaken.into()),
        }
    }
}
