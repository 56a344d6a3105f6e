//! `exec`: the program gets the pair in its environment, and on Unix takes this process's place.
#![expect(clippy::doc_markdown, reason = "the doc comments are the help texts that people read")]

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};

use clap::builder::NonEmptyStringValueParser;

use crate::cli::exit::Failure;
use crate::cli::session::Session;
use crate::config::{Config, RESOLVED_VARIABLE, VARIABLE_PREFIX};
use crate::credentials::{Credentials, Key};
use crate::error::{ConfigError, Place};
use crate::host::Host;
use crate::provider::settings::oauth_conflict;
use crate::secret::ExposeSecret;

const OAUTH_PREFIX: &str = "MODAL_OAUTH_";

/// Run a program with MODAL_TOKEN_ID and MODAL_TOKEN_SECRET in its environment
///
/// On Unix the program takes this process's place: it keeps the process id, the terminal, open files and signals, and
/// nothing of this program stays in memory. MODAL_PROFILE is set to the profile; MODAL_OAUTH_* and
/// MODAL_CREDENTIALS_* are removed; everything else is passed on untouched.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Remove this variable from the program's environment; may be repeated
    #[arg(long, value_name = "VARIABLE", value_parser = NonEmptyStringValueParser::new())]
    drop: Vec<String>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(in crate::cli) fn run(args: Args, session: &Session) -> Result<ExitCode, Failure> {
    let config = session.load(without_oauth(session))?;
    refuse_oauth_in_file(&config)?;
    let resolver = session.resolver_of(config)?;
    let resolved = session.resolve(&resolver)?;
    let mut words = args.command.into_iter();
    let program = words.next().unwrap_or_default();
    let mut command = Command::new(&program);
    command.args(words);
    prepare(&mut command, resolved.credentials(), resolver.profile(), session)?;
    for name in args.drop {
        command.env_remove(name);
    }
    replace(command).map_err(|error| Failure::Run { program: program.to_string_lossy().into_owned(), error })
}

/// OAuth variables are not passed on, so they are no conflict either: who writes `exec` wants the token.
fn without_oauth(session: &Session) -> Host {
    let mut host = session.host().clone();
    for name in host.var_names(OAUTH_PREFIX) {
        if host.var_os(&name).is_some_and(|value| !value.is_empty()) {
            session.output().warning(&format!("{name} is set and not passed on: the program gets a token"));
        }
        host.remove_var(name);
    }
    host
}

/// OAuth keys in the file cannot be taken away from the program, and Modal's clients refuse them beside a token.
fn refuse_oauth_in_file(config: &Config) -> Result<(), ConfigError> {
    match config.oauth() {
        None => Ok(()),
        Some(place) => Err(oauth_conflict(place)),
    }
}

fn prepare(
    command: &mut Command,
    credentials: &Credentials,
    profile: &str,
    session: &Session,
) -> Result<(), Failure> {
    for prefix in [OAUTH_PREFIX, VARIABLE_PREFIX] {
        for name in session.host().var_names(prefix) {
            command.env_remove(name);
        }
    }
    command.env(Key::TokenId.variable(), credentials.token_id());
    command.env(Key::TokenSecret.variable(), credentials.token_secret().expose_secret());
    command.env("MODAL_PROFILE", profile);
    command.env(RESOLVED_VARIABLE, profile);
    if let Some(path) = &session.global().config {
        // The program may change its folder before it reads the file.
        let place = Place::File { path: path.clone(), position: None };
        let path = std::path::absolute(path).map_err(|error| ConfigError::new(place, error.to_string()))?;
        command.env("MODAL_CONFIG_PATH", path);
    }
    Ok(())
}

/// `execve`: comes back only if the program cannot be run.
#[cfg(unix)]
fn replace(mut command: Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

/// Where a process cannot be replaced, the program is waited for and its exit code passed on.
#[cfg(not(unix))]
fn replace(mut command: Command) -> io::Result<ExitCode> {
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
