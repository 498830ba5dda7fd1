//! Papers as auditors look at them: those that wait, and one account's with what happened to them.

use crate::{
    auth::sealing::Sealer,
    domain::{
        account::{AccountId, Realm},
        image::PictureKey,
        mask::Mask,
        papers::{Event, Papers, reads_numbers_whole},
        phone::Phone,
        reason::{Failure, Reason},
    },
    service::{actor::Actor, pictures::Pictures},
    store::{Action, Store, WaitingPapers, id_no_place, waiting_place},
};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

/// The newest lines of a history that are shown.
const SHOWN: i32 = 50;

/// The papers of all agents and dealers.
#[derive(Clone, Debug)]
pub struct Desk {
    store: Store,
    sealer: Sealer,
    pictures: Pictures,
}

/// Papers with what is in them.
#[derive(Clone, Debug)]
pub struct OpenPapers {
    pub realm: Realm,
    pub account: AccountId,
    /// As it is now: #17 asks for it.
    pub phone: Option<Phone>,
    /// Whole for auditors, else masked.
    pub id_no: String,
    /// Addresses that open the pictures for ten minutes; none once they are gone.
    pub front: Option<String>,
    pub qualification: Option<String>,
    pub papers: Papers,
    /// Where they stand among those that wait.
    pub cursor: String,
}

impl Desk {
    pub fn new(store: Store, sealer: Sealer, pictures: Pictures) -> Self {
        Self { store, sealer, pictures }
    }

    /// A page of the papers that wait, the oldest first. Whole numbers are shown only when the trail says of each whose it
    /// was.
    pub async fn waiting(&self, after: Option<&str>, most: u8, actor: &Actor<'_>) -> Result<Vec<OpenPapers>, Failure> {
        let waiting = self.store.waiting_papers(after, i32::from(most)).await?;
        let entry = |one: &WaitingPapers| actor.entry(Action::NumbersRead, one.realm, &one.account);
        if reads_numbers_whole(actor.who.role) && !waiting.is_empty() {
            self.store.audit_reads(&waiting.iter().map(entry).collect::<Vec<_>>()).await?;
        }
        try_join_all(waiting.into_iter().map(|one| self.open((one.realm, one.account), one.papers, actor))).await
    }

    /// One account's papers in any state, and the newest of what happened to them.
    pub async fn of_account(
        &self,
        realm: Realm,
        account: &AccountId,
        actor: &Actor<'_>,
    ) -> Result<(OpenPapers, Vec<Event>), Failure> {
        let papers = self.store.papers(realm, account).await?.ok_or(Reason::NotYours)?;
        let history = self.store.papers_history(realm, account, SHOWN).await?;
        if reads_numbers_whole(actor.who.role) {
            self.store.audit_read(&actor.entry(Action::NumbersRead, realm, account)).await?;
        }
        Ok((self.open((realm, account.clone()), papers, actor).await?, history))
    }

    async fn open(
        &self,
        (realm, account): (Realm, AccountId),
        papers: Papers,
        actor: &Actor<'_>,
    ) -> Result<OpenPapers, Failure> {
        let number = self.sealer.open(&id_no_place(realm, &account), &papers.content.id_no)?;
        let number = number.expose_secret();
        let now: Timestamp = actor.now.real;
        Ok(OpenPapers {
            phone: self.store.account_phone(realm, &account).await?,
            id_no: if reads_numbers_whole(actor.who.role) { number.to_owned() } else { Mask::Middle.of(number) },
            front: self.address(&papers, &papers.content.front, now).await?,
            qualification: self.address(&papers, &papers.content.qualification, now).await?,
            cursor: waiting_place(realm, &account, papers.waiting_since),
            realm,
            account,
            papers,
        })
    }

    async fn address(&self, papers: &Papers, key: &PictureKey, now: Timestamp) -> Result<Option<String>, Failure> {
        if papers.pictures_are_gone(now) { Ok(None) } else { self.pictures.address(key, now).await.map(Some) }
    }
}
