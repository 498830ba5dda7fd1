//! What happens to an appointment afterwards: a second administrator confirms it, or any gives a new first password.

use super::{People, StaffMember, StaffRefusal, change_text, refuse_oneself};
use crate::{
    domain::{
        account::{AccountId, LoginName, Realm},
        password::Password,
        reason::{Failure, Reason},
        staff::Proposal,
        throttle::Counted,
    },
    service::actor::Actor,
    store::{Action, Attempts, LoginTry, StaffItem, WriteOutcome},
};

/// A password that an administrator gives to staff who have lost theirs.
#[derive(Clone, Debug)]
pub struct FirstPassword {
    pub password: String,
    /// Whether the second factor is lost, too.
    pub reset_second_factor: bool,
}

impl People {
    /// Confirms a proposed role, which takes effect with the next request. Confirming again changes nothing.
    pub async fn confirm(&self, realm: Realm, account: &AccountId, actor: &Actor<'_>) -> Result<StaffMember, Failure> {
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let member = self.store.staff_member(realm, account).await?.ok_or(Reason::NotYours)?;
            let Some(proposal) = &member.proposed else { return Ok(member.into()) };
            proposal.check_confirmer(account, &actor.who.account)?;
            let confirmed = StaffItem { role: proposal.role, proposed: None, ..member.clone() };
            let owner = (realm, account);
            let writes = self.store.transaction();
            let writes = if member.is_pending() {
                writes.set_enabled(owner, true, StaffRefusal::Raced)
            } else {
                writes.change_role(owner, (member.role, confirmed.role), &confirmed.shops, StaffRefusal::Raced)
            };
            let writes = writes
                .require_enabled((actor.who.realm, &actor.who.account), StaffRefusal::Actor)
                .save_staff(realm, &confirmed, Some(proposal), StaffRefusal::Raced)
                .audit_change(&actor.entry(Action::AppointmentConfirmed, realm, account), &change_text(&confirmed));
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(confirmed.into()),
                WriteOutcome::ConditionFailed(StaffRefusal::Actor, _) => return Err(Reason::Unauthorized.into()),
                WriteOutcome::ConditionFailed(..) => {}
            }
        }
    }

    /// Gives a password that its owner replaces within a day; all sessions end. An administrator or auditor without a
    /// second factor waits for confirmation again, because the administrator who gave the password could use it.
    pub async fn give_password(
        &self,
        (realm, account): (Realm, &AccountId),
        given: &FirstPassword,
        actor: &Actor<'_>,
    ) -> Result<StaffMember, Failure> {
        refuse_oneself(realm, account, actor)?;
        let now = actor.now.real;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let member = self.store.staff_member(realm, account).await?.ok_or(Reason::NotYours)?;
            let password = Password::choose(&given.password, &[member.username.as_str()])?;
            let credential = self.first_credential(account, &password, now)?;
            let login = LoginName::from(&member.username);
            let record = self.store.login(realm, &login, now).await?;
            let is_enrolled = record.second_factor.is_some_and(|factor| factor.enrolled.is_some());
            let keeps_second_factor = is_enrolled && !given.reset_second_factor;
            let waits = self.needs_confirmation && Proposal::is_needed(member.role) && !keeps_second_factor;
            let (role, by) = (member.role, actor.who.account.clone());
            let proposed = if waits { Some(Proposal { role, by, at: now }) } else { member.proposed.clone() };
            let changed = StaffItem { proposed, ..member.clone() };
            let owner = (realm, account);
            let by = LoginTry { realm, name: &login, address: actor.origin.address, device: None };
            let writes = self.store.transaction();
            let writes = writes
                .give_hash((realm, &login), &credential, StaffRefusal::Id)
                .require_enabled((actor.who.realm, &actor.who.account), StaffRefusal::Actor)
                .save_staff(realm, &changed, member.proposed.as_ref(), StaffRefusal::Raced)
                .forget_failures(by, Counted::Network);
            let writes = match (waits, member.is_pending()) {
                (true, false) => writes.set_enabled(owner, false, StaffRefusal::Id),
                _ => writes.end_all_sessions(owner, StaffRefusal::Id),
            };
            let (writes, change) = match (given.reset_second_factor, keeps_second_factor) {
                (true, _) => (writes.remove_second_factor((realm, &login)), "second factor removed"),
                (false, true) => (writes.require_second_factor((realm, &login), StaffRefusal::Raced), ""),
                (false, false) => (writes, ""),
            };
            let entry = actor.entry(Action::FirstPasswordGiven, realm, account);
            match writes.audit_change(&entry, change).commit().await? {
                WriteOutcome::Committed => return Ok(changed.into()),
                WriteOutcome::ConditionFailed(StaffRefusal::Actor, _) => return Err(Reason::Unauthorized.into()),
                WriteOutcome::ConditionFailed(StaffRefusal::Id, _) => {
                    return Err(Failure::from(Reason::WrongState).saying("账户已锁定，请先解锁"));
                }
                WriteOutcome::ConditionFailed(..) => {}
            }
        }
    }
}
