//! What people and machines do in a history, and what they hear.

use super::{
    meter::pile_name,
    post::{Message, event},
};
use crate::{
    answer::Answer,
    plaza::Plaza,
    request::{Request, get, post},
};
use http::Method;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    Apply(Order),
    Modify { driver: usize, mode: Option<usize>, watt_hours: Option<u32> },
    Cancel { driver: usize },
    Info { driver: usize },
    Fees { driver: usize },
    Fail { house: usize, mode: usize, pile: usize, minutes: Option<u32> },
    Recover { house: usize, mode: usize, pile: usize },
    Deliver(Vec<Message>),
    Sweep,
}

/// What a driver asks for when applying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub driver: usize,
    pub house: usize,
    pub mode: usize,
    pub watt_hours: u32,
    /// The vehicle that is named, if any.
    pub plate: Option<String>,
    pub key: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ClientAnswer {
    /// Killed while at work.
    Nothing,
    Done(String),
    Refused(String),
    /// Try again.
    Later(u16),
    Seen(Value),
    /// Messages that should come again.
    Failed(Vec<String>),
    Swept,
    Broken,
}

/// Who acts.
pub struct People {
    pub drivers: Vec<Driver>,
    pub admin: String,
}

pub struct Driver {
    pub token: String,
    pub account: u64,
    /// Of their vehicles, the first one first.
    pub plates: Vec<String>,
}

impl Op {
    /// An order with a key.
    pub fn keyed(&self) -> Option<&Order> {
        match self {
            Self::Apply(order) if order.key.is_some() => Some(order),
            _ => None,
        }
    }
}

pub const MODES: [&str; 2] = ["fast", "slow"];
pub const HOUSES: [&str; 2] = ["S1", "S2"];

pub async fn perform(plaza: &Plaza, people: &People, op: &Op) -> ClientAnswer {
    let token = |driver: &usize| people.drivers[*driver].token.as_str();
    match op {
        Op::Apply(Order { driver, house, mode, watt_hours, plate, key }) => {
            let amount = kwh(*watt_hours);
            let mut order = post("/user/charge/apply").bearer(token(driver));
            if let Some(key) = key {
                order = order.header("Idempotency-Key", key);
            }
            let mut fields = vec![("mode", MODES[*mode]), ("quantity", &amount), ("station_id", HOUSES[*house])];
            fields.extend(plate.as_deref().map(|plate| ("license_plate", plate)));
            heard(&plaza.ev_charging(order.form(&fields)).await)
        }
        Op::Modify { driver, mode, watt_hours } => {
            let amount = watt_hours.map(kwh);
            let mode = mode.map(|mode| ("mode", MODES[mode]));
            let fields: Vec<_> = mode.into_iter().chain(amount.as_deref().map(|amount| ("quantity", amount))).collect();
            heard(&plaza.ev_charging(post("/user/charge/modify").bearer(token(driver)).form(&fields)).await)
        }
        Op::Cancel { driver } => heard(&plaza.ev_charging(post("/user/charge/cancel").bearer(token(driver))).await),
        Op::Info { driver } => {
            let answer = plaza.ev_charging(get("/user/charge/info").bearer(token(driver))).await;
            match heard(&answer) {
                ClientAnswer::Done(_) => ClientAnswer::Seen(answer.json()["data"].clone()),
                heard => heard,
            }
        }
        Op::Fees { driver } => {
            let path = "/customer/customers/getVehicleFeeStats";
            let answer = plaza.ev_customer(get(path).bearer(token(driver))).await;
            match heard(&answer) {
                ClientAnswer::Done(_) => ClientAnswer::Seen(answer.json()["data"].clone()),
                heard => heard,
            }
        }
        Op::Fail { house, mode, pile, minutes } => {
            let body = minutes.map_or(json!({"state": "failed"}), |it| json!({"state": "failed", "minutes": it}));
            switch(plaza, people, (*house, *mode, *pile), &body).await
        }
        Op::Recover { house, mode, pile } => {
            switch(plaza, people, (*house, *mode, *pile), &json!({"state": "recovered"})).await
        }
        Op::Deliver(messages) => match plaza.scheduler.handle(serde_json::from_value(event(messages)).unwrap()).await {
            Ok(answer) => {
                let answer = serde_json::to_value(answer).unwrap();
                let failed = answer["batchItemFailures"].as_array().unwrap().iter();
                ClientAnswer::Failed(failed.map(|one| one["itemIdentifier"].as_str().unwrap().to_owned()).collect())
            }
            Err(_) => ClientAnswer::Broken,
        },
        Op::Sweep => match plaza.scheduler.handle(serde_json::from_value(json!({"sweep": true})).unwrap()).await {
            Ok(_) => ClientAnswer::Swept,
            Err(_) => ClientAnswer::Broken,
        },
    }
}

async fn switch(
    plaza: &Plaza,
    people: &People,
    (house, mode, pile): (usize, usize, usize),
    body: &Value,
) -> ClientAnswer {
    let path = format!("/operator/stations/{}/piles/{}", HOUSES[house], pile_name(mode, pile));
    heard(&plaza.operator(Request::new(Method::PUT, &path).bearer(&people.admin).json(body)).await)
}

fn heard(answer: &Answer) -> ClientAnswer {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match answer.status.as_u16() {
        later @ (429 | 500 | 503) => ClientAnswer::Later(later),
        200..300 if body["code"].is_null() || body["code"] == 200 => {
            ClientAnswer::Done(body["data"].as_str().unwrap_or_default().to_owned())
        }
        _ => ClientAnswer::Refused(body["msg"].as_str().or(body["message"].as_str()).unwrap_or_default().to_owned()),
    }
}

pub fn kwh(watt_hours: u32) -> String {
    format!("{}.{:03}", watt_hours / 1000, watt_hours % 1000)
}
