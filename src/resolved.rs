//! What resolving gives.

use std::time::SystemTime;

use crate::credentials::{Credentials, KeyOrigin, Origin};
use crate::provider::Found;

/// Credentials, where they came from, and what is known of them.
#[derive(Debug, Clone)]
pub struct Resolved {
    found: Found,
    origin: Origin,
    warnings: Vec<String>,
}

impl Resolved {
    pub(crate) fn new(found: Found, origin: Origin) -> Self {
        Self { found, origin, warnings: Vec::new() }
    }

    /// The same, with these warnings too.
    pub(crate) fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// Whether a key came from the configuration file.
    pub(crate) fn is_from_file(&self) -> bool {
        [&self.origin.token_id, &self.origin.token_secret]
            .iter()
            .any(|key| matches!(key, KeyOrigin::File { .. }))
    }

    /// The pair.
    pub fn credentials(&self) -> &Credentials {
        &self.found.credentials
    }

    /// Where its keys came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The version of the item it was read from, if the source has such a thing.
    pub fn version(&self) -> Option<&str> {
        self.found.version.as_deref()
    }

    /// When it ends to be valid, if the source knows.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.found.expires_at
    }

    /// What works and is worth a look, such as a pair out of two sources. One sentence each, without secrets.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
