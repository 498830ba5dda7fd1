//! The charging queue. Each use case is a file of its own over [`write_station`], and none of them needs another.

mod apply;
mod cancel;
mod change;
mod info;
mod nearby;
mod offers;
mod operate;
mod places;
mod settings;
mod sweep;
mod write_station;

pub use crate::store::DetailRecordItem;
pub use apply::Order;
pub use info::{ChargeRequestView, Delivered, Status};
pub use offers::{ModeOffer, Offer, OfferPage, StationSearch};
pub use operate::LiveView;
pub use settings::{ListedStation, PriceEntry, StationPage};
pub use sweep::Swept;
pub use write_station::{Charging, Switch};
