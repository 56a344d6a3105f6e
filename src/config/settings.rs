//! Every setting of Modal's clients: its name, its default, and what is made of the value that was found.
//!
//! The list is that of [modal.config](https://modal.com/docs/reference/modal.config) and of the Python client 1.6.4. To add
//! a setting, add a line to [`SETTINGS`].

use secrecy::{ExposeSecret, SecretString};

use super::python;
use super::value::Value;

/// The servers that clients try by default, in order.
pub(crate) const DEFAULT_SERVER_URL: &str = "https://api.modal.com,https://api.modal2.com";

/// A setting of Modal's clients.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Its key in `.modal.toml`. Its variable is `MODAL_` and the key in capitals.
    pub(crate) key: &'static str,
    default: Default,
    transform: Transform,
    /// Hidden from `config show`.
    pub(crate) internal: bool,
    /// Never printed unless asked for.
    pub(crate) secret: bool,
    /// The client will ignore it some day.
    pub(crate) deprecated: bool,
}

/// What a setting is when nobody has set it. It is used as it stands: the transform runs on set values only.
#[derive(Debug, Clone, Copy)]
enum Default {
    Unset,
    Bool(bool),
    Integer(i64),
    Text(&'static str),
}

/// What is made of a value that was found.
#[derive(Debug, Clone, Copy)]
enum Transform {
    /// Nothing: any value passes, of whatever type.
    Keep,
    /// Upper case.
    Upper,
    /// Upper case, and a level that Python's `logging` knows. With another the official client does not even start.
    LogLevel,
    /// True but for nothing, `0` and `false`.
    Bool,
    /// One of these, in any case.
    OneOf(&'static [&'static str]),
    /// A number.
    Float,
    /// A whole number, or unset for what Python holds to be false.
    IntegerOrUnset,
    /// One to eight letters and digits; what Python holds to be false passes.
    Suffix,
    /// Unset for what Python holds to be false.
    OrUnset,
    /// `name:value,name:value`.
    Headers,
}

const fn setting(key: &'static str, default: Default, transform: Transform) -> Setting {
    Setting { key, default, transform, internal: false, secret: false, deprecated: false }
}

impl Setting {
    const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    const fn internal(self) -> Self {
        Self { internal: true, ..self }
    }

    const fn deprecated(self) -> Self {
        Self { deprecated: true, ..self }
    }

    /// The setting's environment variable.
    pub(crate) fn variable(&self) -> String {
        format!("MODAL_{}", self.key.to_ascii_uppercase())
    }

    /// The value when nobody has set it.
    pub(crate) fn default(&self) -> Option<Value> {
        match self.default {
            Default::Unset => None,
            Default::Bool(b) => Some(Value::Bool(b)),
            Default::Integer(i) => Some(Value::Integer(i)),
            Default::Text(s) => Some(Value::Text(s.to_owned())),
        }
    }

    /// The text of a variable or of an argument as a value of this setting, untransformed.
    pub(crate) fn value_of_text(&self, text: String) -> Value {
        if self.secret { Value::Secret(SecretString::from(text)) } else { Value::Text(text) }
    }

    /// What the setting makes of `value`; the error says what the value has to be and does not repeat it.
    pub(crate) fn transform(&self, value: Value) -> Result<Option<Value>, String> {
        match self.transform {
            Transform::Keep => Ok(Some(value)),
            Transform::Upper => Ok(Some(Value::Text(text(&value)?.to_uppercase()))),
            Transform::LogLevel => one_of(&text(&value)?.to_uppercase(), LOG_LEVELS).map(Some),
            Transform::Bool => Ok(Some(Value::Bool(!is_false(&value)))),
            Transform::OneOf(options) => one_of(&text(&value)?.to_lowercase(), options).map(Some),
            Transform::Float => float(&value).map(|number| Some(Value::Float(number))),
            Transform::IntegerOrUnset if !python::truth(&value) => Ok(None),
            Transform::IntegerOrUnset => integer(&value).map(|number| Some(Value::Integer(number))),
            Transform::Suffix => suffix(value).map(Some),
            Transform::OrUnset => Ok(Some(value).filter(python::truth)),
            Transform::Headers => headers(text(&value)?).map(Some),
        }
    }
}

/// The setting of that name.
pub(crate) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

const LOG_LEVELS: &[&str] = &["CRITICAL", "FATAL", "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "NOTSET"];

/// Every setting, in the order of the documentation.
#[rustfmt::skip]
pub(crate) static SETTINGS: &[Setting] = &[
    // Authentication
    setting("server_url", Default::Text(DEFAULT_SERVER_URL), Transform::Keep),
    setting("token_id", Default::Unset, Transform::Keep),
    setting("token_secret", Default::Unset, Transform::Keep).secret(),
    setting("oauth_refresh_token", Default::Unset, Transform::Keep).secret(),
    setting("oauth_client_id", Default::Unset, Transform::Keep),
    setting("oauth_client_secret", Default::Unset, Transform::Keep).secret(),
    setting("oauth_jwt_key", Default::Unset, Transform::Keep).secret(),
    // Logging
    setting("loglevel", Default::Text("WARNING"), Transform::LogLevel),
    setting("log_format", Default::Text("STRING"), Transform::Upper),
    setting("log_pattern", Default::Unset, Transform::Keep),
    // Behaviour of the client
    setting("automount", Default::Bool(true), Transform::Bool), // documented in 2025, gone from the client since
    setting("sandbox_v2", Default::Bool(true), Transform::Bool),
    setting("payload_format", Default::Text("pickle"), Transform::OneOf(&["pickle", "cbor"])),
    setting("async_warnings", Default::Bool(true), Transform::Bool).deprecated(),
    setting("environment", Default::Unset, Transform::Keep),
    setting("dev_suffix", Default::Text(""), Transform::Suffix),
    setting("traceback", Default::Bool(false), Transform::Bool),
    setting("build_validation", Default::Text("error"), Transform::OneOf(&["error", "warn", "ignore"])),
    setting("image_builder_version", Default::Unset, Transform::Keep),
    setting("force_build", Default::Bool(false), Transform::Bool),
    setting("ignore_cache", Default::Bool(false), Transform::Bool),
    setting("disable_api_proxy", Default::Bool(false), Transform::Bool),
    setting("default_cloud", Default::Unset, Transform::OrUnset).deprecated(),
    // Times, in seconds
    setting("max_throttle_wait", Default::Unset, Transform::IntegerOrUnset),
    setting("logs_timeout", Default::Integer(10), Transform::Float),
    setting("serve_timeout", Default::Unset, Transform::Float),
    setting("sandbox_channel_idle_timeout", Default::Integer(30), Transform::Float),
    setting("volume_block_read_timeout", Default::Integer(60), Transform::Float),
    // Internal to the client
    setting("streams_url", Default::Text("https://modal-labs-streams--streams-service-proxy.modal.run"), Transform::Keep).internal(),
    setting("sync_entrypoint", Default::Unset, Transform::Keep).internal(),
    setting("heartbeat_interval", Default::Integer(15), Transform::Float).internal(),
    setting("function_runtime", Default::Unset, Transform::Keep).internal(),
    setting("function_runtime_debug", Default::Bool(false), Transform::Bool).internal(),
    setting("runtime_perf_record", Default::Bool(false), Transform::Bool).internal(),
    setting("use_control_plane_sidecar_create", Default::Bool(true), Transform::Bool).internal(),
    setting("worker_id", Default::Unset, Transform::Keep).internal(),
    setting("task_id", Default::Unset, Transform::Keep).internal(),
    setting("image_id", Default::Unset, Transform::Keep).internal(),
    setting("cuda_checkpoint_path", Default::Text("/__modal/.bin/cuda-checkpoint"), Transform::Keep).internal(),
    setting("restore_state_path", Default::Text("/__modal/restore-state.json"), Transform::Keep).internal(),
    setting("snapshot_debug", Default::Bool(false), Transform::Bool).internal(),
    setting("override_headers", Default::Unset, Transform::Headers).internal(),
];

fn text(value: &Value) -> Result<&str, String> {
    match value {
        Value::Text(s) => Ok(s),
        Value::Secret(s) => Ok(s.expose_secret()),
        other => Err(format!("must be text, not {}", other.kind())),
    }
}

fn one_of(value: &str, options: &[&str]) -> Result<Value, String> {
    match options.iter().find(|option| **option == value) {
        Some(option) => Ok(Value::Text((*option).to_owned())),
        None => Err(format!("must be one of {}", options.join(", "))),
    }
}

/// What Python's string form makes of a value: `0`, `false` and nothing are false, `0.0` and `[]` are true.
fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(b) => !b,
        Value::Integer(i) => *i == 0,
        Value::Text(s) => matches!(s.to_lowercase().as_str(), "" | "0" | "false"),
        _ => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "as Python's float()")]
fn float(value: &Value) -> Result<f64, String> {
    match value {
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Integer(i) => Some(*i as f64),
        Value::Float(f) => Some(*f),
        Value::Text(s) => python::float(s),
        _ => None,
    }
    .ok_or_else(|| "must be a number of seconds".to_owned())
}

fn integer(value: &Value) -> Result<i64, String> {
    match value {
        Value::Bool(b) => Some(i64::from(*b)),
        Value::Integer(i) => Some(*i),
        Value::Float(f) => python::truncate(*f),
        Value::Text(s) => python::int(s),
        _ => None,
    }
    .ok_or_else(|| "must be a whole number of seconds".to_owned())
}

fn suffix(value: Value) -> Result<Value, String> {
    let valid = |s: &str| {
        // Python's `$` also matches before a line break at the end.
        let s = s.strip_suffix('\n').unwrap_or(s);
        (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    match &value {
        falsy if !python::truth(falsy) => Ok(value),
        Value::Text(s) if valid(s) => Ok(value),
        _ => Err("must be at most 8 letters and digits".to_owned()),
    }
}

fn headers(text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Table(Vec::new()));
    }
    let mut headers: Vec<(String, Value)> = Vec::new();
    for pair in text.split(',') {
        let (name, value) = pair
            .split_once(':')
            .map(|(name, value)| (python::strip(name), python::strip(value)))
            .filter(|(name, value)| !name.is_empty() && !value.is_empty())
            .ok_or("must be a list of name:value pairs separated by commas")?;
        let value = Value::Text(value.to_owned());
        match headers.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => headers.push((name.to_owned(), value)),
        }
    }
    Ok(Value::Table(headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(key: &str, value: Value) -> Result<Option<Value>, String> {
        find(key).unwrap().transform(value)
    }

    #[test]
    fn a_switch_is_off_for_nothing_zero_and_false_only() {
        let off = |value| matches!(get("traceback", value), Ok(Some(Value::Bool(false))));
        assert!(
            off(Value::Text("FALSE".into())) && off(Value::Text(String::new())) && off(Value::Integer(0))
        );
        assert!(!off(Value::Text("no".into())) && !off(Value::Float(0.0)) && !off(Value::Array(vec![])));
    }

    #[test]
    fn a_throttle_wait_of_zero_differs_between_a_number_and_text() {
        assert!(matches!(get("max_throttle_wait", Value::Integer(0)), Ok(None)));
        assert!(matches!(get("max_throttle_wait", Value::Text("0".into())), Ok(Some(Value::Integer(0)))));
        assert!(matches!(get("max_throttle_wait", Value::Float(1.5)), Ok(Some(Value::Integer(1)))));
    }

    #[test]
    fn an_error_says_what_the_value_must_be_and_does_not_repeat_it() {
        for key in [
            "loglevel",
            "payload_format",
            "logs_timeout",
            "dev_suffix",
            "override_headers",
            "max_throttle_wait",
        ] {
            let error = get(key, Value::Text("hunter2-hunter2".into())).unwrap_err();
            assert!(!error.contains("hunter2") && error.starts_with("must be"), "{key}: {error}");
        }
    }

    #[test]
    fn keys_are_unique() {
        for setting in SETTINGS {
            assert_eq!(SETTINGS.iter().filter(|s| s.key == setting.key).count(), 1, "{}", setting.key);
        }
    }
}
