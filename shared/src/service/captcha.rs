//! Pictures with letters: shown to a device, solved on it, and spent there.

use crate::{
    auth::captcha::CaptchaSeal,
    domain::{
        captcha::{CaptchaPicture, Guess, SHOWN_FOR, object_key},
        device::DeviceId,
        origin::Origin,
        reason::{Failure, Reason},
    },
    outside::{letters::LettersSource, objects::Objects, random::Random},
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
    letters: LettersSource,
    random: Random,
    /// Pictures that one address is shown in a minute.
    per_address_minute: u32,
}

impl Captchas {
    pub fn new(
        store: Store,
        objects: Objects,
        seal: CaptchaSeal,
        letters: LettersSource,
        random: Random,
        per_address_minute: u32,
    ) -> Self {
        Self { store, objects, seal: Arc::new(seal), letters, random, per_address_minute }
    }

    /// Draws a picture for a device and gives the address that shows it for two minutes. The one before is dead. The
    /// object comes first: a crash in between leaves one that the bucket forgets within a day.
    pub async fn show(&self, device: &DeviceId, origin: &Origin, now: Timestamp) -> Result<String, Failure> {
        let limit = AddressLimit { action: "captcha", address: origin.address, per_minute: self.per_address_minute };
        if !self.store.count_address(limit, now).await? {
            return Err(Failure::throttled(AddressLimit::wait(now)));
        }
        let letters = self.letters.draw(device, now);
        let drawn = png(&letters.picture(self.random.u64()))?;
        let picture = format!("{:032x}", self.random.u128());
        let key = object_key(&picture);
        self.objects.put(&key, "image/png", drawn).await?;
        let seal = self.seal.of(device, &picture, &letters);
        self.store.show_captcha(device, &Captcha::new(picture, seal, now)).await?;
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
}

fn png(picture: &CaptchaPicture) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&picture.shades, picture.width, picture.height, ExtendedColorType::L8)
        .map_err(|error| Failure::internal(format!("captcha could not be serialised: {error}")))?;
    Ok(bytes.into())
}
