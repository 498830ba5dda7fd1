//! How a request to a station ended, and what a refusal is called outside.

use crate::{
    domain::{
        charging::{Disregard, Fact, Mode, Number, Outcome, Rejection, What},
        reason::{Failure, Reason},
    },
    store::StationWriteRefusal,
};

/// How a request ended when nothing broke.
#[derive(Debug)]
pub(in super::super) enum StationWriteOutcome {
    Written(Vec<Fact>),
    /// The rules refuse, with a sentence where there is more to say than the outcome; nothing was written.
    Refused(Outcome, Option<&'static str>),
    /// A condition beside the station refused; nothing was written.
    ConditionFailed(StationWriteRefusal),
}

impl StationWriteOutcome {
    pub(in super::super) fn into_facts(self) -> Result<Vec<Fact>, Failure> {
        match self {
            Self::Written(facts) => Ok(facts),
            Self::Refused(Outcome::Done, _) => Err(Failure::internal("a station update was both refused and applied")),
            Self::Refused(Outcome::Rejected(rejection), text) => {
                let failure = rejected(rejection);
                Err(text.map_or(failure.clone(), |text| failure.saying(text)))
            }
            Self::Refused(Outcome::Ignored(Disregard::NoLiveRequest), _) => Err(Reason::NothingQueued.into()),
            Self::Refused(Outcome::Ignored(Disregard::AlreadyFailed), _) => {
                Err(Failure::from(Reason::ChangeNotAllowed).saying("充电桩已处于故障状态"))
            }
            Self::Refused(Outcome::Ignored(Disregard::AlreadyWorking), _) => {
                Err(Failure::from(Reason::ChangeNotAllowed).saying("充电桩已处于正常状态"))
            }
            Self::ConditionFailed(StationWriteRefusal::Driver | StationWriteRefusal::Plate) => {
                Err(Reason::AlreadyQueued.into())
            }
            Self::ConditionFailed(
                StationWriteRefusal::Answered | StationWriteRefusal::Raced | StationWriteRefusal::Outdated,
            ) => Err(Reason::Contended.into()),
        }
    }
}

fn rejected(rejection: Rejection) -> Failure {
    match rejection {
        Rejection::Full => Reason::QueueFull.into(),
        Rejection::LiveRequest => Reason::AlreadyQueued.into(),
        Rejection::NoPiles(Mode::Fast) => Failure::from(Reason::NoPilesOfMode).saying("该充电站没有快充桩，请改选慢充"),
        Rejection::NoPiles(Mode::Slow) => Failure::from(Reason::NoPilesOfMode).saying("该充电站没有慢充桩，请改选快充"),
        Rejection::InArrears => Reason::InArrears.into(),
        Rejection::ChangeNotAllowed => Reason::ChangeNotAllowed.into(),
        Rejection::UnknownPile => Failure::from(Reason::NotYours).saying("充电桩不存在"),
        Rejection::PowerChangedTooOften => Failure::from(Reason::ChangeNotAllowed).saying("充电功率更改过于频繁"),
    }
}

/// The number that was given to a request that joined or changed its mode.
pub(in super::super) fn number_given(facts: &[Fact]) -> Option<Number> {
    facts.iter().find_map(|fact| match &fact.what {
        What::Joined(joined) | What::ModeChanged { joined, .. } => Some(joined.ticket.number),
        _ => None,
    })
}
