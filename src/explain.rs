//! Why these credentials and no others: each source, in order, with what it answered.
//!
//! The JSON form is documented in `docs/explain-json.md` and versioned: fields are added without a new number, and removed
//! or changed only with one. It never holds a secret.

use serde::Serialize;

use crate::config::SelectedBy;
use crate::error::Error;
use crate::report::SourceReport;
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
