//! Decisions on papers as a Lambda function.

use mall_audit::App;
use shared::boot::{AUDITS, Boot, GATE, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("mall-audit", &[TABLES, GATE, AUDITS]).await?;
    shared::wire::gateway::run(mall_audit::routes().serve(&boot.front()?, App::new(&boot)?)).await
}
