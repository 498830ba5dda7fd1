//! What differs from plaza to plaza: variables in the text form in which production has them, and secrets.

use crate::{
    bucket::BUCKET,
    database::{AUDIT, AUDIT_CHAIN, MAIN},
    keys::{FIELD_KEYS, TokenKey},
};
use serde_json::{Value, json};
use shared::{
    auth::passwords::Strength,
    boot::Variables,
    outside::{random::Random, secrets::Values},
};
use std::collections::BTreeMap;

pub const ISSUER: &str = "ev-plaza";
/// The key that the payment provider signs with.
pub const PAYMENT_KEY: &str = r#"{"key":"NDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU"}"#;
pub const CODE_KEY: &str = r#"{"key":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"}"#;
/// The station that an order without a name means.
pub const STATION: &str = "S1";

/// Limits per address that no test meets by accident.
const MANY: &str = "100000";
/// Where the secret of each variable is.
const SECRETS: [(&str, &str); 6] = [
    ("CODE_KEY_SECRET", "code-key"),
    ("FIELD_KEYS_SECRET", "field-keys"),
    ("PAYMENT_KEY_SECRET", "payment-key"),
    ("PEPPER_SECRET", "pepper"),
    ("SIGNING_KEY_SECRET", "signing-key"),
    ("VERIFYING_KEYS_SECRET", "verifying-keys"),
];
const VARIABLES: [(&str, &str); 45] = [
    ("ALLOW_QUERY_TOKEN", "true"),
    ("AUDIT_CHAIN_TABLE_NAME", AUDIT_CHAIN),
    ("AUDIT_DAYS", "1095"),
    ("AUDIT_TABLE_NAME", AUDIT),
    ("AVAILABLE_PER_IP_MINUTE", "10"),
    ("AWS_REGION", "cn-north-1"),
    ("CAPTCHA_AFTER_IP_SENDS", MANY),
    ("CAPTCHA_AFTER_SENDS", "2"),
    ("CAPTCHA_PER_IP_MINUTE", MANY),
    ("CHARGING_QUEUE_URL", "https://sqs.example/charging.fifo"),
    ("CLOUD_ACCOUNTS_PER_CUSTOMER", "200"),
    ("CLOUD_CONTACTS_PER_CUSTOMER", "500"),
    ("CLOUD_PASSWORD_MIN", "8"),
    ("CONFIRM_STAFF", "true"),
    ("DEFAULT_STATION", STATION),
    ("DEFAULT_ZONE", "ac1"),
    ("FIELDS_KEY", "alias/fields"),
    ("LOGIN_PER_IP_MINUTE", MANY),
    ("MALL_TELL_UNKNOWN_USER", "false"),
    ("MORE_ZONES", "bj2"),
    ("OTP_ENABLED", "true"),
    ("OTP_PER_DEVICE_DAY", "20"),
    ("OTP_PER_DEVICE_HOUR", "10"),
    ("OTP_PER_IP_DAY", MANY),
    ("OTP_PER_IP_HOUR", MANY),
    ("OTP_PER_PHONE_DAY", "10"),
    ("OTP_PER_PHONE_HOUR", "5"),
    ("OTP_PER_PHONE_MINUTE", "1"),
    ("OTP_PER_PRODUCT_MINUTE", MANY),
    ("PAPERS_PICTURE_DAYS", "30"),
    ("PAYMENT_PROVIDER", "stand-in"),
    ("PICTURES_BUCKET", BUCKET),
    ("PILE_LINK_ADDRESS", "https://plaza.example/order"),
    ("PUBLIC_ADDRESS", "https://plaza.example"),
    ("REGISTER_PER_IP_MINUTE", MANY),
    ("SECOND_FACTOR_ROLES", "admin,auditor"),
    ("SHOP_LIST_READS", "500"),
    ("SHOP_SIGNIN_POINTS", "10"),
    ("SMS_QUEUE_URL", "https://sqs.example/sms"),
    ("SMS_PROVIDER", "sns"),
    ("TABLE_NAME", MAIN),
    ("TELL_CALLED", "false"),
    ("TOKEN_ISSUER", ISSUER),
    ("UPLOADS_PER_DAY", MANY),
    ("VEHICLES_PER_DRIVER", "10"),
];

/// Variables and secrets, and the cheapest hashes there are.
#[derive(Clone)]
pub struct Settings {
    pub variables: BTreeMap<&'static str, String>,
    pub strength: Strength,
    pub pepper: Value,
    pub signing: TokenKey,
    pub random: Random,
}

impl Default for Settings {
    fn default() -> Self {
        let variables = VARIABLES.into_iter().chain(SECRETS);
        Self {
            variables: variables.map(|(name, value)| (name, value.to_owned())).collect(),
            strength: Strength { memory_kib: 8, passes: 1 },
            pepper: json!({"id": "p1", "key": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}),
            signing: TokenKey::new("k1", 1),
            random: Random::system(),
        }
    }
}

impl Settings {
    /// The same with another value of a variable that is there.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.set(name, value);
        self
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers write a number or a word")]
    pub fn set(&mut self, name: &str, value: impl ToString) {
        *self.variables.get_mut(name).unwrap_or_else(|| panic!("no function has {name}")) = value.to_string();
    }

    pub(crate) fn environment(&self) -> Variables {
        self.variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    /// What a function reads when it starts, with these public keys.
    pub(crate) fn secrets(&self, published: &Value) -> Values {
        let value = |name| match name {
            "code-key" => CODE_KEY.to_owned(),
            "field-keys" => FIELD_KEYS.to_owned(),
            "payment-key" => PAYMENT_KEY.to_owned(),
            "pepper" => self.pepper.to_string(),
            "signing-key" => self.signing.secret(),
            _ => published.to_string(),
        };
        SECRETS.into_iter().map(|(_, id)| (id.to_owned(), value(id).into())).collect()
    }
}
