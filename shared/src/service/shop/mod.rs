//! Shops' records of their customers, for staff who see only the shops that their session names.

mod directory;
mod ledger;
mod linked;
mod list;
mod records;
mod stored;

pub use directory::{Directory, ShopSettings};
pub use list::ShopRecordPage;
pub use records::Asked;

use crate::{
    auth::sealing::Sealer,
    domain::{
        account::AccountId,
        origin::Origin,
        reason::{Failure, Reason},
        session::Caller,
        shop::{ShopRecord, ShopRecordId},
    },
    outside::{clock::RequestTime, random::Random},
    service::actor::Actor,
    store::{Action, AuditEntry, ShopRecordItem, Store},
};

/// Limits that are settings.
#[derive(Clone, Copy, Debug)]
pub struct ShopLimits {
    /// What a sign-in adds where a shop has no figure of its own.
    pub signin_points: u32,
    /// The most records that one list reads.
    pub list_reads: usize,
}

/// The records.
#[derive(Clone, Debug)]
pub struct Records {
    store: Store,
    sealer: Sealer,
    random: Random,
    limits: ShopLimits,
}

impl Records {
    pub fn new(store: Store, sealer: Sealer, random: Random, limits: ShopLimits) -> Self {
        Self { store, sealer, random, limits }
    }

    pub fn actor<'a>(&'a self, caller: &'a Caller, origin: &'a Origin, now: RequestTime) -> Actor<'a> {
        Actor { who: caller, origin, random: &self.random, now }
    }

    /// A record of a shop that the caller sees.
    async fn seen(&self, actor: Actor<'_>, id: &ShopRecordId) -> Result<(ShopRecordItem, ShopRecord), Failure> {
        actor.who.must_see(&id.shop)?;
        let stored = self.store.customer(id).await?.ok_or(Reason::NotYours)?;
        let customer = self.opened(&id.shop, &stored)?;
        Ok((stored, customer))
    }
}

/// The entry about a record. Ids of records and of accounts never meet, so both are subjects of the realm.
fn entry(actor: Actor<'_>, action: Action, id: &ShopRecordId) -> AuditEntry {
    actor.entry(action, actor.who.realm, &AccountId::known(id.to_string()))
}
