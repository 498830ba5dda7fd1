//! Pictures with letters: shown to a device, solved on it, and spent there.

use crate::{
    auth::captcha::CaptchaSeal,
    domain::{
        captcha::{Guess, Letters, Picture, SHOWN_FOR, object_key},
        device::DeviceId,
        origin::Origin,
        reason::{Failure, Reason},
    },
    outside::{objects::Objects, random::Random},
    store::{AddressLimit, Captcha, Store, WriteOutcome},
};
use bytes::Bytes;
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
use jiff::Timestamp;
use std::sync::Arc;

/// The captchas of all devices.
#[derive(Clone, Debug)]
pub struct Captchas {
    pub(super) store: Store,
    objects: Objects,
    seal: Arc<CaptchaSeal>,
    random: Random,
    /// Pictures that one address is shown in a minute.
    per_address_minute: u32,
    /// Where a local stack writes what the letters are.
    #[cfg(feature = "local")]
    pub told: Option<std::path::PathBuf>,
}

impl Captchas {
    pub fn new(store: Store, objects: Objects, seal: CaptchaSeal, random: Random, per_address_minute: u32) -> Self {
        Self {
            store,
            objects,
            seal: Arc::new(seal),
            random,
            per_address_minute,
            #[cfg(feature = "local")]
            told: None,
        }
    }

    /// The same, which writes down what the letters are.
    #[cfg(feature = "local")]
    #[must_use]
    pub fn told_in(self, file: std::path::PathBuf) -> Self {
        Self { told: Some(file), ..self }
    }

    /// Draws a picture for a device and gives the address that shows it for two minutes. The one before is dead. The
    /// object comes first: a crash in between leaves one that the bucket forgets within a day.
    pub async fn show(&self, device: &DeviceId, origin: &Origin, now: Timestamp) -> Result<String, Failure> {
        let limit = AddressLimit { action: "captcha", address: origin.address, per_minute: self.per_address_minute };
        if !self.store.count_address(limit, now).await? {
            return Err(Failure::throttled(AddressLimit::wait(now)));
        }
        let letters = Letters::draw(self.random.u64());
        let drawn = png(&letters.picture(self.random.u64()))?;
        let picture = format!("{:032x}", self.random.u128());
        let key = object_key(&picture);
        self.objects.put(&key, "image/png", drawn).await?;
        let seal = self.seal.of(device, &picture, &letters);
        self.store.show_captcha(device, &Captcha::new(picture, seal, now)).await?;
        #[cfg(feature = "local")]
        self.tell(device, &letters, now)?;
        self.objects.address(&key, SHOWN_FOR.unsigned_abs(), now).await
    }

    /// #22: whether the letters were read rightly. That does not spend the picture.
    pub async fn solve(&self, device: &DeviceId, guess: &Guess, now: Timestamp) -> Result<(), Failure> {
        let picture = self.read_by(device, guess, now).await?;
        let is_solved = self.store.solve_captcha(device, &picture, now).await?;
        if is_solved { Ok(()) } else { Err(Reason::WrongCaptcha.into()) }
    }

    /// One more message for a device that has had enough without: a solved picture pays for it, once.
    pub(super) async fn pay(&self, device: &DeviceId, now: Timestamp) -> Result<(), Failure> {
        match self.store.transaction().pay_with_captcha(device, now, ()).commit().await? {
            WriteOutcome::Committed => Ok(()),
            WriteOutcome::ConditionFailed((), _) => Err(Reason::CaptchaWanted.into()),
        }
    }

    /// The picture whose letters were read rightly, for a transaction that spends it. The guess is counted before it is
    /// compared, so that a thousand parallel ones are no more than three.
    pub(super) async fn read_by(&self, device: &DeviceId, guess: &Guess, now: Timestamp) -> Result<String, Failure> {
        let captcha = self.store.count_guess(device, now).await?.ok_or(Reason::WrongCaptcha)?;
        let fits = self.seal.fits(device, &captcha.picture, guess, &captcha.seal);
        if fits { Ok(captcha.picture) } else { Err(Reason::WrongCaptcha.into()) }
    }

    /// One JSON line, for people and tests.
    #[cfg(feature = "local")]
    fn tell(&self, device: &DeviceId, letters: &Letters, now: Timestamp) -> Result<(), Failure> {
        use std::io::Write as _;
        let Some(path) = &self.told else { return Ok(()) };
        let line = serde_json::json!({ "at": now, "deviceId": device.as_str(), "answer": letters.as_str() });
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        let written = file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
        written.map_err(|error| Failure::internal(format!("{}: {error}", path.display())))
    }
}

fn png(picture: &Picture) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&picture.shades, picture.width, picture.height, ExtendedColorType::L8)
        .map_err(|error| Failure::internal(format!("captcha could not be serialised: {error}")))?;
    Ok(bytes.into())
}
