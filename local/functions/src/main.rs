//! `local-functions NAME`: one function under the Lambda runtime, over a stand-in for AWS.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    local_functions::run(&std::env::args().nth(1).unwrap_or_default()).await
}
