//! Environment and file: the one step of the chain that the official client has too, resolved key by key as it does.
//!
//! For each of the two keys: what the program passed in, else the variable, else the profile's key. So an id from the
//! environment may meet a secret from the file. One rule differs on purpose: an empty `MODAL_TOKEN_ID` or
//! `MODAL_TOKEN_SECRET` counts as unset, as in the Go and JavaScript clients; the Python client breaks on it.

mod reports;

use secrecy::{ExposeSecret, SecretString};

use super::explicit::Explicit;
use crate::config::{Config, ProfileAdvice, SelectedBy, Value, oauth_conflict};
use crate::credentials::{Credentials, InvalidCredentials, Key, KeyOrigin, Origin};
use crate::error::{Error, Failure, FailureKind, ProviderError};
use crate::report::SourceReport;
use crate::text::OneLine;

const KEYS: [Key; 2] = Key::BOTH;

/// The step, with everything it needs to know.
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
    /// With the source's name.
    Unusable(&'static str, Failure),
}

impl Settings {
    /// Resolves both keys.
    pub(crate) fn look(&self) -> Answer {
        let held = KEYS.map(|key| self.first(key));
        let given = held.each_ref().map(|held| match held {
            Held::Text(_, origin) => Some(origin.clone()),
            Held::Nothing | Held::Unusable(..) => None,
        });
        let result = self.pair(held);
        Answer { sources: self.reports(&given, result.as_ref().err()), result }
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
                "environment",
                Failure::new(FailureKind::Invalid, error.to_string())
                    .with_hint(format!("set {} again", key.variable())),
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
                "file",
                Failure::new(
                    FailureKind::Invalid,
                    format!("{} must be text, not {} ({place})", key.name(), other.kind()),
                )
                .with_hint("write it as text in quotes"),
            ),
        }
    }

    fn pair(&self, [id, secret]: [Held; 2]) -> Result<Option<(Credentials, Origin)>, Error> {
        if !(matches!(id, Held::Nothing) && matches!(secret, Held::Nothing)) {
            self.refuse_oauth()?;
        }
        match (id, secret) {
            (Held::Nothing, Held::Nothing) => Ok(None),
            (Held::Unusable(source, failure), _) | (_, Held::Unusable(source, failure)) => {
                Err(failed(Some(source), failure))
            }
            (Held::Text(id, id_origin), Held::Text(secret, secret_origin)) => {
                let origin = Origin { token_id: id_origin, token_secret: secret_origin };
                Credentials::new(id.expose_secret(), secret)
                    .map_err(|error| self.invalid(error, &origin))
                    .map(|credentials| Some((credentials, origin)))
            }
            (Held::Text(_, origin), Held::Nothing) => Err(half(Key::TokenId, Key::TokenSecret, &origin)),
            (Held::Nothing, Held::Text(_, origin)) => Err(half(Key::TokenSecret, Key::TokenId, &origin)),
        }
    }

    /// The error for a pair that is none, which names the key at fault and its source.
    fn invalid(&self, error: InvalidCredentials, origin: &Origin) -> Error {
        let id = || self.place_of(Key::TokenId, &origin.token_id);
        let secret = || self.place_of(Key::TokenSecret, &origin.token_secret);
        let (id_source, secret_source) = (source_of(&origin.token_id), source_of(&origin.token_secret));
        let (source, from) = match error {
            InvalidCredentials::Id(_) => (id_source, id()),
            InvalidCredentials::Secret(_) => (secret_source, secret()),
            InvalidCredentials::Swapped => {
                (id_source.filter(|id| secret_source == Some(id)), format!("{} and {}", id(), secret()))
            }
        };
        let failure = Failure::new(FailureKind::Invalid, format!("{error} (from {from})"));
        let hint =
            "set the token again as it was given: an id that starts with ak-, a secret that starts with as-";
        failed(source, failure.with_hint(hint))
    }

    /// Where a key stands, to the line.
    fn place_of(&self, key: Key, origin: &KeyOrigin) -> String {
        match (origin, self.config.in_file(key.name())) {
            (KeyOrigin::File { .. }, Some((_, place))) => place.to_string(),
            _ => origin.to_string(),
        }
    }

    /// A sentence where a profile was named and the environment's pair has nothing to do with it.
    pub(crate) fn warning(&self, origin: &Origin) -> Option<String> {
        let is_environments =
            [&origin.token_id, &origin.token_secret].map(source_of) == [Some("environment"); 2];
        let is_named = self.config.profile_selected_by() == SelectedBy::Explicit && self.file == Ask::Yes;
        (is_environments && is_named).then(|| {
            format!(
                "the token is from MODAL_TOKEN_ID and MODAL_TOKEN_SECRET, not of profile {}; unset them, or use \
                 --providers file",
                OneLine(self.config.profile())
            )
        })
    }

    /// The id of the environment's pair, if it holds a whole one that counts.
    pub(crate) fn environment_id(&self) -> Option<String> {
        match KEYS.map(|key| self.in_environment(key)) {
            [Held::Text(id, _), Held::Text(..)] => Some(id.expose_secret().to_owned()),
            _ => None,
        }
    }

    /// What to do when no source has credentials: what works in this very chain.
    pub(crate) fn advice(&self) -> String {
        if self.config.oauth().is_some() || !self.config.dropped_oauth().is_empty() {
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
}

fn failed(provider: Option<&str>, failure: Failure) -> Error {
    Error::Provider(ProviderError { provider: provider.map(str::to_owned), failure })
}

/// The name of the source that a key is from.
fn source_of(origin: &KeyOrigin) -> Option<&'static str> {
    match origin {
        KeyOrigin::Environment { .. } => Some("environment"),
        KeyOrigin::File { .. } => Some("file"),
        _ => None,
    }
}

fn half(there: Key, missing: Key, origin: &KeyOrigin) -> Error {
    let failure = Failure::new(
        FailureKind::Invalid,
        format!("half a pair: {} is set ({origin}), {} is nowhere", there.name(), missing.name()),
    )
    .with_hint(format!("set {} or add {} to the profile", missing.variable(), missing.name()));
    failed(None, failure)
}
