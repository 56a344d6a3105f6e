//! What people are told about the configuration.

use std::path::Path;

use super::document::Document;
use super::{Config, EditError, FilePath, profile, settings};
use crate::error::{ConfigError, Place};
use crate::host::file::ReadError;
use crate::text::{OneLine, nearest};

impl Config {
    /// Why the file has no token for the profile.
    pub(crate) fn why_file_has_none(&self) -> String {
        let profile = OneLine(self.profile());
        match &self.path {
            FilePath::Nowhere => "there is no home folder to look for .modal.toml in".to_owned(),
            FilePath::Remote => "MODAL_IS_REMOTE=1: the file is not read".to_owned(),
            FilePath::At { path, exists: false, .. } => format!("there is no file {}", path.display()),
            FilePath::At { path, .. } if self.has_profile() => {
                format!("profile {profile} in {} has no token", path.display())
            }
            FilePath::At { path, .. } => format!("there is no profile {profile} in {}", path.display()),
        }
    }

    /// The file, for people to read: its path, or why there is none.
    pub(crate) fn file_for_people(&self) -> String {
        match &self.path {
            FilePath::Nowhere => "none: there is no home folder".to_owned(),
            FilePath::Remote => "none: MODAL_IS_REMOTE=1".to_owned(),
            FilePath::At { path, .. } => path.display().to_string(),
        }
    }

    /// What to do about a profile that the file lacks: `None` if it is there, or there is none at all.
    pub(crate) fn advice_on_profile(&self) -> Option<ProfileAdvice> {
        if self.document.profiles().is_empty() || self.has_profile() {
            return None;
        }
        let all = profile::names(&self.document);
        let choose = || format!("choose a profile with --profile or MODAL_PROFILE ({all})");
        let nearest = did_you_mean(self.profile(), &self.document).map(ProfileAdvice::Nearest);
        nearest.or_else(|| Some(ProfileAdvice::Choose(choose())))
    }
}

/// The profile that `name` is probably a misspelling of, and all that there are.
fn did_you_mean(name: &str, document: &Document) -> Option<String> {
    let names: Vec<&str> = document.profiles().iter().map(|known| known.name.as_str()).collect();
    let near = nearest(name, &names)?;
    Some(format!("did you mean `{}`? ({})", OneLine(near), profile::names(document)))
}

/// The error for a profile that is to be changed and is not there.
pub(super) fn no_such_profile(profile: &str, path: &Path, document: &Document) -> EditError {
    let has_profiles = !document.profiles().is_empty();
    let advice = match did_you_mean(profile, document) {
        Some(advice) => advice,
        None if has_profiles => profile::names(document),
        None => format!("make it with: modal-credentials token set --profile {}", OneLine(profile)),
    };
    let (profile, path) = (profile.to_owned(), path.display().to_string());
    EditError::NoSuchProfile { profile, path, has_profiles, advice }
}

/// What to do about a profile that the file lacks.
pub(crate) enum ProfileAdvice {
    /// It is probably a misspelling, and that is all there is to say.
    Nearest(String),
    /// One way among others.
    Choose(String),
}

/// The error for a setting that no client has.
pub(super) fn unknown_setting(key: &str) -> ConfigError {
    let known: Vec<&str> = settings::SETTINGS.iter().map(|setting| setting.key).collect();
    let error = ConfigError::new(Place::Program, format!("there is no setting `{key}`"));
    error.with_hint(match nearest(key, &known) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "`modal-credentials config show` lists them".to_owned(),
    })
}

/// The words for a file that cannot be read; the place names the path.
pub(super) fn unreadable(path: &Path, error: ReadError) -> ConfigError {
    let at = |position| Place::File { path: path.to_owned(), position };
    let found = |message: String| ConfigError::new(at(None), message);
    match &error {
        ReadError::NotRegular { kind, .. } => found(format!("is {kind}, not a file"))
            .with_hint("name a file with --config or MODAL_CONFIG_PATH"),
        ReadError::TooLarge { limit, .. } => found(format!("is larger than {limit} bytes"))
            .with_hint("check that this is the configuration file of Modal's clients"),
        ReadError::NotUtf8 { line, column, .. } => {
            ConfigError::new(at(Some((*line, *column))), "not valid UTF-8")
                .with_hint("save the file as UTF-8")
        }
        ReadError::PermissionDenied { .. } => found("no permission to read it".to_owned())
            .with_hint("make it yours: chown and chmod 600, or run as its owner"),
        ReadError::SymlinkLoop { .. } => found("leads through too many symbolic links".to_owned())
            .with_hint("remove the link that leads back to itself"),
        ReadError::Io { source, .. } => found(format!("cannot be read: {source}")),
    }
    .caused_by(error)
}

/// The error for a token beside OAuth credentials.
pub(crate) fn oauth_conflict(place: Place) -> ConfigError {
    let hint = match place {
        Place::Variable(_) => "unset it, or use `modal-credentials exec`, which does not pass it on",
        _ => "remove the keys oauth_* from the profile, or use another with --profile",
    };
    ConfigError::new(place, "OAuth credentials and a token are both configured; Modal's clients refuse that")
        .with_hint(hint)
}
