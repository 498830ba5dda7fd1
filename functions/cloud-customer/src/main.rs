//! The business portal as a Lambda function.

use cloud_customer::App;
use shared::boot::{Boot, CODES, FIELDS, GATE, PICTURES, PORTAL, SIGN_IN, TABLES};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("cloud-customer", &[TABLES, GATE, SIGN_IN, CODES, FIELDS, PICTURES, PORTAL]).await?;
    let app = App::new(&boot).await?;
    shared::wire::gateway::run(cloud_customer::routes().serve(&boot.front()?, app)).await
}
