//! Agents of the mall as a Lambda function.

use mall_agent::App;
use shared::boot::{Boot, CODES, FIELDS, GATE, ISSUING, PICTURES, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("mall-agent", &[TABLES, GATE, ISSUING, CODES, PICTURES, FIELDS]).await?;
    let app = App::new(&boot).await?;
    shared::wire::gateway::run(mall_agent::routes().serve(&boot.front()?, app)).await
}
