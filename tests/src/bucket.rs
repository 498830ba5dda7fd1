//! An embedded S3 under the real SDK, like the embedded DynamoDB: one bucket in memory per test, with faults on demand
//! and every call on record. It refuses what the bucket of `template.yaml` would.

use crate::database::Fate;
use aws_sdk_s3::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    presigning::PresigningConfig,
};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use futures_util::future::{Either, select};
use jiff::Timestamp;
use shared::outside::objects::Objects;
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tokio::sync::Notify;

pub const BUCKET: &str = "ev-plaza-pictures";

/// One object as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub content: Vec<u8>,
    pub content_type: String,
    /// The tag by which the lifecycle rule of the template goes: `yes` or `no`.
    pub linked: String,
}

type Script = dyn FnMut(&str) -> Fate + Send;

/// The bucket of one test. Clones share it.
#[derive(Clone)]
pub struct Bucket {
    objects: Arc<Mutex<BTreeMap<String, Object>>>,
    script: Arc<Mutex<Box<Script>>>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { objects: Arc::default(), script: Arc::new(Mutex::new(Box::new(|_| Fate::Apply))), calls: Arc::default() }
    }
}

impl Bucket {
    /// The bucket as the functions have it.
    pub fn handle(&self) -> Objects {
        let bucket = self.clone();
        Objects::new(move || bucket.client(), BUCKET)
    }

    /// A client like the one of `boot`, but one that does not wait long before it tries again.
    pub fn client(&self) -> Client {
        let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
        Client::from_conf(
            Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("cn-north-1"))
                .credentials_provider(Credentials::new("AKIATEST", "secret", None, None, "test"))
                .http_client(self.clone())
                .retry_config(retries)
                .build(),
        )
    }

    /// What lies there, by key.
    pub fn objects(&self) -> BTreeMap<String, Object> {
        self.objects.lock().unwrap().clone()
    }

    /// Has `work` killed at its first call of this kind: before it is applied with [`Fate::Die`], after it with
    /// [`Fate::DieAfter`]. What it came to, if it made none.
    pub async fn killed<T>(&self, operation: &'static str, fate: Fate, work: impl Future<Output = T>) -> Option<T> {
        let death = Arc::new(Notify::new());
        let dying = Arc::clone(&death);
        self.follow(move |at| {
            if at == operation {
                dying.notify_one();
                fate
            } else {
                Fate::Apply
            }
        });
        let outcome = match select(pin!(work), pin!(death.notified())).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        };
        self.heal();
        outcome
    }

    /// What the lifecycle rule of the template does after a day.
    pub fn a_day_passes(&self) {
        self.objects.lock().unwrap().retain(|_, object| object.linked != "no");
    }

    /// From here on every attempt meets the fate that `script` gives it; it is told `PUT`, `TAG`, `GET` or `DELETE`.
    pub fn follow(&self, script: impl FnMut(&str) -> Fate + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// No more faults.
    pub fn heal(&self) {
        self.follow(|_| Fate::Apply);
    }

    /// What a browser gets that opens an address: the object, if the address was signed by us and has not expired. An
    /// unsigned address gets nothing.
    pub async fn open(&self, address: &str, now: Timestamp) -> Result<Vec<u8>, u16> {
        let uri: http::Uri = address.parse().unwrap();
        let query: BTreeMap<_, _> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
        let value = |name: &str| query.get(name).map(ToString::to_string).ok_or(403_u16);
        let from = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", value("X-Amz-Date")?).unwrap();
        let from = from.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let life = Duration::from_secs(value("X-Amz-Expires")?.parse().unwrap());
        let key = uri.path().trim_start_matches('/');
        let request = self.client().get_object().bucket(BUCKET).key(key);
        let request = request.response_content_disposition(value("response-content-disposition")?);
        let signing = PresigningConfig::builder().start_time(SystemTime::from(from)).expires_in(life).build().unwrap();
        let ours = request.presigned(signing).await.unwrap();
        if ours.uri() != address || now >= from + life {
            return Err(403);
        }
        self.objects().remove(key).map(|object| object.content).ok_or(404)
    }

    /// The attempts since the last call of this function.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    fn apply(&self, operation: &str, key: &str, request: &HttpRequest) -> (u16, Vec<u8>) {
        let mut objects = self.objects.lock().unwrap();
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        match operation {
            "PUT" => {
                if !["", "aws:kms"].contains(&header("x-amz-server-side-encryption").as_str())
                    || request.headers().get("x-amz-acl").is_some()
                {
                    return failure(403, "AccessDenied");
                }
                let linked = header("x-amz-tagging").strip_prefix("linked=").unwrap_or("untagged").to_owned();
                objects.insert(key.to_owned(), Object { content: body, content_type: header("content-type"), linked });
                (200, Vec::new())
            }
            "TAG" => {
                let xml = String::from_utf8(body).unwrap();
                let linked = xml.split("<Key>linked</Key><Value>").nth(1).and_then(|rest| rest.split('<').next());
                match (objects.get_mut(key), linked) {
                    (Some(object), Some(linked)) => linked.clone_into(&mut object.linked),
                    (None, _) => return failure(404, "NoSuchKey"),
                    (_, None) => return failure(400, "MalformedXML"),
                }
                (200, Vec::new())
            }
            "GET" => objects.get(key).map_or_else(|| failure(404, "NoSuchKey"), |object| (200, object.content.clone())),
            "DELETE" => {
                objects.remove(key);
                (204, Vec::new())
            }
            other => panic!("{other} is not wired up"),
        }
    }
}

impl HttpClient for Bucket {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Bucket {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let bucket = self.clone();
        // A task of its own: a caller that gives up does not stop what is already on the wire.
        let wire = tokio::spawn(async move {
            let uri: http::Uri = request.uri().parse().unwrap();
            assert_eq!(uri.host(), Some(format!("{BUCKET}.s3.cn-north-1.amazonaws.com.cn").as_str()));
            assert_eq!(uri.scheme_str(), Some("https"));
            let signed = request.headers().get("authorization").unwrap_or_default();
            assert!(signed.starts_with("AWS4-HMAC-SHA256 "), "an unsigned call: {signed}");
            let key = uri.path().trim_start_matches('/').to_owned();
            let is_tag = uri.query().is_some_and(|query| query.split('&').any(|part| part.starts_with("tagging")));
            let operation = if is_tag { "TAG" } else { request.method() };
            bucket.calls.lock().unwrap().push(operation.to_owned());
            let fate = bucket.script.lock().unwrap()(operation);
            let (status, content) = match fate {
                Fate::Apply => bucket.apply(operation, &key, &request),
                Fate::Refuse => return Err(ConnectorError::io("refused by the test".into())),
                Fate::LoseAnswer => {
                    bucket.apply(operation, &key, &request);
                    return Err(ConnectorError::io("answer lost by the test".into()));
                }
                Fate::Hang | Fate::Die | Fate::Late => std::future::pending().await,
                Fate::HangAfter | Fate::DieAfter => {
                    bucket.apply(operation, &key, &request);
                    std::future::pending().await
                }
                Fate::Throttle | Fate::Conflict | Fate::ThrottleItem => failure(503, "SlowDown"),
                Fate::Break | Fate::InProgress => failure(500, "InternalError"),
            };
            Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(content)))
        });
        HttpConnectorFuture::new(async move { wire.await.expect("the connector's task goes on") })
    }
}

fn failure(status: u16, code: &str) -> (u16, Vec<u8>) {
    (status, format!("<Error><Code>{code}</Code><Message>made by the test</Message></Error>").into_bytes())
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bucket")
    }
}
