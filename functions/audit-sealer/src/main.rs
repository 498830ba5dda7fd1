//! The sealing of the audit trail as a Lambda function.

use audit_sealer::App;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::boot::Parts;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let parts = Parts::from_environment(&audit_sealer::FUNCTION).await?;
    let app = &App::new(&parts)?;
    let handle =
        |event: LambdaEvent<_>| async move { app.handle(event.payload).await.map_err(lambda_runtime::Error::from) };
    lambda_runtime::run(service_fn(handle)).await
}
