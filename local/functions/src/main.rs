//! `local-functions NAME`: one function under the Lambda runtime, over a stand-in for AWS.

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, reason = "a program on a developer's machine reads its own arguments")]
async fn main() -> Result<(), lambda_runtime::Error> {
    local_functions::run(&std::env::args().nth(1).unwrap_or_default()).await
}
