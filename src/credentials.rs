//! The pair this crate exists for, and where each half of it came from.

use std::fmt;
use std::sync::Arc;

use crate::secret::{self, ExposeSecret, SecretString, Unusable};
use crate::text::OneLine;

/// A Modal token: its id (`ak-…`) and its secret (`as-…`).
///
/// Cloning shares the pair instead of copying the secret; the last clone wipes it. The pair cannot be printed, serialised
/// or compared by accident: `Debug` leaves the secret out, and there is no `Display`, no `Serialize` and no `PartialEq`.
///
/// ```
/// use modal_credentials::{Credentials, ExposeSecret, SecretString};
///
/// let pair = Credentials::new("ak-1", SecretString::from("as-2"))?;
/// assert_eq!(pair.token_id(), "ak-1");
/// assert_eq!(pair.token_secret().expose_secret(), "as-2");
/// assert!(!format!("{pair:?}").contains("as-2"));
/// # Ok::<(), modal_credentials::InvalidCredentials>(())
/// ```
///
/// ```compile_fail,E0277
/// # use modal_credentials::{Credentials, SecretString};
/// # let pair = Credentials::new("ak-1", SecretString::from("as-2")).unwrap();
/// println!("{pair}");
/// ```
///
/// ```compile_fail,E0277
/// # use modal_credentials::{Credentials, SecretString};
/// # let pair = Credentials::new("ak-1", SecretString::from("as-2")).unwrap();
/// serde_json::to_string(&pair).unwrap();
/// ```
///
/// ```compile_fail,E0369
/// # use modal_credentials::{Credentials, SecretString};
/// # let pair = Credentials::new("ak-1", SecretString::from("as-2")).unwrap();
/// assert!(pair == pair.clone());
/// ```
#[derive(Clone)]
pub struct Credentials(Arc<Pair>);

struct Pair {
    id: String,
    secret: SecretString,
}

impl Credentials {
    /// A pair out of its two halves.
    ///
    /// As in the official clients, the prefixes `ak-` and `as-` are not demanded.
    ///
    /// # Errors
    /// When a half is empty or cannot be sent to Modal ([`Unusable`]), or when the two are swapped: an id that is really
    /// the secret would be printed in messages.
    pub fn new(id: impl Into<String>, secret: SecretString) -> Result<Self, InvalidCredentials> {
        let id = id.into();
        secret::check(&id).map_err(InvalidCredentials::Id)?;
        secret::check(secret.expose_secret()).map_err(InvalidCredentials::Secret)?;
        if id.starts_with("as-") || secret.expose_secret().starts_with("ak-") {
            return Err(InvalidCredentials::Swapped);
        }
        Ok(Self(Arc::new(Pair { id, secret })))
    }

    /// The token's id. It names the token and is no secret.
    pub fn token_id(&self) -> &str {
        &self.0.id
    }

    /// The token's secret.
    pub fn token_secret(&self) -> &SecretString {
        &self.0.secret
    }

    /// The id for people to read: whole if it looks like one (`ak-` and letters and digits), else a placeholder, for it
    /// might be anything, even a whole pair that was pasted into one field.
    pub fn display_id(&self) -> &str {
        let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        match self.0.id.strip_prefix("ak-") {
            Some(rest) if is_word(rest) && !rest.contains("as-") => &self.0.id,
            _ => "(an id that does not look like one)",
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("token_id", &self.display_id()).finish_non_exhaustive()
    }
}

/// Why two texts are no credentials. It holds neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCredentials {
    /// The id cannot be used.
    #[error("the token id {0}")]
    Id(Unusable),
    /// The secret cannot be used.
    #[error("the token secret {0}")]
    Secret(Unusable),
    /// The id starts with `as-` or the secret with `ak-`.
    #[error("the token id and the token secret are swapped")]
    Swapped,
}

/// One of the two keys of a pair, by its name in `.modal.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// `token_id`
    TokenId,
    /// `token_secret`
    TokenSecret,
}

impl Key {
    /// Both keys.
    pub(crate) const BOTH: [Self; 2] = [Self::TokenId, Self::TokenSecret];

    /// The key's name in `.modal.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenId => "token_id",
            Self::TokenSecret => "token_secret",
        }
    }

    /// The key's environment variable.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::TokenId => "MODAL_TOKEN_ID",
            Self::TokenSecret => "MODAL_TOKEN_SECRET",
        }
    }
}

/// Where one key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyOrigin {
    /// Passed in by the program.
    Explicit,
    /// An environment variable.
    Environment {
        /// The variable's name.
        variable: &'static str,
    },
    /// A profile of `.modal.toml`.
    File {
        /// The file's path, for people to read.
        path: String,
        /// The profile.
        profile: String,
    },
    /// A provider that is no setting: a manager or a custom one.
    Provider {
        /// The provider's name.
        name: String,
        /// The item it was read from, for people to read: a path, an ARN, an account. Never a secret.
        item: Option<String>,
    },
}

impl fmt::Display for KeyOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Explicit => f.write_str("the program"),
            Self::Environment { variable } => f.write_str(variable),
            Self::File { path, profile } => write!(f, "{path} [{}]", OneLine(profile)),
            Self::Provider { name, item: None } => f.write_str(name),
            Self::Provider { name, item: Some(item) } => write!(f, "{name}: {item}"),
        }
    }
}

/// Where the two keys of a pair came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// Where the token id came from.
    pub token_id: KeyOrigin,
    /// Where the token secret came from.
    pub token_secret: KeyOrigin,
}

impl Origin {
    /// Both keys from one place.
    pub fn both(origin: KeyOrigin) -> Self {
        Self { token_id: origin.clone(), token_secret: origin }
    }

    /// Whether the keys come from different sources, such as one from the environment and one from the file. Such a pair
    /// works, as it does in the official client, and is rarely what was meant.
    pub fn is_mixed(&self) -> bool {
        std::mem::discriminant(&self.token_id) != std::mem::discriminant(&self.token_secret)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.token_id, &self.token_secret) {
            (id, secret) if id == secret => write!(f, "{id}"),
            (id @ KeyOrigin::Environment { .. }, secret @ KeyOrigin::Environment { .. }) => {
                write!(f, "{id} and {secret}")
            }
            (id, secret) => write!(f, "two places: its id from {id}, its secret from {secret}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(id: &str, secret: &str) -> Result<Credentials, InvalidCredentials> {
        Credentials::new(id, SecretString::from(secret))
    }

    #[test]
    fn prefixes_are_not_demanded() {
        assert!(new("id", "secret").is_ok());
    }

    #[test]
    fn a_swapped_pair_is_refused_before_the_secret_can_be_printed_as_an_id() {
        assert_eq!(new("as-1", "ak-2").unwrap_err(), InvalidCredentials::Swapped);
        assert_eq!(new("as-1", "x").unwrap_err(), InvalidCredentials::Swapped);
        assert_eq!(new("x", "ak-2").unwrap_err(), InvalidCredentials::Swapped);
    }

    #[test]
    fn debug_shows_an_id_only_when_it_looks_like_one() {
        assert_eq!(format!("{:?}", new("ak-1", "as-2").unwrap()), r#"Credentials { token_id: "ak-1", .. }"#);
        for id in ["hunter2", "ak-1:as-hunter2", "ak-as-hunter2"] {
            assert!(!format!("{:?}", new(id, "as-2").unwrap()).contains("hunter2"), "{id}");
        }
        assert!(new("ak-1 as-hunter2", "as-2").is_err());
    }
}
