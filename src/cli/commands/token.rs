//! `token`: as `modal token`.
#![expect(clippy::doc_markdown, reason = "the doc comments are the help texts that people read")]

use std::io::{self, BufRead, IsTerminal, Read};

use crate::cli::exit::Failure;
use crate::cli::output::Tone;
use crate::cli::session::Session;
use crate::config::{RESOLVED_VARIABLE, SelectedBy, TokenEdit};
use crate::credentials::Credentials;
use crate::secret::{ExposeSecret, SecretString};
use crate::text::{OneLine, without_users};

/// Manage tokens
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Set(Set),
}

/// Write a token to a profile
///
/// Without flags it asks for both. `-` reads from standard input: without echo on a terminal, else a line each, the id
/// first. Other users can see the arguments of a command while it runs, so `-` is safer. This version does not verify the
/// token at Modal. Without --profile and MODAL_PROFILE it writes to the profile in use, but never over another token.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of the official command")]
struct Set {
    /// The token id, or -
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    token_id: Option<String>,
    /// The token secret, or -
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true)]
    token_secret: Option<SecretArgument>,
    /// Make the profile the active one (the default)
    #[arg(long, overrides_with = "no_activate")]
    activate: bool,
    /// Leave the active profile as it is
    #[arg(long)]
    no_activate: bool,
    /// Verify the token at Modal; this version cannot
    #[arg(long, conflicts_with = "no_verify")]
    verify: bool,
    /// Do not verify the token
    #[arg(long)]
    no_verify: bool,
}

/// A secret on the command line, kept out of `Debug`.
#[derive(Clone)]
struct SecretArgument(SecretString);

impl From<String> for SecretArgument {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Debug for SecretArgument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[REDACTED]")
    }
}

pub(in crate::cli) fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let Command::Set(args) = args.command;
    if args.verify {
        return Err(Failure::usage("this version cannot verify a token at Modal", "use --no-verify"));
    }
    let mut config = session.config_to_write()?;
    // A profile must not lose its token unless somebody named it. `exec` sets MODAL_PROFILE too, and is nobody.
    let is_within_exec = session.host().var_os(RESOLVED_VARIABLE).is_some();
    let replace = match config.profile_selected_by() {
        SelectedBy::Explicit => true,
        SelectedBy::Variable => !is_within_exec,
        SelectedBy::Active | SelectedBy::Default => false,
    };
    let was_active = config.active_profile().map(str::to_owned);
    if io::stdin().is_terminal() {
        config.check_writable(replace)?; // before the questions, not after them
    }
    let credentials =
        credentials(args.token_id.as_deref(), args.token_secret.map(|secret| secret.0), session)?;
    let profile = config.profile().to_owned();
    let mut edit = TokenEdit::new(credentials, &profile);
    edit.activate = !args.no_activate;
    edit.replace = replace;
    let written = config.set_token(&edit)?;
    session.warn(&written.warnings);
    if !args.no_verify {
        session.output().note("not verified: this version cannot ask Modal whether the token is valid");
    }
    if let Some(url) = written.server_url {
        session
            .output()
            .note(&format!("the server's address was written to the profile too: {}", without_users(&url)));
    }
    let path = config.path().map(|path| path.display().to_string()).unwrap_or_default();
    session.output().line(Tone::Plain, &format!("Token written to {path} in profile {profile}."))?;
    if let Some(was) = was_active.filter(|was| *was != profile && config.active_profile() == Some(&profile)) {
        session.output().note(&format!(
            "{} is now the active profile; it was {}",
            OneLine(&profile),
            OneLine(&was)
        ));
    }
    session.warn_of_token_variables("the new token");
    session.warn_of_profile_variable(&profile);
    Ok(())
}

fn credentials(
    id: Option<&str>,
    secret: Option<SecretString>,
    session: &Session,
) -> Result<Credentials, Failure> {
    let asked = id.is_none() || secret.is_none();
    if asked && !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to ask for the token on",
            "pipe it in, a line each: modal-credentials token set --token-id - --token-secret -",
        ));
    }
    let mut input = Input::new(session);
    let id = match id {
        None | Some("-") => input.read("Token ID: ")?,
        Some(id) => SecretString::from(id),
    };
    let secret = match secret {
        None => input.read("Token secret: ")?,
        Some(secret) if secret.expose_secret() == "-" => input.read("Token secret: ")?,
        Some(secret) => secret,
    };
    Credentials::new(id.expose_secret(), secret)
        .map_err(|error| Failure::usage(error.to_string(), "give the token as Modal shows it: ak-… and as-…"))
}

/// Standard input: prompts without echo on a terminal, else lines.
struct Input<'a> {
    session: &'a Session,
    lines: io::Take<io::StdinLock<'static>>,
}

/// More than any token; what is longer is no token.
const LONGEST_INPUT: u64 = 64 * 1024;

impl<'a> Input<'a> {
    fn new(session: &'a Session) -> Self {
        Self { session, lines: io::stdin().lock().take(LONGEST_INPUT) }
    }

    fn read(&mut self, prompt: &str) -> Result<SecretString, Failure> {
        if io::stdin().is_terminal() {
            self.session.output().prompt(prompt);
            // What a paste brings along around it belongs to no token.
            return rpassword::read_password().map(|text| text.trim().into()).map_err(Failure::Input);
        }
        let mut line = String::with_capacity(256);
        self.lines.read_line(&mut line).map_err(Failure::Input)?;
        Ok(SecretString::from(line.trim()))
    }
}
