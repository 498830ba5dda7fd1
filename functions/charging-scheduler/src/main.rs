//! The scheduler of the charging queue as a Lambda function.

use charging_scheduler::App;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::boot::Parts;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let parts = Parts::from_environment(&charging_scheduler::FUNCTION).await?;
    let app = &App::new(&parts)?;
    let handle =
        |event: LambdaEvent<_>| async move { app.handle(event.payload).await.map_err(lambda_runtime::Error::from) };
    lambda_runtime::run(service_fn(handle)).await
}
