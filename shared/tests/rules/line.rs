//! Long lines: only the front is known, and nothing changes for it.

use shared::domain::charging::{Gap, Mode, Moment, Progress, Turn, WINDOW, What};

use super::play::{Play, play};

/// One slow pile; V0 charges for an hour, 80 wait.
fn long() -> Play {
    let mut p = play(|s| (s.slow_piles, s.lane_places, s.waiting_places) = (1, 1, 200));
    for n in 0..=80 {
        assert_eq!(p.apply(&format!("V{n}"), "T", "10"), "ok");
    }
    p
}

#[test]
fn the_station_keeps_only_the_front_of_a_long_line() {
    let p = long();
    let line = &p.station.station().side(Mode::Slow).line;
    assert_eq!((line.count(), line.window().len(), line.behind()), (80, WINDOW, 48));
}

#[test]
fn cars_behind_the_window_are_called_in_order() {
    let mut p = long();
    p.finish();
    for n in 0..=80 {
        let hour = 6 + n;
        let shown = match hour / 24 {
            0 => format!("{hour:02}:00"),
            days => format!("{:02}:00+{days}", hour % 24),
        };
        assert_eq!(p.starts(&format!("V{n}")), shown);
    }
}

#[test]
fn a_car_behind_the_window_may_cancel() {
    let mut p = long();
    assert_eq!(p.cancel("V50"), "ok");
    assert_eq!(p.cancel("V50"), "ignored:no_live_request");
    assert_eq!(p.station.station().waiting(), 79);
    p.finish();
    assert_eq!(
        (p.starts("V49"), p.starts("V50"), p.starts("V51")),
        ("07:00+2".into(), String::new(), "08:00+2".into())
    );
}

#[test]
fn a_car_behind_the_window_may_change_its_quantity() {
    let mut p = long();
    assert_eq!(p.change("V50", None, Some("20")), "ok");
    assert_eq!(p.number("V50"), "T51");
    p.finish();
    assert_eq!((p.starts("V50"), p.starts("V51")), ("08:00+2".into(), "10:00+2".into()));
}

#[test]
fn a_car_behind_the_window_may_change_its_mode() {
    let mut p = long();
    assert_eq!(p.change("V50", Some("F"), None), "ok");
    assert_eq!((p.number("V50"), p.lane("F1")), ("F1".into(), "V50".into()));
    p.finish();
    assert_eq!(p.starts("V51"), "08:00+2");
}

#[test]
fn a_late_car_stands_behind_those_behind_the_window() {
    let mut p = long();
    p.at("20:00").look();
    assert!(p.station.station().side(Mode::Slow).line.window().len() < WINDOW);
    p.apply("V81", "T", "10");
    p.finish();
    assert_eq!(p.starts("V81"), "15:00+3");
}

#[test]
fn an_entry_that_no_longer_waits_is_not_believed() {
    let mut p = long();
    let entry = joined(&p, "V50");
    p.cancel("V50");
    let request = p.request("V50");
    let cancel = shared::domain::charging::Command::Cancel { request, behind: Some(entry) };
    assert_eq!(p.station.handle(p.now, cancel).0.to_string(), "ignored:no_live_request");
    assert_eq!(p.station.station().waiting(), 79);
}

fn joined(p: &Play, car: &str) -> shared::domain::charging::Waiting {
    let request = p.request(car);
    let entries = p.facts.iter().filter_map(|fact| match &fact.what {
        What::Joined(waiting) if waiting.ticket.request == request => Some(waiting.clone()),
        _ => None,
    });
    entries.into_iter().next().unwrap()
}

#[test]
fn a_gap_in_a_refill_is_refused() {
    let mut p = long();
    p.at("08:00").look();
    let mut station = p.station.station().clone();
    let wanted = station.wanted(Mode::Slow).unwrap();
    assert_eq!((wanted.after, wanted.at_least), (33, WINDOW));
    let refused = station.refill(Mode::Slow, [joined(&p, "V34")]);
    assert!(matches!(refused, Err(Gap { expected }) if expected.n == 34), "V33 has number 34");
    assert!(station.refill(Mode::Slow, [joined(&p, "V33"), joined(&p, "V34")]).is_ok());
    assert_eq!(station.side(Mode::Slow).line.window().len(), WINDOW);
}

#[test]
fn a_turn_asks_for_more_of_the_line_and_goes_on() {
    let p = long();
    let mut turn = Turn::new(p.station.station().clone(), Moment::NEVER, None, 1_000);
    let mut asked = 0;
    loop {
        match turn.advance() {
            Progress::NeedsLine(wanted) => {
                asked += 1;
                let more = (wanted.after + 1..).take(WINDOW).take_while(|n| *n <= 81);
                let entries: Vec<_> = more.map(|n| joined(&p, &format!("V{}", n - 1))).collect();
                turn.refill(wanted, entries).unwrap();
            }
            Progress::Done => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((asked, turn.station().waiting()), (2, 0));
}

#[test]
fn how_many_are_ahead_is_exact_behind_the_window() {
    let mut p = long();
    p.cancel("V20");
    p.cancel("V60");
    let forecast = p.station.station().forecast();
    let ahead = |car: &str| forecast.of(p.request(car), Some(joined(&p, car))).unwrap().ahead;
    assert_eq!((ahead("V1"), ahead("V32"), ahead("V70"), ahead("V80")), (0, 30, 67, 77));
}

#[test]
fn the_window_may_be_topped_up_at_any_time() {
    let mut p = long();
    p.at("16:30").look();
    let mut topped = p.station.station().clone();
    let entries: Vec<_> = (33..=80).map(|n| joined(&p, &format!("V{n}"))).collect();
    topped.refill(Mode::Slow, entries).unwrap();
    assert_eq!(topped.side(Mode::Slow).line.window().len(), WINDOW);
    assert_eq!(topped.wanted(Mode::Slow), None);
}
