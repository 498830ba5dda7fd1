//! DynamoDB: one file per noun. The types are public for `boot` to build; their operations belong to the services.

mod account;
mod attempts;
mod audit;
mod audit_chain;
mod bill;
mod captcha;
mod charge;
mod cloud_account;
mod cloud_contact;
mod cloud_customer;
mod code;
mod dealer;
mod effects;
mod keys;
mod ledger;
mod login;
mod mall_user;
mod papers;
mod payment;
mod phone;
mod picture;
mod pile;
mod prices;
mod second_factor;
mod session;
mod shop;
mod shop_ledger;
mod shop_record;
mod sms;
mod staff;
mod station;
mod station_place;
mod stations;
mod takings;
mod transaction;
mod turn;

pub use account::ProfileChange;
pub(crate) use account::{Driver, Unbinding};
pub(crate) use attempts::Attempts;
pub use audit::AuditLine;
pub(crate) use audit::{Action, AuditEntry, AuditSubject};
pub use audit_chain::ChainStore;
pub(crate) use audit_chain::SignedPoint;
pub(crate) use bill::{BillIndex, BillRange, FoundBill, IssuedBill};
pub(crate) use captcha::Captcha;
pub use charge::DetailRecordItem;
pub(crate) use charge::FirstAnswer;
pub(crate) use cloud_contact::{ContactItem, contact_place};
pub(crate) use cloud_customer::customer_place;
pub(crate) use code::{CodeCounts, CodePlace, CodeRow, CodeScope, PhoneCodes, SentList};
pub(crate) use dealer::{Dealer, DealerEdit};
pub use ledger::LedgerEntry;
pub(crate) use ledger::ledger_entry_of;
pub(crate) use login::{AddressLimit, LoginCredential, LoginTry, LoginTryRefusal, credential_of};
pub(crate) use mall_user::{MallUser, OpenIdHolder};
pub(crate) use papers::{AccountPhone, WaitingPapers, id_no_place, waiting_place};
pub(crate) use payment::PaymentItem;
pub(crate) use phone::{PhoneHolder, RealmPhone};
pub(crate) use picture::{PictureState, UploadRefusal};
pub(crate) use pile::{OpenSession, PileKeyItem, StoredPile, pile_key_place};
pub use pile::{PileCounts, RegisterStretch};
pub(crate) use prices::PricesItem;
pub(crate) use second_factor::{Enrolment, SecondFactor, SecondTry};
pub(crate) use session::sessions_of;
pub(crate) use shop_ledger::entry_of;
pub(crate) use shop_record::{
    CreatedRecord, RecordOrder, RecordPointers, ShopRecordItem, counter_of, created_record_of, customer_of,
    private_place, tenant,
};
pub(crate) use sms::{SmsCount, SmsJobState};
pub(crate) use staff::StaffItem;
pub(crate) use station::{DUE_SHARDS, DuePage, NumberRanges, StationHead};
pub(crate) use station_place::PlaceRefusal;
pub(crate) use stations::StationListItem;
pub(crate) use transaction::{Transaction, WriteOutcome};
pub(crate) use turn::{EarlierDueBills, StationWriteRefusal};

use crate::{
    domain::{
        reason::{Failure, Reason},
        sealed::SealedPlace,
    },
    outside::random::Random,
};
use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId as _,
    types::AttributeValue,
};
pub(crate) use keys::PARTITION_CELL;
use keys::{Key, PK, SK};
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::HashMap;

type Item = HashMap<String, AttributeValue>;

/// The tables and the client that reaches them.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
    audit_table: String,
    /// Draws the pauses between retries.
    jitter: Random,
}

impl Store {
    pub fn new(client: Client, table: impl Into<String>, audit_table: impl Into<String>) -> Self {
        Self { client, table: table.into(), audit_table: audit_table.into(), jitter: Random::system() }
    }

    /// The same store with pauses that the caller controls.
    #[must_use]
    pub fn pausing(self, jitter: Random) -> Self {
        Self { jitter, ..self }
    }

    /// Makes one cheap signed call while the environment starts at full CPU, so that the first request finds an open
    /// connection and a warm signer.
    pub async fn prime(&self) {
        let probe = Key::first_admin();
        // A failure here shows again at the first request, which reports it.
        drop(self.get::<serde::de::IgnoredAny>(&probe, Consistency::Eventual).await);
    }

    async fn get<T: DeserializeOwned>(&self, key: &Key, consistency: Consistency) -> Result<Option<T>, Failure> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.item()));
        let answer = request.consistent_read(consistency == Consistency::Strong).send().await.map_err(fault)?;
        answer.item.map(read).transpose()
    }

    /// One page of a partition between two sort keys, and whether there is more.
    async fn between(&self, page: KeyRange<'_>) -> Result<(Vec<Item>, bool), Failure> {
        let request = self.client.query().table_name(&self.table).scan_index_forward(!page.newest_first);
        let request =
            request.set_limit(page.limit).key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":pk", text(page.pk));
        let request = request.expression_attribute_values(":first", text(page.first));
        let request = request.expression_attribute_values(":last", text(page.last));
        let answer = request.send().await.map_err(fault)?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key.is_some()))
    }

    /// All items of a partition; only for partitions with a handful of items.
    async fn get_all(&self, pk: String) -> Result<Vec<Item>, Failure> {
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request.key_condition_expression("#pk = :pk").expression_attribute_names("#pk", PK);
        let answer = request.expression_attribute_values(":pk", text(pk)).send().await.map_err(fault)?;
        Ok(answer.items.unwrap_or_default())
    }
}

/// A range of a partition, both ends included.
struct KeyRange<'a> {
    pk: &'a str,
    first: &'a str,
    last: &'a str,
    limit: Option<i32>,
    newest_first: bool,
}

/// Sorts after every key with the same prefix.
const END: char = '\u{10ffff}';

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consistency {
    /// Sees every acknowledged write: 1 unit for 4 KB.
    Strong,
    /// May be a moment old: half a unit for 4 KB.
    Eventual,
}

impl Key {
    /// The place of a sealed field in a tenant's item. The partition key is the tenant.
    fn place(self, field: &'static str) -> SealedPlace {
        SealedPlace { tenant: self.pk.clone(), item: vec![self.pk, self.sk], field }
    }

    fn item(&self) -> Item {
        HashMap::from([(PK.to_owned(), text(&self.pk)), (SK.to_owned(), text(&self.sk))])
    }
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

#[expect(clippy::needless_pass_by_value, reason = "numbers are copied anyway")]
fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn read<T: for<'de> Deserialize<'de>>(item: Item) -> Result<T, Failure> {
    serde_dynamo::from_item(item).map_err(|error| Failure::internal(format!("stored item is invalid: {error}")))
}

/// The failure of a call after the SDK's own retries.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn fault<E, R>(error: SdkError<E, R>) -> Failure
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
    SdkError<E, R>: aws_sdk_dynamodb::operation::RequestId,
{
    let request = error.request_id().unwrap_or("none");
    let Some(refusal) = error.as_service_error() else {
        return Failure::internal(format!("DynamoDB: {} (request {request})", chain(&error)));
    };
    match refusal.code() {
        // Capacity recovers and transactions end by themselves, and nothing was written.
        Some(
            "ThrottlingException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "TransactionConflictException",
        ) => Reason::Contended.into(),
        // The code and message only: the whole error may quote an item.
        code => {
            let (code, message) = (code.unwrap_or("no code"), refusal.message().unwrap_or("no message"));
            Failure::internal(format!("DynamoDB: {code}: {message} (request {request})"))
        }
    }
}

/// An error and its causes, in their own words.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
