//! Consumers of the mall as a Lambda function.

use mall_consumer::App;
use shared::boot::{Boot, CODES, GATE, ISSUING, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("mall-consumer", &[TABLES, GATE, ISSUING, CODES]).await?;
    let app = App::new(&boot)?;
    shared::wire::gateway::run(mall_consumer::routes().serve(&boot.front()?, app)).await
}
