//! Events of a scenario, as they are written: `(A,V1,T,40)`.

use crate::domain::charging::{MINUTE, Mode, PileId, Span};
use crate::domain::energy::{Energy, Exact};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScenarioEvent {
    Apply { car: String, mode: Mode, energy: Energy },
    Cancel { car: String },
    Change { car: String, mode: Option<Mode>, energy: Option<Energy> },
    Fail { pile: PileId, lasting: Option<Span> },
    Recover { pile: PileId },
}

const SHAPES: &str = "(A,car,F|T,kWh), (A,car,O,0), (C,car,F|T|O,kWh|-1) or (B,pile,O,…)";
const AMOUNT: &str = "an amount of kWh above zero, as a plain decimal";

impl ScenarioEvent {
    /// Reads an event, or says what was expected.
    pub fn parse(text: &str, faults_have_durations: bool) -> Result<Self, &'static str> {
        let inner = text.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or(SHAPES)?;
        let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
        let [kind, name, mode, value] = parts[..] else { return Err(SHAPES) };
        if name.is_empty() {
            return Err(SHAPES);
        }
        match kind {
            "A" => Self::apply_or_cancel(name, mode, value),
            "C" => Self::change(name, mode, value),
            "B" if mode == "O" => Self::fail_or_recover(name, value, faults_have_durations),
            _ => Err(SHAPES),
        }
    }

    fn apply_or_cancel(car: &str, mode: &str, value: &str) -> Result<Self, &'static str> {
        let car = car.to_owned();
        if mode == "O" {
            let zero = Exact::decimal(value) == Some(Exact::ZERO);
            return if zero { Ok(Self::Cancel { car }) } else { Err("(A,car,O,0) to cancel or stop") };
        }
        let mode = Mode::from_letter(mode).ok_or("F or T for the mode, or O to cancel")?;
        Ok(Self::Apply { car, mode, energy: Energy::parse_kwh(value).ok_or(AMOUNT)? })
    }

    fn change(car: &str, mode: &str, value: &str) -> Result<Self, &'static str> {
        let mode = match mode {
            "O" => None,
            letter => Some(Mode::from_letter(letter).ok_or("F or T for a new mode, or O for the same")?),
        };
        let energy = match Exact::decimal(value) {
            Some(value) if value == Exact::whole(-1) => None,
            _ => Some(Energy::parse_kwh(value).ok_or("an amount of kWh above zero, or -1 for the same")?),
        };
        Ok(Self::Change { car: car.to_owned(), mode, energy })
    }

    fn fail_or_recover(pile: &str, value: &str, durations: bool) -> Result<Self, &'static str> {
        let pile = PileId::parse(pile).ok_or("a pile such as F1 or T2")?;
        if durations {
            let minutes = Exact::decimal(value).map(|minutes| minutes.times(MINUTE.unsigned_abs()));
            let millis = minutes.and_then(Exact::as_whole).filter(|millis| (1..=MOST_FAULT).contains(millis));
            let lasting = millis.ok_or("a fault duration in minutes above zero")?;
            return Ok(Self::Fail { pile, lasting: Some(Span::from_exact(Exact::whole(lasting))) });
        }
        match value {
            "0" => Ok(Self::Fail { pile, lasting: None }),
            "1" => Ok(Self::Recover { pile }),
            _ => Err("0 for a fault or 1 for a recovery"),
        }
    }

    pub fn pile(&self) -> Option<PileId> {
        match self {
            Self::Fail { pile, .. } | Self::Recover { pile } => Some(*pile),
            _ => None,
        }
    }
}

/// A thousand days.
const MOST_FAULT: i128 = 1000 * 24 * 60 * 60 * 1000;
