//! The configuration of Modal's clients: `.modal.toml`, the variables `MODAL_*`, and what the two mean together.
//!
//! [`Config`] answers what the Python client's `modal.config.Config` answers. The modules below are pure: text and variables
//! in, values out. Only this one reads and writes the file, through [`crate::host`].

mod dialect;
mod document;
mod edit;
mod get;
mod profile;
mod python;
mod settings;
mod sources;
mod value;
mod words;
mod write;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret;

pub use self::edit::EditError;
pub use self::profile::SelectedBy;
pub use self::value::Value;
pub(crate) use self::words::{ProfileAdvice, oauth_conflict};
pub use self::write::{TokenEdit, Written};

use self::document::{Active, Document};
use self::profile::Selection;
pub(crate) use self::settings::DEFAULT_SERVER_URL;
use self::settings::Setting;
#[cfg(feature = "cli")]
pub(crate) use self::sources::VARIABLE_PREFIX;
pub(crate) use self::sources::{
    KnownProviders, PROVIDERS_VARIABLE, RESOLVED_CONFIG_VARIABLE, RESOLVED_ID_VARIABLE, RESOLVED_VARIABLE,
    Source,
};

use crate::error::{ConfigError, Place};
use crate::host::Host;
use crate::host::file;

/// The configuration that a client in this process would see.
///
/// For each setting: the variable `MODAL_<KEY>`, else the key of the profile in `.modal.toml`, else the default
/// ([modal.config](https://modal.com/docs/reference/modal.config)). The file is read once, when the value is made; variables
/// are read when they are asked for.
#[derive(Clone)]
pub struct Config {
    host: Host,
    document: Arc<Document>,
    selection: Selection,
    path: FilePath,
    /// What others than the owner may do with the file.
    exposed: Exposed,
    /// OAuth variables that were set, and are not looked at any more.
    dropped_oauth: Vec<String>,
}

impl fmt::Debug for Config {
    /// Names only: a value may be a secret, or have one in its place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("path", &self.path)
            .field("profile", &self.profile())
            .finish_non_exhaustive()
    }
}

/// Where the configuration file is.
#[derive(Debug, Clone)]
enum FilePath {
    /// There is no home folder to look in.
    Nowhere,
    /// `MODAL_IS_REMOTE=1`: the file is neither read nor written.
    Remote,
    /// Here, whether there is a file, and whether the program or a flag named it.
    At { path: PathBuf, exists: bool, is_named: bool },
}

/// What others than the owner may do with the file.
#[derive(Debug, Clone, Copy)]
enum Exposed {
    No,
    Readable,
    Writable,
}

/// What replaces the environment when a configuration is read.
#[derive(Debug, Clone, Default)]
pub struct Selectors {
    /// The configuration file, instead of `MODAL_CONFIG_PATH`. It has to exist to be read.
    pub path: Option<PathBuf>,
    /// The profile, instead of `MODAL_PROFILE`.
    pub profile: Option<String>,
}

impl Config {
    /// The configuration of this process.
    ///
    /// # Errors
    /// When the file cannot be read or is malformed, or a variable that selects is not UTF-8.
    pub fn from_process() -> Result<Self, ConfigError> {
        Self::load(Host::from_process(), Selectors::default())
    }

    /// The configuration in a world of the caller's.
    ///
    /// # Errors
    /// As [`Config::from_process`].
    pub fn load(host: Host, selectors: Selectors) -> Result<Self, ConfigError> {
        let must_exist = selectors.path.is_some();
        let config = Self::open(host, selectors)?;
        if let (true, FilePath::At { path, exists: false, .. }) = (must_exist, &config.path) {
            let place = Place::File { path: path.clone(), position: None };
            return Err(ConfigError::new(place, "there is no such file").with_hint("check the path"));
        }
        Ok(config)
    }

    /// As [`Config::load`], but a named file need not exist: to write it.
    ///
    /// # Errors
    /// As [`Config::from_process`].
    pub fn open(host: Host, selectors: Selectors) -> Result<Self, ConfigError> {
        let is_named = selectors.path.is_some();
        let path = match selectors.path.or_else(|| host.config_path()) {
            // The official client reads and writes no file inside Modal's own containers.
            _ if host.is_remote() => FilePath::Remote,
            None => FilePath::Nowhere,
            Some(path) => FilePath::At { path, exists: false, is_named },
        };
        let mut config = Self {
            document: Arc::new(Document::empty(path.as_path())),
            selection: Selection { name: "default".to_owned(), by: SelectedBy::Default },
            exposed: Exposed::No,
            dropped_oauth: Vec::new(),
            host,
            path,
        };
        config.read()?;
        config.select(selectors.profile.as_deref())?;
        Ok(config)
    }

    fn read(&mut self) -> Result<(), ConfigError> {
        let FilePath::At { path, exists, .. } = &mut self.path else { return Ok(()) };
        let contents =
            file::read(path, file::CONFIG_LIMIT).map_err(|error| words::unreadable(path, error))?;
        let Some(contents) = contents else { return Ok(()) };
        *exists = true;
        self.exposed = match () {
            () if contents.writable_by_others() => Exposed::Writable,
            () if contents.readable_by_others() => Exposed::Readable,
            () => Exposed::No,
        };
        self.document = Arc::new(Document::parse(contents.text.expose_secret(), path.clone())?);
        Ok(())
    }

    fn select(&mut self, explicit: Option<&str>) -> Result<(), ConfigError> {
        self.selection = profile::select(explicit, &self.host, &self.document)?;
        Ok(())
    }

    /// The world this configuration reads from.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The profile that is meant: the one asked for, else `MODAL_PROFILE`, else the active one, else `default`.
    pub fn profile(&self) -> &str {
        &self.selection.name
    }

    /// The profile that `active = true` selects in the file.
    pub fn active_profile(&self) -> Option<&str> {
        self.document
            .profiles()
            .iter()
            .find(|profile| profile.active == Active::Yes)
            .map(|profile| profile.name.as_str())
    }

    /// What selected the profile.
    pub fn profile_selected_by(&self) -> SelectedBy {
        self.selection.by
    }

    /// The profiles in the file, in its order (`config_profiles` in Python).
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.document.profiles().iter().map(|profile| profile.name.as_str())
    }

    /// Where the file is, whether it exists or not; `None` without a home folder and inside Modal's own containers.
    pub fn path(&self) -> Option<&Path> {
        match &self.path {
            FilePath::At { path, .. } => Some(path),
            FilePath::Nowhere | FilePath::Remote => None,
        }
    }

    /// The settings that are set and that Modal's client will ignore some day.
    pub fn deprecated(&self) -> Vec<&'static str> {
        let is_set = |setting: &&Setting| {
            self.host.var_os(&setting.variable()).is_some() || self.in_file(setting.key).is_some()
        };
        settings::SETTINGS.iter().filter(|s| s.deprecated).filter(is_set).map(|setting| setting.key).collect()
    }

    /// What works and is worth a look: what the official client reads differently, one sentence each.
    pub fn warnings(&self) -> &[String] {
        self.document.warnings()
    }

    /// A sentence if others than the owner can change the file, or can read it and it holds secrets.
    pub fn exposure(&self) -> Option<String> {
        let path = self.path()?.display();
        match self.exposed {
            Exposed::Writable => Some(format!("other users can change {path}; run: chmod 600 {path}")),
            Exposed::Readable if self.holds_secrets() => {
                Some(format!("other users can read {path}; run: chmod 600 {path}"))
            }
            Exposed::Readable | Exposed::No => None,
        }
    }

    /// The same configuration without the variables `MODAL_OAUTH_*`, for whoever hands out a token and drops them.
    #[must_use]
    pub fn without_oauth_variables(mut self) -> Self {
        for name in self.host.var_names("MODAL_OAUTH_") {
            if self.host.var_os(&name).is_some_and(|value| !value.is_empty()) {
                self.dropped_oauth.push(name.clone());
            }
            self.host.remove_var(name);
        }
        self
    }

    /// The variables that [`Config::without_oauth_variables`] took away, as far as they were not empty.
    pub fn dropped_oauth(&self) -> &[String] {
        &self.dropped_oauth
    }

    /// Refuses what the official client refuses when it is created: a choice of profile that is ambiguous.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        profile::check(&self.document, self.profile())
    }

    /// The path of the file, from the root, so that it means the same in another folder.
    pub(crate) fn absolute_path(&self) -> Option<PathBuf> {
        std::path::absolute(self.path()?).ok()
    }

    /// Whether the program or a flag named the file, instead of `MODAL_CONFIG_PATH` or the default.
    pub(crate) fn is_file_named(&self) -> bool {
        matches!(self.path, FilePath::At { is_named: true, .. })
    }

    /// Whether the file can be written, as far as its path tells.
    pub(crate) fn is_file_writable(&self) -> bool {
        matches!(self.path, FilePath::At { .. })
    }

    /// Whether the file has the profile that is meant.
    pub fn has_profile(&self) -> bool {
        self.document.profile(self.profile()).is_some()
    }

    /// Whether a setting is a secret, to be printed only when it is asked for.
    pub fn is_secret(key: &str) -> bool {
        settings::find(key).is_some_and(|setting| setting.secret)
    }

    /// The variable that hides a setting in the file, if it is set.
    pub fn hidden_by(&self, key: &str) -> Option<String> {
        let variable = settings::find(key)?.variable();
        self.host.var_os(&variable).map(|_| variable)
    }

    /// The sources to ask, in order.
    pub(crate) fn sources(
        &self,
        chosen: Option<(&[String], Place)>,
        known: KnownProviders<'_>,
    ) -> Result<Vec<Source>, ConfigError> {
        sources::plan(chosen, &self.host, &self.document, self.document.profile(self.profile()), known)
    }

    /// What the file says of a key of the profile, and where.
    pub(crate) fn in_file(&self, key: &str) -> Option<(&Value, Place)> {
        let located = self.document.profile(self.profile())?.get(key)?;
        Some((&located.value, self.document.place(Some(located.position))))
    }

    /// Where OAuth credentials are configured, if they are: a variable that is set to nothing hides the file's key.
    pub(crate) fn oauth(&self) -> Option<Place> {
        let place = |setting: &Setting| match self.host.var_os(&setting.variable()) {
            Some(value) if value.is_empty() => None,
            Some(_) => Some(Place::Variable(setting.variable())),
            None => {
                self.in_file(setting.key).filter(|(value, _)| python::truth(value)).map(|(_, place)| place)
            }
        };
        settings::SETTINGS.iter().filter(|setting| setting.key.starts_with("oauth_")).find_map(place)
    }

    fn holds_secrets(&self) -> bool {
        self.document.profiles().iter().any(|profile| {
            settings::SETTINGS
                .iter()
                .filter(|setting| setting.secret)
                .any(|setting| profile.get(setting.key).is_some())
        })
    }
}

impl FilePath {
    fn as_path(&self) -> &Path {
        match self {
            Self::At { path, .. } => path,
            Self::Nowhere | Self::Remote => Path::new(".modal.toml"),
        }
    }
}
