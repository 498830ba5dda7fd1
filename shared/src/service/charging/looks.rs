//! A limit for apps that look at a charge request without a pause. It is counted in the environment's memory: a refused look
//! costs the session's read and no write, and each environment counts for itself.

use crate::domain::{account::AccountId, looks::LookAllowance, reason::Failure};
use jiff::Timestamp;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// So many drivers are remembered. A driver who is forgotten has the whole allowance again.
const MOST: usize = 10_000;

#[derive(Clone, Debug, Default)]
pub(super) struct Looks(Arc<Mutex<HashMap<AccountId, LookAllowance>>>);

impl Looks {
    /// Counts a look, or refuses it with the time to wait.
    pub fn admit(&self, driver: &AccountId, now: Timestamp) -> Result<(), Failure> {
        let mut drivers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drivers.len() >= MOST && !drivers.contains_key(driver) {
            drivers.retain(|_, allowance| !allowance.is_whole(now));
            if drivers.len() >= MOST {
                drivers.clear();
            }
        }
        let allowance = drivers.entry(driver.clone()).or_default();
        *allowance = allowance.after_one(now).map_err(Failure::throttled)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_are_counted_apart_and_the_memory_is_bounded() {
        let looks = Looks::default();
        let driver = |n: usize| AccountId::known(n.to_string());
        for _ in 0..120 {
            assert!(looks.admit(&driver(0), Timestamp::UNIX_EPOCH).is_ok());
        }
        assert!(looks.admit(&driver(0), Timestamp::UNIX_EPOCH).is_err());
        for n in 1..3 * MOST {
            assert!(looks.admit(&driver(n), Timestamp::UNIX_EPOCH).is_ok(), "{n}");
            assert!(looks.0.lock().unwrap().len() <= MOST, "{n}");
        }
    }
}
