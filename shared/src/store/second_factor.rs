//! The second factor of a login name of staff, and the tries of its codes.

use super::{Item, Key, Store, Transaction, WriteOutcome, keys::TTL, number, read, transaction::Change};
use crate::domain::{
    account::{AccountId, LoginName, Realm},
    reason::Failure,
    second_factor::{ATTEMPT_SECONDS, DAY_SECONDS, MOST_TRIES, MOST_TRIES_A_DAY, Seed},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, time::Duration};

/// A second factor as stored. It holds no secret: codes are derived from the pepper and a seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecondFactor {
    pub account: AccountId,
    pub version: u64,
    /// An enrolment that no code has confirmed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<Seed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled: Option<Enrolment>,
}

/// An enrolment that a code has confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Enrolment {
    pub seed: Seed,
    /// The step of the last code that was taken.
    pub used: i64,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<String>,
    pub since: Timestamp,
}

/// Why a code is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondTryRefusal {
    /// This network has used up its tries for this account.
    Network,
    /// All networks together have, for time-based codes.
    Account,
}

impl SecondTryRefusal {
    const fn seconds(self) -> i64 {
        match self {
            Self::Network => ATTEMPT_SECONDS,
            Self::Account => DAY_SECONDS,
        }
    }

    const fn most(self) -> u32 {
        match self {
            Self::Network => MOST_TRIES,
            Self::Account => MOST_TRIES_A_DAY,
        }
    }

    fn period(self, now: Timestamp) -> i64 {
        now.as_second().div_euclid(self.seconds())
    }

    /// The time until the period is over.
    pub(crate) fn wait(self, now: Timestamp) -> Duration {
        let left = self.seconds() - now.as_second().rem_euclid(self.seconds());
        Duration::from_secs(left.unsigned_abs())
    }

    fn change(self, now: Timestamp) -> Change {
        Change {
            update: "ADD #n :one SET #ttl = :ttl".into(),
            condition: Some("attribute_not_exists(#n) OR #n < :most".into()),
            names: vec![("#n", "n".into()), ("#ttl", TTL.into())],
            values: vec![
                (":one", number(1)),
                (":most", number(self.most())),
                (":ttl", number(now.as_second() + 2 * self.seconds())),
            ],
        }
    }
}

/// Whose codes are tried, and from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecondTry<'a> {
    pub realm: Realm,
    pub account: &'a AccountId,
    pub address: IpAddr,
    pub now: Timestamp,
}

impl SecondTry<'_> {
    fn key(&self, scope: SecondTryRefusal) -> Key {
        let address = (scope == SecondTryRefusal::Network).then_some(self.address);
        Key::second_factor_tries(self.realm, self.account, address, scope.period(self.now))
    }
}

impl Store {
    /// AP-146: counts a try of a code before it is compared. Recovery codes count against the network alone.
    pub(crate) async fn count_second_try(
        &self,
        tried: SecondTry<'_>,
        is_recovery: bool,
    ) -> Result<WriteOutcome<SecondTryRefusal>, Failure> {
        let all = [SecondTryRefusal::Network, SecondTryRefusal::Account];
        let scopes = if is_recovery { &all[..1] } else { &all[..] };
        let writes = scopes.iter().fold(self.transaction(), |writes, scope| {
            writes.update(&tried.key(*scope), scope.change(tried.now), Some(*scope))
        });
        writes.commit().await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-147: saves a second factor, if it is still the one that was read; `read` is `None` where there was none.
    pub(crate) fn save_second_factor(
        self,
        (realm, name): (Realm, &LoginName),
        factor: &SecondFactor,
        read: Option<u64>,
        raced: R,
    ) -> Self {
        let key = Key::second_factor(realm, name);
        match read {
            None => self.put_new(&key, factor, raced),
            Some(version) => self.put_version(&key, factor, version, raced),
        }
    }

    /// AP-148: requires that a second factor is enrolled.
    pub(crate) fn require_second_factor(self, (realm, name): (Realm, &LoginName), refused: R) -> Self {
        let holds = Change {
            condition: Some("attribute_exists(#enrolled)".into()),
            names: vec![("#enrolled", "enrolled".into())],
            ..Change::default()
        };
        self.check(&Key::second_factor(realm, name), holds, refused)
    }

    /// AP-147: removes a second factor.
    pub(crate) fn remove_second_factor(self, (realm, name): (Realm, &LoginName)) -> Self {
        self.delete(&Key::second_factor(realm, name))
    }

    /// A right code ends the count of its network.
    pub(crate) fn forget_second_tries(self, tried: SecondTry<'_>) -> Self {
        self.delete(&tried.key(SecondTryRefusal::Network))
    }
}

pub(super) fn second_factor(item: Item) -> Result<SecondFactor, Failure> {
    read(item)
}
