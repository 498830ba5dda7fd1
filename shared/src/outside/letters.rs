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

    /// The same, with one JSON line for each picture, for people and tests.
    #[cfg(feature = "local")]
    pub fn told_in(file: std::path::PathBuf, random: Random) -> Self {
        use std::io::Write as _;
        Self::from_fn(move |device, now| {
            let letters = Letters::draw(random.u64());
            let line = serde_json::json!({ "at": now, "deviceId": device.as_str(), "answer": letters.as_str() });
            let opened = std::fs::OpenOptions::new().create(true).append(true).open(&file);
            if let Err(error) = opened.and_then(|mut opened| opened.write_all(format!("{line}\n").as_bytes())) {
                tracing::error!(%error, "the letters of a captcha cannot be written down");
            }
            letters
        })
    }
}

impl std::fmt::Debug for LettersSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LettersSource")
    }
}
