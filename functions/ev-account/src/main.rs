//! The driver's account as a Lambda function.

use ev_account::App;
use shared::boot::{Boot, GATE, SIGN_IN, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("ev-account", &[TABLES, GATE, SIGN_IN, ev_account::NEEDS]).await?;
    let app = App::new(&boot)?;
    shared::wire::gateway::run(ev_account::routes().serve(&boot.front()?, app)).await
}
