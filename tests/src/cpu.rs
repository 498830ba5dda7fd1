//! Processor time, for tests of what something costs: unlike the clock it does not depend on what else the machine does.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// What this thread has taken so far.
pub fn taken() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

/// What this thread has taken since then.
pub fn since(before: Duration) -> Duration {
    taken().saturating_sub(before)
}
