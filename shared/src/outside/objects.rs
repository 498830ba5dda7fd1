//! The private bucket (S3). Its objects are read through a function or a presigned address with a short life, and in no
//! other way.

use crate::domain::reason::Failure;
use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, SdkError},
    operation::get_object::GetObjectError,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{Tag, Tagging},
};
use bytes::Bytes;
use jiff::Timestamp;
use std::{
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime},
};

/// The longest life of a presigned address.
const LONGEST_LIFE: Duration = Duration::from_mins(10);
/// The tag of objects that no record names. The bucket's lifecycle rule deletes them after a day.
const LINKED: &str = "linked";

type LazyClient = LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>;

/// The bucket and the client that reaches it.
#[derive(Clone)]
pub struct Objects {
    client: Arc<LazyClient>,
    bucket: String,
}

impl Objects {
    /// The client is created at first use, because creating one costs a tenth of a function's start.
    pub fn new(client: impl FnOnce() -> Client + Send + 'static, bucket: impl Into<String>) -> Self {
        Self { client: Arc::new(LazyLock::new(Box::new(client))), bucket: bucket.into() }
    }

    /// Stores an object, which the bucket deletes after a day unless it is [kept](Self::keep).
    pub async fn put(&self, key: &str, content_type: &str, content: Bytes) -> Result<(), Failure> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let request = request.tagging(format!("{LINKED}=no")).body(ByteStream::from(content));
        request.send().await.map(drop).map_err(|error| fault("put", key, &error))
    }

    /// Makes the bucket keep an object. Repeating it has no effect.
    pub async fn keep(&self, key: &str) -> Result<(), Failure> {
        let broken = |error| Failure::internal(format!("S3 tag is invalid: {error}"));
        let tag = Tag::builder().key(LINKED).value("yes").build().map_err(broken)?;
        let tags = Tagging::builder().tag_set(tag).build().map_err(broken)?;
        let request = self.client.put_object_tagging().bucket(&self.bucket).key(key).tagging(tags);
        request.send().await.map(drop).map_err(|error| fault("tag", key, &error))
    }

    /// The content of an object, if it exists.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, Failure> {
        let answer = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
            answer => answer.map_err(|error| fault("get", key, &error))?,
        };
        let content = answer.body.collect().await;
        let content =
            content.map_err(|error| Failure::internal(format!("S3: reading the content of {key}: {error}")))?;
        Ok(Some(content.into_bytes()))
    }

    /// Deletes an object, existing or not.
    pub async fn delete(&self, key: &str) -> Result<(), Failure> {
        let request = self.client.delete_object().bucket(&self.bucket).key(key);
        request.send().await.map(drop).map_err(|error| fault("delete", key, &error))
    }

    /// A presigned address that shows the object instead of saving it, for `life`, at most ten minutes.
    pub async fn address(&self, key: &str, life: Duration, now: Timestamp) -> Result<String, Failure> {
        let broken = |error: &dyn std::fmt::Display| Failure::internal(format!("S3: presigning {key}: {error}"));
        let file = key.rsplit('/').next().unwrap_or(key);
        let from = PresigningConfig::builder().start_time(SystemTime::from(now)).expires_in(life.min(LONGEST_LIFE));
        let from = from.build().map_err(|error| broken(&error))?;
        let request = self.client.get_object().bucket(&self.bucket).key(key);
        let request = request.response_content_disposition(format!("inline; filename=\"{file}\""));
        let signed = request.presigned(from).await.map_err(|error| broken(&DisplayErrorContext(&error)))?;
        Ok(signed.uri().to_owned())
    }
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Objects")
    }
}

fn fault<E, R>(doing: &str, key: &str, error: &SdkError<E, R>) -> Failure
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    Failure::internal(format!("S3: {doing} {key}: {}", DisplayErrorContext(error)))
}
