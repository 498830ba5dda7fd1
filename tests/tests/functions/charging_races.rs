//! Many at once, and very late: drivers who race for one station, and a scheduler that was away for a day.

use futures_util::future::join_all;
use jiff::SignedDuration;
use local::scenario::StationInMemory;
use shared::domain::{
    charging::{DAY, DriverId, Fact, Mode, Moment, Settings, Span, Station, What},
    energy::Energy,
};
use std::collections::{BTreeMap, BTreeSet};
use tests::{
    answer::Answer,
    database::Fate,
    plaza::{Plaza, TestDriver},
    request::post,
    soundness::Money,
};

async fn plaza(waiting_places: u32) -> Plaza {
    let plaza = Plaza::open();
    plaza.station(|it| it.waiting_places = waiting_places).await;
    plaza
}

async fn drivers(plaza: &Plaza, count: usize) -> Vec<TestDriver> {
    let mut drivers = Vec::new();
    for n in 0..count {
        drivers.push(plaza.driver_of(&format!("driver-{n:03}"), &format!("皖A{n:05}")).await);
    }
    drivers
}

fn number(answer: &Answer) -> Option<String> {
    answer.json()["data"].as_str().map(str::to_owned)
}

fn assert_consecutive(numbers: &BTreeSet<String>) {
    let expected: BTreeSet<_> = (1..=numbers.len()).map(|n| format!("F{n}")).collect();
    assert_eq!(*numbers, expected);
}

#[tokio::test]
async fn of_many_who_race_each_gets_a_number_of_its_own_or_is_told_to_come_back() {
    let plaza = plaza(100).await;
    let mut left = drivers(&plaza, 24).await;
    let mut numbers = BTreeSet::new();
    let mut rounds = 0;
    while !left.is_empty() {
        let answers = join_all(left.iter().map(|driver| plaza.apply(driver, "fast", "15"))).await;
        let mut again = Vec::new();
        for (driver, answer) in left.into_iter().zip(answers) {
            if let Some(number) = number(&answer) {
                assert!(numbers.insert(number.clone()), "{number} was given twice");
            } else {
                assert_eq!(answer.status, 429, "{}", answer.text());
                assert!(answer.header("retry-after").is_some());
                again.push(driver);
            }
        }
        assert_consecutive(&numbers);
        left = again;
        rounds += 1;
        assert!(rounds <= 24, "each round has a winner");
    }
    plaza.deliver().await;
    let found = plaza.assert_sound("after the race").await;
    assert_eq!((found.live.len(), found.numbers), (24, 24));
}

#[tokio::test]
async fn the_last_place_goes_to_one_of_many() {
    let plaza = plaza(1).await;
    // No car is called, because the scheduler does not run and no later order finds a place.
    let all = drivers(&plaza, 6).await;
    let answers = join_all(all.iter().map(|driver| plaza.apply(driver, "fast", "15"))).await;
    let won = answers.iter().filter(|answer| number(answer).is_some()).count();
    // The next writer calls the car before at the instant of that car's request.
    assert!(won >= 1);
    plaza.sweep().await;
    let found = plaza.assert_sound("after the race").await;
    assert_eq!(found.live.len(), won);
}

#[tokio::test]
async fn of_two_orders_of_one_driver_at_once_one_is_taken() {
    let plaza = plaza(10).await;
    let driver = plaza.driver_of("one", "皖A00001").await;
    let (one, two) = tokio::join!(plaza.apply(&driver, "fast", "15"), plaza.apply(&driver, "slow", "7"));
    let taken: Vec<_> = [&one, &two].into_iter().filter_map(number).collect();
    assert_eq!(taken.len(), 1, "{} {}", one.text(), two.text());
    let refused = if number(&one).is_some() { two } else { one };
    assert!(refused.status == 429 || refused.json()["msg"] == "已有进行中的充电请求", "{}", refused.text());
    let found = plaza.assert_sound("after both").await;
    assert_eq!((found.live.len(), found.numbers), (1, 1));
}

#[tokio::test]
async fn cancelling_finds_the_car_though_it_changes_its_mode_meanwhile() {
    let plaza = plaza(10).await;
    let driver = plaza.driver_of("one", "皖A00001").await;
    plaza.joined(&driver, "fast", "15").await;
    let slow = [("mode", "slow")];
    let (changed, cancelled) = tokio::join!(plaza.modify(&driver, &slow), plaza.cancel(&driver));
    assert_eq!(cancelled.json()["code"], 200, "{} {}", changed.text(), cancelled.text());
    let found = plaza.assert_sound("after both").await;
    assert_eq!((found.live.len(), found.bills.len()), (0, 0));
}

#[tokio::test]
async fn the_same_key_twice_at_once_gives_one_answer() {
    let plaza = plaza(10).await;
    let driver = plaza.driver("one").await;
    let order = || {
        let order = post("/user/charge/apply").bearer(&driver.token).header("Idempotency-Key", "k-1");
        plaza.ev_charging(order.form(&[("mode", "fast"), ("quantity", "15")]))
    };
    let (one, two) = tokio::join!(order(), order());
    assert_eq!((number(&one), one.whole()), (Some("F1".to_owned()), two.whole()));
}

#[tokio::test]
async fn who_has_finished_elsewhere_may_apply_before_anybody_noticed() {
    let plaza = plaza(10).await;
    plaza.station_named("S2", &Settings::default()).await;
    let driver = plaza.driver_of("one", "皖A00001").await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    let order = || {
        let fields = [("mode", "fast"), ("quantity", "15"), ("station_id", "S2")];
        plaza.ev_charging(post("/user/charge/apply").bearer(&driver.token).form(&fields))
    };
    assert_eq!(order().await.json()["msg"], "已有进行中的充电请求");
    plaza.watch.advance(SignedDuration::from_mins(31));
    assert_eq!(number(&order().await).as_deref(), Some("F1"));
    assert_eq!(plaza.log(&driver).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_has_finished_may_apply_though_it_is_noticed_in_the_middle_of_the_call() {
    let plaza = plaza(10).await;
    let driver = plaza.driver_of("one", "皖A00001").await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    let account = format!("ACCOUNT#ev#{}", driver.id);
    plaza.watch.advance(SignedDuration::from_mins(31));
    let before = plaza.database.item(&account, "SESSIONS").unwrap();
    plaza.sweep().await;
    let mut after = plaza.database.item(&account, "SESSIONS");
    assert!(before.get("charge").is_some() && after.as_ref().unwrap().get("charge").is_none());
    // The session is read before the scheduler writes, the station after it.
    plaza.database.put(&before);
    let database = plaza.database.clone();
    plaza.database.follow(move |call| {
        if call.touches("STATION#S1") {
            after.take().iter().for_each(|record| database.put(record));
        }
        Fate::Apply
    });
    assert_eq!(number(&plaza.apply(&driver, "fast", "15").await).as_deref(), Some("F2"));
    plaza.database.heal();
    assert_eq!(plaza.apply(&driver, "fast", "15").await.json()["msg"], "已有进行中的充电请求");
    plaza.assert_sound("after both").await;
}

/// The same history in memory, where nothing is late: what each driver is billed.
fn pure_bills(settings: Settings, start: Moment, orders: &[(DriverId, Mode, u32, Moment)]) -> BTreeMap<u64, Money> {
    let mut desk = StationInMemory::new(Station::new(settings, start));
    let mut facts: Vec<Fact> = Vec::new();
    for (driver, mode, watt_hours, at) in orders {
        facts.extend(desk.apply(*at, *driver, "", *mode, Energy::from_watt_hours(*watt_hours)).1);
    }
    facts.extend(desk.settle(start + Span::from_millis(3 * DAY)));
    let mut bills = BTreeMap::new();
    for fact in facts {
        if let What::Ended { ticket, bill: Some(bill), .. } = fact.what {
            let money = Money {
                records: i64::from(bill.records),
                watt_hours: i64::try_from(bill.energy.watt_hours()).unwrap(),
                charging: bill.charging.0,
                service: bill.service.0,
                total: bill.total.0,
            };
            assert!(bills.insert(ticket.driver.0, money).is_none());
        }
    }
    bills
}

#[tokio::test]
async fn a_scheduler_that_was_away_for_days_bills_each_car_as_if_it_had_been_there() {
    let plaza = plaza(60).await;
    let start = Moment::from_millis(plaza.watch.now().as_millisecond());
    let settings = {
        let mut draft = Settings::default().draft();
        draft.waiting_places = 60;
        draft.check().unwrap()
    };
    let mut orders = Vec::new();
    for (n, driver) in drivers(&plaza, 40).await.iter().enumerate() {
        let (mode, name) = if n % 3 == 0 { (Mode::Slow, "slow") } else { (Mode::Fast, "fast") };
        let watt_hours = 12_345 + 1_111 * u32::try_from(n).unwrap();
        let quantity = format!("{}.{:03}", watt_hours / 1000, watt_hours % 1000);
        plaza.joined(driver, name, &quantity).await;
        let at = Moment::from_millis(plaza.watch.now().as_millisecond());
        orders.push((DriverId(driver.id.parse().unwrap()), mode, watt_hours, at));
        plaza.watch.advance(SignedDuration::from_secs(20));
    }
    plaza.watch.advance(SignedDuration::from_hours(72));
    plaza.database.take_calls();
    plaza.sweep().await;
    let calls = plaza.database.take_calls();
    let writes = calls.iter().filter(|call| call.operation == "TransactWriteItems").count();
    assert!((4..=8).contains(&writes), "forty completions, twelve at a time: {writes}");

    let found = plaza.assert_sound("three days later").await;
    assert_eq!((found.live.len(), found.bills.len()), (0, 40));
    let mut expected: Vec<_> = pure_bills(settings, start, &orders).into_values().collect();
    let mut billed: Vec<_> = found.bills.into_values().collect();
    expected.sort_by_key(|money| (money.watt_hours, money.total));
    billed.sort_by_key(|money| (money.watt_hours, money.total));
    assert_eq!(billed, expected);
}
