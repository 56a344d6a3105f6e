//! What the program passes in. A whole pair wins over everything; one half is completed from the settings, key by key.

use secrecy::SecretString;

use crate::credentials::{Credentials, InvalidCredentials, Key};

/// The keys that the program passed in.
#[derive(Clone, Default)]
pub(crate) struct Explicit {
    pub(crate) token_id: Option<String>,
    pub(crate) token_secret: Option<SecretString>,
}

impl Explicit {
    /// The pair, if both keys are there.
    pub(crate) fn pair(&self) -> Option<Result<Credentials, InvalidCredentials>> {
        match (&self.token_id, &self.token_secret) {
            (Some(id), Some(secret)) => Some(Credentials::new(id.clone(), secret.clone())),
            _ => None,
        }
    }

    /// The one key that is there, if it is only one.
    pub(crate) fn half(&self) -> Option<Key> {
        match (&self.token_id, &self.token_secret) {
            (Some(_), None) => Some(Key::TokenId),
            (None, Some(_)) => Some(Key::TokenSecret),
            _ => None,
        }
    }
}
