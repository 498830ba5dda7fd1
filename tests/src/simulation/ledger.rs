//! The invariants of money: what is written, and what would be by now, against the meter outside.

use super::{
    Invariant, Violation,
    meter::{Line, energy},
    operations::Driver,
    reference::Reference,
    stored::{Row, Stored, number, once, text},
    world::World,
};
use serde_json::{Value, json};
use shared::domain::{
    charging::{
        Fact, Station, What,
        books::{Account, Issued, Wrong},
    },
    energy::{Energy, Exact},
    money::Fen,
};
use std::collections::BTreeMap;

/// Half a watt-hour: what a record is off at the most because it is written in watt-hours.
const ROUNDING: Energy = Energy::from_millijoules(Exact::whole(1_800_000));

/// A station of which this is known: which, as it is now, what has happened since it was written, and the outside.
pub type Known = (usize, Station, Vec<Fact>, Reference);

impl World {
    pub fn check_money(&self, stored: &Stored, known: &[Known]) -> Result<(), Violation> {
        check_nothing_changes(stored)?;
        for one in known {
            self.check_accounts(stored, one)?;
            self.check_lines(stored, one)?;
        }
        check_owed(stored)
    }

    /// `MeteredBilled`, `OneBill` and `BillLines`, by the checker that the sweep uses too.
    fn check_accounts(&self, stored: &Stored, (house, station, facts, reference): &Known) -> Result<(), Violation> {
        let house = &self.houses[*house];
        let mut accounts: BTreeMap<u64, Account> = BTreeMap::new();
        for (request, car) in &house.outside.cars {
            let metered = match reference.cars.get(car) {
                Some(_) => reference.got(*car),
                None => reference.segments.iter().filter(|it| it.0 == *car).map(|it| watt_ticks(reference, it)).sum(),
            };
            let ended = !reference.cars.contains_key(car);
            accounts.insert(*request, Account { metered: energy(reference, metered), ended, ..Account::default() });
        }
        for charging in station.piles().filter_map(|pile| pile.charging()) {
            let running = charging.flowed(station.settled_at());
            accounts.entry(charging.car.ticket.request.0).or_default().running = running;
        }
        for line in lines(stored, house.name, facts) {
            let account = accounts.entry(line.request).or_default();
            account.recorded = account.recorded + watt_hours(line.watt_hours);
            account.recorded_total += Fen(line.total);
            account.records += 1;
        }
        for row in stored.bills.values().filter(|row| text(&row.item["station"]) == house.name) {
            let (records, total) = (number(&row.item["records"]), number(&row.item["total"]));
            if number(&row.item["charging"]) + number(&row.item["service"]) != total {
                return Violation::of(Invariant::BillLines, format!("the parts of {} do not add up", row.key));
            }
            accounts.entry(row.request).or_default().bills.push(Issued {
                records: u16::try_from(records).unwrap(),
                energy: watt_hours(number(&row.item["watt_hours"])),
                total: Fen(total),
            });
        }
        for fact in facts {
            if let What::Ended { bill: Some(bill), .. } = &fact.what {
                let issued = Issued { records: bill.records, energy: bill.energy, total: bill.total };
                accounts.entry(bill.request.0).or_default().bills.push(issued);
            }
        }
        for (request, account) in accounts {
            let invariant = match account.wrong(ROUNDING) {
                None => continue,
                Some(Wrong::Energy) => Invariant::MeteredBilled,
                Some(Wrong::NoBill | Wrong::TwoBills | Wrong::BillTooMany) => Invariant::OneBill,
                Some(Wrong::BillDiffers) => Invariant::BillLines,
            };
            return Violation::of(invariant, format!("{} request {request}: {account:?}", house.name));
        }
        Ok(())
    }

    /// `BillLines`: each detail record is what the meter and the prices say, to the fen.
    fn check_lines(&self, stored: &Stored, (house, _, facts, reference): &Known) -> Result<(), Violation> {
        let house = &self.houses[*house];
        let (mut ours, mut theirs) = (lines(stored, house.name, facts), house.outside.lines(reference));
        let unbilled = house.unbilled(reference);
        let is_shown = |row: &&Row| unbilled.contains(&row.request) && row.item.get("below_billing").is_none();
        if let Some(row) = stored.records.values().find(is_shown) {
            return Violation::of(
                Invariant::OneBill,
                format!("{} shows {} of a request without a bill", house.name, row.key),
            );
        }
        for lines in [&mut ours, &mut theirs] {
            lines.retain(|line| !unbilled.contains(&line.request));
        }
        ours.sort();
        theirs.sort();
        match ours.iter().zip(&theirs).find(|(one, other)| one != other) {
            Some((one, other)) => {
                Violation::of(Invariant::BillLines, format!("{}: {one:?}\nby the meter: {other:?}", house.name))
            }
            None if ours.len() != theirs.len() => Violation::of(
                Invariant::OneBill,
                format!("{}: {} records, not {}", house.name, ours.len(), theirs.len()),
            ),
            None => Ok(()),
        }
    }
    /// `ArrearsKnown`: what a driver reads as owed is the sum of the open bills, unless bills were written meanwhile.
    pub fn check_fees(&self, n: usize, driver: usize, seen: &Value) -> Result<(), Violation> {
        let Driver { account, plates, .. } = &self.people.drivers[driver];
        if self.stored.newly_billed.contains(account) {
            return Ok(());
        }
        let bills: Vec<&Row> = self.stored.bills.values().filter(|bill| bill.driver == *account).collect();
        let now = self.doings[n].now;
        let rows = plates.iter().map(|plate| {
            let open = bills.iter().filter(|bill| number(&bill.item["total"]) > 0);
            let of_plate = open.filter(|bill| text(&bill.item["plate"]) == plate);
            let due: Vec<i64> = of_plate.map(|bill| number(&bill.item["due"])).collect();
            let arrears = due.iter().filter(|due| now > **due).count();
            json!({"carPlate": plate, "numOfArrears": arrears, "numOfCurrentFee": due.len() - arrears})
        });
        let rows = Value::from(rows.collect::<Vec<_>>());
        if rows == *seen {
            Ok(())
        } else {
            Violation::of(Invariant::ArrearsKnown, format!("#{n} saw {seen}, and it was {rows}"))
        }
    }
}

/// `WrittenOnce`: what was written stays as it is, and no item is there twice.
fn check_nothing_changes(stored: &Stored) -> Result<(), Violation> {
    if let Err(record) = once(stored.records.values().map(|row| number(&row.item["record"]))) {
        return Violation::of(Invariant::WrittenOnce, format!("two records are number {record}"));
    }
    match stored.changed.first() {
        Some(key) => Violation::of(Invariant::WrittenOnce, format!("{key:?} has changed after it was written")),
        None => Ok(()),
    }
}

/// `ArrearsKnown`, as far as the queue keeps it: a driver's record knows when the first unpaid bill falls due.
fn check_owed(stored: &Stored) -> Result<(), Violation> {
    let mut due: BTreeMap<u64, i64> = BTreeMap::new();
    for bill in stored.bills.values().filter(|bill| number(&bill.item["total"]) > 0) {
        let this = number(&bill.item["due"]);
        let first = due.entry(bill.driver).or_insert(this);
        *first = this.min(*first);
    }
    if due == stored.owed {
        Ok(())
    } else {
        Violation::of(Invariant::ArrearsKnown, format!("due {due:?}, written {:?}", stored.owed))
    }
}

/// The detail records of a station, those included that a writer would write now.
fn lines(stored: &Stored, house: &str, facts: &[Fact]) -> Vec<Line> {
    let written = stored.records.values().filter(|row| text(&row.item["station"]) == house).map(|row| {
        let field = |name: &str| number(&row.item[name]);
        Line {
            request: row.request,
            pile: text(&row.item["pile_name"]).to_owned(),
            start: field("start"),
            stop: field("stop"),
            watt_hours: field("watt_hours"),
            charging: field("charging"),
            service: field("service"),
            total: field("total"),
        }
    });
    let due = facts.iter().filter_map(|fact| match &fact.what {
        What::SegmentClosed(record) => Some(Line {
            request: record.ticket.request.0,
            pile: record.pile.to_string(),
            start: record.start.floor_millis(),
            stop: record.stop.floor_millis(),
            watt_hours: i64::try_from(record.energy.watt_hours()).unwrap(),
            charging: record.charging.0,
            service: record.service.0,
            total: record.total.0,
        }),
        _ => None,
    });
    written.chain(due).collect()
}

fn watt_ticks(reference: &Reference, (_, mode, _, start, stop): &super::reference::Segment) -> i128 {
    (stop - start) * reference.layout.power[*mode]
}

fn watt_hours(amount: i64) -> Energy {
    Energy::from_millijoules(Exact::whole(i128::from(amount) * 3_600_000))
}
