//! The charging queue as a Lambda function.

use ev_charging::App;
use shared::{
    boot::{Boot, CHARGING, GATE, PAYMENTS, TABLES},
    service::bill::Bills,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let boot = Boot::start("ev-charging", &[TABLES, GATE, CHARGING, PAYMENTS]).await?;
    let (bills, payments) = (Bills::new(boot.store.clone()), boot.payments()?);
    let app = App { charging: boot.charging()?, bills, payments };
    shared::wire::gateway::run(ev_charging::routes().serve(&boot.front()?, app)).await
}
