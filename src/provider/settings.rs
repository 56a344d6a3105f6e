//! Environment and file: the one step of the chain that the official client has too, resolved key by key as it does.
//!
//! For each of the two keys: what the program passed in, else the variable, else the profile's key. So an id from the
//! environment may meet a secret from the file. One rule differs on purpose: an empty `MODAL_TOKEN_ID` or
//! `MODAL_TOKEN_SECRET` counts as unset, as in the Go and JavaScript clients; the Python client breaks on it.

use secrecy::{ExposeSecret, SecretString};

use super::explicit::Explicit;
use crate::config::{Config, ProfileAdvice, SelectedBy, Value};
use crate::credentials::{Credentials, InvalidCredentials, Key, KeyOrigin, Origin};
use crate::error::{ConfigError, Error, Failure, FailureKind, Place, ProviderError};
use crate::explain::{SourceReport, SourceStatus};
use crate::text::OneLine;

const KEYS: [Key; 2] = Key::BOTH;

/// The step, with everything it needs to know.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    pub(crate) explicit: Explicit,
    /// Whether and why the environment is asked.
    pub(crate) environment: Ask,
    /// Whether the file is asked.
    pub(crate) file: Ask,
}

/// Whether a source is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Yes,
    /// It is not in the list of providers: it does not appear at all.
    NotListed,
    /// It appears as absent, for this reason.
    Ignored(String),
}

/// What the step answers.
pub(crate) struct Answer {
    pub(crate) result: Result<Option<(Credentials, Origin)>, Error>,
    pub(crate) sources: Vec<SourceReport>,
}

/// What a source says of one key.
enum Held {
    Nothing,
    Text(SecretString, KeyOrigin),
    Unusable(Failure),
}

impl Settings {
    /// Resolves both keys.
    pub(crate) fn look(&self) -> Answer {
        let held = KEYS.map(|key| self.first(key));
        let sources = self.reports(&held);
        Answer { result: self.pair(held), sources }
    }

    /// For explanations: whether environment and file hold a token, without asking anybody.
    pub(crate) fn hidden(&self) -> Vec<SourceReport> {
        let holds = |look: &dyn Fn(Key) -> Held| KEYS.iter().any(|key| !matches!(look(*key), Held::Nothing));
        let mut reports = Vec::new();
        if self.environment != Ask::NotListed {
            reports
                .push(SourceReport::not_tried("environment", Some(holds(&|key| self.in_environment(key)))));
        }
        if self.file != Ask::NotListed {
            reports.push(SourceReport::not_tried("file", Some(holds(&|key| self.in_file(key)))));
        }
        reports
    }

    /// The first source that holds the key. The official order, and the only place that has it.
    fn first(&self, key: Key) -> Held {
        [Self::passed_in, Self::in_environment, Self::in_file]
            .into_iter()
            .map(|look| look(self, key))
            .find(|held| !matches!(held, Held::Nothing))
            .unwrap_or(Held::Nothing)
    }

    fn passed_in(&self, key: Key) -> Held {
        let text = match key {
            Key::TokenId => self.explicit.token_id.clone().map(SecretString::from),
            Key::TokenSecret => self.explicit.token_secret.clone(),
        };
        text.map_or(Held::Nothing, |text| Held::Text(text, KeyOrigin::Explicit))
    }

    fn in_environment(&self, key: Key) -> Held {
        if self.environment != Ask::Yes {
            return Held::Nothing;
        }
        match self.config.host().var(key.variable()) {
            Ok(None) => Held::Nothing,
            Ok(Some(text)) if text.is_empty() => Held::Nothing,
            Ok(Some(text)) => Held::Text(text.into(), KeyOrigin::Environment { variable: key.variable() }),
            Err(error) => Held::Unusable(
                Failure::new(FailureKind::Invalid, error.to_string())
                    .hint(format!("set {} again", key.variable())),
            ),
        }
    }

    fn in_file(&self, key: Key) -> Held {
        if self.file != Ask::Yes {
            return Held::Nothing;
        }
        let Some((value, place)) = self.config.in_file(key.name()) else { return Held::Nothing };
        let origin = KeyOrigin::File {
            path: self.config.file_for_people(),
            profile: self.config.profile().to_owned(),
        };
        match value {
            Value::Text(text) if text.is_empty() => Held::Nothing,
            Value::Secret(text) if text.expose_secret().is_empty() => Held::Nothing,
            Value::Text(text) => Held::Text(text.clone().into(), origin),
            Value::Secret(text) => Held::Text(text.clone(), origin),
            other => Held::Unusable(
                Failure::new(
                    FailureKind::Invalid,
                    format!("{place}: {} must be text, not {}", key.name(), other.kind()),
                )
                .hint("write it as text in quotes"),
            ),
        }
    }

    fn pair(&self, [id, secret]: [Held; 2]) -> Result<Option<(Credentials, Origin)>, Error> {
        if !(matches!(id, Held::Nothing) && matches!(secret, Held::Nothing)) {
            self.refuse_oauth()?;
        }
        match (id, secret) {
            (Held::Nothing, Held::Nothing) => Ok(None),
            (Held::Unusable(failure), _) | (_, Held::Unusable(failure)) => Err(failed(None, failure)),
            (Held::Text(id, id_origin), Held::Text(secret, secret_origin)) => {
                let origin = Origin { token_id: id_origin, token_secret: secret_origin };
                Credentials::new(id.expose_secret(), secret)
                    .map(|credentials| Some((credentials, origin.clone())))
                    .map_err(|error| failed(source_name(&origin), self.invalid(error, &origin)))
            }
            (Held::Text(_, origin), Held::Nothing) => Err(half(Key::TokenId, Key::TokenSecret, &origin)),
            (Held::Nothing, Held::Text(_, origin)) => Err(half(Key::TokenSecret, Key::TokenId, &origin)),
        }
    }

    /// The words for a pair that is none, which name the key at fault.
    fn invalid(&self, error: InvalidCredentials, origin: &Origin) -> Failure {
        let id = || self.place_of(Key::TokenId, &origin.token_id);
        let secret = || self.place_of(Key::TokenSecret, &origin.token_secret);
        let from = match error {
            InvalidCredentials::Id(_) => id(),
            InvalidCredentials::Secret(_) => secret(),
            InvalidCredentials::Swapped => format!("{} and {}", id(), secret()),
        };
        Failure::new(FailureKind::Invalid, format!("{error} (from {from})")).hint(
            "set the token again as it was given: an id that starts with ak-, a secret that starts with as-",
        )
    }

    /// Where a key stands, to the line.
    fn place_of(&self, key: Key, origin: &KeyOrigin) -> String {
        match (origin, self.config.in_file(key.name())) {
            (KeyOrigin::File { .. }, Some((_, place))) => place.to_string(),
            _ => origin.to_string(),
        }
    }

    /// What to do when no source has credentials: what works in this very chain.
    pub(crate) fn advice(&self) -> String {
        if self.config.oauth().is_some() {
            return "OAuth credentials are configured; this program handles tokens only".to_owned();
        }
        let is_explicit = self.config.profile_selected_by() == SelectedBy::Explicit;
        let flag = if is_explicit {
            format!(" --profile {}", OneLine(self.config.profile()))
        } else {
            String::new()
        };
        let choose = match self.config.advice_on_profile().filter(|_| self.file == Ask::Yes) {
            Some(ProfileAdvice::Nearest(advice)) => return advice,
            Some(ProfileAdvice::Choose(advice)) => Some(advice),
            None => None,
        };
        let write = (self.file == Ask::Yes && self.config.is_file_writable())
            .then(|| format!("run `modal-credentials token set{flag}`"));
        let set =
            (self.environment == Ask::Yes).then(|| "set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET".to_owned());
        let list = (self.file == Ask::NotListed).then(|| "add file to the list of providers".to_owned());
        [choose, write, set, list].into_iter().flatten().collect::<Vec<_>>().join(", or ")
    }

    /// The official client refuses a token beside OAuth credentials: it cannot know who is meant.
    fn refuse_oauth(&self) -> Result<(), Error> {
        match self.config.oauth() {
            None => Ok(()),
            Some(place) => Err(Error::Configuration(oauth_conflict(place))),
        }
    }

    fn reports(&self, held: &[Held; 2]) -> Vec<SourceReport> {
        let keys_from = |is_from: fn(&KeyOrigin) -> bool| -> Vec<Key> {
            KEYS.into_iter()
                .zip(held)
                .filter(|(_, held)| matches!(held, Held::Text(_, origin) if is_from(origin)))
                .map(|(key, _)| key)
                .collect()
        };
        let mut reports = Vec::new();
        if self.environment != Ask::NotListed {
            let keys = keys_from(|origin| matches!(origin, KeyOrigin::Environment { .. }));
            reports.push(self.environment_report(keys));
        }
        let complete = reports.iter().any(|report| report.keys.len() == KEYS.len());
        if self.file != Ask::NotListed {
            let keys = keys_from(|origin| matches!(origin, KeyOrigin::File { .. }));
            let holds = KEYS.iter().any(|key| !matches!(self.in_file(*key), Held::Nothing));
            let hidden = complete && self.file == Ask::Yes;
            reports.push(if hidden {
                SourceReport::not_tried("file", Some(holds))
            } else {
                self.file_report(keys)
            });
        }
        reports
    }

    fn environment_report(&self, keys: Vec<Key>) -> SourceReport {
        let report = |status, detail: String| SourceReport::new("environment", status, detail);
        if let Ask::Ignored(reason) = &self.environment {
            return report(SourceStatus::Absent, reason.clone());
        }
        if let Some(failure) = KEYS.iter().find_map(|key| failure(self.in_environment(*key))) {
            return report(SourceStatus::Failed, failure.message);
        }
        if keys.is_empty() {
            return report(
                SourceStatus::Absent,
                "MODAL_TOKEN_ID and MODAL_TOKEN_SECRET are unset or empty".into(),
            );
        }
        let names: Vec<&str> = keys.iter().map(|key| key.variable()).collect();
        report(SourceStatus::Found, names.join(" and ")).keys(keys)
    }

    fn file_report(&self, keys: Vec<Key>) -> SourceReport {
        let report = |status, detail: String| SourceReport::new("file", status, detail);
        if let Ask::Ignored(reason) = &self.file {
            return report(SourceStatus::Absent, reason.clone());
        }
        if let Some(failure) = KEYS.iter().find_map(|key| failure(self.in_file(*key))) {
            return report(SourceStatus::Failed, failure.message);
        }
        if keys.is_empty() {
            return report(SourceStatus::Absent, self.config.why_file_has_none());
        }
        let names: Vec<&str> = keys.iter().map(|key| key.name()).collect();
        let place = self.config.file_for_people();
        report(
            SourceStatus::Found,
            format!("{} of [{}] in {place}", names.join(" and "), OneLine(self.config.profile())),
        )
        .keys(keys)
    }
}

/// The error for a token beside OAuth credentials.
pub(crate) fn oauth_conflict(place: Place) -> ConfigError {
    let hint = match place {
        Place::Variable(_) => "unset it, or use `modal-credentials exec`, which does not pass it on",
        _ => "remove the keys oauth_* from the profile, or use another with --profile",
    };
    ConfigError::new(place, "OAuth credentials and a token are both configured; Modal's clients refuse that")
        .hint(hint)
}

fn failure(held: Held) -> Option<Failure> {
    match held {
        Held::Unusable(failure) => Some(failure),
        _ => None,
    }
}

fn failed(provider: Option<&str>, failure: Failure) -> Error {
    Error::Provider(ProviderError { provider: provider.map(str::to_owned), failure })
}

/// The one source that both keys are from.
fn source_name(origin: &Origin) -> Option<&'static str> {
    match (&origin.token_id, &origin.token_secret) {
        (KeyOrigin::Environment { .. }, KeyOrigin::Environment { .. }) => Some("environment"),
        (KeyOrigin::File { .. }, KeyOrigin::File { .. }) => Some("file"),
        _ => None,
    }
}

fn half(there: Key, missing: Key, origin: &KeyOrigin) -> Error {
    let failure = Failure::new(
        FailureKind::Invalid,
        format!("half a pair: {} is set ({origin}), {} is nowhere", there.name(), missing.name()),
    )
    .hint(format!("set {} or add {} to the profile", missing.variable(), missing.name()));
    failed(None, failure)
}
