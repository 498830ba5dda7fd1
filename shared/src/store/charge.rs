//! Stored detail records and first answers.

use super::{
    Consistency, Key, Store, fault,
    keys::{PK, RECORD, SK},
    read,
    station::StationHead,
    text,
};
use crate::domain::{
    account::AccountId,
    charging::{DetailRecord, Number},
    reason::Failure,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A stored detail record (详单). It was rounded once, when it was closed; times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailRecordItem {
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
    /// Hundredths of a kWh. Rounding watt-hours a second time would show another amount.
    pub shown_energy: i64,
    pub charging: i64,
    pub service: i64,
    pub total: i64,
    /// The pile failed so early that the request was below the billed minimum when this segment ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub below_billing: bool,
}

/// The first answer to an `Idempotency-Key`, with the request it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FirstAnswer {
    pub asked: String,
    pub number: Number,
    pub ttl: i64,
}

impl Store {
    /// AP-52: the newest detail records of a driver, of requests that were billed or may still be billed.
    pub(crate) async fn records(&self, account: &AccountId, limit: usize) -> Result<Vec<DetailRecordItem>, Failure> {
        let (mut shown, mut from) = (Vec::new(), None);
        loop {
            let request = self.client.query().table_name(&self.table).scan_index_forward(false);
            let request = request.limit(i32::try_from(limit - shown.len()).unwrap_or(i32::MAX));
            let request = request.key_condition_expression("#pk = :pk AND begins_with(#sk, :record)");
            let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
            let request = request.expression_attribute_values(":pk", text(Key::ev_account(account)));
            let request = request.expression_attribute_values(":record", text(RECORD));
            let answer = request.set_exclusive_start_key(from).send().await.map_err(fault)?;
            for item in answer.items.unwrap_or_default() {
                let record: DetailRecordItem = read(item)?;
                // A driver has one live request at a time, so the records of a request are adjacent, the last one
                // first.
                let is_billed = |newer: &DetailRecordItem| newer.request == record.request;
                if !record.below_billing || shown.last().is_some_and(is_billed) {
                    shown.push(record);
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() || shown.len() >= limit {
                return Ok(shown);
            }
        }
    }

    /// AP-53: the first answer to a key, unless it has expired.
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

impl DetailRecordItem {
    pub(super) fn of(head: &StationHead, record: &DetailRecord) -> Self {
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
            below_billing: record.is_below_billing(),
        }
    }
}

/// No amount of energy comes near the limit of an `i64`.
pub(super) fn whole(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
