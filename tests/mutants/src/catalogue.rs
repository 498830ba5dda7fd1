//! The catalogue of faults, and how one of them is put into a file.

use crate::Result;
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

/// One fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    pub name: String,
    /// What the product does wrong with it.
    #[serde(rename = "what")]
    pub _what: String,
    /// Whether a rule test must fail.
    #[serde(default)]
    pub rules: bool,
    /// The test of `tests/tests/functions` that must fail.
    pub test: Option<String>,
    /// The invariants of the simulation of which one must fail.
    #[serde(default)]
    pub breaks: Vec<String>,
    pub edits: Vec<Edit>,
}

/// One place that differs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub file: String,
    /// Text that occurs once in the file and holds `find`; `find` itself where nothing is given.
    pub within: Option<String>,
    /// An expression, a block, or statements that end with a semicolon.
    pub find: String,
    pub replace: String,
}

#[derive(Deserialize)]
struct Catalogue {
    mutant: Vec<Mutant>,
}

/// All faults, in the order of their files.
pub fn read(root: &Path) -> Result<Vec<Mutant>> {
    let mut all = Vec::new();
    for name in ["composition.toml", "metering.toml", "rules.toml", "storage.toml"] {
        let path = root.join("tests/mutants").join(name);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let catalogue: Catalogue = toml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        all.extend(catalogue.mutant);
    }
    Ok(all)
}

/// The text of a file with a switch around each place that a fault changes.
pub fn with_switches(file: &str, text: &str, mutants: &[Mutant]) -> Result<String> {
    // Several faults may change the same place; then their switches form one chain.
    let mut places: BTreeMap<(usize, usize), Vec<(&Mutant, &Edit)>> = BTreeMap::new();
    for mutant in mutants {
        for edit in mutant.edits.iter().filter(|edit| edit.file == file) {
            let start = edit.position(text).map_err(|why| format!("{}: {why} in {file}", mutant.name))?;
            places.entry((start, start + edit.find.len())).or_default().push((mutant, edit));
        }
    }
    let (mut switched, mut done) = (String::new(), 0);
    for ((start, end), edits) in places {
        if start < done {
            return Err(format!("{}: its place overlaps that of another mutant in {file}", edits[0].0.name));
        }
        let found = &text[start..end];
        let mut switch: Vec<String> = edits
            .iter()
            .map(|(mutant, edit)| format!("if crate::mutant_is({:?}) {{ {} }} else ", mutant.name, edit.replace))
            .collect();
        switch.push(format!("{{ {found} }}"));
        let (open, close) = match found.as_bytes() {
            [.., b';'] => ("", ""),
            [b'{', .., b'}'] => ("{ ", " }"),
            _ => ("(", ")"),
        };
        for part in [&text[done..start], open, &switch.concat(), close] {
            switched += part;
        }
        done = end;
    }
    Ok(switched + &text[done..])
}

impl Edit {
    /// Where `find` begins; an error if it is not there exactly once.
    fn position(&self, text: &str) -> std::result::Result<usize, String> {
        let within = self.within.as_deref().unwrap_or(&self.find);
        Ok(only(text, within)? + only(within, &self.find)?)
    }
}

fn only(text: &str, part: &str) -> std::result::Result<usize, String> {
    let mut found = text.match_indices(part);
    match (found.next(), found.next()) {
        (Some((position, _)), None) => Ok(position),
        (None, _) => Err(format!("{part:?} does not occur")),
        (Some(_), Some(_)) => Err(format!("{part:?} occurs more than once")),
    }
}

#[cfg(test)]
mod tests {
    use super::{read, with_switches};
    use crate::root;

    #[test]
    fn every_mutant_still_applies_exactly_once_and_must_be_caught() {
        let all = read(&root()).unwrap_or_else(|error| panic!("{error}"));
        assert!(all.len() >= 52, "{} mutants", all.len());
        let queue = std::fs::read_to_string(root().join("docs/charging-queue.md")).unwrap();
        for mutant in &all {
            for invariant in &mutant.breaks {
                assert!(queue.contains(&format!("| `{invariant}` |")), "{}: no invariant {invariant}", mutant.name);
            }
            assert!(
                mutant.rules || mutant.test.is_some() || !mutant.breaks.is_empty(),
                "{}: no test has to catch it",
                mutant.name
            );
            assert_eq!(all.iter().filter(|other| other.name == mutant.name).count(), 1, "{}", mutant.name);
            for edit in &mutant.edits {
                assert_ne!(edit.find, edit.replace, "{}", mutant.name);
                let text = std::fs::read_to_string(root().join(&edit.file)).unwrap_or_default();
                with_switches(&edit.file, &text, &all).unwrap_or_else(|error| panic!("{error}"));
            }
        }
    }
}
