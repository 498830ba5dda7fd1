//! Papers (证件) of agents and dealers of the mall: where they stand, who may move them there, and what is kept of it.

use super::{
    account::{AccountId, PersonName, Role},
    image::PictureKey,
    reason::{Failure, Reason},
    rule::Rule,
    sealed::{BlindIndex, Sealed},
    text::{composed, halfwidth, is_invisible},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Where papers stand (认证状态), as the document numbers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum PapersStatus {
    /// 未认证: none have been handed in.
    #[default]
    None,
    /// 审核中
    Waiting,
    /// 未通过
    Refused,
    /// 已通过
    Passed,
}

impl PapersStatus {
    pub const ALL: [Self; 4] = [Self::None, Self::Waiting, Self::Refused, Self::Passed];

    /// The state that an auditor asks for. A number that no decision leads to is refused like one that this one does not.
    pub fn asked(text: &str) -> Result<Self, Failure> {
        let number: i64 = halfwidth(text)
            .parse()
            .map_err(|_| Failure::malformed("审核结果应为 1（审核中）、2（未通过）或 3（已通过）"))?;
        u8::try_from(number).ok().and_then(|number| Self::try_from(number).ok()).ok_or(Reason::WrongState.into())
    }

    /// Whether these papers have their ID number to themselves: others may hand it in again once it was refused.
    pub fn holds_number(self) -> bool {
        matches!(self, Self::Waiting | Self::Passed)
    }

    /// #16: handed in from 0 and 2, replaced while they wait, and left alone once they have passed.
    fn may_be_handed_in(self) -> Result<(), Failure> {
        if self == Self::Passed { Err(Reason::WrongState.into()) } else { Ok(()) }
    }

    /// #17: a decision on what waits, or the reopening of one. Asking for what is so already changes nothing.
    fn may_become(self, asked: Self) -> Result<bool, Failure> {
        match (self, asked) {
            (Self::Waiting, Self::Refused | Self::Passed) | (Self::Refused | Self::Passed, Self::Waiting) => Ok(true),
            (before, asked) if before == asked && before != Self::None => Ok(false),
            _ => Err(Reason::WrongState.into()),
        }
    }
}

impl From<PapersStatus> for u8 {
    fn from(status: PapersStatus) -> Self {
        status as Self
    }
}

impl TryFrom<u8> for PapersStatus {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::ALL.into_iter().find(|status| u8::from(*status) == number).ok_or("no state of papers")
    }
}

/// A submission as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersContent {
    pub real_name: PersonName,
    pub id_no: Sealed,
    /// Equal for equal ID numbers.
    pub id_index: BlindIndex,
    /// The card's front (身份证正面).
    pub front: PictureKey,
    /// The licence (资格证).
    pub qualification: PictureKey,
}

impl PapersContent {
    /// Whether both say the same: a number that is sealed again looks different.
    fn says_what(&self, other: &Self) -> bool {
        *self == Self { id_no: self.id_no.clone(), ..other.clone() }
    }

    /// The pictures, each once.
    pub fn pictures(&self) -> Vec<PictureKey> {
        let mut pictures = vec![self.front.clone(), self.qualification.clone()];
        pictures.dedup();
        pictures
    }
}

/// An account's papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Papers {
    /// One more with each change.
    pub version: u64,
    pub status: PapersStatus,
    #[serde(flatten)]
    pub content: PapersContent,
    pub handed_in_at: Timestamp,
    /// Their place among those that wait: who replaces papers keeps it.
    pub waiting_since: Timestamp,
    /// When the pictures of papers that were decided on go, or went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures_until: Option<Timestamp>,
}

impl Papers {
    /// Papers as they are handed in, in the place of `before`; nothing when just these wait already.
    pub fn handed_in(before: Option<&Self>, content: PapersContent, now: Timestamp) -> Result<Option<Self>, Failure> {
        let Some(before) = before else {
            return Ok(Some(Self::new(1, content, now, now)));
        };
        before.status.may_be_handed_in()?;
        let is_waiting = before.status == PapersStatus::Waiting;
        if is_waiting && !before.pictures_are_gone(now) && before.content.says_what(&content) {
            return Ok(None);
        }
        let since = if is_waiting { before.waiting_since } else { now };
        Ok(Some(Self::new(before.version + 1, content, now, since)))
    }

    fn new(version: u64, content: PapersContent, handed_in_at: Timestamp, waiting_since: Timestamp) -> Self {
        Self { version, status: PapersStatus::Waiting, content, handed_in_at, waiting_since, pictures_until: None }
    }

    /// Whether the pictures are no longer shown, because they are deleted or about to be.
    pub fn pictures_are_gone(&self, now: Timestamp) -> bool {
        self.pictures_until.is_some_and(|until| until <= now)
    }

    /// Papers after a decision, which keep their pictures for so long; nothing when it was made already. Actors do not
    /// decide on their own: ids are never given twice, so one id in two realms is one person.
    pub fn decided(
        &self,
        owner: &AccountId,
        by: &AccountId,
        decision: &Decision,
        (now, pictures_stay): (Timestamp, SignedDuration),
    ) -> Result<Option<Self>, Failure> {
        if owner == by {
            return Err(Failure::from(Reason::Forbidden).saying("不能审核自己提交的证件"));
        }
        if !self.status.may_become(decision.status)? {
            return Ok(None);
        }
        if decision.version.is_some_and(|seen| seen != self.version) {
            return Err(Reason::OldVersion.into());
        }
        let waiting_since = if decision.status == PapersStatus::Waiting { now } else { self.waiting_since };
        let pictures_until = match (self.pictures_until, decision.status) {
            (Some(until), _) if until <= now => Some(until),
            (_, PapersStatus::Waiting) => None,
            _ => Some(now + pictures_stay),
        };
        let version = self.version + 1;
        Ok(Some(Self { version, status: decision.status, waiting_since, pictures_until, ..self.clone() }))
    }
}

/// What an auditor decides (#17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub status: PapersStatus,
    pub why: Option<Why>,
    /// The papers that the auditor saw; without it, those that are stored now.
    pub version: Option<u64>,
}

/// An auditor's reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Why(String);

impl Why {
    pub const RULE: Rule = Rule::line(200);

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let why = composed(text.trim());
        if !Self::RULE.fits(&why) || why.chars().any(is_invisible) {
            return Err(Failure::typed(format!("原因最多 {} 个字符，且不能包含不可见字符", Self::RULE.longest)));
        }
        Ok(Self(why))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One line of the papers' history: who moved them when from where to where, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub at: Timestamp,
    pub by: AccountId,
    pub role: Role,
    pub from: PapersStatus,
    pub to: PapersStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

/// Whether this role reads ID numbers whole; others see their mask.
pub fn reads_numbers_whole(role: Role) -> bool {
    role == Role::Auditor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::image::PicturePurpose;
    use PapersStatus::{None as Unsubmitted, Passed, Refused, Waiting};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const STAY: SignedDuration = SignedDuration::from_hours(72);

    fn content(picture: u128) -> PapersContent {
        let account = AccountId::known("a1");
        let key = |chance| PictureKey::drawn(PicturePurpose::Papers, &account, chance);
        PapersContent {
            real_name: PersonName::real("王小明").unwrap(),
            id_no: Sealed(format!("1.d1.{picture}")),
            id_index: BlindIndex("x".into()),
            front: key(1),
            qualification: key(2),
        }
    }

    fn papers(status: PapersStatus) -> Papers {
        Papers { version: 7, ..Papers { status, ..Papers::new(1, content(1), NOW, NOW) } }
    }

    fn decide(before: PapersStatus, asked: PapersStatus) -> Result<Option<PapersStatus>, Reason> {
        let decision = Decision { status: asked, why: None, version: None };
        let decided = papers(before).decided(&AccountId::known("a1"), &AccountId::known("b2"), &decision, (NOW, STAY));
        decided.map(|after| after.map(|after| after.status)).map_err(|failure| failure.reason())
    }

    #[test]
    fn auditors_decide_on_what_waits_and_reopen_what_is_decided() {
        for (before, asked) in [(Waiting, Refused), (Waiting, Passed), (Refused, Waiting), (Passed, Waiting)] {
            assert_eq!(decide(before, asked), Ok(Some(asked)), "{before:?} → {asked:?}");
        }
        for same in [Waiting, Refused, Passed] {
            assert_eq!(decide(same, same), Ok(None), "{same:?}");
        }
        for (before, asked) in [(Refused, Passed), (Passed, Refused)] {
            assert_eq!(decide(before, asked), Err(Reason::WrongState), "{before:?} → {asked:?}");
        }
        for other in PapersStatus::ALL {
            assert_eq!(decide(other, Unsubmitted), Err(Reason::WrongState), "{other:?} → 0");
            assert_eq!(decide(Unsubmitted, other), Err(Reason::WrongState), "0 → {other:?}");
        }
    }

    #[test]
    fn papers_are_handed_in_anew_after_a_refusal_replaced_while_they_wait_and_kept_once_they_passed() {
        let later = Timestamp::from_second(60).unwrap();
        let handed_in = |before: PapersStatus| {
            Papers::handed_in(
                Some(&papers(before)),
                PapersContent { front: content(1).qualification, ..content(2) },
                later,
            )
        };
        let replaced = handed_in(Waiting).unwrap().unwrap();
        assert_eq!((replaced.version, replaced.status, replaced.waiting_since), (8, Waiting, NOW), "keeps its place");
        let again = handed_in(Refused).unwrap().unwrap();
        assert_eq!((again.status, again.waiting_since), (Waiting, later), "at the end");
        assert_eq!(handed_in(Passed).map_err(|failure| failure.reason()), Err(Reason::WrongState));
        let first = Papers::handed_in(None, content(1), later).unwrap().unwrap();
        assert_eq!((first.version, first.status), (1, Waiting));
    }

    #[test]
    fn the_same_papers_once_more_change_nothing_though_they_are_sealed_anew() {
        assert_eq!(Papers::handed_in(Some(&papers(Waiting)), content(2), NOW), Ok(None));
        assert!(Papers::handed_in(Some(&papers(Refused)), content(2), NOW).unwrap().is_some());
    }

    #[test]
    fn pictures_stay_for_a_while_after_a_decision_and_as_long_as_papers_wait() {
        let day = |n: i64| NOW + SignedDuration::from_hours(24 * n);
        let decided = |papers: &Papers, status, at| {
            let decision = Decision { status, why: None, version: None };
            papers.decided(&AccountId::known("a1"), &AccountId::known("b2"), &decision, (at, STAY)).unwrap().unwrap()
        };
        let refused = decided(&papers(Waiting), Refused, day(0));
        assert_eq!(refused.pictures_until, Some(day(3)));
        assert!(!refused.pictures_are_gone(day(2)) && refused.pictures_are_gone(day(3)));

        let reopened = decided(&refused, Waiting, day(2));
        assert_eq!(reopened.pictures_until, None, "still there, so an auditor can look at them");
        assert_eq!(decided(&reopened, Passed, day(9)).pictures_until, Some(day(12)));

        let late = decided(&refused, Waiting, day(3));
        assert!(late.pictures_are_gone(day(3)), "what is gone does not come back");
        assert_eq!(decided(&late, Passed, day(4)).pictures_until, Some(day(3)));

        let again = |papers: &Papers, at| Papers::handed_in(Some(papers), content(1), at).unwrap();
        assert_eq!(again(&reopened, day(2)), None, "just these wait");
        assert_eq!(again(&late, day(3)).map(|papers| papers.pictures_until), Some(None), "they need pictures again");
    }

    #[test]
    fn nobody_decides_on_their_own_papers_or_on_papers_they_have_not_seen() {
        let (owner, other) = (AccountId::known("a1"), AccountId::known("b2"));
        let decision = |version| Decision { status: Passed, why: None, version };
        let reason = |by: &AccountId, version| {
            papers(Waiting).decided(&owner, by, &decision(version), (NOW, STAY)).err().map(|failure| failure.reason())
        };
        assert_eq!(reason(&owner, None), Some(Reason::Forbidden));
        assert_eq!(reason(&other, Some(6)), Some(Reason::OldVersion));
        assert_eq!(reason(&other, Some(7)), None);
        let again = papers(Passed).decided(&owner, &other, &decision(Some(6)), (NOW, STAY));
        assert_eq!(again, Ok(None), "a repetition names the version before it");
    }

    #[test]
    fn a_state_is_asked_for_as_a_number_in_any_width() {
        for (text, status) in [("1", Waiting), (" 2 ", Refused), ("３", Passed), ("0", Unsubmitted)] {
            assert_eq!(PapersStatus::asked(text), Ok(status));
        }
        for (text, reason) in [
            ("4", Reason::WrongState),
            ("-1", Reason::WrongState),
            ("300", Reason::WrongState),
            ("三", Reason::Malformed),
        ] {
            assert_eq!(PapersStatus::asked(text).map_err(|failure| failure.reason()), Err(reason), "{text}");
        }
    }

    #[test]
    fn one_picture_in_both_places_is_one_picture() {
        assert_eq!(content(1).pictures().len(), 2);
        assert_eq!(PapersContent { front: content(1).qualification, ..content(1) }.pictures().len(), 1);
    }
}
