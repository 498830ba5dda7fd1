//! Decisions on papers as a Lambda function.

use shared::{boot::Parts, wire::gateway};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&mall_audit::FUNCTION).await?;
    gateway::run(mall_audit::router(&parts)?).await
}
