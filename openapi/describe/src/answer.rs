//! What an endpoint answers when all went well, in the envelope of its document.

use crate::schema_of;
use schemars::JsonSchema;
use serde_json::{Value, json};

/// A success: status, schema with the parts it refers to, the document's example.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Media type and schema; none where the body is empty.
    pub content: Option<(&'static str, Value)>,
    pub parts: Vec<(String, Value)>,
    pub example: Option<Value>,
    /// Names of headers that come with it.
    pub headers: Vec<&'static str>,
    /// When it comes, where it is not the usual one.
    pub about: Option<&'static str>,
}

impl Answer {
    fn json(schema: Value, parts: Vec<(String, Value)>, example: Value) -> Self {
        let content = Some(("application/json", schema));
        Self { content, parts, example: Some(example), ..Self::empty(200) }
    }

    /// No body at all.
    pub fn empty(status: u16) -> Self {
        Self { status, content: None, parts: Vec::new(), example: None, headers: Vec::new(), about: None }
    }

    /// Something that is not JSON.
    pub fn of_type(media: &'static str) -> Self {
        let schema = if media.starts_with("text/") { json!({ "type": "string" }) } else { json!({}) };
        Self { content: Some((media, schema)), ..Self::empty(200) }
    }

    /// A header that comes with it.
    #[must_use]
    pub fn with(mut self, header: &'static str) -> Self {
        self.headers.push(header);
        self
    }

    /// A session in `X-Access-Token`.
    #[must_use]
    pub fn with_token(self) -> Self {
        self.with("X-Access-Token")
    }
}

fn object(required: &[&str], properties: &Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

fn constant(value: &Value) -> Value {
    json!({ "const": value })
}

/// The schema of a view, or a list of it, in place of `data`.
fn list_of<T: JsonSchema>() -> (Value, Vec<(String, Value)>) {
    let (item, parts) = schema_of::<T>();
    (json!({ "type": "array", "items": item }), parts)
}

/// The charging app.
pub mod ev_app {
    use super::{Answer, JsonSchema, Value, constant, json, list_of, object, schema_of};

    fn answer(field: &str, (schema, parts): (Value, Vec<(String, Value)>), msg: &str, example: &Value) -> Answer {
        let properties = json!({ "code": constant(&json!(200)), "msg": { "type": "string" }, field: schema });
        let schema = object(&["code", "msg", field], &properties);
        Answer::json(schema, parts, json!({ "code": 200, "msg": msg, field: example }))
    }

    pub fn done(msg: &str) -> Answer {
        let properties = json!({ "code": constant(&json!(200)), "msg": { "type": "string" } });
        Answer::json(object(&["code", "msg"], &properties), Vec::new(), json!({ "code": 200, "msg": msg }))
    }

    pub fn token(msg: &str) -> Answer {
        answer("token", (json!({ "type": "string" }), Vec::new()), msg, &json!("eyJhbGciOiJFZERTQSJ9.eyJz….…"))
    }

    pub fn text(msg: &str, example: &str) -> Answer {
        answer("data", (json!({ "type": "string" }), Vec::new()), msg, &json!(example))
    }

    pub fn data<T: JsonSchema>(msg: &str, example: &Value) -> Answer {
        answer("data", schema_of::<T>(), msg, example)
    }

    pub fn list<T: JsonSchema>(msg: &str, example: &Value) -> Answer {
        answer("data", list_of::<T>(), msg, example)
    }

    /// A page of a list: `next` stands beside it while there is more.
    pub fn page<T: JsonSchema>(msg: &str, example: &Value, next: &str) -> Answer {
        let (schema, parts) = list_of::<T>();
        let properties = json!({
            "code": constant(&json!(200)), "msg": { "type": "string" }, "data": schema, "next": { "type": "string" }
        });
        let example = json!({ "code": 200, "msg": msg, "data": example, "next": next });
        Answer::json(object(&["code", "msg", "data"], &properties), parts, example)
    }

    pub fn log<T: JsonSchema>(msg: &str, example: &Value) -> Answer {
        answer("log", list_of::<T>(), msg, example)
    }
}

/// EV customers, and their vehicle pair.
pub mod ev_customer {
    use super::{Answer, JsonSchema, Value, constant, json, list_of, object, schema_of};

    fn answer((schema, parts): (Value, Vec<(String, Value)>), example: &Value) -> Answer {
        let properties = json!({ "status": constant(&json!("SUCCESS")), "data": schema });
        Answer::json(object(&["status", "data"], &properties), parts, json!({ "status": "SUCCESS", "data": example }))
    }

    pub fn done() -> Answer {
        let properties = json!({ "status": constant(&json!("SUCCESS")) });
        Answer::json(object(&["status"], &properties), Vec::new(), json!({ "status": "SUCCESS" }))
    }

    pub fn data<T: JsonSchema>(example: &Value) -> Answer {
        answer(schema_of::<T>(), example)
    }

    pub fn list<T: JsonSchema>(example: &Value) -> Answer {
        answer(list_of::<T>(), example)
    }

    pub fn vehicle(text: &str) -> Answer {
        let properties = json!({ "status": constant(&json!(true)), "data": { "type": "string" } });
        let example = json!({ "status": true, "data": text });
        Answer::json(object(&["status", "data"], &properties), Vec::new(), example)
    }
}

/// The mall, in the spelling that the endpoint's example has.
pub mod mall {
    use super::{Answer, JsonSchema, Value, constant, json, object, schema_of};
    use shared::wire::mall::Spelling;

    fn outcome(spelling: Spelling) -> (Value, Value) {
        match spelling {
            Spelling::Number => (json!(200), json!("success")),
            Spelling::Text => (json!("200"), json!("sucess")),
        }
    }

    pub fn done(spelling: Spelling) -> Answer {
        let (code, msg) = outcome(spelling);
        let properties = json!({ "errCode": constant(&code), "msg": constant(&msg) });
        Answer::json(object(&["errCode", "msg"], &properties), Vec::new(), json!({ "errCode": code, "msg": msg }))
    }

    pub fn data<T: JsonSchema>(spelling: Spelling, example: &Value) -> Answer {
        let ((code, msg), (schema, parts)) = (outcome(spelling), schema_of::<T>());
        let properties = json!({ "errCode": constant(&code), "msg": constant(&msg), "data": schema });
        let example = json!({ "errCode": code, "msg": msg, "data": example });
        Answer::json(object(&["errCode", "msg", "data"], &properties), parts, example)
    }
}

/// Extensions of ours.
pub mod plain {
    use super::{Answer, JsonSchema, Value, json, list_of, schema_of};

    pub fn nothing() -> Answer {
        Answer::empty(204)
    }

    pub fn content<T: JsonSchema>(example: Value) -> Answer {
        let (schema, parts) = schema_of::<T>();
        Answer::json(schema, parts, example)
    }

    pub fn list<T: JsonSchema>(example: Value) -> Answer {
        let (schema, parts) = list_of::<T>();
        Answer::json(schema, parts, example)
    }

    /// `{}`
    pub fn empty_object() -> Answer {
        Answer::json(json!({ "type": "object" }), Vec::new(), json!({}))
    }
}

/// The business portal: a bare object, or zero bytes.
pub mod cloud {
    use super::Answer;
    pub use super::plain::{content, empty_object};

    pub fn nothing() -> Answer {
        Answer::empty(200)
    }
}

/// Shops: bare objects, a single record with its version.
pub mod shop {
    pub use super::plain::{content, empty_object};
    use super::{Answer, JsonSchema, Value};

    pub fn record<T: JsonSchema>(example: Value) -> Answer {
        content::<T>(example).with("ETag")
    }
}
