//! Reports: what the day rows say is what the bills say, to the fen.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use std::collections::BTreeMap;
use tests::{
    answer::Answer,
    capacity::bill,
    plaza::Plaza,
    request::{Request, get},
};

async fn ask(plaza: &Plaza, query: &str) -> Answer {
    let auditor = plaza.token_of(Role::Auditor);
    plaza.operator(get(&format!("/operator/stations/S1/reports?{query}")).bearer(&auditor)).await
}

async fn rows(plaza: &Plaza, query: &str) -> Vec<Value> {
    let answer = ask(plaza, query).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["rows"].as_array().unwrap().clone()
}

/// Two days and nights with faults, cancels and cars that charge over midnight.
async fn played() -> Plaza {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles, it.waiting_places) = (2, 2, 20)).await;
    let admin = plaza.token_of(Role::Admin);
    let mut drivers = Vec::new();
    for n in 0..24_usize {
        let driver = plaza.driver(&format!("driver-{n:02}")).await;
        let quantity = format!("{}.{}", 5 + 7 * n % 31, n % 10);
        plaza.joined(&driver, if n % 3 == 0 { "slow" } else { "fast" }, &quantity).await;
        plaza.deliver().await;
        drivers.push(driver);
        plaza.watch.advance(SignedDuration::from_mins(40));
        plaza.sweep().await;
        if n % 6 == 5 {
            plaza.cancel(&drivers[n - 1]).await;
        }
        if n % 8 == 3 {
            let state = json!({"state": "failed", "minutes": 50});
            let pile = format!("/operator/stations/S1/piles/{}", if n % 16 == 3 { "F1" } else { "T1" });
            plaza.operator(Request::new(Method::PUT, &pile).bearer(&admin).json(&state)).await;
        }
    }
    plaza.watch.advance(SignedDuration::from_hours(24));
    plaza.sweep().await;
    plaza
}

fn fen(yuan: &Value) -> i64 {
    yuan.as_str().unwrap().replace('.', "").parse().unwrap()
}

fn thousandths(decimal: &Value) -> i64 {
    decimal.as_str().unwrap().replace('.', "").parse().unwrap()
}

fn number(value: &Value) -> i64 {
    value["N"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_days_of_a_report_equal_records_and_bills_to_the_fen() {
    let plaza = played().await;
    let found = plaza.assert_sound("after two days").await;
    assert!(found.live.is_empty() && found.bills.len() >= 20, "{} bills", found.bills.len());
    let days = rows(&plaza, "from=2026-06-01&to=2026-06-30").await;
    assert!(days.len() >= 2);

    // Day and pile of each record, as the driver's log has it, against the report.
    let mut by_pile: BTreeMap<(String, String), [i64; 5]> = BTreeMap::new();
    for record in plaza.database.under("ACCOUNT#ev#") {
        if !record["sk"]["S"].as_str().unwrap().starts_with("RECORD#") {
            continue;
        }
        let day = (number(&record["stop"]) + 8 * 3_600_000) / 86_400_000 - number(&json!({"N": "20605"}));
        let day = format!("2026-06-{:02}", day + 1);
        let sum = by_pile.entry((day, record["pile_name"]["S"].as_str().unwrap().to_owned())).or_default();
        let one = ["charging", "service", "total", "watt_hours"].map(|name| number(&record[name]));
        *sum = [sum[0] + 1, sum[1] + one[0], sum[2] + one[1], sum[3] + one[2], sum[4] + one[3]];
    }
    let mut shown = BTreeMap::new();
    for day in &days {
        for pile in day["piles"].as_array().unwrap() {
            let key = (day["from"].as_str().unwrap().to_owned(), pile["name"].as_str().unwrap().to_owned());
            let fees = ["charging_fee", "service_fee", "total_fee"].map(|name| fen(&pile[name]));
            let energy = thousandths(&pile["kwh"]);
            shown.insert(key, [pile["sessions"].as_i64().unwrap(), fees[0], fees[1], fees[2], energy]);
        }
    }
    assert_eq!(shown, by_pile);

    let sum = |rows: &[Value], name: &str| rows.iter().map(|row| fen(&row[name])).sum::<i64>();
    let of_bills = |part: fn(&tests::soundness::Money) -> i64| found.bills.values().map(part).sum::<i64>();
    assert_eq!(sum(&days, "charging_fee"), of_bills(|bill| bill.charging));
    assert_eq!(sum(&days, "service_fee"), of_bills(|bill| bill.service));
    assert_eq!(sum(&days, "total_fee"), of_bills(|bill| bill.total));
    for period in ["week", "month"] {
        let rows = rows(&plaza, &format!("period={period}&from=2026-06-01&to=2026-06-30")).await;
        assert_eq!(rows.len(), 1, "{period}");
        assert_eq!(sum(&rows, "total_fee"), of_bills(|bill| bill.total), "{period}");
    }

    let admin = plaza.token_of(Role::Admin);
    let live = plaza.operator(get("/operator/stations/S1").bearer(&admin)).await.json();
    let piles: Vec<_> = live["piles"].as_array().unwrap().iter().map(|pile| pile["totals"].clone()).collect();
    assert_eq!(sum(&piles, "total_fee"), of_bills(|bill| bill.total), "since the station was made");
}

#[tokio::test]
async fn the_peak_is_the_most_cars_that_waited_at_once_that_day() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles, it.lane_places) = (1, 1, 1)).await;
    for n in 0..5 {
        let driver = plaza.driver(&format!("driver-{n}")).await;
        plaza.joined(&driver, "fast", "150").await;
        plaza.deliver().await;
    }
    let peaks = |rows: Vec<Value>| -> Vec<(Value, Value)> {
        rows.iter().map(|row| (row["from"].clone(), row["peak_waiting"].clone())).collect()
    };
    let today = peaks(rows(&plaza, "from=2026-06-01").await);
    assert_eq!(today, [(json!("2026-06-01"), json!(4))], "before anybody has left");
    // Five hours each: one leaves at 13:30, 18:30, 23:30, 04:30 and 09:30.
    plaza.watch.advance(SignedDuration::from_hours(30));
    plaza.sweep().await;
    let days = peaks(rows(&plaza, "from=2026-06-01&to=2026-06-02").await);
    assert_eq!(
        days,
        [(json!("2026-06-01"), json!(4)), (json!("2026-06-02"), json!(1))],
        "who waits at midnight counts"
    );
}

#[tokio::test]
async fn a_report_is_read_by_spreadsheets_too() {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "30").await;
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_hours(2));
    plaza.sweep().await;
    let answer = ask(&plaza, "period=month&from=2026-06-01&to=2026-06-30&format=csv").await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"S1-month.csv\""));
    assert_eq!(
        answer.text(),
        "from,to,pile,sessions,hours,kwh,charging_fee,service_fee,total_fee,peak_waiting\r\n\
         2026-06-01,2026-06-30,F1,1,1.00,30.000,21.00,24.00,45.00,\r\n\
         2026-06-01,2026-06-30,,1,1.00,30.000,21.00,24.00,45.00,1\r\n"
    );
}

#[tokio::test]
async fn what_is_no_range_is_refused() {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    for query in [
        "",
        "from=2026-06-31",
        "from=2026-06-02&to=2026-06-01",
        "from=2026-01-01&to=2027-01-02",
        "from=2026-06-01&period=year",
        "from=2026-06-01&format=xls",
    ] {
        assert_eq!(ask(&plaza, query).await.status, 400, "{query}");
    }
    assert_eq!(rows(&plaza, "from=2026-01-01&to=2027-01-01").await, [Value::Null; 0]);
}

#[tokio::test]
async fn a_report_costs_what_its_days_cost_for_any_number_of_bills() {
    let plaza = played().await;
    let auditor = plaza.token_of(Role::Auditor);
    plaza.database.take_calls();
    let report = get("/operator/stations/S1/reports?period=month&from=2026-06-01&to=2026-06-30").bearer(&auditor);
    assert_eq!(plaza.operator(report).await.status, 200);
    assert_eq!(bill(&plaza.database.take_calls()), "GetItem 1 + GetItem 1 + Query 0.5");
}
