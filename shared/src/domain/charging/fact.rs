//! What has happened: each fact carries all that a store or a screen needs to write it down.

use super::billing::LEAST_BILLED;
use super::line::Waiting;
use super::metered::{MeterStretch, ReadingFlags};
use super::metering::{PileSessionId, StopCause};
use super::moment::Moment;
use super::number::{Number, PileId, RequestId, Ticket};
use crate::domain::energy::{Energy, Power};
use crate::domain::money::Fen;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    pub at: Moment,
    pub what: What,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A request took a number. With `own_entry` the store keeps an entry for it.
    Joined(Waiting),
    /// A waiting car asks for another amount; the number stays. With `own_entry` the store's entry changes too.
    QuantityChanged(Waiting),
    /// A waiting car left `left` and took a new number in the other mode.
    ModeChanged {
        left: Number,
        left_own_entry: bool,
        joined: Waiting,
    },
    /// 叫号: a car moved from the waiting area to a lane. Its own entry, if it had one, goes.
    Called {
        ticket: Ticket,
        pile: PileId,
        own_entry: bool,
    },
    /// A car was pulled out of a lane by a fault or a regrouping.
    Displaced {
        ticket: Ticket,
        pile: PileId,
    },
    /// A displaced car was dispatched again.
    Placed {
        ticket: Ticket,
        pile: PileId,
    },
    Started {
        ticket: Ticket,
        pile: PileId,
        power: Power,
    },
    /// A called car of a metered station is the head of its lane: its place is kept until then.
    Awaited {
        ticket: Ticket,
        pile: PileId,
        until: Moment,
    },
    /// A metered pile began to charge the car that it awaited, at an instant of its own.
    Began {
        ticket: Ticket,
        pile: PileId,
        session: PileSessionId,
        start: Moment,
        flags: ReadingFlags,
    },
    /// A pile began a session for no car that was called to it.
    StrayBegan {
        pile: PileId,
        session: PileSessionId,
    },
    /// A session is over: its name is not used again.
    SessionClosed {
        pile: PileId,
        session: PileSessionId,
        flags: ReadingFlags,
    },
    /// The pile is to stop this session.
    StopWanted {
        ticket: Ticket,
        pile: PileId,
        session: PileSessionId,
        cause: StopCause,
    },
    /// The first register that a pile ever reported.
    Commissioned {
        pile: PileId,
        register: Energy,
    },
    /// Energy that flowed through a pile and is billed to no driver.
    Unassigned {
        pile: PileId,
        from: Energy,
        to: Energy,
        origin: UnassignedOrigin,
    },
    /// The charging car asks for less.
    AmountLowered {
        ticket: Ticket,
        asked: Energy,
    },
    SegmentClosed(DetailRecord),
    Ended {
        ticket: Ticket,
        end: End,
        bill: Option<Bill>,
        own_entry: bool,
    },
    PileFailed {
        pile: PileId,
        until: Option<Moment>,
    },
    PileRecovered {
        pile: PileId,
    },
    PileAdded {
        pile: PileId,
    },
    PileRemoved {
        pile: PileId,
    },
    SettingsChanged,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Finished,
    Cancelled,
    /// The called car did not begin to charge while its place was kept.
    NoShow,
    /// An operator took the request out.
    Removed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnassignedOrigin {
    /// A session of no car that was called.
    Stray,
    /// It flowed between two sessions.
    BetweenSessions,
    /// The car got more than it had ordered, by more than one interval of readings where `alarming`.
    AboveOrder { request: RequestId, alarming: bool },
}

/// A detail record (详单): one uninterrupted segment. It never changes after it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DetailRecord {
    pub ticket: Ticket,
    /// Counts the records of a request from 1; with the request's id it names the record.
    pub part: u16,
    pub pile: PileId,
    pub start: Moment,
    pub stop: Moment,
    pub energy: Energy,
    /// What the request has been delivered in all, this segment included.
    pub delivered: Energy,
    pub charging: Fen,
    pub service: Fen,
    pub total: Fen,
    /// What it bills of the pile's register, if the station is metered.
    pub meter: Option<MeterStretch>,
}

impl DetailRecord {
    /// Whether the request would have no bill if it ended with this segment.
    pub fn is_below_billing(&self) -> bool {
        self.delivered < LEAST_BILLED
    }
}

/// A bill (账单): the detail records of a request, summed when it ends. Below 0.005 kWh in all there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    pub request: RequestId,
    pub records: u16,
    pub energy: Energy,
    pub charging: Fen,
    pub service: Fen,
    pub total: Fen,
    /// After this instant the bill is in arrears if it is unpaid.
    pub due: Moment,
}
