//! Why people are refused, against what is known outside: who is told no could not have been told yes at any moment of the
//! call, and for this very reason. And who is told yes owes nothing that is overdue, and comes with an own vehicle.

use super::{
    Invariant, Violation,
    house::House,
    meter::narrow,
    operations::{Op, Order},
    reference::{self, Reference},
    world::World,
};
use shared::domain::charging::Waiting;

/// A bill as it should be.
pub struct Owed {
    pub driver: usize,
    pub request: u64,
    pub due: i64,
    pub fen: i64,
}

impl House {
    /// The bills of those who have left by then.
    pub fn bills(&self, then: &Reference) -> Vec<Owed> {
        let bill = |(request, car): (&u64, &usize)| {
            let (_, left) = then.left.iter().find(|(other, _)| other == car)?;
            let segments = then.segments.iter().filter(|segment| segment.0 == *car);
            let fees = segments.map(|(_, mode, _, start, stop)| self.outside.fees(then, *mode, *start, *stop));
            let fees: Vec<i64> = fees.map(|[charging, service]| charging + service).collect();
            let ended = self.outside.start() + narrow((left + then.per_milli() - 1).div_euclid(then.per_milli()));
            let due = ended + i64::from(self.settings.payment_due_hours) * 3_600_000;
            let bill = Owed { driver: self.driver_of[*car], request: *request, due, fen: fees.iter().sum() };
            (!fees.is_empty()).then_some(bill)
        };
        self.outside.cars.iter().filter_map(bill).collect()
    }
}

impl World {
    pub fn check_vehicle(&self, order: &Order, car: &Waiting) -> Result<(), Violation> {
        let plates = &self.people.drivers[order.driver].plates;
        let wanted = order.plate.as_ref().or(plates.first()).cloned().unwrap_or_default();
        if *car.ticket.plate != *wanted || !(wanted.is_empty() || plates.contains(&wanted)) {
            return Violation::of(Invariant::OneRequest, format!("{order:?} has got {:?}", car.ticket.plate));
        }
        Ok(())
    }

    /// No driver with an overdue bill may join, where the settings say so: neither with a bill that has been written nor with
    /// one that this very write brings, with which the station has come up to `millis`.
    pub fn check_paid(&self, by: usize, house: usize, driver: usize, millis: i64) -> Result<(), Violation> {
        if !self.houses[house].settings.arrears_may_not_join {
            return Ok(());
        }
        let now = self.doings[by].now;
        for (n, one) in self.houses.iter().enumerate() {
            let until = if n == house { millis } else { one.settled.floor_millis() };
            let then = one.outside.at(&one.outside.reference, until);
            let overdue = |bill: &Owed| bill.driver == driver && bill.fen > 0 && bill.due < now;
            if let Some(Owed { request, due, .. }) = one.bills(&then).into_iter().find(overdue) {
                return Violation::of(
                    Invariant::ArrearsKnown,
                    format!("#{by} joined at {now}, and {request} was due at {due}"),
                );
            }
        }
        Ok(())
    }

    pub fn check_refusal(&self, n: usize, why: &str) -> Result<(), Violation> {
        let doing = &self.doings[n];
        let is_true = match &doing.op {
            Op::Apply(order) => self.may_refuse(n, order, why),
            Op::Modify { driver, mode, watt_hours } => {
                let change = |car| reference::Order::Change {
                    car,
                    mode: *mode,
                    millijoules: watt_hours.map(|it| i128::from(it) * 3_600_000),
                };
                let said = self.said(n, *driver, change);
                if why == "当前没有充电请求" {
                    said.contains(&"ignored:no_live_request")
                } else if why.starts_with("该充电站没有") {
                    said.contains(&"rejected:no_piles")
                } else {
                    why.contains("不能修改") && said.contains(&"rejected:change_not_allowed")
                }
            }
            Op::Cancel { driver } => {
                let said = self.said(n, *driver, |car| reference::Order::Cancel { car });
                why == "当前没有充电请求" && said.contains(&"ignored:no_live_request")
            }
            Op::Fail { house, mode, pile, .. } => {
                let down = |then: &Reference| then.piles[*mode][*pile].down;
                why == "充电桩已处于故障状态" && self.moments(n, *house).iter().any(down)
            }
            Op::Recover { house, mode, pile } => {
                let up = |then: &Reference| !then.piles[*mode][*pile].down;
                why == "充电桩已处于正常状态" && self.moments(n, *house).iter().any(up)
            }
            Op::Info { .. } | Op::Fees { .. } | Op::Deliver(_) | Op::Sweep => false,
        };
        if is_true {
            Ok(())
        } else {
            Violation::of(Invariant::Model, format!("#{n} was told {why:?}, which was never true"))
        }
    }

    fn may_refuse(&self, n: usize, order: &Order, why: &str) -> bool {
        let Order { driver, house, plate, key, .. } = order;
        let plates = &self.people.drivers[*driver].plates;
        match why {
            "等候区已满，请稍后再来" => {
                let full = |then: &Reference| then.waiting.iter().flatten().count() >= then.layout.waiting;
                self.moments(n, *house).iter().any(full)
            }
            "该充电站没有快充桩，请改选慢充" | "该充电站没有慢充桩，请改选快充" => {
                self.houses[*house].outside.reference.layout.piles[order.mode] == 0
            }
            "有逾期未支付的账单，请先补缴" => {
                let house = &self.houses[*house];
                let now = self.doings[n].now.max(house.settled.ceil().floor_millis());
                let overdue = |bill: &Owed| bill.driver == *driver && bill.fen > 0 && bill.due < now;
                house.settings.arrears_may_not_join
                    && self
                        .houses
                        .iter()
                        .enumerate()
                        .any(|(other, it)| self.moments(n, other).iter().any(|then| it.bills(then).iter().any(overdue)))
            }
            "已有进行中的充电请求" => {
                let wanted = plate.as_ref().or(plates.first());
                // No two drivers really share a plate; where they do, it is free when its station has been written.
                let has_it = |other: &usize| {
                    let held = self.lives[*other].iter().any(Option::is_some);
                    held && wanted.is_some_and(|it| self.people.drivers[*other].plates.contains(it))
                };
                let others = (0..self.live.len()).filter(|other| other != driver);
                self.was_live(n, *driver) || others.into_iter().any(|other| has_it(&other))
            }
            "车牌号未绑定到本账户" => plate.as_ref().is_some_and(|plate| !plates.contains(plate)),
            "Idempotency-Key 已用于内容不同的请求" => {
                let first = key.as_ref().and_then(|key| self.answers.get(&(*driver, key.clone())));
                first.is_some_and(|(asked, _)| asked != order)
            }
            _ => false,
        }
    }

    /// A station at each moment of a call.
    fn moments(&self, n: usize, house: usize) -> Vec<Reference> {
        let house = &self.houses[house];
        let at = |(then, settled): &(Reference, i64)| house.outside.at(then, self.doings[n].now.max(*settled));
        house.moments.iter().map(at).collect()
    }

    fn was_live(&self, n: usize, driver: usize) -> bool {
        self.lives[driver].iter().flatten().any(|live| {
            let car = self.houses[live.house].outside.cars[&live.request];
            self.moments(n, live.house).iter().any(|then| then.cars.contains_key(&car))
        })
    }

    /// What the rules would have said about the driver's request at each moment of a call.
    fn said(&self, n: usize, driver: usize, order: impl Fn(usize) -> reference::Order) -> Vec<&'static str> {
        let mut said = Vec::new();
        for live in &self.lives[driver] {
            let Some(live) = live else {
                said.push("ignored:no_live_request");
                continue;
            };
            let house = &self.houses[live.house];
            let car = house.outside.cars[&live.request];
            for mut then in self.moments(n, live.house) {
                let now = then.now.div_euclid(then.per_milli());
                said.push(then.play(now, Some(order(car))));
            }
        }
        said
    }
}
