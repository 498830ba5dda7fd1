//! The driver's account as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&ev_account::FUNCTION).await?;
    gateway::run(ev_account::router(&parts)?, RawPath::Decoded).await
}
