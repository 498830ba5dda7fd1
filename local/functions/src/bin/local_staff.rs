//! The developer's function as a program of its own name.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    local_functions::run("local-staff").await
}
