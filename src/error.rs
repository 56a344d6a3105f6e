//! What can go wrong. Every error says what happened and where, and most say what to do next ([`Error::hint`]).
//!
//! The kinds are few and mean something to a caller: the configuration is wrong, no source holds credentials, or a source
//! that should answer could not. All of them are `Clone`, so that many waiters can share one.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::host::NotUnicode;
use crate::text::OneLine;

/// Why there are no credentials.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is wrong: nobody was asked.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
    /// Every source was asked and none holds credentials.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// A source that should answer could not, and nothing weaker was tried in its place.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The asynchronous calls need a tokio runtime around them, with its timers enabled.
    #[error("there is no tokio runtime here to resolve Modal credentials on")]
    NoRuntime,
}

impl Error {
    /// What to do next, for people to read.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Configuration(error) => error.hint.as_deref(),
            Self::NotFound(error) => error.hint.as_deref(),
            Self::Provider(error) => error.failure.hint.as_deref(),
            Self::NoRuntime => Some("call it inside #[tokio::main], or use resolve_blocking()"),
        }
    }

    /// The exit code of the command line for it: 3 if there are no credentials, 4 if a source failed, 5 if the
    /// configuration is wrong, 1 for all else.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::NoRuntime => 1,
            Self::NotFound(_) => 3,
            Self::Provider(_) => 4,
            Self::Configuration(_) => 5,
        }
    }
}

/// A mistake in `.modal.toml`, in a variable, in a flag, or in what the program passed in.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// Where it is.
    pub place: Place,
    /// What it is. Names and positions only: never a value.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl ConfigError {
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), hint: None, source: None }
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn caused_by(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { source: Some(Arc::new(source)), ..self }
    }
}

impl From<NotUnicode> for ConfigError {
    fn from(error: NotUnicode) -> Self {
        Self::new(Place::Variable(error.variable), "is not valid UTF-8")
    }
}

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A configuration file.
    File {
        /// Its path.
        path: PathBuf,
        /// Line and column, both from 1, the column in characters.
        position: Option<(usize, usize)>,
    },
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
    /// The program that uses the library.
    Program,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, position: None } => write!(f, "{}", path.display()),
            Self::File { path, position: Some((line, column)) } => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
            Self::Program => f.write_str("the program"),
        }
    }
}

/// No source holds credentials.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
#[error("no Modal credentials for profile {}", OneLine(profile))]
pub struct NotFound {
    /// The profile they were looked for.
    pub profile: String,
    /// Each source that was asked, and why it has none.
    pub absent: Vec<(String, String)>,
    /// What to do next.
    pub hint: Option<String>,
}

/// A source that should have answered, and how it failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
#[error("{}{failure}", provider.as_deref().map(|name| format!("{name}: ")).unwrap_or_default())]
pub struct ProviderError {
    /// The source's name; `None` where environment and file are to blame together, or nobody.
    pub provider: Option<String>,
    /// How it failed.
    pub failure: Failure,
}

/// How a source failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
#[error("{message}")]
pub struct Failure {
    /// The kind, which decides what may be done about it.
    pub kind: FailureKind,
    /// What happened and where. Never a secret, never a body that a server sent.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    /// The same failure, with what to do next.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The kind of a failure. Each stops the chain: a source that cannot be read never turns into a weaker one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// It could not be reached or had no time: refused, timed out, a server error, sealed, throttled.
    Unavailable,
    /// It was reached and refused to answer.
    Denied,
    /// What was configured does not exist there.
    NotFound,
    /// It is locked, and somebody has to unlock it.
    Locked,
    /// It answered, and the answer is no credentials.
    Invalid,
}

impl FailureKind {
    /// Whether the same question may be answered later without anybody changing anything: exactly [`Self::Unavailable`].
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Unavailable)
    }
}
