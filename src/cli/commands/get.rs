//! `get`: the pair for other programs, in the manner of AWS's `credential_process`.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::cli::exit::Failure;
use crate::cli::session::Session;
use crate::resolved::Resolved;
use crate::secret::ExposeSecret;

/// Print the pair for another program
///
/// `json` prints an object with the fields `version` (1), `profile`, `token_id` and `token_secret`, and `expires_at` (seconds
/// since 1970) if it is known. Prefer `exec`, which prints nothing.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// The pair, as a JSON object
    Json,
    /// The token id
    Id,
    /// The token secret
    Secret,
}

#[derive(Serialize)]
struct Pair<'a> {
    version: u32,
    profile: &'a str,
    token_id: &'a str,
    token_secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
}

pub(in crate::cli) fn run(args: &Args, session: &Session) -> Result<(), Failure> {
    let resolver = session.resolver()?;
    let resolved = session.resolve(&resolver)?;
    if session.output().is_terminal() && !matches!(args.format, Format::Id) {
        session.output().warning("the token secret is printed to a terminal; `exec` prints nothing");
    }
    let pair = resolved.credentials();
    let text = match args.format {
        Format::Id => pair.token_id().to_owned(),
        Format::Secret => pair.token_secret().expose_secret().to_owned(),
        Format::Json => json(&resolved, resolver.profile()),
    };
    session.output().data(&format!("{text}\n"))
}

fn json(resolved: &Resolved, profile: &str) -> String {
    let pair = Pair {
        version: 1,
        profile,
        token_id: resolved.credentials().token_id(),
        token_secret: resolved.credentials().token_secret().expose_secret(),
        expires_at: resolved.expires_at().map(seconds),
    };
    #[expect(clippy::expect_used, reason = "texts and numbers always have a JSON form")]
    serde_json::to_string(&pair).expect("a JSON form")
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
