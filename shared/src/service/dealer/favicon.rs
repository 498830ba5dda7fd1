//! A dealer's picture: uploaded (#29), and then set (#28).

use super::{Dealers, REALM, edit::own};
use crate::{
    domain::{
        account::AccountId,
        dealer::DealerUsername,
        image::{PictureKey, PicturePurpose},
        origin::Origin,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::pictures::Relinked,
    store::{Attempts, WriteOutcome},
};
use bytes::Bytes;
use jiff::Timestamp;

/// The path of favicons, before their names.
const FAVICONS: &str = "/user/dealer/favicon/";

/// The name of a favicon, as a path has it.
pub fn favicon_named(name: &str) -> Result<PictureKey, Failure> {
    PictureKey::of_public_name(name).ok_or_else(no_picture)
}

fn no_picture() -> Failure {
    Failure::from(Reason::NoSuchRoute).saying("图片不存在")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaviconRefusal {
    Picture,
    Raced,
}

impl Dealers {
    /// #29: takes the picture and gives its address. It belongs to no dealer yet, and goes after a day if it is not set.
    pub async fn upload_favicon(
        &self,
        caller: &Caller,
        content: Bytes,
        (origin, now): (&Origin, Timestamp),
    ) -> Result<String, Failure> {
        let owner = (REALM, &caller.account);
        let key = self.pictures.upload(owner, PicturePurpose::Avatar, content, now).await?;
        self.favicon_address(&key, origin)
    }

    /// Where anybody finds a favicon, for as long as the bucket has it.
    pub(super) fn favicon_address(&self, key: &PictureKey, origin: &Origin) -> Result<String, Failure> {
        let name = key.public_name().ok_or_else(|| Failure::internal("stored favicon key has no public name"))?;
        Ok(format!("{}{FAVICONS}{name}", self.api(origin)))
    }

    /// The address of the API. A parameter of the template could not hold the gateway's own: the gateway needs the function.
    fn api(&self, origin: &Origin) -> String {
        if self.settings.public_address.is_empty() {
            return format!("https://{}", origin.domain);
        }
        self.settings.public_address.clone()
    }

    /// What lies at such an address. It is not said whose it is, or whether it ever was.
    pub async fn favicon(&self, key: &PictureKey) -> Result<Bytes, Failure> {
        self.pictures.content(key).await?.ok_or_else(no_picture)
    }

    /// The picture that an address names, if it is one that this account uploaded.
    async fn own_favicon(
        &self,
        account: &AccountId,
        address: &str,
        (origin, now): (&Origin, Timestamp),
    ) -> Result<PictureKey, Failure> {
        let place = address.trim().split(['?', '#']).next().unwrap_or_default();
        let path = place.strip_prefix(&self.api(origin)).unwrap_or(place);
        match path.strip_prefix(FAVICONS).and_then(PictureKey::of_public_name) {
            Some(key) if key.is_of(PicturePurpose::Avatar, account) => Ok(key),
            Some(_) => Err(Reason::PictureNotYours.into()),
            None => self.pictures.own_upload((PicturePurpose::Avatar, account), address, now).await,
        }
    }

    /// #28: sets a picture that this dealer uploaded; only its name is kept, never an address that was sent.
    pub async fn set_favicon(
        &self,
        caller: &Caller,
        named: &DealerUsername,
        address: &str,
        (origin, now): (&Origin, Timestamp),
    ) -> Result<(), Failure> {
        let account = own(caller, named)?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let dealer = self.store.dealer(account).await?.filter(|dealer| dealer.is_named(named));
            let dealer = dealer.ok_or(Reason::NotYours)?;
            let key = self.own_favicon(account, address, (origin, now)).await?;
            if dealer.favicon.as_ref() == Some(&key) {
                return Ok(());
            }
            let mut writes = self
                .store
                .transaction()
                .link_picture((REALM, account), &key, now, FaviconRefusal::Picture)
                .set_dealers_favicon(account, dealer.favicon.as_ref(), &key, now, FaviconRefusal::Raced);
            if let Some(old) = &dealer.favicon {
                writes = writes.drop_picture(old, now);
            }
            match writes.commit().await? {
                WriteOutcome::Committed => {
                    let dropped = dealer.favicon.into_iter().collect();
                    self.pictures.follow(&Relinked { linked: vec![key], dropped }).await;
                    return Ok(());
                }
                WriteOutcome::ConditionFailed(FaviconRefusal::Picture, _) => return Err(Reason::PictureNotYours.into()),
                WriteOutcome::ConditionFailed(FaviconRefusal::Raced, _) => {}
            }
        }
    }
}
