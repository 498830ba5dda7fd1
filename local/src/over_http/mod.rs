//! `cargo local replay FILE --over-http`: the same scenario against the running stack. Every event goes through the public
//! and the operator's API at its time, and every answer is read back over HTTP, never from the table.

mod look;
mod speak;

use crate::{
    Problem, Result,
    clock::Clock,
    command, functions, http,
    paths::StackDir,
    pile_api::PileApi,
    record,
    scenario::{Answer, Event, RecordAnswer, Row, RowAnswer, Scenario, SentReport},
};
use jiff::Timestamp;
use look::{records, state};
use serde_json::{Value, json};
use shared::domain::{
    charging::{DAY, Mode, Moment, PileId, Span},
    energy::Energy,
};
pub(crate) use speak::Api;
use std::{collections::BTreeMap, path::Path};

/// How many look-ups without progress end the wait.
const MOST_LOOKS: usize = 1000;

/// Plays a scenario on a new station, on the next day by the stack's standing clock.
pub fn play(scenario: &Scenario, metered: bool, dir: &Path) -> Result<Answer> {
    let mut stage = Stage::open(scenario, metered, dir)?;
    let reports = if metered { scenario.metered_reports() } else { Vec::new() };
    let mut rows = Vec::with_capacity(scenario.rows.len());
    let mut left = None;
    for (n, row) in scenario.rows.iter().enumerate() {
        stage.report(reports.get(n).map(|row| &row.before[..]))?;
        stage.go_to(row.at)?;
        let outcome = stage.act(row)?;
        stage.report(reports.get(n).map(|row| &row.after[..]))?;
        if outcome == "ok" && matches!(row.event, Some(Event::Cancel { .. })) {
            left = Some(row.at);
        }
        let (time, event) = (row.time.clone(), row.text.clone());
        rows.push(RowAnswer { time, event, outcome, state: state(&stage.view()?, &stage.cars)? });
    }
    stage.report(reports.last().filter(|_| metered).map(|row| &row.before[..]))?;
    let all_left = stage.play_on()?;
    let records = stage.records(scenario)?;
    let last = records.iter().map(|(stop, _)| *stop).chain(left).max();
    Ok(Answer {
        parameters: scenario.raw_parameters.clone(),
        rows,
        detail_records: records.into_iter().map(|(_, record)| record).collect(),
        all_done_at: last.filter(|_| all_left).map(|at| scenario.parameters.clock.show(at)),
    })
}

/// The stack, and the drivers of the scenario so far.
struct Stage {
    api: Api,
    dir: StackDir,
    address: String,
    station: String,
    /// The distance from the scenario's day to the day on which it is played.
    shift: Span,
    drivers: BTreeMap<String, String>,
    /// The car of each driver.
    cars: BTreeMap<u64, String>,
    /// Of a metered station.
    piles: BTreeMap<PileId, PileApi>,
}

impl Stage {
    fn open(scenario: &Scenario, metered: bool, dir: &Path) -> Result<Self> {
        let (dir, record) = record::running(dir)?;
        let Some(Clock::Standing { at, .. }) = Clock::read(&dir)? else {
            return Err(Problem("a scenario needs a standing clock: cargo local --clock 2026-06-01T06:00".into()));
        };
        let answer = functions::invoke(&record.api, "local-staff", &json!({ "role": "admin", "shops": [] }))?;
        let admin =
            answer["token"].as_str().ok_or_else(|| Problem(format!("local-staff returned no token: {answer}")))?;
        let late = at.as_millisecond() - scenario.parameters.start.floor_millis();
        let days = if late > 0 { (late + DAY - 1) / DAY } else { 0 };
        let mut stage = Self {
            api: Api::new(&record.api, admin),
            dir,
            address: record.api,
            station: format!("replay-{:x}", Timestamp::now().as_microsecond()),
            shift: Span::from_millis(days * DAY),
            drivers: BTreeMap::new(),
            cars: BTreeMap::new(),
            piles: BTreeMap::new(),
        };
        stage.go_to(scenario.parameters.start)?;
        let mut settings: BTreeMap<String, Value> = serde_json::from_str(scenario.raw_parameters.get())
            .map_err(|error| Problem(format!("the parameters could not be serialised: {error}")))?;
        settings.retain(|name, _| !scenario.parameters.unknown.contains(name));
        if metered {
            settings.insert("metering".to_owned(), json!("metered"));
        }
        stage.api.put(&format!("/operator/stations/{}", stage.station), &json!({ "settings": settings }))?.done()?;
        if metered {
            for mode in Mode::BOTH {
                for n in 1..=scenario.parameters.settings.piles(mode) {
                    let pile = PileId { mode, n };
                    let api = PileApi::issue(&stage.address, admin, &stage.station, &pile.to_string())?;
                    stage.piles.insert(pile, api);
                }
            }
        }
        Ok(stage)
    }

    /// Sends what the ideal piles report, each at its time.
    fn report(&mut self, reports: Option<&[SentReport]>) -> Result<()> {
        for SentReport { at, pile, report } in reports.unwrap_or_default() {
            self.go_to(*at)?;
            let api = self.piles.get(pile).ok_or_else(|| Problem(format!("no key for pile {pile}")))?;
            api.send(report, millis(self.shift))?;
        }
        Ok(())
    }

    /// Moves the clock, and returns when everything that came due is done.
    fn go_to(&mut self, at: Moment) -> Result<()> {
        let at = Timestamp::from_millisecond((at + self.shift).ceil().floor_millis());
        let at = at.map_err(|error| Problem(format!("the day does not exist: {error}")))?;
        Clock::read(&self.dir)?.unwrap_or(Clock::Real).turned(at)?.write(&self.dir)?;
        self.settle()
    }

    fn settle(&self) -> Result<()> {
        command::clock::settle(&self.address).map(drop)
    }

    /// Sends an event and returns its outcome in the words of the scenarios.
    fn act(&mut self, row: &Row) -> Result<String> {
        let said = match &row.event {
            None => return Ok("ok".to_owned()),
            Some(Event::Apply { car, mode, energy }) => {
                let token = self.token(car)?;
                let fields = [("mode", name(*mode)), ("quantity", &kwh(*energy, row)?), ("station_id", &self.station)];
                self.api.form("/user/charge/apply", Some(&token), &fields)?
            }
            Some(Event::Cancel { car }) => {
                let token = self.token(car)?;
                self.api.form("/user/charge/cancel", Some(&token), &[])?
            }
            Some(Event::Change { car, mode, energy }) => {
                let token = self.token(car)?;
                let energy = energy.map(|energy| kwh(energy, row)).transpose()?;
                let mode = mode.map(|mode| ("mode", name(mode)));
                let fields: Vec<_> =
                    mode.into_iter().chain(energy.as_deref().map(|energy| ("quantity", energy))).collect();
                if fields.is_empty() {
                    return Err(Problem(format!("{}: the app cannot send a change without effect", shown(row))));
                }
                self.api.form("/user/charge/modify", Some(&token), &fields)?
            }
            Some(Event::Fail { pile, lasting }) => {
                let minutes = lasting.map(|lasting| minutes(lasting, row)).transpose()?;
                let path = format!("/operator/stations/{}/piles/{pile}", self.station);
                let body = minutes.map_or(json!({"state": "failed"}), |it| json!({"state": "failed", "minutes": it}));
                self.api.put(&path, &body)?
            }
            Some(Event::Recover { pile }) => {
                let path = format!("/operator/stations/{}/piles/{pile}", self.station);
                self.api.put(&path, &json!({"state": "recovered"}))?
            }
        };
        self.settle()?;
        said.outcome().ok_or_else(|| Problem(format!("{}: {}", shown(row), said.text)))
    }

    /// A car is a driver, who registers at its first event.
    fn token(&mut self, car: &str) -> Result<String> {
        if let Some(token) = self.drivers.get(car) {
            return Ok(token.clone());
        }
        let name = format!("{}-{}", self.station, self.drivers.len() + 1);
        let fields =
            [("username", &*name), ("password", &format!("long-enough-{name}")), ("email", "replay@example.com")];
        let token =
            self.api.form("/u/register", None, &fields)?.done()?["token"].as_str().unwrap_or_default().to_owned();
        let detail = self.api.get("/user/detail", &token)?;
        let id = detail["data"]["user_id"].as_str().and_then(|id| id.parse().ok());
        self.cars.insert(id.ok_or_else(|| Problem(format!("a driver has no numeric id: {detail}")))?, car.to_owned());
        self.drivers.insert(car.to_owned(), token.clone());
        Ok(token)
    }

    fn view(&self) -> Result<Value> {
        self.api.get_as_admin(&format!("/operator/stations/{}", self.station))
    }

    /// Lets time pass until all cars have left. `false` if a car can never leave, or no car came.
    fn play_on(&mut self) -> Result<bool> {
        for _ in 0..MOST_LOOKS {
            let view = self.view()?;
            if look::is_empty(&view) {
                return Ok(true);
            }
            // The clock has whole seconds, so one second more is past it.
            let Some(next) = look::next(&view) else { return Ok(false) };
            let next = Moment::from_millis((next.as_second() + 1) * 1000 - millis(self.shift));
            self.go_to(next)?;
        }
        Err(Problem(format!("{} does not finish", self.station)))
    }

    fn records(&self, scenario: &Scenario) -> Result<Vec<(Moment, RecordAnswer)>> {
        let (view, mut all) = (self.view()?, Vec::new());
        let piles = look::piles(&view);
        for (car, token) in &self.drivers {
            let log = self.api.get("/user/log/get?num=100", token)?;
            all.extend(records(&log, car, &piles, &scenario.parameters.clock, self.shift)?);
        }
        // A station numbers its records as it closes them.
        all.sort_by_key(|(number, ..)| *number);
        Ok(all.into_iter().map(|(_, stop, record)| (stop, record)).collect())
    }
}

fn name(mode: Mode) -> &'static str {
    match mode {
        Mode::Fast => "fast",
        Mode::Slow => "slow",
    }
}

/// The app accepts three decimals.
fn kwh(energy: Energy, row: &Row) -> Result<String> {
    let watt_hours = energy.watt_hours();
    let whole = i128::from(3_600_000_i64) * watt_hours;
    if energy.millijoules().as_whole() != Some(whole) {
        return Err(Problem(format!("{}: the app accepts amounts with at most three decimals", shown(row))));
    }
    Ok(format!("{}.{:03}", watt_hours / 1000, watt_hours % 1000))
}

fn minutes(lasting: Span, row: &Row) -> Result<i64> {
    let millis = millis(lasting);
    if millis % 60_000 == 0 {
        Ok(millis / 60_000)
    } else {
        Err(Problem(format!("{}: the operator's API accepts whole minutes", shown(row))))
    }
}

fn millis(span: Span) -> i64 {
    i64::try_from(span.exact().floor()).unwrap_or(i64::MAX)
}

fn shown(row: &Row) -> String {
    format!("{} {}", row.time, row.text.as_deref().unwrap_or_default())
}
