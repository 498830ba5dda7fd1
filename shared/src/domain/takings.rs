//! What piles have done and taken in, day by day, and the reports that are added up from it.

use super::{
    charging::{DetailRecord, Fact, Moment, PileId, What},
    day::{Day, Period},
    money::Fen,
};
use std::{collections::BTreeMap, ops::AddAssign};

/// What the detail records of a pile, or of all piles, come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Takings {
    /// Detail records: a request that was interrupted counts on each pile on which it charged.
    pub sessions: i64,
    pub millis: i64,
    pub watt_hours: i64,
    pub charging: Fen,
    pub service: Fen,
}

impl Takings {
    pub fn total(&self) -> Fen {
        self.charging + self.service
    }
}

impl From<&DetailRecord> for Takings {
    fn from(record: &DetailRecord) -> Self {
        Self {
            sessions: 1,
            millis: record.stop.floor_millis() - record.start.floor_millis(),
            watt_hours: i64::try_from(record.energy.watt_hours()).unwrap_or(i64::MAX),
            charging: record.charging,
            service: record.service,
        }
    }
}

impl AddAssign for Takings {
    fn add_assign(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.millis += other.millis;
        self.watt_hours += other.watt_hours;
        self.charging += other.charging;
        self.service += other.service;
    }
}

/// One day of a station. A record counts on the day on which it was closed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DayRow {
    /// The most cars that waited at once.
    pub peak_waiting: u32,
    pub piles: BTreeMap<PileId, Takings>,
}

impl DayRow {
    pub fn total(&self) -> Takings {
        let mut total = Takings::default();
        self.piles.values().for_each(|pile| total += *pile);
        total
    }

    fn add(&mut self, other: &Self) {
        self.peak_waiting = self.peak_waiting.max(other.peak_waiting);
        for (pile, takings) in &other.piles {
            *self.piles.entry(*pile).or_default() += *takings;
        }
    }
}

/// A period of a report, cut off where the report begins or ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    pub first: Day,
    pub last: Day,
    pub row: DayRow,
}

/// Weeks and months add up days. Periods in which nothing happened are left out.
pub fn add_up(period: Period, (from, to): (Day, Day), days: &BTreeMap<Day, DayRow>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (day, row) in days.range(from..=to) {
        let (first, last) = (period.begins(*day).max(from), period.ends(*day).min(to));
        match stretches.last_mut().filter(|stretch| stretch.first == first) {
            Some(stretch) => stretch.row.add(row),
            None => stretches.push(Stretch { first, last, row: row.clone() }),
        }
    }
    stretches
}

/// The most cars that have waited at once on the day up to which a station has been written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Crowd {
    pub day: Day,
    pub peak: u32,
}

impl Crowd {
    /// The crowd after these facts, and that of each day that ended meanwhile. `waiting` cars waited before them.
    pub fn after(self, waiting: u32, facts: &[Fact], until: Moment) -> (Self, Vec<Self>) {
        let (mut crowd, mut waiting, mut over) = (self, waiting, Vec::new());
        let mut reach = |crowd: &mut Self, at: Moment, waiting: u32| {
            let day = Day::of(at);
            if day > crowd.day {
                over.push(*crowd);
                *crowd = Self { day, peak: waiting };
            }
        };
        for fact in facts {
            reach(&mut crowd, fact.at, waiting);
            match fact.what {
                What::Joined(_) => waiting += 1,
                What::Called { .. } => waiting = waiting.saturating_sub(1),
                _ => {}
            }
            crowd.peak = crowd.peak.max(waiting);
        }
        reach(&mut crowd, until, waiting);
        (crowd, over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn row(peak_waiting: u32, fen: i64) -> DayRow {
        let takings = Takings { sessions: 1, charging: Fen(fen), service: Fen(1), ..Takings::default() };
        DayRow { peak_waiting, piles: BTreeMap::from([(PileId::parse("F1").unwrap(), takings)]) }
    }

    #[test]
    fn a_week_is_the_sum_of_its_days_and_the_highest_of_their_peaks() {
        let days = [("2026-05-31", 9, 1), ("2026-06-01", 2, 10), ("2026-06-03", 5, 20), ("2026-06-08", 1, 40)];
        let days: BTreeMap<_, _> = days.iter().map(|(at, peak, fen)| (day(at), row(*peak, *fen))).collect();
        let weeks = add_up(Period::Week, (day("2026-06-01"), day("2026-06-10")), &days);
        let shown: Vec<_> = weeks.iter().map(|it| (it.first, it.last, it.row.peak_waiting, it.row.total())).collect();
        let of = |sessions, fen| Takings { sessions, charging: Fen(fen), service: Fen(sessions), ..Takings::default() };
        assert_eq!(
            shown,
            [
                (day("2026-06-01"), day("2026-06-07"), 5, of(2, 30)),
                (day("2026-06-08"), day("2026-06-10"), 1, of(1, 40)),
            ]
        );
        assert_eq!(weeks[0].row.total().total(), Fen(32));
    }

    #[test]
    fn who_waits_at_midnight_waits_on_the_new_day() {
        let (before, now) = (day("2026-06-01"), day("2026-06-02"));
        let crowd = Crowd { day: before, peak: 7 };
        let (crowd, over) = crowd.after(4, &[], Moment::from_millis(now.begins() + 5));
        assert_eq!((crowd, over), (Crowd { day: now, peak: 4 }, vec![Crowd { day: before, peak: 7 }]));
    }
}
