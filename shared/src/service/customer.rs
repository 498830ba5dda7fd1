//! A driver as the customer pages see the account: the avatar.

use super::pictures::{Pictures, Relinked};
use crate::{
    domain::{
        account::{AccountId, Realm},
        image::{PictureKey, Purpose},
        reason::{Failure, Reason},
        session::Caller,
    },
    store::{Outcome, Store},
};
use bytes::Bytes;
use jiff::Timestamp;

/// How often a read is repeated when somebody else wrote between it and the write that rests on it.
const TRIES: u32 = 3;

/// The customer pages of drivers.
#[derive(Clone, Debug)]
pub struct Customers {
    store: Store,
    pictures: Pictures,
}

/// Why an avatar is not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LinkRefused {
    Raced,
    Picture,
}

impl Customers {
    pub fn new(store: Store, pictures: Pictures) -> Self {
        Self { store, pictures }
    }

    /// Makes an upload the caller's avatar. The old one goes.
    pub async fn set_avatar(&self, caller: &Caller, upload: Bytes, now: Timestamp) -> Result<(), Failure> {
        let owner = (Realm::Ev, &caller.account);
        let key = self.pictures.upload(owner, Purpose::Avatar, upload, now).await?;
        for _ in 0..TRIES {
            let old = self.store.driver(&caller.account).await?.ok_or(Reason::NotYours)?.avatar;
            let writes = self.store.transaction();
            let writes = writes.change_avatar(&caller.account, old.as_ref(), Some(&key), LinkRefused::Raced);
            let mut writes = writes.link_picture(owner, &key, now, LinkRefused::Picture);
            if let Some(old) = &old {
                writes = writes.drop_picture(old, now);
            }
            match writes.commit().await? {
                Outcome::Done => {
                    let relinked = Relinked { linked: vec![key], dropped: old.into_iter().collect() };
                    self.pictures.follow(&relinked).await;
                    return Ok(());
                }
                Outcome::Refused(LinkRefused::Raced, _) => {}
                Outcome::Refused(LinkRefused::Picture, _) => {
                    return Err(Failure::internal("an upload cannot be linked"));
                }
            }
        }
        Err(Reason::Contended.into())
    }

    /// Whose avatar it is does not matter: any driver may see any other's. One who has none answers like nobody.
    pub async fn avatar(&self, account: &AccountId) -> Result<PictureKey, Failure> {
        let driver = self.store.driver(account).await?.ok_or(Reason::NotYours)?;
        driver.avatar.ok_or_else(|| Reason::NotYours.into())
    }

    /// The avatar itself. One that was replaced between the two reads is read again.
    pub async fn avatar_content(&self, account: &AccountId, key: PictureKey) -> Result<(PictureKey, Bytes), Failure> {
        if let Some(content) = self.pictures.content(&key).await? {
            return Ok((key, content));
        }
        let now = self.avatar(account).await?;
        match self.pictures.content(&now).await? {
            Some(content) if now != key => Ok((now, content)),
            _ => Err(Failure::internal(format!("{} is not in the bucket", now.as_str()))),
        }
    }
}
