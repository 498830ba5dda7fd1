//! Notices to the owners of accounts, by SMS.

use crate::{
    domain::{
        account::Realm,
        phone::Phone,
        sms::{Content, Letter, Notice},
    },
    outside::{queue::SmsQueue, random::Random},
    store::{Store, WriteOutcome},
};
use jiff::Timestamp;

/// Puts notices on their way.
#[derive(Clone, Debug)]
pub struct Notifier {
    store: Store,
    queue: SmsQueue,
    random: Random,
    /// The kill switch: false, and no notice goes out.
    enabled: bool,
}

impl Notifier {
    pub fn new(store: Store, queue: SmsQueue, random: Random, enabled: bool) -> Self {
        Self { store, queue, random, enabled }
    }

    /// Tells the owner of a number about something that has been done. Best effort: it stands, and the trail has it. A repetition
    /// and what is more than a day's notices to one phone are left out.
    pub async fn notify(&self, realm: Realm, to: &Phone, notice: Notice, now: Timestamp) {
        if !self.enabled {
            return;
        }
        let job = format!("{:032x}", self.random.u128());
        let letter = Letter { to: to.clone(), content: Content::Notice { notice, realm: Some(realm) } };
        let posted = async {
            let writes = self.store.transaction().count_notice(to, (realm, notice), now, ());
            match writes.create_sms_job(&job, &letter, now, ()).commit().await? {
                WriteOutcome::Committed => self.queue.send(job).await,
                WriteOutcome::ConditionFailed((), _) => {
                    tracing::info!(
                        notice = notice.as_str(),
                        "notice was left out: a repetition, or the limit of the day"
                    );
                    Ok(())
                }
            }
        };
        if let Err(failure) = posted.await {
            tracing::warn!(notice = notice.as_str(), detail = failure.detail(), "notice was not sent");
        }
    }
}
