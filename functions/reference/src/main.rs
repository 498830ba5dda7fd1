//! The reference as a Lambda function.

use shared::{
    boot::front_without_gate,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    gateway::run(reference::router(&front_without_gate(&reference::FUNCTION)?), RawPath::Decoded).await
}
