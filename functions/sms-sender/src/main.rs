//! Sending SMS as a Lambda function.

use lambda_runtime::{LambdaEvent, service_fn};
use shared::boot::Parts;
use sms_sender::{App, Batch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let parts = Parts::from_environment(&sms_sender::FUNCTION).await?;
    let app = App::new(&parts)?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Batch>| async {
        Ok::<_, lambda_runtime::Error>(app.handle(event.payload).await)
    }))
    .await
}
