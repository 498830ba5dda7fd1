//! Shops' records of their customers as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&shop_customer::FUNCTION).await?;
    gateway::run(shop_customer::router(&parts).await?, RawPath::Decoded).await
}
