//! The charging engine: a station as a pure state machine. See docs/charging-engine.md.

mod adopt;
mod billing;
pub mod books;
mod cancel;
mod change;
mod command;
mod decide;
mod dispatch;
mod expect;
mod fact;
mod faults;
mod find;
mod line;
mod live;
mod metered;
mod metering;
mod moment;
mod next_look;
mod number;
mod pack;
mod placing;
mod registers;
mod remove;
mod report;
mod settings;
mod settings_change;
mod station;
mod tariff;
mod ties;
mod turn;
mod view;

pub use billing::LEAST_BILLED;
pub use command::{Command, Disregard, Outcome, Rejection, Standing};
pub use expect::{Expectation, Forecast};
pub use fact::{Bill, DetailRecord, End, Fact, UnassignedOrigin, What};
pub use find::Place;
pub use line::{Gap, Line, WINDOW, Waiting, Wanted};
pub use metered::{MeterStretch, MeteredSegment, ReadingFlags, ReadingOutcome, Split};
pub use metering::{
    MeteredSettings, Metering, PileReport, PileSessionId, PileStatus, Reading, StopCause, StopReason, Violation,
};
pub use moment::{DAY, MINUTE, Moment, Span};
pub use next_look::next_look;
pub use number::{DriverId, Mode, Number, PileId, RequestId, Ticket};
pub use pack::Unreadable;
pub use placing::{LaneOffer, Placing, place};
pub use registers::{RegisterGap, Registers};
pub use settings::{ComingPrices, DispatchMode, DispatchTarget, Draft, FaultStrategy, ImpossibleSettings, Settings};
pub use settings_change::{PriceChange, SettingsChange};
pub use station::{
    AwaitedCar, Car, Charging, Closed, EnergySource, Lane, Pile, PileMeter, PileState, RunningSession, Side, Station,
    StraySession,
};
pub use tariff::{Band, ImpossibleTariff, MINUTES_OF_DAY, Tariff, Zone};
pub use turn::{Progress, Turn};
pub use view::{CarView, PileView, View};
