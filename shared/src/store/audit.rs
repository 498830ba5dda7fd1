//! The audit trail. An entry is added in the transaction of the change that it records, and is never changed.

use super::{
    Key, Store, Transaction, fault,
    keys::{PK, SK},
    read, text,
};
use crate::domain::{
    account::{AccountId, Realm, Role},
    cloud::Tenant,
    reason::Failure,
    shop::{GroupId, ShopId},
    station_id::StationId,
};
use aws_sdk_dynamodb::{
    error::SdkError, operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The actions that the trail records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountDeleted,
    PapersSubmitted,
    PapersAudited,
    NumbersRead,
    AccountClosed,
    SignedIn,
    SignInFailed,
    PasswordChanged,
    PasswordChangeFailed,
    PasswordReset,
    PhoneChanged,
    /// An openId came to the account from another one, or in the place of another.
    OpenIdBound,
    /// The account's openId went to the account of another phone.
    OpenIdLost,
    CodeRefused,
    StationMade,
    CustomerRead,
    CustomerDeleted,
    /// Staff changed fields of a shop record.
    CustomerChanged,
    /// An administrator changed fields of a driver.
    ProfileChanged,
    SettingsChanged,
    PricesChanged,
    /// An operator changed name, address, hours, phone or coordinates of a station.
    PlaceChanged,
    PileSwitched,
    PileKeyIssued,
    RequestRemoved,
    BillSettled,
    BillCredited,
    BillRefunded,
    ShopMade,
    ShopChanged,
    ShopGroupNamed,
    ManagerAssigned,
    RoleChanged,
    AccountLocked,
    AccountUnlocked,
    SignedOutByOperator,
    /// The owner ended all sessions.
    SessionsEnded,
    SecondFactorEnrolled,
    SecondFactorRefused,
    RecoveryCodeUsed,
    FirstPasswordGiven,
    /// A role was given that a second administrator has to confirm, or withdrawn before that.
    RoleProposed,
    AppointmentConfirmed,
}

/// Who did what to which account, when, from which address, and with which outcome. **Invariant:** it holds no secret.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AuditEntry {
    pub at: Timestamp,
    pub action: Action,
    pub realm: Realm,
    /// The station, where the entry is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<StationId>,
    /// The account, where the entry is about one. Absent when a sign-in named an unknown login name.
    pub subject: Option<AccountId>,
    /// The actor. Absent before a sign-in.
    pub actor: Option<AccountId>,
    pub role: Option<Role>,
    pub address: Option<IpAddr>,
    pub request: String,
    /// Makes the key unique.
    #[serde(skip)]
    pub id: u128,
}

impl AuditEntry {
    /// Entries are read by subject and time.
    fn key(&self) -> Key {
        if let Some(station) = &self.station {
            return self.under(format!("SUBJECT#station#{}", station.as_str()));
        }
        let subject = self.subject.as_ref().map_or("unknown", AccountId::as_str);
        self.under(format!("SUBJECT#{}#{subject}", self.realm.as_str()))
    }

    fn under(&self, pk: String) -> Key {
        Key { pk, sk: format!("{:015}#{:032x}", self.at.as_millisecond(), self.id) }
    }
}

/// A subject that is neither an account nor a station.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AuditSubject<'a> {
    Shop(&'a ShopId),
    ShopGroup(&'a GroupId),
    Customer(&'a Tenant),
}

impl AuditSubject<'_> {
    fn subject(self) -> String {
        match self {
            Self::Shop(shop) => format!("SUBJECT#shops#{}", shop.as_str()),
            Self::ShopGroup(group) => format!("SUBJECT#shop-groups#{}", group.as_str()),
            Self::Customer(Tenant { zone, customer }) => {
                format!("SUBJECT#customers#{}.{}", zone.as_str(), customer.as_str())
            }
        }
    }
}

/// An entry with the text of the change.
#[derive(Serialize)]
struct AuditChangeItem<'a> {
    #[serde(flatten)]
    entry: &'a AuditEntry,
    change: &'a str,
}

/// An entry as it is stored, with its place in the index by day.
#[derive(Serialize)]
pub(super) struct AuditItem<'a, T> {
    #[serde(flatten)]
    pub content: &'a T,
    pub day_shard: String,
}

/// The shards of a day in the index by day, so that no partition takes all writes of an hour.
pub(super) const DAY_SHARDS: u32 = 4;

/// The partition of an entry in the index by day.
pub(super) fn day_shard(key: &Key) -> String {
    let at = key.sk.split('#').next().and_then(|at| at.parse().ok()).unwrap_or_default();
    let shard = key.sk.chars().last().and_then(|digit| digit.to_digit(16)).unwrap_or_default() % DAY_SHARDS;
    shard_of_day(day_of(at), shard)
}

pub(super) fn day_of(millisecond: i64) -> Date {
    Timestamp::from_millisecond(millisecond).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}

pub(super) fn shard_of_day(day: Date, shard: u32) -> String {
    format!("{day}#{shard}")
}

impl<R: Copy> Transaction<'_, R> {
    /// Writes the entry with the text of the change in this transaction.
    pub(crate) fn audit_change(self, entry: &AuditEntry, change: &str) -> Self {
        self.put_audit(&entry.key(), &AuditChangeItem { entry, change })
    }

    /// Writes the entry under another subject, with the text of the change, in this transaction.
    pub(crate) fn audit_thing(self, thing: AuditSubject<'_>, entry: &AuditEntry, change: &str) -> Self {
        self.put_audit(&entry.under(thing.subject()), &AuditChangeItem { entry, change })
    }

    /// Writes the entry in this transaction.
    pub(crate) fn audit(self, entry: &AuditEntry) -> Self {
        self.put_audit(&entry.key(), entry)
    }
}

/// An entry as it is read, of any subject.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AuditLine {
    pub at: Timestamp,
    pub action: String,
    #[serde(default)]
    pub actor: Option<String>,
    #[serde(default)]
    pub role: Option<String>,
    #[serde(default)]
    pub address: Option<String>,
    #[serde(default)]
    pub request: Option<String>,
    #[serde(default)]
    pub change: Option<String>,
    /// Its sort key among the entries of its subject: the cursor of the next page.
    #[serde(rename = "sk")]
    pub cursor: String,
}

impl Store {
    /// Writes an entry about a reading, before the data are shown.
    pub(crate) async fn audit_read(&self, entry: &AuditEntry) -> Result<(), Failure> {
        self.audit_failure(entry).await
    }

    /// AP-36: the entries of a subject in a period, newest first, older than `before`.
    pub(crate) async fn audit_entries(
        &self,
        (kind, subject): (&str, &str),
        (from, to): (i64, i64),
        before: Option<&str>,
        limit: i32,
    ) -> Result<Vec<AuditLine>, Failure> {
        let end = format!("{to:015}#{}", super::END);
        let last = before.filter(|before| **before < *end).unwrap_or(&end);
        let request = self.client.query().table_name(&self.audit_table).scan_index_forward(false);
        let request = request.key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":pk", text(format!("SUBJECT#{kind}#{subject}")));
        let request = request.expression_attribute_values(":first", text(format!("{from:015}#")));
        // A key range includes its end, so the last entry of the page before is read again and left out.
        let request = request.expression_attribute_values(":last", text(last)).limit(limit + 1);
        let answer = request.send().await.map_err(fault)?;
        let lines = answer.items.unwrap_or_default().into_iter().map(read::<AuditLine>);
        let lines = lines.filter(|line| line.as_ref().map_or(true, |line| Some(line.cursor.as_str()) != before));
        lines.take(limit.unsigned_abs() as usize).collect()
    }

    /// Writes an entry about a failed call, which has no transaction to join.
    pub(crate) async fn audit_failure(&self, entry: &AuditEntry) -> Result<(), Failure> {
        let key = entry.key();
        let entry = AuditItem { content: entry, day_shard: day_shard(&key) };
        let mut item = serde_dynamo::to_item::<_, super::Item>(&entry)
            .map_err(|error| Failure::internal(format!("audit entry could not be serialised: {error}")))?;
        item.extend(key.item());
        let request = self.client.put_item().table_name(&self.audit_table).set_item(Some(item.clone()));
        let request = request.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", PK);
        let request = request.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Err(error) if is_repetition(&error, &item) => Ok(()),
            answer => answer.map(drop).map_err(fault),
        }
    }
}

/// Whether an earlier try, whose answer was lost, wrote this entry.
fn is_repetition<H>(error: &SdkError<PutItemError, H>, entry: &super::Item) -> bool {
    let found = match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refused)) => refused.item(),
        _ => None,
    };
    found == Some(entry)
}
