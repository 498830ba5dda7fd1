//! SMS codes and their limits. **Invariant:** no item holds a code; it is computed from the stored
//! nonce and a key.

use super::{Consistency, Key, Store, Transaction, WriteOutcome, keys::TTL, number, text, transaction::Change};
use crate::domain::{
    account::Realm,
    otp::{
        AskLane, Binding, CLOSED_FOR, Device, LIFE, Limits, MOST_PHONES_OF_A_DEVICE, MOST_TRIES, MOST_TRIES_A_DAY,
        Sent, Share, Tries, Window,
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
    /// A known device asked for it, so that its tries are counted apart from those of others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    of_known_device: bool,
}

/// Where a code is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodePlace {
    /// Where the release before keeps every code, as long as no other device has a live one there.
    Shared,
    /// Under the device's name, so that the ask of another device does not replace it.
    Device,
}

impl CodePlace {
    fn key(self, binding: &Binding) -> Key {
        let Binding { product, purpose, phone, device } = binding;
        match self {
            Self::Shared => Key::code(*product, phone, purpose),
            Self::Device => Key::code_of_device(*product, phone, purpose, device.as_ref()),
        }
    }
}

/// Where the instants of codes are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SentList<'a> {
    /// Those that were asked for.
    Asks(Realm, &'a Phone, AskLane),
    /// Those that were sent, over all realms.
    Messages(&'a Phone, Share),
}

impl SentList<'_> {
    fn place(self) -> (Key, &'static str) {
        match self {
            Self::Asks(realm, phone, lane) => (Key::asks(realm, phone, lane), "sent"),
            Self::Messages(phone, Share::KnownDevice) => (Key::phone_codes(phone), "own"),
            Self::Messages(phone, _) => (Key::phone_codes(phone), "sent"),
        }
    }
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
            // Long enough that the shared place is not empty while a device has a live code of its own.
            ttl: (exp + LIFE).as_second(),
            made: false,
            of_known_device: false,
        }
    }

    /// The same, asked for by a known device.
    pub(crate) fn of_known_device(self) -> Self {
        Self { of_known_device: true, ..self }
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

/// The codes and tries of a phone.
#[derive(Clone, Debug, Default)]
pub(crate) struct PhoneCodes {
    pub sent: Sent,
    /// Those that known devices asked for.
    pub of_known_devices: Sent,
    pub tries: Tries,
}

impl PhoneCodes {
    pub(super) fn of(item: &BTreeMap<String, Value>) -> Self {
        let instant = |value: &Value| value.as_i64().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let list = |name: &str| item.get(name).and_then(Value::as_array).into_iter().flatten();
        let sent = |name: &str| Sent(list(name).filter_map(instant).collect());
        let of_day = |(name, value): (&String, &Value)| {
            let day = name.strip_prefix('t')?.parse().ok()?;
            Some((day, u32::try_from(value.as_u64()?).ok()?))
        };
        let tries =
            Tries { by_day: item.iter().filter_map(of_day).collect(), last: item.get("last").and_then(instant) };
        Self { sent: sent("sent"), of_known_devices: sent("own"), tries }
    }

    /// The messages of a share.
    pub(crate) fn of_share(&self, share: Share) -> &Sent {
        if share == Share::KnownDevice { &self.of_known_devices } else { &self.sent }
    }
}

/// A device, an address or a product whose codes are counted.
#[derive(Debug)]
pub(crate) struct CodeScope {
    /// What is limited, for logs.
    pub name: &'static str,
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
        Self { name: "device", key: Key::device_codes(realm, device), limits: windows, phone: Some(phone.clone()) }
    }

    pub(crate) fn address(address: IpAddr, limits: &Limits) -> Self {
        let windows = vec![(Window::Hour, limits.per_address_hour), (Window::Day, limits.per_address_day)];
        Self { name: "address", key: Key::address_codes(address), limits: windows, phone: None }
    }

    pub(crate) fn product(realm: Realm, share: Share, limits: &Limits) -> Self {
        let windows = vec![(Window::Minute, limits.per_product_minute)];
        Self { name: "product", key: Key::product_codes(realm, share), limits: windows, phone: None }
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

    /// The codes of the last hour or minute. Those of the window before count with their share.
    pub(crate) fn in_the_last(&self, window: Window, now: Timestamp) -> u32 {
        const PLENTY: u32 = 1_000_000;
        let before = PLENTY - self.room(window, PLENTY, now);
        before + self.in_window(window, window.number(now))
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
    /// AP-18: the messages and tries of a phone, over all realms.
    pub(crate) async fn phone_codes(&self, phone: &Phone) -> Result<PhoneCodes, Failure> {
        let item: Option<BTreeMap<String, Value>> = self.get(&Key::phone_codes(phone), Consistency::Strong).await?;
        Ok(item.map_or_else(PhoneCodes::default, |item| PhoneCodes::of(&item)))
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

    /// AP-20: the newest code that this device asked for, and where it is.
    pub(crate) async fn code(&self, binding: &Binding) -> Result<Option<(CodePlace, CodeRow)>, Failure> {
        let device = binding.device.as_ref();
        let shared: Option<CodeRow> = self.get(&CodePlace::Shared.key(binding), Consistency::Strong).await?;
        let Some(shared) = shared else { return Ok(None) };
        if shared.is_for(device) {
            return Ok(Some((CodePlace::Shared, shared)));
        }
        let own: Option<CodeRow> = self.get(&CodePlace::Device.key(binding), Consistency::Strong).await?;
        Ok(own.filter(|row| row.is_for(device)).map(|row| (CodePlace::Device, row)))
    }

    /// AP-21: counts a try against the code and its phone before the code is compared; false when it may not be
    /// compared. A consumed code is still compared, to report that it was used, and its tries are counted too.
    pub(crate) async fn count_code_try(
        &self,
        (binding, place): (&Binding, CodePlace),
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
        let tries = if row.of_known_device {
            Key::asks(binding.product, &binding.phone, AskLane::KnownDevice)
        } else {
            Key::phone_codes(&binding.phone)
        };
        let counted = self
            .transaction()
            .update(&place.key(binding), of_code, Some(()))
            .update(&tries, of_phone, Some(()))
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
        list: SentList<'_>,
        (before, after): (&Sent, &Sent),
        tries: &Tries,
        now: Timestamp,
        raced: R,
    ) -> Self {
        let (key, attribute) = list.place();
        let mut change = Change {
            update: "SET #sent = :after, #ttl = :ttl".into(),
            condition: Some("attribute_not_exists(#sent)".into()),
            names: vec![("#sent", attribute.into()), ("#ttl", TTL.into())],
            values: vec![(":after", instants(after)), (":ttl", number(now.as_second() + KEPT_SECONDS))],
        };
        if !before.0.is_empty() {
            change.condition = Some("#sent = :before".into());
            change.values.push((":before", instants(before)));
        }
        let yesterday = Window::Day.number(now) - 1;
        let old = tries.by_day.keys().filter(|day| **day < yesterday).map(|day| format!("t{day}"));
        clear(&mut change, old);
        self.update(&key, change, Some(raced))
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

    /// AP-22: stores a code. It replaces an earlier one of the same device for the same purpose, and no live one of another.
    pub(crate) fn put_code(
        self,
        (binding, place): (&Binding, CodePlace),
        row: &CodeRow,
        now: Timestamp,
        occupied: R,
    ) -> Self {
        let key = place.key(binding);
        if place == CodePlace::Device {
            return self.put_over(&key, row);
        }
        let mut free = Change {
            condition: Some("attribute_not_exists(#exp) OR #exp <= :now OR #st = :consumed OR ".into()),
            names: vec![("#exp", "exp".into()), ("#st", "st".into()), ("#device", "device".into())],
            values: vec![(":now", number(now.as_millisecond())), (":consumed", text(CONSUMED))],
            ..Change::default()
        };
        let own = match &binding.device {
            None => "attribute_not_exists(#device)",
            Some(device) => {
                free.values.push((":device", text(device.as_str())));
                "#device = :device"
            }
        };
        free.condition = free.condition.map(|condition| condition + own);
        self.put_if(&key, row, free, occupied)
    }

    /// AP-23: consumes a code after a right guess. One that created an account notes it, so that a repeated registration is
    /// answered with success.
    pub(crate) fn consume_code(
        self,
        code: (&Binding, CodePlace, [u8; 16]),
        made_account: bool,
        now: Timestamp,
        refused: R,
    ) -> Self {
        self.advance_code(code, now, CodeAdvance::Consumed { made_account }, refused)
    }

    /// AP-23: marks a code as verified, to be consumed by a later call (#20).
    pub(crate) fn verify_code(self, code: (&Binding, CodePlace, [u8; 16]), now: Timestamp, refused: R) -> Self {
        self.advance_code(code, now, CodeAdvance::Verified, refused)
    }

    fn advance_code(
        self,
        (binding, place, nonce): (&Binding, CodePlace, [u8; 16]),
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
        self.update(&place.key(binding), change, Some(refused))
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
