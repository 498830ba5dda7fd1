//! `shop-customers.md` (#57 to #62) and the extensions beside it.

mod contract;
mod costs;
mod extensions;
mod faults;
pub mod floor;
mod lists;
mod races;
mod tenants;
