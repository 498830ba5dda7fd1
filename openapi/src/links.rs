//! What an answer leads to: the endpoints whose samples take a parameter from it. Programs follow these links as the page's
//! readers follow «First».

use crate::paths::operation_id;
use describe::Described;
use serde_json::{Map, Value, json};
use shared::wire::{FieldPlace, SampleSource};

type Object = Map<String, Value>;

pub fn add(functions: &[Described], paths: &mut Object, responses: &mut Object) {
    for operation in functions.iter().flat_map(|function| &function.operations) {
        let in_path = operation.path_sources.iter().map(|(name, source)| (format!("path.{name}"), source));
        let query = operation.inputs_in(FieldPlace::Query).filter(|input| !input.is_left_out);
        let query = query.filter_map(|input| Some((format!("query.{}", input.name), input.source.as_ref()?)));
        for (parameter, source) in in_path.chain(query) {
            let SampleSource::Answer { of, at, .. } = source else { continue };
            let Some((_, from)) = crate::find(functions, *of) else { continue };
            let to = operation_id(operation.method, operation.path);
            let status = from.answer.status.to_string();
            let answers = &mut paths[from.path][from.method.to_ascii_lowercase()]["responses"];
            let answer = match answers[&status]["$ref"].as_str().and_then(|whole| whole.rsplit('/').next()) {
                Some(shared) => &mut responses[&shared.to_owned()],
                None => &mut answers[&status],
            };
            let link = &mut answer["links"][&to];
            link["operationId"] = json!(to);
            link["parameters"][&parameter] = format!("$response.body#{at}").into();
        }
    }
}
