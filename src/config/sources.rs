//! Which sources are asked, and in which order.
//!
//! The documented order, what the program passes in, then the environment, then the file
//! ([Modal's documentation](https://modal.com/docs/reference/modal.config)), is never changed. A list `providers = [..]` may
//! drop sources and add ones that the program registered; those stand before environment and file.

use std::fmt;

use super::document::{Document, Profile};
use super::value::Value;
use crate::error::{ConfigError, Place};
use crate::host::Host;
use crate::text::nearest;

/// The variable that overrides `providers`.
pub(crate) const PROVIDERS_VARIABLE: &str = "MODAL_CREDENTIALS_PROVIDERS";
/// The marker that `exec` leaves for programs it starts: the profile whose pair it handed down.
pub(crate) const RESOLVED_VARIABLE: &str = "MODAL_CREDENTIALS_RESOLVED";
/// The id of the token that `exec` handed down, so that the marker counts for that token only.
pub(crate) const RESOLVED_ID_VARIABLE: &str = "MODAL_CREDENTIALS_RESOLVED_ID";
/// The configuration file that was in use.
pub(crate) const RESOLVED_CONFIG_VARIABLE: &str = "MODAL_CREDENTIALS_RESOLVED_CONFIG";
/// What our own variables start with.
pub(crate) const VARIABLE_PREFIX: &str = "MODAL_CREDENTIALS_";

/// A source that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// One that the program registered, by its name.
    Custom(String),
    /// `MODAL_TOKEN_ID` and `MODAL_TOKEN_SECRET`.
    Environment,
    /// The profile in `.modal.toml`.
    File,
}

impl Source {
    fn named(name: &str, registered: &[String]) -> Option<Self> {
        match name {
            "environment" => Some(Self::Environment),
            "file" => Some(Self::File),
            _ => registered.iter().find(|known| *known == name).map(|known| Self::Custom(known.clone())),
        }
    }

    /// Where the source has to stand: managers and custom ones before the environment, and that before the file.
    fn rank(&self) -> u8 {
        match self {
            Self::Custom(_) => 0,
            Self::Environment => 1,
            Self::File => 2,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Custom(name) => name,
            Self::Environment => "environment",
            Self::File => "file",
        })
    }
}

/// The names that a list of providers may hold besides `environment` and `file`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownProviders<'a> {
    /// Those that the program registered, in order.
    pub(crate) registered: &'a [String],
    /// Those of sources that another build has, or that cannot be listed.
    pub(crate) reserved: &'a [&'a str],
}

impl<'a> KnownProviders<'a> {
    /// The names that may be given.
    fn names(self) -> Vec<&'a str> {
        self.registered.iter().map(String::as_str).chain(["environment", "file"]).collect()
    }
}

/// The sources in the order they are asked: the list that was chosen, else that of the variable, else of the profile, else all.
pub(crate) fn plan(
    chosen: Option<(&[String], Place)>,
    host: &Host,
    document: &Document,
    profile: Option<&Profile>,
    known: KnownProviders<'_>,
) -> Result<Vec<Source>, ConfigError> {
    check_variables(host)?;
    let from_file = match profile {
        Some(profile) => credentials_table(document, profile, known)?,
        None => None,
    };
    if let Some((names, place)) = chosen {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        return list(&names, &place, known);
    }
    if let Some(names) = from_variable(host)? {
        return list(&names, &Place::Variable(PROVIDERS_VARIABLE.to_owned()), known);
    }
    match from_file {
        Some((names, place)) => list(&names, &place, known),
        None => Ok(known
            .registered
            .iter()
            .cloned()
            .map(Source::Custom)
            .chain([Source::Environment, Source::File])
            .collect()),
    }
}

/// Refuses variables of ours that mean nothing: a misspelt one would silently drop what it was to demand.
fn check_variables(host: &Host) -> Result<(), ConfigError> {
    const KNOWN: [&str; 2] = [PROVIDERS_VARIABLE, RESOLVED_VARIABLE];
    const OURS: [&str; 2] = [RESOLVED_ID_VARIABLE, RESOLVED_CONFIG_VARIABLE];
    for name in host.var_names(VARIABLE_PREFIX) {
        let place = Place::Variable(name.clone());
        if !KNOWN.contains(&name.as_str()) && !OURS.contains(&name.as_str()) {
            let error = ConfigError::new(place, "this build knows no such variable");
            return Err(error.with_hint(match nearest(&name, &KNOWN) {
                Some(known) => format!("did you mean {known}? Otherwise unset it"),
                None => format!("unset it; known are {}", KNOWN.join(" and ")),
            }));
        }
        if host.var_os(&name).is_some_and(|value| value.is_empty()) {
            return Err(ConfigError::new(place, "is empty").with_hint("unset it, or give it a value"));
        }
    }
    Ok(())
}

fn from_variable(host: &Host) -> Result<Option<Vec<String>>, ConfigError> {
    let value = host.var(PROVIDERS_VARIABLE)?;
    Ok(value.map(|names| names.split(',').map(|name| name.trim().to_owned()).collect()))
}

type NamesAt = (Vec<String>, Place);

/// The table `[profile.credentials]`. An unknown key is an error, for it would silently not do what it says.
fn credentials_table(
    document: &Document,
    profile: &Profile,
    known: KnownProviders<'_>,
) -> Result<Option<NamesAt>, ConfigError> {
    const KEYS: [&str; 1] = ["providers"];
    let Some(credentials) = &profile.credentials else { return Ok(None) };
    let at = |key: &str| {
        let position = credentials.keys.iter().find(|(known, _)| known == key).map(|(_, position)| *position);
        document.place(Some(position.unwrap_or(credentials.position)))
    };
    let Value::Table(table) = &credentials.value else {
        let message = format!(
            "`credentials` of profile {} must be a table, not {}",
            profile.name,
            credentials.value.kind()
        );
        return Err(ConfigError::new(document.place(Some(credentials.position)), message)
            .with_hint(format!("write it as [{}.credentials]", profile.name)));
    };
    let mut names = None;
    for (key, value) in table {
        match (key.as_str(), value) {
            ("providers", value) => names = Some((strings(value, &at(key))?, at(key))),
            (key, _) if known.reserved.contains(&key) => {
                return Err(ConfigError::new(
                    at(key),
                    format!("this build has no settings for the provider {key}"),
                )
                .with_hint("remove the table, or use a build that has the provider"));
            }
            (key, _) => {
                let error = ConfigError::new(at(key), format!("unknown key `{key}` under `credentials`"));
                return Err(error.with_hint(match nearest(key, &KEYS) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("the keys are: {}", KEYS.join(", ")),
                }));
            }
        }
    }
    Ok(names)
}

fn strings(value: &Value, place: &Place) -> Result<Vec<String>, ConfigError> {
    let error = |kind: &str| {
        ConfigError::new(place.clone(), format!("`providers` must be an array of names, not {kind}"))
            .with_hint(r#"write it as providers = ["environment", "file"]"#)
    };
    let Value::Array(items) = value else { return Err(error(value.kind())) };
    items
        .iter()
        .map(|item| match item {
            Value::Text(name) => Ok(name.clone()),
            other => Err(error(&format!("an array with {}", other.kind()))),
        })
        .collect()
}

/// Turns names into sources, and refuses unknown names, repetitions and a wrong order.
fn list(names: &[String], place: &Place, known: KnownProviders<'_>) -> Result<Vec<Source>, ConfigError> {
    let error = |message: String| ConfigError::new(place.clone(), message);
    let mut sources: Vec<Source> = Vec::new();
    for name in names {
        let source = Source::named(name, known.registered).ok_or_else(|| unknown(name, place, known))?;
        if sources.contains(&source) {
            return Err(error(format!("the provider {source} is listed twice")));
        }
        if let Some(earlier) = sources.iter().find(|earlier| earlier.rank() > source.rank()) {
            return Err(error(format!(
                "{earlier} stands before {source}; the documented order cannot be changed"
            ))
            .with_hint("list other providers first, then environment, then file"));
        }
        sources.push(source);
    }
    if sources.is_empty() {
        return Err(error("the list of providers is empty".to_owned())
            .with_hint("name at least one, or remove the list to ask all"));
    }
    Ok(sources)
}

fn unknown(name: &str, place: &Place, known: KnownProviders<'_>) -> ConfigError {
    let names = known.names();
    let message = match name {
        "" => "a name is empty".to_owned(),
        "explicit" => "`explicit` cannot be listed: what a program passes in always comes first".to_owned(),
        name if known.reserved.contains(&name) => format!("this build has no provider `{name}`"),
        name => format!("unknown provider `{name}`"),
    };
    let is_known_elsewhere = known.reserved.contains(&name);
    let hint = match nearest(name, &names).filter(|_| !is_known_elsewhere) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("the providers are: {}", names.join(", ")),
    };
    ConfigError::new(place.clone(), message).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(registered: &[String]) -> KnownProviders<'_> {
        KnownProviders { registered, reserved: &["vault"] }
    }

    fn from_list(names: &str, registered: &[&str]) -> Result<Vec<Source>, ConfigError> {
        let names: Vec<String> = names.split(',').map(str::to_owned).collect();
        let registered: Vec<String> = registered.iter().map(|name| (*name).to_owned()).collect();
        plan(
            Some((&names, Place::Flag("--providers"))),
            &Host::with_vars::<&str, &str>([]),
            &Document::empty("x"),
            None,
            known(&registered),
        )
    }

    fn message(result: Result<Vec<Source>, ConfigError>) -> String {
        let error = result.unwrap_err();
        format!("{error} | {}", error.hint.clone().unwrap_or_default())
    }

    #[test]
    fn a_list_may_drop_sources_and_add_registered_ones() {
        assert_eq!(from_list("file", &[]).unwrap(), [Source::File]);
        assert_eq!(
            from_list("corp,environment", &["corp"]).unwrap(),
            [Source::Custom("corp".into()), Source::Environment]
        );
    }

    #[test]
    fn the_documented_order_cannot_be_changed() {
        assert!(message(from_list("file,environment", &[])).contains("file stands before environment"));
        assert!(message(from_list("environment,corp", &["corp"])).contains("environment stands before corp"));
    }

    #[test]
    fn a_name_that_means_nothing_is_refused_with_the_nearest() {
        assert!(message(from_list("enviroment", &[])).contains("did you mean `environment`?"));
        assert!(message(from_list("vault", &[])).contains("this build has no provider `vault`"));
        assert!(message(from_list("", &[])).contains("a name is empty"));
        assert!(message(from_list("file,file", &[])).contains("twice"));
    }

    fn from_text(text: &str) -> Result<Vec<Source>, ConfigError> {
        let document = Document::parse(text, "modal.toml").unwrap();
        let profile = document.profile("p");
        plan(None, &Host::with_vars::<&str, &str>([]), &document, profile, known(&[]))
    }

    #[test]
    fn the_credentials_table_is_checked_with_line_and_column() {
        assert_eq!(from_text("[p.credentials]\nproviders = ['file']\n").unwrap(), [Source::File]);
        assert!(
            message(from_text("[p.credentials]\n\nprovider = ['file']\n"))
                .starts_with("modal.toml:3:1: unknown key")
        );
        assert!(message(from_text("[p.credentials.vault]\npath = 'x'\n")).contains("provider vault"));
        assert!(message(from_text("[p]\ncredentials = 1\n")).contains("must be a table"));
        assert!(message(from_text("[p.credentials]\nproviders = 'file'\n")).contains("array of names"));
        assert!(message(from_text("[p.credentials]\nproviders = []\n")).contains("is empty"));
    }

    #[test]
    fn a_variable_of_ours_that_means_nothing_is_refused() {
        let with = |name: &str, value: &str| {
            let host = Host::with_vars([(name, value)]);
            message(plan(None, &host, &Document::empty("x"), None, known(&[])))
        };
        assert!(
            with("MODAL_CREDENTIALS_PROVIDER", "file").contains("did you mean MODAL_CREDENTIALS_PROVIDERS")
        );
        assert!(with("MODAL_CREDENTIALS_VAULT_PATH", "x").contains("knows no such variable"));
        assert!(with("MODAL_CREDENTIALS_PROVIDERS", "").contains("is empty"));
    }
}
