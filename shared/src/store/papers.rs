//! Papers of the mall's agents and dealers, those that wait for an auditor in the order in which they came, their
//! history, and who has an ID number: AP-220 to AP-228.

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
    papers::{Event, Papers, Status},
    phone::Phone,
    reason::Failure,
    sealed::{BlindIndex, Place},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Papers among those that wait: all of them, so that a page is read with one query.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WaitingPapers {
    pub realm: Realm,
    pub account: AccountId,
    #[serde(flatten)]
    pub papers: Papers,
}

/// What the record of an agent or a dealer says of its telephone.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AccountPhone {
    pub phone: Phone,
}

/// Where the ID number of an account is sealed for.
pub(crate) fn id_no_place(realm: Realm, account: &AccountId) -> Place {
    Key::papers(realm, account).place("id_no")
}

/// Where somebody waits, as a next page is asked for with it.
pub(crate) fn waiting_place(realm: Realm, account: &AccountId, since: Timestamp) -> String {
    Key::waiting_papers(realm, account, since.as_millisecond()).sk
}

impl Store {
    /// AP-220: an account's papers.
    pub(crate) async fn papers(&self, realm: Realm, account: &AccountId) -> Result<Option<Papers>, Failure> {
        self.get(&Key::papers(realm, account), Consistency::Strong).await
    }

    /// AP-221: an account's record and its papers, which lie side by side.
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

    /// AP-222: a page of the papers that wait, the oldest first; those behind `after`.
    pub(crate) async fn waiting_papers(&self, after: Option<&str>, limit: i32) -> Result<Vec<WaitingPapers>, Failure> {
        // A space sorts before every letter of an id, so it is the next thing behind the whole place.
        let first = after.map_or_else(String::new, |after| format!("{after} "));
        let last = super::END.to_string();
        let first = if first.is_empty() { "0" } else { &first };
        let page = KeyRange { pk: WAITING_PAPERS, first, last: &last, limit: Some(limit), newest_first: false };
        self.between(page).await?.0.into_iter().map(read).collect()
    }

    /// AP-223: what happened to an account's papers, the newest first.
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

    /// AP-224: the telephone of an agent or a dealer as it is now.
    pub(crate) async fn telephone(&self, realm: Realm, account: &AccountId) -> Result<Option<Phone>, Failure> {
        let reached: Option<AccountPhone> = self.get(&Key::profile(realm, account), Consistency::Eventual).await?;
        Ok(reached.map(|reached| reached.phone))
    }

    /// AP-228: notes that numbers of several people are about to be shown: of all of them, or it fails.
    pub(crate) async fn audit_reads(&self, entries: &[AuditEntry]) -> Result<(), Failure> {
        let writes = entries.iter().fold(self.transaction::<()>(), Transaction::audit);
        writes.commit().await.map(drop)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-225: papers after a change, if they are still what was read, with their place among those that wait and a line
    /// of their history.
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
        let left = before.filter(|before| before.status == Status::Waiting).map(place);
        if after.status == Status::Waiting {
            let waiting = WaitingPapers { realm, account: account.clone(), papers: after.clone() };
            writes = writes.put_over(&place(after), &waiting);
        } else if let Some(left) = left {
            writes = writes.delete(&left);
        }
        writes.put_new(&Key::papers_event(realm, account, after.version), event, raced)
    }

    /// AP-226: an ID number that nobody else of the realm has.
    pub(crate) fn claim_id_number(self, (realm, account): (Realm, &AccountId), number: &BlindIndex, taken: R) -> Self {
        let change = Change {
            update: "SET #account = :account".into(),
            condition: Some("attribute_not_exists(#account) OR #account = :account".into()),
            names: vec![("#account", "account".into())],
            values: vec![(":account", text(account.as_str()))],
        };
        self.update(&Key::id_number(realm, number), change, Some(taken))
    }

    /// AP-227: an ID number that this account has, and from now on nobody.
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
