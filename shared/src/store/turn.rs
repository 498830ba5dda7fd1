//! The writes of a station update: items of waiting cars, live charge requests of drivers and plates, detail records
//! and bills.

use super::{
    Item, Key, Transaction,
    bill::IssuedBill,
    charge::{DetailRecordItem, FirstAnswer},
    effects::{DriverChange, Effects, PlateChange, RequestWrite},
    keys::PK,
    number,
    session::ChargeItem,
    station::StationHead,
    text,
    transaction::Change,
};
use crate::domain::{
    account::{AccountId, Realm},
    charging::{DriverId, Fact, Moment, Number, Waiting},
    session::LiveCharge,
    takings::Crowd,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

/// Why the writes of a station update were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StationWriteRefusal {
    /// Another write changed the station first.
    Raced,
    /// This idempotency key of the driver has an answer already.
    Answered,
    /// The driver has another live request, is in arrears, or is disabled.
    Driver,
    /// The driver's request changed since it was read.
    Outdated,
    /// The plate has another live request.
    Plate,
    /// The pile has used this name for a session before.
    SessionUsed,
}

#[derive(Serialize)]
struct PlateCharge {
    request: u64,
}

/// Drivers whose new bill falls due before the bills that they have. A station update does not read the drivers'
/// records, so it learns of these drivers when a record refuses the write. It takes a station that gives less time to
/// pay than the one before.
#[derive(Debug, Default)]
pub(crate) struct EarlierDueBills(BTreeSet<DriverId>);

impl EarlierDueBills {
    /// Reads the records that refused. True when it learned something: then the writes are worth another try.
    pub(crate) fn learn(&mut self, facts: &[Fact], refused: &[(StationWriteRefusal, Item)]) -> bool {
        let drivers = Effects::of(facts).drivers;
        let mut has_learned = false;
        for (_, item) in refused {
            let pk = item.get(PK).and_then(|pk| pk.as_s().ok()).map(String::as_str).unwrap_or_default();
            let Some(driver) = Key::driver_of(pk).and_then(|id| id.parse().ok()).map(DriverId) else { continue };
            let Some(due) = drivers.get(&driver).and_then(|change| change.bill_due) else { continue };
            let owed = item.get("owed").and_then(|owed| owed.as_n().ok()).and_then(|owed| owed.parse::<i64>().ok());
            let is_later = owed.is_some_and(|owed| owed > millis(due));
            has_learned |= if is_later { self.0.insert(driver) } else { self.0.remove(&driver) };
        }
        has_learned
    }
}

impl Transaction<'_, StationWriteRefusal> {
    /// AP-54: stores the answer to an idempotency key, unless it has one.
    pub(crate) fn store_first_answer(
        self,
        account: &AccountId,
        key: &str,
        answer: &FirstAnswer,
        now: Timestamp,
    ) -> Self {
        self.put_unless_alive(&Key::first_answer(account, key), answer, now.as_second(), StationWriteRefusal::Answered)
    }

    /// AP-51: all writes that the facts cause, one per item. `head` is the station after the update; its count of
    /// detail records increases by those written here. `before` is the request to be changed, as it was read; `over`
    /// are the days that have ended.
    pub(crate) fn write_facts(
        mut self,
        head: &mut StationHead,
        facts: &[Fact],
        before: Option<&LiveCharge>,
        (over, sooner): (&[Crowd], &EarlierDueBills),
        now: Timestamp,
    ) -> Self {
        let effects = Effects::of(facts);
        self = self.count_takings(head, &effects.records, over);
        let billed = |request| effects.records.iter().any(|record| record.ticket.request.0 == request);
        self = self.write_piles(head, facts, billed);
        for record in &effects.records {
            head.records += 1;
            let item = DetailRecordItem::of(head, record);
            self = self.put_over(&Key::record(&account(record.ticket.driver), item.stop, item.record), &item);
        }
        for (ticket, bill, ended) in &effects.bills {
            let (item, driver) = (IssuedBill::of(head, ticket, bill, *ended), account(ticket.driver));
            self = self.issue_bill(&item.key(&driver), &item);
        }
        for (&(mode, n), entry) in &effects.entries {
            self = match entry {
                Some(car) => self.put_waiting(&head.id, car),
                None => self.delete_waiting(&head.id, Number { mode, n }),
            };
        }
        for (plate, change) in &effects.plates {
            self = self.change_plate(plate, change);
        }
        for (driver, change) in &effects.drivers {
            self = self.change_driver(head, (*driver, change), before, sooner, now);
        }
        self
    }

    fn change_plate(self, plate: &str, change: &PlateChange) -> Self {
        let key = Key::plate_charge(plate);
        match (change.freed, change.taken) {
            // Only the station that is being written can free the plate, so it may give it to the next request at once.
            (true, Some(request)) => self.put_over(&key, &PlateCharge { request: request.0 }),
            (false, Some(request)) => {
                self.put_new(&key, &PlateCharge { request: request.0 }, StationWriteRefusal::Plate)
            }
            (_, None) => self.delete(&key),
        }
    }

    fn change_driver(
        self,
        head: &StationHead,
        (driver, change): (DriverId, &DriverChange),
        before: Option<&LiveCharge>,
        sooner: &EarlierDueBills,
        now: Timestamp,
    ) -> Self {
        let key = Key::sessions(Realm::Ev, &account(driver));
        let (mut sets, mut names, mut values, mut condition) = (Vec::new(), vec![], vec![], None);
        let (mut removes, mut adds, mut refusal) = ("", "", StationWriteRefusal::Driver);
        match &change.now {
            Some(RequestWrite::Joined(car)) => {
                sets.push("#charge = :charge");
                values.push((":charge", live(head, car)));
                values.push((":yes", AttributeValue::Bool(true)));
                names.extend([("#charge", "charge".into()), ("#enabled", "enabled".into())]);
                let free = match change.ended {
                    Some(ended) => {
                        values.push((":ended", number(ended.0)));
                        names.push(("#request", "request".into()));
                        "#charge.#request = :ended"
                    }
                    None => "attribute_not_exists(#charge)",
                };
                // The condition checks the arrears again, because a bill may fall due while the driver applies.
                let mut paid = "";
                if head.station.settings().arrears_may_not_join {
                    values.push((":now", number(now.as_millisecond())));
                    names.push(("#owed", "owed".into()));
                    paid = " AND (attribute_not_exists(#owed) OR #owed >= :now)";
                }
                // The condition checks the plate again, because it may be unbound while the driver applies.
                let mut bound = "";
                if !car.ticket.plate.is_empty() {
                    values.push((":plate", text(car.ticket.plate.clone())));
                    names.push(("#plates", "plates".into()));
                    bound = " AND contains(#plates, :plate)";
                }
                condition = Some(format!("{free} AND #enabled = :yes{paid}{bound}"));
            }
            Some(RequestWrite::Changed(car)) => {
                sets.push("#charge = :charge");
                values.push((":charge", live(head, car)));
                names.push(("#charge", "charge".into()));
                if let Some(before) = before {
                    names.extend([("#request", "request".into()), ("#revision", "revision".into())]);
                    values.push((":request", number(before.request().0)));
                    let as_read = match before.revision {
                        Some(revision) => {
                            values.push((":revision", number(revision)));
                            "#charge.#revision = :revision"
                        }
                        None => "attribute_not_exists(#charge.#revision)",
                    };
                    condition = Some(format!("#charge.#request = :request AND {as_read}"));
                    refusal = StationWriteRefusal::Outdated;
                }
            }
            None if change.ended.is_some() => {
                removes = " REMOVE #charge";
                names.push(("#charge", "charge".into()));
            }
            None => {}
        }
        if let Some(due) = change.bill_due {
            // The bill that falls due first counts.
            let (set, holds) = if sooner.0.contains(&driver) {
                ("#owed = :due", "#owed > :due")
            } else {
                ("#owed = if_not_exists(#owed, :due)", "(attribute_not_exists(#owed) OR #owed <= :due)")
            };
            sets.push(set);
            condition = Some(condition.map_or_else(|| holds.to_owned(), |before| format!("{before} AND {holds}")));
            values.push((":due", number(millis(due))));
            // This counter tells writes that depend on the open bills that there is one more.
            adds = " ADD #bills :one";
            names.push(("#bills", "bills".into()));
            values.push((":one", number(1)));
            if names.iter().all(|(name, _): &(&str, String)| *name != "#owed") {
                names.push(("#owed", "owed".into()));
            }
        }
        let set = if sets.is_empty() { String::new() } else { format!("SET {}", sets.join(", ")) };
        let update = format!("{set}{removes}{adds}").trim().to_owned();
        self.update(&key, Change { update, condition, names, values }, Some(refusal))
    }
}

/// Rounded as the bill rounds it.
fn millis(due: Moment) -> i64 {
    due.ceil().floor_millis()
}

fn account(driver: DriverId) -> AccountId {
    AccountId::known(driver.0.to_string())
}

fn live(head: &StationHead, car: &Waiting) -> AttributeValue {
    attribute(ChargeItem::new(&head.id, car, Some(head.version + 1)))
}

fn attribute(value: impl Serialize) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).unwrap_or(AttributeValue::Null(true))
}
