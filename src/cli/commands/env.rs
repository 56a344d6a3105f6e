//! `env`: the pair as assignments, quoted for each shell.
//!
//! A token holds printable ASCII only (see [`crate::secret`]), so no form needs escapes for line breaks or control
//! characters.
#![expect(clippy::doc_markdown, reason = "the doc comments are the help texts that people read")]

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::session::Session;
use crate::credentials::{Credentials, Key};
use crate::secret::ExposeSecret;

/// Print the pair as assignments for a shell or a file
///
/// sh: eval "$(modal-credentials env)". fish: modal-credentials env --format fish | source. The format github prints the
/// commands that hide the pair in the log and appends it to the file named by GITHUB_ENV. Prefer exec, which prints
/// nothing.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Sh)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    /// sh, bash, zsh
    Sh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// A .env file
    Dotenv,
    /// A JSON object
    Json,
    /// GitHub Actions
    Github,
}

pub(in crate::cli) fn run(args: &Args, session: &Session) -> Result<(), Failure> {
    let resolver = session.resolver()?;
    let resolved = session.resolve(&resolver)?;
    if session.output().is_terminal() {
        session.output().warning("the token secret is printed to a terminal; `exec` prints nothing");
    }
    let pair = pair(resolved.credentials());
    let text = match args.format {
        Format::Sh => lines(pair, |name, value| format!("export {name}={}", sh(value))),
        Format::Fish => lines(pair, |name, value| format!("set -gx {name} {}", fish(value))),
        Format::Powershell => {
            lines(pair, |name, value| format!("$env:{name} = '{}'", value.replace('\'', "''")))
        }
        Format::Dotenv => lines(pair, |name, value| format!("{name}={}", dotenv(value))),
        Format::Json => json(pair),
        Format::Github => return github(pair, session),
    };
    session.output().data(&text)
}

type Pair<'a> = [(&'static str, &'a str); 2];

fn pair(credentials: &Credentials) -> Pair<'_> {
    [
        (Key::TokenId.variable(), credentials.token_id()),
        (Key::TokenSecret.variable(), credentials.token_secret().expose_secret()),
    ]
}

fn lines(pair: Pair<'_>, line: impl Fn(&str, &str) -> String) -> String {
    pair.iter().map(|(name, value)| line(name, value) + "\n").collect()
}

fn sh(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

fn fish(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

/// Bare where that can be misread by nobody, for not every reader of such files knows quotes. Else single quotes, in which
/// nothing is special; with one inside, double quotes with escapes.
fn dotenv(value: &str) -> String {
    if value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return value.to_owned();
    }
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    let escaped = value.replace('\\', r"\\").replace('"', r#"\""#).replace('$', r"\$").replace('`', r"\`");
    format!("\"{escaped}\"")
}

fn json(pair: Pair<'_>) -> String {
    let object: serde_json::Map<_, _> =
        pair.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect();
    format!("{}\n", serde_json::Value::Object(object))
}

/// The file takes `name=value` lines; the runner hides in its log what `add-mask` names
/// ([workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions)).
fn github(pair: Pair<'_>, session: &Session) -> Result<(), Failure> {
    let path = session.host().var_os("GITHUB_ENV").filter(|path| !path.is_empty()).ok_or_else(|| {
        Failure::usage(
            "GITHUB_ENV is not set",
            "use this format in a step of GitHub Actions, or another format",
        )
    })?;
    // The masks first: what cannot be hidden in the log must not get there.
    session.output().data(&lines(pair, |_, value| format!("::add-mask::{}", value.replace('%', "%25"))))?;
    append(Path::new(&path), &lines(pair, |name, value| format!("{name}={value}")))
        .map_err(|error| Failure::File { path: path.to_string_lossy().into_owned(), error })
}

/// Adds lines to a file that other steps write to as well; a new one is private.
fn append(path: &Path, lines: &str) -> io::Result<()> {
    // Opening a FIFO would wait for a reader.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("it is not a file"));
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // An earlier step may have left its last line open.
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let separator = if last == [b'\n'] { "" } else { "\n" };
    file.write_all(format!("{separator}{lines}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_survive_each_form() {
        assert_eq!(sh(r"a'b\c"), r"'a'\''b\c'");
        assert_eq!(fish(r"a'b\c"), r"'a\'b\\c'");
        assert_eq!(dotenv("ak-1_x"), "ak-1_x");
        assert_eq!(dotenv(r"a$b\c"), r"'a$b\c'");
        assert_eq!(dotenv(r#"a'$"\"#), r#""a'\$\"\\""#);
    }
}
