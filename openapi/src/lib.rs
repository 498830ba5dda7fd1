//! The OpenAPI document, put together from the functions' own descriptions.

pub mod errors;
mod failures;
mod paths;

use describe::{Described, Document};
use serde_json::{Map, Value, json};

/// The functions that answer HTTP. A test holds each to its whole table.
pub fn functions() -> Vec<Described> {
    vec![
        cloud_customer::describe(),
        ev_account::describe(),
        ev_charging::describe(),
        ev_customer::describe(),
        mall_agent::describe(),
        mall_audit::describe(),
        mall_consumer::describe(),
        mall_dealer::describe(),
        operator::describe(),
        payment_callback::describe(),
        reference::describe(),
        session::describe(),
        shop_customer::describe(),
    ]
}

/// The document as it is checked in.
pub fn text() -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(&document())? + "\n")
}

pub fn document() -> Value {
    let functions = functions();
    let (mut paths, mut schemas, mut responses) = (Map::new(), Map::new(), Map::new());
    for function in &functions {
        paths::add(function, &mut paths, &mut schemas, &mut responses);
    }
    let used = |document: &Document| functions.iter().any(|function| function.document == *document);
    let tags = Document::ALL.into_iter().filter(used);
    let tags: Vec<_> = tags.map(|tag| json!({ "name": tag.tag(), "description": tag.about() })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ev-plaza",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "Where this document came from" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "securitySchemes": security_schemes(),
            "headers": headers(),
        },
    })
}

const ABOUT: &str = "\
The backend of an EV plaza: five documented APIs for five apps (charging app, EV customers, auto mall, business portal, \
shops) and our extensions. 电动汽车广场后端：五份接口文档与扩展接口。

**Input is read in one way everywhere.** JSON, form, multipart and query are one map of fields, the earlier place counts; \
a number may come as a string and a string as a number; full-width digits and letters become ordinary ones; unknown fields \
are ignored and counted; `null` and empty mean missing; a key that comes twice in one JSON object is refused, a full-width \
comma too, with its position. 256 KiB at the most, pictures 4 MiB.

**Statuses.** Protocol and security outcomes have their true status everywhere (400, 401, 403, 404, 405, 413, 415, 429 with \
`Retry-After`, 500), in the document's own envelope. Business outcomes are HTTP 200 with a failing code in the charging app, \
the mall and the vehicle pair, and 4xx elsewhere. Somebody else's object answers like one that does not exist.

**Credentials.** `Authorization: Bearer`, or the query parameter that the two EV documents show. Where a document has no \
field for a token, it comes in the header `X-Access-Token`. No cookies.";

fn security_schemes() -> Value {
    let query = |name: &str, document: &str| {
        let about = format!("The query parameter that {document} shows; it can be switched off.");
        json!({ "type": "apiKey", "in": "query", "name": name, "description": about })
    };
    json!({
        "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
        "token": query("token", "charging-app.md"),
        "access_token": query("access_token", "charging-customers.md"),
    })
}

fn headers() -> Value {
    let header = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "X-Access-Token": header("The session that this answer opens"),
        "ETag": header("The version of the record; `If-Match` takes it"),
        "Retry-After": header("Seconds after which trying again makes sense"),
        "Cache-Control": header("How long the answer may be kept"),
    })
}
