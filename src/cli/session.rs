//! What the commands share: the flags, the configuration, and resolving with its warnings.

use std::sync::Arc;

use super::args::Global;
use super::exit::Failure;
use super::output::Output;
use crate::config::{Config, Selectors};
use crate::explain::Explanation;
use crate::host::Host;
use crate::report::SourceReport;
use crate::resolved::Resolved;
use crate::resolver::{Resolver, ResolverBuilder};
use crate::text::OneLine;

/// One run of the command.
pub(super) struct Session {
    global: Global,
    output: Output,
    host: Host,
}

impl Session {
    pub(super) fn new(global: Global, output: Output) -> Self {
        Self { global, output, host: Host::from_process() }
    }

    pub(super) fn output(&self) -> &Output {
        &self.output
    }

    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    pub(super) fn global(&self) -> &Global {
        &self.global
    }

    /// The configuration, to read; its warnings are printed.
    pub(super) fn config(&self) -> Result<Config, Failure> {
        let config = self.load(self.host.clone())?;
        self.warn(config.warnings());
        Ok(config)
    }

    /// Warns if `MODAL_PROFILE` selects another profile than the one that was written. The writing is done: whatever is
    /// wrong with the variable is no error any more.
    pub(super) fn warn_of_profile_variable(&self, written: &str) {
        let name = self.host.var("MODAL_PROFILE").ok().flatten();
        if let Some(name) = name.filter(|name| !name.is_empty() && name != written) {
            self.output
                .warning(&format!("MODAL_PROFILE={} is set and selects another profile", OneLine(&name)));
        }
    }

    /// Warns of variables that win over the token in the file.
    pub(super) fn warn_of_token_variables(&self, token: &str) {
        const NAMES: [&str; 6] = [
            "MODAL_TOKEN_ID",
            "MODAL_TOKEN_SECRET",
            "MODAL_OAUTH_REFRESH_TOKEN",
            "MODAL_OAUTH_CLIENT_ID",
            "MODAL_OAUTH_CLIENT_SECRET",
            "MODAL_OAUTH_JWT_KEY",
        ];
        let is_set = |name: &&str| self.host.var_os(name).is_some_and(|value| !value.is_empty());
        let names: Vec<&str> = NAMES.into_iter().filter(is_set).collect();
        let verb = if names.len() == 1 { "is set and wins" } else { "are set and win" };
        if !names.is_empty() {
            self.output.warning(&format!("{} {verb} over {token}", names.join(" and ")));
        }
    }

    /// The configuration in `host`'s world.
    pub(super) fn load(&self, host: Host) -> Result<Config, Failure> {
        Ok(Config::load(host, self.selectors())?)
    }

    /// The configuration, to write: its file need not exist.
    pub(super) fn config_to_write(&self) -> Result<Config, Failure> {
        Ok(Config::open(self.host.clone(), self.selectors())?)
    }

    /// The resolver that the flags describe.
    pub(super) fn resolver(&self) -> Result<Resolver, Failure> {
        self.resolver_of(self.load(self.host.clone())?)
    }

    /// The resolver that `config` and the flags describe.
    pub(super) fn resolver_of(&self, config: Config) -> Result<Resolver, Failure> {
        let builder = Resolver::builder().config(config);
        let builder =
            self.global.providers.clone().into_iter().fold(builder, ResolverBuilder::providers_of_flag);
        Ok(builder.build()?)
    }

    /// Resolves, and says what is worth saying.
    pub(super) fn resolve(&self, resolver: &Resolver) -> Result<Arc<Resolved>, Failure> {
        let (explanation, resolved) = resolver.resolve_explained_blocking()?;
        if self.global.verbose {
            self.report(&explanation);
        }
        self.warn(&explanation.warnings);
        Ok(resolved?)
    }

    /// Prints warnings, a line each.
    pub(super) fn warn(&self, warnings: &[String]) {
        for warning in warnings {
            self.output.warning(warning);
        }
    }

    fn report(&self, explanation: &Explanation) {
        for row in rows(explanation) {
            self.output.report(&format!("{}: {}: {}", row.source, row.status, row.detail));
        }
    }

    fn selectors(&self) -> Selectors {
        Selectors { path: self.global.config.clone(), profile: self.global.profile.clone() }
    }
}

/// The sources to show. On the command line nothing is ever passed in; the row for that would only puzzle.
pub(super) fn rows(explanation: &Explanation) -> impl Iterator<Item = &SourceReport> + Clone {
    explanation.sources.iter().filter(|row| row.source != "explicit")
}
