//! A thousand drivers from registration to the bill, in one process and in simulated time:
//! `cargo run --release -p tests --example throughput`.
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

use jiff::SignedDuration;
use std::time::{Duration, Instant};
use tests::plaza::{Plaza, TestDriver};

const DRIVERS: usize = 1_000;

struct Bench {
    plaza: Plaza,
    at: Instant,
    busy: Duration,
    total: [f64; 4],
}

impl Bench {
    /// Prints what came since the last time.
    fn note(&mut self, what: &str, requests: usize) {
        let (took, busy) = (self.at.elapsed().as_secs_f64(), self.plaza.database.busy());
        let inside = busy.saturating_sub(self.busy).as_secs_f64();
        let float = |count: usize| f64::from(u32::try_from(count).unwrap());
        let (calls, requests) = (float(self.plaza.database.take_calls().len()), float(requests));
        print(what, [requests, calls, took, inside]);
        for (sum, one) in self.total.iter_mut().zip([requests, calls, took, inside]) {
            *sum += one;
        }
        (self.at, self.busy) = (Instant::now(), busy);
    }
}

fn print(what: &str, [requests, calls, took, inside]: [f64; 4]) {
    let (rate, each, outside) = (requests / took, calls / requests, 100.0 * (1.0 - inside / took));
    println!("| {what} | {requests} | {took:.2} | {rate:.0} | {each:.2} | {outside:.0} % |");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles, it.waiting_places) = (20, 20, 1_000)).await;
    plaza.database.take_calls();
    let busy = plaza.database.busy();
    let mut bench = Bench { plaza, at: Instant::now(), busy, total: [0.0; 4] };
    println!("| | requests | seconds | requests a second | calls a request | outside the database |");
    println!("| --- | --- | --- | --- | --- | --- |");

    let mut drivers: Vec<TestDriver> = Vec::new();
    for n in 0..DRIVERS {
        drivers.push(bench.plaza.driver_of(&format!("driver-{n:04}"), &format!("皖A{n:05}")).await);
    }
    bench.note("register", DRIVERS);

    for (n, driver) in drivers.iter().enumerate() {
        let (mode, quantity) = if n % 4 == 0 { ("slow", "7") } else { ("fast", "20.5") };
        bench.plaza.joined(driver, mode, quantity).await;
    }
    bench.note("apply", DRIVERS);

    let mut runs = 0;
    while billed(&bench.plaza) < DRIVERS {
        for _ in 0..24 {
            bench.plaza.deliver().await;
            bench.plaza.watch.advance(SignedDuration::from_mins(5));
            bench.plaza.sweep().await;
            runs += 2;
        }
    }
    bench.note("scheduler: called, started, finished, billed", runs);

    for driver in &drivers {
        assert_eq!(bench.plaza.log(driver).await.as_array().map(Vec::len), Some(1));
    }
    bench.note("log", DRIVERS);
    print("all", bench.total);
}

fn billed(plaza: &Plaza) -> usize {
    plaza
        .database
        .under("ACCOUNT#ev#")
        .iter()
        .filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("BILL#"))
        .count()
}
