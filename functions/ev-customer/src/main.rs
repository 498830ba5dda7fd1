//! The customer pages of drivers as a Lambda function.

use ev_customer::App;
use shared::boot::{Boot, CODES, GATE, PICTURES, SIGN_IN, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("ev-customer", &[TABLES, GATE, SIGN_IN, CODES, PICTURES, ev_customer::NEEDS]).await?;
    let app = App::new(&boot)?;
    shared::wire::gateway::run(ev_customer::routes().serve(&boot.front()?, app)).await
}
