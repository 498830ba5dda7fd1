//! Submissions of agents and dealers, the waiting list of reviewers, their history, and the holders of ID numbers.

use super::{
    Consistency, Key, KeyRange, Store, Transaction,
    audit::AuditEntry,
    fault,
    keys::{HISTORY, PK, SK, WAITING_PAPERS},
    read, text,
    transaction::Change,
};
use crate::domain::{
    account::{AccountId, Realm},
    papers::{Event, Papers, PapersStatus},
    phone::Phone,
    reason::Failure,
    sealed::{BlindIndex, SealedPlace},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A submission in the waiting list. It is a whole copy, so that a page needs one query.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WaitingPapers {
    pub realm: Realm,
    pub account: AccountId,
    #[serde(flatten)]
    pub papers: Papers,
}

/// The phone in the record of an agent or a dealer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AccountPhone {
    pub phone: Phone,
}

/// The place that the ID number of an account is sealed for.
pub(crate) fn id_no_place(realm: Realm, account: &AccountId) -> SealedPlace {
    Key::papers(realm, account).place("id_no")
}

/// The sort key of a submission in the waiting list: the cursor of the next page.
pub(crate) fn waiting_place(realm: Realm, account: &AccountId, since: Timestamp) -> String {
    Key::waiting_papers(realm, account, since.as_millisecond()).sk
}

impl Store {
    /// AP-94: the submission of an account.
    pub(crate) async fn papers(&self, realm: Realm, account: &AccountId) -> Result<Option<Papers>, Failure> {
        self.get(&Key::papers(realm, account), Consistency::Strong).await
    }

    /// AP-95: the record of an account and its submission, which are adjacent.
    pub(crate) async fn with_papers<T: DeserializeOwned>(
        &self,
        realm: Realm,
        account: &AccountId,
    ) -> Result<(Option<T>, Option<Papers>), Failure> {
        let (papers, profile) = (Key::papers(realm, account), Key::profile(realm, account));
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request.key_condition_expression("#pk = :pk AND #sk BETWEEN :papers AND :profile");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":pk", text(papers.pk));
        let request = request.expression_attribute_values(":papers", text(papers.sk.as_str()));
        let request = request.expression_attribute_values(":profile", text(profile.sk.as_str()));
        let answer = request.send().await.map_err(fault)?;
        let mut found = (None, None);
        for item in answer.items.unwrap_or_default() {
            match item.get(SK).and_then(|sk| sk.as_s().ok()) {
                Some(sk) if *sk == papers.sk => found.1 = Some(read(item)?),
                Some(sk) if *sk == profile.sk => found.0 = Some(read(item)?),
                _ => {}
            }
        }
        Ok(found)
    }

    /// AP-96: a page of the waiting list after `after`, oldest first.
    pub(crate) async fn waiting_papers(&self, after: Option<&str>, limit: i32) -> Result<Vec<WaitingPapers>, Failure> {
        // A space sorts before every character of an id, so the key with a space is the next possible key.
        let first = after.map_or_else(String::new, |after| format!("{after} "));
        let last = super::END.to_string();
        let first = if first.is_empty() { "0" } else { &first };
        let page = KeyRange { pk: WAITING_PAPERS, first, last: &last, limit: Some(limit), newest_first: false };
        self.between(page).await?.0.into_iter().map(read).collect()
    }

    /// AP-97: the history of an account's submission, newest first.
    pub(crate) async fn papers_history(
        &self,
        realm: Realm,
        account: &AccountId,
        limit: i32,
    ) -> Result<Vec<Event>, Failure> {
        let (pk, last) = (Key::papers(realm, account).pk, format!("{HISTORY}{}", super::END));
        let page = KeyRange { pk: &pk, first: HISTORY, last: &last, limit: Some(limit), newest_first: true };
        self.between(page).await?.0.into_iter().map(read).collect()
    }

    /// AP-98: the current phone of an agent or a dealer.
    pub(crate) async fn account_phone(&self, realm: Realm, account: &AccountId) -> Result<Option<Phone>, Failure> {
        let reached: Option<AccountPhone> = self.get(&Key::profile(realm, account), Consistency::Eventual).await?;
        Ok(reached.map(|reached| reached.phone))
    }

    /// AP-102: audits that ID numbers of several people are about to be shown. All entries are written or none.
    pub(crate) async fn audit_reads(&self, entries: &[AuditEntry]) -> Result<(), Failure> {
        let writes = entries.iter().fold(self.transaction::<()>(), Transaction::audit);
        writes.commit().await.map(drop)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-99: saves a submission that is still as it was read, its place in the waiting list, and one line of history.
    pub(crate) fn save_papers(
        self,
        (realm, account): (Realm, &AccountId),
        before: Option<&Papers>,
        after: &Papers,
        event: &Event,
        raced: R,
    ) -> Self {
        let key = Key::papers(realm, account);
        let mut writes = match before {
            None => self.put_new(&key, after, raced),
            Some(before) => self.put_version(&key, after, before.version, raced),
        };
        let place = |papers: &Papers| Key::waiting_papers(realm, account, papers.waiting_since.as_millisecond());
        let left = before.filter(|before| before.status == PapersStatus::Waiting).map(place);
        if after.status == PapersStatus::Waiting {
            let waiting = WaitingPapers { realm, account: account.clone(), papers: after.clone() };
            writes = writes.put_over(&place(after), &waiting);
        } else if let Some(left) = left {
            writes = writes.delete(&left);
        }
        writes.put_new(&Key::papers_event(realm, account, after.version), event, raced)
    }

    /// AP-100: claims an ID number that no other account of the realm has.
    pub(crate) fn claim_id_number(self, (realm, account): (Realm, &AccountId), number: &BlindIndex, taken: R) -> Self {
        let change = Change {
            update: "SET #account = :account".into(),
            condition: Some("attribute_not_exists(#account) OR #account = :account".into()),
            names: vec![("#account", "account".into())],
            values: vec![(":account", text(account.as_str()))],
        };
        self.update(&Key::id_number(realm, number), change, Some(taken))
    }

    /// AP-101: releases an ID number of this account.
    pub(crate) fn release_id_number(
        self,
        (realm, account): (Realm, &AccountId),
        number: &BlindIndex,
        raced: R,
    ) -> Self {
        let holds = Change {
            condition: Some("#account = :account".into()),
            names: vec![("#account", "account".into())],
            values: vec![(":account", text(account.as_str()))],
            ..Change::default()
        };
        self.delete_if(&Key::id_number(realm, number), holds, raced)
    }
}
