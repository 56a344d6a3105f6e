//! What this program answers: as a library, and as a command.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use modal_credentials::config::{Selectors, Value};
use modal_credentials::host::Host;
use modal_credentials::{Config, ConfigError, Error, ExposeSecret, Resolver};
use serde_json::{Value as Json, json};

use super::answer::{Answer, Pair, Read, Refusal, moment};
use super::case::Case;
use crate::support::World;

/// The answer of the library.
pub(crate) fn library(case: &Case, world: &World, keys: &[String]) -> Answer {
    match Config::load(Host::with_vars(case.variables(world)), Selectors::default()) {
        Err(error) => Answer::Refused(format!("{error}; {:?}", error.hint)),
        Ok(config) => Answer::Read(Box::new(Read {
            profile: config.profile().to_owned(),
            profiles: config.profiles().map(str::to_owned).collect(),
            settings: keys.iter().map(|key| (key.clone(), setting(&config, key))).collect(),
            warns: !config.warnings().is_empty(),
            pair: pair(config),
        })),
    }
}

fn setting(config: &Config, key: &str) -> Result<Json, String> {
    match config.get(key, None, true) {
        Ok(value) => Ok(value.as_ref().map_or(Json::Null, encoded)),
        Err(error) => Err(error.to_string()),
    }
}

fn pair(config: Config) -> Pair {
    match Resolver::builder().config(config).build().and_then(|resolver| resolver.resolve_blocking()) {
        Ok(resolved) => {
            let pair = resolved.credentials();
            Pair::Found(pair.token_id().to_owned(), pair.token_secret().expose_secret().to_owned())
        }
        Err(error) => Pair::Refused(refusal(&error), error.to_string()),
    }
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::Configuration(_) => Refusal::Configuration,
        _ => Refusal::Token,
    }
}

/// A value in the form of the oracles.
fn encoded(value: &Value) -> Json {
    match value {
        Value::Float(number) => json!({"$float": number.to_string()}),
        Value::Datetime(text) => json!({"$moment": moment(text)}),
        Value::Array(items) => items.iter().map(encoded).collect(),
        Value::Table(entries) => entries.iter().map(|(key, value)| (key.clone(), encoded(value))).collect(),
        other => printed(other),
    }
}

/// A value as the command prints it.
fn printed(value: &Value) -> Json {
    match value {
        Value::Bool(b) => json!(b),
        Value::Integer(i) => json!(i),
        Value::Float(f) if f.is_finite() => json!(f),
        Value::Float(f) => json!(f.to_string()),
        Value::Text(s) | Value::Datetime(s) => json!(s),
        Value::Secret(s) => json!(s.expose_secret()),
        Value::Array(items) => items.iter().map(printed).collect(),
        Value::Table(entries) => entries.iter().map(|(key, value)| (key.clone(), printed(value))).collect(),
        other => panic!("a new kind of value: {}", other.kind()),
    }
}

/// The library's refusal of the file, if it refuses it.
pub(crate) fn refusal_of_file(case: &Case, world: &World) -> Option<ConfigError> {
    Config::load(Host::with_vars(case.variables(world)), Selectors::default()).err()
}

/// Fails if the command answers anything else than the library, or leaves anything behind.
pub(crate) fn check_command(case: &Case, keys: &[String]) {
    let world = case.world().may_print();
    let files = files(&world);
    let config = Config::load(Host::with_vars(case.variables(&world)), Selectors::default());
    let current = world.run(["profile", "current"]);
    match config {
        Err(_) => assert_eq!(current.code, Some(5), "{case}\n{}", current.stderr),
        Ok(config) => {
            assert_eq!(current.stdout, format!("{}\n", config.profile()), "{case}");
            let names: Vec<String> = config.profiles().map(str::to_owned).collect();
            assert_eq!(names_listed(&world), names, "{case}");
            check_settings(case, &world, &config, keys);
            check_pair(case, &world, config);
        }
    }
    assert_eq!(self::files(&world), files, "{case}");
}

/// The files in the home folder, and what is in them.
fn files(world: &World) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = world.home().read_dir().expect("a folder").map(|entry| entry.expect("a file").path());
    entries.map(|path| (path.clone(), fs::read(path).expect("a file"))).collect()
}

fn names_listed(world: &World) -> Vec<String> {
    let ran = world.run(["profile", "list", "--json"]);
    let rows: Vec<Json> = serde_json::from_str(&ran.stdout).expect("a list");
    rows.iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
}

fn check_settings(case: &Case, world: &World, config: &Config, keys: &[String]) {
    let shown = world.run(["config", "show", "--no-redact", "--include-internal"]);
    let expected: Result<BTreeMap<&String, Json>, _> = keys
        .iter()
        .map(|key| config.get(key, None, true).map(|value| (key, value.as_ref().map_or(Json::Null, printed))))
        .collect();
    if let Ok(expected) = expected {
        let shown: Json = serde_json::from_str(&shown.stdout).expect("an object");
        // By way of the same text, for reading a number back may round it.
        let expected: Json = serde_json::from_str(&json!(expected).to_string()).expect("an object");
        assert_eq!(shown, expected, "{case}");
        return;
    }
    assert_eq!(shown.code, Some(5), "{case}\n{}", shown.stdout);
    for key in keys {
        check_setting(case, world, config, key);
    }
}

fn check_setting(case: &Case, world: &World, config: &Config, key: &str) {
    let shown = world.run(["config", "get", key, "--json", "--no-redact"]);
    match config.get(key, None, true) {
        Ok(value) => {
            let expected = value.as_ref().map_or(Json::Null, printed).to_string();
            assert_eq!(shown.stdout, format!("{expected}\n"), "{key} in {case}");
        }
        Err(_) => assert_eq!(shown.code, Some(5), "{key} in {case}"),
    }
}

fn check_pair(case: &Case, world: &World, config: Config) {
    let shown = world.run(["get"]);
    match pair(config) {
        Pair::Found(id, secret) => {
            let shown: Json = serde_json::from_str(&shown.stdout).expect("an object");
            assert_eq!((&shown["token_id"], &shown["token_secret"]), (&json!(id), &json!(secret)), "{case}");
        }
        Pair::Refused(refusal, _) => {
            let codes = if refusal == Refusal::Configuration { 5..=5 } else { 3..=4 };
            assert!(shown.code.is_some_and(|code| codes.contains(&code)), "{case}\n{}", shown.stderr);
            assert_eq!(shown.stdout, "", "{case}");
        }
    }
}
