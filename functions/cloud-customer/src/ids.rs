//! Several ids at once (#45, #49).

use shared::{
    domain::reason::Failure,
    wire::{Field, Fields, label, missing},
};

/// Ids that one request may name.
const MOST_IDS: usize = 100;

/// #45, #49: a comma-separated list, in the path as the samples have it, or under its name in the query or body.
pub fn list_of_ids<T: PartialEq>(
    fields: &mut Fields,
    in_path: &str,
    field: &Field<String>,
    read: impl Fn(&str) -> T,
) -> Result<Vec<T>, Failure> {
    let (name, elsewhere) = (field.name(), fields.texts(field)?);
    let texts = if in_path.is_empty() { elsewhere } else { vec![in_path.to_owned()] };
    let mut ids = Vec::new();
    for text in texts.iter().flat_map(|text| text.split([',', '，'])).filter(|text| !text.trim().is_empty()) {
        let id = read(text);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    match ids.len() {
        0 => Err(missing(name)),
        1..=MOST_IDS => Ok(ids),
        _ => Err(Failure::malformed(format!("{}一次最多 {MOST_IDS} 个", label(name))).of(name)),
    }
}
