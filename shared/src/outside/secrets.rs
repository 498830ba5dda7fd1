//! Secrets: one call at start reads all keys and peppers of a function. Later only the public keys are read again.

use crate::domain::reason::Failure;
use aws_sdk_secretsmanager::{
    Client,
    error::{DisplayErrorContext, SdkError},
    operation::batch_get_secret_value::{BatchGetSecretValueError, BatchGetSecretValueOutput},
};
use secrecy::SecretString;
use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc};

/// Secret values by the ids that were requested.
pub type Values = HashMap<String, SecretString>;

type SecretsFuture = Pin<Box<dyn Future<Output = Result<Values, Failure>> + Send>>;

/// Reads secrets by their ids.
#[derive(Clone)]
pub struct Secrets(Arc<dyn Fn(Vec<String>) -> SecretsFuture + Send + Sync>);

impl Secrets {
    /// `read` returns a value for every id, or fails.
    pub fn from_fn<F>(read: impl Fn(Vec<String>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Values, Failure>> + Send + 'static,
    {
        Self(Arc::new(move |ids| Box::pin(read(ids))))
    }

    /// Reads all ids in one call. The failure names each one that cannot be read.
    pub async fn read_all(&self, ids: Vec<String>) -> Result<Values, Failure> {
        if ids.is_empty() { Ok(Values::new()) } else { (self.0)(ids).await }
    }

    pub async fn read(&self, id: &str) -> Result<SecretString, Failure> {
        let mut values = self.read_all(vec![id.to_owned()]).await?;
        values.remove(id).ok_or_else(|| unreadable(id, "it is not in the answer"))
    }

    /// From Secrets Manager; ids are ARNs or names. One call reads up to twenty, and no function needs half as many.
    pub fn secrets_manager(client: Client) -> Self {
        Self::from_fn(move |ids| {
            let request = client.batch_get_secret_value().set_secret_id_list(Some(ids.clone()));
            async move {
                let answer = request.send().await;
                let answer =
                    answer.map_err(|error| Failure::internal(format!("Secrets Manager: {}", cause(&error))))?;
                values_of(&ids, &answer)
            }
        })
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

fn values_of(ids: &[String], answer: &BatchGetSecretValueOutput) -> Result<Values, Failure> {
    let (mut values, mut problems) = (Values::new(), Vec::new());
    for id in ids {
        let found = answer.secret_values().iter().find(|one| [one.arn(), one.name()].contains(&Some(id)));
        if let Some(text) = found.and_then(|one| one.secret_string()) {
            values.insert(id.clone(), text.into());
            continue;
        }
        let error = answer.errors().iter().find(|error| error.secret_id() == Some(id));
        problems.push(match (found, error.and_then(|error| error.error_code())) {
            (Some(_), _) => unreadable(id, "its value is binary: store a text"),
            (None, Some(code)) => unreadable(id, &format!("{code}, {}", remedy(code))),
            (None, None) => unreadable(id, "it is not in the answer"),
        });
    }
    if problems.is_empty() {
        return Ok(values);
    }
    let details: Vec<_> = problems.iter().filter_map(Failure::detail).collect();
    Err(Failure::internal(details.join("; ")))
}

fn unreadable(id: &str, why: &str) -> Failure {
    Failure::internal(format!("secret {id} cannot be read: {why}"))
}

/// What an operator can do about an error code of Secrets Manager.
fn remedy(code: &str) -> &'static str {
    match code {
        // Secrets Manager answers the same for a secret without a value as for one that does not exist.
        "ResourceNotFoundException" => "it has no value yet: run `cargo local bootstrap STACK`",
        "AccessDeniedException" => "the function's role may not read it: deploy the stack again",
        "DecryptionFailure" => "the function's role may not use the secret's KMS key",
        _ => "docs/operations.md describes the secrets",
    }
}

/// An answer that cannot be parsed may contain values, so none of it is logged.
fn cause<H: std::fmt::Debug>(error: &SdkError<BatchGetSecretValueError, H>) -> String {
    match error {
        SdkError::ResponseError(_) => "the answer cannot be read".to_owned(),
        SdkError::ServiceError(refused) => DisplayErrorContext(refused.err()).to_string(),
        other => DisplayErrorContext(other).to_string(),
    }
}
