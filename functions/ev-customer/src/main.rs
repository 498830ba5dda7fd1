//! The customer pages of drivers as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&ev_customer::FUNCTION).await?;
    gateway::run(ev_customer::router(&parts)?, RawPath::Decoded).await
}
