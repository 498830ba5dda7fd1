//! The items that a sign-in by password reads and writes.

use super::{
    Consistency, Item, Key, SecondFactor, Store, Transaction, WriteOutcome, fault,
    keys::{SK, TTL},
    number, read,
    second_factor::second_factor,
    text,
    transaction::Change,
};
use crate::domain::{
    account::{AccountId, LoginName, Realm},
    cloud::Tenant,
    device::KnownDevice,
    reason::Failure,
    throttle::{AllFailures, Counted, Failures, MOST_FAILURES, ProofByCode, Series},
};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use futures_util::future::{OptionFuture, try_join3};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, time::Duration};

/// The account of a login name, and the hash of its password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LoginCredential {
    pub account: AccountId,
    /// In PHC form, so it names its own parameters.
    pub hash: String,
    /// The id of the pepper in the hash.
    pub pepper: String,
    /// The business customer of a portal account, so that its sign-in is recorded without another read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// When a password that an administrator gave stops working; none of a password that its owner chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_until: Option<Timestamp>,
}

/// Everything that a try at a login name is decided on.
#[derive(Debug, Default)]
pub(crate) struct LoginRecord {
    pub credential: Option<LoginCredential>,
    pub series: Series,
    /// Of staff.
    pub second_factor: Option<SecondFactor>,
}

/// A try at a login name: from where, and from which device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoginTry<'a> {
    pub realm: Realm,
    pub name: &'a LoginName,
    pub address: IpAddr,
    /// The device that the caller shows. It is known if it has signed in to the account of this name.
    pub device: Option<&'a KnownDevice>,
}

/// The release before counted all failures of a name in one item, with a wait. The item of all failures is the same one,
/// with a wait that is over.
#[derive(Deserialize)]
struct FailuresItem {
    n: u32,
    until: i64,
    ttl: i64,
}

/// Why a try was not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginTryRefusal {
    /// Another call tried the same name between our read and our write.
    Raced,
    /// This address has reached its limit for this minute.
    AddressThrottled,
    /// The name has reached its limit over all networks.
    SecondProof,
}

/// An address and its limit per minute for one action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AddressLimit {
    pub action: &'static str,
    pub address: IpAddr,
    pub per_minute: u32,
}

impl AddressLimit {
    fn key(&self, now: Timestamp) -> Key {
        Key::address(self.action, self.address, now.as_second().div_euclid(60))
    }

    /// The time until the minute is over.
    pub(crate) fn wait(now: Timestamp) -> Duration {
        Duration::from_secs(60_u64.saturating_sub(now.as_second().rem_euclid(60).unsigned_abs()))
    }

    fn change(&self, now: Timestamp) -> Change {
        Change {
            update: "ADD #n :one SET #ttl = :ttl".into(),
            condition: Some("attribute_not_exists(#n) OR #n < :limit".into()),
            names: vec![("#n", "n".into()), ("#ttl", TTL.into())],
            values: vec![
                (":one", number(1)),
                (":limit", number(self.per_minute)),
                (":ttl", number(now.as_second() + 3600)),
            ],
        }
    }
}

impl Store {
    /// AP-01: the credential of a login name.
    pub(crate) async fn login(&self, realm: Realm, name: &LoginName, now: Timestamp) -> Result<LoginRecord, Failure> {
        let mut record = LoginRecord::default();
        for item in self.get_all(Key::login(realm, name)).await? {
            match item.get(SK).and_then(|sk| sk.as_s().ok()).map(String::as_str) {
                Some("CREDENTIAL") => record.credential = Some(read(item)?),
                Some("FAILURES") => record.series.all = AllFailures(failures(&read(item)?, now).count),
                Some("SECOND-FACTOR") => record.second_factor = Some(second_factor(item)?),
                _ => {}
            }
        }
        Ok(record)
    }

    /// AP-01: the same for a try, with every series that it belongs to.
    pub(crate) async fn login_for(&self, by: LoginTry<'_>, now: Timestamp) -> Result<LoginRecord, Failure> {
        let device = OptionFuture::from(by.device.map(|device| self.failures(Key::device_failures(device), now)));
        let network = self.failures(Key::network_failures(by.realm, by.name, by.address), now);
        let reading = try_join3(self.login(by.realm, by.name, now), network, async { device.await.transpose() });
        let (mut record, of_network, of_device) = Box::pin(reading).await?;
        let account = record.credential.as_ref().map(|credential| &credential.account);
        let is_known = by.device.zip(account).is_some_and(|(device, account)| device.is_of(by.realm, account));
        record.series.of_network = of_network;
        record.series.of_device = of_device.filter(|_| is_known);
        Ok(record)
    }

    async fn failures(&self, key: Key, now: Timestamp) -> Result<Failures, Failure> {
        let item: Option<FailuresItem> = self.get(&key, Consistency::Strong).await?;
        Ok(item.map_or_else(Failures::default, |item| failures(&item, now)))
    }

    /// AP-02: counts a try before the password is compared: of a known device in its own series, of any other with its
    /// network, its name and its address.
    pub(crate) async fn count_try(
        &self,
        by: LoginTry<'_>,
        (series, counted): (&Series, Counted),
        limit: AddressLimit,
        now: Timestamp,
    ) -> Result<WriteOutcome<LoginTryRefusal>, Failure> {
        let writes = self.transaction();
        let writes = if let (Counted::Device, Some(device)) = (counted, by.device) {
            let change = one_more(series.of_device.unwrap_or_default(), now);
            writes.update(&Key::device_failures(device), change, Some(LoginTryRefusal::Raced))
        } else {
            let of_network = Key::network_failures(by.realm, by.name, by.address);
            let of_all = one_of_all(series.all, ProofByCode::of(by.realm), now);
            writes
                .update(&limit.key(now), limit.change(now), Some(LoginTryRefusal::AddressThrottled))
                .update(&of_network, one_more(series.of_network, now), Some(LoginTryRefusal::Raced))
                .update(&Key::failures(by.realm, by.name), of_all, Some(LoginTryRefusal::SecondProof))
        };
        writes.commit().await
    }

    /// AP-03: counts a call against the address alone. A repeated call may be counted twice, which is harmless.
    pub(crate) async fn count_address(&self, limit: AddressLimit, now: Timestamp) -> Result<bool, Failure> {
        let change = limit.change(now);
        let mut request = self.client.update_item().table_name(&self.table).set_key(Some(limit.key(now).item()));
        request = request.update_expression(change.update).set_condition_expression(change.condition);
        for (name, attribute) in change.names {
            request = request.expression_attribute_names(name, attribute);
        }
        for (name, value) in change.values {
            request = request.expression_attribute_values(name, value);
        }
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(fault(error)),
        }
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Claims a login name that no account has.
    pub(crate) fn claim_login(self, realm: Realm, name: &LoginName, credential: &LoginCredential, taken: R) -> Self {
        self.put_new(&Key::credential(realm, name), credential, taken)
    }

    /// Releases a login name.
    pub(crate) fn forget_login(self, realm: Realm, name: &LoginName) -> Self {
        self.delete(&Key::credential(realm, name))
    }

    /// AP-04: a right password or code ends the series that the try was counted in.
    pub(crate) fn forget_failures(self, by: LoginTry<'_>, counted: Counted) -> Self {
        match (counted, by.device) {
            (Counted::Device, Some(device)) => self.delete(&Key::device_failures(device)),
            _ => self
                .delete(&Key::failures(by.realm, by.name))
                .delete(&Key::network_failures(by.realm, by.name, by.address)),
        }
    }

    /// Requires that the credential still holds the hash that was compared, so that a password that was just changed
    /// opens no session (docs/decisions/0003-no-session-version.md).
    pub(crate) fn still_holds(self, realm: Realm, name: &LoginName, compared: &LoginCredential, changed: R) -> Self {
        let holds = Change {
            condition: Some("#hash = :compared AND #account = :account".into()),
            names: vec![("#hash", "hash".into()), ("#account", "account".into())],
            values: vec![(":compared", text(&compared.hash)), (":account", text(compared.account.as_str()))],
            ..Change::default()
        };
        self.check(&Key::credential(realm, name), holds, changed)
    }

    /// Replaces the hash, if the name still belongs to this account.
    pub(crate) fn set_hash(self, (realm, name): (Realm, &LoginName), new: &LoginCredential, changed: R) -> Self {
        let change = Change {
            update: "SET #hash = :new, #pepper = :pepper".into(),
            condition: Some("#account = :account".into()),
            names: vec![("#hash", "hash".into()), ("#pepper", "pepper".into()), ("#account", "account".into())],
            values: vec![
                (":new", text(&new.hash)),
                (":pepper", text(&new.pepper)),
                (":account", text(new.account.as_str())),
            ],
        };
        self.update(&Key::credential(realm, name), change, Some(changed))
    }

    /// Replaces the hash that was read with one of a password that its owner chose.
    pub(crate) fn change_hash(
        self,
        (realm, name): (Realm, &LoginName),
        old: &LoginCredential,
        new: &LoginCredential,
        raced: R,
    ) -> Self {
        let mut change = Change::of_hash(old, new);
        change.update.push_str(" REMOVE #first");
        change.names.push(("#first", "first_until".into()));
        self.update(&Key::credential(realm, name), change, Some(raced))
    }

    /// AP-149: replaces the hash of an account with one of a password that an administrator gave.
    pub(crate) fn give_hash(self, (realm, name): (Realm, &LoginName), new: &LoginCredential, changed: R) -> Self {
        let until = new.first_until.map(|until| until.to_string()).unwrap_or_default();
        let change = Change {
            update: "SET #hash = :new, #pepper = :pepper, #first = :until".into(),
            condition: Some("#account = :account".into()),
            names: vec![
                ("#hash", "hash".into()),
                ("#pepper", "pepper".into()),
                ("#account", "account".into()),
                ("#first", "first_until".into()),
            ],
            values: vec![
                (":new", text(&new.hash)),
                (":pepper", text(&new.pepper)),
                (":account", text(new.account.as_str())),
                (":until", text(until)),
            ],
        };
        self.update(&Key::credential(realm, name), change, Some(changed))
    }

    /// Replaces the hash that was read: with one of the same password with current parameters, or of a new password.
    pub(crate) fn renew_hash(
        self,
        (realm, name): (Realm, &LoginName),
        old: &LoginCredential,
        new: &LoginCredential,
        raced: R,
    ) -> Self {
        self.update(&Key::credential(realm, name), Change::of_hash(old, new), Some(raced))
    }
}

impl Change {
    fn of_hash(old: &LoginCredential, new: &LoginCredential) -> Self {
        Self {
            update: "SET #hash = :new, #pepper = :pepper".into(),
            condition: Some("#hash = :old".into()),
            names: vec![("#hash", "hash".into()), ("#pepper", "pepper".into())],
            values: vec![(":new", text(&new.hash)), (":pepper", text(&new.pepper)), (":old", text(&old.hash))],
        }
    }
}

/// Reads the credential that refused a write.
pub(crate) fn credential_of(item: Item) -> Result<Option<LoginCredential>, Failure> {
    if item.is_empty() { Ok(None) } else { read(item).map(Some) }
}

fn failures(item: &FailuresItem, now: Timestamp) -> Failures {
    if item.ttl <= now.as_second() {
        return Failures::default();
    }
    let closed_until = Timestamp::from_millisecond(item.until).unwrap_or(now + SignedDuration::from_secs(1));
    Failures { count: item.n, closed_until }
}

/// One more failure of a network or a device, if no other was counted since the series was read.
fn one_more(before: Failures, now: Timestamp) -> Change {
    let after = before.one_more(now);
    Change {
        update: "SET #n = :n, #until = :until, #ttl = :ttl".into(),
        condition: Some("attribute_not_exists(#n) OR #n = :before OR #ttl <= :now".into()),
        names: vec![("#n", "n".into()), ("#until", "until".into()), ("#ttl", TTL.into())],
        values: vec![
            (":n", number(after.count)),
            (":before", number(before.count)),
            (":until", number(after.closed_until.as_millisecond())),
            (":ttl", number(after.forgotten_at(now).as_second())),
            (":now", number(now.as_second())),
        ],
    }
}

/// One more failure of a name. It is added to what others add at the same time, because a condition on the number that
/// was read would let a flood of tries refuse all others.
fn one_of_all(before: AllFailures, second: ProofByCode, now: Timestamp) -> Change {
    let mut change = Change {
        update: "ADD #n :one SET #until = :over, #ttl = :ttl".into(),
        names: vec![("#n", "n".into()), ("#until", "until".into()), ("#ttl", TTL.into())],
        values: vec![(":one", number(1)), (":over", number(0)), (":ttl", number(before.forgotten_at(now).as_second()))],
        condition: None,
    };
    if before.0 == 0 {
        // There is no series, or one that is forgotten and still stored. Of two that begin one at once, one begins.
        change.update = "SET #n = :one, #until = :over, #ttl = :ttl".into();
    } else if second != ProofByCode::None {
        change.condition = Some("attribute_not_exists(#n) OR #n < :most".into());
        change.values.push((":most", number(MOST_FAILURES)));
    }
    change
}
