//! Random settings and histories: the engine against the reference, and the invariants after every command.

use std::collections::BTreeMap;

use local::scenario::{IdealPiles, StationInMemory};
use proptest::prelude::*;
use shared::domain::charging::{
    Command, DetailRecord, DispatchMode, DispatchTarget, Draft, DriverId, FaultStrategy, MeteredSettings, Metering,
    Mode, Moment, PileId, Settings, Span, Station, View,
};
use shared::domain::energy::{Energy, Exact, Power};
use shared::domain::money::Fen;

use super::invariants::Watch;
use super::placing::runner;
use super::play::{bands, flat};
use super::reference::{Layout, Order, Reference, Segment};

const CARS: usize = 24;
/// 2026-06-01T06:00+08:00.
const START: i64 = 1_780_264_800_000;

fn layout() -> impl Strategy<Value = Layout> {
    let power = || prop::sample::select(vec![30_000_i128, 10_000, 7_000, 7_500, 11_000]);
    let piles = [0_usize..4, 1_usize..4];
    (piles, [power(), power()], 1_usize..4, 0_usize..8, any::<(bool, bool, bool, bool)>()).prop_map(
        |(piles, power, places, waiting, (time_order, best_then_wait, may_lower, single_total))| Layout {
            piles,
            power,
            places,
            waiting: waiting * 6,
            time_order,
            best_then_wait,
            may_lower,
            single_total,
        },
    )
}

/// Seconds to wait before it, and the order.
fn order(layout: Layout) -> impl Strategy<Value = (i128, Option<Order>)> {
    let car = 0..CARS;
    let amount = || {
        prop_oneof![(1_i128..60).prop_map(|kwh| kwh * 3_600_000_000), (1_i128..40_000).prop_map(|wh| wh * 3_600_000)]
    };
    let modes = if layout.piles[0] == 0 { vec![1_usize] } else { vec![0, 1] };
    let mode = || prop::sample::select(vec![0_usize, 1]);
    let pile =
        (prop::sample::select(modes), 0_usize..3).prop_map(move |(mode, pile)| (mode, pile % layout.piles[mode]));
    let fault = (pile.clone(), prop::option::of((1_i128..300).prop_map(|minutes| minutes * 60_000)));
    let adopt = (1_usize..4, 0_usize..30, any::<(bool, bool, bool, bool)>());
    let order = prop_oneof![
        8 => (car.clone(), mode(), amount()).prop_map(|(car, mode, millijoules)| Order::Apply { car, mode, millijoules }),
        3 => (car.clone(), prop::option::of(mode()), prop::option::of(amount()))
            .prop_map(|(car, mode, millijoules)| Order::Change { car, mode, millijoules }),
        2 => car.prop_map(|car| Order::Cancel { car }),
        2 => fault.prop_map(|((mode, pile), millis)| Order::Fail { mode, pile, millis }),
        2 => pile.prop_map(|(mode, pile)| Order::Recover { mode, pile }),
        1 => adopt.prop_map(move |(places, waiting, (time_order, best_then_wait, may_lower, single_total))| {
            Order::Adopt(Layout { places, waiting, time_order, best_then_wait, may_lower, single_total, ..layout })
        }),
    ];
    let pause = prop_oneof![Just(0_i128), 0_i128..600, (0_i128..24).prop_map(|n| n * 300), Just(3600), 0_i128..20_000];
    (pause, prop::option::weighted(0.95, order))
}

fn history() -> impl Strategy<Value = (Layout, Vec<(i128, Option<Order>)>)> {
    layout().prop_flat_map(|layout| (Just(layout), prop::collection::vec(order(layout), 1..300)))
}

fn draft(layout: &Layout) -> Draft {
    let narrow = |count: usize| u16::try_from(count).unwrap();
    let power = |watts: i128| Power::from_watts(u32::try_from(watts).unwrap()).unwrap();
    Draft {
        fast_piles: narrow(layout.piles[0]),
        slow_piles: narrow(layout.piles[1]),
        fast_power: power(layout.power[0]),
        slow_power: power(layout.power[1]),
        lane_places: narrow(layout.places),
        waiting_places: u32::from(narrow(layout.waiting)),
        fault_strategy: if layout.time_order { FaultStrategy::TimeOrder } else { FaultStrategy::Priority },
        dispatch_target: if layout.best_then_wait { DispatchTarget::BestThenWait } else { DispatchTarget::Vacant },
        finish_at_new_amount: layout.may_lower,
        dispatch_mode: if layout.single_total { DispatchMode::SingleTotal } else { DispatchMode::EarliestFinish },
        ..Draft::default()
    }
}

/// Gives the order to the engine; answers its outcome.
fn obey(memory: &mut StationInMemory, watch: &mut Watch, now: Moment, order: Option<Order>) -> String {
    let energy = |millijoules: i128| Energy::from_millijoules(Exact::whole(millijoules));
    let pile = |mode: usize, pile: usize| PileId { mode: Mode::BOTH[mode], n: u16::try_from(pile + 1).unwrap() };
    let live = |memory: &StationInMemory, car: usize| memory.live_request(DriverId(car as u64));
    let (outcome, facts) = match order {
        None => {
            let facts = memory.settle(now);
            watch.see(&facts);
            return "ok".to_owned();
        }
        Some(Order::Apply { car, mode, millijoules }) => {
            memory.apply(now, DriverId(car as u64), &car.to_string(), Mode::BOTH[mode], energy(millijoules))
        }
        Some(Order::Change { car, mode, millijoules }) => {
            let Some(request) = live(memory, car) else { return obey_no_driver(memory, watch, now) };
            memory.change(now, request, mode.map(|mode| Mode::BOTH[mode]), millijoules.map(energy))
        }
        Some(Order::Cancel { car }) => {
            let Some(request) = live(memory, car) else { return obey_no_driver(memory, watch, now) };
            memory.cancel(now, request)
        }
        Some(Order::Fail { mode, pile: index, millis }) => {
            let lasting = millis.map(|millis| Span::from_millis(i64::try_from(millis).unwrap()));
            memory.handle(now, Command::Fail { pile: pile(mode, index), lasting })
        }
        Some(Order::Recover { mode, pile: index }) => memory.handle(now, Command::Recover { pile: pile(mode, index) }),
        Some(Order::Adopt(layout)) => {
            let metering = memory.station().settings().metering;
            memory.handle(now, Command::Adopt(Draft { metering, ..draft(&layout) }.check().unwrap()))
        }
    };
    watch.see(&facts);
    outcome.to_string()
}

fn obey_no_driver(memory: &mut StationInMemory, watch: &mut Watch, now: Moment) -> String {
    watch.see(&memory.settle(now));
    "ignored:no_live_request".to_owned()
}

/// The engine's station in the reference's words.
fn words(view: &View, memory: &StationInMemory) -> String {
    let cars = |cars: Vec<u64>| format!("{cars:?}");
    let mut text = String::new();
    for mode in Mode::BOTH {
        for pile in view.piles.iter().filter(|pile| pile.id.mode == mode) {
            let lane = pile.cars.iter().map(|car| car.ticket.driver.0).collect();
            text += &format!("{}{} ", if pile.failed { "down" } else { "up" }, cars(lane));
        }
        let displaced = view.displaced.iter().filter(|car| car.mode == mode).map(|car| car.ticket.driver.0);
        text += &format!("displaced{} ", cars(displaced.collect()));
    }
    let waiting = view.waiting.iter().map(|waiting| waiting.ticket.driver.0).collect();
    let numbers: BTreeMap<u64, (usize, u32)> = memory
        .live()
        .map(|ticket| (ticket.driver.0, (usize::from(ticket.number.mode == Mode::Slow), ticket.number.n)))
        .collect();
    let numbers: Vec<_> = numbers.into_iter().map(|(car, (mode, n))| (car, mode, n)).collect();
    text + &format!("waiting{} numbers{numbers:?}", cars(waiting))
}

/// Charging and service fee of a segment by going through the hours of the day, in fen, half-up.
fn fees(segment: &Segment, layout: &Layout, per_milli: i128) -> (Fen, Fen) {
    const FEN_BY_HOUR: [i128; 24] =
        [40, 40, 40, 40, 40, 40, 40, 70, 70, 70, 100, 100, 100, 100, 100, 70, 70, 70, 100, 100, 100, 70, 70, 40];
    let (_, mode, _, start, stop) = *segment;
    let hour = 3_600_000 * per_milli;
    let (mut sum, mut from) = (0_i128, start);
    while from < stop {
        let index = from.div_euclid(hour);
        let to = stop.min((index + 1) * hour);
        sum += (to - from) * FEN_BY_HOUR[usize::try_from((index + 6) % 24).unwrap()];
        from = to;
    }
    let fen = |watt_ticks_fen: i128| {
        let one = 3_600_000_000 * per_milli;
        Fen(i64::try_from((2 * watt_ticks_fen + one) / (2 * one)).unwrap())
    };
    (fen(sum * layout.power[mode]), fen((stop - start) * layout.power[mode] * 80))
}

#[test]
fn the_engine_does_what_a_naive_simulator_does() {
    let check = |(layout, orders): (Layout, Vec<(i128, Option<Order>)>)| {
        let mut memory =
            StationInMemory::new(Station::new(draft(&layout).check().unwrap(), Moment::from_millis(START)));
        let mut reference = Reference::new(layout);
        let mut watch = Watch::new();
        let mut millis = 0_i128;
        for (pause, order) in orders {
            millis += pause * 1000;
            let now = Moment::from_millis(START + i64::try_from(millis).unwrap());
            let outcome = obey(&mut memory, &mut watch, now, order);
            prop_assert_eq!(outcome, reference.play(millis, order), "{:?} at {}", order, millis);
            let view = memory.view();
            prop_assert_eq!(words(&view, &memory), reference.words(), "{:?} at {}", order, millis);
            let ticks = |ticks: i128| Exact::mixed(0, ticks.unsigned_abs(), reference.per_milli().unsigned_abs());
            for car in view.piles.iter().flat_map(|pile| &pile.cars).chain(&view.displaced) {
                let got = reference.got(usize::try_from(car.ticket.driver.0).unwrap());
                prop_assert_eq!(car.delivered.millijoules(), ticks(got));
            }
        }
        watch.see(&memory.settle(Moment::NEVER));
        reference.play(i128::from(i64::MAX / 8), None);
        let per_milli = reference.per_milli();
        let at = |moment: Moment| {
            let since = moment.exact() - Exact::whole(i128::from(START));
            since.times(u64::try_from(per_milli).unwrap()).as_whole().unwrap()
        };
        let segments: Vec<Segment> = watch
            .records
            .iter()
            .map(|record| {
                let mode = usize::from(record.pile.mode == Mode::Slow);
                let car = usize::try_from(record.ticket.driver.0).unwrap();
                (car, mode, usize::from(record.pile.n) - 1, at(record.start), at(record.stop))
            })
            .collect();
        prop_assert_eq!(&segments, &reference.segments);
        for (record, segment) in watch.records.iter().zip(&segments) {
            prop_assert_eq!((record.charging, record.service), fees(segment, &layout, per_milli));
            prop_assert_eq!(record.total, record.charging + record.service);
        }
        let left: Vec<_> =
            watch.left.iter().map(|(driver, moment)| (usize::try_from(driver.0).unwrap(), at(*moment))).collect();
        prop_assert_eq!(&left, &reference.left);
        Ok(())
    };
    runner(200).run(&history(), check).unwrap();
}

/// Changes of a station under way that the reference does not know: fast and slow piles, prices, power, optimal calling,
/// and waiting for the best lane.
type Upheaval = (u16, u16, usize, usize, bool, bool);

type Step = ((i128, Option<Order>), Option<Upheaval>);

fn upheaval() -> impl Strategy<Value = Upheaval> {
    (0_u16..4, 1_u16..4, 0_usize..3, 0_usize..4, any::<bool>(), any::<bool>())
}

fn adopt_upheaval(memory: &StationInMemory, (fast, slow, tariff, power, together, waits): Upheaval) -> Command {
    let mut draft = memory.station().settings().draft();
    (draft.fast_piles, draft.slow_piles) = (fast, slow);
    draft.tariff = match tariff {
        0 => flat("1", "0.8"),
        1 => bands(&[("22:30", "05:15", "0.3333"), ("05:15", "22:30", "1.2345")], "0.1"),
        _ => draft.tariff,
    };
    draft.slow_power = [7_000, 7_500, 11_000, 10_000].map(|watts| Power::from_watts(watts).unwrap())[power];
    draft.dispatch_mode = if together { DispatchMode::SingleTotal } else { DispatchMode::EarliestFinish };
    draft.dispatch_target = if waits { DispatchTarget::BestThenWait } else { DispatchTarget::Vacant };
    Command::Adopt(draft.check().unwrap())
}

#[test]
fn the_invariants_hold_after_every_command() {
    let histories = history().prop_flat_map(|(layout, orders)| {
        let steps: Vec<_> =
            orders.into_iter().map(|order| (Just(order), prop::option::weighted(0.04, upheaval()))).collect();
        (Just(layout), steps)
    });
    let check = |(layout, steps): (Layout, Vec<Step>)| {
        let mut memory =
            StationInMemory::new(Station::new(draft(&layout).check().unwrap(), Moment::from_millis(START)));
        let mut watch = Watch::new();
        let mut millis = 0_i128;
        for ((pause, order), upheaval) in steps {
            millis += pause * 1000;
            let now = Moment::from_millis(START + i64::try_from(millis).unwrap());
            if let Some(upheaval) = upheaval {
                let command = adopt_upheaval(&memory, upheaval);
                watch.see(&memory.handle(now, command).1);
            }
            let order = order.filter(|order| !matches!(order, Order::Adopt(_)));
            obey(&mut memory, &mut watch, now, order);
            watch.check(&memory);
        }
        watch.see(&memory.settle(Moment::NEVER));
        watch.check(&memory);
        let working = |mode: Mode| memory.station().side(mode).piles.iter().any(|pile| pile.lane().is_some());
        for ticket in memory.live() {
            prop_assert!(!working(ticket.number.mode), "{} is called in the end", ticket.number);
        }
        Ok(())
    };
    runner(200).run(&histories, check).unwrap();
}

/// A metered station with ideal piles comes to what the nominal one comes to, instant by instant. The number of histories
/// is proptest's: `PROPTEST_CASES=10000` plays ten thousand.
#[test]
fn with_ideal_piles_a_metered_station_does_what_a_nominal_one_does() {
    let histories = history().prop_flat_map(|(layout, orders)| {
        let steps: Vec<_> =
            orders.into_iter().map(|order| (Just(order), prop::option::weighted(0.02, upheaval()))).collect();
        (Just(layout), steps)
    });
    let check = |(layout, steps): (Layout, Vec<Step>)| {
        let (settings, start) = (draft(&layout).check().unwrap(), Moment::from_millis(START));
        let mut nominal = StationInMemory::new(Station::new(settings.clone(), start));
        let mut metered = StationInMemory::new(Station::new(with_meters(&settings), start)).stepwise();
        let mut piles = IdealPiles::default();
        let (mut by_clock, mut by_meter) = (Watch::new(), Watch::new());
        let mut millis = 0_i128;
        for ((pause, order), upheaval) in steps {
            millis += pause * 1000;
            let now = Moment::from_millis(START + i64::try_from(millis).unwrap());
            if let Some(upheaval) = upheaval {
                by_clock.see(&nominal.handle(now, adopt_upheaval(&nominal, upheaval)).1);
                by_meter.see(&piles.advance(&mut metered, now));
                by_meter.see(&metered.handle(now, adopt_upheaval(&metered, upheaval)).1);
                by_meter.see(&piles.react(&mut metered, now));
            }
            let outcome = obey(&mut nominal, &mut by_clock, now, order);
            by_meter.see(&piles.advance(&mut metered, now));
            let metered_outcome = obey(&mut metered, &mut by_meter, now, order);
            by_meter.see(&piles.react(&mut metered, now));
            prop_assert_eq!(&outcome, &metered_outcome, "{:?} at {}", order, millis);
            let views = [(&nominal, nominal.view()), (&metered, metered.view())];
            let [before, after] = views.map(|(memory, view)| (words(&view, memory), amounts(&view)));
            prop_assert_eq!(before, after, "{:?} at {}", order, millis);
        }
        by_clock.see(&nominal.settle(Moment::NEVER));
        by_meter.see(&piles.advance(&mut metered, Moment::NEVER));
        by_meter.registers.check(metered.station()).unwrap();
        let records = |watch: &Watch| -> Vec<DetailRecord> {
            watch.records.iter().map(|record| DetailRecord { meter: None, ..record.clone() }).collect()
        };
        prop_assert_eq!(records(&by_clock), records(&by_meter));
        prop_assert_eq!(by_clock.left, by_meter.left);
        Ok(())
    };
    proptest::test_runner::TestRunner::default().run(&histories, check).unwrap();
}

fn with_meters(settings: &Settings) -> Settings {
    Draft { metering: Metering::Metered(MeteredSettings::default()), ..settings.draft() }.check().unwrap()
}

/// What every car in a lane has been delivered and owes.
fn amounts(view: &View) -> Vec<(u64, Energy, Fen)> {
    let cars = view.piles.iter().flat_map(|pile| &pile.cars).chain(&view.displaced);
    cars.map(|car| (car.ticket.driver.0, car.delivered, car.fee)).collect()
}
