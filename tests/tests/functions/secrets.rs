//! Reading secrets at a function's start: one call for all, and a log line that names what is wrong without quoting it.

use aws_sdk_secretsmanager::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use shared::{
    auth::{
        captcha::CaptchaSeal,
        codes::CodeKey,
        keys::{SigningKey, VerifyingKeys},
        passwords::{Passwords, Strength},
        sealing::Sealer,
    },
    domain::reason::Failure,
    outside::{key_service::KeyService, random::Random, secrets::Secrets},
};
use std::sync::{Arc, Mutex};

const PEPPER: &str = "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:Pepper-AbCdEf";
const CODE_KEY: &str = "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:CodeKey-AbCdEf";

/// Answers every call alike and remembers what was asked.
#[derive(Clone, Debug)]
struct Manager {
    answer: Arc<(u16, String)>,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Manager {
    fn answering(status: u16, answer: &str) -> Self {
        Self { answer: Arc::new((status, answer.to_owned())), asked: Arc::default() }
    }

    fn secrets(&self) -> Secrets {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("ap-southeast-1"))
            .credentials_provider(Credentials::new("id", "key", None, None, "test"))
            .http_client(self.clone());
        Secrets::secrets_manager(Client::from_conf(config.build()))
    }
}

impl HttpClient for Manager {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Manager {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.asked.lock().unwrap().push(serde_json::from_slice(request.body().bytes().unwrap()).unwrap());
        let (status, answer) = &*self.answer;
        let mut response = HttpResponse::new((*status).try_into().unwrap(), SdkBody::from(answer.clone()));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn found(arn: &str, value: &str) -> Value {
    json!({ "ARN": arn, "Name": arn.rsplit(':').next(), "SecretString": value })
}

async fn refusal(status: u16, answer: &str) -> String {
    let secrets = Manager::answering(status, answer).secrets();
    let failure = secrets.read_all(vec![PEPPER.to_owned(), CODE_KEY.to_owned()]).await.err().unwrap();
    failure.detail().unwrap().to_owned()
}

#[tokio::test]
async fn all_secrets_of_a_function_take_one_call() {
    let answer = json!({ "SecretValues": [found(CODE_KEY, "c"), found(PEPPER, "p")], "Errors": [] });
    let manager = Manager::answering(200, &answer.to_string());
    let values = manager.secrets().read_all(vec![PEPPER.to_owned(), CODE_KEY.to_owned()]).await.unwrap();
    assert_eq!((values[PEPPER].expose_secret(), values[CODE_KEY].expose_secret()), ("p", "c"));
    assert_eq!(*manager.asked.lock().unwrap(), [json!({ "SecretIdList": [PEPPER, CODE_KEY] })]);

    let none = manager.secrets().read_all(vec![]).await.unwrap();
    assert!(none.is_empty() && manager.asked.lock().unwrap().len() == 1, "nothing needed, nothing asked");
}

#[tokio::test]
async fn each_secret_that_cannot_be_read_is_named_with_what_to_do() {
    let missing = |code: &str| {
        let error = |arn| json!({ "SecretId": arn, "ErrorCode": code, "Message": "made by the test" });
        json!({ "SecretValues": [], "Errors": [error(PEPPER), error(CODE_KEY)] }).to_string()
    };
    let log = refusal(200, &missing("ResourceNotFoundException")).await;
    assert!(log.contains(PEPPER) && log.contains(CODE_KEY) && log.contains("cargo local bootstrap"), "{log}");
    let log = refusal(200, &missing("AccessDeniedException")).await;
    assert!(log.contains(PEPPER) && log.contains("role"), "{log}");

    let log = refusal(200, r#"{"SecretValues":[],"Errors":[]}"#).await;
    assert!(log.contains(PEPPER) && log.contains(CODE_KEY), "{log}");
    let log = refusal(400, r#"{"__type":"AccessDeniedException","message":"is not authorized"}"#).await;
    assert!(log.contains("Secrets Manager") && log.contains("is not authorized"), "{log}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_shown() {
    let log = refusal(200, r#"{"SecretValues":[{"SecretString":"the value"}"#).await;
    assert!(!log.contains("the value"), "{log}");
}

/// serde's own texts quote what they cannot read.
#[tokio::test]
async fn a_malformed_secret_is_not_shown_either() {
    const VALUE: &str = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
    for malformed in [format!("\"{VALUE}\""), VALUE.to_owned(), format!(r#"{{"id":["{VALUE}"],"{VALUE}":1}}"#)] {
        let malformed = SecretString::from(malformed);
        let keys = Sealer::open_keys(&malformed, &KeyService::unwrapped(), Random::system()).await;
        let secrets = Manager::answering(200, "{}").secrets();
        let failures: [Option<Failure>; 6] = [
            Passwords::new(&malformed, Strength::PRODUCTION, Random::system()).err(),
            CaptchaSeal::new(&malformed).err(),
            CodeKey::read(&malformed).err(),
            SigningKey::read(&malformed).err(),
            VerifyingKeys::new(secrets, "verifying-keys", &malformed, jiff::Timestamp::UNIX_EPOCH).err(),
            keys.err(),
        ];
        for failure in failures {
            let failure = failure.expect("it is malformed");
            assert!(!failure.detail().unwrap().contains(VALUE), "{failure:?}");
        }
    }
}
