//! People as the operator manages them: staff of the platform and of shops, and locking any account.

use super::actor::Actor;
use crate::{
    auth::passwords::Passwords,
    domain::{
        account::{AccountId, LoginName, Realm, Role, Username},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::Sessions,
    },
    outside::random::Random,
    store::{Action, Attempts, LoginCredential, StaffItem, Store, WriteOutcome},
};
use jiff::Timestamp;
use std::sync::Arc;

/// The accounts of people.
#[derive(Clone, Debug)]
pub struct People {
    store: Store,
    passwords: Arc<Passwords>,
    random: Random,
}

/// A member of staff who is to be.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub username: Username,
    pub password: Password,
    pub role: Role,
    /// Ids of the shops in which a member of shop staff works.
    pub shops: Vec<String>,
}

/// A member of staff in the list.
#[derive(Clone, Debug)]
pub struct Member {
    pub account: AccountId,
    pub username: Username,
    pub role: Role,
    pub shops: Vec<String>,
    pub created_at: Timestamp,
}

/// An account of any realm, as far as signing in goes.
#[derive(Clone, Debug)]
pub struct Person {
    pub realm: Realm,
    pub account: AccountId,
    pub role: Role,
    pub shops: Vec<String>,
    pub locked: bool,
    pub live_sessions: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StaffRefusal {
    NameTaken,
    Id,
    Raced,
    /// The actor has been locked meanwhile.
    Actor,
}

impl People {
    pub fn new(store: Store, passwords: Arc<Passwords>, random: Random) -> Self {
        Self { store, passwords, random }
    }

    /// Makes an account for a member of staff, who signs in with the password given here.
    pub async fn appoint(&self, appointment: &Appointment, actor: &Actor<'_>) -> Result<Member, Failure> {
        let Appointment { username, password, role, shops } = appointment.clone();
        let (realm, account) = (role.realm(), AccountId::opaque(self.random.u128()));
        let credential = LoginCredential::new(&account, self.passwords.hash(&password)?);
        let created_at = actor.now.real;
        let item = StaffItem { account: account.clone(), username, role, shops, created_at };
        let writes = self.store.transaction();
        let writes = writes
            .claim_login(realm, &LoginName::from(&item.username), &credential, StaffRefusal::NameTaken)
            .open_sessions(realm, &account, &Sessions::of_new(role, item.shops.clone()), StaffRefusal::Id)
            .list_staff(realm, &item)
            .audit_change(&actor.entry(Action::AccountCreated, realm, &account), &change_text(&item));
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(item.into()),
            WriteOutcome::ConditionFailed(StaffRefusal::NameTaken, _) => Err(Reason::UsernameTaken.into()),
            WriteOutcome::ConditionFailed(..) => Err(Reason::Contended.into()),
        }
    }

    /// A page of the staff of the platform or of shops.
    pub async fn staff(&self, realm: Realm, after: Option<&AccountId>, most: u8) -> Result<Vec<Member>, Failure> {
        Ok(self.store.staff(realm, after, i32::from(most)).await?.into_iter().map(Member::from).collect())
    }

    /// Another role, or other shops, from the next request on. An actor's own role cannot be changed.
    pub async fn change_role(
        &self,
        account: &AccountId,
        role: Role,
        shops: Vec<String>,
        actor: &Actor<'_>,
    ) -> Result<Member, Failure> {
        let realm = role.realm();
        refuse_oneself(realm, account, actor)?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let member = self.store.staff_member(realm, account).await?.ok_or(Reason::NotYours)?;
            let changed = StaffItem { role, shops: shops.clone(), ..member.clone() };
            if changed == member {
                return Ok(member.into());
            }
            let writes = self.store.transaction();
            let writes = writes
                .change_role((realm, account), (member.role, role), &shops, StaffRefusal::Raced)
                .require_enabled((actor.who.realm, &actor.who.account), StaffRefusal::Actor)
                .list_staff(realm, &changed)
                .audit_change(&actor.entry(Action::RoleChanged, realm, account), &change_text(&changed));
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(changed.into()),
                WriteOutcome::ConditionFailed(StaffRefusal::Actor, _) => return Err(Reason::Unauthorized.into()),
                WriteOutcome::ConditionFailed(..) => {}
            }
        }
    }

    /// An account by its id.
    pub async fn person(&self, realm: Realm, account: &AccountId) -> Result<Person, Failure> {
        let sessions = self.store.sessions(realm, account).await?.ok_or(Reason::NotYours)?;
        Ok(Person {
            realm,
            account: account.clone(),
            role: sessions.role,
            shops: sessions.shops,
            locked: !sessions.enabled,
            live_sessions: sessions.live.len(),
        })
    }

    /// An account by its login name, or by its telephone, which is all that a consumer or an agent
    /// of the mall has.
    pub async fn named(&self, realm: Realm, name: &LoginName, now: Timestamp) -> Result<Person, Failure> {
        if let Some(credential) = self.store.login(realm, name, now).await?.credential {
            return self.person(realm, &credential.account).await;
        }
        let phone = Phone::parse(name.as_str()).map_err(|_| Reason::NotYours)?;
        let holder = self.store.phone_holder(realm, &phone).await?.ok_or(Reason::NotYours)?;
        self.person(realm, &holder.account).await
    }

    /// Locks an account, which ends its sessions with the next request, or unlocks it. Locking what is locked changes
    /// nothing. No actor can lock the own account, and two administrators cannot lock each other.
    pub async fn lock(
        &self,
        (realm, account): (Realm, &AccountId),
        locked: bool,
        why: &str,
        actor: &Actor<'_>,
    ) -> Result<Person, Failure> {
        refuse_oneself(realm, account, actor)?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let person = self.person(realm, account).await?;
            if person.locked == locked {
                return Ok(person);
            }
            let action = if locked { Action::AccountLocked } else { Action::AccountUnlocked };
            let writes = self.store.transaction();
            let writes = writes
                .set_enabled((realm, account), !locked, StaffRefusal::Raced)
                .require_enabled((actor.who.realm, &actor.who.account), StaffRefusal::Actor)
                .audit_change(&actor.entry(action, realm, account), why);
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(Person { locked, live_sessions: 0, ..person }),
                WriteOutcome::ConditionFailed(StaffRefusal::Actor, _) => return Err(Reason::Unauthorized.into()),
                WriteOutcome::ConditionFailed(..) => {}
            }
        }
    }

    /// Ends all sessions of an account. Ending them again changes nothing.
    pub async fn sign_out(&self, (realm, account): (Realm, &AccountId), actor: &Actor<'_>) -> Result<(), Failure> {
        if self.person(realm, account).await?.live_sessions == 0 {
            return Ok(());
        }
        let writes = self.store.transaction().end_all_sessions((realm, account), StaffRefusal::Raced);
        match writes.audit(&actor.entry(Action::SignedOutByOperator, realm, account)).commit().await? {
            WriteOutcome::Committed => Ok(()),
            WriteOutcome::ConditionFailed(..) => Err(Reason::NotYours.into()),
        }
    }
}

fn refuse_oneself(realm: Realm, account: &AccountId, actor: &Actor<'_>) -> Result<(), Failure> {
    let is_oneself = (realm, account) == (actor.who.realm, &actor.who.account);
    if is_oneself {
        Err(Failure::from(Reason::LastAdmin).saying("不能修改或锁定自己的账户"))
    } else {
        Ok(())
    }
}

fn change_text(member: &StaffItem) -> String {
    if member.shops.is_empty() {
        return member.role.as_str().to_owned();
    }
    format!("{} of {}", member.role.as_str(), member.shops.join(", "))
}

impl From<StaffItem> for Member {
    fn from(item: StaffItem) -> Self {
        let StaffItem { account, username, role, shops, created_at } = item;
        Self { account, username, role, shops, created_at }
    }
}
