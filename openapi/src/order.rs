//! The document in the order in which people read it: paths by their documents and numbers, media types and fields as
//! their endpoint declares them. A map would have all of them by name.

use describe::{Described, Operation};
use serde::{Serialize, Serializer};
use serde_json::Value;
use shared::wire::FieldPlace;
use std::collections::BTreeMap;

/// Names and what stands under them, in this order.
struct InOrder<'v>(Vec<(&'v str, Part<'v>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Part<'v> {
    Whole(&'v Value),
    Parts(InOrder<'v>),
}

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, part)| (name, part)))
    }
}

const SECTIONS: [&str; 6] = ["openapi", "info", "servers", "tags", "paths", "components"];

pub fn ordered<'v>(functions: &[Described], document: &'v Value) -> impl Serialize + 'v {
    let places = places(functions);
    let mut paths: Vec<_> = parts(&document["paths"]).collect();
    paths.sort_by_key(|(path, _)| places.get(path).map(|(place, _)| *place));
    let paths = paths.into_iter().map(|(path, item)| {
        let declared = places.get(path).map(|(_, operations)| operations.as_slice()).unwrap_or_default();
        (path, declared_order(item, declared))
    });
    let paths = Part::Parts(InOrder(paths.collect()));
    let others = parts(document).filter(|(name, _)| *name != "paths").map(|(name, part)| match name {
        "components" => (name, success_first(part)),
        _ => (name, Part::Whole(part)),
    });
    let mut whole: Vec<_> = others.chain([("paths", paths)]).collect();
    whole.sort_by_key(|(name, _)| SECTIONS.iter().position(|section| section == name));
    InOrder(whole)
}

fn parts(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(name, part)| (name.as_str(), part))
}

/// Each path with its place and its operations: by its document, then by the first number that it carries, extensions last.
fn places(functions: &[Described]) -> BTreeMap<&'static str, (usize, Vec<&Operation>)> {
    let all = functions.iter().flat_map(|function| function.operations.iter().map(|one| (function.document, one)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(document, operation)| (*document, operation.number.unwrap_or(u8::MAX)));
    let mut places: BTreeMap<_, (usize, Vec<&Operation>)> = BTreeMap::new();
    for (operation, path) in all.iter().flat_map(|(_, one)| one.ways().into_iter().map(move |(_, path)| (*one, path))) {
        let next = places.len();
        places.entry(path).or_insert_with(|| (next, Vec::new())).1.push(operation);
    }
    places
}

/// A path's methods as they are declared, with the bodies of each.
fn declared_order<'v>(item: &'v Value, operations: &[&Operation]) -> Part<'v> {
    let mut methods: Vec<_> = parts(item).collect();
    let of = |method: &str| {
        operations.iter().position(|one| one.ways().iter().any(|(way, _)| way.eq_ignore_ascii_case(method)))
    };
    methods.sort_by_key(|(method, _)| of(method));
    let methods = methods.into_iter().map(|(method, described)| {
        let Some(operation) = of(method).map(|at| operations[at]) else { return (method, Part::Whole(described)) };
        let inner = |(name, part)| match name {
            "requestBody" => (name, body_order(part, operation)),
            "responses" => (name, success_first(part)),
            _ => (name, Part::Whole(part)),
        };
        (method, Part::Parts(InOrder(parts(described).map(inner).collect())))
    });
    Part::Parts(InOrder(methods.collect()))
}

/// Media types and fields as they are declared; all else as it is.
fn body_order<'v>(part: &'v Value, operation: &Operation) -> Part<'v> {
    if !part.is_object() {
        return Part::Whole(part);
    }
    let fields = operation.inputs_in(FieldPlace::Body).map(|input| input.name);
    let declared: Vec<_> = operation.media.iter().copied().chain(fields).collect();
    let mut inner: Vec<_> = parts(part).collect();
    inner.sort_by_key(|(name, _)| declared.iter().position(|known| known == name));
    Part::Parts(InOrder(inner.into_iter().map(|(name, part)| (name, body_order(part, operation))).collect()))
}

/// The example of a success before those of failures.
fn success_first(part: &Value) -> Part<'_> {
    if !part.is_object() {
        return Part::Whole(part);
    }
    let mut inner: Vec<_> = parts(part).map(|(name, part)| (name, success_first(part))).collect();
    inner.sort_by_key(|(name, _)| *name != "Success");
    Part::Parts(InOrder(inner))
}
