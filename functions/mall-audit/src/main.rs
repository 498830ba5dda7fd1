//! Decisions on papers as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&mall_audit::FUNCTION).await?;
    gateway::run(mall_audit::router(&parts)?, RawPath::Decoded).await
}
