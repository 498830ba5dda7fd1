//! Where the letters of captchas come from.

use super::random::Random;
use crate::domain::{captcha::Letters, device::DeviceId};
use jiff::Timestamp;
use std::sync::Arc;

type Draw = dyn Fn(&DeviceId, Timestamp) -> Letters + Send + Sync;

/// Draws the letters of each picture.
#[derive(Clone)]
pub struct LettersSource(Arc<Draw>);

impl LettersSource {
    pub fn drawn_by(random: Random) -> Self {
        Self::from_fn(move |_, _| Letters::draw(random.u64()))
    }

    pub fn from_fn(draw: impl Fn(&DeviceId, Timestamp) -> Letters + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    pub fn draw(&self, device: &DeviceId, now: Timestamp) -> Letters {
        (self.0)(device, now)
    }
}

impl std::fmt::Debug for LettersSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LettersSource")
    }
}
