//! The charging queue as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&ev_charging::FUNCTION).await?;
    gateway::run(ev_charging::router(&parts)?, RawPath::Decoded).await
}
