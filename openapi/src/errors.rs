//! docs/errors.md: every reason in every envelope.

use crate::failures::rendered;
use describe::{Speaks, Voice};
use shared::{
    domain::reason::Reason,
    wire::{
        ev_app::EvApp,
        ev_customer::{EvCustomer, EvVehicle},
        mall::Mall,
        plain::Plain,
    },
};
use std::fmt::Write as _;

const HEAD: &str = "\
# Error codes of each envelope

Written by `cargo run -p openapi` from what the envelopes do. A cell is the HTTP status and the code in the body; the
charging app's code is always -1, EV customers have a text and no code, the vehicle pair `\"status\":false`. The last
column is also the business portal's and the shops'. The text is the usual one; some refusals say more.

| reason | text | charging app | EV customers | vehicle pair | mall | portal, shops, extensions |
| --- | --- | --- | --- | --- | --- | --- |
";

pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for reason in Reason::ALL {
        let status = |voice: Voice| rendered(&voice, &(*reason).into()).0;
        let coded = |voice: Voice, field: &str| {
            let (status, body) = rendered(&voice, &(*reason).into());
            format!("{status} `{}`", body[field].to_string().trim_matches('"'))
        };
        let (app, customer, vehicle) =
            (status(EvApp::voice()), status(EvCustomer::voice()), status(EvVehicle::voice()));
        let (mall, plain) = (coded(Mall::voice(), "errCode"), coded(Plain::voice(), "code"));
        let (name, text) = (format!("{reason:?}"), reason.text());
        // Writing to a string cannot fail.
        writeln!(page, "| {name} | {text} | {app} | {customer} | {vehicle} | {mall} | {plain} |").ok();
    }
    page
}
