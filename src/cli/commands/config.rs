//! `config`: as `modal config`, and `get` and `path` besides.

use serde_json::{Map, Number, Value as Json};

use crate::cli::exit::Failure;
use crate::cli::output::Tone;
use crate::cli::session::Session;
use crate::config::Value;
use crate::secret::ExposeSecret;

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
    for key in config.deprecated() {
        session
            .output()
            .warning(&format!("{key} is deprecated: Modal's client will ignore it in the future"));
    }
    let settings = config.to_dict(include_internal)?;
    let object =
        settings.into_iter().map(|(key, value)| (key.to_owned(), json(value.as_ref(), reveal))).collect();
    session.output().data(&format!("{:#}\n", Json::Object(object)))
}

fn get(key: &str, reveal: bool, as_json: bool, session: &Session) -> Result<(), Failure> {
    let value = session.config()?.get(key, None, true)?;
    let text = match (json(value.as_ref(), reveal), as_json) {
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
    session.output().line(Tone::Plain, &format!("Set {key} for profile {}", config.profile()))
}

fn set_environment(name: &str, session: &Session) -> Result<(), Failure> {
    let mut config = session.config_to_write()?;
    let written = config.set("environment", name)?;
    session.warn(&written.warnings);
    session.output().note("not checked at Modal: this version cannot look environments up");
    let profile = config.profile().to_owned();
    session.output().line(Tone::Plain, &format!("New default environment for profile {profile}: {name}"))
}

fn path(session: &Session) -> Result<(), Failure> {
    let config = session.config_to_write()?;
    match config.path() {
        Some(path) => session.output().data(&format!("{}\n", path.display())),
        None => {
            Err(Failure::usage("there is no configuration file here", "set HOME, or unset MODAL_IS_REMOTE"))
        }
    }
}

/// A setting as JSON. Numbers that JSON lacks are texts here; the official command prints what is no JSON.
fn json(value: Option<&Value>, reveal: bool) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Bool(b)) => Json::Bool(*b),
        Some(Value::Integer(i)) => Json::from(*i),
        Some(Value::Float(f)) => {
            Number::from_f64(*f).map_or_else(|| Json::String(f.to_string()), Json::Number)
        }
        Some(Value::Text(s) | Value::Datetime(s)) => Json::String(s.clone()),
        Some(Value::Secret(s)) if reveal || s.expose_secret().is_empty() => {
            Json::String(s.expose_secret().to_owned())
        }
        Some(Value::Secret(_)) => Json::String("***".to_owned()),
        Some(Value::Array(items)) => items.iter().map(|item| json(Some(item), reveal)).collect(),
        Some(Value::Table(entries)) => {
            let entries: Map<_, _> =
                entries.iter().map(|(key, value)| (key.clone(), json(Some(value), reveal))).collect();
            Json::Object(entries)
        }
    }
}
