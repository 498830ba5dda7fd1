//! The invariants of the queue, over what is in the tables and what is known outside.

use super::{
    Invariant, Violation,
    house::House,
    meter::energy,
    reference::Reference,
    stored::{Head, Stored, once},
    world::World,
};
use shared::domain::charging::{Mode, Moment, View, Waiting};
use std::collections::{BTreeMap, BTreeSet};

impl World {
    /// Everything that must hold between two steps.
    pub fn check(&self) -> Result<(), Violation> {
        let stored = &self.stored;
        check_places(stored)?;
        check_one_each(stored)?;
        let mut expected = Vec::new();
        for (n, house) in self.houses.iter().enumerate() {
            let head = &stored.heads[house.name];
            if head.version != house.version {
                return Violation::of(Invariant::NothingLost, format!("{} has version {}", house.name, head.version));
            }
            let now =
                Moment::from_millis(self.plaza.watch.now().as_millisecond()).max(head.station.settled_at()).ceil();
            let (station, facts) = head.at(now).or_else(|text| Violation::of(Invariant::OnePlace, text))?;
            let entries: Vec<Waiting> = head.entries.values().cloned().collect();
            let view = station.view(&entries);
            let reference = house.outside.at(&house.outside.reference, now.floor_millis());
            check_room(house, &view)?;
            check_order(house, head)?;
            check_live(house, &view, &reference)?;
            check_words(house, &view, &reference)?;
            expected.push((n, station, facts, reference));
        }
        self.check_money(stored, &expected)
    }
}

/// `OnePlace`: each waiting car has an item, and no other car has one.
fn check_places(stored: &Stored) -> Result<(), Violation> {
    for (name, Head { station, entries, .. }) in &stored.heads {
        let waits = |mode: Mode, n| station.side(mode).line.waits(n);
        if let Some(entry) = entries.values().find(|it| !waits(it.ticket.number.mode, it.ticket.number.n)) {
            return Violation::of(
                Invariant::OnePlace,
                format!("{name}: {} has left the waiting area and still waits", entry.ticket.number),
            );
        }
        if entries.len() != station.waiting() as usize {
            return Violation::of(
                Invariant::OnePlace,
                format!("{name}: {} wait, with {} entries", station.waiting(), entries.len()),
            );
        }
    }
    let requests = stored.heads.values().flat_map(Head::tickets).map(|ticket| ticket.request);
    match once(requests) {
        Ok(_) => Ok(()),
        Err(request) => Violation::of(Invariant::OnePlace, format!("request {} is in two places", request.0)),
    }
}

/// `OneRequest`: a driver and a plate have one live request, the same in the station and in their own records.
fn check_one_each(stored: &Stored) -> Result<(), Violation> {
    let tickets = || stored.heads.values().flat_map(Head::tickets);
    if let Err(driver) = once(tickets().map(|ticket| ticket.driver)) {
        return Violation::of(Invariant::OneRequest, format!("driver {} has two live requests", driver.0));
    }
    if let Err(plate) = once(tickets().map(|ticket| &ticket.plate).filter(|plate| !plate.is_empty())) {
        return Violation::of(Invariant::OneRequest, format!("{plate} has two live requests"));
    }
    let charges: BTreeMap<u64, u64> = tickets().map(|ticket| (ticket.driver.0, ticket.request.0)).collect();
    let with_plate = tickets().filter(|ticket| !ticket.plate.is_empty());
    let plates: BTreeMap<String, u64> = with_plate.map(|it| (it.plate.to_string(), it.request.0)).collect();
    if charges != stored.charges || plates != stored.plates {
        return Violation::of(
            Invariant::OneRequest,
            format!("stations {charges:?} {plates:?}, records {:?} {:?}", stored.charges, stored.plates),
        );
    }
    Ok(())
}

/// `Capacity` and `FaultMoves`: lanes and waiting area hold no more cars than they may, and a failed pile holds none.
fn check_room(house: &House, view: &View) -> Result<(), Violation> {
    if view.waiting.len() > house.settings.waiting_places as usize {
        return Violation::of(Invariant::Capacity, format!("{}: {} wait", house.name, view.waiting.len()));
    }
    for pile in &view.piles {
        if pile.cars.len() > usize::from(house.settings.lane_places) {
            return Violation::of(
                Invariant::Capacity,
                format!("{}: {} cars at {}", house.name, pile.cars.len(), pile.id),
            );
        }
        if pile.failed && !pile.cars.is_empty() {
            return Violation::of(
                Invariant::FaultMoves,
                format!("{}: {} has failed and holds cars", house.name, pile.id),
            );
        }
    }
    Ok(())
}

/// `NumberOrder`: no waiting car has a lower number than a car that was called or is called next.
fn check_order(house: &House, head: &Head) -> Result<(), Violation> {
    for entry in head.entries.values() {
        let number = entry.ticket.number;
        let side = head.station.side(number.mode);
        let window: Vec<_> = side.line.window().map(|waiting| waiting.ticket.number).collect();
        let next = window.iter().filter(|_| !window.contains(&number)).copied();
        if let Some(other) = side.called().map(|car| car.ticket.number).chain(next).find(|other| other.n > number.n) {
            return Violation::of(Invariant::NumberOrder, format!("{}: {other} comes before {number}", house.name));
        }
    }
    Ok(())
}

/// `NothingLost`: the cars that were accepted and have not left are here, and no others.
fn check_live(house: &House, view: &View, reference: &Reference) -> Result<(), Violation> {
    let called = view.piles.iter().flat_map(|pile| &pile.cars).chain(&view.displaced).map(|car| car.ticket.request.0);
    let here: BTreeSet<u64> = called.chain(view.waiting.iter().map(|it| it.ticket.request.0)).collect();
    let live = |car: &usize| reference.cars.contains_key(car);
    let should: BTreeSet<u64> =
        house.outside.cars.iter().filter(|(_, car)| live(car)).map(|(request, _)| *request).collect();
    if here == should {
        Ok(())
    } else {
        Violation::of(Invariant::NothingLost, format!("{}: {here:?} are here, not {should:?}", house.name))
    }
}

/// `NumberOrder`, `NumbersRise` and `FaultMoves` once more: every car is where the model puts it.
fn check_words(house: &House, view: &View, reference: &Reference) -> Result<(), Violation> {
    let (ours, theirs) = (words(house, view), reference.words());
    if ours != theirs {
        let invariant = if house.faults { Invariant::FaultMoves } else { Invariant::NumberOrder };
        return Violation::of(invariant, format!("{}: {ours}\nby the rules: {theirs}", house.name));
    }
    for car in view.piles.iter().flat_map(|pile| &pile.cars).chain(&view.displaced) {
        let got = energy(reference, reference.got(house.outside.cars[&car.ticket.request.0]));
        if car.delivered != got {
            let text = format!("{}: {} has {}, and {got} was metered", house.name, car.ticket.number, car.delivered);
            return Violation::of(Invariant::MeteredBilled, text);
        }
    }
    Ok(())
}

/// The station in the reference's words.
fn words(house: &House, view: &View) -> String {
    let id = |request: u64| house.outside.cars.get(&request).copied().unwrap_or(usize::MAX);
    let (mut text, mut numbers) = (String::new(), BTreeMap::new());
    for mode in Mode::BOTH {
        for pile in view.piles.iter().filter(|pile| pile.id.mode == mode) {
            let lane: Vec<usize> = pile.cars.iter().map(|car| id(car.ticket.request.0)).collect();
            text = format!("{text}{}{lane:?} ", if pile.failed { "down" } else { "up" });
        }
        let displaced = view.displaced.iter().filter(|car| car.mode == mode);
        let displaced: Vec<usize> = displaced.map(|car| id(car.ticket.request.0)).collect();
        text = format!("{text}displaced{displaced:?} ");
    }
    let called = view.piles.iter().flat_map(|pile| &pile.cars).chain(&view.displaced).map(|car| &car.ticket);
    for ticket in called.chain(view.waiting.iter().map(|waiting| &waiting.ticket)) {
        numbers.insert(id(ticket.request.0), (usize::from(ticket.number.mode == Mode::Slow), ticket.number.n));
    }
    let waiting: Vec<usize> = view.waiting.iter().map(|it| id(it.ticket.request.0)).collect();
    let numbers: Vec<_> = numbers.into_iter().map(|(car, (mode, n))| (car, mode, n)).collect();
    format!("{text}waiting{waiting:?} numbers{numbers:?}")
}
