//! One call to the database, and what may happen to it on its way.

use serde_json::Value;

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
    /// DynamoDB itself has a fault.
    Break,
    /// No answer comes in time, and nothing is applied.
    Hang,
    /// Applied, but no answer comes in time.
    HangAfter,
    /// The caller dies before it arrives: nothing is applied, and nobody ever hears.
    Die,
    /// The caller dies after it was applied.
    DieAfter,
    /// The caller dies, and the call arrives long after.
    Late,
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
