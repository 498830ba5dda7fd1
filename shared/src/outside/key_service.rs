//! The key service (KMS): it unwraps data keys with a key that never leaves it.

use crate::domain::reason::Failure;
use aws_sdk_kms::{Client, error::DisplayErrorContext, primitives::Blob};
use secrecy::SecretSlice;
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock},
};

type OpenFuture = Pin<Box<dyn Future<Output = Result<SecretSlice<u8>, Failure>> + Send>>;

/// Unwraps data keys.
#[derive(Clone)]
pub struct KeyService(Arc<dyn Fn(Vec<u8>) -> OpenFuture + Send + Sync>);

impl KeyService {
    /// The encryption context of the wrapped data keys. KMS refuses a key that was wrapped with another context.
    pub const CONTEXT: (&str, &str) = ("purpose", "fields");

    /// The client is made with the first key that is opened.
    pub fn kms(client: impl FnOnce() -> Client + Send + 'static, key: impl Into<String>) -> Self {
        let (client, key) = (LazyLock::new(client), key.into());
        Self::from_fn(move |wrapped| {
            let (name, value) = Self::CONTEXT;
            let request = client.decrypt().key_id(key.clone()).ciphertext_blob(Blob::new(wrapped));
            let request = request.encryption_context(name, value);
            async move {
                let answer = request.send().await;
                let answer =
                    answer.map_err(|error| Failure::internal(format!("KMS: {}", DisplayErrorContext(&error))))?;
                let key = answer.plaintext.ok_or_else(|| Failure::internal("KMS answered without a key"))?;
                Ok(key.into_inner().into())
            }
        })
    }

    /// For keys that are stored unwrapped: on a local stack and in tests.
    pub fn unwrapped() -> Self {
        Self::from_fn(|key| std::future::ready(Ok(key.into())))
    }

    pub fn from_fn<F>(open: impl Fn(Vec<u8>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<SecretSlice<u8>, Failure>> + Send + 'static,
    {
        Self(Arc::new(move |wrapped| Box::pin(open(wrapped))))
    }

    pub async fn open(&self, wrapped: Vec<u8>) -> Result<SecretSlice<u8>, Failure> {
        (self.0)(wrapped).await
    }
}

impl std::fmt::Debug for KeyService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyService")
    }
}
