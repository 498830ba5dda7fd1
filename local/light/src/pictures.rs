//! The bucket of pictures, as files: the SDK's S3 client leads here, and so do the addresses that it signs.

use crate::database::response;
use aws_sdk_s3::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
    presigning::PresigningConfig,
};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use local::http::Answer;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::PathBuf,
    time::{Duration, SystemTime},
};

pub const BUCKET: &str = "pictures";
/// Below it an address that was signed here opens.
pub const PREFIX: &str = "/.pictures/";

/// A folder with two files an object: what it is, and `.about` with what is known of it.
#[derive(Clone, Debug)]
pub struct Pictures {
    folder: PathBuf,
    /// Where the API listens, as in `127.0.0.1:9000`.
    api: String,
    region: String,
}

#[derive(Serialize, Deserialize)]
struct About {
    content_type: String,
    /// The tags as S3 was told them; nothing here goes by them.
    tags: String,
}

impl Pictures {
    pub fn new(folder: PathBuf, api: &str, region: &str) -> Self {
        Self { folder, api: api.to_owned(), region: region.to_owned() }
    }

    pub fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(format!("http://{}{PREFIX}", self.api))
            .force_path_style(true)
            .http_client(self.clone());
        Client::from_conf(config.build())
    }

    /// What a browser gets that opens a signed address: the object, as long as the address lives.
    pub async fn open(&self, target: &str, now: Timestamp) -> Answer {
        match self.find(target, now).await {
            Some((content, headers)) => Answer { status: 200, headers, body: content },
            None => Answer { status: 403, headers: Vec::new(), body: Vec::new() },
        }
    }

    async fn find(&self, target: &str, now: Timestamp) -> Option<(Vec<u8>, Vec<(String, String)>)> {
        let (path, query) = target.split_once('?')?;
        let query: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
        let from = DateTime::strptime("%Y%m%dT%H%M%SZ", query.get("X-Amz-Date")?.as_bytes()).ok()?;
        let from = from.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let life = Duration::from_secs(query.get("X-Amz-Expires")?.parse().ok()?);
        let key = path.strip_prefix(PREFIX)?.strip_prefix(BUCKET)?.trim_start_matches('/');
        let disposition = query.get("response-content-disposition").map(ToString::to_string);
        let request = self.client().get_object().bucket(BUCKET).key(key);
        let request = request.set_response_content_disposition(disposition.clone());
        let signing = PresigningConfig::builder().start_time(SystemTime::from(from)).expires_in(life).build().ok()?;
        let ours = request.presigned(signing).await.ok()?;
        if ours.uri() != format!("http://{}{target}", self.api) || now >= from.checked_add(life).ok()? {
            return None;
        }
        let content = fs::read(self.file(key)?).ok()?;
        let about: About = serde_json::from_slice(&fs::read(self.about(key)?).ok()?).ok()?;
        let disposition = disposition.map(|disposition| ("content-disposition".to_owned(), disposition));
        let headers = [("content-type".to_owned(), about.content_type)].into_iter().chain(disposition);
        Some((content, headers.collect()))
    }

    /// None for a key that does not name a file below the folder.
    fn file(&self, key: &str) -> Option<PathBuf> {
        let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.');
        key.split('/').all(is_plain).then(|| self.folder.join(key))
    }

    fn about(&self, key: &str) -> Option<PathBuf> {
        let mut name = self.file(key)?.into_os_string();
        name.push(".about");
        Some(name.into())
    }

    fn apply(&self, request: &HttpRequest) -> Option<(u16, Vec<u8>)> {
        let uri: http::Uri = request.uri().parse().ok()?;
        let key = uri.path().strip_prefix(PREFIX)?.strip_prefix(BUCKET)?.trim_start_matches('/');
        let (file, about) = (self.file(key)?, self.about(key)?);
        let is_tagging = uri.query().is_some_and(|query| query.split('&').any(|part| part.starts_with("tagging")));
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let done = match request.method() {
            "PUT" if is_tagging => fs::read(&about).and_then(|known| {
                let known: About = serde_json::from_slice(&known)?;
                let tags = String::from_utf8_lossy(body).into_owned();
                fs::write(&about, serde_json::to_vec(&About { tags, ..known })?)
            }),
            "PUT" => fs::create_dir_all(file.parent()?).and_then(|()| {
                let known = About { content_type: header("content-type"), tags: header("x-amz-tagging") };
                fs::write(&about, serde_json::to_vec(&known)?)?;
                fs::write(&file, body)
            }),
            "GET" => return Some(fs::read(&file).map_or_else(|_| missing(), |content| (200, content))),
            "DELETE" => {
                fs::remove_file(&about).ok();
                match fs::remove_file(&file) {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                    _ => return Some((204, Vec::new())),
                }
            }
            _ => return None,
        };
        Some(match done {
            Ok(()) => (200, Vec::new()),
            Err(error) if error.kind() == ErrorKind::NotFound => missing(),
            Err(error) => (500, failure("InternalError", &error.to_string())),
        })
    }
}

fn missing() -> (u16, Vec<u8>) {
    (404, failure("NoSuchKey", "there is no such object"))
}

fn failure(code: &str, message: &str) -> Vec<u8> {
    format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>").into_bytes()
}

impl HttpClient for Pictures {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Pictures {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let unknown = || (501, failure("NotImplemented", &format!("{} {}", request.method(), request.uri())));
        let (status, body) = self.apply(&request).unwrap_or_else(unknown);
        HttpConnectorFuture::ready(response(status, body, "application/xml"))
    }
}
