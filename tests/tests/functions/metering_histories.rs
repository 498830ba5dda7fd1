//! Random days of a metered station through the API and the tables: late, lost, repeated and reordered reports, cars that do not
//! come, strays, faults and operators. After every step one query shows for each pile that its register is accounted for.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::{account::Role, charging::PileId, station_id::StationId};
use tests::{
    plaza::{Plaza, STATION, TestDriver},
    request::Request,
};

const PILES: [&str; 2] = ["F1", "F2"];

/// A pile as it really is.
#[derive(Default)]
struct TruePile {
    id: u64,
    register: u64,
    session: Option<String>,
    seq: u64,
    kept: Vec<Value>,
}

struct Day {
    plaza: Plaza,
    random: fastrand::Rng,
    drivers: Vec<TestDriver>,
    piles: Vec<TruePile>,
    sessions: u64,
}

impl Day {
    async fn begin(seed: u64) -> Self {
        let plaza = Plaza::open();
        let ids = plaza.metered_station(|settings| settings.bill_above_order = seed % 2 == 1, PILES).await;
        let mut drivers = Vec::new();
        for n in 0..4 {
            drivers.push(plaza.driver_of(&format!("driver-{n}"), &format!("皖A0000{n}")).await);
        }
        let pile = |id| TruePile { id, register: 10_000, ..TruePile::default() };
        let piles = ids.into_iter().map(pile).collect();
        Self { plaza, random: fastrand::Rng::with_seed(seed), drivers, piles, sessions: 0 }
    }

    async fn step(&mut self) {
        let (driver, index) = (self.random.usize(..self.drivers.len()), self.random.usize(..self.piles.len()));
        match self.random.u8(..20) {
            0..4 => {
                self.plaza.watch.advance(SignedDuration::from_secs(self.random.i64(1..400)));
                self.plaza.sweep().await;
            }
            4..8 => drop(self.plaza.apply(&self.drivers[driver], "fast", "12").await),
            8 => drop(self.plaza.cancel(&self.drivers[driver]).await),
            9 => {
                let state = if self.random.bool() { "off" } else { "on" };
                let target = format!("/operator/stations/{STATION}/piles/{}", PILES[index]);
                let request = Request::new(Method::PUT, &target).bearer(&self.plaza.token_of(Role::Admin));
                self.plaza.operator(request.json(&json!({ "state": state }))).await;
            }
            10 => {
                let mut kept = std::mem::take(&mut self.piles[index].kept);
                self.random.shuffle(&mut kept);
                for report in kept {
                    self.send(index, &report).await;
                }
            }
            _ => self.act(index).await,
        }
        self.plaza.deliver().await;
    }

    async fn act(&mut self, index: usize) {
        let pile = &mut self.piles[index];
        let report = match (&pile.session, self.random.u8(..6)) {
            (None, _) => {
                self.sessions += 1;
                (pile.session, pile.seq) = (Some(format!("s{}", self.sessions)), 0);
                json!({ "event": "began" })
            }
            (Some(_), 0) => {
                let reason = ["full", "unplugged", "asked", "fault", "lost"][self.random.usize(..5)];
                json!({ "event": "stopped", "reason": reason })
            }
            (Some(_), _) => {
                pile.register += self.random.u64(..4_000);
                json!({ "event": "reading", "power_w": self.random.u32(..30_000) })
            }
        };
        let mut report = report;
        report["session"] = json!(pile.session);
        report["seq"] = json!(pile.seq);
        report["register_wh"] = json!(pile.register);
        report["at"] = json!(self.plaza.watch.now().to_string());
        pile.seq += 1;
        if report["event"] == "stopped" {
            pile.session = None;
        }
        match self.random.u8(..8) {
            0 => pile.kept.push(report),
            // It is lost.
            1 => {}
            2 => {
                self.send(index, &report).await;
                self.send(index, &report).await;
            }
            _ => self.send(index, &report).await,
        }
    }

    /// What comes too late may be refused; a failure of ours it never is.
    async fn send(&self, index: usize, report: &Value) {
        let answer = self.plaza.report(self.piles[index].id, report.clone()).await;
        assert!(answer.status.as_u16() < 500, "{report}: {}", answer.text());
    }

    async fn check(&self) {
        let station = StationId::parse(STATION).unwrap();
        for pile in PILES {
            let pile_id = PileId::parse(pile).unwrap();
            let account = self.plaza.charging.register_account(&station, pile_id, None).await.unwrap();
            assert!(account.is_complete, "{pile}: {account:?}");
        }
    }
}

#[tokio::test]
async fn every_register_is_accounted_for_whatever_piles_report() {
    for seed in 0..12 {
        let mut day = Day::begin(seed).await;
        for _ in 0..80 {
            day.step().await;
            day.check().await;
        }
    }
}
