//! The names that are registered with a provider for each kind of message: one for all, and others for particular
//! kinds.

use super::Message;
use crate::domain::account::Realm;

/// `SMS_1`, or `mall-dealer.login=SMS_3,login=SMS_2,SMS_1`: the narrowest match counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredNames {
    particular: Vec<(String, String)>,
    usual: String,
}

impl RegisteredNames {
    pub fn read(text: &str) -> Option<Self> {
        let (mut particular, mut usual) = (Vec::new(), None);
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((name, value)) => particular.push((name.trim().to_owned(), value.trim().to_owned())),
                None if usual.is_none() => usual = Some(part.to_owned()),
                None => return None,
            }
        }
        Some(Self { particular, usual: usual? })
    }

    /// By realm and purpose, then by purpose, then by realm, then the general name.
    pub(super) fn of(&self, message: &Message) -> &str {
        let realm = message.realm.map_or("", Realm::as_str);
        let both = format!("{realm}.{}", message.purpose);
        let named =
            |name: &str| self.particular.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        named(&both).or_else(|| named(message.purpose)).or_else(|| named(realm)).unwrap_or(&self.usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phone::Phone;

    fn message(realm: Realm, purpose: &'static str) -> Message {
        let to = Phone::parse("13912345678").unwrap();
        Message { job: "1".into(), to, realm: Some(realm), app: "", purpose, code: None, text: String::new() }
    }

    #[test]
    fn the_narrowest_that_fits_counts() {
        let choice = RegisteredNames::read("mall-dealer.login=SMS_4, login=SMS_3,cloud=SMS_2,SMS_1").unwrap();
        for (realm, purpose, chosen) in [
            (Realm::MallDealer, "login", "SMS_4"),
            (Realm::MallAgent, "login", "SMS_3"),
            (Realm::Cloud, "change", "SMS_2"),
            (Realm::Ev, "change", "SMS_1"),
        ] {
            assert_eq!(choice.of(&message(realm, purpose)), chosen, "{realm:?} {purpose}");
        }
        assert_eq!(RegisteredNames::read("SMS_1").unwrap().of(&message(Realm::Ev, "login")), "SMS_1");
        for wrong in ["", "login=SMS_1", "SMS_1,SMS_2"] {
            assert_eq!(RegisteredNames::read(wrong), None, "{wrong}");
        }
    }
}
