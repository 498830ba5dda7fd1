//! The operator console as a Lambda function.

use shared::{
    boot::front_without_gate,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    gateway::run(operator_console::router(&front_without_gate(&operator_console::FUNCTION)?), RawPath::Decoded).await
}
