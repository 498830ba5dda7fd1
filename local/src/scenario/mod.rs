//! Scenario files: the charging rules as a file that anyone can run.

mod answer;
mod clock;
mod event;
mod ideal_piles;
mod parameters;
mod play;
mod read;
mod station_in_memory;

pub use answer::{
    Answer, CarAnswer, DisplacedAnswer, FaultQueueAnswer, PileAnswer, RecordAnswer, RowAnswer, StateAnswer,
    WaitingAnswer,
};
pub use clock::Clock;
pub use event::Event;
pub use ideal_piles::{IdealPiles, SentReport};
pub use parameters::Parameters;
pub use play::{Played, PlayedRow, RowReports};
pub use read::{Refusal, Row, Scenario};
pub use station_in_memory::StationInMemory;
