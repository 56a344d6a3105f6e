//! The outside world as a value: the environment, the home folder, files and the clock.
//!
//! Nothing else in the crate reads them, so a test hands in a world of its own, and whoever wants to know what the program
//! can see reads this module.

mod clock;
pub(crate) mod file;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

pub use clock::{Clock, SystemClock};

/// The world a resolver, a configuration or a provider sees.
#[derive(Clone)]
pub struct Host {
    environment: Environment,
    /// Set here, over the environment, with [`Host::set_var`]; `None` hides a variable.
    overrides: BTreeMap<OsString, Option<OsString>>,
    clock: Arc<dyn Clock>,
}

#[derive(Clone)]
enum Environment {
    /// The process's own, read when it is asked: a copy would be one more place that holds `MODAL_TOKEN_SECRET`.
    Process,
    Fixed(BTreeMap<OsString, OsString>),
}

impl Host {
    /// The process's environment and the system's clock.
    pub fn from_process() -> Self {
        Self { environment: Environment::Process, overrides: BTreeMap::new(), clock: Arc::new(SystemClock) }
    }

    /// A world with just these variables, for tests and for programs that keep several identities apart.
    pub fn with_vars<K: Into<OsString>, V: Into<OsString>>(vars: impl IntoIterator<Item = (K, V)>) -> Self {
        let vars = vars.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Self {
            environment: Environment::Fixed(vars),
            overrides: BTreeMap::new(),
            clock: Arc::new(SystemClock),
        }
    }

    /// The same world with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets a variable in this value only; the process's environment stays as it is.
    pub fn set_var(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.overrides.insert(name.into(), Some(value.into()));
    }

    /// Hides a variable in this value only.
    pub fn remove_var(&mut self, name: impl Into<OsString>) {
        self.overrides.insert(name.into(), None);
    }

    /// A variable as it stands; `None` if it is not set. One that is set to nothing is `Some("")`.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the process's environment"
    )]
    pub fn var_os(&self, name: &str) -> Option<OsString> {
        match (self.overrides.get(OsStr::new(name)), &self.environment) {
            (Some(value), _) => value.clone(),
            (None, Environment::Process) => std::env::var_os(name),
            (None, Environment::Fixed(vars)) => vars.get(OsStr::new(name)).cloned(),
        }
    }

    /// A variable as text.
    ///
    /// # Errors
    /// When its value is not UTF-8: nothing that this crate reads from the environment can be, but for paths.
    pub fn var(&self, name: &str) -> Result<Option<String>, NotUnicode> {
        match self.var_os(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(_)) => Err(NotUnicode { variable: name.to_owned() }),
        }
    }

    /// The names, as far as they are UTF-8, of the variables that start with `prefix`, sorted.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the process's environment"
    )]
    pub fn var_names(&self, prefix: &str) -> Vec<String> {
        let mut names: BTreeMap<OsString, bool> = match &self.environment {
            Environment::Process => std::env::vars_os().map(|(name, _)| (name, true)).collect(),
            Environment::Fixed(vars) => vars.keys().map(|name| (name.clone(), true)).collect(),
        };
        names.extend(self.overrides.iter().map(|(name, value)| (name.clone(), value.is_some())));
        names
            .into_iter()
            .filter(|(_, is_set)| *is_set)
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| name.starts_with(prefix))
            .collect()
    }

    /// Whether this is one of Modal's own containers, where the official client reads and writes no file.
    pub(crate) fn is_remote(&self) -> bool {
        self.var_os("MODAL_IS_REMOTE").is_some_and(|value| value == "1")
    }

    /// The path of the configuration file: `MODAL_CONFIG_PATH` if it is not empty, else `.modal.toml` in the home folder
    /// ([modal.config](https://modal.com/docs/reference/modal.config), "Meta-configuration"). `None` if there is no home.
    pub(crate) fn config_path(&self) -> Option<PathBuf> {
        match self.var_os("MODAL_CONFIG_PATH") {
            Some(path) if !path.is_empty() => Some(PathBuf::from(path)),
            _ => self.home().map(|home| home.join(".modal.toml")),
        }
    }

    /// `HOME` as it stands, and without it the user database: Python's `os.path.expanduser`, which the official client
    /// uses. An empty `HOME` is the root folder there, and so here.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that knows the home folder")]
    fn home(&self) -> Option<PathBuf> {
        let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        match (self.var_os(variable), &self.environment) {
            (Some(home), _) if home.is_empty() => Some(PathBuf::from("/")),
            (Some(home), _) => Some(PathBuf::from(home)),
            (None, Environment::Process) => std::env::home_dir(),
            (None, Environment::Fixed(_)) => None,
        }
    }

    /// The present moment.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The clock, to wait with.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

impl fmt::Debug for Host {
    /// Leaves the variables out: they hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// A variable whose value is not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} is not valid UTF-8")]
pub struct NotUnicode {
    /// The variable's name.
    pub variable: String,
}
