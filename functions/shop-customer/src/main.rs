//! Shops' records of their customers as a Lambda function.

use shared::boot::{Boot, FIELDS, GATE, SHOP, TABLES};
use shop_customer::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("shop-customer", &[TABLES, GATE, FIELDS, SHOP]).await?;
    let app = App { records: boot.shop_records().await? };
    shared::wire::gateway::run(shop_customer::routes().serve(&boot.front()?, app)).await
}
