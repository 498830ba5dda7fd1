//! What has happened: each fact carries all that a store or a screen needs to write it down.

use super::billing::LEAST_BILLED;
use super::line::Waiting;
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
