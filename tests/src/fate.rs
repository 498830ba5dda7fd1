//! One call to the database, and what may happen to it on its way.

use crate::database::Database;
use futures_util::future::{Either, select};
use serde_json::Value;
use std::{future::Future, pin::pin, sync::Arc};
use tokio::sync::Notify;

/// What happens to one attempt of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Apply,
    /// The connection breaks before anything was applied.
    Refuse,
    /// Applied, and then the connection breaks.
    LoseAnswer,
    /// Capacity is short.
    Throttle,
    /// Another transaction is at work on the same items.
    Conflict,
    /// Capacity is short for one item of a transaction, which is told in another way than for a whole call.
    ThrottleItem,
    /// The first sending of the same transaction has not ended.
    InProgress,
    /// DynamoDB itself has a fault.
    Break,
    /// No answer comes in time, and nothing is applied.
    Hang,
    /// Applied, but no answer comes in time.
    HangAfter,
    /// The caller dies before it arrives: nothing is applied, and there is no answer.
    Die,
    /// The caller dies after it was applied.
    DieAfter,
    /// The caller dies, and the call arrives long after.
    Late,
}

impl Fate {
    /// What may happen to a call of a caller that survives.
    pub const FAULTS: [Self; 8] = [
        Self::Refuse,
        Self::LoseAnswer,
        Self::Throttle,
        Self::Conflict,
        Self::ThrottleItem,
        Self::Break,
        Self::Hang,
        Self::HangAfter,
    ];

    /// These, and that all goes well.
    pub fn faults_and_none() -> impl Iterator<Item = Self> {
        Self::FAULTS.into_iter().chain([Self::Apply])
    }
}

tokio::task_local! {
    /// On whose behalf calls are made, where a test wants to know.
    pub static DOER: usize;
}

/// One attempt as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    pub operation: String,
    pub body: Value,
    pub fate: Fate,
    /// Capacity units of both tables.
    pub units: f64,
    pub by: Option<usize>,
}

impl Call {
    /// Whether any key in the call begins so, for scripts that aim at one item.
    pub fn touches(&self, pk: &str) -> bool {
        self.body.to_string().contains(&format!("\"pk\":{{\"S\":\"{pk}"))
    }
}

/// Has `work` killed at its call number `n`, counted from 0: before it is applied with [`Fate::Die`], after it with
/// [`Fate::DieAfter`]. What it came to, if it made fewer calls.
pub async fn killed<T>(database: &Database, n: usize, fate: Fate, work: impl Future<Output = T>) -> Option<T> {
    let (death, mut left) = (Arc::new(Notify::new()), n);
    let dying = Arc::clone(&death);
    database.follow(move |_| {
        let here = left == 0;
        left = left.wrapping_sub(1);
        if here {
            dying.notify_one();
            fate
        } else {
            Fate::Apply
        }
    });
    let outcome = match select(pin!(work), pin!(death.notified())).await {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(_) => None,
    };
    database.heal();
    outcome
}
