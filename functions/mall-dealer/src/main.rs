//! Dealers as a Lambda function.

use mall_dealer::App;
use shared::boot::{Boot, CODES, FIELDS, GATE, PICTURES, SIGN_IN, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let needs = &[TABLES, GATE, SIGN_IN, CODES, PICTURES, FIELDS, mall_dealer::NEEDS];
    let boot = Boot::start("mall-dealer", needs).await?;
    let app = App::new(&boot).await?;
    shared::wire::gateway::run(mall_dealer::routes().serve(&boot.front()?, app)).await
}
