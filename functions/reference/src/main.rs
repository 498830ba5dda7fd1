//! The reference as a Lambda function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let front = shared::boot::front_without_gate("reference")?;
    shared::wire::gateway::run(reference::routes().serve(&front, ())).await
}
