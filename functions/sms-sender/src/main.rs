//! Sending SMS as a Lambda function.

use lambda_runtime::{LambdaEvent, service_fn};
use shared::boot::{Boot, SMS, TABLES};
use sms_sender::{App, Batch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let boot = Boot::start("sms-sender", &[TABLES, SMS]).await?;
    let app = App::new(&boot)?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Batch>| async {
        Ok::<_, lambda_runtime::Error>(app.handle(event.payload).await)
    }))
    .await
}
