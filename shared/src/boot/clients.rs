//! The AWS clients: static configuration, one HTTP client, and Amazon's own root certificates instead of the system's
//! hundred and fifty, whose parsing is most of what an SDK costs at start-up.

use super::{Error, Variables};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Region, SharedCredentialsProvider, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_types::SdkConfig;
use std::time::Duration;

/// Amazon Root CA 1–4 and Starfield Services G2, which every AWS endpoint chains up to.
const AMAZON_ROOTS: &str = include_str!("amazon_roots.pem");
/// `DigiCert` Global Root CA, G2 and G3: endpoints of the China regions have chained up to them. Only those regions decode
/// them, so that no other pays for it at start-up.
const DIGICERT_ROOTS: &str = include_str!("digicert_roots.pem");

/// What all clients have in common. One HTTP client serves them, so the root certificates are decoded once.
#[derive(Clone, Debug)]
pub(super) struct Clients(SdkConfig);

impl Clients {
    /// `endpoint`: where a stand-in for AWS listens.
    pub fn new(variables: &Variables, endpoint: Option<String>) -> Result<Self, Error> {
        let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
        let is_in_china = variables.get("AWS_REGION").starts_with("cn-");
        let roots = if is_in_china { roots.with_pem_certificate(DIGICERT_ROOTS) } else { roots };
        let tls = TlsContext::builder().with_trust_store(roots).build();
        let tls = tls.map_err(|error| Error::Broken(format!("root certificates could not be loaded: {error}")))?;
        let provider = Provider::Rustls(CryptoMode::AwsLc);
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(variables.get("AWS_REGION").to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials(variables)))
            .http_client(Builder::new().tls_provider(provider).tls_context(tls).build_https())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts());
        config.set_endpoint_url(endpoint);
        Ok(Self(config.build()))
    }

    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.0)
    }

    pub fn kms(&self) -> aws_sdk_kms::Client {
        aws_sdk_kms::Client::new(&self.0)
    }

    pub fn s3(&self) -> aws_sdk_s3::Client {
        // A stand-in on one machine has no host name for each bucket.
        let by_path = self.0.endpoint_url().is_some();
        let config = aws_sdk_s3::config::Builder::from(&self.0).force_path_style(by_path);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    pub fn secrets_manager(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.0)
    }

    pub fn sns(&self) -> aws_sdk_sns::Client {
        let retries = RetryConfig::standard().with_max_attempts(2);
        aws_sdk_sns::Client::from_conf(aws_sdk_sns::config::Builder::from(&self.0).retry_config(retries).build())
    }

    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.0)
    }
}

/// Lambda hands every environment credentials for its life, in variables.
fn credentials(variables: &Variables) -> Credentials {
    let token = Some(variables.get("AWS_SESSION_TOKEN")).filter(|token| !token.is_empty()).map(ToOwned::to_owned);
    let (id, secret) = (variables.get("AWS_ACCESS_KEY_ID"), variables.get("AWS_SECRET_ACCESS_KEY"));
    Credentials::new(id, secret, token, None, "lambda-environment")
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
    use super::{AMAZON_ROOTS, DIGICERT_ROOTS};
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use std::fmt::Write as _;

    /// As Amazon Trust Services and `DigiCert` publish them.
    const FINGERPRINTS: [&str; 8] = [
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        "4348a0e9444c78cb265e058d5e8944b4d84f9662bd26db257f8934a443c70161",
        "cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f",
        "31ad6648f8104138c738f39ea4320133393e3a18cc02296ef97c2ac9ef6731d0",
    ];

    #[test]
    fn the_roots_are_those_that_their_owners_publish() {
        let bundles = [AMAZON_ROOTS, DIGICERT_ROOTS].concat();
        let certificates = bundles.split("-----BEGIN CERTIFICATE-----").skip(1).map(|rest| {
            let text: String = rest.split("-----END").next().unwrap_or_default().split_whitespace().collect();
            let der = BASE64_STANDARD.decode(text).unwrap_or_default();
            digest(&SHA256, &der).as_ref().iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        });
        assert_eq!(certificates.collect::<Vec<_>>(), FINGERPRINTS);
    }
}
