//! Scenario files: the charging rules as a file that anyone can run, and what a layout would make of a day. It needs no
//! store: a station in memory is driven as the store drives it.

mod clock;
mod demand;
mod event;
mod ideal_piles;
mod parameters;
mod play;
mod read;
mod station_in_memory;
mod trial;

pub use clock::ScenarioClock;
pub use demand::{Amounts, Demand, ImpossibleDemand};
pub use event::ScenarioEvent;
pub use ideal_piles::{IdealPiles, SentReport};
pub use parameters::Parameters;
pub use play::{Played, PlayedRow, RowReports};
pub use read::{Refusal, Scenario, ScenarioRow};
pub use station_in_memory::StationInMemory;
pub use trial::{MOST_CARS, TooMuchWork, Trial, Waits};
