//! Where the energy of a station's segments comes from (计量方式), and what piles report.

use std::fmt;

use super::moment::Moment;
use super::number::RequestId;
use crate::domain::energy::{Energy, Power};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Metering {
    /// Energy follows from power and time.
    #[default]
    Nominal,
    /// Energy is what the meters of the piles report.
    Metered(MeteredSettings),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MeteredSettings {
    /// Minutes for which a place is kept for a called car.
    pub no_show: u16,
    /// Minutes for which a pile may say nothing while it charges.
    pub silence: u16,
    /// Whether energy above the order is billed; else it is unassigned.
    pub bill_above_order: bool,
}

impl Default for MeteredSettings {
    fn default() -> Self {
        Self { no_show: 10, silence: 5, bill_above_order: false }
    }
}

impl Metering {
    pub fn settings(self) -> Option<MeteredSettings> {
        match self {
            Self::Nominal => None,
            Self::Metered(settings) => Some(settings),
        }
    }
}

/// A pile's name for one charging session. It is never used twice.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PileSessionId(Box<str>);

impl PileSessionId {
    pub const LONGEST: usize = 64;

    /// 1 to 64 visible ASCII characters.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        (is_plain && (1..=Self::LONGEST).contains(&text.len())).then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PileSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a pile's meter shows at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Rises within a session.
    pub seq: u64,
    pub at: Moment,
    /// All that has ever flowed through the meter.
    pub register: Energy,
    /// What flows now, where the pile measures it and it is not zero.
    pub power: Option<Power>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PileReport {
    /// `request` names the car where the pile knows it; without it, it is the car that the pile awaits.
    Began {
        session: PileSessionId,
        request: Option<RequestId>,
        reading: Reading,
    },
    Reading {
        session: PileSessionId,
        reading: Reading,
    },
    Stopped {
        session: PileSessionId,
        reading: Reading,
        reason: StopReason,
    },
    Status(PileStatus),
}

impl PileReport {
    pub fn session(&self) -> Option<&PileSessionId> {
        match self {
            Self::Began { session, .. } | Self::Reading { session, .. } | Self::Stopped { session, .. } => {
                Some(session)
            }
            Self::Status(_) => None,
        }
    }

    pub fn reading(&self) -> Option<Reading> {
        match self {
            Self::Began { reading, .. } | Self::Reading { reading, .. } | Self::Stopped { reading, .. } => {
                Some(*reading)
            }
            Self::Status(_) => None,
        }
    }
}

/// Why a session stopped, as the pile says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopReason {
    Full,
    Unplugged,
    /// The system had asked for it.
    Asked,
    Fault,
    /// The pile lost its power or its connection.
    Lost,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PileStatus {
    Available,
    Occupied,
    Faulted,
    Unavailable,
}

/// Why the system asks a pile to stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopCause {
    /// The ordered amount, perhaps a lowered one, has been delivered.
    Reached,
    Cancelled,
}

/// What of a report cannot be. It is refused and counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Violation {
    #[error("the register fell")]
    RegisterFell,
    #[error("a sequence number with another register")]
    SequenceReused,
    #[error("another session of the pile is open")]
    SessionOpen,
}
