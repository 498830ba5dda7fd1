//! What a turn leaves behind: entries of waiting cars, who has what in the queue, detail records and bills.
//! AP-17 to AP-20.

use super::{
    Key, Store, Transaction,
    effects::{DriverChange, DriverNow, Effects, PlateChange},
    fault,
    keys::{PK, RECORD, SK},
    number, read,
    session::{ChargeItem, packed},
    station::Head,
    text,
    transaction::Change,
};
use crate::domain::{
    account::{AccountId, Realm},
    charging::{Bill, DetailRecord, DriverId, Fact, Moment, Number, Ticket, Waiting},
    reason::Failure,
    session::LiveCharge,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why the writes of a turn were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TurnRefused {
    /// Somebody else wrote the station first.
    Raced,
    /// This key of the driver has an answer already.
    Answered,
    /// The driver has another live request, or a bill in arrears, or is disabled.
    Driver,
    /// The driver's request is no longer as it was when it was read.
    Outdated,
    /// The plate has another live request.
    Plate,
}

/// One detail record as it is kept (详单). Rounded once, when it was closed; times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub record: u64,
    pub request: u64,
    /// The integer id of the pile, and its name in its station.
    pub pile: u64,
    pub pile_name: String,
    pub station: String,
    pub plate: String,
    pub start: i64,
    pub stop: i64,
    pub watt_hours: i64,
    /// Hundredths of a kWh: rounding watt-hours a second time would show another amount.
    pub shown_energy: i64,
    pub charging: i64,
    pub service: i64,
    pub total: i64,
}

/// One bill as it was issued (账单). It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IssuedBill {
    pub request: u64,
    pub plate: String,
    pub station: String,
    pub records: u16,
    pub watt_hours: i64,
    pub charging: i64,
    pub service: i64,
    pub total: i64,
    pub ended: i64,
    pub due: i64,
}

/// The first answer to an `Idempotency-Key`, and what was asked then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FirstAnswer {
    pub asked: String,
    pub number: Number,
    pub ttl: i64,
}

#[derive(Serialize)]
struct PlateCharge {
    request: u64,
}

impl Store {
    /// AP-18: the newest detail records of a driver.
    pub(crate) async fn records(&self, account: &AccountId, limit: i32) -> Result<Vec<Record>, Failure> {
        let request = self.client.query().table_name(&self.table).scan_index_forward(false).limit(limit);
        let request = request.key_condition_expression("#pk = :pk AND begins_with(#sk, :record)");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":pk", text(Key::ev_account(account)));
        let request = request.expression_attribute_values(":record", text(RECORD));
        let answer = request.send().await.map_err(fault)?;
        answer.items.unwrap_or_default().into_iter().map(read).collect()
    }

    /// AP-19: the first answer to a key, where there is one that still counts.
    pub(crate) async fn first_answer(
        &self,
        account: &AccountId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<FirstAnswer>, Failure> {
        let key = Key::first_answer(account, key);
        let answer: Option<FirstAnswer> = self.get(&key, super::Consistency::Strong).await?;
        Ok(answer.filter(|answer| now.as_second() < answer.ttl))
    }
}

impl Transaction<'_, TurnRefused> {
    /// AP-20: keeps the answer to a key, unless it has one.
    pub(crate) fn keep_answer(self, account: &AccountId, key: &str, answer: &FirstAnswer, now: Timestamp) -> Self {
        self.put_unless_alive(&Key::first_answer(account, key), answer, now.as_second(), TurnRefused::Answered)
    }

    /// AP-17: everything that a turn's facts leave behind, one write per item. `head` is the station after the turn;
    /// its count of records goes up by those that are written here. `before` is the request that was to be changed, as it
    /// was read.
    pub(crate) fn write_facts(
        mut self,
        head: &mut Head,
        facts: &[Fact],
        before: Option<&LiveCharge>,
        now: Timestamp,
    ) -> Self {
        let effects = Effects::of(facts);
        for record in &effects.records {
            head.records += 1;
            let item = Record::of(head, record);
            self = self.put_over(&Key::record(&account(record.ticket.driver), item.stop, item.record), &item);
        }
        for (ticket, bill, ended) in &effects.bills {
            let item = IssuedBill::of(head, ticket, bill, *ended);
            self = self.put_over(&Key::bill(&account(ticket.driver), item.ended, item.request), &item);
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
            self = self.change_driver(head, *driver, change, before, now);
        }
        self
    }

    fn change_plate(self, plate: &str, change: &PlateChange) -> Self {
        let key = Key::plate_charge(plate);
        match (change.freed, change.taken) {
            // Only the station that is being written can free it, so what it frees it may also hand on.
            (true, Some(request)) => self.put_over(&key, &PlateCharge { request: request.0 }),
            (false, Some(request)) => self.put_new(&key, &PlateCharge { request: request.0 }, TurnRefused::Plate),
            (_, None) => self.delete(&key),
        }
    }

    fn change_driver(
        self,
        head: &Head,
        driver: DriverId,
        change: &DriverChange,
        before: Option<&LiveCharge>,
        now: Timestamp,
    ) -> Self {
        let key = Key::sessions(Realm::Ev, &account(driver));
        let (mut sets, mut names, mut values, mut condition) = (Vec::new(), vec![], vec![], None);
        let (mut removes, mut refusal) = ("", TurnRefused::Driver);
        match &change.now {
            Some(DriverNow::Joined(car)) => {
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
                // What a driver owes is looked at again here, because a bill may fall due while the driver applies.
                let mut paid = "";
                if head.station.settings().arrears_may_not_join {
                    values.push((":now", number(now.as_millisecond())));
                    names.push(("#owed", "owed".into()));
                    paid = " AND (attribute_not_exists(#owed) OR #owed >= :now)";
                }
                condition = Some(format!("{free} AND #enabled = :yes{paid}"));
            }
            Some(DriverNow::Changed(car)) => {
                sets.push("#charge = :charge");
                values.push((":charge", live(head, car)));
                names.push(("#charge", "charge".into()));
                if let Some(before) = before {
                    condition = Some("#charge.#car = :before".to_owned());
                    names.push(("#car", "car".into()));
                    values.push((":before", attribute(packed(&before.car))));
                    refusal = TurnRefused::Outdated;
                }
            }
            None if change.ended.is_some() => {
                removes = " REMOVE #charge";
                names.push(("#charge", "charge".into()));
            }
            None => {}
        }
        if let Some(due) = change.bill_due {
            // The oldest unpaid bill counts, and bills fall due in the order in which they are issued.
            sets.push("#owed = if_not_exists(#owed, :due)");
            values.push((":due", number(due.ceil().floor_millis())));
            if names.iter().all(|(name, _): &(&str, String)| *name != "#owed") {
                names.push(("#owed", "owed".into()));
            }
        }
        let set = if sets.is_empty() { String::new() } else { format!("SET {}", sets.join(", ")) };
        let update = format!("{set}{removes}").trim().to_owned();
        self.update(&key, Change { update, condition, names, values }, Some(refusal))
    }
}

fn account(driver: DriverId) -> AccountId {
    AccountId::known(driver.0.to_string())
}

fn live(head: &Head, car: &Waiting) -> AttributeValue {
    attribute(ChargeItem::new(&head.id, car))
}

fn attribute(value: impl Serialize) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).unwrap_or(AttributeValue::Null(true))
}

impl Record {
    fn of(head: &Head, record: &DetailRecord) -> Self {
        Self {
            record: head.number.id(head.records),
            request: record.ticket.request.0,
            pile: head.number.pile_id(record.pile),
            pile_name: record.pile.to_string(),
            station: head.id.as_str().to_owned(),
            plate: record.ticket.plate.clone().into(),
            start: record.start.floor_millis(),
            stop: record.stop.floor_millis(),
            watt_hours: whole(record.energy.watt_hours()),
            shown_energy: whole(record.energy.hundredths_of_kwh()),
            charging: record.charging.0,
            service: record.service.0,
            total: record.total.0,
        }
    }
}

impl IssuedBill {
    fn of(head: &Head, ticket: &Ticket, bill: &Bill, ended: Moment) -> Self {
        Self {
            request: bill.request.0,
            plate: ticket.plate.clone().into(),
            station: head.id.as_str().to_owned(),
            records: bill.records,
            watt_hours: whole(bill.energy.watt_hours()),
            charging: bill.charging.0,
            service: bill.service.0,
            total: bill.total.0,
            ended: ended.floor_millis(),
            due: bill.due.ceil().floor_millis(),
        }
    }
}

/// Amounts of energy are far below what an `i64` holds.
fn whole(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
