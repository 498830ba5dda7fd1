//! What fresh seeds have found, each as a history of as few operations as show it, written down instead of drawn; and
//! that the checks which these histories made wiser still see what they are there for.

use super::{
    Invariant, Keeper, Violation,
    operations::{ClientAnswer, Op, Order},
    post::Message,
    world::World,
};
use crate::{database::Fate, idle::Idle};
use std::sync::Arc;

/// Any world will do in which the first driver may join the first station.
const SEED: u64 = 1;
const DRIVER: usize = 0;

/// Plays in a world where nothing fails, and every clock is right unless the history says otherwise.
fn played<T>(history: impl AsyncFnOnce(&mut World) -> T) -> T {
    let idle = Idle::default();
    fastrand::seed(SEED);
    idle.runtime().block_on(async {
        let mut world = World::open(SEED, Keeper::Engine, &idle, &Arc::default());
        world.clocks = Some(&[]);
        world.furnish().await;
        history(&mut world).await
    })
}

impl World {
    /// These as one step, each begun when the one before is over: of all schedules the one that shows what is looked for.
    async fn step_in_turn(&mut self, ops: Vec<Op>) -> Result<(), Violation> {
        let doings = self.plan_out(ops);
        let mut heard = Vec::new();
        for n in doings.clone() {
            heard.push(self.run(n).await);
        }
        self.judge(doings, &heard)
    }
}

fn apply() -> Op {
    apply_for(10_000)
}

fn apply_for(watt_hours: u32) -> Op {
    let (driver, house, mode) = (DRIVER, 0, 1);
    Op::Apply(Order { driver, house, mode, watt_hours, plate: None, key: None })
}

fn raise() -> Op {
    Op::Modify { driver: DRIVER, mode: None, watt_hours: Some(20_000) }
}

const CANCEL: Op = Op::Cancel { driver: DRIVER };
const INFO: Op = Op::Info { driver: DRIVER };

/// The driver leaves, joins, and leaves and joins once more in one step: the request in the middle is neither the one
/// before the step nor the one after it.
async fn in_between(world: &mut World, op: Op) -> Result<(), Violation> {
    world.step(vec![apply()]).await?;
    world.step_in_turn(vec![CANCEL, apply(), op, CANCEL, apply()]).await
}

#[test]
fn a_look_may_see_a_request_that_came_and_went_within_one_step() {
    assert_eq!(played(async |world| in_between(world, INFO).await), Ok(()));
}

#[test]
fn a_look_must_have_seen_something_of_its_own_step() {
    let wrong = played(async |world| {
        in_between(world, INFO).await.unwrap();
        let (Op::Info { .. }, n) = (&world.doings[3].op, 3) else { panic!("not the look") };
        let seen = serde_json::json!({"queue_num": "T9", "charging_type": "slow", "status": "waiting"});
        world.check_answer(n, &ClientAnswer::Seen(seen))
    });
    assert_eq!(wrong.unwrap_err().invariant, Invariant::AnswersTrue);
}

#[test]
fn a_change_may_be_refused_for_a_request_that_came_and_went_within_one_step() {
    assert_eq!(played(async |world| in_between(world, raise()).await), Ok(()));
}

#[test]
fn a_change_must_not_be_refused_for_what_never_was() {
    // The car charges all the time, so there is a request at every moment.
    let wrong = played(async |world| {
        world.step(vec![apply()]).await?;
        world.step_in_turn(vec![raise()]).await?;
        world.check_answer(1, &ClientAnswer::Refused("当前没有充电请求".to_owned()))
    });
    assert_eq!(wrong.unwrap_err().invariant, Invariant::Model);
}

/// Both have read that the driver has no request when the first is written; by the clock of the second, that one has been
/// served and is over.
#[test]
fn an_order_is_not_refused_for_the_plate_of_an_own_request_that_is_over() {
    let heard = played(async |world| {
        // The first request of all reads the keys of tokens, and would come second.
        world.step(vec![INFO]).await?;
        world.clocks = Some(&[0, 60_000]);
        world.step(vec![apply_for(10), apply_for(10_000)]).await?;
        Ok(world.doings[1..].iter().map(|doing| doing.accepted.clone()).collect::<Vec<_>>())
    });
    assert_eq!(heard, Ok::<_, Violation>(vec![Some("T1".to_owned()), Some("T2".to_owned())]));
}

fn poison(body: &str) -> Op {
    Op::Deliver(vec![Message::poison(body)])
}

const NO_STATION: &str = r#"{"station":"S9","version":1}"#;

#[test]
fn a_hint_for_no_station_comes_again_only_while_the_table_cannot_be_read() {
    let mut messages = 0;
    let all = played(async |world| {
        world.faults_are(|| Fate::Break);
        world.step(vec![poison(NO_STATION)]).await?;
        messages = world.post.len();
        world.plaza.database.heal();
        world.step(vec![poison(NO_STATION)]).await?;
        world.check_answer(1, &ClientAnswer::Failed(vec!["poison".to_owned()]))
    });
    assert_eq!(messages, 1, "it was not tried again");
    assert_eq!(all.unwrap_err().invariant, Invariant::Model);
}

#[test]
fn what_is_no_hint_never_comes_again() {
    let wrong = played(async |world| {
        world.faults_are(|| Fate::Break);
        world.step(vec![poison("no hint")]).await?;
        assert_eq!(world.post.len(), 0);
        world.check_answer(0, &ClientAnswer::Failed(vec!["poison".to_owned()]))
    });
    assert_eq!(wrong.unwrap_err().invariant, Invariant::Model);
}
