//! Where a business customer's data lies: a zone, and in it the customer. Both are part of every key.

use crate::domain::{
    account::Role,
    reason::{Failure, Reason},
    session::Caller,
    text::halfwidth,
};
use serde::{Deserialize, Serialize};

/// A part of the portal that shares nothing with the others, such as `ac1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PortalZone(String);

impl PortalZone {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let zone = halfwidth(text).to_ascii_lowercase();
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=16).contains(&zone.len()) || !zone.bytes().all(is_plain) {
            return Err(Failure::malformed("区域应为 1 至 16 个小写字母、数字或连字符"));
        }
        Ok(Self(zone))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The zones there are.
#[derive(Clone, Debug)]
pub struct Zones {
    /// What a path without a zone means.
    default: PortalZone,
    open: Vec<PortalZone>,
}

impl Zones {
    /// The default zone, and a comma-separated list of those that customers may join besides.
    pub fn parse(default: &str, others: &str) -> Result<Self, Failure> {
        let default = PortalZone::parse(default)?;
        let others = others.split(',').filter(|zone| !zone.trim().is_empty()).map(PortalZone::parse);
        let open = [Ok(default.clone())].into_iter().chain(others).collect::<Result<_, _>>()?;
        Ok(Self { default, open })
    }

    /// The zone that a path or a field names; empty means the default.
    pub fn named(&self, name: &str) -> Result<PortalZone, Failure> {
        let zone = if name.is_empty() { Ok(self.default.clone()) } else { PortalZone::parse(name) };
        let missing = || Failure::from(Reason::NotYours).saying("区域不存在");
        zone.ok().filter(|zone| self.open.contains(zone)).ok_or_else(missing)
    }
}

/// The internal id of a business customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(String);

impl CustomerId {
    pub fn new(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// An id that we gave. Other text is the id of no customer.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let is_ours = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if is_ours { Ok(Self(text.to_owned())) } else { Err(Reason::NotYours.into()) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One business customer in its zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub zone: PortalZone,
    pub customer: CustomerId,
}

/// A caller who has an account at a business customer, in the zone that the path names.
#[derive(Clone, Debug)]
pub struct PortalMember {
    pub caller: Caller,
    pub tenant: Tenant,
}

impl PortalMember {
    /// A session opens its own zone and nothing elsewhere: another zone is as forbidden as another realm.
    pub fn admit(caller: Caller, zones: &Zones, named: &str) -> Result<Self, Failure> {
        let zone = zones.named(named).map_err(|_| Reason::Forbidden)?;
        let tenant = caller.tenant.clone().filter(|tenant| tenant.zone == zone).ok_or(Reason::Forbidden)?;
        Ok(Self { caller, tenant })
    }

    pub fn is_admin(&self) -> bool {
        self.caller.role == Role::CloudAdmin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_a_short_plain_word() {
        assert_eq!(PortalZone::parse("ＡＣ1").as_ref().map(PortalZone::as_str), Ok("ac1"));
        for refused in ["", "a#b", "ac1/", "区域", "a-zone-of-many-letters"] {
            assert!(PortalZone::parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn no_name_means_the_default_zone_and_an_unknown_one_does_not_exist() {
        let zones = Zones::parse("ac1", "bj2").unwrap();
        let named = |name: &str| zones.named(name).map(|zone| zone.as_str().to_owned()).map_err(|f| f.reason());
        assert_eq!(named(""), Ok("ac1".to_owned()));
        assert_eq!(named("BJ2"), Ok("bj2".to_owned()));
        assert_eq!(named("sh3"), Err(Reason::NotYours));
        assert_eq!(named("a#b"), Err(Reason::NotYours));
    }
}
