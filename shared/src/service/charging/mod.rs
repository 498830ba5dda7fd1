//! The charging queue. Each use case is a file of its own over [`write_station`], and none of them needs another.

mod apply;
mod cancel;
mod change;
mod info;
mod offers;
mod operate;
mod settings;
mod sweep;
mod write_station;

pub use crate::store::DetailRecordItem;
pub use apply::Order;
pub use info::{ChargeRequestView, Delivered, Status};
pub use offers::{ModeOffer, Offer};
pub use operate::LiveView;
pub use settings::{ListedStation, PriceEntry};
pub use sweep::Swept;
pub use write_station::{Charging, Switch};
