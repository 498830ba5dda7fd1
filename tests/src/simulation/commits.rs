//! Every write of a station as it happens, and what it says was decided. The accepted command is played to what stands
//! outside, in the order of the versions.

use super::{
    Invariant, Violation,
    meter::pile_id,
    operations::{self, HOUSES, Op},
    reference::Order,
    stored::{Touched, bytes, number, request, text, written},
    world::World,
};
use crate::database::{Call, Database};
use serde_json::Value;
use shared::domain::charging::{Mode, Moment, PileState, Station, Waiting};
use std::sync::{Arc, Mutex};

/// One applied transaction that wrote a station.
pub struct Commit {
    pub by: Option<usize>,
    house: usize,
    version: u64,
    station: Station,
    writes: Vec<Value>,
}

pub type Commits = Arc<Mutex<Vec<Commit>>>;

pub fn witness(database: &Database) -> (Commits, Touched) {
    let seen = (Commits::default(), Touched::default());
    let (commits, touched) = seen.clone();
    database.witnessed(move |call| {
        touched.lock().unwrap().extend(written(call));
        commits.lock().unwrap().extend(read(call));
    });
    seen
}

fn read(call: &Call) -> Option<Commit> {
    let writes = call.body.get("TransactItems")?.as_array()?;
    let mut heads = writes.iter().map(|write| &write["Put"]["Item"]).filter(|item| item["sk"]["S"] == "HEAD");
    let house = |head: &Value| HOUSES.iter().position(|name| text(&head["pk"]) == format!("STATION#{name}"));
    let (head, house) = heads.find_map(|head| Some((head, house(head)?)))?;
    Some(Commit {
        by: call.by,
        house,
        version: u64::try_from(number(&head["version"])).unwrap(),
        station: Station::unpack(&bytes(&head["station"])).unwrap(),
        writes: writes.clone(),
    })
}

/// What a transaction does to a driver's session record.
enum Session {
    Untouched,
    /// It holds this request from here on.
    Holds(Box<Waiting>),
    Freed,
}

impl Commit {
    fn session(&self, account: u64) -> Session {
        let key = format!("ACCOUNT#ev#{account}");
        let ours = |update: &&Value| update["Key"]["pk"]["S"] == key.as_str();
        let Some(update) = self.writes.iter().map(|write| &write["Update"]).find(ours) else {
            return Session::Untouched;
        };
        match update["ExpressionAttributeValues"].get(":charge") {
            Some(charge) => Session::Holds(Box::new(Waiting::unpack(&bytes(&charge["M"]["car"])).unwrap())),
            None if update["UpdateExpression"].as_str().unwrap().contains("REMOVE #charge") => Session::Freed,
            None => Session::Untouched,
        }
    }

    fn number(&self, account: u64) -> u64 {
        let key = format!("ACCOUNT#ev#{account}");
        let ours =
            self.writes.iter().map(|write| &write["Update"]).find(|update| update["Key"]["pk"]["S"] == key.as_str());
        ours.map_or(0, |update| request(&update["ExpressionAttributeValues"][":charge"]["M"]))
    }
}

impl World {
    pub fn take_commits(&mut self) -> Result<(), Violation> {
        self.stored.catch_up(&self.plaza.database, &self.touched);
        let commits = std::mem::take(&mut *self.commits.lock().unwrap());
        for commit in commits {
            self.take(&commit)?;
        }
        Ok(())
    }

    fn take(&mut self, commit: &Commit) -> Result<(), Violation> {
        let house = &mut self.houses[commit.house];
        if let Some(before) = house.written.get(&commit.version) {
            // An answer that was lost is given again when the call is repeated.
            return if *before == commit.writes {
                Ok(())
            } else {
                Violation::of(Invariant::NothingLost, format!("{} has two versions {}", house.name, commit.version))
            };
        }
        if commit.version != house.version + 1 {
            return Violation::of(
                Invariant::NothingLost,
                format!("{} was {}, then {}", house.name, house.version, commit.version),
            );
        }
        let Some(by) = commit.by else { return Violation::of(Invariant::Model, "a station was written by no call") };
        let doing = &self.doings[by];
        let due = Moment::from_millis(doing.now).max(house.settled).ceil();
        if commit.station.settled_at() > due {
            let text =
                format!("{}: {} is ahead of {}", house.name, commit.station.settled_at().floor_millis(), doing.now);
            return Violation::of(Invariant::Model, text);
        }
        let complete = commit.station.settled_at() == due;
        (house.version, house.settled) = (commit.version, commit.station.settled_at());
        house.written.insert(commit.version, commit.writes.clone());
        self.trace(format!("  {} v{} by #{by}", HOUSES[commit.house], commit.version));
        self.doings[by].wrote = true;
        let done = if complete { self.hand_on(commit, by) } else { Ok(()) };
        self.houses[commit.house].note();
        done
    }

    /// What the write carries beside the passing of time, if anything.
    fn hand_on(&mut self, commit: &Commit, by: usize) -> Result<(), Violation> {
        let millis = commit.station.settled_at().floor_millis();
        let op = self.doings[by].op.clone();
        let accounts = |driver: usize| self.people.drivers[driver].account;
        let order = match op {
            Op::Apply(order) if order.house == commit.house => {
                let operations::Order { driver, house, mode, watt_hours, .. } = order;
                let Session::Holds(car) = commit.session(accounts(driver)) else { return Ok(()) };
                let request = commit.number(accounts(driver));
                self.take_number(commit.house, mode, &car)?;
                self.check_vehicle(&order, &car)?;
                self.check_paid(by, house, driver, millis)?;
                self.accepted(by, driver, request, &car);
                if self.houses[house].outside.cars.contains_key(&request) {
                    return Violation::of(Invariant::NumbersRise, format!("request {request} is there twice"));
                }
                let car = self.houses[house].outside.enter(request);
                self.houses[house].driver_of.push(driver);
                Order::Apply { car, mode, millijoules: i128::from(watt_hours) * 3_600_000 }
            }
            Op::Modify { driver, mode, watt_hours } => {
                let Some(live) = self.live[driver].clone().filter(|live| live.house == commit.house) else {
                    return Ok(());
                };
                let held = commit.session(accounts(driver));
                if let Session::Holds(car) = &held {
                    let changed = mode.filter(|mode| Mode::BOTH[*mode] != self.live_mode(driver));
                    match changed {
                        Some(mode) => self.take_number(commit.house, mode, car)?,
                        None if car.ticket.number.to_string() != live.number => {
                            return Violation::of(
                                Invariant::NumbersRise,
                                format!("{} became {}", live.number, car.ticket.number),
                            );
                        }
                        None => {}
                    }
                    self.accepted(by, driver, live.request, car);
                }
                let car = self.houses[commit.house].outside.cars[&live.request];
                Order::Change { car, mode, millijoules: watt_hours.map(|wh| i128::from(wh) * 3_600_000) }
            }
            Op::Cancel { driver } => {
                let Some(live) = self.live[driver].clone().filter(|live| live.house == commit.house) else {
                    return Ok(());
                };
                let Session::Freed = commit.session(accounts(driver)) else { return Ok(()) };
                Order::Cancel { car: self.houses[commit.house].outside.cars[&live.request] }
            }
            Op::Fail { house, mode, pile, minutes }
                if house == commit.house && is_down(&commit.station, mode, pile) =>
            {
                self.houses[house].faults = true;
                Order::Fail { mode, pile, millis: minutes.map(|minutes| i128::from(minutes) * 60_000) }
            }
            Op::Recover { house, mode, pile } if house == commit.house && !is_down(&commit.station, mode, pile) => {
                Order::Recover { mode, pile }
            }
            _ => return Ok(()),
        };
        let house = &mut self.houses[commit.house];
        let said = house.outside.play(millis, order);
        if matches!(order, Order::Apply { .. }) && said != "ok" {
            return Violation::of(Invariant::Capacity, format!("{order:?} was taken: {said}"));
        }
        Ok(())
    }

    fn take_number(&mut self, house: usize, mode: usize, car: &Waiting) -> Result<(), Violation> {
        let given = &mut self.houses[house].given[mode];
        *given += 1;
        let number = car.ticket.number;
        if (number.mode, number.n) == (Mode::BOTH[mode], *given) {
            Ok(())
        } else {
            Violation::of(
                Invariant::NumbersRise,
                format!("{number} was given where {}{given} was next", Mode::BOTH[mode]),
            )
        }
    }
}

fn is_down(station: &Station, mode: usize, pile: usize) -> bool {
    let pile = station.piles().find(|one| one.id == pile_id(mode, pile));
    pile.is_some_and(|pile| matches!(pile.state, PileState::Failed { .. }))
}
