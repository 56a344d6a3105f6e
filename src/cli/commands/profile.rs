//! `profile`: as `modal profile`.

use crate::cli::exit::Failure;
use crate::cli::output::Tone;
use crate::cli::session::Session;
use crate::config::Value;

/// Switch between profiles
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show all profiles and highlight the one in use
    ///
    /// This version does not look up the workspaces at Modal.
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change the active profile in the file
    Activate {
        /// The profile
        profile: String,
    },
    /// Print the name of the profile in use
    Current,
}

/// What stands where the official command prints the workspace: it says "Unknown (…)" too if it cannot tell.
const WORKSPACE: &str = "Unknown (not looked up)";

/// A row of `list --json`, in the order of the official command.
#[derive(serde::Serialize)]
struct Row<'a> {
    name: &'a str,
    workspace: &'a str,
    active: bool,
}

pub(in crate::cli) fn run(args: Args, session: &Session) -> Result<(), Failure> {
    match args.command {
        Command::List { json } => list(json, session),
        Command::Activate { profile } => activate(&profile, session),
        Command::Current => session.output().data(&format!("{}\n", session.config()?.profile())),
    }
}

fn list(json: bool, session: &Session) -> Result<(), Failure> {
    let config = session.config()?;
    let active = |profile: &str| profile == config.profile();
    if json {
        let rows: Vec<Row<'_>> =
            config.profiles().map(|name| Row { name, workspace: WORKSPACE, active: active(name) }).collect();
        #[expect(clippy::expect_used, reason = "texts and booleans always have a JSON form")]
        let json = serde_json::to_string_pretty(&rows).expect("a JSON form");
        return session.output().data(&format!("{json}\n"));
    }
    session.warn_of_token_variables("the profile's token");
    let width = config.profiles().map(|name| name.chars().count()).max().unwrap_or(0).max("Profile".len());
    session.output().line(Tone::Plain, &format!("  {:width$}  Workspace", "Profile"))?;
    for name in config.profiles() {
        let (mark, tone) = if active(name) { ("•", Tone::Strong) } else { (" ", Tone::Dim) };
        session.output().line(tone, &format!("{mark} {name:width$}  {WORKSPACE}"))?;
    }
    Ok(())
}

fn activate(profile: &str, session: &Session) -> Result<(), Failure> {
    let mut config = session.config_to_write()?;
    let written = config.set_active_profile(profile)?;
    session.warn(&written.warnings);
    session.output().line(Tone::Plain, &format!("Active profile: {profile}"))?;
    if let Some(Value::Text(environment)) = config.get("environment", Some(profile), true)?
        && !environment.is_empty()
    {
        session.output().line(Tone::Plain, &format!("Active environment: {environment}"))?;
    }
    session.warn_of_profile_variable(profile);
    Ok(())
}
