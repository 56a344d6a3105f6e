//! Why a command ends, and the exit code for it. The codes are listed in `--help`.

use std::io;
use std::process::ExitCode;

use crate::config::EditError;
use crate::error::{ConfigError, Error, Place};
use crate::host::NotUnicode;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// There are no credentials.
    #[error(transparent)]
    Resolve(#[from] Error),
    /// The configuration cannot be read.
    #[error("{}", without_program(.0))]
    Config(#[from] ConfigError),
    /// The configuration cannot be written.
    #[error("{}", edit_message(.0))]
    Edit(#[from] EditError),
    /// The command was not used as it is meant to.
    #[error("{message}")]
    Usage { message: String, hint: String },
    /// Standard output is closed, full, or a pipe that nobody reads.
    #[error("cannot write to standard output: {0}")]
    Output(#[source] io::Error),
    /// Standard input cannot be read.
    #[error("cannot read from standard input: {0}")]
    Input(#[source] io::Error),
    /// The program for `exec` cannot be run.
    #[error("{}{reason}", if program.is_empty() { String::new() } else { format!("cannot run {program}: ") })]
    Run { program: String, reason: String, hint: Option<String>, is_missing: bool },
    /// The file is not used at all.
    #[error("the configuration file is not used while MODAL_IS_REMOTE=1")]
    Remote,
    /// A file that the user named cannot be written.
    #[error("cannot write {path}: {error}")]
    File { path: String, error: io::Error },
}

impl Failure {
    /// What nobody foresaw.
    pub(super) const UNEXPECTED: u8 = 1;
    /// Wrong flags or arguments.
    pub(super) const USAGE: u8 = 2;

    pub(super) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }

    /// For "not found", why each source has none.
    pub(super) fn details(&self) -> Vec<String> {
        match self {
            Self::Resolve(Error::NotFound(error)) => {
                error.absent.iter().map(|(source, reason)| format!("{source}: {reason}")).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What to do next.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Resolve(error) => error.hint().map(str::to_owned),
            Self::Config(error) => error.hint.clone(),
            Self::Edit(error) => error.hint(),
            Self::Usage { hint, .. } => Some(hint.clone()),
            Self::Run { hint, .. } => hint.clone(),
            Self::Output(_) | Self::Input(_) | Self::Remote | Self::File { .. } => None,
        }
    }

    /// The exit code.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Resolve(error) => error.exit_code(),
            Self::Config(error) => config_code(error),
            Self::Edit(error) => edit_code(error),
            Self::Usage { .. } => Self::USAGE,
            Self::Output(_) | Self::Input(_) | Self::Remote | Self::File { .. } => Self::UNEXPECTED,
            Self::Run { is_missing: true, .. } => 127,
            Self::Run { .. } => 126,
        })
    }
}

impl From<NotUnicode> for Failure {
    fn from(error: NotUnicode) -> Self {
        Self::Config(error.into())
    }
}

/// What the program passed in is, on the command line, what the user typed.
fn config_code(error: &ConfigError) -> u8 {
    if error.place == Place::Program { Failure::USAGE } else { 5 }
}

fn without_program(error: &ConfigError) -> String {
    if error.place == Place::Program { error.message.clone() } else { error.to_string() }
}

fn edit_message(error: &EditError) -> String {
    match error {
        EditError::Config(error) => without_program(error),
        other => other.to_string(),
    }
}

fn edit_code(error: &EditError) -> u8 {
    match error {
        EditError::Config(error) => config_code(error),
        EditError::NoSuchProfile { .. }
        | EditError::ProfileName { .. }
        | EditError::Unwritable { .. }
        | EditError::WouldReplace { .. } => 2,
        EditError::Remote | EditError::Nowhere | EditError::Write { .. } => 1,
    }
}
