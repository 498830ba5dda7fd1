//! One-time codes by SMS: what a code is bound to, how long and how often it may be tried, and how many are sent.

use super::{
    account::{AccountId, Realm},
    device::DeviceId,
    phone::Phone,
    reason::{Failure, Reason},
    rule::Rule,
    text::halfwidth,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// How long a code can be used.
pub const LIFE: SignedDuration = SignedDuration::from_secs(300);
/// How often one code is compared with something; a right guess is a try too.
pub const MOST_TRIES: u32 = 5;
/// How often codes of one phone are compared in a day.
pub const MOST_TRIES_A_DAY: u32 = 50;
/// How long a phone gets no codes after that; its owner's password still works.
pub const CLOSED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How many phones one device may have codes sent to in a day.
pub const MOST_PHONES_OF_A_DEVICE: u32 = 5;
/// However high the day's limit is set, no more instants than these are kept of a phone.
const MOST_INSTANTS: usize = 100;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// What a code is good for. One that was asked for without a session opens an account, one that was asked for with a
/// session changes that account; neither does the other's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in, or making an account.
    SignIn,
    /// A new password for a forgotten one.
    Reset,
    /// A change of this account: its phone, its password.
    Change(AccountId),
}

impl Purpose {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::SignIn => "login",
            Self::Reset => "reset",
            Self::Change(_) => "change",
        }
    }

    /// As a caller names it; a change is one of the caller's own account.
    pub fn parse(text: &str, caller: Option<&AccountId>) -> Result<Self, Failure> {
        match halfwidth(text).to_ascii_lowercase().as_str() {
            "login" => Ok(Self::SignIn),
            "reset" => Ok(Self::Reset),
            "change" => caller.cloned().map(Self::Change).ok_or_else(|| Reason::Unauthorized.into()),
            _ => Err(Failure::malformed("用途应为 login、reset 或 change")),
        }
    }

    /// The account whose session asked for the code.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::SignIn | Self::Reset => None,
            Self::Change(account) => Some(account),
        }
    }
}

/// What asks for a code: an `openId` or a `deviceId`. An app's own name for itself, so it proves nothing but sameness.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Device(String);

impl Device {
    /// One that we stored.
    pub fn known(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<DeviceId> for Device {
    fn from(id: DeviceId) -> Self {
        Self(id.as_str().to_owned())
    }
}

/// An `openId` names a person to others, so a log shows that there is one.
impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Device(***)")
    }
}

/// Everything that a code is bound to: with anything else than this it is another code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub product: Realm,
    pub purpose: Purpose,
    pub phone: Phone,
    pub device: Option<Device>,
}

/// A code as it was typed, or as it is sent.
#[derive(Clone, Debug)]
pub struct Code(SecretString);

impl Code {
    pub const RULE: Rule = Rule::text(1, 6).matching("^[0-9]+$");

    /// Six digits; fewer have lost zeros on the left where a document calls the code a number. What cannot be a code is a
    /// wrong one.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let digits = halfwidth(text);
        if Self::RULE.fits(&digits) && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(format!("{digits:0>6}").into()))
        } else {
            Err(Reason::WrongCode.into())
        }
    }

    /// The code that 64 random bits make. What a million leaves over is less than one code in ten million million.
    pub fn of(random: u64) -> Self {
        Self(format!("{:06}", random % 1_000_000).into())
    }

    /// For comparing and sending alone.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Whose share a message is counted in. Each has limits of its own, so that none uses up another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Share {
    /// Asked for by a device that has signed in to the account before.
    KnownDevice,
    /// To a number that has an account of the realm.
    KnownNumber,
    UnknownNumber,
}

impl Share {
    pub const ALL: [Self; 3] = [Self::KnownDevice, Self::KnownNumber, Self::UnknownNumber];

    pub const fn of(is_known_device: bool, is_known_number: bool) -> Self {
        match (is_known_device, is_known_number) {
            (true, _) => Self::KnownDevice,
            (false, true) => Self::KnownNumber,
            (false, false) => Self::UnknownNumber,
        }
    }
}

/// The asks of one realm and phone that are limited together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskLane {
    /// By devices that have signed in to the account before.
    KnownDevice,
    /// Where only a number with an account gets a message. It is apart from the next, because an ask that sends nothing must
    /// not keep a new number from registering.
    AccountsOnly,
    Open,
}

impl AskLane {
    pub const ALL: [Self; 3] = [Self::KnownDevice, Self::AccountsOnly, Self::Open];

    pub const fn of(is_known_device: bool, accounts_only: bool) -> Self {
        match (is_known_device, accounts_only) {
            (true, _) => Self::KnownDevice,
            (false, true) => Self::AccountsOnly,
            (false, false) => Self::Open,
        }
    }
}

/// How many codes of an hour a caller gets before each further one asks for a solved captcha.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptchaAfter {
    pub of_device: u32,
    pub of_address: u32,
}

/// How many codes go out: per phone over all products, per device, per address, per product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub per_phone_minute: u32,
    pub per_phone_hour: u32,
    pub per_phone_day: u32,
    pub per_device_hour: u32,
    pub per_device_day: u32,
    pub per_address_hour: u32,
    pub per_address_day: u32,
    /// Of each share.
    pub per_product_minute: u32,
}

impl Limits {
    /// Whether so many messages of a share in a minute leave less than half of it.
    pub const fn is_half_used(&self, in_the_last_minute: u32) -> bool {
        in_the_last_minute.saturating_mul(2) >= self.per_product_minute
    }
}

/// docs/security.md gives the reasons; each is a setting.
impl Default for Limits {
    fn default() -> Self {
        Self {
            per_phone_minute: 1,
            per_phone_hour: 5,
            per_phone_day: 10,
            per_device_hour: 10,
            per_device_day: 20,
            per_address_hour: 20,
            per_address_day: 100,
            per_product_minute: 60,
        }
    }
}

/// When codes were sent to a phone, oldest first: as many instants as the day's limit needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent(pub Vec<Timestamp>);

impl Sent {
    /// One more at `now`, or how long it has to wait: each window ends at this very instant, none at a full hour.
    pub fn one_more(&self, limits: &Limits, now: Timestamp) -> Result<Self, Duration> {
        for (limit, seconds) in
            [(limits.per_phone_minute, MINUTE), (limits.per_phone_hour, HOUR), (limits.per_phone_day, DAY)]
        {
            let window = SignedDuration::from_secs(seconds);
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let within: Vec<_> = self.0.iter().filter(|sent| now.duration_since(**sent) < window).collect();
            let Some(surplus) = within.len().checked_sub(limit) else { continue };
            // There is room again when the oldest of the last `limit` leaves the window.
            let wait = within.get(surplus).map_or(window, |leaves| window - now.duration_since(**leaves));
            return Err(wait.try_into().unwrap_or(Duration::from_secs(1)));
        }
        let keep = usize::try_from(limits.per_phone_day).unwrap_or(MOST_INSTANTS).min(MOST_INSTANTS);
        let all: Vec<_> = self.0.iter().copied().chain([now]).collect();
        Ok(Self(all.into_iter().rev().take(keep.max(1)).rev().collect()))
    }
}

/// A calendar window in which something is counted; the one before counts in with the share that is still within reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    Minute,
    Hour,
    Day,
}

impl Window {
    const fn seconds(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::Hour => HOUR,
            Self::Day => DAY,
        }
    }

    pub const fn letter(self) -> char {
        match self {
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
        }
    }

    /// The number of the window that `now` lies in.
    pub fn number(self, now: Timestamp) -> i64 {
        now.as_second().div_euclid(self.seconds())
    }

    /// How many the current window may hold when the one before held `previous`.
    pub fn room(self, limit: u32, previous: u32, now: Timestamp) -> u32 {
        let left = self.seconds() - now.as_second().rem_euclid(self.seconds());
        let counted_in = (i64::from(previous) * left + self.seconds() - 1) / self.seconds();
        limit.saturating_sub(u32::try_from(counted_in).unwrap_or(u32::MAX))
    }

    /// Until the window is over.
    pub fn wait(self, now: Timestamp) -> Duration {
        let left = self.seconds() - now.as_second().rem_euclid(self.seconds());
        Duration::from_secs(left.unsigned_abs())
    }
}

/// How often codes of a phone were compared, per day's number, and when last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    pub by_day: BTreeMap<i64, u32>,
    pub last: Option<Timestamp>,
}

impl Tries {
    /// Whether the phone gets no codes, and none of its codes is looked at.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        let today = Window::Day.number(now);
        let of = |day| self.by_day.get(&day).copied().unwrap_or(0);
        let is_fresh = self.last.is_some_and(|last| now.duration_since(last) < CLOSED_FOR);
        of(today) >= MOST_TRIES_A_DAY || (of(today - 1) >= MOST_TRIES_A_DAY && is_fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + seconds).unwrap()
    }

    fn send_at(sent: &mut Sent, seconds: i64) -> Result<(), u64> {
        *sent = sent.one_more(&Limits::default(), at(seconds)).map_err(|wait| wait.as_secs())?;
        Ok(())
    }

    #[test]
    fn a_phone_gets_one_a_minute_five_an_hour_and_ten_a_day_and_is_told_how_long_to_wait() {
        let mut sent = Sent::default();
        assert_eq!(send_at(&mut sent, 0), Ok(()));
        assert_eq!(send_at(&mut sent, 59), Err(1));
        for minute in 1..5 {
            assert_eq!(send_at(&mut sent, 60 * minute), Ok(()));
        }
        assert_eq!(send_at(&mut sent, 300), Err(3300));
        for minute in 0..5 {
            assert_eq!(send_at(&mut sent, 3600 + 60 * minute), Ok(()), "{minute}");
        }
        assert_eq!(sent.0.len(), 10);
        assert_eq!(send_at(&mut sent, 7300), Err(86_400 - 7300));
        assert_eq!(send_at(&mut sent, 86_399), Err(1));
        assert_eq!(send_at(&mut sent, 86_400), Ok(()));
        assert_eq!(sent.0.len(), 10, "no more is kept than the limits need");
    }

    #[test]
    fn the_window_before_counts_in_with_its_share() {
        let hour_begins = at(-at(0).as_second().rem_euclid(3600));
        let room =
            |previous, minutes| Window::Hour.room(10, previous, hour_begins + SignedDuration::from_mins(minutes));
        assert_eq!((room(0, 0), room(10, 0), room(10, 30), room(10, 59), room(30, 0)), (10, 0, 5, 9, 0));
    }

    #[test]
    fn fifty_tries_close_a_phone_for_a_day_whatever_the_calendar_says() {
        let day = Window::Day.number(at(0));
        let tries = Tries { by_day: BTreeMap::from([(day, 50)]), last: Some(at(0)) };
        assert!(tries.is_closed(at(0)) && tries.is_closed(at(86_399)));
        assert!(!tries.is_closed(at(86_400)));
        assert!(!Tries { by_day: BTreeMap::from([(day, 49)]), last: Some(at(0)) }.is_closed(at(0)));
    }

    #[test]
    fn a_code_is_six_digits_and_numbers_get_their_zeros_back() {
        let read = |text| Code::read(text).map(|code| code.expose().to_owned());
        for typed in ["000042", "42", " ００００４２ "] {
            assert_eq!(read(typed).as_deref(), Ok("000042"));
        }
        for wrong in ["", "1234567", "12a456", "-12345", "1.5"] {
            assert_eq!(read(wrong).map_err(|failure| failure.reason()), Err(Reason::WrongCode), "{wrong}");
        }
        assert!(!format!("{:?}", Code::of(42)).contains("42"));
        assert_eq!(Code::of(42_000_042).expose(), "000042");
    }
}
