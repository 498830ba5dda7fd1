//! How an envelope fails: its own rendering gives statuses and bodies, so only the shape is said here.

use serde_json::{Value, json};
use shared::{
    domain::reason::Failure,
    wire::{
        Envelope, cloud::Cloud, envelope::Response, ev_app::EvApp, ev_customer::EvCustomer, ev_customer::EvVehicle,
        mall::Mall, plain::Plain, shop::Shop,
    },
};

/// An envelope as the reference sees it.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    pub name: &'static str,
    pub query_token: Option<&'static str>,
    pub failure: fn(&Failure) -> Response,
    /// The schema of its failures.
    pub shape: fn() -> Value,
}

/// An envelope that the reference knows.
pub trait Speaks: Envelope {
    const NAME: &'static str;

    fn shape() -> Value;

    fn voice() -> Voice {
        Voice { name: Self::NAME, query_token: Self::QUERY_TOKEN, failure: Self::failure, shape: Self::shape }
    }
}

fn object(properties: &Value) -> Value {
    let names: Vec<_> = properties.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

fn text() -> Value {
    json!({ "type": "string", "description": "What the user of the app reads" })
}

impl Speaks for EvApp {
    const NAME: &'static str = "ChargingApp";

    fn shape() -> Value {
        object(&json!({ "code": { "type": "integer", "const": -1 }, "msg": text() }))
    }
}

impl Speaks for EvCustomer {
    const NAME: &'static str = "ChargingCustomers";

    fn shape() -> Value {
        object(&json!({ "status": { "type": "string", "const": "FAILURE" }, "message": text() }))
    }
}

impl Speaks for EvVehicle {
    const NAME: &'static str = "Vehicles";

    fn shape() -> Value {
        object(&json!({ "status": { "type": "boolean", "const": false }, "data": text() }))
    }
}

impl Speaks for Mall {
    const NAME: &'static str = "Mall";

    fn shape() -> Value {
        object(&json!({ "errCode": { "type": "integer", "minimum": 400, "description": "Never 200" }, "msg": text() }))
    }
}

/// Ours, and what the business portal and the shops chose where their documents are silent.
fn coded() -> Value {
    object(&json!({ "code": { "type": "string", "description": "For programs" }, "message": text() }))
}

impl Speaks for Cloud {
    const NAME: &'static str = "Cloud";

    fn shape() -> Value {
        coded()
    }
}

impl Speaks for Shop {
    const NAME: &'static str = "Shop";

    fn shape() -> Value {
        coded()
    }
}

impl Speaks for Plain {
    const NAME: &'static str = "Plain";

    fn shape() -> Value {
        coded()
    }
}
