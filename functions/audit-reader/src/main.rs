//! The audit trail as a Lambda function.

use shared::{
    boot::Parts,
    wire::gateway::{self, RawPath},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let parts = Parts::from_environment(&audit_reader::FUNCTION).await?;
    gateway::run(audit_reader::router(&parts)?, RawPath::Decoded).await
}
