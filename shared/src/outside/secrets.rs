//! Keys and peppers, read by name when a function starts and again when a key is unknown.

use crate::domain::reason::Failure;
use http::{Request, header::HOST};
use http_body_util::{BodyExt as _, Empty, Limited};
use secrecy::SecretString;
use std::{future::Future, pin::Pin, sync::Arc};

/// Where a secret is kept; it decides who may read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Secrets Manager.
    Secret,
    /// A parameter of Systems Manager: public keys, which are no secret but must be ours.
    Parameter,
}

type Reading = Pin<Box<dyn Future<Output = Result<SecretString, Failure>> + Send>>;

/// Reads a secret by its name.
#[derive(Clone)]
pub struct Secrets(Arc<dyn Fn(Kind, String) -> Reading + Send + Sync>);

impl Secrets {
    pub fn from_fn<F>(read: impl Fn(Kind, String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<SecretString, Failure>> + Send + 'static,
    {
        Self(Arc::new(move |kind, name| Box::pin(read(kind, name))))
    }

    pub async fn read(&self, kind: Kind, name: &str) -> Result<SecretString, Failure> {
        (self.0)(kind, name.to_owned()).await
    }

    /// Through the AWS Parameters and Secrets extension, which caches beside the function and needs no SDK client.
    /// `session_token` is what Lambda gave the function; the extension knows its own function by it.
    pub fn from_extension(session_token: SecretString) -> Self {
        Self::from_fn(move |kind, name| ask_extension(kind, name, session_token.clone()))
    }

    /// From files of a local stack.
    #[cfg(feature = "local")]
    pub fn from_directory(directory: std::path::PathBuf) -> Self {
        Self::from_fn(move |_, name| {
            let path = directory.join(&name);
            async move {
                let text = std::fs::read_to_string(&path);
                text.map(Into::into).map_err(|error| Failure::internal(format!("secret {name}: {error}")))
            }
        })
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

const EXTENSION: &str = "localhost:2773";
const LARGEST_ANSWER: usize = 64 * 1024;

async fn ask_extension(kind: Kind, name: String, session_token: SecretString) -> Result<SecretString, Failure> {
    use secrecy::ExposeSecret as _;
    let broken = |error: &dyn std::fmt::Display| Failure::internal(format!("secret {name}: {error}"));
    let query: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let path = match kind {
        Kind::Secret => format!("/secretsmanager/get?secretId={query}"),
        Kind::Parameter => format!("/systemsmanager/parameters/get?name={query}"),
    };
    let request = Request::get(path)
        .header(HOST, EXTENSION)
        .header("X-Aws-Parameters-Secrets-Token", session_token.expose_secret())
        .body(Empty::<bytes::Bytes>::new())
        .map_err(|error| broken(&error))?;

    let stream = tokio::net::TcpStream::connect(EXTENSION).await.map_err(|error| broken(&error))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    let driver = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await.map_err(|error| broken(&error))?;
    driver.abort();
    if !status.is_success() {
        return Err(broken(&status));
    }
    secret_in(kind, &body.to_bytes()).ok_or_else(|| broken(&"the extension's answer holds no value"))
}

fn secret_in(kind: Kind, body: &[u8]) -> Option<SecretString> {
    let answer: serde_json::Value = serde_json::from_slice(body).ok()?;
    let value = match kind {
        Kind::Secret => answer.get("SecretString")?,
        Kind::Parameter => answer.get("Parameter")?.get("Value")?,
    };
    value.as_str().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn the_value_is_found_in_either_answer_of_the_extension() {
        let found = |kind, body: &str| secret_in(kind, body.as_bytes()).map(|secret| secret.expose_secret().to_owned());
        assert_eq!(found(Kind::Secret, r#"{"Name":"n","SecretString":"s"}"#).as_deref(), Some("s"));
        assert_eq!(found(Kind::Parameter, r#"{"Parameter":{"Name":"n","Value":"p"}}"#).as_deref(), Some("p"));
        assert_eq!(found(Kind::Secret, r#"{"SecretBinary":"AA=="}"#), None);
    }
}
