//! A function whose handler panics, which no deployed one does on purpose: what its callers get, and what comes after.

use axum::{Router, routing::get};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let router = Router::new().route("/panic", get(panics)).route("/", get(async || "well"));
    shared::wire::gateway::run(router, shared::wire::gateway::RawPath::Decoded).await
}

async fn panics() -> &'static str {
    panic!("made by the test")
}
