//! Making the first administrator, as a Lambda function without a route: whoever may invoke it is decided by IAM.

use first_admin::App;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::boot::Parts;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let parts = Parts::from_environment(&first_admin::FUNCTION).await?;
    let app = &App::new(&parts)?;
    let appoint = |event: LambdaEvent<_>| async move {
        app.appoint(event.payload, event.context.request_id).await.map_err(lambda_runtime::Error::from)
    };
    lambda_runtime::run(service_fn(appoint)).await
}
