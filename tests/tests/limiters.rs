//! A day under attack, played on the rules of the limiters alone: who still gets in, and how many SMS an attacker causes.
//! `cargo test -p tests --test limiters -- --nocapture` prints the table of docs/security.md.

use jiff::{SignedDuration, Timestamp};
use shared::domain::{
    otp::{AskLane, LIFE, Limits, Sent, Share, Window},
    throttle::{AllFailures, Counted, Failures, ProofByCode, Series, TryRefusal},
};
use std::collections::{BTreeMap, HashMap};

const SEEDS: [u64; 3] = [1, 2, 3];
/// Addresses, each in a network of its own.
const ATTACKERS: u64 = 1000;
const OWNERS: u64 = 2000;
/// Owners behind one address of a carrier, and strangers behind it who use its limits up.
const BEHIND_CARRIER: u64 = 1000;
const DAY: i64 = 86_400;
/// How long an owner tries.
const PATIENCE: i64 = 600;
/// When the queue brings a message again.
const REDELIVERY: i64 = 90;

/// Chance that is the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_012_800 + second).unwrap()
}

/// A counter per window, as the store keeps it.
#[derive(Default)]
struct Counter(BTreeMap<(Window, i64), u32>);

impl Counter {
    fn of(&self, window: Window, number: i64) -> u32 {
        self.0.get(&(window, number)).copied().unwrap_or(0)
    }

    fn takes_one(&mut self, limits: &[(Window, u32)], now: Timestamp) -> bool {
        let has_room = |(window, limit): &(Window, u32)| {
            let number = window.number(now);
            self.of(*window, number) < window.room(*limit, self.of(*window, number - 1), now)
        };
        if !limits.iter().all(has_room) {
            return false;
        }
        for (window, _) in limits {
            *self.0.entry((*window, window.number(now))).or_default() += 1;
        }
        true
    }
}

/// An ask that is to become a message.
#[derive(Clone, Copy)]
struct Asked {
    phone: u64,
    address: u64,
    is_known_device: bool,
    is_known_number: bool,
}

/// What the limiters of one product have counted.
#[derive(Default)]
struct Codes {
    limits: Limits,
    /// What the test takes away to show that it can fail.
    without_shares: bool,
    asks: BTreeMap<(u64, AskLane), Sent>,
    addresses: HashMap<u64, Counter>,
    messages: HashMap<(u64, bool), Sent>,
    product: HashMap<u8, Counter>,
    sent: u64,
}

impl Codes {
    fn share(&self, asked: Asked) -> Share {
        Share::of(asked.is_known_device && !self.without_shares, asked.is_known_number || self.without_shares)
    }

    /// When the message arrives, if the ask is taken and the message is not given up.
    fn ask(&mut self, asked: Asked, second: i64) -> Option<i64> {
        let (now, share) = (at(second), self.share(asked));
        let is_known = share == Share::KnownDevice;
        let list = self.asks.entry((asked.phone, AskLane::of(is_known, false))).or_default();
        let after = list.one_more(&self.limits, now).ok()?;
        let per_address = [(Window::Hour, self.limits.per_address_hour), (Window::Day, self.limits.per_address_day)];
        if !is_known && !self.addresses.entry(asked.address).or_default().takes_one(&per_address, now) {
            return None;
        }
        *list = after;
        let mut tries = (0..).map(|n| second + n * REDELIVERY).take_while(|at| *at < second + LIFE.as_secs());
        tries.find(|second| self.sends(asked.phone, share, at(*second)))
    }

    fn sends(&mut self, phone: u64, share: Share, now: Timestamp) -> bool {
        let list = self.messages.entry((phone, share == Share::KnownDevice)).or_default();
        let Ok(after) = list.one_more(&self.limits, now) else { return false };
        let per_minute = [(Window::Minute, self.limits.per_product_minute)];
        let is_sent = self.product.entry(share as u8).or_default().takes_one(&per_minute, now);
        if is_sent {
            *list = after;
            self.sent += 1;
        }
        is_sent
    }
}

/// Whom the attackers ask codes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attack {
    None,
    /// All of them for owners' numbers, one after the other.
    KnownNumbers,
    /// For numbers that have no account.
    UnknownNumbers,
    /// For a hundred owners, as often as the limits let them.
    AFewVictims,
}

/// Of a kind of owners, how many wanted in and how many came in.
#[derive(Clone, Copy, Default)]
struct Turnout {
    wanted: u64,
    got_in: u64,
}

impl Turnout {
    fn add(&mut self, got_in: bool) {
        self.wanted += 1;
        self.got_in += u64::from(got_in);
    }

    fn permille(self) -> u64 {
        self.got_in * 1000 / self.wanted.max(1)
    }
}

#[derive(Default)]
struct Outcome {
    known: Turnout,
    known_behind_carrier: Turnout,
    unknown: Turnout,
    caused: u64,
}

/// What happens in one second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Attacker(u64),
    Owner { phone: u64, is_known: bool, is_behind_carrier: bool, since: i64 },
}

const CARRIER: u64 = 1_000_000;

fn day_of_codes(seed: u64, attack: Attack, without_shares: bool) -> Outcome {
    let (mut chance, mut codes) = (Chance(seed * 7919), Codes { without_shares, ..Codes::default() });
    let mut events: BTreeMap<(i64, u64), Event> = BTreeMap::new();
    let mut serial = 0..;
    let mut plan = |events: &mut BTreeMap<(i64, u64), Event>, second, event| {
        events.insert((second, serial.next().unwrap()), event);
    };
    // In random seconds, because attackers who come together meet the limits sooner.
    for n in 0..(if attack == Attack::None { 0 } else { ATTACKERS * 100 }) {
        plan(&mut events, i64::try_from(chance.below(DAY.unsigned_abs())).unwrap(), Event::Attacker(n));
    }
    for phone in 0..OWNERS + BEHIND_CARRIER {
        let since = i64::try_from(chance.below((DAY - PATIENCE).unsigned_abs())).unwrap();
        let is_behind_carrier = phone >= OWNERS;
        let is_known = is_behind_carrier || phone % 4 != 0;
        plan(&mut events, since, Event::Owner { phone, is_known, is_behind_carrier, since });
    }
    let (mut outcome, mut of_owners) = (Outcome::default(), 0);
    while let Some(((second, _), event)) = events.pop_first() {
        match event {
            Event::Attacker(n) => {
                let (phone, is_known_number) = match attack {
                    Attack::UnknownNumbers => (CARRIER + n, false),
                    Attack::AFewVictims => (chance.below(100), true),
                    _ => (chance.below(OWNERS), true),
                };
                let address = CARRIER + 1 + n % ATTACKERS;
                codes.ask(Asked { phone, address, is_known_device: false, is_known_number }, second);
            }
            Event::Owner { phone, is_known, is_behind_carrier, since } => {
                let address = if is_behind_carrier { CARRIER } else { phone };
                let asked = Asked { phone, address, is_known_device: is_known, is_known_number: true };
                let arrives = codes.ask(asked, second);
                of_owners += u64::from(arrives.is_some());
                if arrives.is_none() && second + 60 < since + PATIENCE {
                    plan(&mut events, second + 60, event);
                    continue;
                }
                let got_in = arrives.is_some();
                match (is_known, is_behind_carrier) {
                    (true, true) => outcome.known_behind_carrier.add(got_in),
                    (true, false) => outcome.known.add(got_in),
                    (false, _) => outcome.unknown.add(got_in),
                }
            }
        }
    }
    outcome.caused = codes.sent - of_owners;
    outcome
}

/// The wrong passwords of one name.
#[derive(Default)]
struct Guessed {
    all: u32,
    networks: HashMap<u64, Failures>,
    device: Failures,
}

impl Guessed {
    /// Whether a try is looked at; a right password ends the series that it is counted in.
    fn is_looked_at(&mut self, network: u64, is_known: bool, is_right: bool, now: Timestamp) -> Result<(), TryRefusal> {
        let of_network = self.networks.get(&network).copied().unwrap_or_default();
        let series = Series { all: AllFailures(self.all), of_network, of_device: is_known.then_some(self.device) };
        match series.admit(ProofByCode::Code, now)? {
            Counted::Device => self.device = if is_right { Failures::default() } else { self.device.one_more(now) },
            Counted::Network if is_right => {
                self.all = 0;
                self.networks.remove(&network);
            }
            Counted::Network => {
                self.all += 1;
                self.networks.insert(network, of_network.one_more(now));
            }
        }
        Ok(())
    }
}

/// Of owners whose names are guessed at from all networks for a day, those on known and on other devices who get in, and
/// the guesses that were looked at per name.
fn day_of_passwords(seed: u64) -> (Turnout, Turnout, u64) {
    let mut chance = Chance(seed * 104_729);
    let (mut known, mut other, mut guesses) = (Turnout::default(), Turnout::default(), 0);
    for name in 0..200_u64 {
        let mut limiter = Guessed::default();
        let owner_comes = i64::try_from(chance.below(DAY.unsigned_abs())).unwrap();
        for second in (0..DAY).step_by(20) {
            let network = chance.below(ATTACKERS);
            guesses += u64::from(limiter.is_looked_at(network, false, false, at(second)).is_ok());
            if (second..second + 20).contains(&owner_comes) {
                let is_known = name % 2 == 0;
                let got_in = limiter.is_looked_at(ATTACKERS + 1, is_known, true, at(owner_comes)).is_ok();
                if is_known { known.add(got_in) } else { other.add(got_in) }
            }
        }
    }
    (known, other, guesses / 200)
}

fn percent(share: Turnout) -> String {
    format!("{}.{} %", share.permille() / 10, share.permille() % 10)
}

#[test]
fn known_devices_get_in_while_an_attack_from_a_thousand_addresses_runs() {
    println!("| attack | known devices | known devices behind one address | other devices | SMS caused in a day |");
    println!("| --- | --- | --- | --- | --- |");
    for attack in [Attack::None, Attack::KnownNumbers, Attack::UnknownNumbers, Attack::AFewVictims] {
        for seed in SEEDS {
            let outcome = day_of_codes(seed, attack, false);
            if seed == SEEDS[0] {
                let Outcome { known, known_behind_carrier, unknown, caused } = &outcome;
                let (known, behind, unknown) = (percent(*known), percent(*known_behind_carrier), percent(*unknown));
                println!("| {attack:?} | {known} | {behind} | {unknown} | {caused} |");
            }
            assert!(outcome.known.permille() >= 999, "{attack:?}, seed {seed}");
            assert!(outcome.known_behind_carrier.permille() >= 999, "{attack:?}, seed {seed}, behind a carrier");
            let most_of_shares = u64::from(Limits::default().per_product_minute) * 60 * 24;
            assert!(outcome.caused <= most_of_shares, "{attack:?}: one share's messages of a day are the most");
        }
    }
}

/// The same without shares of their own, as it was: the attack closes the product, and the assertion above would fail.
#[test]
fn without_a_share_of_their_own_known_devices_would_be_kept_out() {
    let outcome = day_of_codes(SEEDS[0], Attack::KnownNumbers, true);
    assert!(outcome.known.permille() < 990, "{}", percent(outcome.known));
    assert!(outcome.known_behind_carrier.permille() < 500, "{}", percent(outcome.known_behind_carrier));
}

#[test]
fn a_phone_gets_ten_messages_a_day_that_its_known_devices_did_not_ask_for() {
    let mut codes = Codes::default();
    let others =
        |second: i64| Asked { phone: 1, address: second.unsigned_abs(), is_known_device: false, is_known_number: true };
    for second in (0..DAY).step_by(30) {
        codes.ask(others(second), second);
    }
    assert_eq!(codes.sent, 10);
    let own = Asked { is_known_device: true, ..others(DAY - 30) };
    assert_eq!(codes.ask(own, DAY - 30), Some(DAY - 30), "and its own device gets one at once");
}

#[test]
fn known_devices_get_in_by_password_while_a_thousand_networks_guess() {
    for seed in SEEDS {
        let (known, other, guesses) = day_of_passwords(seed);
        if seed == SEEDS[0] {
            println!(
                "passwords: known devices {}, others without a code {}, guesses per name {guesses}",
                percent(known),
                percent(other)
            );
        }
        assert!(known.permille() >= 999, "seed {seed}: {}", percent(known));
        assert!(guesses <= 200, "a hundred, and a hundred more after a right password: {guesses}");
    }
}

#[test]
fn an_hour_of_guesses_leaves_the_next_network_no_wait() {
    let mut guessed = Guessed::default();
    for n in 0..14 {
        let now = at(n * 1000);
        guessed.is_looked_at(1, false, false, now).unwrap();
    }
    let now = at(13_001);
    assert!(matches!(guessed.is_looked_at(1, false, true, now), Err(TryRefusal::Wait(_))), "the guesser waits");
    assert!(guessed.is_looked_at(2, false, true, now + SignedDuration::from_secs(1)).is_ok());
}
