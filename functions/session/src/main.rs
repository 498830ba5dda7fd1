//! Sessions as a Lambda function.

use session::App;
use shared::boot::{Boot, CODES, GATE, SIGN_IN, TABLES, ZONES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("session", &[TABLES, GATE, SIGN_IN, CODES, ZONES, session::NEEDS]).await?;
    let app = App::new(&boot)?;
    shared::wire::gateway::run(session::routes().serve(&boot.front()?, app)).await
}
