//! One function under the Lambda runtime.

use crate::{EventFunction, HTTP, emulated};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use shared::wire::gateway::{self, RawPath};

/// Runs the function of this name until its process ends.
pub async fn run(name: &str) -> Result<(), Error> {
    if let Some(function) = HTTP.iter().find(|function| function.declared.name == name) {
        let parts = emulated::parts(&function.declared).await?;
        // `cargo lambda watch` leaves the path as it was sent.
        return gateway::run((function.router)(parts).await?, RawPath::Encoded).await;
    }
    let function = EventFunction::named(name).ok_or_else(|| format!("unknown function {name:?}"))?;
    let app = &function.app(&emulated::parts(&function.declared()).await?)?;
    let handle = |event: LambdaEvent<_>| async move { app.handle(event.payload, event.context.request_id).await };
    lambda_runtime::run(service_fn(async |event| handle(event).await.map_err(Error::from))).await
}
