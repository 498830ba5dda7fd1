//! Pictures in the private bucket, and papers.

use super::{
    Error, Need,
    codes::{SMS_ENABLED, SMS_QUEUE},
    parts::Parts,
};
use crate::{
    auth::sealing::Sealer,
    outside::objects::Objects,
    service::{
        notifier::Notifier,
        papers::{Audits, Desk, Submissions},
        pictures::Pictures,
    },
};

const BUCKET: &str = "PICTURES_BUCKET";

/// What a function needs that takes pictures or shows them.
pub const PICTURES: Need = Need::through(&[BUCKET, "UPLOADS_PER_DAY"], |clients, parts| {
    let clients = clients.clone();
    parts.objects = Some(Objects::new(move || clients.s3(), parts.variables.get(BUCKET)));
});
/// What the function needs that decides on papers.
pub const AUDITS: Need = Need::through(&["PAPERS_PICTURE_DAYS", SMS_QUEUE, SMS_ENABLED], Parts::connect_sms_queue);

impl Parts {
    /// The private bucket.
    pub fn objects(&self) -> Result<Objects, Error> {
        self.reached(self.objects.as_ref(), BUCKET)
    }

    /// Pictures that people upload.
    pub fn pictures(&self) -> Result<Pictures, Error> {
        let per_day = self.variables.limit("UPLOADS_PER_DAY")?;
        Ok(Pictures::new(self.store.clone(), self.objects()?, self.random.clone(), per_day))
    }

    /// Papers as agents and dealers submit them.
    pub async fn submissions(&self) -> Result<Submissions, Error> {
        let (sealer, pictures) = (self.sealer().await?, self.pictures()?);
        Ok(Submissions::new(self.store.clone(), sealer, pictures, self.random.clone()))
    }

    /// The same as auditors look at them.
    pub fn desk(&self, sealer: Sealer) -> Result<Desk, Error> {
        Ok(Desk::new(self.store.clone(), sealer, self.pictures()?))
    }

    /// Decisions on them.
    pub fn audits(&self) -> Result<Audits, Error> {
        let name = "PAPERS_PICTURE_DAYS";
        match self.variables.limit(name)? {
            days @ 1..=3650 => {
                let notices =
                    Notifier::new(self.store.clone(), self.sms_jobs()?, self.random.clone(), self.sms_enabled());
                Ok(Audits::new(self.store.clone(), notices, days))
            }
            _ => Err(Error::Invalid { name, expected: "a number of days from 1 to 3650" }),
        }
    }
}
