//! What can be asked of a station, and how it answers.

use std::fmt;

use super::line::Waiting;
use super::moment::Span;
use super::number::{DriverId, Mode, PileId, RequestId};
use super::settings::Settings;
use crate::domain::energy::Energy;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    Apply {
        request: RequestId,
        driver: DriverId,
        plate: Box<str>,
        mode: Mode,
        energy: Energy,
        standing: Standing,
    },
    /// `behind` is the car's own entry, for one that stands behind the window of its line.
    Change {
        request: RequestId,
        mode: Option<Mode>,
        energy: Option<Energy>,
        behind: Option<Waiting>,
    },
    Cancel {
        request: RequestId,
        behind: Option<Waiting>,
    },
    /// A pile fails or is switched off; with a length of time it recovers by itself.
    Fail {
        pile: PileId,
        lasting: Option<Span>,
    },
    Recover {
        pile: PileId,
    },
    Adopt(Settings),
}

/// What the store knows about who applies, as it was before this turn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// The live requests of the driver and of the plate. One that ends in this very turn does not count.
    pub live: Vec<RequestId>,
    pub in_arrears: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Done,
    Rejected(Rejection),
    Ignored(Disregard),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Rejection {
    #[error("full")]
    Full,
    #[error("live_request")]
    LiveRequest,
    #[error("in_arrears")]
    InArrears,
    /// The station has no piles of this mode.
    #[error("no_piles")]
    NoPiles(Mode),
    #[error("change_not_allowed")]
    ChangeNotAllowed,
    #[error("unknown_pile")]
    UnknownPile,
    /// Cars still charge at earlier powers, and one more would make exact instants outgrow their integers.
    #[error("power_changed_too_often")]
    PowerChangedTooOften,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Disregard {
    #[error("no_live_request")]
    NoLiveRequest,
    #[error("already_failed")]
    AlreadyFailed,
    #[error("already_working")]
    AlreadyWorking,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => write!(f, "ok"),
            Self::Rejected(why) => write!(f, "rejected:{why}"),
            Self::Ignored(why) => write!(f, "ignored:{why}"),
        }
    }
}
