//! The stand-ins for AWS and Aliyun behind TLS. An embedded DynamoDB answers for the tables; every call is on record, and a
//! test may answer any of them itself.

use super::http1::{Request, answer};
use crate::database::Database;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

/// One call to a service.
#[derive(Clone, Debug)]
pub struct Call {
    /// As in its host name: `dynamodb`, `kms`, …
    pub service: String,
    pub action: String,
    pub body: Value,
}

/// What a test does to a call.
#[derive(Debug)]
pub enum Reply {
    /// What the service answers.
    Usual,
    /// Status and body.
    Answer(u16, String),
    /// Nothing, for longer than any caller waits.
    Silence,
}

/// How AWS writes an error in JSON.
pub fn error(code: &str) -> Reply {
    Reply::Answer(400, json!({ "__type": code, "message": "made by the test" }).to_string())
}

type Script = dyn FnMut(&Call) -> Reply + Send;

struct State {
    database: Database,
    secrets: BTreeMap<String, String>,
    calls: Mutex<Vec<Call>>,
    script: Mutex<Box<Script>>,
}

/// Clones share their record.
#[derive(Clone)]
pub struct Aws(Arc<State>);

impl Aws {
    /// Listens where functions call. Needs a network of its own; see [`super::isolated`]. `secrets` are values by id.
    pub fn start(secrets: BTreeMap<String, String>) -> Self {
        let (calls, script) = (Mutex::default(), Mutex::new(Box::new(|_: &Call| Reply::Usual) as Box<Script>));
        let aws = Self(Arc::new(State { database: Database::new(), secrets, calls, script }));
        let listener = TcpListener::bind("127.0.0.1:443").expect("the network is this test's own");
        let (config, serving) = (Arc::new(tls()), aws.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, aws) = (Arc::clone(&config), serving.clone());
                let connection = ServerConnection::new(config).unwrap();
                std::thread::spawn(move || aws.serve(&mut StreamOwned::new(connection, stream)));
            }
        });
        aws
    }

    /// What answers for the tables.
    pub fn database(&self) -> Database {
        self.0.database.clone()
    }

    /// From here on `script` decides on every call.
    pub fn follow(&self, script: impl FnMut(&Call) -> Reply + Send + 'static) {
        *self.0.script.lock().unwrap() = Box::new(script);
    }

    /// The calls since the last time that they were taken.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.calls.lock().unwrap())
    }

    fn serve(&self, stream: &mut (impl Read + Write)) {
        let mut buffer = Vec::new();
        while let Some(request) = Request::read(stream, &mut buffer) {
            let call = Call::read(&request);
            self.0.calls.lock().unwrap().push(call.clone());
            let reply = self.0.script.lock().unwrap()(&call);
            let (status, body) = match reply {
                Reply::Usual => self.usual(&call, &request.body),
                Reply::Answer(status, body) => (status, body.into_bytes()),
                Reply::Silence => {
                    std::thread::sleep(Duration::from_mins(1));
                    return;
                }
            };
            let kind = if body.starts_with(b"<") { "text/xml" } else { "application/x-amz-json-1.0" };
            let headers = format!("Content-Type: {kind}\r\nx-amzn-RequestId: 0\r\n");
            if answer(stream, status, &headers, &body).is_err() {
                return;
            }
        }
    }

    fn usual(&self, call: &Call, wire: &[u8]) -> (u16, Vec<u8>) {
        let body = match (call.service.as_str(), call.action.as_str()) {
            ("dynamodb", action) => return self.0.database.answer(action, wire),
            ("secretsmanager", "BatchGetSecretValue") => self.secrets(&call.body["SecretIdList"]),
            // Nothing is wrapped here: what is decrypted is what was sent.
            ("kms", "Decrypt") => json!({ "KeyId": call.body["KeyId"], "Plaintext": call.body["CiphertextBlob"] }),
            ("sqs", "SendMessage") => json!({ "MessageId": "1", "MD5OfMessageBody": "0" }),
            ("dysmsapi", _) => json!({ "Code": "OK", "BizId": "1" }),
            ("sns", _) => return (200, PUBLISHED.into()),
            _ => json!({}),
        };
        (200, body.to_string().into_bytes())
    }

    fn secrets(&self, ids: &Value) -> Value {
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for id in ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap()) {
            match self.0.secrets.get(id) {
                Some(value) => values.push(json!({ "ARN": id, "Name": id, "SecretString": value })),
                None => errors.push(json!({ "SecretId": id, "ErrorCode": "ResourceNotFoundException" })),
            }
        }
        json!({ "SecretValues": values, "Errors": errors })
    }
}

const PUBLISHED: &str = r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"#;

impl Call {
    fn read(request: &Request) -> Self {
        let host = request.header("host").unwrap_or_default();
        let service = if host.contains(".s3.") { "s3" } else { host.split('.').next().unwrap_or_default() };
        let text = String::from_utf8_lossy(&request.body);
        let form: BTreeMap<_, _> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let target = request.header("x-amz-target").and_then(|target| target.rsplit('.').next());
        let action = target.or(request.header("x-acs-action")).or(form.get("Action").map(String::as_str));
        let action = action.unwrap_or(&request.method).to_owned();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| json!(form));
        Self { service: service.to_owned(), action, body }
    }
}

fn tls() -> ServerConfig {
    // Made with openssl for a hundred years, for these tests alone: no program but their copies trusts the root.
    let chain = CertificateDer::from_pem_slice(include_bytes!("certificates/leaf.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("certificates/leaf.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_no_client_auth().with_single_cert(vec![chain], key).unwrap()
}
