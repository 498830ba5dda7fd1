//! SMS codes and their limits. **Invariant:** no item holds a code; it is computed from the stored
//! nonce and a key.

use super::{Consistency, Key, Store, Transaction, WriteOutcome, keys::TTL, number, text, transaction::Change};
use crate::domain::{
    account::Realm,
    otp::{
        Binding, CLOSED_FOR, Device, LIFE, Limits, MOST_PHONES_OF_A_DEVICE, MOST_TRIES, MOST_TRIES_A_DAY, Purpose,
        Sent, Tries, Window,
    },
    phone::Phone,
    reason::Failure,
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::Value;
use std::{collections::BTreeMap, net::IpAddr, time::Duration};

/// Counters of a day are used on that day and the next.
const KEPT_SECONDS: i64 = 3 * 86_400;
/// The most attributes that one write removes.
const OLD: [&str; 6] = ["#o0", "#o1", "#o2", "#o3", "#o4", "#o5"];

const VERIFIED: &str = "verified";
const CONSUMED: &str = "consumed";

/// What happens to a code after a right guess.
#[derive(Clone, Copy, Debug)]
enum CodeAdvance {
    Verified,
    Consumed { made_account: bool },
}

/// A code that was sent, and its state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CodeRow {
    nonce: ByteBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// Data that the caller keeps with the code (#56).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addition: Option<String>,
    st: String,
    /// The tries.
    n: u32,
    /// Milliseconds.
    exp: i64,
    ttl: i64,
    /// The code was consumed by creating an account.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    made: bool,
}

impl CodeRow {
    pub(crate) fn new(nonce: [u8; 16], device: Option<&Device>, addition: Option<String>, now: Timestamp) -> Self {
        let exp = now + LIFE;
        Self {
            nonce: ByteBuf::from(nonce),
            device: device.map(|device| device.as_str().to_owned()),
            addition,
            st: "issued".to_owned(),
            n: 0,
            exp: exp.as_millisecond(),
            ttl: exp.as_second(),
            made: false,
        }
    }

    pub(crate) fn nonce(&self) -> [u8; 16] {
        self.nonce.as_slice().try_into().unwrap_or_default()
    }

    pub(crate) fn is_consumed(&self) -> bool {
        self.st == CONSUMED
    }

    pub(crate) fn has_made_account(&self) -> bool {
        self.is_consumed() && self.made
    }

    /// When the code expires. Of two codes, the one that expires later is the newer one.
    pub(crate) fn expires(&self) -> i64 {
        self.exp
    }

    pub(crate) fn is_for(&self, device: Option<&Device>) -> bool {
        self.device.as_deref() == device.map(Device::as_str)
    }
}

/// The codes and tries of a phone, over all realms.
#[derive(Debug, Default)]
pub(crate) struct PhoneCodes {
    pub sent: Sent,
    pub tries: Tries,
}

/// A device, an address or a product whose codes are counted.
#[derive(Debug)]
pub(crate) struct CodeScope {
    key: Key,
    limits: Vec<(Window, u32)>,
    /// The phone, where the scope limits how many different phones it sends to.
    phone: Option<Phone>,
}

/// The counters of a scope.
#[derive(Debug, Default)]
pub(crate) struct CodeCounts {
    counters: BTreeMap<String, u32>,
    /// The phones of today.
    phones: Vec<String>,
    /// The names of the attributes with the phones of earlier days.
    earlier_phones: Vec<String>,
}

impl CodeScope {
    pub(crate) fn device(realm: Realm, device: &Device, phone: &Phone, limits: &Limits) -> Self {
        let windows = vec![(Window::Hour, limits.per_device_hour), (Window::Day, limits.per_device_day)];
        Self { key: Key::device_codes(realm, device), limits: windows, phone: Some(phone.clone()) }
    }

    pub(crate) fn address(address: IpAddr, limits: &Limits) -> Self {
        let windows = vec![(Window::Hour, limits.per_address_hour), (Window::Day, limits.per_address_day)];
        Self { key: Key::address_codes(address), limits: windows, phone: None }
    }

    pub(crate) fn product(realm: Realm, limits: &Limits) -> Self {
        let windows = vec![(Window::Minute, limits.per_product_minute)];
        Self { key: Key::product_codes(realm), limits: windows, phone: None }
    }

    /// How long a caller must wait when a limit is reached. The condition of the write checks the limit again.
    pub(crate) fn wait(&self, counted: &CodeCounts, now: Timestamp) -> Option<Duration> {
        let is_full = |(window, limit): &&(Window, u32)| {
            counted.in_window(*window, window.number(now)) >= counted.room(*window, *limit, now)
        };
        let full = self.limits.iter().find(is_full).map(|(window, _)| window.wait(now));
        full.or_else(|| self.has_too_many_phones(counted).then(|| Window::Day.wait(now)))
    }

    /// The longest time until a limit allows a code again.
    pub(crate) fn longest_wait(&self, now: Timestamp) -> Duration {
        self.limits.iter().map(|(window, _)| window.wait(now)).max().unwrap_or(Duration::from_mins(1))
    }

    fn has_too_many_phones(&self, counted: &CodeCounts) -> bool {
        let most = usize::try_from(MOST_PHONES_OF_A_DEVICE).unwrap_or(usize::MAX);
        let is_new = |phone: &Phone| counted.phones.iter().all(|known| known != phone.as_e164());
        counted.phones.len() >= most && self.phone.as_ref().is_some_and(is_new)
    }
}

impl CodeCounts {
    fn in_window(&self, window: Window, number: i64) -> u32 {
        self.counters.get(&counter(window, number)).copied().unwrap_or(0)
    }

    fn room(&self, window: Window, limit: u32, now: Timestamp) -> u32 {
        window.room(limit, self.in_window(window, window.number(now) - 1), now)
    }

    /// The codes of the last hour. Those of the hour before count with their share.
    pub(crate) fn in_the_last_hour(&self, now: Timestamp) -> u32 {
        const PLENTY: u32 = 1_000_000;
        let before = PLENTY - self.room(Window::Hour, PLENTY, now);
        before + self.in_window(Window::Hour, Window::Hour.number(now))
    }

    /// The counters of windows before the previous one.
    fn outdated(&self, now: Timestamp) -> Vec<String> {
        let is_old = |name: &&String| {
            let window = [Window::Minute, Window::Hour, Window::Day].into_iter().find(|w| name.starts_with(w.letter()));
            let number = name.get(1..).and_then(|number| number.parse::<i64>().ok());
            window.zip(number).is_some_and(|(window, number)| number < window.number(now) - 1)
        };
        self.counters.keys().filter(is_old).chain(&self.earlier_phones).cloned().collect()
    }
}

fn counter(window: Window, number: i64) -> String {
    format!("{}{number}", window.letter())
}

const fn placeholders(window: Window) -> (&'static str, &'static str) {
    match window {
        Window::Minute => ("#m", ":m"),
        Window::Hour => ("#h", ":h"),
        Window::Day => ("#d", ":d"),
    }
}

impl Store {
    /// AP-18: the codes and tries of a phone.
    pub(crate) async fn phone_codes(&self, phone: &Phone) -> Result<PhoneCodes, Failure> {
        let item: Option<BTreeMap<String, Value>> = self.get(&Key::phone_codes(phone), Consistency::Strong).await?;
        let Some(item) = item else { return Ok(PhoneCodes::default()) };
        let instant = |value: &Value| value.as_i64().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let sent = item.get("sent").and_then(Value::as_array).into_iter().flatten().filter_map(instant).collect();
        let of_day = |(name, value): (&String, &Value)| {
            let day = name.strip_prefix('t')?.parse().ok()?;
            Some((day, u32::try_from(value.as_u64()?).ok()?))
        };
        let by_day = item.iter().filter_map(of_day).collect();
        Ok(PhoneCodes { sent: Sent(sent), tries: Tries { by_day, last: item.get("last").and_then(instant) } })
    }

    /// AP-19: the counters of a device, an address or a product.
    pub(crate) async fn counted(&self, scope: &CodeScope, now: Timestamp) -> Result<CodeCounts, Failure> {
        let item: Option<BTreeMap<String, Value>> = self.get(&scope.key, Consistency::Strong).await?;
        let item = item.unwrap_or_default();
        let counters = item.iter().filter_map(|(name, value)| Some((name.clone(), value.as_u64()?.try_into().ok()?)));
        let phones = item.get(&phones_of(now)).and_then(Value::as_array).into_iter().flatten();
        let phones = phones.filter_map(|phone| phone.as_str().map(ToOwned::to_owned)).collect();
        let is_earlier = |name: &&String| {
            let day = name.strip_prefix('p').and_then(|day| day.parse::<i64>().ok());
            day.is_some_and(|day| day < Window::Day.number(now))
        };
        let earlier_phones = item.keys().filter(is_earlier).cloned().collect();
        Ok(CodeCounts { counters: counters.collect(), phones, earlier_phones })
    }

    /// AP-20: the newest code for a purpose.
    pub(crate) async fn code(
        &self,
        product: Realm,
        phone: &Phone,
        purpose: &Purpose,
    ) -> Result<Option<CodeRow>, Failure> {
        self.get(&Key::code(product, phone, purpose), Consistency::Strong).await
    }

    /// AP-21: counts a try against the code and its phone before the code is compared; false when it may not be
    /// compared. A consumed code is still compared, to report that it was used, and its tries are counted too.
    pub(crate) async fn count_code_try(
        &self,
        binding: &Binding,
        row: &CodeRow,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let state = if row.is_consumed() { "=" } else { "<>" };
        let of_code = Change {
            update: "ADD #n :one".into(),
            condition: Some(format!("#nonce = :nonce AND #n < :most AND #exp > :now AND #st {state} :consumed")),
            names: vec![("#n", "n".into()), ("#nonce", "nonce".into()), ("#exp", "exp".into()), ("#st", "st".into())],
            values: vec![
                (":one", number(1)),
                (":nonce", blob(row.nonce())),
                (":most", number(MOST_TRIES)),
                (":now", number(now.as_millisecond())),
                (":consumed", text(CONSUMED)),
            ],
        };
        let today = Window::Day.number(now);
        let of_phone = Change {
            update: "ADD #today :one SET #last = :now, #ttl = :ttl".into(),
            condition: Some(
                "(attribute_not_exists(#today) OR #today < :most) AND \
                 (attribute_not_exists(#before) OR #before < :most OR #last <= :opened)"
                    .into(),
            ),
            names: vec![
                ("#today", format!("t{today}")),
                ("#before", format!("t{}", today - 1)),
                ("#last", "last".into()),
                ("#ttl", TTL.into()),
            ],
            values: vec![
                (":one", number(1)),
                (":most", number(MOST_TRIES_A_DAY)),
                (":now", number(now.as_millisecond())),
                (":opened", number((now - CLOSED_FOR).as_millisecond())),
                (":ttl", number(now.as_second() + KEPT_SECONDS)),
            ],
        };
        let key = Key::code(binding.product, &binding.phone, &binding.purpose);
        let counted = self
            .transaction()
            .update(&key, of_code, Some(()))
            .update(&Key::phone_codes(&binding.phone), of_phone, Some(()))
            .commit();
        Ok(matches!(counted.await?, WriteOutcome::Committed))
    }
}

fn phones_of(now: Timestamp) -> String {
    format!("p{}", Window::Day.number(now))
}

fn blob(bytes: [u8; 16]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

fn instants(sent: &Sent) -> AttributeValue {
    AttributeValue::L(sent.0.iter().map(|sent| number(sent.as_millisecond())).collect())
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-18: records one more code for the phone, if no other write has recorded one since it was read.
    pub(crate) fn record_sent_code(
        self,
        phone: &Phone,
        before: &PhoneCodes,
        after: &Sent,
        now: Timestamp,
        raced: R,
    ) -> Self {
        let mut change = Change {
            update: "SET #sent = :after, #ttl = :ttl".into(),
            condition: Some("attribute_not_exists(#sent)".into()),
            names: vec![("#sent", "sent".into()), ("#ttl", TTL.into())],
            values: vec![(":after", instants(after)), (":ttl", number(now.as_second() + KEPT_SECONDS))],
        };
        if !before.sent.0.is_empty() {
            change.condition = Some("#sent = :before".into());
            change.values.push((":before", instants(&before.sent)));
        }
        let yesterday = Window::Day.number(now) - 1;
        let old = before.tries.by_day.keys().filter(|day| **day < yesterday).map(|day| format!("t{day}"));
        clear(&mut change, old);
        self.update(&Key::phone_codes(phone), change, Some(raced))
    }

    /// AP-19: counts one more code of a device, an address or a product, within its limits.
    pub(crate) fn count_sent_code(self, scope: &CodeScope, counted: &CodeCounts, now: Timestamp, full: R) -> Self {
        let (mut adds, mut conditions) = (Vec::new(), Vec::new());
        let mut change = Change {
            names: vec![("#ttl", TTL.into())],
            values: vec![(":one", number(1)), (":ttl", number(now.as_second() + KEPT_SECONDS))],
            ..Change::default()
        };
        for (window, limit) in &scope.limits {
            let (name, room) = placeholders(*window);
            adds.push(format!("{name} :one"));
            conditions.push(format!("(attribute_not_exists({name}) OR {name} < {room})"));
            change.names.push((name, counter(*window, window.number(now))));
            change.values.push((room, number(counted.room(*window, *limit, now))));
        }
        if let Some(phone) = &scope.phone {
            adds.push("#p :phones".to_owned());
            conditions.push("(attribute_not_exists(#p) OR contains(#p, :phone) OR size(#p) < :most)".to_owned());
            change.names.push(("#p", phones_of(now)));
            change.values.push((":phones", AttributeValue::Ss(vec![phone.as_e164().to_owned()])));
            change.values.push((":phone", text(phone.as_e164())));
            change.values.push((":most", number(MOST_PHONES_OF_A_DEVICE)));
        }
        change.update = format!("ADD {} SET #ttl = :ttl", adds.join(", "));
        change.condition = Some(conditions.join(" AND "));
        clear(&mut change, counted.outdated(now).into_iter());
        self.update(&scope.key, change, Some(full))
    }

    /// AP-22: stores a code. It replaces an earlier one for the same purpose.
    pub(crate) fn put_code(self, binding: &Binding, row: &CodeRow) -> Self {
        self.put_over(&Key::code(binding.product, &binding.phone, &binding.purpose), row)
    }

    /// AP-23: consumes a code after a right guess.
    pub(crate) fn consume_code(self, binding: &Binding, nonce: [u8; 16], now: Timestamp, refused: R) -> Self {
        self.advance_code((binding, nonce), now, CodeAdvance::Consumed { made_account: false }, refused)
    }

    /// AP-23: consumes a code and notes that it created an account, so that a repeated registration is answered with
    /// success.
    pub(crate) fn consume_code_for_account(
        self,
        binding: &Binding,
        nonce: [u8; 16],
        now: Timestamp,
        refused: R,
    ) -> Self {
        self.advance_code((binding, nonce), now, CodeAdvance::Consumed { made_account: true }, refused)
    }

    /// AP-23: marks a code as verified, to be consumed by a later call (#20).
    pub(crate) fn verify_code(self, binding: &Binding, nonce: [u8; 16], now: Timestamp, refused: R) -> Self {
        self.advance_code((binding, nonce), now, CodeAdvance::Verified, refused)
    }

    fn advance_code(
        self,
        (binding, nonce): (&Binding, [u8; 16]),
        now: Timestamp,
        advance: CodeAdvance,
        refused: R,
    ) -> Self {
        let (state, made_account) = match advance {
            CodeAdvance::Verified => (VERIFIED, false),
            CodeAdvance::Consumed { made_account } => (CONSUMED, made_account),
        };
        let mut change = Change {
            update: "SET #st = :state".into(),
            condition: Some("#nonce = :nonce AND #exp > :now AND #st <> :consumed".into()),
            names: vec![("#st", "st".into()), ("#nonce", "nonce".into()), ("#exp", "exp".into())],
            values: vec![
                (":state", text(state)),
                (":nonce", blob(nonce)),
                (":now", number(now.as_millisecond())),
                (":consumed", text(CONSUMED)),
            ],
        };
        if made_account {
            change.update = "SET #st = :state, #made = :yes".into();
            change.names.push(("#made", "made".into()));
            change.values.push((":yes", AttributeValue::Bool(true)));
        }
        self.update(&Key::code(binding.product, &binding.phone, &binding.purpose), change, Some(refused))
    }
}

/// Removes attributes of windows that are over.
fn clear(change: &mut Change, old: impl Iterator<Item = String>) {
    let mut removed = Vec::new();
    for (name, attribute) in OLD.into_iter().zip(old) {
        removed.push(name);
        change.names.push((name, attribute));
    }
    if !removed.is_empty() {
        change.update = format!("{} REMOVE {}", change.update, removed.join(", "));
    }
}
