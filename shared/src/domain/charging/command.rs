//! What can be asked of a station, and how it answers.

use std::fmt;

use super::line::Waiting;
use super::metering::{PileReport, Violation};
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
    /// An operator takes a request out. Of a metered session, `register` is what the meter is said to show.
    Remove {
        request: RequestId,
        behind: Option<Waiting>,
        register: Option<Energy>,
    },
    /// A pile of a metered station says something.
    Report {
        pile: PileId,
        report: PileReport,
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
    /// The station's energy is not metered.
    #[error("not_metered")]
    NotMetered,
    /// A car stands at a pile, so that the source of its energy cannot change.
    #[error("session_runs")]
    SessionRuns,
    /// A report that cannot be.
    #[error("impossible_report")]
    Impossible(Violation),
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
    /// The pile has no such session open.
    #[error("no_such_session")]
    NoSuchSession,
    /// The report had come before, or a later one had.
    #[error("known_report")]
    KnownReport,
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
