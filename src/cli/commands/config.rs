//! `config`: as `modal config`, and `get` and `path` besides.

use serde_json::{Map, Number, Value as Json};

use crate::cli::exit::Failure;
use crate::cli::output::Tone;
use crate::cli::session::Session;
use crate::config::{Config, SelectedBy, Value};
use crate::secret::ExposeSecret;
use crate::text::without_users;

/// Show and change the settings of Modal's clients
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print every setting with its value, as JSON
    Show {
        /// Print `***` for secrets (the default)
        #[arg(long, overrides_with = "no_redact")]
        redact: bool,
        /// Print secrets too
        #[arg(long)]
        no_redact: bool,
        /// Accepted as in the official command; JSON is what is printed anyway
        #[arg(long)]
        json: bool,
        /// Print the client's internal settings too
        #[arg(long, hide = true)]
        include_internal: bool,
    },
    /// Print one setting; nothing if it is unset
    Get {
        /// The setting
        key: String,
        /// Print it even if it is a secret
        #[arg(long)]
        no_redact: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a setting to the profile
    Set {
        /// The setting
        key: String,
        /// Its value
        value: String,
    },
    /// Write the default Modal environment to the profile
    ///
    /// This version does not check at Modal that the environment exists.
    SetEnvironment {
        /// The environment
        environment_name: String,
    },
    /// Print where the configuration file is
    Path,
}

pub(in crate::cli) fn run(args: Args, session: &Session) -> Result<(), Failure> {
    match args.command {
        Command::Show { no_redact, include_internal, .. } => show(no_redact, include_internal, session),
        Command::Get { key, no_redact, json } => get(&key, no_redact, json, session),
        Command::Set { key, value } => set(&key, &value, session),
        Command::SetEnvironment { environment_name } => set_environment(&environment_name, session),
        Command::Path => path(session),
    }
}

fn show(reveal: bool, include_internal: bool, session: &Session) -> Result<(), Failure> {
    let config = session.config()?;
    if config.profile_selected_by() == SelectedBy::Explicit && !config.has_profile() {
        session.output().warning(&config.why_file_has_none());
    }
    for key in config.deprecated() {
        session
            .output()
            .warning(&format!("{key} is deprecated: Modal's client will ignore it in the future"));
    }
    let settings = config.to_dict(include_internal)?;
    let object = settings
        .into_iter()
        .map(|(key, value)| (key.to_owned(), setting(key, value.as_ref(), reveal)))
        .collect();
    session.output().data(&format!("{:#}\n", Json::Object(object)))
}

fn get(key: &str, reveal: bool, as_json: bool, session: &Session) -> Result<(), Failure> {
    let value = session.config()?.get(key, None, true)?;
    let shown = setting(key, value.as_ref(), reveal);
    if shown == REDACTED {
        session.output().note("redacted; --no-redact prints it");
    }
    let text = match (shown, as_json) {
        (Json::String(text), false) => text,
        (Json::Null, false) => String::new(),
        (value, _) => value.to_string(),
    };
    session.output().data(&format!("{text}\n"))
}

fn set(key: &str, value: &str, session: &Session) -> Result<(), Failure> {
    if key == "token_secret" || key == "token_id" || key.starts_with("oauth_") {
        return Err(Failure::usage(
            format!("{key} is not set this way: other users can see the arguments of a command"),
            "run: modal-credentials token set --token-id - --token-secret -",
        ));
    }
    let mut config = session.config_to_write()?;
    let written = config.set(key, value)?;
    session.warn(&written.warnings);
    warn_if_hidden(&config, key, session);
    session.output().line(Tone::Plain, &format!("Set {key} for profile {}", config.profile()))
}

fn warn_if_hidden(config: &Config, key: &str, session: &Session) {
    if let Some(variable) = config.hidden_by(key) {
        session.output().warning(&format!("{variable} is set and wins over the file"));
    }
}

fn set_environment(name: &str, session: &Session) -> Result<(), Failure> {
    if name.is_empty() {
        return Err(Failure::usage(
            "the name of the environment is empty",
            "name one, as in: modal-credentials config set-environment main",
        ));
    }
    let mut config = session.config_to_write()?;
    let written = config.set("environment", name)?;
    session.warn(&written.warnings);
    warn_if_hidden(&config, "environment", session);
    session.output().note("not checked at Modal: this version cannot look environments up");
    let profile = config.profile().to_owned();
    session.output().line(Tone::Plain, &format!("New default environment for profile {profile}: {name}"))
}

fn path(session: &Session) -> Result<(), Failure> {
    // The file is not read: its path is asked for just when there is something to mend in it.
    if session.host().is_remote() {
        return Err(Failure::Remote);
    }
    match session.global().config.clone().or_else(|| session.host().config_path()) {
        Some(path) => session.output().data(&format!("{}\n", path.display())),
        None => Err(Failure::usage(
            "there is no home folder for .modal.toml",
            "set HOME, or name a file with --config",
        )),
    }
}

/// What is printed for a secret, as in the official command.
const REDACTED: &str = "***";

/// A setting as JSON, with `***` for a secret that is not empty, of whatever type it is. A secret in the place of the id
/// is one too, and so are headers and the password in an address.
fn setting(key: &str, value: Option<&Value>, reveal: bool) -> Json {
    let shown = json(value);
    let is_secret = Config::is_secret(key) || shown.as_str().is_some_and(|text| text.contains("as-"));
    let is_empty = matches!(&shown, Json::Null) || shown == "";
    match shown {
        shown if reveal || is_empty => shown,
        _ if is_secret || key == "override_headers" => Json::String(REDACTED.to_owned()),
        Json::String(text) if key.ends_with("_url") => Json::String(without_users(&text)),
        shown => shown,
    }
}

/// A value as JSON. Numbers that JSON lacks are texts here; the official command prints what is no JSON.
fn json(value: Option<&Value>) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Bool(b)) => Json::Bool(*b),
        Some(Value::Integer(i)) => Json::from(*i),
        Some(Value::Float(f)) => {
            Number::from_f64(*f).map_or_else(|| Json::String(f.to_string()), Json::Number)
        }
        Some(Value::Text(s) | Value::Datetime(s)) => Json::String(s.clone()),
        Some(Value::Secret(s)) => Json::String(s.expose_secret().to_owned()),
        Some(Value::Array(items)) => items.iter().map(|item| json(Some(item))).collect(),
        Some(Value::Table(entries)) => {
            let entries: Map<_, _> =
                entries.iter().map(|(key, value)| (key.clone(), json(Some(value)))).collect();
            Json::Object(entries)
        }
    }
}
