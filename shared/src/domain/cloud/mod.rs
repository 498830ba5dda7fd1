//! Business customers of the cloud portal (企业客户): who they are, whom to reach there, and who signs in for them.

pub mod account;
pub mod contact;
pub mod customer;
pub mod line;
pub mod page;
pub mod tenant;

pub use account::{AccountStatus, AccountType, LoginAccount, LoginAccountFilter, LoginId, may_remove};
pub use contact::{Contact, ContactChange, ContactId, ContactKind, Sex};
pub use customer::{
    CredentialKind, Customer, CustomerKind, CustomerPatch, DocumentNumber, Manager, NumberKind, PortalPapers,
    ProfessionPatch, Website,
};
pub use page::Page;
pub use tenant::{CustomerId, PortalMember, PortalZone, Tenant, Zones};
