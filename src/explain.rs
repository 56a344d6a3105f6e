//! Why these credentials and no others: each source, in order, with what it answered.
//!
//! The JSON form is documented in `docs/explain-json.md` and versioned: fields are added without a new number, and removed
//! or changed only with one. It never holds a secret.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::config::SelectedBy;
use crate::credentials::Key;
use crate::error::Error;
use crate::resolved::Resolved;

/// The version of the JSON form.
pub const EXPLANATION_VERSION: u32 = 1;

/// What every source answered, and what came of it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The version of this form.
    pub version: u32,
    /// The profile the pair was looked for; `None` if the configuration is too wrong to tell.
    pub profile: Option<String>,
    /// What selected the profile.
    pub profile_selected_by: Option<SelectedBy>,
    /// The configuration file, if there is a home folder to look in. It need not exist.
    pub config_file: Option<String>,
    /// Each source, in the order in which they are asked.
    pub sources: Vec<SourceReport>,
    /// What came of it.
    pub outcome: Outcome,
    /// What works and is worth a look, one sentence each.
    pub warnings: Vec<String>,
}

/// What came of asking.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// There are credentials.
    Found {
        /// The token's id.
        token_id: String,
        /// Where the pair came from.
        from: String,
        /// Where the id came from.
        token_id_from: String,
        /// Where the secret came from.
        token_secret_from: String,
    },
    /// There are none.
    Error {
        /// The exit code of the command line for it.
        exit_code: u8,
        /// What happened and where.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
}

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
    /// For a source below the winner: whether it holds a token too, which the winner hides. `None` where that is not
    /// known, because asking would mean contacting somebody.
    pub hidden_token: Option<bool>,
}

/// What one source answered, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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

impl Explanation {
    /// The explanation where the configuration was too wrong for anybody to be asked.
    pub fn of_error(error: &Error) -> Self {
        Self {
            version: EXPLANATION_VERSION,
            profile: None,
            profile_selected_by: None,
            config_file: None,
            sources: Vec::new(),
            outcome: Outcome::error(error),
            warnings: Vec::new(),
        }
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

    pub(crate) fn not_tried(source: impl Into<String>, hidden_token: Option<bool>) -> Self {
        let detail = match hidden_token {
            Some(true) => "it holds a token, which is hidden",
            Some(false) => "it holds no token",
            None => "an earlier source answered",
        };
        Self { hidden_token, ..Self::new(source, SourceStatus::NotTried, detail) }
    }
}

impl Outcome {
    pub(crate) fn of(result: &Result<Resolved, Error>) -> Self {
        match result {
            Ok(resolved) => Self::Found {
                token_id: resolved.credentials().display_id().to_owned(),
                from: resolved.origin().to_string(),
                token_id_from: resolved.origin().token_id.to_string(),
                token_secret_from: resolved.origin().token_secret.to_string(),
            },
            Err(error) => Self::error(error),
        }
    }

    fn error(error: &Error) -> Self {
        Self::Error {
            exit_code: error.exit_code(),
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn microseconds<S: Serializer>(elapsed: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    elapsed.map(|elapsed| u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)).serialize(serializer)
}
