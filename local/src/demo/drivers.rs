//! Drivers who come, ask for a charge, and pay; and the stations to which they come.

use crate::{Result, over_http::Api};
use serde_json::{Value, json};

/// As many as one address may register in an hour, less a few.
const COUNT: usize = 26;
const PASSWORD: &str = "a long enough phrase";
const PROVINCES: [&str; 8] = ["京", "沪", "粤", "浙", "苏", "皖", "川", "渝"];

/// Stations: name, fast piles, slow piles, places to wait, and how many of ten drivers go there.
const STATIONS: [(&str, u32, u32, u32, usize); 4] =
    [("S1", 2, 3, 12, 7), ("S2", 2, 2, 6, 1), ("EAST-GATE", 2, 4, 8, 1), ("RIVERSIDE", 1, 2, 4, 1)];

pub struct Drivers {
    api: Api,
    tokens: Vec<String>,
    dice: u64,
}

impl Drivers {
    pub fn register(api: &str, admin: &str) -> Result<Self> {
        let mut drivers = Self { api: Api::new(api, admin), tokens: Vec::new(), dice: 2026 };
        for (name, fast, slow, waiting, _) in STATIONS {
            let settings = json!({ "fast_piles": fast, "slow_piles": slow, "waiting_area_N": waiting });
            let path = format!("/operator/stations/{name}");
            // The first station is there already; it gets the same settings.
            if drivers.api.put(&path, &json!({ "settings": settings }))?.done().is_err() {
                drivers.api.put(&format!("{path}/settings"), &json!({ "settings": settings }))?.done()?;
            }
        }
        for n in 0..COUNT {
            let token = drivers.register_one(n)?;
            drivers.tokens.push(token);
        }
        Ok(drivers)
    }

    fn register_one(&mut self, n: usize) -> Result<String> {
        let name = format!("driver-{n}");
        let province = PROVINCES.get(n % PROVINCES.len()).copied().unwrap_or_default();
        let plate = format!("{province}A{:05}", 10_007 + n * 3_181);
        let email = format!("{name}@example.com");
        let account = [("username", name.as_str()), ("email", &email), ("password", PASSWORD)];
        let car = [("license_plate", plate.as_str()), ("battery_capcity", "80")];
        self.api.form("/u/register", None, &[account.as_slice(), car.as_slice()].concat())?.done()?;
        let signed_in = self.api.form("/u/login", None, &[("username", &name), ("password", PASSWORD)])?.done()?;
        Ok(signed_in["token"].as_str().unwrap_or_default().to_owned())
    }

    /// A pile of the first station fails for a while.
    pub fn fail_a_pile(&self) -> Result<()> {
        let body = json!({ "state": "failed", "minutes": 45 });
        self.api.put("/operator/stations/S1/piles/T3", &body)?.done().map(drop)
    }

    /// A driver asks for a charge, or pays what is owed. A refusal, such as a full station, is part of the day.
    pub fn act_once(&mut self) -> Result<()> {
        let n = self.below(self.tokens.len());
        let Some(token) = self.tokens.get(n).cloned() else { return Ok(()) };
        if self.below(5) == 0 { self.pay(&token) } else { self.apply(&token) }
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap_or(0) % most.max(1)
    }

    fn apply(&mut self, token: &str) -> Result<()> {
        let (mode, least, spread) = if self.below(10) < 6 { ("fast", 12, 36) } else { ("slow", 5, 12) };
        let quantity = (least + self.below(spread)).to_string();
        let station = self.station();
        let fields = [("mode", mode), ("quantity", quantity.as_str()), ("station_id", station)];
        self.api.form("/user/charge/apply", Some(token), &fields).map(drop)
    }

    fn station(&mut self) -> &'static str {
        let mut drawn = self.below(10);
        for (name, .., share) in STATIONS {
            if drawn < share {
                return name;
            }
            drawn -= share;
        }
        "S1"
    }

    /// Nine of ten bills are paid.
    fn pay(&mut self, token: &str) -> Result<()> {
        let bills = self.api.get("/user/bills", token)?;
        for bill in bills["data"].as_array().into_iter().flatten() {
            let is_open = bill["state"] != "paid";
            if let Some(id) = id(&bill["id"]).filter(|_| is_open && self.below(10) > 0) {
                self.api.form("/user/bill/pay", Some(token), &[("bill_id", &id)])?;
            }
        }
        Ok(())
    }
}

fn id(value: &Value) -> Option<String> {
    value.as_str().map(ToOwned::to_owned).or_else(|| value.as_u64().map(|id| id.to_string()))
}
