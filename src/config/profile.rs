//! Which profile is meant, by the official client's rules.
//!
//! `MODAL_PROFILE` if it is not empty, else the first profile with `active = true`, else `default`
//! ([modal.config](https://modal.com/docs/reference/modal.config), "Meta-configuration"). When a client is created, the
//! official client also refuses files in which that choice is ambiguous; commands that repair such a file do not.

use super::document::{Active, Document};
use crate::error::ConfigError;
use crate::host::{Host, NotUnicode};
use crate::text::OneLine;

/// The profile that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) name: String,
    pub(crate) by: SelectedBy,
}

/// What selected the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SelectedBy {
    /// The program or the flag `--profile`.
    Explicit,
    /// The variable `MODAL_PROFILE`.
    Variable,
    /// `active = true` in the file.
    Active,
    /// Nothing: it is `default`.
    Default,
}

/// Which profile is meant.
pub(crate) fn select(
    explicit: Option<&str>,
    host: &Host,
    document: &Document,
) -> Result<Selection, NotUnicode> {
    if let Some(name) = explicit {
        return Ok(Selection { name: name.to_owned(), by: SelectedBy::Explicit });
    }
    if let Some(name) = host.var("MODAL_PROFILE")?.filter(|name| !name.is_empty()) {
        return Ok(Selection { name, by: SelectedBy::Variable });
    }
    Ok(match document.profiles().iter().find(|profile| profile.active == Active::Yes) {
        Some(profile) => Selection { name: profile.name.clone(), by: SelectedBy::Active },
        None => Selection { name: "default".to_owned(), by: SelectedBy::Default },
    })
}

/// Refuses what the official client refuses when it is created: more than one active profile, whichever is asked for, and
/// none of several when `default` is.
pub(crate) fn check(document: &Document, selected: &str) -> Result<(), ConfigError> {
    let mut active = 0.0;
    for profile in document.profiles() {
        active += match profile.active {
            Active::Yes => 1.0,
            Active::Counts(count) => count,
            Active::Invalid(position) => {
                return Err(ConfigError::new(
                    document.place(Some(position)),
                    format!("`active` of profile {} must be true or false", OneLine(&profile.name)),
                ));
            }
        };
    }
    let error = |message: &str, hint: &str| {
        let hint = format!("{hint} modal-credentials profile activate NAME ({})", names(document));
        Err(ConfigError::new(document.place(None), message).with_hint(hint))
    };
    if active > 1.0 {
        return error("more than one profile is active", "choose one with:");
    }
    if document.profiles().len() > 1 && active == 0.0 && selected == "default" {
        return error(
            "several profiles and none is active",
            "choose one with --profile or MODAL_PROFILE, or for good with:",
        );
    }
    Ok(())
}

/// The names of the profiles, for hints: at most ten.
pub(crate) fn names(document: &Document) -> String {
    let profiles = document.profiles();
    let mut names: Vec<String> =
        profiles.iter().take(10).map(|profile| OneLine(&profile.name).to_string()).collect();
    if profiles.len() > names.len() {
        names.push("…".to_owned());
    }
    format!("there are: {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::parse(text, "modal.toml").unwrap()
    }

    fn selected(text: &str, explicit: Option<&str>, variable: &str) -> (String, SelectedBy) {
        let host = Host::with_vars([("MODAL_PROFILE", variable)]);
        let Selection { name, by } = select(explicit, &host, &document(text)).unwrap();
        (name, by)
    }

    #[test]
    fn program_then_variable_then_active_then_default() {
        let text = "[a]\n[b]\nactive = true\n";
        assert_eq!(selected(text, Some("x"), "y"), ("x".into(), SelectedBy::Explicit));
        assert_eq!(selected(text, None, "y"), ("y".into(), SelectedBy::Variable));
        assert_eq!(selected(text, None, ""), ("b".into(), SelectedBy::Active));
        assert_eq!(selected("[a]\nactive = 1\n", None, ""), ("default".into(), SelectedBy::Default));
    }

    #[test]
    fn ambiguous_files_are_refused_as_the_official_client_does() {
        let refused = |text: &str, profile: &str| check(&document(text), profile).is_err();
        assert!(refused("[a]\nactive = true\n[b]\nactive = true\n", "a"));
        assert!(refused("[a]\nactive = 1.5\n", "a"));
        assert!(refused("[a]\nactive = 'true'\n", "a"));
        assert!(refused("[a]\n[b]\n", "default"));
        assert!(!refused("[a]\n[b]\n", "a"));
        assert!(!refused("[a]\n", "default"));
        assert!(!refused("[a]\nactive = 1\n[b]\n", "default"));
    }
}
