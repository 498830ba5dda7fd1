//! The functions that answer HTTP. Add a new one here.

use shared::{
    boot::{Error, Function, Parts},
    wire::Router,
};
use std::pin::Pin;

type Built = Pin<Box<dyn Future<Output = Result<Router, Error>> + Send>>;

/// A function that answers HTTP, and how to build it.
#[derive(Clone, Copy, Debug)]
pub struct HttpFunction {
    pub declared: Function,
    /// The paths that the gateway routes to it, with any method.
    pub catch_all: fn() -> Vec<&'static str>,
    pub router: fn(Parts) -> Built,
}

macro_rules! function {
    ($name:ident, |$parts:ident| $router:expr) => {
        HttpFunction {
            declared: $name::FUNCTION,
            catch_all: || $name::routes().catch_all().to_vec(),
            router: |parts| {
                Box::pin(async move {
                    let $parts = &parts;
                    $router
                })
            },
        }
    };
}

pub const HTTP: [HttpFunction; 16] = [
    function!(audit_reader, |parts| audit_reader::router(parts)),
    function!(cloud_customer, |parts| cloud_customer::router(parts).await),
    function!(operator_console, |parts| Ok(operator_console::router(&parts.front_without_gate()))),
    function!(ev_account, |parts| ev_account::router(parts)),
    function!(ev_charging, |parts| ev_charging::router(parts)),
    function!(ev_customer, |parts| ev_customer::router(parts)),
    function!(mall_agent, |parts| mall_agent::router(parts).await),
    function!(mall_audit, |parts| mall_audit::router(parts)),
    function!(mall_consumer, |parts| mall_consumer::router(parts)),
    function!(mall_dealer, |parts| mall_dealer::router(parts).await),
    function!(operator, |parts| operator::router(parts).await),
    function!(payment_callback, |parts| payment_callback::router(parts)),
    function!(pile_reports, |parts| pile_reports::router(parts).await),
    function!(reference, |parts| Ok(reference::router(&parts.front_without_gate()))),
    function!(session, |parts| session::router(parts)),
    function!(shop_customer, |parts| shop_customer::router(parts).await),
];

/// The function to which the gateway routes a path: a full path precedes a prefix, a longer prefix a shorter one, and
/// `$default` gets the rest.
pub fn function_at(path: &str) -> Option<&'static str> {
    let length = |sent: &str| match sent.strip_suffix("{proxy+}") {
        _ if sent == path => Some(usize::MAX),
        Some(prefix) if path.len() > prefix.len() && path.starts_with(prefix) => Some(prefix.len()),
        None if sent == "$default" => Some(0),
        _ => None,
    };
    let sent = HTTP.iter().flat_map(|function| (function.catch_all)().into_iter().map(move |sent| (sent, function)));
    let matching = sent.filter_map(|(sent, function)| Some((length(sent)?, function.declared.name)));
    matching.max_by_key(|(length, _)| *length).map(|(_, name)| name)
}
