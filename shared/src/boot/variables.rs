//! Settings as the environment holds them: texts by name.

use super::Error;
use std::collections::HashMap;

/// The variables of one function.
#[derive(Clone, Debug, Default)]
pub struct Variables(HashMap<String, String>);

impl FromIterator<(String, String)> for Variables {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

impl Variables {
    /// Those of these names alone.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        let wanted = self.0.iter().filter(|(name, _)| names.contains(&name.as_str()));
        wanted.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Reports all the names that are missing, not just the first.
    pub fn require(&self, names: &[&str]) -> Result<(), Error> {
        let missing: Vec<_> = names.iter().filter(|name| self.get(name).is_empty()).map(ToString::to_string).collect();
        if missing.is_empty() { Ok(()) } else { Err(Error::Missing(missing)) }
    }

    /// A variable; empty if it is not set.
    pub fn get(&self, name: &str) -> &str {
        self.or(name, "")
    }

    pub fn or<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.0.get(name).map_or(default, String::as_str)
    }

    /// A limit.
    pub fn limit(&self, name: &'static str) -> Result<u32, Error> {
        self.get(name).parse().map_err(|_| Error::Invalid { name, expected: "a whole number" })
    }

    /// A limit of what is counted in memory.
    pub fn count(&self, name: &'static str) -> Result<usize, Error> {
        Ok(usize::try_from(self.limit(name)?).unwrap_or(usize::MAX))
    }

    /// A setting that is on or off.
    pub fn switch(&self, name: &'static str) -> Result<bool, Error> {
        match self.get(name) {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Error::Invalid { name, expected: "true or false" }),
        }
    }
}
