//! The charging queue as a Lambda function.

use ev_charging::App;
use shared::{
    boot::{Boot, CHARGING, GATE, TABLES},
    service::bill::Bills,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("ev-charging", &[TABLES, GATE, CHARGING]).await?;
    let app = App { charging: boot.charging()?, bills: Bills::new(boot.store.clone()) };
    shared::wire::gateway::run(ev_charging::routes().serve(&boot.front(), app)).await
}
