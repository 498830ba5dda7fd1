//! What the functions find: their environment, secrets, a driver with a session and a password, and the events.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::phc::PasswordHash};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub type Variables = Vec<(String, String)>;

pub const FIELD_KEY: [u8; 32] = [3; 32];
/// The name under which DynamoDB answers without TLS; `run` leads it here.
pub const DATABASE_HOST: &str = "adynamodb.us-east-1.amazonaws.com";
const PEPPER: [u8; 32] = [2; 32];
const PASSWORD: &str = "a-long-one-42x";
const SESSION: &str = "AAAAAAAAAAAAAAAA";

/// One function with one kind of event.
#[derive(Clone)]
pub struct Case {
    pub command: Vec<String>,
    pub variables: Variables,
    pub event: String,
    pub status: u16,
}

pub struct World {
    key: Ed25519KeyPair,
    now: u64,
    items: Vec<Value>,
    /// How long the stand-ins let a call wait, as a network would.
    pub round_trip: Duration,
}

/// What every login costs at the least.
pub fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, Some(32)).expect("the parameters of docs/security.md");
    Argon2::new_with_secret(&PEPPER, Algorithm::Argon2id, Version::V0x13, params).expect("a pepper")
}

impl World {
    pub fn new(round_trip: Duration) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("a seed");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        let hash: PasswordHash = argon2().hash_password_with_salt(PASSWORD.as_bytes(), &[9; 16]).expect("a hash");
        let items = vec![
            json!({
                "pk": {"S": "ACCOUNT#ev#1003"}, "sk": {"S": "SESSIONS"}, "enabled": {"BOOL": true},
                "role": {"S": "driver"}, "live": {"M": {SESSION: {"N": (now + 86_400).to_string()}}}
            }),
            json!({
                "pk": {"S": "LOGIN#ev#bench2002"}, "sk": {"S": "CREDENTIAL"}, "account": {"S": "1003"},
                "hash": {"S": hash.to_string()}, "pepper": {"S": "p1"}
            }),
        ];
        Self { key, now, items, round_trip }
    }

    pub fn item(&self, pk: &Value, sk: &Value) -> Option<&Value> {
        self.items.iter().find(|item| item["pk"]["S"] == *pk && item["sk"]["S"] == *sk)
    }

    /// The items of the first partition that a query names.
    pub fn partition(&self, values: &Value) -> Vec<&Value> {
        let names: Vec<_> = values.as_object().into_iter().flatten().map(|(_, value)| &value["S"]).collect();
        self.items.iter().filter(|item| names.contains(&&item["pk"]["S"])).collect()
    }

    pub fn secret(&self, name: &str) -> String {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match name.trim_start_matches("bench.") {
            "signing-key" => json!({"kid": "k1", "seed": encode(&[1; 32])}),
            "verifying-keys" => json!({"current": {"kid": "k1", "public": encode(self.key.public_key().as_ref())}}),
            "pepper" => json!({"id": "p1", "key": encode(&PEPPER)}),
            "field-keys" => json!({"seal": "d1", "index": "d1", "keys": {"d1": "d3JhcHBlZA=="}}),
            _ => Value::Null,
        }
        .to_string()
    }

    pub fn token(&self) -> String {
        let claims = json!({
            "iss": "bench", "aud": "ev", "sub": "1003", "sid": SESSION,
            "iat": self.now, "nbf": self.now, "exp": self.now + 86_400
        });
        let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "k1"});
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(&header), encode(&claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes()));
        format!("{text}.{signature}")
    }
}

/// The environment of a function as `template.yaml` gives it.
pub fn variables(function: &str) -> Variables {
    let all = [
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
        ("TABLE_NAME", "ev-plaza"),
        ("AUDIT_TABLE_NAME", "ev-plaza-audit"),
        ("PICTURES_BUCKET", "bench"),
        ("LOG_LEVEL", "info"),
        ("METRICS_NAMESPACE", "ev-plaza"),
        ("TOKEN_ISSUER", "bench"),
        ("VERIFYING_KEYS_PARAMETER", "bench.verifying-keys"),
        ("VERIFYING_KEYS_SECRET", "bench.verifying-keys"),
        ("ALLOW_QUERY_TOKEN", "true"),
    ];
    let own: &[(&str, &str)] = match function {
        "ev-account" => &[
            ("SIGNING_KEY_SECRET", "bench.signing-key"),
            ("PEPPER_SECRET", "bench.pepper"),
            ("LOGIN_PER_IP_MINUTE", "1000000"),
            ("REGISTER_PER_IP_MINUTE", "1000000"),
        ],
        "ev-charging" => &[
            ("CHARGING_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/bench.fifo"),
            ("DEFAULT_STATION", "S1"),
            ("PAYMENT_PROVIDER", "stand-in"),
        ],
        "shop-customer" => &[
            ("FIELDS_KEY", "arn:aws:kms:us-east-1:123456789012:key/k"),
            ("FIELD_KEYS_PARAMETER", "bench.field-keys"),
            ("FIELD_KEYS_SECRET", "bench.field-keys"),
            ("SHOP_SIGNIN_POINTS", "10"),
            ("SHOP_LIST_READS", "500"),
        ],
        _ => &[],
    };
    let mut variables: Variables =
        all.iter().chain(own).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    // As long as Lambda's are.
    variables.push(("AWS_SESSION_TOKEN".to_owned(), "t".repeat(700)));
    variables
}

/// An event as API Gateway writes it.
pub fn event(method: &str, path: &str, token: Option<&str>, form: &str) -> String {
    let mut event = json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "rawQueryString": "",
        "headers": {
            "accept": "*/*", "accept-encoding": "gzip, deflate, br", "content-length": form.len().to_string(),
            "content-type": "application/x-www-form-urlencoded", "host": "abc123.execute-api.us-east-1.amazonaws.com",
            "user-agent": "app/1.0 (iPhone; iOS 18.0)", "x-amzn-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
            "x-forwarded-for": "203.0.113.9", "x-forwarded-port": "443", "x-forwarded-proto": "https"
        },
        "requestContext": {
            "accountId": "123456789012", "apiId": "abc123", "domainPrefix": "abc123", "stage": "$default",
            "domainName": "abc123.execute-api.us-east-1.amazonaws.com", "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": format!("{method} {path}"), "time": "10/Mar/2026:05:16:23 +0000", "timeEpoch": 0,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9",
                "userAgent": "app/1.0 (iPhone; iOS 18.0)"}
        },
        "isBase64Encoded": false
    });
    if let Some(token) = token {
        event["headers"]["authorization"] = format!("Bearer {token}").into();
    }
    if !form.is_empty() {
        event["body"] = form.into();
    }
    event.to_string()
}

/// The form with which the driver of [`World`] signs in.
pub fn login_form() -> String {
    format!("username=bench2002&password={PASSWORD}")
}
