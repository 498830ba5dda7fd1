//! Metered stations with piles that are late, lose, repeat and reorder reports, drop off and replay, cars that never come and
//! cars that were not called: the metering invariants of docs/metering.md after every step.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use local::scenario::StationInMemory;
use proptest::prelude::*;
use shared::domain::charging::{
    Command, Draft, DriverId, End, Fact, FaultStrategy, MINUTE, MeteredSettings, Metering, Mode, Moment, Outcome,
    PileId, PileReport, PileSessionId, PileStatus, Reading, RequestId, Span, Station, StopReason, What,
};
use shared::domain::energy::{Energy, Exact, Power};

use super::invariants::Watch;
use super::placing::runner;

/// 2026-06-01T06:30+08:00, half an hour before a price band ends.
const START: i64 = 1_780_266_600_000;

/// What happens next; numbers choose among what is possible.
#[derive(Clone, Copy, Debug)]
enum Step {
    Wait {
        seconds: i64,
    },
    Apply {
        car: u64,
        slow: bool,
        watt_hours: u32,
    },
    Cancel {
        car: u64,
    },
    Lower {
        car: u64,
        watt_hours: u32,
    },
    Remove {
        car: u64,
        more: Option<u32>,
    },
    /// A pile does what its car and its cable make it do, and reports it or keeps it for later.
    Act {
        pile: usize,
        act: Act,
        sends: Sends,
    },
    /// Everything that a pile kept arrives, the last first if `reversed`.
    Replay {
        pile: usize,
        reversed: bool,
    },
    Fail {
        pile: usize,
    },
    Recover {
        pile: usize,
    },
    /// A report that a broken pile makes up.
    Invent {
        pile: usize,
        register: u32,
        seq: u64,
    },
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Begin,
    Flow { watt_hours: u32 },
    Stop { reason: StopReason },
    Status { status: PileStatus },
}

#[derive(Clone, Copy, Debug)]
enum Sends {
    Now,
    Twice,
    /// The pile is offline.
    Later,
    Never,
}

fn step() -> impl Strategy<Value = Step> {
    let pile = 0_usize..3;
    let car = 0_u64..10;
    let reasons = [StopReason::Full, StopReason::Unplugged, StopReason::Asked, StopReason::Fault, StopReason::Lost];
    let states = [PileStatus::Available, PileStatus::Occupied, PileStatus::Faulted, PileStatus::Unavailable];
    let act = prop_oneof![
        3 => Just(Act::Begin),
        5 => (0_u32..8_000).prop_map(|watt_hours| Act::Flow { watt_hours }),
        3 => prop::sample::select(reasons.to_vec()).prop_map(|reason| Act::Stop { reason }),
        1 => prop::sample::select(states.to_vec()).prop_map(|status| Act::Status { status }),
    ];
    let sends =
        prop_oneof![6 => Just(Sends::Now), 2 => Just(Sends::Twice), 2 => Just(Sends::Later), 1 => Just(Sends::Never)];
    let apply = (car.clone(), any::<bool>(), 1_u32..20_000);
    prop_oneof![
        4 => (0_i64..600).prop_map(|seconds| Step::Wait { seconds }),
        4 => apply.prop_map(|(car, slow, watt_hours)| Step::Apply { car, slow, watt_hours }),
        1 => car.clone().prop_map(|car| Step::Cancel { car }),
        1 => (car.clone(), 1_u32..20_000).prop_map(|(car, watt_hours)| Step::Lower { car, watt_hours }),
        1 => (car, prop::option::of(0_u32..5_000)).prop_map(|(car, more)| Step::Remove { car, more }),
        12 => (pile.clone(), act, sends).prop_map(|(pile, act, sends)| Step::Act { pile, act, sends }),
        2 => (pile.clone(), any::<bool>()).prop_map(|(pile, reversed)| Step::Replay { pile, reversed }),
        1 => pile.clone().prop_map(|pile| Step::Fail { pile }),
        1 => pile.clone().prop_map(|pile| Step::Recover { pile }),
        1 => (pile, 0_u32..30_000, 0_u64..30)
            .prop_map(|(pile, register, seq)| Step::Invent { pile, register, seq }),
    ]
}

/// A pile as it really is, which may differ from what it has reported.
struct TruePile {
    id: PileId,
    register: Energy,
    session: Option<PileSessionId>,
    seq: u64,
    kept: VecDeque<PileReport>,
}

struct World {
    memory: StationInMemory,
    piles: Vec<TruePile>,
    watch: Watch,
    now: Moment,
    sessions: u64,
    /// Sessions that have begun, by name.
    begun: BTreeSet<PileSessionId>,
    /// Open sessions of requests.
    open: BTreeMap<RequestId, PileId>,
}

impl World {
    fn new(time_order: bool, bills_more: bool) -> Self {
        let metered = MeteredSettings { bill_above_order: bills_more, ..MeteredSettings::default() };
        let draft = Draft {
            fast_piles: 2,
            slow_piles: 1,
            waiting_places: 20,
            finish_at_new_amount: true,
            fault_strategy: if time_order { FaultStrategy::TimeOrder } else { FaultStrategy::Priority },
            metering: Metering::Metered(metered),
            ..Draft::default()
        };
        let now = Moment::from_millis(START);
        let pile = |mode, n| TruePile {
            id: PileId { mode, n },
            register: Energy::from_watt_hours(10_000),
            session: None,
            seq: 0,
            kept: VecDeque::new(),
        };
        Self {
            memory: StationInMemory::new(Station::new(draft.check().unwrap(), now)),
            piles: vec![pile(Mode::Fast, 1), pile(Mode::Fast, 2), pile(Mode::Slow, 1)],
            watch: Watch::new(),
            now,
            sessions: 0,
            begun: BTreeSet::new(),
            open: BTreeMap::new(),
        }
    }

    fn play(&mut self, step: Step) {
        match step {
            Step::Wait { seconds } => {
                self.now = self.now + Span::from_millis(seconds * 1000);
                let facts = self.memory.settle(self.now);
                self.see(&facts, None);
            }
            Step::Apply { car, slow, watt_hours } => {
                let mode = if slow { Mode::Slow } else { Mode::Fast };
                let energy = Energy::from_watt_hours(watt_hours);
                let (_, facts) = self.memory.apply(self.now, DriverId(car), &car.to_string(), mode, energy);
                self.see(&facts, None);
            }
            Step::Cancel { car } => {
                let Some(request) = self.memory.live_request(DriverId(car)) else { return };
                let facts = self.memory.cancel(self.now, request).1;
                self.see(&facts, Some(End::Cancelled));
            }
            Step::Lower { car, watt_hours } => {
                let Some(request) = self.memory.live_request(DriverId(car)) else { return };
                let facts = self.memory.change(self.now, request, None, Some(Energy::from_watt_hours(watt_hours))).1;
                self.see(&facts, None);
            }
            Step::Remove { car, more } => {
                let Some(request) = self.memory.live_request(DriverId(car)) else { return };
                let last = self.open.get(&request).and_then(|pile| self.metered(*pile)).map(|(_, last)| last.register);
                let register = last.zip(more).map(|(last, more)| last + Energy::from_watt_hours(more));
                let behind = None;
                let (_, facts) = self.memory.handle(self.now, Command::Remove { request, behind, register });
                self.see(&facts, Some(End::Removed));
            }
            Step::Act { pile, act, sends } => self.act(pile, act, sends),
            Step::Replay { pile, reversed } => {
                let mut kept: Vec<_> = self.piles[pile].kept.drain(..).collect();
                if reversed {
                    kept.reverse();
                }
                for report in kept {
                    self.arrive(pile, &report);
                }
            }
            Step::Fail { pile } => self.command(Command::Fail { pile: self.piles[pile].id, lasting: None }),
            Step::Recover { pile } => self.command(Command::Recover { pile: self.piles[pile].id }),
            Step::Invent { pile, register, seq } => {
                let session = self.piles[pile].session.clone();
                let session = session.unwrap_or_else(|| PileSessionId::parse("invented").unwrap());
                let register = Energy::from_watt_hours(register);
                let reading = Reading { seq, at: self.now, register, power: None };
                // The pile's true register is what it believes from now on.
                if matches!(self.send(pile, &PileReport::Reading { session, reading }), Outcome::Done) {
                    self.piles[pile].register = self.piles[pile].register.max(register);
                    self.piles[pile].seq = self.piles[pile].seq.max(seq);
                }
            }
        }
    }

    fn act(&mut self, index: usize, act: Act, sends: Sends) {
        let now = self.now;
        let pile = &mut self.piles[index];
        let reading = |pile: &TruePile| {
            let power = Power::from_watts(20_000);
            Reading { seq: pile.seq, at: now, register: pile.register, power }
        };
        let report = match act {
            Act::Begin => {
                if pile.session.is_some() {
                    return;
                }
                self.sessions += 1;
                let session = PileSessionId::parse(&format!("s{}", self.sessions)).unwrap();
                (pile.session, pile.seq) = (Some(session.clone()), 0);
                PileReport::Began { session, request: None, reading: reading(pile) }
            }
            Act::Flow { watt_hours } => {
                let Some(session) = pile.session.clone() else { return };
                pile.register = pile.register + Energy::from_watt_hours(watt_hours);
                pile.seq += 1;
                PileReport::Reading { session, reading: reading(pile) }
            }
            Act::Stop { reason } => {
                let Some(session) = pile.session.take() else { return };
                pile.seq += 1;
                PileReport::Stopped { session, reading: reading(pile), reason }
            }
            Act::Status { status } => PileReport::Status(status),
        };
        match sends {
            Sends::Now => self.arrive(index, &report),
            Sends::Twice => {
                self.arrive(index, &report);
                self.arrive(index, &report);
            }
            Sends::Later => self.piles[index].kept.push_back(report),
            Sends::Never => {}
        }
    }

    fn arrive(&mut self, pile: usize, report: &PileReport) {
        self.send(pile, report);
    }

    /// Sends a report, and looks whether what the engine then believes can be.
    fn send(&mut self, pile: usize, report: &PileReport) -> Outcome {
        let id = self.piles[pile].id;
        // The store knows every name that a pile has used and answers for the engine.
        if let PileReport::Began { session, .. } = report
            && self.begun.contains(session)
        {
            return Outcome::Done;
        }
        let before = self.metered(id);
        let (outcome, facts) = self.memory.report(self.now, id, report.clone());
        let ends = matches!(report, PileReport::Stopped { .. }).then_some(End::Finished);
        self.see(&facts, ends);
        if let (Some((session, before)), Some((same, after))) = (before, self.metered(id)) {
            let rises = before.seq <= after.seq && before.register <= after.register && before.at <= after.at;
            assert!(session != same || rises, "a register fell: {before:?} {after:?}");
            assert!(outcome == Outcome::Done || before == after, "what was refused changed something");
        }
        outcome
    }

    fn command(&mut self, command: Command) {
        let (_, facts) = self.memory.handle(self.now, command);
        self.see(&facts, None);
    }

    fn metered(&self, id: PileId) -> Option<(PileSessionId, Reading)> {
        let pile = self.memory.station().piles().find(|pile| pile.id == id)?;
        let metered = pile.charging()?.metered()?;
        Some((metered.session.clone(), metered.last))
    }

    /// `cause` is the only way, besides the clock, by which a request may have ended.
    fn see(&mut self, facts: &[Fact], cause: Option<End>) {
        self.watch.see(facts);
        for fact in facts {
            match &fact.what {
                What::Began { ticket, pile, session, .. } => {
                    assert!(self.begun.insert(session.clone()), "{session} began twice");
                    assert!(self.open.insert(ticket.request, *pile).is_none(), "two sessions of one request");
                    assert!(self.open.values().filter(|open| *open == pile).count() == 1, "two sessions of {pile}");
                }
                What::StrayBegan { session, .. } => assert!(self.begun.insert(session.clone())),
                What::SegmentClosed(record) => drop(self.open.remove(&record.ticket.request)),
                What::Displaced { ticket, .. } => drop(self.open.remove(&ticket.request)),
                What::Ended { ticket, end, bill, .. } => {
                    let was_open = self.open.remove(&ticket.request).is_some();
                    match end {
                        End::NoShow => assert!(!was_open, "a car that charges has come"),
                        End::Removed => assert_eq!(cause, Some(End::Removed)),
                        End::Finished => assert_eq!(cause, Some(End::Finished), "only `stopped` finishes a request"),
                        // While it charges it ends when its pile has stopped.
                        End::Cancelled => assert!(cause == Some(End::Finished) || cause == Some(End::Cancelled)),
                    }
                    assert!(bill.as_ref().is_none_or(|bill| bill.energy > Energy::ZERO));
                }
                _ => {}
            }
        }
        let station = self.memory.station();
        self.watch.registers.check(station).unwrap();
        assert_eq!(&Station::unpack(&station.pack()).unwrap(), station, "packing loses nothing");
        for pile in station.piles() {
            let lane = pile.lane();
            assert!(lane.is_none_or(|lane| lane.awaited.is_none() || lane.charging.is_none()));
            if let Some(metered) = pile.charging().and_then(|charging| charging.metered()) {
                let split: Energy = metered.split.iter().map(|(_, energy)| *energy).sum();
                assert_eq!(split, metered.flowed(), "the split is what has flowed");
            }
        }
    }
}

#[test]
fn the_metering_invariants_hold_whatever_piles_do() {
    let histories = (any::<bool>(), any::<bool>(), prop::collection::vec(step(), 1..200));
    let check = |(time_order, bills_more, steps): (bool, bool, Vec<Step>)| {
        let mut world = World::new(time_order, bills_more);
        for step in steps {
            world.play(step);
        }
        // An hour later every kept report arrives; called cars that have not begun are gone.
        world.now = world.now + Span::from_millis(60 * MINUTE);
        for pile in 0..world.piles.len() {
            world.play(Step::Replay { pile, reversed: false });
        }
        world.play(Step::Wait { seconds: 0 });
        Ok(())
    };
    runner(400).run(&histories, check).unwrap();
}

#[test]
fn a_register_splits_into_pieces_that_add_up_to_the_millijoule() {
    let readings = prop::collection::vec((0_i64..7_200_000, 0_i128..20_000_000_000), 1..20);
    let check = |readings: Vec<(i64, i128)>| {
        let mut world = World::new(false, true);
        world.play(Step::Apply { car: 1, slow: false, watt_hours: 20_000 });
        world.play(Step::Act { pile: 0, act: Act::Begin, sends: Sends::Now });
        let session = world.piles[0].session.clone().unwrap();
        let (mut at, mut register) = (world.now, world.piles[0].register);
        for (seq, (millis, millijoules)) in readings.iter().enumerate() {
            at = at + Span::from_millis(*millis);
            register = register + Energy::from_millijoules(Exact::whole(*millijoules));
            world.now = at;
            let reading = Reading { seq: seq as u64 + 1, at, register, power: None };
            world.send(0, &PileReport::Reading { session: session.clone(), reading });
        }
        let (_, last) = world.metered(PileId { mode: Mode::Fast, n: 1 }).unwrap();
        prop_assert_eq!(last.register, register);
        Ok(())
    };
    runner(200).run(&readings, check).unwrap();
}
