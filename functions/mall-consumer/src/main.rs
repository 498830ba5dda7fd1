//! Consumers of the mall as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&mall_consumer::FUNCTION).await?;
    gateway::run(mall_consumer::router(&parts)?, RawPath::Decoded).await
}
