//! Reading a scenario: all of it is checked before anything is played, and a refusal names the row.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::event::ScenarioEvent;
use super::parameters::Parameters;
use crate::domain::charging::{Moment, PileId};

#[derive(Clone, Debug)]
pub struct Scenario {
    /// As they stand in the file; the answer repeats them.
    pub raw_parameters: Box<RawValue>,
    pub parameters: Parameters,
    pub rows: Vec<ScenarioRow>,
}

#[derive(Clone, Debug)]
pub struct ScenarioRow {
    /// As it stands in the file; the answer repeats it.
    pub time: String,
    pub text: Option<String>,
    pub at: Moment,
    pub event: Option<ScenarioEvent>,
}

/// Why a scenario is refused as a whole.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("not a scenario: {0}")]
    NotAScenario(String),
    #[error("{0}")]
    Parameters(String),
    #[error("row {row}: expected {expected}, got {got}")]
    Row { row: usize, expected: String, got: String },
}

#[derive(Deserialize)]
struct ScenarioFile {
    parameters: Box<RawValue>,
    rows: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct RowOfFile {
    time: String,
    event: Option<String>,
}

impl Scenario {
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let ScenarioFile { parameters: raw_parameters, rows } =
            serde_json::from_str(text).map_err(|why| Refusal::NotAScenario(why.to_string()))?;
        let parameters = Parameters::read(&raw_parameters).map_err(Refusal::Parameters)?;
        let mut scenario = Self { raw_parameters, parameters, rows: Vec::with_capacity(rows.len()) };
        for (index, raw) in rows.iter().enumerate() {
            let row = scenario.read_row(raw);
            scenario.rows.push(row.map_err(|(expected, got)| Refusal::Row { row: index + 1, expected, got })?);
        }
        Ok(scenario)
    }

    fn read_row(&self, raw: &RawValue) -> Result<ScenarioRow, (String, String)> {
        let shape = "{\"time\": \"HH:MM\", \"event\": \"…\" or null}";
        let wrong = |expected: &str, got: &str| (expected.to_owned(), got.to_owned());
        let RowOfFile { time, event: text } = serde_json::from_str(raw.get()).map_err(|_| wrong(shape, raw.get()))?;
        let at =
            self.parameters.clock.parse(&time).ok_or_else(|| wrong("a time as HH:MM, HH:MM:SS or HH:MM+1", &time))?;
        let earliest = self.rows.last().map_or(self.parameters.start, |row| row.at);
        if at < earliest {
            return Err((format!("{} or later", self.parameters.clock.show(earliest)), time));
        }
        let event = text.as_deref().map(|text| self.read_event(text).map_err(|expected| wrong(expected, text)));
        Ok(ScenarioRow { event: event.transpose()?, time, text, at })
    }

    fn read_event(&self, text: &str) -> Result<ScenarioEvent, &'static str> {
        let event = ScenarioEvent::parse(text, self.parameters.faults_have_durations)?;
        let exists = |pile: PileId| (1..=self.parameters.settings.piles(pile.mode)).contains(&pile.n);
        if event.pile().is_none_or(exists) { Ok(event) } else { Err("a pile of this station") }
    }
}
