//! Customers: the pages of drivers, the business portal, the records of shops.

use super::{Error, Need, parts::Parts};
use crate::{
    domain::cloud::Zones,
    service::{
        cloud::{Portal, PortalSettings},
        customer::Customers,
        shop::{Records, ShopLimits},
    },
};

/// What a function needs that keeps shops' records.
pub const SHOP: Need = Need::of(&["SHOP_SIGNIN_POINTS", "SHOP_LIST_READS"]);
/// What the business portal needs.
pub const PORTAL: Need = Need::of(&[
    "DEFAULT_ZONE",
    "CLOUD_ACCOUNTS_PER_CUSTOMER",
    "CLOUD_CONTACTS_PER_CUSTOMER",
    "CLOUD_PASSWORD_MIN",
    "AVAILABLE_PER_IP_MINUTE",
]);
/// What a function needs that signs in accounts of the portal.
pub const ZONES: Need = Need::of(&["DEFAULT_ZONE"]);

impl Parts {
    /// The customer pages of drivers.
    pub fn customers(&self) -> Result<Customers, Error> {
        let most_vehicles = self.variables.limit("VEHICLES_PER_DRIVER")?;
        let proofs = (self.sign_in()?, self.codes()?);
        Ok(Customers::new(self.store.clone(), proofs, self.pictures()?, self.random.clone(), most_vehicles))
    }

    /// The zones of the business portal.
    pub fn zones(&self) -> Result<Zones, Error> {
        Ok(Zones::parse(self.variables.get("DEFAULT_ZONE"), self.variables.or("MORE_ZONES", ""))?)
    }

    /// The business portal.
    pub async fn portal(&self) -> Result<Portal, Error> {
        let settings = PortalSettings {
            zones: self.zones()?,
            most_accounts: self.variables.limit("CLOUD_ACCOUNTS_PER_CUSTOMER")?,
            most_contacts: self.variables.limit("CLOUD_CONTACTS_PER_CUSTOMER")?,
            password_min: self.variables.count("CLOUD_PASSWORD_MIN")?,
            available_per_address_minute: self.variables.limit("AVAILABLE_PER_IP_MINUTE")?,
        };
        let proofs = (self.sign_in()?, self.codes()?);
        let papers = (self.pictures()?, self.sealer().await?);
        Ok(Portal::new(self.store.clone(), proofs, papers, settings))
    }

    /// Shops' records, with the sealer.
    pub async fn shop_records(&self) -> Result<Records, Error> {
        let limits = ShopLimits {
            signin_points: self.variables.limit("SHOP_SIGNIN_POINTS")?,
            list_reads: self.variables.count("SHOP_LIST_READS")?,
        };
        Ok(Records::new(self.store.clone(), self.sealer().await?, self.random.clone(), limits))
    }
}
