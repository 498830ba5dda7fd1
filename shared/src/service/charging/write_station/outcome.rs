//! How a request to a station ended, and what a refusal is called outside.

use crate::{
    domain::{
        charging::{Disregard, Fact, Mode, Number, Outcome, Rejection, Violation, What},
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
            Self::Refused(Outcome::Ignored(Disregard::NoSuchSession | Disregard::KnownReport), _) => {
                Err(Reason::WrongState.into())
            }
            Self::ConditionFailed(StationWriteRefusal::SessionUsed) => Err(Reason::WrongState.into()),
            Self::ConditionFailed(StationWriteRefusal::Driver | StationWriteRefusal::Plate) => {
                Err(Reason::AlreadyQueued.into())
            }
            Self::ConditionFailed(
                StationWriteRefusal::Answered | StationWriteRefusal::Raced | StationWriteRefusal::Outdated,
            ) => Err(Reason::Contended.into()),
        }
    }
}

pub(in super::super) fn rejected(rejection: Rejection) -> Failure {
    match rejection {
        Rejection::Full => Reason::QueueFull.into(),
        Rejection::LiveRequest => Reason::AlreadyQueued.into(),
        Rejection::NoPiles(Mode::Fast) => Failure::from(Reason::NoPilesOfMode).saying("该充电站没有快充桩，请改选慢充"),
        Rejection::NoPiles(Mode::Slow) => Failure::from(Reason::NoPilesOfMode).saying("该充电站没有慢充桩，请改选快充"),
        Rejection::InArrears => Reason::InArrears.into(),
        Rejection::ChangeNotAllowed => Reason::ChangeNotAllowed.into(),
        Rejection::UnknownPile => Failure::from(Reason::NotYours).saying("充电桩不存在"),
        Rejection::NotMetered => Failure::from(Reason::WrongState).saying("该充电站不按电表计量"),
        Rejection::SessionRuns => {
            Failure::from(Reason::WrongState).saying("有车辆正在充电或已被叫到桩前，不能更改计量方式")
        }
        Rejection::Impossible(Violation::RegisterFell) => Failure::from(Reason::WrongState).saying("电表读数变小"),
        Rejection::Impossible(Violation::SequenceReused) => {
            Failure::from(Reason::WrongState).saying("同一序号的电表读数不同")
        }
        Rejection::Impossible(Violation::SessionOpen) => {
            Failure::from(Reason::WrongState).saying("该充电桩有未结束的会话")
        }
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
