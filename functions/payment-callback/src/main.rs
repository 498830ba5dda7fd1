//! The payment provider's callback as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&payment_callback::FUNCTION).await?;
    gateway::run(payment_callback::router(&parts)?, RawPath::Decoded).await
}
