//! The charging queue. Each use case is a file of its own over [`write_station`], and none of them needs another.

mod apply;
mod board;
mod cancel;
mod change;
mod info;
mod looks;
mod meters;
mod nearby;
mod offers;
mod operate;
mod pile_keys;
mod pile_report;
mod places;
mod register;
mod remove;
mod settings;
mod sweep;
mod write_station;

pub use crate::store::DetailRecordItem;
pub use apply::Order;
pub use info::{ChargeRequestView, Delivered, Status};
pub use meters::{MeterView, SessionState};
pub use offers::{ModeOffer, Offer, OfferPage, StationSearch};
pub use operate::LiveView;
pub use pile_keys::{IssuedPileKey, PileReports, SIGNATURE, TIMESTAMP};
pub use pile_report::ReportAnswer;
pub use register::{RegisterAccount, RegisterStretch};
pub use settings::{ListedStation, PriceEntry, StationPage};
pub use sweep::Swept;
pub use write_station::{Charging, Switch};
