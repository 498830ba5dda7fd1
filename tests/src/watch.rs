//! The clock that a test turns.

use jiff::{SignedDuration, Timestamp};
use shared::outside::clock::{Clock, Moment};
use std::sync::{Arc, Mutex};

/// Stands still until it is moved. Clones are the same watch.
#[derive(Clone)]
pub struct Watch(Arc<Mutex<Moment>>);

impl Watch {
    /// A Monday morning, five seconds after a minute began: what happens at once also happens in one minute.
    pub fn new() -> Self {
        let start: Timestamp = "2026-06-01T00:30:05Z".parse().unwrap();
        Self(Arc::new(Mutex::new(Moment { real: start, station: start })))
    }

    pub fn clock(&self) -> Clock {
        let watch = self.clone();
        Clock::from_fn(move || watch.moment())
    }

    pub fn now(&self) -> Timestamp {
        self.moment().real
    }

    /// Moves real and station time together.
    pub fn advance(&self, by: SignedDuration) {
        let mut moment = self.0.lock().unwrap();
        moment.real += by;
        moment.station += by;
    }

    fn moment(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}
