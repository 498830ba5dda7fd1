//! A dealer's picture: uploaded (#29), and then set (#28).

use super::{Dealers, REALM, edit::own};
use crate::{
    domain::{
        dealer::Named,
        image::Purpose,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::pictures::Relinked,
    store::Outcome,
};
use bytes::Bytes;
use jiff::Timestamp;

/// How often the record is read again when somebody else has set another picture meanwhile.
const TRIES: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Picture,
    Raced,
}

impl Dealers {
    /// #29: takes the picture and gives its address. It is nobody's favicon yet, and gone after a day if it never is.
    pub async fn upload_favicon(&self, caller: &Caller, content: Bytes, now: Timestamp) -> Result<String, Failure> {
        let owner = (REALM, &caller.account);
        let key = self.pictures.upload(owner, Purpose::Avatar, content, now).await?;
        self.pictures.address(&key, now).await
    }

    /// #28: sets a picture that this dealer uploaded; only its name is kept, never an address that somebody sent.
    pub async fn set_favicon(
        &self,
        caller: &Caller,
        named: &Named,
        address: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let account = own(caller, named)?;
        for _ in 0..TRIES {
            let dealer = self.store.dealer(account).await?.filter(|dealer| dealer.is_named(named));
            let dealer = dealer.ok_or(Reason::NotYours)?;
            let key = self.pictures.own_upload((Purpose::Avatar, account), address, now).await?;
            if dealer.favicon.as_ref() == Some(&key) {
                return Ok(());
            }
            let mut writes = self
                .store
                .transaction()
                .link_picture((REALM, account), &key, now, Refused::Picture)
                .set_dealers_favicon(account, dealer.favicon.as_ref(), &key, now, Refused::Raced);
            if let Some(old) = &dealer.favicon {
                writes = writes.drop_picture(old, now);
            }
            match writes.commit().await? {
                Outcome::Done => {
                    let dropped = dealer.favicon.into_iter().collect();
                    self.pictures.follow(&Relinked { linked: vec![key], dropped }).await;
                    return Ok(());
                }
                Outcome::Refused(Refused::Picture, _) => return Err(Reason::PictureNotYours.into()),
                Outcome::Refused(Refused::Raced, _) => {}
            }
        }
        Err(Reason::Contended.into())
    }
}
