//! What a command costs with ten cars waiting and with ten thousand, and what optimal placing costs:
//! `cargo run --release -p shared --no-default-features --example charging_cost`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops at the first surprise and prints")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use shared::domain::charging::{
    Command, Draft, DriverId, LaneOffer, Mode, Moment, Progress, RequestId, Span, Standing, Station, Turn, Waiting,
    What, place,
};
use shared::domain::energy::{Energy, Power};

const START: i64 = 1_780_264_800_000;

fn main() {
    let (few, many) = (Line::of(10), Line::of(10_000));
    println!("one command, 10 and 10,000 cars waiting:");
    compare("apply", &few, &many, |_, station| turn(station, 60_000, apply(1_000_000, Mode::Slow)).0);
    compare("cancel the last", &few, &many, Line::cancel_last);
    compare("change the last", &few, &many, Line::change_last);
    compare("complete and call", &few, &many, |_, station| complete(station));
    for cars in [10, 1_000] {
        let line = Line::of(cars);
        println!("packed with {cars} waiting: {} bytes", line.station.pack().len());
    }
    for (name, piles, places, powers) in [
        ("300 idle piles of one power", 300, 4, &[30][..]),
        ("60 busy piles of four powers", 60, 20, &[7, 10, 30, 120][..]),
        ("1,200 piles of one place", 1_200, 1, &[30][..]),
    ] {
        let (lanes, cars) = placing(piles, places, powers);
        let took = quickest(20, || drop(black_box(place(&cars, &lanes))));
        println!("1,000 cars on 1,200 places, {name}: {:.2} ms", took.as_secs_f64() * 1e3);
    }
}

/// A station whose two slow piles charge for long, with so many cars waiting for them.
struct Line {
    station: Station,
    last: Waiting,
}

impl Line {
    fn of(cars: u32) -> Self {
        let draft = Draft { slow_piles: 2, lane_places: 1, waiting_places: 20_000, ..Draft::default() };
        let mut station = Station::new(draft.check().unwrap(), Moment::from_millis(START));
        let mut last = None;
        for n in 0..cars + 2 {
            let (next, joined) = turn(station, 0, apply(u64::from(n), Mode::Slow));
            (station, last) = (next, joined.or(last));
        }
        Self { station, last: last.unwrap() }
    }

    fn cancel_last(&self, station: Station) -> Station {
        let (request, behind) = (self.last.ticket.request, Some(self.last.clone()));
        turn(station, 60_000, Command::Cancel { request, behind }).0
    }

    fn change_last(&self, station: Station) -> Station {
        let (request, behind) = (self.last.ticket.request, Some(self.last.clone()));
        let energy = Some(Energy::from_watt_hours(5_000));
        turn(station, 60_000, Command::Change { request, mode: None, energy, behind }).0
    }
}

/// The first car finishes, the next starts, and one is called.
fn complete(station: Station) -> Station {
    let mut turn = Turn::new(station, Moment::from_millis(START + 10 * 3_600_000), None, 1);
    assert!(matches!(turn.advance(), Progress::Stopped | Progress::Done));
    turn.into_parts().0
}

fn apply(n: u64, mode: Mode) -> Command {
    let (request, driver, plate) = (RequestId(n), DriverId(n), format!("皖AD{n:05}").into());
    Command::Apply {
        request,
        driver,
        plate,
        mode,
        energy: Energy::from_watt_hours(30_000),
        standing: Standing::default(),
    }
}

fn turn(station: Station, after: i64, command: Command) -> (Station, Option<Waiting>) {
    let mut turn = Turn::new(station, Moment::from_millis(START + after), Some(command), 12);
    assert!(matches!(turn.advance(), Progress::Decided(_)));
    assert_eq!(turn.advance(), Progress::Done);
    let (station, facts) = turn.into_parts();
    let joined = facts.into_iter().find_map(|fact| match fact.what {
        What::Joined(waiting) => Some(waiting),
        _ => None,
    });
    (station, joined)
}

fn compare(name: &str, few: &Line, many: &Line, command: fn(&Line, Station) -> Station) {
    let (few, many) = (cost(few, command), cost(many, command));
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    println!("  {name}: {} ns and {} ns, ratio {ratio:.2}", few.as_nanos(), many.as_nanos());
}

/// The command alone: copies are made before the clock starts, and dropped after it stops.
fn cost(line: &Line, command: fn(&Line, Station) -> Station) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..200 {
        let stations: Vec<Station> = (0..50).map(|_| line.station.clone()).collect();
        let mut done = Vec::with_capacity(stations.len());
        let start = now();
        for station in stations {
            done.push(command(line, station));
        }
        best = best.min(start.elapsed() / 50);
    }
    best
}

fn quickest(times: u32, work: impl Fn()) -> Duration {
    let one = |_| {
        let start = now();
        work();
        start.elapsed()
    };
    (0..times).map(one).min().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn placing(piles: u32, places: usize, kilowatts: &[u32]) -> (Vec<LaneOffer>, Vec<Energy>) {
    let mut seed = 1_u32;
    let mut random = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    let mut lane = |n: u32| LaneOffer {
        busy: Span::from_millis(if kilowatts.len() == 1 { 0 } else { i64::from(random(180)) * 60_000 }),
        power: Power::from_watts(kilowatts[n as usize % kilowatts.len()] * 1000).unwrap(),
        places,
    };
    let lanes = (0..piles).map(&mut lane).collect();
    let mut seed = 7_u32;
    let cars = (0..1_000).map(|_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Energy::from_watt_hours(5_000 + (seed >> 8) % 60 * 1_000)
    });
    (lanes, cars.collect())
}
