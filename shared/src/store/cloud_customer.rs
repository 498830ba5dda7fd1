//! Business customers and their names.

use super::{Consistency, Key, Store, Transaction};
use crate::domain::{
    account::{LoginName, Realm},
    cloud::{Customer, Tenant},
    reason::Failure,
    sealed::SealedPlace,
};

/// The place that a number of a customer's papers is sealed for.
pub(crate) fn customer_place(tenant: &Tenant, field: &'static str) -> SealedPlace {
    Key::cloud_customer(tenant).place(field)
}

impl Store {
    /// AP-120: a customer's record.
    pub(crate) async fn cloud_customer(&self, tenant: &Tenant) -> Result<Option<Customer>, Failure> {
        self.get(&Key::cloud_customer(tenant), Consistency::Strong).await
    }

    /// AP-123: the customer that has a name.
    pub(crate) async fn customer_named(&self, name: &LoginName) -> Result<Option<Tenant>, Failure> {
        self.get(&Key::customer_name(name), Consistency::Strong).await
    }

    /// AP-121: whether a name belongs to a customer or is a login name. Both lie under the name.
    pub(crate) async fn is_customer_name_taken(&self, name: &LoginName) -> Result<bool, Failure> {
        let items = self.get_all(Key::login(Realm::Cloud, name)).await?;
        let [credential, customer] = [Key::credential(Realm::Cloud, name), Key::customer_name(name)];
        let is =
            |item: &super::Item, key: &Key| item.get(super::keys::SK).and_then(|sk| sk.as_s().ok()) == Some(&key.sk);
        Ok(items.iter().any(|item| is(item, &credential) || is(item, &customer)))
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-122: creates a customer under a name that no other customer has.
    pub(crate) fn create_cloud_customer(
        self,
        tenant: &Tenant,
        customer: &Customer,
        name: &LoginName,
        (name_taken, id_taken): (R, R),
    ) -> Self {
        let named = self.put_new(&Key::customer_name(name), tenant, name_taken);
        named.put_new(&Key::cloud_customer(tenant), customer, id_taken)
    }

    /// AP-122: changes a customer, if its version is still the one that was read.
    pub(crate) fn change_cloud_customer(self, tenant: &Tenant, customer: &Customer, read: u64, raced: R) -> Self {
        self.put_version(&Key::cloud_customer(tenant), customer, read, raced)
    }
}
