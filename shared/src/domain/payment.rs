//! Payments that drivers start and a payment provider confirms.

use serde::{Deserialize, Serialize};

/// What we call a payment at the provider: 32 hexadecimal digits, which every provider takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentId(String);

impl PaymentId {
    pub fn drawn(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// None: it cannot be one of ours.
    pub fn read(text: &str) -> Option<Self> {
        let is_ours = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_ours.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What makes a booking one: a reference, a provider's transaction, a credit's key. It stands in keys.
pub fn is_reference(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_payments_are_32_hexadecimal_digits() {
        let id = PaymentId::drawn(0xabc);
        assert_eq!((id.as_str().len(), PaymentId::read(id.as_str())), (32, Some(id.clone())));
        for odd in ["", "abc", "0000000000000000000000000000ABCD", "g0000000000000000000000000000000"] {
            assert_eq!(PaymentId::read(odd), None, "{odd}");
        }
    }
}
