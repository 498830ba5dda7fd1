//! One history: who there is, how it goes on, and what is checked when.

use super::{
    Keeper, Violation,
    commits::{Commits, witness},
    dice::Dice,
    house::House,
    operations::{ClientAnswer, Driver, HOUSES, Op, Order, People, perform},
    post::Post,
    stored::{Stored, Touched},
};
use crate::{
    database::{AUDIT, DOER, Database, Fate, MAIN},
    idle::Idle,
    plaza::{Plaza, Sending, Settings},
    watch::SKEW,
};
use futures_util::future::{Either, join_all, select};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::{
    account::Role,
    charging::{Mode, Moment, Waiting},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Range,
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

/// An operation under way or over.
pub struct StartedOperation {
    pub op: Op,
    /// Station time as the machine at work sees it, in milliseconds.
    pub now: i64,
    skew: SignedDuration,
    /// The number that was written for it.
    pub accepted: Option<String>,
    pub wrote: bool,
}

/// A driver's last accepted request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub house: usize,
    pub request: u64,
    pub number: String,
}

pub struct World {
    pub dice: Dice,
    idle: Idle,
    pub plaza: Plaza,
    pub people: People,
    pub houses: Vec<House>,
    pub post: Post,
    pub commits: Commits,
    pub doings: Vec<StartedOperation>,
    /// The operations that met a fault.
    faults: Arc<Mutex<BTreeSet<usize>>>,
    /// Where a history is written down: how far the clock of each operation of a step is off, in milliseconds; those
    /// that are not listed are right.
    pub clocks: Option<&'static [i64]>,
    pub live: Vec<Option<Live>>,
    /// What each driver's last accepted request has been in the step under way, its beginning included. A driver may
    /// leave and join again several times in one step, and a look in between sees a request that was neither first nor last.
    pub lives: Vec<Vec<Option<Live>>>,
    /// First answers to keys, and what was asked.
    pub answers: BTreeMap<(usize, String), (Order, String)>,
    /// What is in the table, as of the last step.
    pub stored: Stored,
    pub touched: Touched,
    trace: Arc<Mutex<Vec<String>>>,
    seed: u64,
    /// How many of a hundred operations are about piles.
    pub trouble: u64,
    /// The mode that most ask for, so that there are queues.
    pub favourite: usize,
}

const STEPS: usize = 30;
/// A function is killed after so long.
const LIFE: Duration = Duration::from_secs(15);
const LATER: [Fate; 11] = [
    Fate::Refuse,
    Fate::LoseAnswer,
    Fate::Throttle,
    Fate::Conflict,
    Fate::ThrottleItem,
    Fate::Break,
    Fate::Hang,
    Fate::HangAfter,
    Fate::Die,
    Fate::DieAfter,
    Fate::Late,
];

impl World {
    pub fn open(seed: u64, keeper: Keeper, idle: &Idle, trace: &Arc<Mutex<Vec<String>>>) -> Self {
        let dice = Dice::new(seed, 1);
        let pace = Dice::new(seed, 2);
        let slow = dice.pick(&[1, 30, 400]);
        let database = match keeper {
            Keeper::Engine => Database::new().off_record(),
            Keeper::Memory => Database::in_memory(),
        };
        let database = database.in_idle_time(idle, move || Duration::from_millis(pace.below(slow)));
        let settings = Settings { random: Dice::new(seed, 3).random(), ..Settings::default() };
        let plaza = Plaza::on(database, settings);
        let count = 8 + dice.index(10);
        let drivers: Vec<_> = (0..count)
            .map(|n| {
                let account = 1001 + n as u64;
                // Every fifth has no plate, two share one, and every third has two.
                let first = (n % 5 != 4).then(|| format!("皖A{:05}", if n == 1 { 0 } else { n }));
                let second = (n % 3 == 2).then(|| format!("沪B{n:05}"));
                let plates: Vec<_> = first.into_iter().chain(second).collect();
                let list: Vec<_> = plates.iter().map(|plate| json!({"S": plate})).collect();
                let more = json!({"plates": {"L": list}});
                let token = plaza.token_for(Role::Driver, &account.to_string(), &more, 400 * 86_400);
                Driver { token, account, plates }
            })
            .collect();
        let admin = plaza.token_for(Role::Admin, "admin", &json!({}), 400 * 86_400);
        // They signed in before, also where a clock is behind.
        plaza.watch.advance(SignedDuration::from_mins(2));
        let start = Moment::from_millis(plaza.watch.now().as_millisecond());
        let houses = HOUSES.map(|name| House::draw(name, &dice, start)).into_iter().collect::<Vec<_>>();
        let (commits, touched) = witness(&plaza.database);
        Self {
            idle: idle.clone(),
            commits,
            people: People { drivers, admin },
            houses,
            post: Post::new(Dice::new(seed, 4)),
            doings: Vec::new(),
            faults: Arc::default(),
            clocks: None,
            live: vec![None; count],
            lives: Vec::new(),
            answers: BTreeMap::new(),
            stored: Stored::default(),
            touched,
            trace: Arc::clone(trace),
            seed,
            trouble: dice.pick(&[2, 6, 20]),
            favourite: dice.pick(&[0, 1, 1]),
            plaza,
            dice,
        }
    }

    pub async fn play(mut self) -> Result<(), Violation> {
        self.furnish().await;
        self.let_things_fail();
        for _ in 0..STEPS {
            self.pass_time();
            let ops = self.plan();
            self.step(ops).await?;
        }
        self.finish().await?;
        self.trace_tables();
        Ok(())
    }

    /// What is in the tables in the end, so that two histories that say the same also come to the same.
    fn trace_tables(&self) {
        for table in [MAIN, AUDIT] {
            let mut items: Vec<_> = self.plaza.database.items(table).iter().map(Value::to_string).collect();
            items.sort();
            let mut sum = DefaultHasher::new();
            items.hash(&mut sum);
            self.trace(format!("{table}: {} items, {:x}", items.len(), sum.finish()));
        }
    }

    /// Makes the stations.
    pub async fn furnish(&mut self) {
        for house in &self.houses {
            self.plaza.station_named(house.name, &house.settings).await;
        }
        self.commits.lock().unwrap().clear();
        self.touched.lock().unwrap().clear();
        self.stored = Stored::read(&self.plaza.database);
    }

    fn let_things_fail(&self) {
        let dice = Dice::new(self.seed, 5);
        let per_mille = self.dice.pick(&[0, 20, 20, 60, 150]);
        self.faults_are(move || if dice.below(1000) < per_mille { dice.pick(&LATER) } else { Fate::Apply });
    }

    /// From here on each call meets the next of these.
    pub fn faults_are(&self, mut next: impl FnMut() -> Fate + Send + 'static) {
        let faults = Arc::clone(&self.faults);
        self.plaza.database.follow(move |call| {
            let fate = next();
            faults.lock().unwrap().extend(call.by.filter(|_| fate != Fate::Apply));
            fate
        });
    }

    /// Whether something was done to a call that was made for this operation.
    pub fn met_fault(&self, n: usize) -> bool {
        self.faults.lock().unwrap().contains(&n)
    }

    pub async fn heal(&mut self) -> Result<(), Violation> {
        self.plaza.database.heal();
        *self.plaza.sending.lock().unwrap() = Sending::Works;
        // Messages that are still on their way arrive.
        self.begin();
        self.idle.wait(Duration::from_secs(100)).await;
        self.take_commits()?;
        self.check()
    }

    fn begin(&mut self) {
        self.lives = self.live.iter().map(|live| vec![live.clone()]).collect();
        for house in &mut self.houses {
            house.moments.clear();
            house.note();
        }
    }

    /// These at once; then everything is checked.
    pub async fn step(&mut self, ops: Vec<Op>) -> Result<(), Violation> {
        let doings = self.plan_out(ops);
        let heard = join_all(doings.clone().map(|n| self.run(n))).await;
        self.judge(doings, &heard)
    }

    /// What is to be done in a step; nothing is done yet.
    pub fn plan_out(&mut self, ops: Vec<Op>) -> Range<usize> {
        self.begin();
        let first = self.doings.len();
        let now = self.plaza.watch.now();
        for (n, op) in ops.into_iter().enumerate() {
            let skew = self.skew(n);
            self.trace(format!("{now} #{} {op:?}", self.doings.len()));
            let skew = SignedDuration::from_millis(skew);
            self.doings.push(StartedOperation {
                op,
                now: (now + skew).as_millisecond(),
                skew,
                accepted: None,
                wrote: false,
            });
        }
        first..self.doings.len()
    }

    /// How far the clock of an operation of a step is off.
    fn skew(&self, n: usize) -> i64 {
        if let Some(clocks) = self.clocks {
            return clocks.get(n).copied().unwrap_or_default();
        }
        match self.dice.below(100) {
            0..70 => 0,
            70..97 => self.dice.between(-3000, 3000),
            _ => self.dice.between(-90_000, 90_000),
        }
    }

    /// Compares what was heard and written in a step with what should have been.
    pub fn judge(&mut self, doings: Range<usize>, heard: &[ClientAnswer]) -> Result<(), Violation> {
        let now = self.plaza.watch.now();
        self.take_commits()?;
        for (n, heard) in doings.zip(heard) {
            self.trace(format!("  #{n}: {heard:?}"));
            self.check_answer(n, heard)?;
            if let Op::Deliver(messages) = &self.doings[n].op {
                let all: Vec<_> = messages.iter().map(|message| message.id.clone()).collect();
                let failed = if let ClientAnswer::Failed(failed) = heard { failed } else { &all };
                self.post.back(messages, failed);
            }
        }
        let hints = std::mem::take(&mut *self.plaza.hints.lock().unwrap());
        self.post.take(hints, now);
        self.check()
    }

    pub async fn run(&self, n: usize) -> ClientAnswer {
        let StartedOperation { op, skew, .. } = &self.doings[n];
        let work = DOER.scope(n, SKEW.scope(*skew, perform(&self.plaza, &self.people, op)));
        match select(pin!(work), pin!(self.idle.wait(LIFE))).await {
            Either::Left((heard, _)) => heard,
            Either::Right(_) => ClientAnswer::Nothing,
        }
    }

    /// A request was written as accepted or changed.
    pub fn accepted(&mut self, by: usize, driver: usize, request: u64, car: &Waiting) {
        let number = car.ticket.number.to_string();
        if let Op::Apply(order) = &self.doings[by].op {
            self.live[driver] = Some(Live { house: order.house, request, number: number.clone() });
            if let Some(key) = &order.key {
                self.answers.insert((driver, key.clone()), (order.clone(), number.clone()));
            }
        } else if let Some(live) = &mut self.live[driver] {
            live.number.clone_from(&number);
        }
        self.doings[by].accepted = Some(number);
        self.lives[driver].push(self.live[driver].clone());
    }

    pub fn live_mode(&self, driver: usize) -> Mode {
        let fast = self.live[driver].as_ref().is_some_and(|live| live.number.starts_with('F'));
        if fast { Mode::Fast } else { Mode::Slow }
    }

    pub fn trace(&self, line: String) {
        self.trace.lock().unwrap().push(line);
    }
}
