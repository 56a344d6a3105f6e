//! Makes a resolver out of what the program chose, the configuration and the environment.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::inherited::Inherited;
use super::{DEFAULT_TIMEOUT, Inner, Resolver};
use crate::chain::{Chain, LONGEST_TIMEOUT};
use crate::config::{Config, KnownProviders, SelectedBy, Selectors, Source};
use crate::credentials::{Credentials, Key};
use crate::error::{ConfigError, Error, Place};
use crate::host::Host;
use crate::provider::explicit::Explicit;
use crate::provider::settings::Settings;
use crate::provider::{DEFAULT_ORDER, Provider};
use crate::text::OneLine;

/// Makes a [`Resolver`].
///
/// ```
/// use modal_credentials::{Resolver, host::Host};
///
/// let host = Host::with_vars([("MODAL_TOKEN_ID", "ak-1"), ("MODAL_TOKEN_SECRET", "as-2")]);
/// let resolved = Resolver::builder().host(host).build()?.resolve_blocking()?;
/// assert_eq!(resolved.credentials().token_id(), "ak-1");
/// # Ok::<(), modal_credentials::Error>(())
/// ```
#[derive(Default)]
pub struct ResolverBuilder {
    host: Option<Host>,
    selectors: Selectors,
    config: Option<Config>,
    providers: Option<(Vec<String>, Place)>,
    custom: Vec<Arc<dyn Provider>>,
    explicit: Explicit,
    timeout: Option<Duration>,
}

impl ResolverBuilder {
    /// Credentials that win over every other source.
    #[must_use]
    pub fn credentials(self, credentials: &Credentials) -> Self {
        self.token_id(credentials.token_id()).token_secret(credentials.token_secret().clone())
    }

    /// A token id that wins over environment and file. Without a secret passed in as well, that is looked up there; a
    /// manager's pair is never mixed with it.
    #[must_use]
    pub fn token_id(mut self, token_id: impl Into<String>) -> Self {
        self.explicit.token_id = Some(token_id.into());
        self
    }

    /// A token secret that wins over environment and file; see [`ResolverBuilder::token_id`].
    #[must_use]
    pub fn token_secret(mut self, token_secret: SecretString) -> Self {
        self.explicit.token_secret = Some(token_secret);
        self
    }

    /// The profile, instead of `MODAL_PROFILE` and the active one.
    #[must_use]
    pub fn profile(mut self, profile: impl Into<String>) -> Self {
        self.selectors.profile = Some(profile.into());
        self
    }

    /// The configuration file, instead of `MODAL_CONFIG_PATH` and `~/.modal.toml`. It has to exist.
    #[must_use]
    pub fn config_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.selectors.path = Some(path.into());
        self
    }

    /// A configuration that was read already, with its host, file and profile, and with what was overridden in it. It
    /// goes with none of [`host`](Self::host), [`profile`](Self::profile) and [`config_file`](Self::config_file).
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// The world to read from, instead of the process's.
    #[must_use]
    pub fn host(mut self, host: Host) -> Self {
        self.host = Some(host);
        self
    }

    /// The sources to ask, instead of those that variable and profile list.
    #[must_use]
    pub fn providers<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.providers = Some((names.into_iter().map(Into::into).collect(), Place::Program));
        self
    }

    /// As [`ResolverBuilder::providers`], from a flag of the command line, which messages then name.
    #[cfg(feature = "cli")]
    pub(crate) fn providers_of_flag(mut self, names: Vec<String>) -> Self {
        self.providers = Some((names, Place::Flag("--providers")));
        self
    }

    /// Registers a provider. Unless a list says otherwise it is asked before environment and file, after those that were
    /// registered earlier.
    #[must_use]
    pub fn provider(mut self, provider: impl Provider + 'static) -> Self {
        self.custom.push(Arc::new(provider));
        self
    }

    /// How long resolving may take in all, whatever a provider is allowed; at most a day. Without it that is
    /// [`DEFAULT_TIMEOUT`], or what the slowest provider is allowed.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The resolver. It reads the configuration, unless a whole pair was passed in, and contacts nobody.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn build(self) -> Result<Resolver, Error> {
        let registered = names(&self.custom)?;
        let selects =
            self.host.is_some() || self.selectors.profile.is_some() || self.selectors.path.is_some();
        if self.config.is_some() && selects {
            return Err(config_and_selectors().into());
        }
        if let Some(pair) = self.explicit.pair() {
            pair.map_err(|error| ConfigError::new(Place::Program, error.to_string()))?;
            return Ok(self.resolver_of_explicit_pair());
        }
        let timeout = self.whole_timeout();
        let config = match self.config {
            Some(config) => config,
            None => Config::load(self.host.unwrap_or_else(Host::from_process), self.selectors)?,
        };
        config.check()?;
        let known = KnownProviders { registered: &registered, reserved: DEFAULT_ORDER };
        let is_chosen = self.providers.is_some();
        let chosen = self.providers.as_ref().map(|(names, place)| (names.as_slice(), place.clone()));
        let sources = config.sources(chosen, known)?;
        let inherited = Inherited::of(&config, is_chosen)?;
        let providers = match inherited {
            Inherited::Pair => Vec::new(),
            _ => listed(&sources, &self.custom),
        };
        if let (Some(key), false) = (self.explicit.half(), providers.is_empty()) {
            return Err(half_with_managers(key).into());
        }
        let settings = Settings {
            explicit: self.explicit.clone(),
            environment: inherited.ask_environment(&sources),
            file: inherited.ask_file(&sources),
            config: config.clone(),
        };
        Ok(Resolver(Arc::new(Inner {
            host: config.host().clone(),
            selected_by: config.profile_selected_by(),
            config_file: config.path().map(|path| path.display().to_string()),
            config_path: config.absolute_path(),
            warnings: config.warnings().to_vec(),
            exposure: config.exposure(),
            chain: Chain {
                profile: config.profile().to_owned(),
                explicit: self.explicit,
                providers,
                settings: Some(settings),
                timeout,
            },
        })))
    }

    fn whole_timeout(&self) -> Duration {
        let slowest = self.custom.iter().map(Provider::timeout).fold(DEFAULT_TIMEOUT, Duration::max);
        self.timeout.unwrap_or(slowest).min(LONGEST_TIMEOUT)
    }

    fn resolver_of_explicit_pair(self) -> Resolver {
        let profile = self.selectors.profile;
        Resolver(Arc::new(Inner {
            host: self.host.unwrap_or_else(Host::from_process),
            selected_by: if profile.is_some() { SelectedBy::Explicit } else { SelectedBy::Default },
            config_file: None,
            config_path: None,
            warnings: Vec::new(),
            exposure: None,
            chain: Chain {
                profile: profile.unwrap_or_else(|| "default".to_owned()),
                explicit: self.explicit,
                providers: Vec::new(),
                settings: None,
                timeout: DEFAULT_TIMEOUT,
            },
        }))
    }
}

/// The names of registered providers, each of which has to be its own.
fn names(custom: &[Arc<dyn Provider>]) -> Result<Vec<String>, ConfigError> {
    let mut names: Vec<String> = Vec::new();
    for provider in custom {
        let name = provider.name();
        let is_word = |name: &str| {
            name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
        };
        if name.is_empty() || !is_word(name) {
            return Err(ConfigError::new(
                Place::Program,
                format!("`{}` cannot be the name of a provider", OneLine(name)),
            )
            .with_hint("use lower case letters, digits, - and _"));
        }
        if DEFAULT_ORDER.contains(&name) || names.iter().any(|known| known == name) {
            return Err(ConfigError::new(Place::Program, format!("the provider name {name} is taken"))
                .with_hint("give the provider another name"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn listed(sources: &[Source], custom: &[Arc<dyn Provider>]) -> Vec<Arc<dyn Provider>> {
    sources
        .iter()
        .filter_map(|source| match source {
            Source::Custom(name) => custom.iter().find(|provider| provider.name() == name).cloned(),
            Source::Environment | Source::File => None,
        })
        .collect()
}

fn config_and_selectors() -> ConfigError {
    ConfigError::new(Place::Program, "a configuration was passed in, and a host, profile or file besides")
        .with_hint("choose them when the configuration is read")
}

fn half_with_managers(key: Key) -> ConfigError {
    ConfigError::new(
        Place::Program,
        format!("only {} was passed in, and a manager's pair is never mixed", key.name()),
    )
    .with_hint("pass in both keys, or list only environment and file as providers")
}
