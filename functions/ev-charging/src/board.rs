//! The public board of a station: called numbers and waiting lines, for a screen on the wall.

use crate::App;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::{
    domain::{
        charging::{Car, Mode, Number, Pile, Station},
        reason::{Failure, Reason},
        station_id::StationId,
    },
    wire::{
        Access, Call, Endpoint,
        ev_app::{Success, time_of},
        get,
    },
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

pub const BOARD: Endpoint = get("/boards/{station}")
    .title("叫号屏", "Called numbers and waiting lines of a station")
    .access(Access::Public)
    .zh(&["扩展接口：充电站大屏数据，只含号码，不含车牌和车主；一秒内返回相同结果。"])
    .notes(&["Numbers only: no plates, no drivers. For a second the answer stays the same."])
    .in_path(&[("station", "S1")])
    .refuses(&[Reason::NoSuchStation]);

/// So many numbers of a line are shown.
const SHOWN: usize = 12;
const KEPT_FOR: SignedDuration = SignedDuration::from_secs(1);
/// Beyond that the oldest answers are forgotten together, so that made-up names fill no memory.
const MOST_KEPT: usize = 256;

/// Answers of the last second, by station.
#[derive(Debug, Default)]
pub struct Boards(Mutex<BTreeMap<StationId, (Timestamp, Box<RawValue>)>>);

impl Boards {
    fn get(&self, id: &StationId, now: Timestamp) -> Option<Box<RawValue>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, board) = kept.get(id)?;
        (now.duration_since(*at).abs() < KEPT_FOR).then(|| board.clone())
    }

    fn keep(&self, id: StationId, now: Timestamp, board: Box<RawValue>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(id, (now, board));
    }
}

pub async fn board(app: Arc<App>, call: Call) -> Result<Success, Failure> {
    let (id, now) = (StationId::parse(call.path("station"))?, call.now());
    if let Some(board) = app.boards.get(&id, now.real) {
        return Success::data("查询成功", &board);
    }
    let station = app.charging.board(&id, now.station).await?;
    let board = to_raw_value(&Board::of(&id, &station)).map_err(|error| Failure::internal(error.to_string()))?;
    app.boards.keep(id, now.real, board.clone());
    Success::data("查询成功", &board)
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Board<'a> {
    station_id: &'a str,
    at: String,
    piles: Vec<BoardPile>,
    lines: [BoardLine; 2],
    displaced: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct BoardPile {
    name: String,
    state: &'static str,
    charging: Option<String>,
    called: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct BoardLine {
    mode: &'static str,
    waiting: u32,
    next: Vec<String>,
}

impl<'a> Board<'a> {
    fn of(id: &'a StationId, station: &Station) -> Self {
        let displaced = Mode::BOTH.into_iter().flat_map(|mode| &station.side(mode).displaced);
        Self {
            station_id: id.as_str(),
            at: time_of(station.settled_at()),
            piles: station.piles().map(BoardPile::of).collect(),
            lines: Mode::BOTH.map(|mode| BoardLine::of(station, mode)),
            displaced: displaced.take(SHOWN).map(number).collect(),
        }
    }
}

impl BoardPile {
    fn of(pile: &Pile) -> Self {
        // A metered pile waits for the car that is first in its lane.
        let awaited = pile.awaited().map(|awaited| &awaited.car);
        let called = awaited.into_iter().chain(pile.lane().into_iter().flat_map(|lane| &lane.queued));
        Self {
            name: pile.id.to_string(),
            state: if pile.lane().is_some() { "OK" } else { "FAULT" },
            charging: pile.charging().map(|charging| number(&charging.car)),
            called: called.take(SHOWN).map(number).collect(),
        }
    }
}

impl BoardLine {
    fn of(station: &Station, mode: Mode) -> Self {
        let line = &station.side(mode).line;
        Self {
            mode: if mode == Mode::Fast { "fast" } else { "slow" },
            waiting: line.count(),
            next: line.numbers().take(SHOWN).map(|n| Number { mode, n }.to_string()).collect(),
        }
    }
}

fn number(car: &Car) -> String {
    car.ticket.number.to_string()
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{BOARD, Board};
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![BOARD.answers(ev_app::data::<Board<'static>>(
            "查询成功",
            &json!({
                "station_id": "S1", "at": "2026-06-01T08:31:40+08:00",
                "piles": [{ "name": "F1", "state": "OK", "charging": "F12", "called": ["F14"] }],
                "lines": [
                    { "mode": "fast", "waiting": 2, "next": ["F15", "F16"] }, { "mode": "slow", "waiting": 0, "next": [] }
                ],
                "displaced": []
            }),
        ))]
    }
}
