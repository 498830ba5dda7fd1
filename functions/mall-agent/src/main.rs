//! Agents of the mall as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&mall_agent::FUNCTION).await?;
    gateway::run(mall_agent::router(&parts).await?, RawPath::Decoded).await
}
