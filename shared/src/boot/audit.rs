//! The hash chain over the audit trail.

use super::{Error, Need, parts::Parts};
use crate::{auth::keys::SigningKey, service::audit_chain::AuditChain, store::ChainStore};

const TABLE: &str = "AUDIT_CHAIN_TABLE_NAME";
const DAYS: &str = "AUDIT_DAYS";

/// What the function needs that seals the audit trail.
pub const AUDIT_CHAIN: Need = Need::of(&[TABLE, DAYS, "SIGNING_KEY_SECRET"]);

impl Parts {
    /// The chain, with the key that signs it.
    pub fn audit_chain(&self) -> Result<AuditChain, Error> {
        let key = self.secret("SIGNING_KEY_SECRET", SigningKey::read)?;
        match self.variables.limit(DAYS)? {
            days @ 180..=36500 => {
                let store = ChainStore::new(self.store.clone(), self.variables.get(TABLE));
                Ok(AuditChain::new(store, key, days))
            }
            _ => Err(Error::Invalid { name: DAYS, expected: "a number of days from 180 to 36500" }),
        }
    }
}
