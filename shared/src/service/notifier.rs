//! Notices to the owners of accounts, by SMS.

use crate::{
    domain::{
        account::Realm,
        phone::Phone,
        sms::{Content, Letter, Notice},
    },
    outside::{queue::SmsQueue, random::Random},
    store::Store,
};
use jiff::Timestamp;

/// Puts notices on their way.
#[derive(Clone, Debug)]
pub struct Notifier {
    store: Store,
    queue: SmsQueue,
    random: Random,
}

impl Notifier {
    pub fn new(store: Store, queue: SmsQueue, random: Random) -> Self {
        Self { store, queue, random }
    }

    /// Tells the owner of a number about something that has been done. Best effort: it stands, and the trail has it.
    pub async fn notify(&self, realm: Realm, to: &Phone, notice: Notice, now: Timestamp) {
        let job = format!("{:032x}", self.random.u128());
        let letter = Letter { to: to.clone(), content: Content::Notice { notice, realm: Some(realm) } };
        let posted = async {
            self.store.transaction().create_sms_job(&job, &letter, now, ()).commit().await?;
            self.queue.send(job).await
        };
        if let Err(failure) = posted.await {
            tracing::warn!(notice = notice.as_str(), detail = failure.detail(), "notice was not sent");
        }
    }
}
