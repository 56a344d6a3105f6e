//! Changes to the text of `.modal.toml` that keep comments, order and everything else as they are.
//!
//! What is written is read back before it is handed out: by the standard's parser and by what is known of the official
//! client's, each value that was set must be there and nothing else may have changed.

mod verify;

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::document::Document;
use crate::error::ConfigError;
use crate::host::file::{Cause, WriteError};
use crate::text::OneLine;

/// What is to change in one profile.
#[derive(Debug)]
pub(super) struct Change<'a> {
    pub(super) profile: &'a str,
    /// Keys and their new texts. A secret may be among them, so this is never printed.
    pub(super) set: Vec<(&'a str, &'a Text<'a>)>,
    /// Whether the profile becomes the active one, and the only one.
    pub(super) activate: bool,
}

/// The text of a value. Its `Debug` shows nothing.
pub(super) struct Text<'a>(pub(super) &'a str);

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[REDACTED]")
    }
}

/// Why the configuration file was not changed. It is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The file as it stands cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no profile of that name.
    #[error("there is no profile {}{}", OneLine(profile), match has_profiles { true => format!(" in {path}"), false => format!(": there is no file {path}") })]
    NoSuchProfile {
        /// The name.
        profile: String,
        /// The file.
        path: String,
        /// Whether there are others.
        has_profiles: bool,
        /// What to do next.
        advice: String,
    },
    /// A name that not every client could read back.
    #[error(
        "`{profile}` cannot be the name of a profile: it must not be empty nor hold quotes, backslashes, brackets or control characters"
    )]
    ProfileName {
        /// The name.
        profile: String,
    },
    /// A value that not every client would read back as it is.
    #[error("the value of {key} cannot be written so that every Modal client reads it alike")]
    Unwritable {
        /// The setting.
        key: String,
    },
    /// The profile has another token, which would be lost.
    #[error("profile {profile} in {path} holds another token already")]
    WouldReplace {
        /// The profile.
        profile: String,
        /// The file.
        path: String,
    },
    /// `MODAL_IS_REMOTE=1`: the file is not written inside Modal's own containers, as by the official client.
    #[error("the configuration file is not written while MODAL_IS_REMOTE=1")]
    Remote,
    /// There is no home folder to write to.
    #[error("there is no home folder to write .modal.toml to")]
    Nowhere,
    /// The file could not be written.
    #[error("{message}")]
    Write {
        /// What happened, at which step, to which file.
        message: String,
        /// What to do next.
        hint: Option<&'static str>,
        /// The system's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl EditError {
    /// What to do next, for people to read.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config(error) => error.hint.clone(),
            Self::NoSuchProfile { advice, .. } => Some(advice.clone()),
            Self::ProfileName { .. } => Some("choose a name of letters, digits, - and _".to_owned()),
            Self::Unwritable { .. } => {
                Some("leave out quotes, backslashes and control characters".to_owned())
            }
            Self::WouldReplace { profile, .. } => Some(format!(
                "name the profile to write: --profile {profile} replaces its token, another keeps it"
            )),
            Self::Remote => None,
            Self::Nowhere => Some("set HOME, or name the file with --config".to_owned()),
            Self::Write { hint, .. } => hint.map(str::to_owned),
        }
    }
}

impl From<WriteError> for EditError {
    fn from(error: WriteError) -> Self {
        let cause = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        Self::Write { message: format!("{error}{cause}"), hint: advice(&error), source: Box::new(error) }
    }
}

/// What to do about a file that cannot be written.
fn advice(error: &WriteError) -> Option<&'static str> {
    Some(match (error, error.cause()) {
        (WriteError::Busy { .. } | WriteError::Changed { .. }, _) => "try again",
        (WriteError::HardLinks { .. }, _) => "keep one name and make the others symbolic links",
        (WriteError::ForeignLink { .. } | WriteError::ForeignFile { .. }, _) => {
            "another user chose where the secret would go; name a file of your own with --config"
        }
        (_, Cause::MountPoint) => {
            "a single file is mounted there; mount its folder instead. The file is as it was"
        }
        (_, Cause::ReadOnly) => {
            "the file system is read-only; choose another file with --config. Nothing was written"
        }
        (_, Cause::DiskFull | Cause::QuotaExceeded) => "make room on the disk. The file is as it was",
        (_, Cause::AccessDenied | Cause::NotPermitted) => "run as the owner of the file and its folder",
        (_, Cause::Missing) => "make the folder first",
        (_, Cause::Other) => return None,
    })
}

/// The changed text.
pub(super) fn apply(text: &str, path: &Path, change: &Change<'_>) -> Result<String, EditError> {
    let before = Document::parse(text, path)?;
    check_name(change.profile)?;
    let mut document: DocumentMut = text.parse().map_err(|_| unreadable(path))?;
    let profile = profile_table(&mut document, change.profile).ok_or_else(|| unreadable(path))?;
    for (key, text) in &change.set {
        set(profile, key, literal(key, text.0)?);
    }
    if change.activate {
        for (name, item) in document.iter_mut() {
            if let Some(other) = item.as_table_like_mut().filter(|_| name != change.profile) {
                other.remove("active");
            }
        }
        if let Some(profile) = profile_table(&mut document, change.profile) {
            set(profile, "active", true.into());
        }
    }
    let after = document.to_string();
    verify::verify(text, &after, &before, change)?;
    Ok(after)
}

/// A name that every client reads back, quoted or not.
fn check_name(profile: &str) -> Result<(), EditError> {
    let unreadable = |c: char| c.is_control() || matches!(c, '"' | '\'' | '\\' | '[' | ']');
    if profile.trim() != profile || profile.is_empty() || profile.contains(unreadable) {
        return Err(EditError::ProfileName { profile: profile.to_owned() });
    }
    Ok(())
}

fn unreadable(path: &Path) -> EditError {
    let place = crate::error::Place::File { path: path.to_owned(), position: None };
    EditError::Config(ConfigError::new(place, "cannot be edited").with_hint("edit it by hand"))
}

/// The profile's table, made if need be; `None` if it is no table, which reading refuses anyway.
fn profile_table<'a>(document: &'a mut DocumentMut, profile: &str) -> Option<&'a mut dyn TableLike> {
    let is_first = document.is_empty();
    let item = document.entry(profile).or_insert_with(|| {
        let mut table = Table::new();
        table.decor_mut().set_prefix(if is_first { "" } else { "\n" });
        Item::Table(table)
    });
    if let Item::Table(table) = item {
        // `[p.credentials]` alone implies a table `p` that is not printed.
        table.set_implicit(false);
    }
    item.as_table_like_mut()
}

/// Sets a key in place: its position and the comments around it stay.
fn set(table: &mut dyn TableLike, key: &str, mut value: toml_edit::Value) {
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        _ => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// The text as a TOML string on one line, in the form that all of Modal's clients read alike: a literal string where a
/// basic one would need a backslash, for Python's reader gets some of those wrong.
fn literal(key: &str, text: &str) -> Result<toml_edit::Value, EditError> {
    let written = if !text.contains(['"', '\\']) && !text.contains(char::is_control) {
        format!("\"{text}\"")
    } else if !text.contains('\'') && !text.contains(char::is_control) {
        format!("'{text}'")
    } else {
        return Err(EditError::Unwritable { key: key.to_owned() });
    };
    written.parse().map_err(|_| EditError::Unwritable { key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, profile: &str, set: &[(&str, &str)], activate: bool) -> Result<String, EditError> {
        let texts: Vec<Text<'_>> = set.iter().map(|(_, text)| Text(text)).collect();
        let set = set.iter().zip(&texts).map(|((key, _), text)| (*key, text)).collect();
        apply(text, Path::new("modal.toml"), &Change { profile, set, activate })
    }

    #[test]
    fn comments_order_and_spacing_stay() {
        let text =
            "# mine\n[b]   # work\ntoken_id = \"ak-1\"   # old\nloglevel='INFO'\n\n[a]\nactive = true\n";
        let after = edit(text, "b", &[("token_id", "ak-2"), ("token_secret", "as-2")], true).unwrap();
        assert_eq!(
            after,
            "# mine\n[b]   # work\ntoken_id = \"ak-2\"   # old\nloglevel='INFO'\ntoken_secret = \"as-2\"\nactive = true\n\n[a]\n"
        );
    }

    #[test]
    fn a_new_profile_is_appended() {
        assert_eq!(
            edit("", "a", &[("token_id", "x")], true).unwrap(),
            "[a]\ntoken_id = \"x\"\nactive = true\n"
        );
        assert_eq!(
            edit("[a]\nx = 1\n", "b.c", &[("token_id", "x")], false).unwrap(),
            "[a]\nx = 1\n\n[\"b.c\"]\ntoken_id = \"x\"\n"
        );
    }

    #[test]
    fn a_profile_that_only_its_credentials_table_implies_gets_its_own_header() {
        let after =
            edit("[p.credentials]\nproviders = ['file']\n", "p", &[("token_id", "x")], false).unwrap();
        let document = Document::parse(&after, "modal.toml").unwrap();
        assert!(document.profile("p").unwrap().get("token_id").is_some(), "{after}");
    }

    #[test]
    fn profiles_may_be_inline_or_dotted() {
        for text in ["a = { token_id = \"x\" }\n", "a.token_id = \"x\"\n"] {
            let after = edit(text, "a", &[("token_id", "y"), ("token_secret", "z")], true).unwrap();
            assert!(
                Document::parse(&after, "x").unwrap().profile("a").unwrap().get("token_secret").is_some(),
                "{after}"
            );
        }
    }

    #[test]
    fn what_not_every_client_reads_alike_is_refused() {
        for name in ["", "a\"b", "a\\b", "a\nb", "a]b", " a"] {
            assert!(matches!(edit("", name, &[], true), Err(EditError::ProfileName { .. })), "{name:?}");
        }
        for value in ["both ' and \"", "line\nbreak", "nul\0"] {
            assert!(
                matches!(edit("", "a", &[("environment", value)], false), Err(EditError::Unwritable { .. })),
                "{value:?}"
            );
        }
        assert!(edit("", "a", &[("log_pattern", r"C:\path")], false).unwrap().contains(r"'C:\path'"));
    }
}
