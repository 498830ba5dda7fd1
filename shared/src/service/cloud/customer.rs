//! A customer's own record.

use super::{Actor, Portal};
use crate::{
    domain::{
        account::LoginName,
        cloud::{Customer, PortalMember},
        origin::Origin,
        reason::{Failure, Reason},
    },
    store::{AddressLimit, Attempts, WriteOutcome},
};
use jiff::Timestamp;

impl Portal {
    /// #39, #46, #52
    pub async fn customer(&self, member: &PortalMember) -> Result<Customer, Failure> {
        self.store.cloud_customer(&member.tenant).await?.ok_or_else(|| Reason::NotYours.into())
    }

    /// #40, #53: changes the record as `change` says.
    pub async fn change_customer(
        &self,
        actor: Actor<'_, &PortalMember>,
        change: impl Fn(&mut Customer),
    ) -> Result<(), Failure> {
        let (tenant, now) = (&actor.who.tenant, actor.now.real);
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let before = self.store.cloud_customer(tenant).await?.ok_or(Reason::NotYours)?;
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                return Ok(());
            }
            (after.version, after.updated_at) = (before.version + 1, now);
            match self.store.transaction().change_cloud_customer(tenant, &after, before.version, ()).commit().await? {
                WriteOutcome::Committed => return Ok(()),
                WriteOutcome::ConditionFailed((), _) => {}
            }
        }
    }

    /// #41: whether the name is free. The endpoint is public, so an address may not ask often.
    pub async fn is_available(&self, name: &LoginName, origin: &Origin, now: Timestamp) -> Result<bool, Failure> {
        let per_minute = self.settings.available_per_address_minute;
        let limit = AddressLimit { action: "name-available", address: origin.address, per_minute };
        if !self.store.count_address(limit, now).await? {
            return Err(Failure::throttled(AddressLimit::wait(now)));
        }
        self.store.is_customer_name_taken(name).await.map(|taken| !taken)
    }
}
