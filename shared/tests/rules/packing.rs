//! Packing: what goes into the store comes out again, and stays small.

use shared::domain::charging::{DriverId, MeteredSettings, Metering, Mode, Station, Waiting, What};

use super::play::{Play, flat, kw, play};

fn same(p: &Play) {
    let station = p.station.station();
    assert_eq!(&Station::unpack(&station.pack()).unwrap(), station);
}

#[test]
fn a_station_comes_out_as_it_went_in() {
    let mut p = play(|_| {});
    same(&p);
    for (n, mode) in ["F", "T", "F", "T", "F", "T", "F"].iter().enumerate() {
        p.apply(&format!("V{n}"), mode, "12.345678");
        same(&p);
    }
    p.at("06:17").look();
    same(&p);
}

#[test]
fn a_station_with_fractions_faults_and_old_prices_comes_out_as_it_went_in() {
    let mut p = play(|s| (s.slow_piles, s.slow_power, s.finish_at_new_amount) = (3, kw("7"), true));
    for n in 0..9 {
        p.apply(&format!("V{n}"), "T", "11.1");
    }
    p.at("06:20").adopt(|s| (s.slow_power, s.tariff) = (kw("7.5"), flat("1.2345", "0.5")));
    p.at("06:25").fail_for("T1", 90);
    p.at("06:30").fail("T3");
    same(&p);
    p.at("08:10").look();
    same(&p);
    let (_, facts) = p.station.turn(p.clock.parse("23:00").unwrap(), None, 1);
    assert!(!facts.is_empty());
    same(&p);
}

#[test]
fn prices_to_come_come_out_as_they_went_in() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "60");
    let (soon, later) = (p.clock.parse("06:30").unwrap(), p.clock.parse("07:45:30").unwrap());
    p.at("06:10").adopt(|s| {
        *s = s.clone().with_prices(later, (*flat("2", "1")).clone()).with_prices(soon, (*flat("1", "1")).clone());
    });
    same(&p);
    p.at("06:40").apply("V2", "F", "30");
    same(&p);
}

#[test]
fn an_entry_of_the_line_comes_out_as_it_went_in() {
    let mut p = play(|s| s.waiting_places = 100);
    for n in 0..50 {
        p.apply(&format!("皖AD{n:05}"), "T", "33.3");
    }
    for fact in &p.facts {
        if let What::Joined(waiting) = &fact.what {
            assert_eq!(Waiting::unpack(&waiting.pack()).as_ref(), Ok(waiting));
        }
    }
}

/// Five piles with three cars each, 32 waiting in each window, 1,000 behind.
pub fn busy(behind: u64) -> Play {
    let mut p = play(|s| (s.slow_piles, s.lane_places, s.waiting_places) = (3, 3, 20_000));
    let ids = |n: u64| DriverId(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11);
    for n in 0..79 + behind {
        let mode = if n % 2 == 0 { "F" } else { "T" };
        assert_eq!(p.apply_as(ids(n), &format!("皖AD{n:05}"), mode, "100.4"), "ok");
    }
    p
}

#[test]
fn a_busy_station_fits_in_four_kilobytes() {
    let mut p = busy(1_000);
    p.at("06:10").fail("T1");
    let station = p.station.station();
    assert_eq!(station.side(Mode::Slow).line.window().len(), 32);
    let size = station.pack().len();
    assert!(size <= 3_000, "{size} bytes");
    same(&p);
}

#[test]
fn bytes_of_something_else_are_refused() {
    let p = play(|_| {});
    let bytes = p.station.station().pack();
    assert!(Station::unpack(&[]).is_err());
    assert!(Station::unpack(&bytes[..bytes.len() - 1]).is_err());
    assert!(Station::unpack(&[&bytes[..], &[0]].concat()).is_err());
    assert!(Station::unpack(&[&[99], &bytes[1..]].concat()).is_err());
    for position in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[position] ^= 0x55;
        let _ = Station::unpack(&broken);
    }
}

/// Fractions, a fault, displaced cars, and prices and powers of earlier.
fn eventful() -> Play {
    let mut p = play(|s| (s.slow_piles, s.slow_power, s.waiting_places) = (3, kw("7"), 20));
    for n in 0..12 {
        p.apply(&format!("皖AD{n:05}"), if n % 3 == 0 { "F" } else { "T" }, "11.1");
    }
    p.at("06:20").adopt(|s| (s.slow_power, s.tariff) = (kw("7.5"), flat("1.2345", "0.5")));
    p.at("06:25").fail_for("T1", 90);
    p.at("06:30").fail("T3");
    p.at("07:45").apply("V1", "F", "12.345678");
    p.look();
    p
}

/// Piles that await, charge, have failed with their session open, and deliver to a stray car.
fn metered() -> Play {
    let mut p = play(|s| {
        s.metering = Metering::Metered(MeteredSettings { no_show: 7, silence: 3, bill_above_order: true });
        (s.fast_piles, s.slow_piles) = (4, 1);
    });
    for n in 0..7 {
        p.apply(&format!("皖AD{n:05}"), "F", "20.5");
    }
    for pile in ["F1", "F2", "F3"] {
        p.report(pile, &format!("began {pile}-1 0 1000"));
    }
    p.report("T1", "began stray 0 77");
    p.at("06:05").report("F1", "reading F1-1 1 3500 29876");
    p.report("T1", "reading stray 4 80");
    p.fail_for("F2", 60);
    p.at("06:06").report("F3", "stopped F3-1 1 2000 fault");
    p
}

/// The eventful station and its first waiting car, as each version wrote them; since 3 the metered station as well.
const WRITTEN: [(u8, &str); 3] =
    [(1, include_str!("packed/1.txt")), (2, include_str!("packed/2.txt")), (3, include_str!("packed/3.txt"))];

#[test]
fn every_version_ever_written_is_read() {
    let p = eventful();
    for (version, file) in WRITTEN {
        let lines: Vec<Vec<u8>> = file.lines().map(bytes_of).collect();
        let [station, waiting, of_piles @ ..] = &lines[..] else { panic!("packed/{version}.txt has two lines") };
        for station in of_piles {
            assert_eq!(Station::unpack(station).as_ref(), Ok(metered().station.station()));
        }
        assert_eq!((station[0], Station::unpack(station).as_ref()), (version, Ok(p.station.station())));
        let joined = p.facts.iter().find_map(|fact| match &fact.what {
            What::Joined(waiting) => Some(waiting),
            _ => None,
        });
        assert_eq!(Waiting::unpack(waiting).as_ref().ok(), joined, "version {version}");
    }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}
