//! Papers as their owner reads them at any time: where they stand, why, and what is in them.

use super::Submissions;
use crate::{
    domain::{
        image::PictureKey,
        mask::Mask,
        papers::{Papers, PapersStatus, Why},
        reason::Failure,
        session::Caller,
    },
    store::id_no_place,
};
use futures_util::future::try_join;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

/// Everything is empty where nothing was submitted.
#[derive(Clone, Debug, Default)]
pub struct OwnPapers {
    pub status: PapersStatus,
    /// What the reviewer said, where they were refused.
    pub reason: Option<Why>,
    pub real_name: String,
    /// Masked.
    pub id_no: String,
    /// Addresses that open the pictures for ten minutes; empty once they are gone.
    pub front: String,
    pub qualification: String,
}

impl Submissions {
    /// The caller's own papers.
    pub async fn own(&self, caller: &Caller, now: Timestamp) -> Result<OwnPapers, Failure> {
        let (realm, account) = (caller.realm, &caller.account);
        let Some(papers) = self.store.papers(realm, account).await? else { return Ok(OwnPapers::default()) };
        let number = self.sealer.open(&id_no_place(realm, account), &papers.content.id_no)?;
        let (front, qualification) = try_join(
            self.shown_address(&papers, &papers.content.front, now),
            self.shown_address(&papers, &papers.content.qualification, now),
        )
        .await?;
        Ok(OwnPapers {
            status: papers.status,
            reason: if papers.status == PapersStatus::Refused { self.why_refused(caller).await? } else { None },
            real_name: papers.content.real_name.as_str().to_owned(),
            id_no: Mask::Middle.of(number.expose_secret()),
            front,
            qualification,
        })
    }

    /// The newest line of the history is the refusal.
    async fn why_refused(&self, caller: &Caller) -> Result<Option<Why>, Failure> {
        let history = self.store.papers_history(caller.realm, &caller.account, 1).await?;
        Ok(history.into_iter().next().and_then(|event| event.why))
    }

    async fn shown_address(&self, papers: &Papers, key: &PictureKey, now: Timestamp) -> Result<String, Failure> {
        if papers.pictures_are_gone(now) { Ok(String::new()) } else { self.pictures.address(key, now).await }
    }
}
