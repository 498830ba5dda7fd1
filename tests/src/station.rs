//! A station with drivers, as the charging app and the queue see it.

use crate::{
    answer::Answer,
    plaza::{PASSWORD, Plaza, STATION, TestDriver},
    request::{get, post},
};
use charging_scheduler::{Answer as Scheduled, Event};
use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::{
    domain::{
        charging::{Draft, PileId, Settings},
        origin::Origin,
        place::StationPlace,
        reason::Failure,
        shop::{GroupId, Shop, ShopId},
        station_id::StationId,
    },
    outside::queue::LARGEST_BATCH,
    service::{actor::Actor, charging::Switch, shop::ShopSettings},
};

impl Plaza {
    /// Makes the default station with settings that differ from the defaults as `change` says.
    pub async fn station(&self, change: impl FnOnce(&mut Draft)) {
        let mut draft = Draft::default();
        change(&mut draft);
        let settings = draft.check().unwrap();
        self.station_named(STATION, &settings).await;
    }

    pub async fn station_named(&self, name: &str, settings: &Settings) {
        let id = StationId::parse(name).unwrap();
        let (random, origin, now) = (self.random(), Origin::default(), self.watch.clock().now());
        let actor = Actor { who: None, origin: &origin, random: &random, now };
        assert_eq!(self.charging.create_station(&id, settings, &StationPlace::default(), &actor).await, Ok(true));
    }

    /// Names a group of shops as an operator does.
    pub async fn name_group(&self, group: &GroupId, name: &str) {
        let (random, origin, now) = (self.random(), Origin::default(), self.watch.clock().now());
        let actor = Actor { who: None, origin: &origin, random: &random, now };
        self.directory.name_group(group, name, &actor).await.unwrap();
    }

    /// Makes or changes a shop as an operator does.
    pub async fn save_shop(&self, shop: &ShopId, settings: &ShopSettings) -> Result<Shop, Failure> {
        let (random, origin, now) = (self.random(), Origin::default(), self.watch.clock().now());
        let actor = Actor { who: None, origin: &origin, random: &random, now };
        self.directory.save(shop, settings, &actor).await
    }

    /// Switches a pile as an operator does.
    pub async fn switch(&self, station: &StationId, pile: PileId, switch: Switch) {
        let (random, origin, now) = (self.random(), Origin::default(), self.watch.clock().now());
        let actor = Actor { who: None, origin: &origin, random: &random, now };
        self.charging.switch_pile(station, pile, switch, &actor).await.unwrap();
    }

    /// Registers a driver with a plate.
    pub async fn driver_of(&self, name: &str, plate: &str) -> TestDriver {
        let fields = [("username", name), ("password", PASSWORD), ("email", "d@163.com"), ("license_plate", plate)];
        let token = self.ev_account(post("/u/register").form(&fields)).await.token();
        let id = crate::keys::look_into(&token).1["sub"].as_str().unwrap().to_owned();
        TestDriver { name: name.to_owned(), token, id }
    }

    /// As the charging app sends it: the token in the query, the order as form-data.
    pub async fn apply(&self, driver: &TestDriver, mode: &str, quantity: &str) -> Answer {
        let target = format!("/user/charge/apply?token={}", driver.token);
        self.ev_charging(post(&target).multipart(&[("mode", mode), ("quantity", quantity)])).await
    }

    /// Applies and gives the number.
    pub async fn joined(&self, driver: &TestDriver, mode: &str, quantity: &str) -> String {
        let answer = self.apply(driver, mode, quantity).await;
        answer.json()["data"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    }

    pub async fn modify(&self, driver: &TestDriver, fields: &[(&str, &str)]) -> Answer {
        self.ev_charging(post(&format!("/user/charge/modify?token={}", driver.token)).multipart(fields)).await
    }

    pub async fn cancel(&self, driver: &TestDriver) -> Answer {
        self.ev_charging(post(&format!("/user/charge/cancel?token={}", driver.token))).await
    }

    pub async fn info(&self, driver: &TestDriver) -> Answer {
        self.ev_charging(get(&format!("/user/charge/info?token={}", driver.token))).await
    }

    pub async fn log(&self, driver: &TestDriver) -> Value {
        let answer = self.ev_charging(get(&format!("/user/log/get?token={}", driver.token))).await;
        answer.json()["log"].clone()
    }

    /// Delivers the hints that are in the queue, as one batch.
    pub async fn deliver(&self) -> Value {
        let hints = std::mem::take(&mut *self.hints.lock().unwrap());
        let records = hints
            .iter()
            .enumerate()
            .map(|(n, hint)| json!({"messageId": format!("m{n}"), "body": serde_json::to_string(hint).unwrap()}));
        self.wake(json!({"Records": records.collect::<Vec<_>>()})).await
    }

    /// So many consumers at the same time take batches until the queue is empty, as the event source mapping has it.
    pub async fn consume(&self, consumers: usize) {
        let consumer = async || {
            loop {
                let batch: Vec<_> = {
                    let mut hints = self.hints.lock().unwrap();
                    let most = hints.len().min(LARGEST_BATCH);
                    hints.drain(..most).collect()
                };
                if batch.is_empty() {
                    return;
                }
                let body = |hint| json!({"messageId": "m", "body": serde_json::to_string(&hint).unwrap()});
                let records: Vec<_> = batch.into_iter().map(body).collect();
                assert_eq!(self.wake(json!({"Records": records})).await, json!({"batchItemFailures": []}));
            }
        };
        join_all((0..consumers).map(|_| consumer())).await;
    }

    /// What the schedule does each minute.
    pub async fn sweep(&self) -> Value {
        self.wake(json!({"sweep": true})).await
    }

    /// Hands an event to the scheduler and gives its answer.
    pub async fn wake(&self, event: Value) -> Value {
        let event: Event = serde_json::from_value(event).unwrap();
        let answer: Scheduled = self.scheduler.handle(event).await.unwrap();
        serde_json::to_value(answer).unwrap()
    }
}
