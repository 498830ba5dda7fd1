//! A station that a test plays with, in the words of the rules: times, cars and piles are texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use local::scenario::{Clock, StationInMemory};
use shared::domain::charging::{
    Band, Command, Draft, DriverId, End, Fact, Mode, Moment, Outcome, PileId, PileReport, PileSessionId, PileStatus,
    Reading, RequestId, Span, Station, StopReason, Tariff, UnassignedOrigin, What, Zone,
};
use shared::domain::energy::{Energy, Power};
use shared::domain::money::Price;
use shared::parameters::minute_of_day;

pub struct Play {
    pub station: StationInMemory,
    pub clock: Clock,
    pub now: Moment,
    pub facts: Vec<Fact>,
    cars: BTreeMap<String, (DriverId, RequestId)>,
}

/// From 06:00: two fast piles at 30 kW, two slow ones at 10 kW, M = 2, N = 6, unless changed.
pub fn play(change: impl FnOnce(&mut Draft)) -> Play {
    let mut draft = Draft { slow_piles: 2, slow_power: kw("10"), ..Draft::default() };
    change(&mut draft);
    let clock = Clock::on(Clock::DAY, &Zone::default()).unwrap();
    let now = clock.parse("06:00").unwrap();
    let station = StationInMemory::new(Station::new(draft.check().unwrap(), now));
    Play { station, clock, now, facts: Vec::new(), cars: BTreeMap::new() }
}

pub fn kw(text: &str) -> Power {
    Power::parse_kw(text).unwrap()
}

pub fn kwh(text: &str) -> Energy {
    Energy::parse_kwh(text).unwrap()
}

/// One price all day.
pub fn flat(price: &str, service: &str) -> Arc<Tariff> {
    bands(&[("00:00", "24:00", price)], service)
}

pub fn bands(bands: &[(&str, &str, &str)], service: &str) -> Arc<Tariff> {
    let minute = |text: &str| minute_of_day(text).unwrap();
    let band = |(from, to, price): &(&str, &str, &str)| Band {
        from: minute(from),
        to: minute(to),
        price: Price::parse_yuan(price).unwrap(),
    };
    let bands: Vec<Band> = bands.iter().map(band).collect();
    Arc::new(Tariff::new(Zone::default(), &bands, Price::parse_yuan(service).unwrap()).unwrap())
}

impl Play {
    /// Moves the clock; nothing settles until the next command or look.
    pub fn at(&mut self, time: &str) -> &mut Self {
        self.now = self.clock.parse(time).unwrap();
        self
    }

    /// Applies as a driver of its own; answers the outcome.
    pub fn apply(&mut self, car: &str, mode: &str, amount: &str) -> String {
        let next = DriverId(self.cars.len() as u64 + 1);
        let driver = self.cars.get(car).map_or(next, |(driver, _)| *driver);
        self.apply_as(driver, car, mode, amount)
    }

    pub fn apply_as(&mut self, driver: DriverId, car: &str, mode: &str, amount: &str) -> String {
        let mode = Mode::from_letter(mode).unwrap();
        let (outcome, facts) = self.station.apply(self.now, driver, car, mode, kwh(amount));
        for fact in &facts {
            if let What::Joined(waiting) = &fact.what {
                self.cars.insert(car.to_owned(), (driver, waiting.ticket.request));
            }
        }
        self.happened(outcome, facts)
    }

    pub fn change(&mut self, car: &str, mode: Option<&str>, amount: Option<&str>) -> String {
        let mode = mode.map(|mode| Mode::from_letter(mode).unwrap());
        let (outcome, facts) = self.station.change(self.now, self.request(car), mode, amount.map(kwh));
        self.happened(outcome, facts)
    }

    pub fn cancel(&mut self, car: &str) -> String {
        let (outcome, facts) = self.station.cancel(self.now, self.request(car));
        self.happened(outcome, facts)
    }

    pub fn fail(&mut self, pile: &str) -> String {
        self.handle(Command::Fail { pile: PileId::parse(pile).unwrap(), lasting: None })
    }

    pub fn fail_for(&mut self, pile: &str, minutes: i64) -> String {
        let lasting = Some(Span::from_millis(minutes * 60_000));
        self.handle(Command::Fail { pile: PileId::parse(pile).unwrap(), lasting })
    }

    pub fn recover(&mut self, pile: &str) -> String {
        self.handle(Command::Recover { pile: PileId::parse(pile).unwrap() })
    }

    /// A pile of a metered station reports: `began s1 0 1000`, `reading s1 1 2000`, `stopped s1 2 3000 full` (session,
    /// sequence number, register in Wh), or a status.
    pub fn report(&mut self, pile: &str, words: &str) -> String {
        self.report_from(pile, words, self.now)
    }

    /// The same, with an instant of the pile's own.
    pub fn report_from(&mut self, pile: &str, words: &str, at: Moment) -> String {
        let words: Vec<&str> = words.split(' ').collect();
        let session = || PileSessionId::parse(words[1]).unwrap();
        let reading = || Reading {
            seq: words[2].parse().unwrap(),
            at,
            register: Energy::from_watt_hours(words[3].parse().unwrap()),
            power: words.get(4).and_then(|watts| Power::from_watts(watts.parse().ok()?)),
        };
        let report = match words[0] {
            "began" => PileReport::Began { session: session(), request: None, reading: reading() },
            "reading" => PileReport::Reading { session: session(), reading: reading() },
            "stopped" => {
                let reason = match words[4] {
                    "full" => StopReason::Full,
                    "unplugged" => StopReason::Unplugged,
                    "asked" => StopReason::Asked,
                    "fault" => StopReason::Fault,
                    _ => StopReason::Lost,
                };
                PileReport::Stopped { session: session(), reading: reading(), reason }
            }
            "faulted" => PileReport::Status(PileStatus::Faulted),
            _ => PileReport::Status(PileStatus::Available),
        };
        let (outcome, facts) = self.station.report(self.now, PileId::parse(pile).unwrap(), report);
        self.happened(outcome, facts)
    }

    /// An operator takes a car out; of a metered session, at this register in Wh.
    pub fn remove(&mut self, car: &str, register: Option<u32>) -> String {
        let (request, register) = (self.request(car), register.map(Energy::from_watt_hours));
        self.handle(Command::Remove { request, behind: None, register })
    }

    /// `stop_wanted`, `unassigned`, … of a metered station, in order.
    pub fn unassigned(&self) -> Vec<String> {
        let facts = self.facts.iter().filter_map(|fact| match &fact.what {
            What::Unassigned { pile, from, to, origin } => {
                let origin = match origin {
                    UnassignedOrigin::Stray => "stray",
                    UnassignedOrigin::BetweenSessions => "between",
                    UnassignedOrigin::AboveOrder { alarming: false, .. } => "above",
                    UnassignedOrigin::AboveOrder { alarming: true, .. } => "far above",
                };
                Some(format!("{pile} {}–{} {origin}", from.watt_hours(), to.watt_hours()))
            }
            _ => None,
        });
        facts.collect()
    }

    /// Sessions that were asked to stop, and why.
    pub fn asked_to_stop(&self) -> Vec<String> {
        let facts = self.facts.iter().filter_map(|fact| match &fact.what {
            What::StopWanted { pile, session, cause, .. } => Some(format!("{pile} {session} {cause:?}")),
            _ => None,
        });
        facts.collect()
    }

    pub fn adopt(&mut self, change: impl FnOnce(&mut Draft)) -> String {
        let mut draft = self.station.station().settings().draft();
        change(&mut draft);
        self.handle(Command::Adopt(draft.check().unwrap()))
    }

    fn handle(&mut self, command: Command) -> String {
        let (outcome, facts) = self.station.handle(self.now, command);
        self.happened(outcome, facts)
    }

    fn happened(&mut self, outcome: Outcome, facts: Vec<Fact>) -> String {
        self.facts.extend(facts);
        outcome.to_string()
    }

    pub fn request(&self, car: &str) -> RequestId {
        self.cars.get(car).map_or(RequestId(u64::MAX), |(_, request)| *request)
    }

    /// Brings the station up to the clock.
    pub fn look(&mut self) -> &mut Self {
        let facts = self.station.settle(self.now);
        self.facts.extend(facts);
        self
    }

    /// Lets everything come to its end.
    pub fn finish(&mut self) -> &mut Self {
        let facts = self.station.settle(Moment::NEVER);
        self.facts.extend(facts);
        self
    }

    /// The cars of a lane, the head first; `FAULT` for a failed pile.
    pub fn lane(&mut self, pile: &str) -> String {
        let view = self.look().station.view();
        let pile = view.piles.iter().find(|known| known.id.to_string() == pile).unwrap();
        if pile.failed { "FAULT".to_owned() } else { words(pile.cars.iter().map(|car| car.ticket.plate.to_string())) }
    }

    pub fn piles(&mut self) -> String {
        words(self.look().station.view().piles.iter().map(|pile| pile.id.to_string()))
    }

    /// kWh delivered and fee of a car that has been called.
    pub fn so_far(&mut self, car: &str) -> String {
        let view = self.look().station.view();
        let cars = view.piles.iter().flat_map(|pile| &pile.cars).chain(&view.displaced);
        let car = cars.into_iter().find(|known| *known.ticket.plate == *car).unwrap();
        format!("{} ¥{}", car.delivered, car.fee)
    }

    pub fn waiting(&mut self) -> String {
        words(self.look().station.view().waiting.iter().map(|waiting| waiting.ticket.plate.to_string()))
    }

    pub fn displaced(&mut self) -> String {
        words(self.look().station.view().displaced.iter().map(|car| car.ticket.plate.to_string()))
    }

    /// The queue number of a live car.
    pub fn number(&self, car: &str) -> String {
        let request = self.request(car);
        let ticket = self.station.live().find(|ticket| ticket.request == request).unwrap();
        ticket.number.to_string()
    }

    /// `V1 T1 06:00–06:40 6.67kWh 2.67+5.33=8.00`, in the order in which they were closed.
    pub fn records(&self) -> Vec<String> {
        let records = self.facts.iter().filter_map(|fact| match &fact.what {
            What::SegmentClosed(record) => Some(record),
            _ => None,
        });
        let shown = records.map(|record| {
            let (start, stop) = (self.clock.show(record.start), self.clock.show(record.stop));
            let (plate, pile, energy) = (&record.ticket.plate, record.pile, record.energy);
            format!("{plate} {pile} {start}–{stop} {energy}kWh {}+{}={}", record.charging, record.service, record.total)
        });
        shown.collect()
    }

    /// When the last request of a car ended, and how: `07:00 finished 2 records 5.60`.
    pub fn end(&self, car: &str) -> String {
        let request = self.request(car);
        let end = self.facts.iter().find_map(|fact| match &fact.what {
            What::Ended { ticket, end, bill, .. } if ticket.request == request => Some((fact.at, *end, bill.clone())),
            _ => None,
        });
        let Some((at, end, bill)) = end else { return "live".to_owned() };
        let end = match end {
            End::Finished => "finished",
            End::Cancelled => "cancelled",
            End::NoShow => "no show",
            End::Removed => "removed",
        };
        let bill = bill.map_or("no bill".to_owned(), |bill| format!("{} records {}", bill.records, bill.total));
        format!("{} {end} {bill}", self.clock.show(at))
    }

    /// When and where a car was called or placed again, in order: `06:00 T1`.
    pub fn moves(&self, car: &str) -> String {
        let request = self.request(car);
        let moves = self.facts.iter().filter_map(|fact| match &fact.what {
            What::Called { ticket, pile, .. } | What::Placed { ticket, pile } if ticket.request == request => {
                Some(format!("{} {pile}", self.clock.show(fact.at)))
            }
            _ => None,
        });
        moves.collect::<Vec<_>>().join(", ")
    }

    /// When a car started charging, each time.
    pub fn starts(&self, car: &str) -> String {
        let request = self.request(car);
        let starts = self.facts.iter().filter_map(|fact| match &fact.what {
            What::Started { ticket, .. } if ticket.request == request => Some(self.clock.show(fact.at)),
            _ => None,
        });
        words(starts)
    }
}

fn words(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(" ")
}
