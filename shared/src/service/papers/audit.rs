//! Decisions on papers (#17).

use super::PapersRefusal;
use crate::{
    domain::{
        account::{AccountId, Realm},
        papers::{Decision, Event, Papers, PapersStatus, Why},
        phone::Phone,
        reason::{Failure, Reason},
        sms::Notice,
    },
    service::{actor::Actor, notifier::Notifier},
    store::{Action, Attempts, Store, WriteOutcome},
};
use jiff::SignedDuration;

/// The papers of agents and dealers, for auditors to decide on. Nothing is opened for it: a decision needs no ID number.
#[derive(Clone, Debug)]
pub struct Audits {
    store: Store,
    notices: Notifier,
    /// How long pictures stay after a decision.
    pictures_stay: SignedDuration,
}

impl Audits {
    pub fn new(store: Store, notices: Notifier, picture_days: u32) -> Self {
        Self { store, notices, pictures_stay: SignedDuration::from_hours(24 * i64::from(picture_days)) }
    }

    /// Decides on the papers of the account with this telephone. A decision that was made already leaves no second entry.
    pub async fn decide(
        &self,
        (realm, phone): (Realm, &Phone),
        decision: &Decision,
        actor: &Actor<'_>,
    ) -> Result<(), Failure> {
        let holder = self.store.phone_holder(realm, phone).await?.ok_or(Reason::NotYours)?;
        let owner = holder.account;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let before = self.store.papers(realm, &owner).await?.ok_or(Reason::WrongState)?;
            let decided = before.decided(&owner, &actor.who.account, decision, (actor.now.real, self.pictures_stay))?;
            let Some(after) = decided else { return Ok(()) };
            match self.save((realm, &owner), (&before, &after), decision.why.as_ref(), actor).await? {
                WriteOutcome::Committed => {
                    self.tell(realm, phone, after.status, actor).await;
                    return Ok(());
                }
                // The sweep may be a little ahead with pictures that were about to go.
                WriteOutcome::ConditionFailed(PapersRefusal::Raced | PapersRefusal::Picture, _) => {}
                // Another account has submitted the number since these were refused.
                WriteOutcome::ConditionFailed(PapersRefusal::Number, _) => return Err(Reason::IdNumberTaken.into()),
            }
        }
    }

    /// Tells the owner of a decision. Reopening is not told.
    async fn tell(&self, realm: Realm, phone: &Phone, status: PapersStatus, actor: &Actor<'_>) {
        let notice = match status {
            PapersStatus::Passed => Notice::PapersPassed,
            PapersStatus::Refused => Notice::PapersRefused,
            PapersStatus::None | PapersStatus::Waiting => return,
        };
        self.notices.notify(realm, phone, notice, actor.now.real).await;
    }

    async fn save(
        &self,
        (realm, account): (Realm, &AccountId),
        (before, after): (&Papers, &Papers),
        why: Option<&Why>,
        actor: &Actor<'_>,
    ) -> Result<WriteOutcome<PapersRefusal>, Failure> {
        let (owner, number) = ((realm, account), &after.content.id_index);
        let event = Event {
            at: actor.now.real,
            by: actor.who.account.clone(),
            role: actor.who.role,
            from: before.status,
            to: after.status,
            why: why.cloned(),
        };
        let entry = actor.entry(Action::PapersAudited, realm, account);
        let mut writes = self
            .store
            .transaction()
            .save_papers(owner, Some(before), after, &event, PapersRefusal::Raced)
            .audit_change(&entry, &told(before.status, after.status, why));
        match (before.status.holds_number(), after.status.holds_number()) {
            (true, false) => writes = writes.release_id_number(owner, number, PapersRefusal::Raced),
            (false, true) => writes = writes.claim_id_number(owner, number, PapersRefusal::Number),
            _ => {}
        }
        if before.pictures_until != after.pictures_until {
            for key in &after.content.pictures() {
                writes = match after.pictures_until {
                    Some(until) => writes.expire_picture(key, until),
                    None => writes.link_picture(owner, key, actor.now.real, PapersRefusal::Picture),
                };
            }
        }
        writes.commit().await
    }
}

/// `1 -> 2: 照片不清晰`
fn told(from: PapersStatus, to: PapersStatus, why: Option<&Why>) -> String {
    let why = why.map(|why| format!(": {}", why.as_str())).unwrap_or_default();
    format!("{} -> {}{why}", u8::from(from), u8::from(to))
}
