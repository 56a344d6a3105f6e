//! What Python's parser and the standard's make of a file.

use serde_json::{Value as Json, json};

/// What the two parsers make of a file.
#[derive(PartialEq)]
pub(crate) struct Readings {
    /// The official client's.
    pub(crate) python: Json,
    /// The standard's.
    pub(crate) standard: Json,
}

impl Readings {
    /// Whether the client takes what its parser reads: every entry has to be a table.
    pub(crate) fn client_reads(&self) -> bool {
        self.python["ok"].as_object().is_some_and(|entries| entries.values().all(is_table))
    }

    /// Whether a client could notice: in the profiles, their keys, and values that are no tables.
    pub(crate) fn differ_for_clients(&self) -> bool {
        let noticed = |reading: &Json| match &reading["ok"] {
            Json::Object(profiles) => {
                profiles.iter().map(|(name, profile)| (name.clone(), flat(profile))).collect()
            }
            other => other.clone(),
        };
        noticed(&self.python) != noticed(&self.standard)
    }
}

fn is_table(value: &Json) -> bool {
    value.as_object().is_some_and(|table| !table.contains_key("$float") && !table.contains_key("$type"))
}

/// A profile with what is in its tables left out.
fn flat(profile: &Json) -> Json {
    let Json::Object(entries) = profile else { return profile.clone() };
    entries
        .iter()
        .map(|(key, value)| (key.clone(), if is_table(value) { json!({}) } else { value.clone() }))
        .collect()
}
