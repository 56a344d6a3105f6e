//! What a source of credentials is, and the order in which sources are asked.
//!
//! The default order. Each stands here from the start, so that a name keeps its meaning from release to release; those
//! that this build lacks are refused by name:
//!
//! 1. `explicit`: what the program passes in
//! 2. `agent`: a local agent
//! 3. custom providers, in the order in which the program registered them
//! 4. `process`: a command
//! 5. `mounted`: a folder of files
//! 6. `keychain`: the operating system's
//! 7. `vault`: `HashiCorp` Vault
//! 8. `aws`: AWS Secrets Manager
//! 9. `environment`: `MODAL_TOKEN_ID` and `MODAL_TOKEN_SECRET`
//! 10. `file`: the profile in `.modal.toml`
//!
//! The first, the ninth and the tenth are Modal's documented order and cannot be reordered; the last two are one step, key
//! by key, as in the official client.

pub(crate) mod explicit;
pub(crate) mod settings;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::credentials::Credentials;
use crate::error::Failure;
use crate::host::Host;

/// The names of all sources, in the default order.
pub(crate) const DEFAULT_ORDER: &[&str] =
    &["explicit", "agent", "process", "mounted", "keychain", "vault", "aws", "environment", "file"];

/// How long one provider may take unless it says otherwise.
pub const DEFAULT_PROVIDER_TIMEOUT: Duration = Duration::from_secs(5);

/// A source of credentials.
///
/// A provider keeps its configuration and nothing else: no cache, no task, no thread. It is asked when a pair is needed,
/// and answers with one of three words ([`Lookup`]). The crate's example `custom_provider` is a whole one.
pub trait Provider: Send + Sync {
    /// The name by which `providers = [..]`, messages and explanations call it: lower case, one word.
    fn name(&self) -> &str;

    /// Looks the pair up.
    ///
    /// The future must not block its thread. It is dropped at [`Context::deadline`] at the latest, and that counts as a
    /// failure of the kind [`FailureKind::Unavailable`](crate::FailureKind::Unavailable).
    fn provide<'a>(&'a self, context: &'a Context<'a>) -> ProvideFuture<'a>;

    /// How long [`Provider::provide`] may take.
    fn timeout(&self) -> Duration {
        DEFAULT_PROVIDER_TIMEOUT
    }
}

/// What [`Provider::provide`] returns: `Box::pin(async move { … })`.
pub type ProvideFuture<'a> = Pin<Box<dyn Future<Output = Lookup> + Send + 'a>>;

/// What a provider is told when it is asked.
#[derive(Debug)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The profile the pair is for.
    pub profile: &'a str,
    /// When the answer has to be there.
    pub deadline: Instant,
    /// The world to read from.
    pub host: &'a Host,
}

impl<'a> Context<'a> {
    /// What a provider is told that has [`DEFAULT_PROVIDER_TIMEOUT`] from now: to call one in a test.
    pub fn new(profile: &'a str, host: &'a Host) -> Self {
        Self { profile, deadline: host.now() + DEFAULT_PROVIDER_TIMEOUT, host }
    }
}

impl<P: Provider + ?Sized> Provider for Arc<P> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn provide<'a>(&'a self, context: &'a Context<'a>) -> ProvideFuture<'a> {
        (**self).provide(context)
    }

    fn timeout(&self) -> Duration {
        (**self).timeout()
    }
}

/// A provider's answer.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// Here is the pair.
    Found(Found),
    /// There is none here, and that is all right: the next source is asked. The text is the reason, for people to read,
    /// such as "no Vault path is configured".
    Absent(String),
    /// There should be one and it cannot be had: no other source is asked, for a source that is down must never quietly
    /// select a weaker one.
    Failed(Failure),
}

/// A pair, and what its source knows of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Found {
    /// The pair.
    pub credentials: Credentials,
    /// The item it was read from, for people to read: a path, an ARN, an account.
    pub item: Option<String>,
    /// The item's version, if its source has such a thing.
    pub version: Option<String>,
    /// When the pair ends to be valid, if the source knows.
    pub expires_at: Option<SystemTime>,
}

impl Found {
    /// A pair of which nothing else is known.
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials, item: None, version: None, expires_at: None }
    }

    /// Names the item the pair was read from.
    #[must_use]
    pub fn with_item(self, item: impl fmt::Display) -> Self {
        Self { item: Some(item.to_string()), ..self }
    }

    /// Names the item's version.
    #[must_use]
    pub fn with_version(self, version: impl fmt::Display) -> Self {
        Self { version: Some(version.to_string()), ..self }
    }

    /// Says when the pair ends to be valid.
    #[must_use]
    pub fn with_expiry(self, expires_at: SystemTime) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }
}

impl From<Credentials> for Lookup {
    fn from(credentials: Credentials) -> Self {
        Self::Found(Found::new(credentials))
    }
}

impl From<Found> for Lookup {
    fn from(found: Found) -> Self {
        Self::Found(found)
    }
}

impl From<Failure> for Lookup {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
