//! Asks sources in order until one has an answer.
//!
//! *Found* ends it, *absent* goes on, *failed* ends it too: a source that should answer and cannot must never quietly select
//! a weaker one. Each provider has a deadline, and the whole another.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::credentials::{Credentials, Key, KeyOrigin, Origin};
use crate::error::{Error, Failure, FailureKind, NotFound, Place, ProviderError};
use crate::host::Host;
use crate::provider::explicit::Explicit;
use crate::provider::settings::Settings;
use crate::provider::{Context, Found, Lookup, Provider};
use crate::report::{SourceReport, SourceStatus};
use crate::resolved::Resolved;

/// The sources of one resolver, in order.
pub(crate) struct Chain {
    pub(crate) profile: String,
    pub(crate) explicit: Explicit,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    /// Environment and file. There is none when the program passed in a whole pair: then nothing else is read.
    pub(crate) settings: Option<Settings>,
    /// How long the whole may take.
    pub(crate) timeout: Duration,
}

/// What came of asking, with the report of each source.
pub(crate) struct Run {
    pub(crate) result: Result<Resolved, Error>,
    pub(crate) sources: Vec<SourceReport>,
}

impl Chain {
    /// Whether there is anybody to wait for. Without, [`Chain::run`] ends when it is first polled and needs no timers.
    pub(crate) fn waits(&self) -> bool {
        !self.providers.is_empty()
    }

    /// Asks, in order.
    pub(crate) async fn run(&self, host: &Host) -> Run {
        let mut run = Progress { sources: Vec::new(), result: None };
        run.add(self.ask_program());
        let end = host.now() + self.timeout;
        for provider in &self.providers {
            if run.result.is_some() {
                run.sources.push(not_asked(provider.name(), matches!(run.result, Some(Err(_)))));
            } else {
                run.add(self.ask(&**provider, host, end).await);
            }
        }
        match &self.settings {
            Some(settings) if run.result.is_some() => run.pass_over(settings),
            Some(settings) => run.ask_settings(settings, host),
            None => {}
        }
        let result = run.result.unwrap_or_else(|| Err(self.not_found(&run.sources)));
        Run { result, sources: run.sources }
    }

    fn ask_program(&self) -> Step {
        match (self.explicit.pair(), self.explicit.half()) {
            (Some(Ok(credentials)), _) => Step::found(
                SourceReport::new("explicit", SourceStatus::Found, "passed in by the program"),
                Resolved::new(Found::new(credentials), Origin::both(KeyOrigin::Explicit)),
            ),
            (Some(Err(error)), _) => Step::failed(
                "explicit",
                Failure::new(FailureKind::Invalid, format!("{error} ({})", Place::Program)),
            ),
            (None, Some(key)) => Step::absent(
                "explicit",
                format!("only {} was passed in; the other key is looked up", key.name()),
            ),
            (None, None) => Step::absent("explicit", "nothing was passed in".to_owned()),
        }
    }

    async fn ask(&self, provider: &dyn Provider, host: &Host, end: Instant) -> Step {
        let start = host.now();
        let own = start + provider.timeout().min(LONGEST_TIMEOUT);
        let (deadline, limit) = if own < end { (own, provider.timeout()) } else { (end, self.timeout) };
        let context = Context { profile: &self.profile, deadline, host };
        let lookup = match before(provider.provide(&context), host, deadline).await {
            Some(lookup) => lookup,
            None => Lookup::Failed(
                Failure::new(FailureKind::Unavailable, format!("no answer within {}", rounded(limit)))
                    .with_hint("check that it is reachable, or leave it out with --providers"),
            ),
        };
        let step = match lookup {
            Lookup::Absent(reason) => Step::absent(provider.name(), reason),
            Lookup::Failed(failure) => Step::failed(provider.name(), failure),
            Lookup::Found(found) => Step::provided(provider.name(), found),
        };
        Step { report: step.report.elapsed(host.now().saturating_duration_since(start)), ..step }
    }

    fn not_found(&self, sources: &[SourceReport]) -> Error {
        Error::NotFound(NotFound {
            profile: self.profile.clone(),
            absent: sources
                .iter()
                .filter(|report| report.source != "explicit")
                .map(|report| (report.source.clone(), report.detail.clone()))
                .collect(),
            hint: self.settings.as_ref().map(Settings::advice),
        })
    }
}

/// The row of a provider that was not asked.
fn not_asked(name: &str, has_failed: bool) -> SourceReport {
    let what = if has_failed { "failed" } else { "answered" };
    SourceReport::new(name, SourceStatus::NotTried, format!("an earlier source {what}"))
}

/// A duration for people: whole milliseconds or tenths of a second.
fn rounded(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        millis if millis % 1000 == 0 => format!("{} s", millis / 1000),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

/// A pair out of the settings. A mixed one works, as it does in the official client, and is rarely what was meant.
fn from_settings(credentials: Credentials, origin: Origin) -> Resolved {
    let warning = origin.is_mixed().then(|| {
        format!("the token id is from {} and the token secret from {}", origin.token_id, origin.token_secret)
    });
    Resolved::new(Found::new(credentials), origin).warn(warning)
}

/// What has been asked so far.
struct Progress {
    sources: Vec<SourceReport>,
    result: Option<Result<Resolved, Error>>,
}

impl Progress {
    fn add(&mut self, step: Step) {
        self.sources.push(step.report);
        self.result = self.result.take().or(step.result);
    }

    /// Reports environment and file, which are not asked any more, and warns if a manager's pair hides another in the
    /// environment: whoever set that expects it to win, as it does without managers.
    fn pass_over(&mut self, settings: &Settings) {
        self.sources.extend(settings.reports_unasked(matches!(self.result, Some(Err(_)))));
        if let Some(Ok(resolved)) = self.result.take_if(|result| result.is_ok()) {
            let hidden = settings.environment_id().filter(|id| id != resolved.credentials().token_id());
            let is_managers = matches!(resolved.origin().token_id, KeyOrigin::Provider { .. });
            let warning = hidden.filter(|_| is_managers).map(|_| {
                format!("{} wins over the token in MODAL_TOKEN_ID and MODAL_TOKEN_SECRET", resolved.origin())
            });
            self.result = Some(Ok(resolved.warn(warning)));
        }
    }

    /// Asks environment and file, the last step.
    fn ask_settings(&mut self, settings: &Settings, host: &Host) {
        let start = host.now();
        let answer = settings.look();
        let elapsed = host.now().saturating_duration_since(start);
        self.sources.extend(answer.sources.into_iter().map(|report| match report.status {
            SourceStatus::NotTried => report,
            _ => report.elapsed(elapsed),
        }));
        self.result = match answer.result {
            Ok(Some((credentials, origin))) => {
                let warning = settings.warning(&origin);
                Some(Ok(from_settings(credentials, origin).warn(warning)))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        };
    }
}

/// One source's report, and what it means for the whole: `None` goes on.
struct Step {
    report: SourceReport,
    result: Option<Result<Resolved, Error>>,
}

impl Step {
    fn absent(source: &str, reason: String) -> Self {
        Self { report: SourceReport::new(source, SourceStatus::Absent, reason), result: None }
    }

    fn failed(source: &str, failure: Failure) -> Self {
        let report = SourceReport::new(source, SourceStatus::Failed, failure.message.clone());
        Self {
            report,
            result: Some(Err(ProviderError { provider: Some(source.to_owned()), failure }.into())),
        }
    }

    fn found(report: SourceReport, resolved: Resolved) -> Self {
        Self { report: report.keys(Key::BOTH.to_vec()), result: Some(Ok(resolved)) }
    }

    fn provided(source: &str, found: Found) -> Self {
        let detail = found.item.clone().unwrap_or_else(|| "a pair".to_owned());
        let mut report = SourceReport::new(source, SourceStatus::Found, detail);
        report.version.clone_from(&found.version);
        let origin = Origin::both(KeyOrigin::Provider { name: source.to_owned(), item: found.item.clone() });
        Self::found(report, Resolved::new(found, origin))
    }
}

/// More than anybody waits, and less than what a clock can add.
pub(crate) const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);

/// The future's output, or `None` if the deadline comes first.
async fn before<T>(future: impl Future<Output = T>, host: &Host, deadline: Instant) -> Option<T> {
    let mut future = pin!(future);
    let mut timer = None;
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        // Made only now: what answers at once needs no timer, and so no runtime.
        let timer = timer.get_or_insert_with(|| host.clock().sleep_until(deadline));
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}
