//! What one source answered, as data.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::credentials::Key;

/// What one source answered.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SourceReport {
    /// The source's name.
    pub source: String,
    /// What it answered.
    pub status: SourceStatus,
    /// Which keys it gave.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// Where it looked, or why it has none.
    pub detail: String,
    /// The item's version, if the source has such a thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How long it took, in microseconds; `None` if it was not asked.
    #[serde(rename = "elapsed_us", serialize_with = "microseconds")]
    pub elapsed: Option<Duration>,
    /// For a source that was not asked: whether it holds a whole token, which is hidden. `None` where that is not known,
    /// because asking would mean contacting somebody.
    pub hidden_token: Option<bool>,
}

/// What one source answered, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SourceStatus {
    /// It gave the pair, or one key of it.
    Found,
    /// It has none.
    Absent,
    /// It could not answer.
    Failed,
    /// It was not asked: an earlier one answered or failed.
    NotTried,
}

impl fmt::Display for SourceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Found => "found",
            Self::Absent => "absent",
            Self::Failed => "failed",
            Self::NotTried => "not tried",
        })
    }
}

impl SourceReport {
    pub(crate) fn new(source: impl Into<String>, status: SourceStatus, detail: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            status,
            keys: Vec::new(),
            detail: detail.into(),
            version: None,
            elapsed: None,
            hidden_token: None,
        }
    }

    pub(crate) fn keys(self, keys: Vec<Key>) -> Self {
        Self { keys, ..self }
    }

    pub(crate) fn elapsed(self, elapsed: Duration) -> Self {
        Self { elapsed: Some(elapsed), ..self }
    }

    pub(crate) fn hidden_token(self, hidden_token: bool) -> Self {
        Self { hidden_token: Some(hidden_token), ..self }
    }
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn microseconds<S: Serializer>(elapsed: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    elapsed.map(|elapsed| u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)).serialize(serializer)
}
