//! What a function adds to the declarations of its endpoints for the reference: documents, answers and sessions. Fields of
//! answers come from the views, failures from the envelope's own rendering. Only the generator turns the feature on that
//! this is compiled for.

mod answer;
mod documents;
mod input;
mod operation;
mod sign_in;
mod voice;

pub use answer::{Answer, cloud, ev_app, ev_customer, mall, plain, shop};
pub use documents::Document;
pub use input::Input;
pub use operation::{Answers, Operation};
pub use sign_in::{Life, SignIn, Token};
pub use voice::{Speaks, Voice};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;
use shared::wire::{Route, Routes};

/// One function's share of the reference.
pub struct Described {
    pub function: &'static str,
    pub document: Document,
    pub voice: Voice,
    pub routes: Vec<Route>,
    /// The paths that the gateway sends to it.
    pub catch_all: Vec<&'static str>,
    pub operations: Vec<Operation>,
}

impl Described {
    pub fn new<E: Speaks, S: Send + Sync + 'static>(
        function: &'static str,
        document: Document,
        routes: &Routes<E, S>,
        operations: Vec<Operation>,
    ) -> Self {
        Self {
            function,
            document,
            voice: E::voice(),
            routes: routes.table(),
            catch_all: routes.catch_all().to_vec(),
            operations,
        }
    }
}

/// The schema of a view as it is written out, and of what it holds.
pub(crate) fn schema_of<T: JsonSchema>() -> (Value, Vec<(String, Value)>) {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let schema = generator.subschema_for::<T>();
    let parts = generator.take_definitions(true).into_iter().map(|(name, part)| (name, untitled(part)));
    (schema.into(), parts.collect())
}

/// Comments that begin with an endpoint's number, as `#32: …`, are taken for headlines.
fn untitled(mut schema: Value) -> Value {
    if let Some(title) = schema.as_object_mut().and_then(|fields| fields.remove("title")) {
        let rest = schema["description"].as_str().map(|text| format!(" {text}")).unwrap_or_default();
        schema["description"] = format!("#{}{rest}", title.as_str().unwrap_or_default()).into();
    }
    schema
}
