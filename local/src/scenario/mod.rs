//! The answer to a scenario, as the charging rules print it; `shared` reads and plays scenarios.

mod answer;

pub use answer::{
    Answer, CarAnswer, DisplacedAnswer, FaultQueueAnswer, PileAnswer, RecordAnswer, RowAnswer, StateAnswer,
    WaitingAnswer,
};
pub use shared::scenario::{
    IdealPiles, Parameters, Played, PlayedRow, Refusal, RowReports, Scenario, ScenarioClock as Clock,
    ScenarioEvent as Event, ScenarioRow as Row, SentReport, StationInMemory,
};
