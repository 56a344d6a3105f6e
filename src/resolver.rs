//! The public door: a [`Resolver`] knows which sources to ask for which profile, and asks them.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::time::Duration;

use secrecy::SecretString;

use crate::chain::{Chain, LONGEST_TIMEOUT, Run};
use crate::config::{
    Config, KnownProviders, PROVIDERS_VARIABLE, RESOLVED_CONFIG_VARIABLE, RESOLVED_ID_VARIABLE,
    RESOLVED_VARIABLE, SelectedBy, Selectors, Source,
};
use crate::credentials::{Credentials, Key};
use crate::error::{ConfigError, Error, Failure, FailureKind, Place, ProviderError};
use crate::explain::{EXPLANATION_VERSION, Explanation, Outcome};
use crate::host::Host;
use crate::provider::explicit::Explicit;
use crate::provider::settings::{Ask, Settings};
use crate::provider::{DEFAULT_ORDER, Provider};
use crate::resolved::Resolved;
use crate::text::OneLine;

/// How long resolving may take in all, unless a provider is allowed longer.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);
/// What a thread may need beyond the deadlines to report that one has passed.
const REPORTING_TIME: Duration = Duration::from_secs(1);

/// Resolves Modal credentials from the sources that are configured.
///
/// Making one reads `.modal.toml`, once: a file that changes later is read by the next resolver. It contacts nobody, is
/// cheap to clone, and can be used from many threads.
///
/// ```no_run
/// use modal_credentials::Resolver;
///
/// let resolved = Resolver::from_process()?.resolve_blocking()?;
/// println!("using {} from {}", resolved.credentials().display_id(), resolved.origin());
/// # Ok::<(), modal_credentials::Error>(())
/// ```
#[derive(Clone)]
pub struct Resolver(Arc<Inner>);

struct Inner {
    chain: Chain,
    host: Host,
    selected_by: SelectedBy,
    config_file: Option<String>,
    config_path: Option<PathBuf>,
    warnings: Vec<String>,
    /// What to say of a configuration file that others can read, when a key comes from it.
    exposure: Option<String>,
}

impl Resolver {
    /// The resolver that this process's environment and `.modal.toml` describe.
    ///
    /// # Errors
    /// [`Error::Configuration`].
    pub fn from_process() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// A resolver made by hand.
    pub fn builder() -> ResolverBuilder {
        ResolverBuilder::default()
    }

    /// Asks the sources in order, on the tokio runtime around the call.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no source has credentials, [`Error::Provider`] if one that should have failed,
    /// [`Error::Configuration`] if a token stands beside OAuth credentials, [`Error::NoRuntime`] without a runtime.
    pub async fn resolve(&self) -> Result<Arc<Resolved>, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::NoRuntime);
        }
        self.run().await.result.map(Arc::new)
    }

    /// Asks the sources in order and waits. It needs no runtime and works inside one: where there is anybody to wait for,
    /// it does so on a thread of its own.
    ///
    /// # Errors
    /// As [`Resolver::resolve`], but never [`Error::NoRuntime`].
    pub fn resolve_blocking(&self) -> Result<Arc<Resolved>, Error> {
        self.run_blocking()?.result.map(Arc::new)
    }

    /// What every source answers, in order.
    ///
    /// # Errors
    /// [`Error::NoRuntime`]; all else is part of the explanation.
    pub async fn explain(&self) -> Result<Explanation, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::NoRuntime);
        }
        Ok(self.explanation(self.run().await))
    }

    /// As [`Resolver::explain`], waiting as [`Resolver::resolve_blocking`] does.
    ///
    /// # Errors
    /// When the thread that waits cannot be started or does not come back; all else is part of the explanation.
    pub fn explain_blocking(&self) -> Result<Explanation, Error> {
        Ok(self.explanation(self.run_blocking()?))
    }

    /// Resolves and explains at once, so that nobody is asked twice; waits as [`Resolver::resolve_blocking`] does.
    ///
    /// # Errors
    /// As [`Resolver::explain_blocking`]; that there are no credentials is the inner result.
    pub fn resolve_explained_blocking(&self) -> Result<(Explanation, Result<Arc<Resolved>, Error>), Error> {
        let run = self.run_blocking()?;
        let result = run.result.clone().map(Arc::new);
        Ok((self.explanation(run), result))
    }

    /// The configuration file that is looked at, as an absolute path, whether it is there or not.
    pub fn config_file(&self) -> Option<&Path> {
        self.0.config_path.as_deref()
    }

    /// The profile that credentials are resolved for.
    pub fn profile(&self) -> &str {
        &self.0.chain.profile
    }

    /// Asks, and adds what is worth a look of the configuration, and of the file if a key came from it.
    async fn run(&self) -> Run {
        let Run { result, sources } = self.0.chain.run(&self.0.host).await;
        let result = result.map(|resolved| {
            let exposure = self.0.exposure.clone().filter(|_| resolved.is_from_file());
            resolved.warn(self.0.warnings.iter().cloned().chain(exposure))
        });
        Run { result, sources }
    }

    fn explanation(&self, run: Run) -> Explanation {
        let warnings = match &run.result {
            Ok(resolved) => resolved.warnings().to_vec(),
            Err(_) => self.0.warnings.clone(),
        };
        Explanation {
            version: EXPLANATION_VERSION,
            profile: Some(self.profile().to_owned()),
            profile_selected_by: Some(self.0.selected_by),
            config_file: self.0.config_file.clone(),
            outcome: Outcome::of(&run.result),
            sources: run.sources,
            warnings,
        }
    }

    fn run_blocking(&self) -> Result<Run, Error> {
        if !self.0.chain.waits()
            && let Some(run) = poll_once(self.run())
        {
            return Ok(run);
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        let resolver = self.clone();
        // Detached on purpose: a provider that blocks its thread in spite of its contract must not hold up the caller, nor
        // the end of the process.
        std::thread::Builder::new()
            .name("modal-credentials".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let run = runtime.map(|runtime| {
                    let run = runtime.block_on(resolver.run());
                    runtime.shutdown_background();
                    run
                });
                // The receiver has gone if the deadline has passed; nobody is left to tell.
                drop(sender.send(run));
            })
            .map_err(|error| stuck(format!("cannot start a thread: {error}")))?;
        match receiver.recv_timeout(self.0.chain.timeout + REPORTING_TIME) {
            Ok(Ok(run)) => Ok(run),
            Ok(Err(error)) => Err(stuck(format!("cannot start a runtime: {error}"))),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                Err(stuck("a provider blocks and does not answer".to_owned()))
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(stuck("a provider panicked".to_owned())),
        }
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").field("profile", &self.profile()).finish_non_exhaustive()
    }
}

fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut std::task::Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

fn stuck(message: String) -> Error {
    let failure = Failure::new(FailureKind::Unavailable, message);
    Error::Provider(ProviderError { provider: None, failure })
}

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

/// A pair in the environment that `exec` left there, with a marker that says whose it is.
enum Inherited {
    /// There is none: no marker, or somebody has put another token in its place since.
    Nothing,
    /// For this very profile of this very file: it is taken, and no manager is asked again.
    Pair,
    /// For the named profile, which is another or of another file: the environment does not count.
    ForOther(String),
}

impl Inherited {
    fn of(config: &Config, is_chosen: bool) -> Result<Self, ConfigError> {
        let host = config.host();
        let Some(profile) = host.var(RESOLVED_VARIABLE)? else { return Ok(Self::Nothing) };
        let [id, secret] = Key::BOTH.map(|key| host.var_os(key.variable()).filter(|value| !value.is_empty()));
        let is_handed_down =
            host.var_os(RESOLVED_ID_VARIABLE).is_none_or(|handed| id.as_ref() == Some(&handed));
        if !is_handed_down {
            return Ok(Self::Nothing);
        }
        // The file matters too: two files may each have a profile of that name.
        let is_same_file = match host.var_os(RESOLVED_CONFIG_VARIABLE) {
            Some(path) => config.absolute_path().is_some_and(|own| own == path),
            None => !config.is_file_named(),
        };
        if profile != config.profile() || !is_same_file {
            return Ok(Self::ForOther(profile));
        }
        // Sources that were chosen by hand are asked.
        let is_chosen = is_chosen || host.var_os(PROVIDERS_VARIABLE).is_some();
        Ok(if id.is_some() && secret.is_some() && !is_chosen { Self::Pair } else { Self::Nothing })
    }

    fn ask_environment(&self, sources: &[Source]) -> Ask {
        match self {
            Self::Pair => Ask::Yes,
            _ if !sources.contains(&Source::Environment) => Ask::NotListed,
            Self::Nothing => Ask::Yes,
            Self::ForOther(profile) => {
                Ask::Ignored(format!("it holds the pair that exec handed down for profile {profile}"))
            }
        }
    }

    fn ask_file(&self, sources: &[Source]) -> Ask {
        match self {
            Self::Pair => Ask::Ignored("exec handed down the pair for this profile".to_owned()),
            _ if !sources.contains(&Source::File) => Ask::NotListed,
            _ => Ask::Yes,
        }
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
