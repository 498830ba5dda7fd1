//! People as the operator manages them: staff of the platform and of shops, and locking any account.

mod appointments;

pub use appointments::FirstPassword;

use super::actor::Actor;
use crate::{
    auth::passwords::Passwords,
    domain::{
        account::{AccountId, LoginName, Realm, Role, Username},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::Sessions,
        staff::{FIRST_PASSWORD_LASTS, Proposal, is_staff},
    },
    outside::random::Random,
    store::{Action, Attempts, LoginCredential, StaffItem, Store, WriteOutcome},
};
use jiff::Timestamp;
use std::sync::Arc;

/// As many of the platform's staff are looked at to find another administrator.
const SOME_STAFF: i32 = 100;

/// The accounts of people.
#[derive(Clone, Debug)]
pub struct People {
    store: Store,
    passwords: Arc<Passwords>,
    random: Random,
    /// Whether a second administrator confirms new administrators and auditors.
    needs_confirmation: bool,
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
pub struct StaffMember {
    pub account: AccountId,
    pub username: Username,
    pub role: Role,
    pub shops: Vec<String>,
    pub created_at: Timestamp,
    /// A role that waits for a second administrator.
    pub proposed: Option<Proposal>,
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
    pub fn new(store: Store, passwords: Arc<Passwords>, random: Random, needs_confirmation: bool) -> Self {
        Self { store, passwords, random, needs_confirmation }
    }

    /// Creates an account for a member of staff, who signs in with the password given here and replaces it. An
    /// administrator or auditor is disabled until a second administrator confirms.
    pub async fn appoint(&self, appointment: &Appointment, actor: &Actor<'_>) -> Result<StaffMember, Failure> {
        let Appointment { username, password, role, shops } = appointment.clone();
        let (realm, account) = (role.realm(), AccountId::opaque(self.random.u128()));
        let (created_at, by) = (actor.now.real, actor.who.account.clone());
        let credential = self.first_credential(&account, &password, created_at)?;
        let is_excepted = role == Role::Admin && self.is_only_admin(actor).await?;
        let waits = self.needs_confirmation && Proposal::is_needed(role) && !is_excepted;
        let proposed = waits.then_some(Proposal { role, by, at: created_at });
        let item = StaffItem { account: account.clone(), username, role, shops, created_at, proposed };
        let sessions = Sessions { enabled: !waits, ..Sessions::of_new(role, item.shops.clone()) };
        let writes = self.store.transaction();
        let writes = writes
            .claim_login(realm, &LoginName::from(&item.username), &credential, StaffRefusal::NameTaken)
            .open_sessions(realm, &account, &sessions, StaffRefusal::Id)
            .list_staff(realm, &item)
            .audit_change(&actor.entry(Action::AccountCreated, realm, &account), &change_text(&item));
        let writes = if is_excepted {
            writes.note_second_admin(&actor.who.account, &account, StaffRefusal::Raced)
        } else {
            writes
        };
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(item.into()),
            WriteOutcome::ConditionFailed(StaffRefusal::NameTaken, _) => Err(Reason::UsernameTaken.into()),
            WriteOutcome::ConditionFailed(..) => Err(Reason::Contended.into()),
        }
    }

    /// The first administrator appoints the second one alone, because there is no other to confirm it; once.
    async fn is_only_admin(&self, actor: &Actor<'_>) -> Result<bool, Failure> {
        let own = &actor.who.account;
        if !self.needs_confirmation || !self.store.is_lone_first_admin(own).await? {
            return Ok(false);
        }
        let staff = self.store.staff(Realm::Platform, None, SOME_STAFF).await?;
        Ok(!staff.iter().any(|member| member.account != *own && member.role == Role::Admin))
    }

    fn first_credential(
        &self,
        account: &AccountId,
        password: &Password,
        now: Timestamp,
    ) -> Result<LoginCredential, Failure> {
        let credential = LoginCredential::new(account, self.passwords.hash(password)?);
        Ok(LoginCredential { first_until: Some(now + FIRST_PASSWORD_LASTS), ..credential })
    }

    /// A page of the staff of the platform or of shops.
    pub async fn staff(&self, realm: Realm, after: Option<&AccountId>, most: u8) -> Result<Vec<StaffMember>, Failure> {
        Ok(self.store.staff(realm, after, i32::from(most)).await?.into_iter().map(StaffMember::from).collect())
    }

    /// Another role, or other shops, from the next request on. The role of an administrator or auditor is proposed: the
    /// account keeps the present one until a second administrator confirms. An actor's own role cannot be changed.
    pub async fn change_role(
        &self,
        account: &AccountId,
        role: Role,
        shops: Vec<String>,
        actor: &Actor<'_>,
    ) -> Result<StaffMember, Failure> {
        let realm = role.realm();
        refuse_oneself(realm, account, actor)?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let member = self.store.staff_member(realm, account).await?.ok_or(Reason::NotYours)?;
            refuse_pending(&member)?;
            let waits = self.needs_confirmation && Proposal::is_needed(role) && role != member.role;
            let by = &actor.who.account;
            let proposed = waits.then(|| Proposal { role, by: by.clone(), at: actor.now.real });
            let is_said = member.proposed.as_ref().is_some_and(|said| waits && said.role == role);
            let changed = if waits {
                StaffItem { proposed, ..member.clone() }
            } else {
                StaffItem { role, shops: shops.clone(), proposed, ..member.clone() }
            };
            if changed == member || is_said {
                return Ok(member.into());
            }
            let is_proposal = changed.role == member.role && changed.shops == member.shops;
            let action = if is_proposal { Action::RoleProposed } else { Action::RoleChanged };
            let writes = self.store.transaction();
            let writes = writes
                .change_role((realm, account), (member.role, changed.role), &changed.shops, StaffRefusal::Raced)
                .require_enabled((actor.who.realm, by), StaffRefusal::Actor)
                .save_staff(realm, &changed, member.proposed.as_ref(), StaffRefusal::Raced)
                .audit_change(&actor.entry(action, realm, account), &change_text(&changed));
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
            live_sessions: sessions.live.len() + usize::from(sessions.unfinished.is_some()),
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
        if is_staff(realm)
            && let Some(member) = self.store.staff_member(realm, account).await?
        {
            refuse_pending(&member)?;
        }
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

/// An account that waits for confirmation is out already, and only a confirmation lets it in: unlocking would be a way
/// round it.
fn refuse_pending(member: &StaffItem) -> Result<(), Failure> {
    if member.is_pending() {
        return Err(Failure::from(Reason::WrongState).saying("账户尚待另一位管理员确认"));
    }
    Ok(())
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
    let role = match (member.shops.is_empty(), member.role.as_str()) {
        (true, role) => role.to_owned(),
        (false, role) => format!("{role} of {}", member.shops.join(", ")),
    };
    match &member.proposed {
        Some(_) if member.is_pending() => format!("{role}, not confirmed"),
        Some(proposal) => format!("{role}, {} proposed", proposal.role.as_str()),
        None => role,
    }
}

impl From<StaffItem> for StaffMember {
    fn from(item: StaffItem) -> Self {
        let StaffItem { account, username, role, shops, created_at, proposed } = item;
        Self { account, username, role, shops, created_at, proposed }
    }
}
