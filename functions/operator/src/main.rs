//! The operator's side as a Lambda function.

use operator::App;
use shared::{
    boot::{Boot, CHARGING, GATE, TABLES},
    service::reports::Reports,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("operator", &[TABLES, GATE, CHARGING]).await?;
    let app =
        App { charging: boot.charging()?, reports: Reports::new(boot.store.clone()), random: boot.random.clone() };
    shared::wire::gateway::run(operator::routes().serve(&boot.front(), app)).await
}
