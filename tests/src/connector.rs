//! The HTTP client under the SDK that leads into an engine instead of a network, and does to each call what the test
//! wants done.

use crate::database::{Call, DOER, Database, Fate};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use std::time::Duration;

/// Longer than any function lives.
const LATE: Duration = Duration::from_secs(40);

impl HttpClient for Database {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Database {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (database, by) = (self.clone(), DOER.try_with(|doer| *doer).ok());
        // A task of its own: a caller that gives up does not stop what is already on the wire.
        let wire = tokio::spawn(async move {
            let operation = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next()).unwrap();
            let wire = request.body().bytes().unwrap();
            let (operation, body) = (operation.to_owned(), serde_json::from_slice(wire).unwrap());
            let mut call = Call { operation, body, fate: Fate::Apply, units: 0.0, by };
            database.travel().await;
            let number = database.record(&mut call);
            let apply = || database.apply(number, &call, wire);
            let writes = call.body["TransactItems"].as_array().map(Vec::len);
            let (status, answer) = match call.fate {
                Fate::Apply => apply(),
                Fate::Refuse => return Err(ConnectorError::io("refused by the test".into())),
                Fate::LoseAnswer => {
                    apply();
                    return Err(ConnectorError::io("answer lost by the test".into()));
                }
                Fate::HangAfter => {
                    apply();
                    return Err(patience_ends(&database).await);
                }
                Fate::Hang => return Err(patience_ends(&database).await),
                Fate::Die => std::future::pending().await,
                Fate::DieAfter => {
                    apply();
                    std::future::pending().await
                }
                Fate::Late => {
                    database.pause(LATE).await;
                    apply();
                    std::future::pending().await
                }
                Fate::Throttle => failure(400, "ThrottlingException", ""),
                Fate::InProgress => failure(400, "TransactionInProgressException", ""),
                Fate::Break => failure(500, "InternalServerError", ""),
                Fate::Conflict => writes.map_or_else(
                    || failure(400, "TransactionConflictException", ""),
                    |writes| cancelled("TransactionConflict", writes),
                ),
                Fate::ThrottleItem => writes.map_or_else(
                    || failure(400, "ProvisionedThroughputExceededException", ""),
                    |writes| cancelled("ThrottlingError", writes),
                ),
            };
            database.travel().await;
            let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(answer));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        });
        HttpConnectorFuture::new(async move { wire.await.expect("the connector's task goes on") })
    }
}

/// What the time limit of an attempt comes to. The real one is seconds, and a short one would also strike a call that
/// hangs only because the machine is busy.
async fn patience_ends(database: &Database) -> ConnectorError {
    database.pause(Duration::from_millis(60)).await;
    ConnectorError::timeout("made by the test".into())
}

fn failure(status: u16, name: &str, more: &str) -> (u16, Vec<u8>) {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{name}");
    (status, format!(r#"{{"__type":"{kind}","message":"made by the test"{more}}}"#).into_bytes())
}

/// A transaction that its first item kept from happening.
fn cancelled(code: &str, writes: usize) -> (u16, Vec<u8>) {
    let mut reasons = vec![r#"{"Code":"None"}"#.to_owned(); writes];
    reasons[0] = format!(r#"{{"Code":"{code}","Message":"made by the test"}}"#);
    failure(400, "TransactionCanceledException", &format!(r#","CancellationReasons":[{}]"#, reasons.join(",")))
}
