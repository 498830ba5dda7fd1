//! Reports of metered piles as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&pile_reports::FUNCTION).await?;
    gateway::run(pile_reports::router(&parts).await?, RawPath::Decoded).await
}
