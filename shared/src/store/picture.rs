//! The state of each uploaded picture, so that the bucket can be brought in line with it at any time.

use super::{
    Item, Key, Store, Transaction, fault,
    keys::{DUE_AT, DUE_SHARD, PK},
    number, text,
    transaction::{Change, WriteOutcome},
};
use crate::domain::{
    account::{AccountId, Realm},
    image::PictureKey,
    reason::Failure,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The partition of the due index that lists pictures with pending work.
const SHARD: &str = "pictures";
/// How many due pictures one query reads.
const PAGE: i32 = 50;
/// An upload that no record names is deleted after this time, shortly before the bucket's own rule would delete it.
const LOOSE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// An upload can be attached to a record for this time. It is shorter, so that the bucket has not begun to delete it.
const LINKABLE: SignedDuration = SignedDuration::from_hours(20);
/// The call that attaches or drops a picture also updates the bucket. The sweep does it when that has not happened
/// after this time.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PictureState {
    /// Uploaded, and named by no record yet.
    Loose,
    /// Named by a record: the bucket must keep it.
    Linked,
    /// Named by a record until an instant: the bucket must delete it then.
    Expiring,
    /// No longer named by a record: the bucket must delete it.
    Dropped,
}

#[derive(Serialize)]
struct PictureItem {
    owner: String,
    state: PictureState,
    at: i64,
    due_shard: &'static str,
    due_at: i64,
}

#[derive(Deserialize)]
struct StateOnly {
    state: PictureState,
}

/// Why an upload is refused before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UploadRefusal {
    /// The account has reached its daily limit of uploads.
    Quota,
    /// The random name is taken, which is practically impossible.
    Name,
}

impl Store {
    /// AP-72: counts an upload against the account's day and stores the picture's state, before the object is written.
    pub(crate) async fn begin_upload(
        &self,
        (realm, account): (Realm, &AccountId),
        key: &PictureKey,
        (day, per_day): (i64, u32),
        now: Timestamp,
    ) -> Result<WriteOutcome<UploadRefusal>, Failure> {
        let count = Change {
            update: "ADD #n :one SET #ttl = :ttl".into(),
            condition: Some("attribute_not_exists(#n) OR #n < :most".into()),
            names: vec![("#n", "n".into()), ("#ttl", super::keys::TTL.into())],
            values: vec![
                (":one", number(1)),
                (":most", number(per_day)),
                (":ttl", number(now.as_second() + SignedDuration::from_hours(48).as_secs())),
            ],
        };
        let item = PictureItem {
            owner: owner(realm, account),
            state: PictureState::Loose,
            at: now.as_millisecond(),
            due_shard: SHARD,
            due_at: (now + LOOSE_LIFE).as_millisecond(),
        };
        let writes = self.transaction();
        let writes = writes.update(&Key::uploads(realm, account, day), count, Some(UploadRefusal::Quota));
        writes.put_new(&Key::picture(key), &item, UploadRefusal::Name).commit().await
    }

    /// AP-75: records that the bucket keeps the picture. No effect when it was dropped meanwhile.
    pub(crate) async fn confirm_picture_kept(&self, key: &PictureKey) -> Result<(), Failure> {
        let change = Change {
            update: "REMOVE #shard, #due".into(),
            condition: Some("#state = :linked".into()),
            names: vec![("#state", "state".into()), ("#shard", DUE_SHARD.into()), ("#due", DUE_AT.into())],
            values: vec![(":linked", text("linked"))],
        };
        self.transaction().update(&Key::picture(key), change, Some(())).commit().await.map(drop)
    }

    /// AP-80: records that the bucket keeps a picture with an end. It is due again at its end.
    pub(crate) async fn confirm_picture_kept_until_end(&self, key: &PictureKey) -> Result<(), Failure> {
        let change = Change {
            update: "SET #due = #until".into(),
            condition: Some("#state = :expiring".into()),
            names: vec![("#state", "state".into()), ("#until", "until".into()), ("#due", DUE_AT.into())],
            values: vec![(":expiring", text("expiring"))],
        };
        self.transaction().update(&Key::picture(key), change, Some(())).commit().await.map(drop)
    }

    /// AP-76: records that the bucket has deleted the picture.
    pub(crate) async fn delete_picture_state(&self, key: &PictureKey) -> Result<(), Failure> {
        self.transaction::<()>().delete(&Key::picture(key)).commit().await.map(drop)
    }

    /// AP-77: a page of the pictures with work due by `now`.
    pub(crate) async fn due_pictures(&self, now: Timestamp) -> Result<Vec<PictureKey>, Failure> {
        let request = self.client.query().table_name(&self.table).index_name("due").limit(PAGE);
        let request = request.key_condition_expression("#shard = :shard AND #at <= :now");
        let request = request.expression_attribute_names("#shard", DUE_SHARD).expression_attribute_names("#at", DUE_AT);
        let request = request.expression_attribute_values(":shard", text(SHARD));
        let request = request.expression_attribute_values(":now", number(now.as_millisecond()));
        let answer = request.send().await.map_err(fault)?;
        let keys = answer.items.unwrap_or_default();
        Ok(keys.iter().filter_map(|item: &Item| Key::picture_of(item.get(PK)?.as_s().ok()?)).collect())
    }

    /// AP-78: the work for a due picture. A picture that no record names, or whose time is over, is dropped here, so
    /// that it can no longer be attached.
    pub(crate) async fn drop_overdue_picture(
        &self,
        key: &PictureKey,
        now: Timestamp,
    ) -> Result<Option<PictureState>, Failure> {
        let drop = Change {
            update: "SET #state = :dropped".into(),
            condition: Some("#due <= :now AND (#state = :loose OR (#state = :expiring AND #until <= :now))".into()),
            names: vec![("#state", "state".into()), ("#until", "until".into()), ("#due", DUE_AT.into())],
            values: vec![
                (":dropped", text("dropped")),
                (":loose", text("loose")),
                (":expiring", text("expiring")),
                (":now", number(now.as_millisecond())),
            ],
        };
        match self.transaction().update(&Key::picture(key), drop, Some(())).commit().await? {
            WriteOutcome::Committed => Ok(Some(PictureState::Dropped)),
            WriteOutcome::ConditionFailed((), item) if item.is_empty() => Ok(None),
            WriteOutcome::ConditionFailed((), item) => Ok(Some(super::read::<StateOnly>(item)?.state)),
        }
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-73: a record names this picture from now on. Refused unless this account uploaded it, recently or for another
    /// record, and it is not about to be deleted.
    pub(crate) fn link_picture(
        self,
        (realm, account): (Realm, &AccountId),
        key: &PictureKey,
        now: Timestamp,
        refused: R,
    ) -> Self {
        let change = Change {
            update: "SET #state = :linked, #shard = :shard, #due = :due REMOVE #until".into(),
            condition: Some(
                "#owner = :owner AND (#state = :linked OR (#state = :loose AND #at > :fresh) \
                 OR (#state = :expiring AND #until > :now))"
                    .into(),
            ),
            names: vec![
                ("#state", "state".into()),
                ("#owner", "owner".into()),
                ("#at", "at".into()),
                ("#until", "until".into()),
                ("#shard", DUE_SHARD.into()),
                ("#due", DUE_AT.into()),
            ],
            values: vec![
                (":linked", text("linked")),
                (":loose", text("loose")),
                (":expiring", text("expiring")),
                (":now", number(now.as_millisecond())),
                (":owner", text(owner(realm, account))),
                (":fresh", number((now - LINKABLE).as_millisecond())),
                (":shard", text(SHARD)),
                (":due", due(now)),
            ],
        };
        self.update(&Key::picture(key), change, Some(refused))
    }

    /// AP-79: the record shows this picture until an instant. It stays due earlier, if the bucket has not been updated
    /// yet.
    pub(crate) fn expire_picture(self, key: &PictureKey, until: Timestamp) -> Self {
        let change = Change {
            update: "SET #state = :expiring, #until = :until, #shard = :shard, #due = if_not_exists(#due, :until)"
                .into(),
            condition: None,
            names: vec![
                ("#state", "state".into()),
                ("#until", "until".into()),
                ("#shard", DUE_SHARD.into()),
                ("#due", DUE_AT.into()),
            ],
            values: vec![
                (":expiring", text("expiring")),
                (":until", number(until.as_millisecond())),
                (":shard", text(SHARD)),
            ],
        };
        self.update(&Key::picture(key), change, None)
    }

    /// AP-74: no record names this picture any more.
    pub(crate) fn drop_picture(self, key: &PictureKey, now: Timestamp) -> Self {
        let change = Change {
            update: "SET #state = :dropped, #shard = :shard, #due = :due".into(),
            condition: None,
            names: vec![("#state", "state".into()), ("#shard", DUE_SHARD.into()), ("#due", DUE_AT.into())],
            values: vec![(":dropped", text("dropped")), (":shard", text(SHARD)), (":due", due(now))],
        };
        self.update(&Key::picture(key), change, None)
    }
}

fn due(now: Timestamp) -> AttributeValue {
    number((now + GRACE).as_millisecond())
}

fn owner(realm: Realm, account: &AccountId) -> String {
    format!("{} {}", realm.as_str(), account.as_str())
}
