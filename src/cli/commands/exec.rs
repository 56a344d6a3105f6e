//! `exec`: the program gets the pair in its environment, and on Unix takes this process's place.
#![expect(clippy::doc_markdown, reason = "the doc comments are the help texts that people read")]

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use crate::cli::exit::Failure;
use crate::cli::session::Session;
use crate::config::{
    RESOLVED_CONFIG_VARIABLE, RESOLVED_ID_VARIABLE, RESOLVED_VARIABLE, VARIABLE_PREFIX, oauth_conflict,
};
use crate::credentials::{Credentials, Key};
use crate::error::{ConfigError, Place};
use crate::resolved::Resolved;
use crate::resolver::Resolver;
use crate::secret::ExposeSecret;

const OAUTH_PREFIX: &str = "MODAL_OAUTH_";

/// Run a program with MODAL_TOKEN_ID and MODAL_TOKEN_SECRET in its environment
///
/// On Unix the program takes this process's place: it keeps the process id, the terminal and open files, gets every signal
/// itself, and nothing of this program stays in memory. MODAL_PROFILE is set to the profile, and MODAL_CONFIG_PATH where
/// --config was given. MODAL_OAUTH_* and MODAL_CREDENTIALS_* are removed, but for markers (MODAL_CREDENTIALS_RESOLVED*)
/// that tell this command, when the program calls it, for which profile and file the token is. Everything else is passed on.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Remove this variable from the program's environment; may be repeated
    #[arg(long, value_name = "VARIABLE", value_parser = variable_name)]
    drop: Vec<String>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "PROGRAM")]
    command: Vec<OsString>,
}

/// No variable has such a name otherwise, and nothing would be removed.
fn variable_name(name: &str) -> Result<String, &'static str> {
    if name.is_empty() || name.contains('=') {
        Err("not the name of a variable")
    } else {
        Ok(name.to_owned())
    }
}

pub(in crate::cli) fn run(args: Args, session: &Session) -> Result<ExitCode, Failure> {
    if let Some(name) = args.drop.iter().find(|name| Key::BOTH.iter().any(|key| key.variable() == *name)) {
        return Err(Failure::usage(
            format!("--drop {name} would take away what exec hands to the program"),
            "leave it out",
        ));
    }
    let mut words = args.command.into_iter();
    let program = words.next().unwrap_or_default();
    if program.is_empty() {
        return Err(Failure::Run {
            program: String::new(),
            reason: "the name of the program is empty".to_owned(),
            hint: Some("check the variable that it comes from".to_owned()),
            is_missing: true,
        });
    }
    let (resolver, resolved) = resolve(session)?;
    let mut command = Command::new(&program);
    command.args(words);
    prepare(&mut command, resolved.credentials(), &resolver, session)?;
    for name in args.drop {
        command.env_remove(name);
    }
    replace(command).map_err(|error| cannot_run(&program, &error))
}

/// Resolves the token. OAuth variables are not passed on, so they are no conflict either: who writes `exec` wants the
/// token. OAuth keys in the file cannot be taken away from the program, and Modal's clients refuse them beside a token.
fn resolve(session: &Session) -> Result<(Resolver, Arc<Resolved>), Failure> {
    let config = session.load(session.host().clone())?.without_oauth_variables();
    let dropped = config.dropped_oauth().to_vec();
    let conflict = config.oauth();
    let resolver = session.resolver_of(config)?;
    let resolved = session.resolve(&resolver)?;
    if let Some(place) = conflict {
        return Err(oauth_conflict(place).into());
    }
    for name in dropped {
        session.output().warning(&format!("{name} is set and not passed on: the program gets a token"));
    }
    Ok((resolver, resolved))
}

fn prepare(
    command: &mut Command,
    credentials: &Credentials,
    resolver: &Resolver,
    session: &Session,
) -> Result<(), Failure> {
    for prefix in [OAUTH_PREFIX, VARIABLE_PREFIX] {
        for name in session.host().var_names(prefix) {
            command.env_remove(name);
        }
    }
    command.env(Key::TokenId.variable(), credentials.token_id());
    command.env(Key::TokenSecret.variable(), credentials.token_secret().expose_secret());
    let profile = resolver.profile();
    command.env("MODAL_PROFILE", profile);
    command.env(RESOLVED_VARIABLE, profile);
    command.env(RESOLVED_ID_VARIABLE, credentials.token_id());
    if let Some(path) = resolver.config_file() {
        command.env(RESOLVED_CONFIG_VARIABLE, path);
    }
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

/// Why a program cannot be run, as far as that shows, in words of ours.
fn cannot_run(program: &OsStr, error: &io::Error) -> Failure {
    let path = Path::new(program);
    let is_path = path.components().count() > 1;
    let (reason, hint) = match error.kind() {
        io::ErrorKind::NotFound if !is_path => {
            ("not found in PATH".to_owned(), Some("check its name and PATH".to_owned()))
        }
        io::ErrorKind::NotFound if path.exists() => {
            ("the interpreter in its first line does not exist".to_owned(), None)
        }
        io::ErrorKind::NotFound => ("no such file".to_owned(), Some("check its path".to_owned())),
        io::ErrorKind::PermissionDenied if path.is_dir() => ("it is a directory".to_owned(), None),
        io::ErrorKind::PermissionDenied if is_path => {
            ("permission denied".to_owned(), Some(format!("make it executable: chmod +x {}", path.display())))
        }
        _ => (error.to_string(), None),
    };
    Failure::Run {
        program: program.to_string_lossy().into_owned(),
        reason,
        hint,
        is_missing: error.kind() == io::ErrorKind::NotFound,
    }
}
