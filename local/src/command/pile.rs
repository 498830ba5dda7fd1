//! `cargo local pile S1 F1`: a simulated pile against the running stack. It begins when a car is called to it, reports in
//! station time, and stops when it is asked to.

use crate::{Problem, Result, functions, http, pile_api::PileApi, record, tell};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::domain::{
    charging::{Moment, PileReport, PileSessionId, Reading, Span, StopReason},
    energy::{Energy, Exact, Power},
};
use std::{path::Path, time::Duration};

/// How the pile behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PileHabits {
    pub power: Option<Power>,
    /// How long after the call the car begins, in milliseconds of station time.
    pub late: i64,
    /// The last fifth of an order flows at a fifth of the power.
    pub taper: bool,
    /// Every so many readings one is lost.
    pub drop_every: Option<u64>,
    /// Lost readings are sent when the session stops.
    pub replay: bool,
    /// Ends after so many sessions; for demonstrations and tests.
    pub sessions: Option<u64>,
}

/// How often it looks at the station and reads its meter.
const LOOK: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(30);

struct Pile<'a> {
    api: PileApi,
    habits: &'a PileHabits,
    address: String,
    admin: String,
    station: String,
    name: String,
    register: Energy,
}

/// The session that it delivers.
struct Session {
    id: PileSessionId,
    seq: u64,
    at: Moment,
    from: Energy,
    asked: Energy,
    lost: Vec<PileReport>,
}

/// What the live view says of the pile.
struct Look {
    at: Moment,
    state: String,
    asked: Energy,
}

pub fn run(dir: &Path, station: &str, name: &str, habits: &PileHabits) -> Result<()> {
    let (_, record) = record::running(dir)?;
    let answer = functions::invoke(&record.api, "local-staff", &json!({ "role": "admin", "shops": [] }))?;
    let admin = answer["token"].as_str().ok_or_else(|| Problem(format!("local-staff returned no token: {answer}")))?;
    let api = PileApi::issue(&record.api, admin, station, name)?;
    let (address, admin) = (record.api, admin.to_owned());
    let register = Energy::ZERO;
    let mut pile = Pile { api, habits, address, admin, station: station.into(), name: name.into(), register };
    pile.register = pile.known_register()?;
    tell::step(format!("pile {name} of {station} waits for cars; Ctrl-C ends it"));
    let mut left = habits.sessions;
    while left != Some(0) {
        pile.serve_one()?;
        left = left.map(|left| left - 1);
    }
    Ok(())
}

impl Pile<'_> {
    /// Waits for a car, charges it, and stops.
    fn serve_one(&mut self) -> Result<()> {
        let called = loop {
            let look = self.look()?;
            if look.state == "awaiting" {
                break look;
            }
            std::thread::sleep(LOOK);
        };
        let start = called.at + Span::from_millis(self.habits.late);
        while self.look()?.at < start {
            std::thread::sleep(LOOK);
        }
        let now = self.look()?;
        if now.state != "awaiting" {
            tell::step(format!("{}: the car is no longer awaited", self.name));
            return Ok(());
        }
        let id = PileSessionId::parse(&format!("{}-{}", self.name, Timestamp::now().as_microsecond()));
        let id = id.ok_or_else(|| Problem("the pile's name makes no session id".into()))?;
        let mut session = Session { id, seq: 0, at: now.at, from: self.register, asked: now.asked, lost: Vec::new() };
        let reading = Reading { seq: 0, at: now.at, register: self.register, power: None };
        self.api.send(&PileReport::Began { session: session.id.clone(), request: None, reading }, 0)?;
        tell::step(format!("{}: began {}", self.name, session.id));
        while !self.read(&mut session)? {
            std::thread::sleep(LOOK);
        }
        self.stop(&mut session)
    }

    /// Reads the meter and reports it; `true` when the pile shall stop.
    fn read(&mut self, session: &mut Session) -> Result<bool> {
        let look = self.look()?;
        let power = self.power_now(session);
        let flowed = (look.at.max(session.at) - session.at).energy_at(power);
        let rest = session.from + session.asked - self.register;
        self.register = self.register + flowed.min(rest);
        session.at = look.at.max(session.at);
        session.seq += 1;
        let reading = Reading { seq: session.seq, at: session.at, register: self.register, power: Some(power) };
        let report = PileReport::Reading { session: session.id.clone(), reading };
        if self.habits.drop_every.is_some_and(|every| session.seq.is_multiple_of(every)) {
            session.lost.push(report);
            return Ok(false);
        }
        let answer = self.api.send(&report, 0)?;
        Ok(answer["stop"] == json!(true) || flowed >= rest)
    }

    fn stop(&mut self, session: &mut Session) -> Result<()> {
        if self.habits.replay {
            for report in std::mem::take(&mut session.lost) {
                self.api.send(&report, 0)?;
            }
        }
        let full = self.register >= session.from + session.asked;
        let reading = Reading { seq: session.seq + 1, at: session.at, register: self.register, power: None };
        let reason = if full { StopReason::Full } else { StopReason::Asked };
        self.api.send(&PileReport::Stopped { session: session.id.clone(), reading, reason }, 0)?;
        tell::step(format!("{}: stopped after {} kWh", self.name, self.register - session.from));
        Ok(())
    }

    fn power_now(&self, session: &Session) -> Power {
        let power = self.habits.power.unwrap_or(Power::from_watts(30_000).unwrap_or(Power::LARGEST));
        let delivered = self.register - session.from;
        let is_late = delivered.millijoules().times(5) >= session.asked.millijoules().times(4);
        let tapered = u32::try_from(power.watts() / 5).ok().and_then(Power::from_watts);
        tapered.filter(|_| self.habits.taper && is_late).unwrap_or(power)
    }

    fn look(&self) -> Result<Look> {
        let view = self.view()?;
        let at: Option<Timestamp> = view["at"].as_str().and_then(|at| at.parse().ok());
        let at = at.ok_or_else(|| Problem(format!("the station has no time: {view}")))?;
        let pile = self.in_view(&view)?;
        let asked = pile["cars"][0]["remaining_kwh"].as_str().and_then(Energy::parse_kwh);
        Ok(Look {
            at: Moment::from_millis(at.as_millisecond()),
            state: pile["meter"]["session_state"].as_str().unwrap_or("idle").to_owned(),
            asked: asked.unwrap_or(Energy::ZERO),
        })
    }

    /// A simulated pile forgets its register; the station does not.
    fn known_register(&self) -> Result<Energy> {
        let view = self.view()?;
        let register = self.in_view(&view)?["meter"]["register_kwh"].as_str().and_then(Exact::decimal);
        let millijoules = register.map(|register| register.times(3_600_000_000).ceil());
        // A Wh more than what is shown is never less than what is stored.
        Ok(millijoules
            .map_or(Energy::ZERO, |millijoules| Energy::from_millijoules(Exact::whole(millijoules + 3_600_000))))
    }

    fn in_view<'v>(&self, view: &'v Value) -> Result<&'v Value> {
        let piles = view["piles"].as_array().into_iter().flatten();
        let pile = piles.into_iter().find(|pile| pile["name"] == json!(self.name));
        pile.ok_or_else(|| Problem(format!("station {} has no pile {}", self.station, self.name)))
    }

    fn view(&self) -> Result<Value> {
        let (path, bearer) = (format!("/operator/stations/{}", self.station), format!("Bearer {}", self.admin));
        let answer = http::send(&self.address, "GET", &path, &[("Authorization", &bearer)], b"", PATIENCE)?;
        serde_json::from_slice(&answer.body).map_err(crate::doing("the answer is not JSON"))
    }
}
