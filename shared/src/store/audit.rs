//! The audit trail: entries are added, in the same transaction as the change they tell of, and never touched again.

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
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What can be found in the trail.
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
    SettingsChanged,
    PricesChanged,
    PileSwitched,
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
}

/// Who did what to whom, when, from where, and how it ended. Never a secret.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AuditEntry {
    pub at: Timestamp,
    pub action: Action,
    pub realm: Realm,
    /// The station it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<StationId>,
    /// The account it is about; unknown when somebody tried a name that nobody has.
    pub subject: Option<AccountId>,
    /// Who did it; nobody before a sign-in.
    pub actor: Option<AccountId>,
    pub role: Option<Role>,
    pub address: Option<IpAddr>,
    pub request: String,
    /// Makes the key unique.
    #[serde(skip)]
    pub id: u128,
}

impl AuditEntry {
    /// Read by subject and time, so that is the key.
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

/// What an entry is about that is neither an account nor a station.
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

/// An entry that also says what changed.
#[derive(Serialize)]
struct AuditChangeItem<'a> {
    #[serde(flatten)]
    entry: &'a AuditEntry,
    change: &'a str,
}

impl<R: Copy> Transaction<'_, R> {
    /// Has the entry written if and only if the change is, and says what the change was.
    pub(crate) fn audit_change(self, entry: &AuditEntry, change: &str) -> Self {
        self.put_audit(&entry.key(), &AuditChangeItem { entry, change })
    }

    /// The same of a thing, whose subject is its own.
    pub(crate) fn audit_thing(self, thing: AuditSubject<'_>, entry: &AuditEntry, change: &str) -> Self {
        self.put_audit(&entry.under(thing.subject()), &AuditChangeItem { entry, change })
    }

    /// Has the entry written if and only if the change is.
    pub(crate) fn audit(self, entry: &AuditEntry) -> Self {
        self.put_audit(&entry.key(), entry)
    }
}

/// An entry as it is read, whatever it is about.
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
    /// Where it stands among the entries of its subject; what a next page is asked for with.
    #[serde(rename = "sk")]
    pub cursor: String,
}

impl Store {
    /// Notes that something was looked at, before it is shown.
    pub(crate) async fn audit_read(&self, entry: &AuditEntry) -> Result<(), Failure> {
        self.audit_failure(entry).await
    }

    /// AP-186: entries about a subject in a stretch of time, the newest first; those before `before`.
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
        // The last one of the page before comes again, because a range has no open end, and is left out.
        let request = request.expression_attribute_values(":last", text(last)).limit(limit + 1);
        let answer = request.send().await.map_err(fault)?;
        let lines = answer.items.unwrap_or_default().into_iter().map(read::<AuditLine>);
        let lines = lines.filter(|line| line.as_ref().map_or(true, |line| Some(line.cursor.as_str()) != before));
        lines.take(limit.unsigned_abs() as usize).collect()
    }

    /// Notes a failure, which changes nothing that a transaction could hold it to.
    pub(crate) async fn audit_failure(&self, entry: &AuditEntry) -> Result<(), Failure> {
        let mut item = serde_dynamo::to_item::<_, super::Item>(entry)
            .map_err(|error| Failure::internal(format!("audit entry could not be serialised: {error}")))?;
        item.extend(entry.key().item());
        let request = self.client.put_item().table_name(&self.audit_table).set_item(Some(item.clone()));
        let request = request.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", PK);
        let request = request.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Err(error) if is_repetition(&error, &item) => Ok(()),
            answer => answer.map(drop).map_err(fault),
        }
    }
}

/// Whether the entry was written by an earlier try whose answer was lost.
fn is_repetition<H>(error: &SdkError<PutItemError, H>, entry: &super::Item) -> bool {
    let found = match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refused)) => refused.item(),
        _ => None,
    };
    found == Some(entry)
}
