//! The embedded DynamoDB: its tables, and one call as the SDK writes it.

pub use dynoxide::Database as Engine;
use dynoxide::DynoxideError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Makes the tables as `template.yaml` declares them: the one of the functions, the audit trail and its chain. Tables that are
/// there stay as they are.
pub fn make_tables(engine: &Engine, [main, audit, chain]: [&str; 3]) -> Result<(), String> {
    for table in [main_table(main), audit_table(audit), chain_table(chain)] {
        let (status, answer) = apply(engine, "CreateTable", table.to_string().as_bytes());
        let answer = String::from_utf8_lossy(&answer);
        if status != 200 && !answer.contains("ResourceInUseException") {
            return Err(format!("CreateTable: {answer}"));
        }
    }
    Ok(())
}

fn main_table(name: &str) -> Value {
    let texts = ["pk", "sk", "due_shard", "bill_shard", "bill_plate"].map(|name| attribute(name, "S"));
    let attributes: Vec<_> = texts.into_iter().chain([attribute("due_at", "N")]).collect();
    json!({"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": key(), "AttributeDefinitions": attributes,
    "GlobalSecondaryIndexes": [
        index("due", "due_shard", "due_at", "KEYS_ONLY"),
        index("bills-by-shard", "bill_shard", "sk", "ALL"),
        index("bills-by-plate", "bill_plate", "sk", "ALL"),
    ]})
}

fn audit_table(name: &str) -> Value {
    json!({"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": key(),
        "AttributeDefinitions": [attribute("pk", "S"), attribute("sk", "S"), attribute("day_shard", "S")],
        "GlobalSecondaryIndexes": [index("by-day", "day_shard", "sk", "KEYS_ONLY")]})
}

fn chain_table(name: &str) -> Value {
    json!({"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": key(),
        "AttributeDefinitions": [attribute("pk", "S"), attribute("sk", "S")]})
}

fn index(name: &str, hash: &str, range: &str, projection: &str) -> Value {
    json!({"IndexName": name, "Projection": {"ProjectionType": projection}, "KeySchema": [
        {"AttributeName": hash, "KeyType": "HASH"}, {"AttributeName": range, "KeyType": "RANGE"}]})
}

fn key() -> Value {
    json!([{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
}

fn attribute(name: &str, kind: &str) -> Value {
    json!({"AttributeName": name, "AttributeType": kind})
}

/// Status and body of the answer to one call.
pub fn apply(engine: &Engine, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let answer = match operation {
        "CreateTable" => run(engine, body, Engine::create_table),
        "GetItem" => run(engine, body, Engine::get_item),
        "PutItem" => run(engine, body, Engine::put_item),
        "UpdateItem" => run(engine, body, Engine::update_item),
        "DeleteItem" => run(engine, body, Engine::delete_item),
        "Query" => run(engine, body, Engine::query),
        "Scan" => run(engine, body, Engine::scan),
        "BatchGetItem" => run(engine, body, Engine::batch_get_item),
        "TransactGetItems" => run(engine, body, Engine::transact_get_items),
        "TransactWriteItems" => run(engine, body, Engine::transact_write_items),
        other => Err(DynoxideError::ValidationException(format!("{other} is not embedded here"))),
    };
    match answer {
        Ok(answer) => (200, answer),
        Err(error) => {
            // The engine marks where a validation message comes from; DynamoDB does not.
            let text = error.to_json().replace("VALIDATION_REQUEST:", "").replace("VALIDATION:", "");
            (error.status_code(), text.into_bytes())
        }
    }
}

fn run<Q: DeserializeOwned, R: Serialize>(
    engine: &Engine,
    body: &[u8],
    action: fn(&Engine, Q) -> dynoxide::Result<R>,
) -> dynoxide::Result<Vec<u8>> {
    let invalid = |error: serde_json::Error| DynoxideError::ValidationException(error.to_string());
    let request = serde_json::from_slice(body).map_err(invalid)?;
    serde_json::to_vec(&action(engine, request)?).map_err(invalid)
}
