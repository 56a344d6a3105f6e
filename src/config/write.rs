//! What [`Config`] writes. The file is locked, read anew, changed and replaced in one go (see [`crate::host::file`]); what
//! another program wrote in the meantime is kept.

use std::path::Path;

use secrecy::ExposeSecret;

use super::document::Document;
use super::edit::{self, Change, EditError, Text};
use super::{Config, DEFAULT_SERVER_URL, FilePath, SelectedBy, Selection, Value, words};
use crate::credentials::Credentials;
use crate::error::{ConfigError, Place};
use crate::host::file::{self, Outcome, UpdateError};
use crate::secret::SecretString;

/// What [`Config::set_token`] is to do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenEdit {
    /// The pair.
    pub credentials: Credentials,
    /// The profile to write; it is made if there is none.
    pub profile: String,
    /// Whether the profile becomes the active one. The first profile of a file always does.
    pub activate: bool,
    /// Whether another token in the profile may be replaced.
    pub replace: bool,
}

impl TokenEdit {
    /// Sets `credentials` in `profile`, makes it the active one, and replaces what is there.
    pub fn new(credentials: Credentials, profile: impl Into<String>) -> Self {
        Self { credentials, profile: profile.into(), activate: true, replace: true }
    }
}

/// What was written, and what is worth a look.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Written {
    /// The server's address, if it was written to the profile beside the token.
    pub server_url: Option<String>,
    /// Whether anything changed: the file may have said so already.
    pub changed: bool,
    /// What is not as it should be although the file was written, one sentence each.
    pub warnings: Vec<String>,
}

impl Config {
    /// Writes a pair to a profile, and the server's address if it is not the default one: that of the environment or of
    /// the profile that is meant, as the official client does.
    ///
    /// # Errors
    /// [`EditError`]; the file is as it was.
    pub fn set_token(&mut self, edit: &TokenEdit) -> Result<Written, EditError> {
        let server_url = match self.get("server_url", None, true)? {
            Some(Value::Text(url)) if url != DEFAULT_SERVER_URL => Some(url),
            _ => None,
        };
        let secret = edit.credentials.token_secret().clone();
        let (id, secret) = (Text(edit.credentials.token_id()), Text(secret.expose_secret()));
        let url = server_url.as_deref().map(Text);
        let mut set = vec![("token_id", &id), ("token_secret", &secret)];
        set.extend(url.iter().map(|url| ("server_url", url)));
        let mut change = Change { profile: &edit.profile, set, activate: edit.activate };
        let written = self.update(|text, path| {
            let document = Document::parse(text, path)?;
            change.activate |= document.profiles().is_empty();
            if !edit.replace && holds_another(&document, edit) {
                let (profile, path) = (edit.profile.clone(), path.display().to_string());
                return Err(EditError::WouldReplace { profile, path });
            }
            edit::apply(text, path, &change)
        })?;
        Ok(Written { server_url, ..written })
    }

    /// Makes a profile the active one, in the file and in this value (`config_set_active_profile` in Python).
    ///
    /// # Errors
    /// [`EditError`], among them that there is no such profile; the file is as it was.
    pub fn set_active_profile(&mut self, profile: &str) -> Result<Written, EditError> {
        let written = self.update(|text, path| {
            let document = Document::parse(text, path)?;
            if document.profile(profile).is_none() {
                return Err(words::no_such_profile(profile, path, &document));
            }
            edit::apply(text, path, &Change { profile, set: Vec::new(), activate: true })
        })?;
        self.selection = Selection { name: profile.to_owned(), by: SelectedBy::Active };
        Ok(written)
    }

    /// Refuses what [`Config::set_token`] would refuse for the profile that is meant, to know it before a person is asked
    /// for a token: a file that is never written, and with `replace` off a profile that has a token.
    ///
    /// # Errors
    /// [`EditError`].
    pub fn check_writable(&self, replace: bool) -> Result<(), EditError> {
        let path = self.path_to_write()?;
        if !replace && (self.in_file("token_id").is_some() || self.in_file("token_secret").is_some()) {
            let (profile, path) = (self.profile().to_owned(), path.display().to_string());
            return Err(EditError::WouldReplace { profile, path });
        }
        Ok(())
    }

    /// Writes a setting to the profile that is meant, as text, after checking that the setting exists and takes the value.
    ///
    /// # Errors
    /// [`EditError`]; the file is as it was.
    pub fn set(&mut self, key: &str, value: &str) -> Result<Written, EditError> {
        let setting = super::settings::find(key).ok_or_else(|| words::unknown_setting(key))?;
        setting
            .transform(setting.value_of_text(value.to_owned()))
            .map_err(|reason| ConfigError::new(Place::Program, format!("{key} {reason}")))?;
        let profile = self.profile().to_owned();
        let text = Text(value);
        let change = Change { profile: &profile, set: vec![(key, &text)], activate: false };
        self.update(|text, path| edit::apply(text, path, &change))
    }

    /// Replaces the file's text, and reads it anew.
    fn update(
        &mut self,
        mut change: impl FnMut(&str, &Path) -> Result<String, EditError>,
    ) -> Result<Written, EditError> {
        let path = self.path_to_write()?.to_owned();
        let updated =
            file::update(&path, file::Limits::default(), |text| change(text, &path).map(SecretString::from))
                .map_err(|error| match error {
                    UpdateError::Edit(error) => error,
                    UpdateError::File(error) => EditError::from(error),
                })?;
        let mut warnings: Vec<String> = updated.warnings.iter().map(ToString::to_string).collect();
        // The file is written: if it cannot be read back, that is no reason to say that it is not.
        if let Err(error) = self.read() {
            warnings.push(format!("written, but it cannot be read back: {error}"));
        }
        // In a file that the official client misreads, it may not see what was written either.
        warnings.extend(self.document.warnings().iter().cloned());
        Ok(Written { server_url: None, changed: updated.outcome != Outcome::Unchanged, warnings })
    }

    fn path_to_write(&self) -> Result<&Path, EditError> {
        match &self.path {
            FilePath::At { path, .. } => Ok(path),
            FilePath::Remote => Err(EditError::Remote),
            FilePath::Nowhere => Err(EditError::Nowhere),
        }
    }
}

fn holds_another(document: &Document, edit: &TokenEdit) -> bool {
    let Some(profile) = document.profile(&edit.profile) else { return false };
    let differs = |key, new: &str| match profile.get(key).map(|located| &located.value) {
        None => false,
        Some(Value::Text(text)) => text != new,
        Some(Value::Secret(secret)) => secret.expose_secret() != new,
        Some(_) => true,
    };
    differs("token_id", edit.credentials.token_id())
        || differs("token_secret", edit.credentials.token_secret().expose_secret())
}
