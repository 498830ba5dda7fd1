//! The business portal as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&cloud_customer::FUNCTION).await?;
    gateway::run(cloud_customer::router(&parts).await?, RawPath::Decoded).await
}
