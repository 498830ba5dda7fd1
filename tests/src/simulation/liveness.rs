//! `DueHappens`, at the end of a history: once nothing fails any more, every waiting car is called in time, though no
//! hint ever arrives, and in the end everybody has left and everything is billed.

use super::{Invariant, Violation, operations::Op, world::World};
use jiff::SignedDuration;

/// Between two runs of the scheduler.
const PERIOD: i64 = 8 * 3_600_000;
const MOST_RUNS: usize = 200;

/// A car that waits, and until when it must be called.
struct Waits {
    house: usize,
    request: u64,
    until: i64,
}

impl World {
    pub async fn finish(&mut self) -> Result<(), Violation> {
        self.heal().await?;
        for (house, mode, pile) in self.piles() {
            self.step(vec![Op::Recover { house, mode, pile }]).await?;
        }
        let waiting = self.waiting();
        for _ in 0..MOST_RUNS {
            self.plaza.watch.advance(SignedDuration::from_millis(PERIOD));
            self.step(vec![Op::Sweep]).await?;
            let now = self.plaza.watch.now().as_millisecond();
            for one in waiting.iter().filter(|one| one.until < now) {
                let name = self.houses[one.house].name;
                if self.stored.heads[name].waits(one.request) {
                    return Violation::of(
                        Invariant::DueHappens,
                        format!("{name}: request {} still waits", one.request),
                    );
                }
            }
            let left =
                self.stored.heads.iter().flat_map(|(name, head)| head.tickets().map(move |ticket| (name, ticket)));
            let mut left = left.filter(|(name, ticket)| self.has_piles(name, ticket.number.mode));
            if left.next().is_none() {
                return self.stored.check_whole(&self.plaza.database);
            }
        }
        Violation::of(Invariant::DueHappens, "a car never leaves")
    }

    fn piles(&self) -> Vec<(usize, usize, usize)> {
        let all = self.houses.iter().enumerate().flat_map(|(house, it)| {
            let piles = it.outside.reference.layout.piles;
            (0..2).flat_map(move |mode| (0..piles[mode]).map(move |pile| (house, mode, pile)))
        });
        all.collect()
    }

    fn has_piles(&self, name: &str, mode: shared::domain::charging::Mode) -> bool {
        self.houses.iter().find(|house| house.name == name).is_some_and(|house| house.settings.piles(mode) > 0)
    }

    /// Who waits now: those ahead × the longest charge, and a period.
    fn waiting(&self) -> Vec<Waits> {
        let now = self.plaza.watch.now().as_millisecond();
        let mut waiting = Vec::new();
        for (house, it) in self.houses.iter().enumerate() {
            let reference = it.outside.at(&it.outside.reference, now);
            for mode in (0..2).filter(|mode| reference.layout.piles[*mode] > 0) {
                let power = reference.layout.power[mode] * reference.per_milli();
                let of_mode = || reference.cars.values().filter(move |car| car.mode == mode);
                let longest = of_mode().map(|car| car.asked / power).max().unwrap_or_default();
                for car in &reference.waiting[mode] {
                    let number = reference.cars[car].number;
                    let ahead = of_mode().filter(|other| other.number < number).count();
                    let bound = i64::try_from(ahead as i128 * longest).unwrap();
                    let request = it.outside.cars.iter().find(|(_, one)| *one == car).map(|(request, _)| *request);
                    waiting.push(Waits { house, request: request.unwrap(), until: now + bound + PERIOD });
                }
            }
        }
        waiting
    }
}
