//! The AWS clients: static configuration, one HTTP client, and Amazon's own root certificates instead of the system's
//! hundred and fifty, whose parsing is most of what an SDK costs at start-up.

use super::{Error, environment::Environment};
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Region, SharedCredentialsProvider, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::time::Duration;

/// Amazon Root CA 1–4 and Starfield Services G2, which every AWS endpoint chains up to.
const AMAZON_ROOTS: &str = include_str!("amazon_roots.pem");

/// What all clients have in common. One HTTP client serves them, so the root certificates are decoded once.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    region: Region,
    credentials: SharedCredentialsProvider,
    endpoint: Option<String>,
    http: SharedHttpClient,
}

impl Clients {
    pub fn new(environment: &Environment) -> Result<Self, Error> {
        let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
        let tls = TlsContext::builder().with_trust_store(roots).build();
        let tls = tls.map_err(|error| Error::Broken(format!("the root certificates are refused: {error}")))?;
        let provider = Provider::Rustls(CryptoMode::AwsLc);
        Ok(Self {
            region: Region::new(environment.get("AWS_REGION").to_owned()),
            credentials: SharedCredentialsProvider::new(environment.credentials()),
            endpoint: environment.endpoint().map(ToOwned::to_owned),
            http: Builder::new().tls_provider(provider).tls_context(tls).build_https(),
        })
    }

    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    pub fn s3(&self) -> aws_sdk_s3::Client {
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts())
            // A stand-in on one machine has no host name for each bucket.
            .force_path_style(self.endpoint.is_some());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    pub fn sns(&self) -> aws_sdk_sns::Client {
        let mut config = aws_sdk_sns::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(2))
            .timeout_config(timeouts());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_sns::Client::from_conf(config.build())
    }

    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_sqs::Client::from_conf(config.build())
    }
}

#[cfg(not(feature = "local"))]
impl Clients {
    /// Keys of one machine lie unwrapped, so a local build asks no KMS.
    pub fn kms(&self) -> aws_sdk_kms::Client {
        let config = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts());
        aws_sdk_kms::Client::from_conf(config.build())
    }
}

/// Well inside a function's own timeout, so that a hung connection ends in a retry and not in a killed environment.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(6))
        .build()
}

#[cfg(test)]
mod tests {
    use super::AMAZON_ROOTS;

    #[test]
    fn five_roots_are_pinned() {
        assert_eq!(AMAZON_ROOTS.matches("BEGIN CERTIFICATE").count(), 5);
    }
}
