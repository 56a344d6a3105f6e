//! A credential provider for [Modal](https://modal.com): finds the token of a program, an id (`ak-…`) and a secret
//! (`as-…`), where it is kept.
//!
//! The documented order is never changed: what the program passes in, then the environment, then `.modal.toml`
//! ([Modal's documentation](https://modal.com/docs/reference/modal.config)). Providers of one's own stand before environment
//! and file. A source that should answer and cannot is an error; it never turns quietly into a weaker one.
//!
//! ```no_run
//! # async fn run() -> Result<(), modal_credentials::Error> {
//! let resolver = modal_credentials::Resolver::from_process()?;
//! let resolved = resolver.resolve().await?;
//! println!("using {} from {}", resolved.credentials().display_id(), resolved.origin());
//! # Ok(())
//! # }
//! ```
//!
//! - [`Resolver`] finds the pair, asynchronously or not, and explains how.
//! - [`Provider`] is the trait for a source of one's own.
//! - [`Config`] answers what Python's `modal.config` answers.
//!
//! Features: `cli` (default) builds the command of the same name; without it the package is a library only.

mod chain;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod config;
mod credentials;
mod error;
mod explain;
pub mod host;
mod provider;
mod report;
mod resolved;
mod resolver;
mod secret;
mod text;

pub use config::Config;
pub use credentials::{Credentials, InvalidCredentials, Key, KeyOrigin, Origin};
pub use error::{ConfigError, Error, Failure, FailureKind, NotFound, Place, ProviderError};
pub use explain::{EXPLANATION_VERSION, Explanation, Outcome};
pub use provider::{Context, DEFAULT_PROVIDER_TIMEOUT, Found, Lookup, ProvideFuture, Provider};
pub use report::{SourceReport, SourceStatus};
pub use resolved::Resolved;
pub use resolver::{DEFAULT_TIMEOUT, Resolver, ResolverBuilder};
pub use secret::{ExposeSecret, SecretString, Unusable};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
