//! Dealers as a Lambda function.

use mall_dealer::App;
use shared::boot::{Boot, CODES, GATE, PICTURES, SIGN_IN, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("mall-dealer", &[TABLES, GATE, SIGN_IN, CODES, PICTURES, mall_dealer::NEEDS]).await?;
    let app = App::new(&boot).await?;
    shared::wire::gateway::run(mall_dealer::routes().serve(&boot.front(), app)).await
}
