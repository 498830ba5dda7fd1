//! The functions that answer HTTP, with their routes, for tests that look at all of them. A new function is added here
//! and in `local/functions`.

use shared::wire::{Envelope, Route, Routes};

/// One function's share of the API.
pub struct Function {
    /// Its name in `template.yaml`, of its crate and of its binary.
    pub name: &'static str,
    pub table: Vec<Route>,
    /// The paths that the gateway sends to it, with any method.
    pub catch_all: Vec<&'static str>,
}

pub fn all() -> Vec<Function> {
    vec![
        of("audit-reader", &audit_reader::routes()),
        of("cloud-customer", &cloud_customer::routes()),
        of("operator-console", &operator_console::routes()),
        of("ev-account", &ev_account::routes()),
        of("ev-charging", &ev_charging::routes()),
        of("ev-customer", &ev_customer::routes()),
        of("mall-agent", &mall_agent::routes()),
        of("mall-audit", &mall_audit::routes()),
        of("mall-consumer", &mall_consumer::routes()),
        of("mall-dealer", &mall_dealer::routes()),
        of("operator", &operator::routes()),
        of("payment-callback", &payment_callback::routes()),
        of("pile-reports", &pile_reports::routes()),
        of("reference", &reference::routes()),
        of("session", &session::routes()),
        of("shop-customer", &shop_customer::routes()),
    ]
}

/// The function to which the gateway sends a path.
pub fn function_at(path: &str) -> &'static str {
    local_functions::function_at(path).expect("there is a $default")
}

fn of<E: Envelope, S: Send + Sync + 'static>(name: &'static str, routes: &Routes<E, S>) -> Function {
    Function { name, table: routes.table(), catch_all: routes.catch_all().to_vec() }
}
