//! Business customers of the cloud portal (企业客户): who they are, whom to reach there, and who signs in for them.

pub mod account;
pub mod contact;
pub mod customer;
pub mod line;
pub mod page;
pub mod tenant;

pub use account::{Account, AccountStatus, AccountType, Filter, LoginId, may_remove};
pub use contact::{Contact, ContactChange, ContactId, ContactKind, Sex};
pub use customer::{
    CredentialKind, Customer, CustomerKind, CustomerPatch, Manager, Number, NumberKind, Papers, ProfessionPatch,
    Website,
};
pub use page::Page;
pub use tenant::{CustomerId, Member, Tenant, Zone, Zones};
