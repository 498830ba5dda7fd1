//! Detail records and first answers as they are kept: AP-18, AP-19.

use super::{
    Consistency, Key, Store, fault,
    keys::{PK, RECORD, SK},
    read,
    station::Head,
    text,
};
use crate::domain::{
    account::AccountId,
    charging::{DetailRecord, Number},
    reason::Failure,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// The first answer to an `Idempotency-Key`, and what was asked then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FirstAnswer {
    pub asked: String,
    pub number: Number,
    pub ttl: i64,
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
        let answer: Option<FirstAnswer> = self.get(&key, Consistency::Strong).await?;
        Ok(answer.filter(|answer| now.as_second() < answer.ttl))
    }
}

impl Record {
    pub(super) fn of(head: &Head, record: &DetailRecord) -> Self {
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

/// Amounts of energy are far below what an `i64` holds.
pub(super) fn whole(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
