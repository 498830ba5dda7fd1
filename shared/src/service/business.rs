//! Business customers as the operator sees them: found by name, and given an account manager.

use super::actor::{Actor, Identity};
use crate::{
    domain::{
        account::LoginName,
        cloud::{Customer, Manager, Tenant},
        reason::{Failure, Reason},
    },
    store::{Action, Attempts, AuditSubject, Store, WriteOutcome},
};

/// All business customers.
#[derive(Clone, Debug)]
pub struct Business {
    store: Store,
}

impl Business {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// By the name, which is one customer's over all zones.
    pub async fn named(&self, name: &LoginName) -> Result<(Tenant, Customer), Failure> {
        let tenant = self.store.customer_named(name).await?.ok_or(Reason::NotYours)?;
        let customer = self.customer(&tenant).await?;
        Ok((tenant, customer))
    }

    pub async fn customer(&self, tenant: &Tenant) -> Result<Customer, Failure> {
        self.store.cloud_customer(tenant).await?.ok_or_else(|| Reason::NotYours.into())
    }

    /// Names the customer's account manager (#46), or none. What changes nothing leaves no entry.
    pub async fn assign(
        &self,
        tenant: &Tenant,
        manager: Option<&Manager>,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<Customer, Failure> {
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let before = self.customer(tenant).await?;
            if before.manager.as_ref() == manager {
                return Ok(before);
            }
            let (version, updated_at) = (before.version + 1, actor.now.real);
            let after = Customer { manager: manager.cloned(), version, updated_at, ..before.clone() };
            let writes = self.store.transaction().change_cloud_customer(tenant, &after, before.version, ());
            let told = manager.map_or("none", |manager| manager.name.as_str());
            let writes =
                writes.audit_thing(AuditSubject::Customer(tenant), &actor.entry_about(Action::ManagerAssigned), told);
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(after),
                WriteOutcome::ConditionFailed((), _) => {}
            }
        }
    }
}
