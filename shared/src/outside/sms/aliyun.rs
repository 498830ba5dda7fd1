//! Aliyun Dysms: `SendSms` of 2017-05-25, signed with ACS3-HMAC-SHA256. A number in mainland China gets the text of a
//! registered template, with our code filled in.

use super::{Message, RegisteredNames, Sender, SmsError};
use crate::{domain::reason::Failure, outside::random::Random};
use aws_lc_rs::{digest, hmac};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::HttpConnector as _,
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::{fmt::Write as _, sync::Arc, time::Duration};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";
const ENDPOINT: &str = "https://dysmsapi.aliyuncs.com";
const LARGEST_ANSWER: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

/// An account at Aliyun, with its registered signatures and templates.
#[derive(Clone, Debug)]
pub struct Aliyun {
    pub key: AliyunKey,
    /// The signature that precedes each text.
    pub sign_name: RegisteredNames,
    /// The template of codes, with a `${code}`. One for each purpose can say what the code is for.
    pub code_template: RegisteredNames,
    /// The template of notices, with a `${text}`.
    pub notice_template: RegisteredNames,
}

/// `{"id":"…","secret":"…"}`
#[derive(Clone, Debug)]
pub struct AliyunKey {
    id: String,
    secret: SecretString,
}

#[derive(Deserialize)]
struct AliyunKeySecret {
    id: String,
    secret: String,
}

impl AliyunKey {
    pub fn read(secret: &SecretString) -> Result<Self, Failure> {
        let key: AliyunKeySecret = serde_json::from_str(secret.expose_secret())
            .map_err(|_| Failure::internal(r#"the Aliyun key must be {"id":"…","secret":"…"}"#))?;
        Ok(Self { id: key.id, secret: key.secret.into() })
    }
}

impl Sender {
    pub fn aliyun(account: Aliyun, random: Random) -> Result<Self, Failure> {
        Self::aliyun_at(ENDPOINT, account, random)
    }

    /// The same at another address, where a test listens.
    pub fn aliyun_at(endpoint: &str, account: Aliyun, random: Random) -> Result<Self, Failure> {
        // The root certificates of the system: Aliyun's are not Amazon's.
        let tls = TlsContext::builder().with_trust_store(TrustStore::default()).build();
        let tls = tls.map_err(|error| Failure::internal(format!("root certificates could not be loaded: {error}")))?;
        let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build();
        let (connector, endpoint, account) = (Arc::new(connector), endpoint.to_owned(), Arc::new(account));
        Ok(Self::from_fn(move |message, now| {
            let (connector, endpoint, account) = (Arc::clone(&connector), endpoint.clone(), Arc::clone(&account));
            let nonce = format!("{:032x}", random.u128());
            async move {
                let request = account.request(&endpoint, &message, now, &nonce)?;
                let unreached = || SmsError::Retryable("Aliyun was not reached".to_owned());
                let answer = tokio::time::timeout(PATIENCE, connector.call(request)).await;
                let answer = answer.map_err(|_| unreached())?.map_err(|_| unreached())?;
                outcome(answer).await
            }
        }))
    }
}

impl Aliyun {
    fn request(&self, endpoint: &str, message: &Message, now: Timestamp, nonce: &str) -> Result<HttpRequest, SmsError> {
        let broken = |what: &str| SmsError::Permanent(format!("the request cannot be written: {what}"));
        let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
        let query = self.query(message);
        let date = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let nothing = hex(digest::digest(&digest::SHA256, b"").as_ref());
        let headers = [
            ("host", host),
            ("x-acs-action", "SendSms"),
            ("x-acs-content-sha256", &nothing),
            ("x-acs-date", &date),
            ("x-acs-signature-nonce", nonce),
            ("x-acs-version", "2017-05-25"),
        ];
        let authorization = self.authorization(&headers, &query, &nothing);
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method("POST").map_err(|_| broken("method"))?;
        request.set_uri(format!("{endpoint}/?{query}")).map_err(|_| broken("address"))?;
        for (name, value) in headers.into_iter().chain([("authorization", authorization.as_str())]) {
            request.headers_mut().try_insert(name, value.to_owned()).map_err(|_| broken("header"))?;
        }
        Ok(request)
    }

    /// The parameters, sorted by name and encoded as in RFC 3986.
    fn query(&self, message: &Message) -> String {
        let (template, parameters) = match &message.code {
            Some(code) => (&self.code_template, json!({ "code": code.expose() })),
            None => (&self.notice_template, json!({ "text": message.text })),
        };
        let pairs = [
            ("OutId", message.job.as_str()),
            ("PhoneNumbers", message.to.digits()),
            ("SignName", self.sign_name.of(message)),
            ("TemplateCode", template.of(message)),
            ("TemplateParam", &parameters.to_string()),
        ];
        pairs.map(|(name, value)| format!("{name}={}", encode(value))).join("&")
    }

    fn authorization(&self, headers: &[(&str, &str)], query: &str, payload: &str) -> String {
        let lines: String = headers.iter().fold(String::new(), |mut lines, (name, value)| {
            // Writing into a String does not fail.
            let _ = writeln!(lines, "{name}:{value}");
            lines
        });
        let signed = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let canonical = format!("POST\n/\n{query}\n{lines}\n{signed}\n{payload}");
        let digest = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.secret.expose_secret().as_bytes());
        let signature = hex(hmac::sign(&key, format!("{ALGORITHM}\n{digest}").as_bytes()).as_ref());
        format!("{ALGORITHM} Credential={},SignedHeaders={signed},Signature={signature}", self.key.id)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AliyunAnswer {
    code: String,
}

async fn outcome(answer: HttpResponse) -> Result<(), SmsError> {
    let status = answer.status();
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
    let body = body.map_err(|_| SmsError::Retryable("Aliyun's answer broke off".to_owned()))?.to_bytes();
    let code = match serde_json::from_slice(&body) {
        Ok(AliyunAnswer { code }) => code,
        Err(_) if status.is_server_error() => return Err(SmsError::Retryable(format!("status {}", status.as_u16()))),
        Err(_) => return Err(SmsError::Permanent(format!("status {} without a code", status.as_u16()))),
    };
    class_of(code)
}

/// What Aliyun's codes mean for us. A code that is not named here would fail again.
fn class_of(code: String) -> Result<(), SmsError> {
    match code.as_str() {
        "OK" => Ok(()),
        "isv.BUSINESS_LIMIT_CONTROL" | "isv.DAY_LIMIT_CONTROL" | "isv.MONTH_LIMIT_CONTROL" => {
            Err(SmsError::Throttled(code))
        }
        code if code.starts_with("Throttling") => Err(SmsError::Throttled(code.to_owned())),
        "isv.MOBILE_NUMBER_ILLEGAL" | "isv.BLACK_KEY_CONTROL_LIMIT" | "isv.DENY_IP_RANGE" => Err(SmsError::Blocked),
        "isp.SYSTEM_ERROR" | "isp.GATEWAY_ERROR" | "InternalError" | "ServiceUnavailable" | "SDK.ServerUnreachable" => {
            Err(SmsError::Retryable(code))
        }
        _ => Err(SmsError::Permanent(code)),
    }
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
