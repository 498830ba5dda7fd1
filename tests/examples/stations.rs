//! Ten thousand stations at which a charge is over, in one process and in simulated time: one sweep and sixteen
//! consumers of its queue. `cargo run --release -p tests --example stations -- [STATIONS] [CONSUMERS]`.
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

use jiff::SignedDuration;
use shared::domain::charging::Settings;
use std::time::Instant;
use tests::{plaza::Plaza, request::post};

fn argument(n: usize, usual: usize) -> usize {
    std::env::args().nth(n).and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (stations, consumers) = (argument(1, 10_000), argument(2, 16));
    let (plaza, at) = (Plaza::open(), Instant::now());
    for n in 0..stations {
        let station = format!("station-{n:05}");
        plaza.station_named(&station, &Settings::default()).await;
        let driver = plaza.driver_of(&format!("driver-{n:05}"), &format!("皖A{n:05}")).await;
        let fields = [("mode", "fast"), ("quantity", "15"), ("station_id", station.as_str())];
        let order = post("/user/charge/apply").bearer(&driver.token).form(&fields);
        assert_eq!(plaza.ev_charging(order).await.json()["data"], "F1");
        plaza.database.take_calls();
    }
    plaza.consume(consumers).await;
    plaza.watch.advance(SignedDuration::from_mins(31));
    plaza.database.take_calls();
    println!("{stations} stations made in {:.1} s", at.elapsed().as_secs_f64());

    let (at, busy) = (Instant::now(), plaza.database.busy());
    let answer = plaza.sweep().await;
    let sweep = at.elapsed().as_secs_f64();
    let calls = plaza.database.take_calls();
    let reads: f64 = calls.iter().map(|call| call.units).sum();
    println!("sweep: {answer}, {sweep:.2} s, {} queries, {reads:.1} units", calls.len());

    plaza.consume(consumers).await;
    let (took, inside) = (at.elapsed().as_secs_f64(), plaza.database.busy().saturating_sub(busy).as_secs_f64());
    let calls = plaza.database.take_calls();
    let per_station = |count: f64| count / float(stations);
    let (units, outside) = (calls.iter().map(|call| call.units).sum::<f64>(), took - sweep - inside);
    println!(
        "{consumers} consumers: {took:.1} s with the sweep; for each station {:.2} calls, {:.1} units, {:.2} ms outside \
         the database and {:.2} ms in it",
        per_station(float(calls.len())),
        per_station(units),
        per_station(1000.0 * outside),
        per_station(1000.0 * inside),
    );
    let left = plaza.sweep().await;
    println!("next sweep: {left}");
    assert_eq!(left["due"], 0);
}
