//! Papers (证件) of the mall's agents and dealers: handed in here, decided on in `audit`, shown to auditors in `desk`.

mod audit;
mod desk;
mod own;

pub use audit::Audits;
pub use desk::{Desk, OpenPapers};
pub use own::OwnPapers;

use super::{
    actor::Actor,
    pictures::{Pictures, Relinked},
};
use crate::{
    auth::sealing::Sealer,
    domain::{
        account::{AccountId, PersonName, Realm},
        image::{PictureKey, PicturePurpose},
        mask::Mask,
        origin::Origin,
        papers::{Event, Papers, PapersContent, PapersStatus},
        phone::Phone,
        reason::{Failure, Reason},
        resident_id::SubmittedId,
        session::Caller,
    },
    outside::{clock::RequestTime, random::Random},
    store::{AccountPhone, Action, Attempts, Store, WriteOutcome, id_no_place},
};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

/// Papers as those see them whose they are.
#[derive(Clone, Debug)]
pub struct Submissions {
    store: Store,
    sealer: Sealer,
    pictures: Pictures,
    random: Random,
}

/// A submission (#16).
#[derive(Clone, Debug)]
pub struct Submission {
    /// The account's own, or it is refused.
    pub phone: Phone,
    pub real_name: PersonName,
    pub id_no: SubmittedId,
    /// Addresses of pictures that were uploaded before.
    pub front: String,
    pub qualification: String,
}

/// What is shown of papers that were handed in.
#[derive(Clone, Debug)]
pub struct HandedIn {
    pub real_name: PersonName,
    /// Masked.
    pub id_no: String,
    /// Addresses that open the pictures for ten minutes.
    pub front: String,
    pub qualification: String,
    pub status: PapersStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PapersRefusal {
    Raced,
    Number,
    Picture,
}

impl Submissions {
    pub fn new(store: Store, sealer: Sealer, pictures: Pictures, random: Random) -> Self {
        Self { store, sealer, pictures, random }
    }

    /// Where an account's papers stand. An account that has none, or is none, has handed in nothing.
    pub async fn status(&self, realm: Realm, account: &AccountId) -> Result<PapersStatus, Failure> {
        Ok(self.store.papers(realm, account).await?.map_or(PapersStatus::None, |papers| papers.status))
    }

    /// #14, #15: takes a picture of papers, large enough to be read, and gives its address. It is gone after a day unless
    /// it is handed in.
    pub async fn upload(
        &self,
        caller: &Caller,
        phone: &Phone,
        content: Bytes,
        now: Timestamp,
    ) -> Result<String, Failure> {
        self.own_papers(caller, phone).await?;
        let key = self.pictures.upload((caller.realm, &caller.account), PicturePurpose::Papers, content, now).await?;
        self.pictures.address(&key, now).await
    }

    /// #16: papers wait for an auditor from now on. Pictures that they replace go; the same papers once more are the same.
    pub async fn hand_in(
        &self,
        caller: &Caller,
        submission: &Submission,
        origin: &Origin,
        now: RequestTime,
    ) -> Result<HandedIn, Failure> {
        let actor = Actor { who: caller, origin, random: &self.random, now };
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let before = self.own_papers(caller, &submission.phone).await?;
            let (content, id_no) = self.content(caller, before.as_ref(), submission, now.real).await?;
            let Some(after) = Papers::handed_in(before.as_ref(), content, now.real)? else {
                return self.shown(before.as_ref().map(|before| &before.content), &id_no, now.real).await;
            };
            let relinked = relinked(before.as_ref(), &after);
            match self.save((before.as_ref(), &after), &relinked, &actor).await? {
                WriteOutcome::Committed => {
                    self.pictures.follow(&relinked).await;
                    return self.shown(Some(&after.content), &id_no, now.real).await;
                }
                WriteOutcome::ConditionFailed(PapersRefusal::Raced, _) => {}
                WriteOutcome::ConditionFailed(PapersRefusal::Number, _) => return Err(Reason::IdNumberTaken.into()),
                WriteOutcome::ConditionFailed(PapersRefusal::Picture, _) => {
                    return Err(no_picture(before.as_ref(), now.real));
                }
            }
        }
    }

    /// The caller's papers, where the telephone is the caller's own.
    async fn own_papers(&self, caller: &Caller, phone: &Phone) -> Result<Option<Papers>, Failure> {
        let (record, papers) = self.store.with_papers::<AccountPhone>(caller.realm, &caller.account).await?;
        record.filter(|record| record.phone == *phone).ok_or(Reason::NotYours)?;
        Ok(papers)
    }

    /// What is handed in as it is kept, and the mask of its number.
    async fn content(
        &self,
        caller: &Caller,
        before: Option<&Papers>,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<(PapersContent, String), Failure> {
        let Caller { realm, account, .. } = caller;
        let own = (PicturePurpose::Papers, account);
        let number = self.number(caller, before, &submission.id_no)?;
        let content = PapersContent {
            real_name: submission.real_name.clone(),
            id_no: self.sealer.seal(&id_no_place(*realm, account), &number)?,
            // Agents and dealers have indexes of their own: one person may be both.
            id_index: self.sealer.blind(realm.as_str(), "id_no", &number)?,
            front: self.pictures.own_upload(own, &submission.front, now).await?,
            qualification: self.pictures.own_upload(own, &submission.qualification, now).await?,
        };
        Ok((content, Mask::Middle.of(&number)))
    }

    /// The number that is meant: the one typed, or the one stored when its mask comes back.
    fn number(&self, caller: &Caller, before: Option<&Papers>, sent: &SubmittedId) -> Result<String, Failure> {
        let masked = match sent {
            SubmittedId::Typed(number) => return Ok(number.as_str().to_owned()),
            SubmittedId::Masked(masked) => masked,
        };
        let place = id_no_place(caller.realm, &caller.account);
        let stored = before.map(|before| self.sealer.open(&place, &before.content.id_no)).transpose()?;
        let stored = stored.as_ref().map_or("", |stored| stored.expose_secret());
        match Mask::Middle.is_unchanged(masked, stored, "身份证号码") {
            Ok(_) => Ok(stored.to_owned()),
            Err(refused) => Err(Failure::from(Reason::BadIdNumber).saying(refused.text())),
        }
    }

    async fn save(
        &self,
        (before, after): (Option<&Papers>, &Papers),
        relinked: &Relinked,
        actor: &Actor<'_>,
    ) -> Result<WriteOutcome<PapersRefusal>, Failure> {
        let Caller { realm, account, role, .. } = actor.who;
        let (owner, now) = ((*realm, account), actor.now.real);
        let from = before.map_or(PapersStatus::None, |before| before.status);
        let event = Event { at: now, by: account.clone(), role: *role, from, to: after.status, why: None };
        let mut writes = self
            .store
            .transaction()
            .save_papers(owner, before, after, &event, PapersRefusal::Raced)
            .claim_id_number(owner, &after.content.id_index, PapersRefusal::Number)
            .audit(&actor.entry(Action::PapersSubmitted, *realm, account));
        let left = before.filter(|before| before.status.holds_number()).map(|before| &before.content.id_index);
        if let Some(left) = left.filter(|left| **left != after.content.id_index) {
            writes = writes.release_id_number(owner, left, PapersRefusal::Raced);
        }
        for key in &relinked.linked {
            writes = writes.link_picture(owner, key, now, PapersRefusal::Picture);
        }
        for key in &relinked.dropped {
            writes = writes.drop_picture(key, now);
        }
        writes.commit().await
    }

    async fn shown(&self, content: Option<&PapersContent>, id_no: &str, now: Timestamp) -> Result<HandedIn, Failure> {
        let content = content.ok_or_else(|| Failure::internal("a waiting submission does not exist"))?;
        Ok(HandedIn {
            real_name: content.real_name.clone(),
            id_no: id_no.to_owned(),
            front: self.pictures.address(&content.front, now).await?,
            qualification: self.pictures.address(&content.qualification, now).await?,
            status: PapersStatus::Waiting,
        })
    }
}

/// Why papers cannot name a picture: the account did not upload it lately, or it went after a decision.
fn no_picture(before: Option<&Papers>, now: Timestamp) -> Failure {
    let failure = Failure::from(Reason::PictureNotYours);
    let are_gone = before.is_some_and(|before| before.pictures_are_gone(now));
    if are_gone { failure.saying("图片已删除，请重新上传") } else { failure }
}

/// Pictures that are named now and were not before, and the other way round. Those of papers that were decided on are
/// about to go, so they are linked anew.
fn relinked(before: Option<&Papers>, after: &Papers) -> Relinked {
    let named = before.map(|before| before.content.pictures()).unwrap_or_default();
    let after = after.content.pictures();
    let is_decided = before.is_some_and(|before| before.pictures_until.is_some());
    let but = |these: &[PictureKey], those: &[PictureKey]| {
        these.iter().filter(|key| !those.contains(key)).cloned().collect::<Vec<_>>()
    };
    let linked = if is_decided { after.clone() } else { but(&after, &named) };
    Relinked { linked, dropped: but(&named, &after) }
}
