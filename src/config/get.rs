//! Looking settings up, as the methods of Python's `modal.config.Config` do.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::document::Located;
use super::settings::{self, Setting};
use super::{Config, Value, words};
use crate::error::{ConfigError, Place};

impl Config {
    /// A setting: the variable if `use_env`, else the profile's key, else the default; `None` is Python's `None`.
    ///
    /// `profile` is the one that is meant unless another is named. Unlike for credentials, a variable that is set to nothing
    /// counts as set.
    ///
    /// # Errors
    /// When there is no such setting, or its value is invalid; the error names the place and not the value.
    pub fn get(&self, key: &str, profile: Option<&str>, use_env: bool) -> Result<Option<Value>, ConfigError> {
        let setting = settings::find(key).ok_or_else(|| words::unknown_setting(key))?;
        if use_env && let Some(text) = self.variable(setting)? {
            let place = Place::Variable(setting.variable());
            return transformed(setting, setting.value_of_text(text), place);
        }
        let profile = self.document.profile(profile.unwrap_or(self.profile()));
        match profile.and_then(|profile| profile.get(key)) {
            Some(Located { value, position, .. }) => {
                transformed(setting, value.clone(), self.document.place(Some(*position)))
            }
            None => Ok(setting.default()),
        }
    }

    /// A setting of the profile that is meant, as text; `None` if it is unset.
    ///
    /// # Errors
    /// As [`Config::get`], and when the value is no text.
    pub fn get_text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        Ok(match self.get(key, None, true)? {
            Some(Value::Text(text)) => Some(text),
            None => None,
            Some(other) => return Err(self.wrong_type(key, &other)),
        })
    }

    /// A setting that is a secret, such as `token_secret`; `None` if it is unset.
    ///
    /// # Errors
    /// As [`Config::get`], and when the value is no text or the setting no secret.
    pub fn get_secret(&self, key: &str) -> Result<Option<SecretString>, ConfigError> {
        Ok(match self.get(key, None, true)? {
            Some(Value::Secret(secret)) => Some(secret),
            None => None,
            Some(other) => return Err(self.wrong_type(key, &other)),
        })
    }

    /// A switch; `None` if it is unset.
    ///
    /// # Errors
    /// As [`Config::get`], and when the setting is no switch.
    pub fn get_bool(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        Ok(match self.get(key, None, true)? {
            Some(Value::Bool(switch)) => Some(switch),
            None => None,
            Some(other) => return Err(self.wrong_type(key, &other)),
        })
    }

    /// A number, such as one of the times, which are in seconds; `None` if it is unset.
    ///
    /// # Errors
    /// As [`Config::get`], and when the setting is no number.
    pub fn get_number(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        #[expect(clippy::cast_precision_loss, reason = "seconds, as Python's float()")]
        Ok(match self.get(key, None, true)? {
            Some(Value::Integer(number)) => Some(number as f64),
            Some(Value::Float(number)) => Some(number),
            None => None,
            Some(other) => return Err(self.wrong_type(key, &other)),
        })
    }

    /// Overrides a setting in this value, as if its variable were set. Neither the file nor the process's environment
    /// changes, unlike in Python: changing the environment of a running process is not safe.
    pub fn override_locally(&mut self, key: &str, value: &str) {
        let variable = settings::find(key).map_or_else(|| key.to_ascii_uppercase(), Setting::variable);
        self.host.set_var(variable, value);
    }

    /// Every public setting with its value, sorted by key; with `include_internal` those too that `config show` hides.
    ///
    /// # Errors
    /// As [`Config::get`], for the first setting whose value is invalid.
    pub fn to_dict(
        &self,
        include_internal: bool,
    ) -> Result<BTreeMap<&'static str, Option<Value>>, ConfigError> {
        settings::SETTINGS
            .iter()
            .filter(|setting| include_internal || !setting.internal)
            .map(|setting| Ok((setting.key, self.get(setting.key, None, true)?)))
            .collect()
    }

    fn variable(&self, setting: &Setting) -> Result<Option<String>, ConfigError> {
        Ok(self.host.var(&setting.variable())?)
    }

    /// The error for a value that is not of the type that was asked for.
    fn wrong_type(&self, key: &str, value: &Value) -> ConfigError {
        let in_file = self.in_file(key).map(|(_, place)| place);
        let place = self.hidden_by(key).map(Place::Variable).or(in_file).unwrap_or(Place::Program);
        ConfigError::new(place, format!("{key} is {}, which is not what is asked for", value.kind()))
    }
}

fn transformed(setting: &Setting, value: Value, place: Place) -> Result<Option<Value>, ConfigError> {
    setting.transform(value).map_err(|reason| ConfigError::new(place, format!("{} {reason}", setting.key)))
}
