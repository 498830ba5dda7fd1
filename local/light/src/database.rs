//! The SDK's DynamoDB client over the embedded engine: no socket lies between them.

use crate::engine::{Engine, apply};
use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Region},
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::HttpError,
};
use aws_smithy_types::body::SdkBody;

#[derive(Clone)]
struct Embedded(Engine);

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedded")
    }
}

pub fn client(engine: Engine, region: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .allow_no_auth()
        .http_client(Embedded(engine));
    Client::from_conf(config.build())
}

impl HttpClient for Embedded {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Embedded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.0.clone();
        // The engine waits for its file.
        let work = tokio::task::spawn_blocking(move || {
            let operation = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
            apply(&engine, operation.unwrap_or_default(), request.body().bytes().unwrap_or_default())
        });
        HttpConnectorFuture::new(async move {
            let (status, answer) = work.await.map_err(|error| ConnectorError::other(error.into(), None))?;
            response(status, answer, "application/x-amz-json-1.0")
        })
    }
}

pub fn response(status: u16, body: Vec<u8>, content_type: &'static str) -> Result<HttpResponse, ConnectorError> {
    let status = status.try_into().map_err(|error: HttpError| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", content_type);
    Ok(response)
}
