//! Pictures that people upload. The table knows what became of each; the bucket follows, at once when nothing fails and
//! by the sweep when something does. So no record ever names a picture that the bucket loses, and nothing that no record
//! names stays for longer than a day.
//!
//! A record may show a picture until an instant and name it for ever: `expire_picture`, and the sweep removes it then.
//!
//! A service that puts a picture into its record adds `link_picture` for the new one, and `drop_picture` for the one it
//! replaces, to the transaction that writes the record, and calls [`Pictures::follow`] afterwards.

use crate::{
    domain::{
        account::{AccountId, Realm},
        image::{ADDRESS_SECONDS, LARGEST_UPLOAD, PictureKey, PicturePurpose},
        reason::{Failure, Reason},
    },
    outside::{objects::Objects, pixels::PictureUpload, random::Random},
    store::{PictureState, Store, UploadRefusal, WriteOutcome},
};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;

const JPEG: &str = "image/jpeg";
const DAY: i64 = 24 * 3600;
/// Days begin at midnight in Shanghai.
const SHANGHAI: i64 = 8 * 3600;

/// The pictures of all accounts.
#[derive(Clone, Debug)]
pub struct Pictures {
    store: Store,
    objects: Objects,
    random: Random,
    /// Uploads that one account has in a day.
    per_day: u32,
}

/// What a record's write did to pictures.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relinked {
    pub linked: Vec<PictureKey>,
    pub dropped: Vec<PictureKey>,
}

/// What a sweep found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SweptPictures {
    pub settled: usize,
    /// Pictures that failed; the next sweep takes them.
    pub due: usize,
}

impl Pictures {
    pub fn new(store: Store, objects: Objects, random: Random, per_day: u32) -> Self {
        Self { store, objects, random, per_day }
    }

    /// Takes an upload: rewritten, small enough for its purpose, under a name that cannot be guessed. It stays for a day
    /// unless a record is made to name it.
    ///
    /// The headers are looked at first, which is cheap for any upload; then the upload is counted, and then decoded.
    pub async fn upload(
        &self,
        owner: (Realm, &AccountId),
        purpose: PicturePurpose,
        content: Bytes,
        now: Timestamp,
    ) -> Result<PictureKey, Failure> {
        if content.len() > LARGEST_UPLOAD {
            return Err(Reason::TooLarge.into());
        }
        let upload = PictureUpload::open(&content)?;
        drop(content);
        let key = PictureKey::drawn(purpose, owner.1, self.random.u128());
        let today = (now.as_second() + SHANGHAI).div_euclid(DAY);
        match self.store.begin_upload(owner, &key, (today, self.per_day), now).await? {
            WriteOutcome::Committed => {}
            WriteOutcome::ConditionFailed(UploadRefusal::Quota, _) => {
                let tomorrow = (today + 1) * DAY - SHANGHAI;
                let wait = u64::try_from(tomorrow - now.as_second()).unwrap_or(1);
                let throttled = Failure::throttled(Duration::from_secs(wait));
                return Err(throttled.saying(format!("今天上传图片的次数已达上限（{} 次）", self.per_day)));
            }
            WriteOutcome::ConditionFailed(UploadRefusal::Name, _) => {
                return Err(Failure::internal("a new picture name was already in use"));
            }
        }
        self.objects.put(key.as_str(), JPEG, upload.rewritten(purpose)?).await?;
        Ok(key)
    }

    /// The picture itself, always a JPEG.
    pub async fn content(&self, key: &PictureKey) -> Result<Option<Bytes>, Failure> {
        self.objects.get(key.as_str()).await
    }

    /// An address that opens the picture for ten minutes. Whether the caller may have it is the caller's service's
    /// question.
    pub async fn address(&self, key: &PictureKey, now: Timestamp) -> Result<String, Failure> {
        self.objects.address(key.as_str(), Duration::from_secs(ADDRESS_SECONDS), now).await
    }

    /// The picture at an address of our bucket, or of that name, if it can be one that this account uploaded for this
    /// purpose. Signature and query are not looked at; whether it ever was uploaded, the write looks.
    pub(crate) async fn own_upload(
        &self,
        (purpose, account): (PicturePurpose, &AccountId),
        address: &str,
        now: Timestamp,
    ) -> Result<PictureKey, Failure> {
        let address = address.trim();
        let key = PictureKey::named_in(address).filter(|key| key.is_of(purpose, account));
        let key = key.ok_or(Reason::PictureNotYours)?;
        if self.is_address_of(address, &key, now).await? { Ok(key) } else { Err(Reason::PictureNotYours.into()) }
    }

    /// Whether an address, with any signature, or a name in the bucket is this picture's.
    pub(crate) async fn is_address_of(&self, address: &str, key: &PictureKey, now: Timestamp) -> Result<bool, Failure> {
        let place = |address: &str| address.split(['?', '#']).next().unwrap_or_default().to_owned();
        let ours = self.address(key, now).await?;
        Ok(place(address) == place(&ours) || address == key.as_str())
    }

    /// Has the bucket follow what a record's transaction has decided. What fails here, the sweep does: the answer to the
    /// caller is true already.
    pub(crate) async fn follow(&self, relinked: &Relinked) {
        for (keys, state) in [(&relinked.linked, PictureState::Linked), (&relinked.dropped, PictureState::Dropped)] {
            for key in keys {
                if let Err(failure) = self.settle(key, state).await {
                    tracing::warn!(
                        key = key.as_str(),
                        detail = failure.detail(),
                        "picture was not deleted; the sweep will delete it"
                    );
                }
            }
        }
    }

    /// Does what is due, one page of it. A picture that fails does not hold up the others.
    pub async fn sweep(&self, now: Timestamp) -> Result<SweptPictures, Failure> {
        let mut swept = SweptPictures::default();
        for key in self.store.due_pictures(now).await? {
            let settled = match self.store.drop_overdue_picture(&key, now).await {
                Ok(Some(state)) => self.settle(&key, state).await,
                Ok(None) => Ok(()),
                Err(failure) => Err(failure),
            };
            match settled {
                Ok(()) => swept.settled += 1,
                Err(failure) => {
                    swept.due += 1;
                    tracing::error!(
                        key = key.as_str(),
                        detail = failure.detail(),
                        "picture could not be attached or deleted"
                    );
                }
            }
        }
        Ok(swept)
    }

    /// The bucket first: only when it agrees is there nothing due any more.
    async fn settle(&self, key: &PictureKey, state: PictureState) -> Result<(), Failure> {
        match state {
            PictureState::Loose => Ok(()),
            PictureState::Linked => {
                self.objects.keep(key.as_str()).await?;
                self.store.confirm_picture_kept(key).await
            }
            PictureState::Expiring => {
                self.objects.keep(key.as_str()).await?;
                self.store.confirm_picture_kept_until_end(key).await
            }
            PictureState::Dropped => {
                self.objects.delete(key.as_str()).await?;
                self.store.delete_picture_state(key).await
            }
        }
    }
}
