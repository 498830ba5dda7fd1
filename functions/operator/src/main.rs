//! The operator's side as a Lambda function.

use operator::App;
use shared::{
    boot::{Boot, CHARGING, FIELDS, GATE, PASSWORDS, PICTURES, TABLES},
    service::{
        bill::Bills, business::Business, ledger::Ledger, people::People, reports::Reports, shop::Directory,
        trail::Trail,
    },
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("operator", &[TABLES, GATE, CHARGING, PASSWORDS, FIELDS, PICTURES]).await?;
    let app = App {
        charging: boot.charging()?,
        reports: Reports::new(boot.store.clone()),
        bills: Bills::new(boot.store.clone()),
        ledger: Ledger::new(boot.store.clone()),
        people: People::new(boot.store.clone(), boot.passwords()?, boot.random.clone()),
        papers: boot.desk().await?,
        trail: Trail::new(boot.store.clone()),
        shops: Directory::new(boot.store.clone()),
        business: Business::new(boot.store.clone()),
        random: boot.random.clone(),
    };
    shared::wire::gateway::run(operator::routes().serve(&boot.front()?, app)).await
}
