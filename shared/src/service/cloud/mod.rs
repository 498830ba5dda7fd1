//! The business portal: customers, their contacts and their login accounts.

mod accounts;
mod contacts;
mod customer;
mod join;
mod papers;
mod proof;

pub use accounts::NewAccount;
pub use contacts::{ListedContact, Listing};
pub use join::Joining;
pub use papers::{OpenPortalPapers, PapersForm, PapersPicture};
pub use proof::{LoginPasswordChange, LoginPhoneChange};

use super::{actor::Actor, codes::Codes, pictures::Pictures, sign_in::SignIn};
use crate::{
    auth::sealing::Sealer,
    domain::{
        cloud::{PortalMember, Zones},
        origin::Origin,
    },
    outside::{clock::RequestTime, random::Random},
    store::Store,
};

/// What is a setting.
#[derive(Clone, Debug)]
pub struct PortalSettings {
    pub zones: Zones,
    /// Accounts that a customer may have.
    pub most_accounts: u32,
    pub most_contacts: u32,
    /// The shortest password that is taken.
    pub password_min: usize,
    /// How often one address may ask in a minute whether a name is free.
    pub available_per_address_minute: u32,
}

/// The portal's services.
#[derive(Clone, Debug)]
pub struct Portal {
    store: Store,
    pub sign_in: SignIn,
    pub codes: Codes,
    pictures: Pictures,
    sealer: Sealer,
    pub settings: PortalSettings,
}

impl Portal {
    pub fn new(
        store: Store,
        (sign_in, codes): (SignIn, Codes),
        (pictures, sealer): (Pictures, Sealer),
        settings: PortalSettings,
    ) -> Self {
        Self { store, sign_in, codes, pictures, sealer, settings }
    }

    fn random(&self) -> &Random {
        &self.sign_in.random
    }

    pub fn actor<'a>(
        &'a self,
        member: &'a PortalMember,
        origin: &'a Origin,
        now: RequestTime,
    ) -> Actor<'a, &'a PortalMember> {
        Actor { who: member, origin, random: self.random(), now }
    }
}
