//! Scenarios: the rules as a file that anyone can run.

mod answer;
mod changes;
mod clock;
mod event;
mod parameters;
mod play;
mod read;
mod scalar;

pub use answer::{
    Answer, CarAnswer, DisplacedAnswer, FaultQueueAnswer, PileAnswer, RecordAnswer, RowAnswer, StateAnswer,
    WaitingAnswer,
};
pub use changes::{PriceChange, SettingsChange};
pub use clock::Clock;
pub use event::Event;
pub use parameters::Parameters;
pub use play::{Played, PlayedRow};
pub use read::{Refusal, Row, Scenario};
pub use scalar::Scalar;
