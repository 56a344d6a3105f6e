//! The public door: a [`Resolver`] knows which sources to ask for which profile, and asks them.

mod builder;
mod inherited;

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::time::Duration;

pub use self::builder::ResolverBuilder;

use crate::chain::{Chain, Run};
use crate::config::SelectedBy;
use crate::error::{Error, Failure, FailureKind, ProviderError};
use crate::explain::{EXPLANATION_VERSION, Explanation, Outcome};
use crate::host::Host;
use crate::resolved::Resolved;

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
