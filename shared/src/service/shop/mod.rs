//! Shops' records of their customers, for staff who see only the shops that their session names.

mod directory;
mod ledger;
mod linked;
mod list;
mod records;
mod stored;

pub use directory::{Directory, ShopSettings};
pub use list::Page;
pub use records::Asked;

use crate::{
    auth::sealing::Sealer,
    domain::{
        account::AccountId,
        origin::Origin,
        reason::{Failure, Reason},
        session::Caller,
        shop::{Customer, CustomerId, ShopId},
    },
    outside::random::Random,
    store::{Action, AuditEntry, ShopRecordItem, Store},
};
use jiff::Timestamp;

/// How often a write is tried against others at the same record.
const TRIES: u32 = 8;

/// Limits that are settings.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
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
    limits: Limits,
}

/// Who does something, from where, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    pub caller: &'a Caller,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

impl By<'_> {
    /// Another shop's records answer as if they were not there.
    fn must_see(&self, shop: &ShopId) -> Result<(), Failure> {
        if self.caller.shops.iter().any(|seen| seen == shop.as_str()) { Ok(()) } else { Err(Reason::NotYours.into()) }
    }

    /// The shop that is meant when none is named, for staff of one shop.
    pub fn shop(&self, named: Option<ShopId>) -> Result<ShopId, Failure> {
        match (named, self.caller.shops.as_slice()) {
            (Some(shop), _) => self.must_see(&shop).map(|()| shop),
            (None, [only]) => ShopId::parse(only),
            (None, _) => Err(Failure::malformed("缺少门店编号").of("shopId")),
        }
    }
}

impl Records {
    pub fn new(store: Store, sealer: Sealer, random: Random, limits: Limits) -> Self {
        Self { store, sealer, random, limits }
    }

    /// A record of a shop that the caller sees.
    async fn seen(&self, by: By<'_>, id: &CustomerId) -> Result<(ShopRecordItem, Customer), Failure> {
        by.must_see(&id.shop)?;
        let stored = self.store.customer(id).await?.ok_or(Reason::NotYours)?;
        let customer = self.opened(&id.shop, &stored)?;
        Ok((stored, customer))
    }

    /// The entry about a record. Ids of records and of accounts never meet, so both are subjects of the realm.
    fn entry(&self, by: By<'_>, action: Action, id: &CustomerId) -> AuditEntry {
        AuditEntry {
            at: by.now,
            action,
            realm: by.caller.realm,
            station: None,
            subject: Some(AccountId::known(id.to_string())),
            actor: Some(by.caller.account.clone()),
            role: Some(by.caller.role),
            address: Some(by.origin.address),
            request: by.origin.request.clone(),
            id: self.random.u128(),
        }
    }
}
