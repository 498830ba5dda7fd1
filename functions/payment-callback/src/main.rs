//! The payment provider's callback as a Lambda function.

use payment_callback::App;
use shared::boot::{Boot, NOTICES, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("payment-callback", &[TABLES, NOTICES]).await?;
    let app = App { notices: boot.notices()?, random: boot.random.clone() };
    shared::wire::gateway::run(payment_callback::routes().serve(&boot.front_without_gate(), app)).await
}
