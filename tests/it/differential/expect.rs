//! What this program has to answer, given what the official Python client answers.
//!
//! Each accepted difference is a rule here, as narrow as it can be: where the client would answer as we do if the case
//! were a little different, it is asked exactly that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::answer::{Answer, Pair, Read, Refusal, is_too_large, normal};
use super::case::Case;
use super::reasons::{self, Reason};
use crate::support::World;
use crate::support::oracle::{self, Oracle};

/// The official clients.
pub(crate) struct Clients {
    python: Oracle,
    standard: Oracle,
    pub(super) go: Oracle,
    /// The settings that are compared: every one of the client's, and ours.
    pub(crate) keys: Vec<String>,
    /// Whether the Python client starts with a level of logging; asked once each.
    levels: BTreeMap<String, bool>,
}

/// The answer that is expected, and the accepted differences in it.
pub(crate) struct Expected {
    pub(crate) answer: Answer,
    pub(crate) reasons: BTreeSet<Reason>,
}

/// What the two parsers make of a file.
#[derive(PartialEq)]
pub(crate) struct Readings {
    /// The official client's.
    pub(crate) python: Json,
    /// The standard's.
    pub(crate) standard: Json,
}

impl Clients {
    pub(crate) fn start() -> Self {
        let (mut python, standard, go) = (Oracle::python(), Oracle::standard(), Oracle::go());
        let answer = python.ask(&json!({"env": {"HOME": "/nonexistent"}}));
        let known = answer["settings"].as_object().expect("settings").keys().cloned();
        let keys = known.chain(["automount".to_owned()]).collect();
        Self { python, standard, go, keys, levels: BTreeMap::new() }
    }

    /// What both parsers make of `file`: `{"ok": …}` or `{"error": …}`.
    pub(crate) fn readings(&mut self, file: &[u8]) -> Readings {
        let question = json!({"toml_base64": oracle::base64(file)});
        Readings { python: self.python.ask(&question), standard: self.standard.ask(&question) }
    }

    /// What this program has to answer to the case.
    pub(crate) fn expected(&mut self, case: &Case, world: &World) -> Expected {
        let mut reasons = BTreeSet::new();
        let answer = self.answer(case, world, &mut reasons);
        Expected { answer, reasons }
    }

    fn answer(&mut self, case: &Case, world: &World, reasons: &mut BTreeSet<Reason>) -> Answer {
        let python = self.python.ask(&case.question(world));
        if let Some(error) = python["read_error"].as_str() {
            return Answer::Refused(error.to_owned());
        }
        let mut refuse = |reason: Reason| {
            reasons.insert(reason);
            Answer::Refused(reason.why.to_owned())
        };
        if case.env.get("MODAL_PROFILE").is_some_and(|profile| holds_bytes(profile)) {
            return refuse(reasons::NOT_TEXT);
        }
        let readings = case.file_in_use().map(|file| self.readings(&file));
        let readings = readings.unwrap_or_else(|| Readings { python: Json::Null, standard: Json::Null });
        if readings.standard.get("error").is_some() {
            return refuse(reasons::NOT_STANDARD);
        }
        if self.keys.iter().any(|key| profiles(&readings.standard).any(|profile| is_too_large(&profile[key]))) {
            return refuse(reasons::TOO_LARGE);
        }
        let follows_standard = readings.python != readings.standard;
        let client = if follows_standard { &mut self.standard } else { &mut self.python };
        let answer = client.ask(&case.question(world));
        if answer["read_error"].is_string() {
            return refuse(reasons::NOT_STANDARD);
        }
        let warns = follows_standard && readings.differ_for_clients();
        if follows_standard {
            reasons.insert(if warns { reasons::MISREAD } else { reasons::INNER_TABLE });
        }
        Answer::Read(Box::new(Read {
            profile: text(&answer["profile"]),
            profiles: answer["profiles"].as_array().expect("a list").iter().map(text).collect(),
            settings: self.settings(case, &answer, &readings.standard["ok"], reasons),
            warns,
            pair: self.pair(case, world, follows_standard, reasons),
        }))
    }

    fn settings(
        &mut self,
        case: &Case,
        answer: &Json,
        file: &Json,
        reasons: &mut BTreeSet<Reason>,
    ) -> BTreeMap<String, Result<Json, String>> {
        let theirs = answer["settings"].as_object().expect("settings");
        let in_variable = |key: &str| case.env.get(&format!("MODAL_{}", key.to_uppercase()));
        let mut settings: BTreeMap<_, _> = theirs
            .iter()
            .map(|(key, answer)| (key.clone(), setting(answer, in_variable(key), reasons)))
            .collect();
        for (key, value) in &mut settings {
            let variable = in_variable(key).map(String::as_str);
            let in_file = || file.get(answer["profile"].as_str()?)?.get(key)?.as_str();
            if value.as_ref().is_ok_and(is_number) && variable.or_else(in_file).is_some_and(has_other_digits) {
                reasons.insert(reasons::DIGITS);
                *value = Err(reasons::DIGITS.why.to_owned());
            }
        }
        let automount = json!({"value": automount(in_variable("automount"), answer, file, reasons)});
        settings.insert("automount".to_owned(), setting(&automount, in_variable("automount"), reasons));

        if let Ok(Json::String(level)) = &settings["loglevel"]
            && !self.starts_with(level)
        {
            reasons.insert(reasons::LOG_LEVEL);
            settings.insert("loglevel".to_owned(), Err(reasons::LOG_LEVEL.why.to_owned()));
        } else if !answer["logger"].is_null() && settings["loglevel"].is_ok() && settings["log_format"].is_ok() {
            reasons.insert(reasons::LOG_FORMAT);
        }
        settings
    }

    fn starts_with(&mut self, level: &str) -> bool {
        if let Some(known) = self.levels.get(level) {
            return *known;
        }
        if level.contains('\0') {
            return false; // no variable could ask
        }
        let answer = self.python.ask(&json!({"env": {"HOME": "/nonexistent", "MODAL_LOGLEVEL": level}}));
        *self.levels.entry(level.to_owned()).or_insert(answer["logger"].is_null())
    }

    fn pair(&mut self, case: &Case, world: &World, follows_standard: bool, reasons: &mut BTreeSet<Reason>) -> Pair {
        let client = if follows_standard { &mut self.standard } else { &mut self.python };
        let mut ask = |case: &Case| client.ask(&case.question(world))["client"].clone();
        let mut answer = ask(case);
        let mut adjust = |adjusted: &Case, reason| {
            let adjusted = ask(adjusted);
            if adjusted != answer {
                reasons.insert(reason);
                answer = adjusted;
            }
        };
        let mut adjusted = case.clone();
        if case.is_remote() {
            adjusted = adjusted.without_file().with_env(|env| drop(env.remove("MODAL_IS_REMOTE")));
            adjust(&adjusted, reasons::REMOTE);
        }
        for variable in ["MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET"] {
            if adjusted.env.get(variable).is_some_and(String::is_empty) {
                adjusted.env.remove(variable);
                adjust(&adjusted, reasons::EMPTY_TOKEN);
            }
        }
        usable(&answer, reasons)
    }
}

impl Expected {
    /// Makes room for what depends on this program's own answer.
    pub(crate) fn concede(&mut self, case: &Case, ours: &Answer) {
        let Answer::Read(ours) = ours else { return };
        match &mut self.answer {
            Answer::Refused(_) if ours.warns && self.reasons.remove(&reasons::NOT_STANDARD) => {
                self.reasons.insert(reasons::TOML_1_1);
                self.answer = Answer::Read(ours.clone());
            }
            Answer::Refused(_) => {}
            Answer::Read(expected) if case.file_in_use().is_some_and(|file| file.windows(2).any(|two| two == b"\r\n")) => {
                let with_line_feeds = |value: &Json| value.to_string().replace("\\r\\n", "\\n");
                for (key, value) in &mut expected.settings {
                    if let (Ok(expected), Ok(ours)) = (&value, &ours.settings[key])
                        && expected != ours
                        && expected.to_string() == with_line_feeds(ours)
                    {
                        self.reasons.insert(reasons::LINE_ENDS);
                        *value = Ok(ours.clone());
                    }
                }
                if ours.warns && !expected.warns {
                    self.reasons.insert(reasons::LINE_ENDS);
                    expected.warns = true;
                }
            }
            Answer::Read(_) => {}
        }
    }
}

impl Readings {
    /// Whether a client could notice: in the profiles, their keys, and values that are no tables.
    pub(crate) fn differ_for_clients(&self) -> bool {
        let noticed = |reading: &Json| match &reading["ok"] {
            Json::Object(profiles) => profiles.iter().map(|(name, profile)| (name.clone(), flat(profile))).collect(),
            other => other.clone(),
        };
        noticed(&self.python) != noticed(&self.standard)
    }
}

/// A profile with what is in its tables left out.
fn flat(profile: &Json) -> Json {
    let Json::Object(entries) = profile else { return profile.clone() };
    let is_table = |value: &Json| {
        value.as_object().is_some_and(|table| !table.contains_key("$float") && !table.contains_key("$type"))
    };
    entries.iter().map(|(key, value)| (key.clone(), if is_table(value) { json!({}) } else { value.clone() })).collect()
}

/// The profiles of a file that was read.
fn profiles(reading: &Json) -> impl Iterator<Item = &Json> {
    reading["ok"].as_object().into_iter().flat_map(|profiles| profiles.values())
}

fn text(value: &Json) -> String {
    value.as_str().expect("text").to_owned()
}

fn holds_bytes(text: &str) -> bool {
    text.chars().any(|c| oracle::raw(c).is_some())
}

fn is_number(value: &Json) -> bool {
    value.is_number() || value.get("$float").is_some()
}

fn has_other_digits(text: &str) -> bool {
    text.chars().any(|c| c.is_numeric() && !c.is_ascii())
}

/// A setting as an oracle answers it, and its variable.
fn setting(answer: &Json, variable: Option<&String>, reasons: &mut BTreeSet<Reason>) -> Result<Json, String> {
    let value = match (&answer["error"], answer.get("value")) {
        (Json::String(error), _) => return Err(error.clone()),
        (_, Some(value)) => value,
        _ => panic!("no answer: {answer}"),
    };
    let refused_for = if is_too_large(value) {
        reasons::TOO_LARGE
    } else if variable.is_some_and(|text| holds_bytes(text)) {
        reasons::NOT_TEXT
    } else {
        return Ok(normal(value));
    };
    reasons.insert(refused_for);
    Err(refused_for.why.to_owned())
}

/// The switch that the client has no more, by the rule of its other switches.
fn automount(variable: Option<&String>, answer: &Json, file: &Json, reasons: &mut BTreeSet<Reason>) -> Json {
    let in_file = || file.get(answer["profile"].as_str()?)?.get("automount").cloned();
    let set = variable.map(|text| json!(text)).or_else(in_file);
    let Some(set) = set else { return json!(true) };
    reasons.insert(reasons::AUTOMOUNT);
    json!(match &set {
        Json::String(text) => !["", "0", "false"].contains(&text.to_lowercase().as_str()),
        Json::Bool(switch) => *switch,
        Json::Number(number) => number.as_i64() != Some(0),
        _ => true,
    })
}

/// The token that the client would send, if it is one.
fn usable(client: &Json, reasons: &mut BTreeSet<Reason>) -> Pair {
    if let Some(error) = client["refused"].as_str() {
        let refusal = match error {
            missing if missing.starts_with("AuthError") => Refusal::Token,
            incomplete if incomplete.contains("OAuth refresh token, client ID, and exactly") => Refusal::Either,
            _ => Refusal::Configuration,
        };
        return Pair::Refused(refusal, error.to_owned());
    }
    let reason = match (&client["pair"], &client["pair"][0], &client["pair"][1]) {
        (Json::Null, ..) => reasons::OAUTH,
        (_, Json::String(id), Json::String(secret)) => match unusable(id, secret) {
            None => return Pair::Found(id.clone(), secret.clone()),
            Some(reason) => reason,
        },
        _ => reasons::TOKEN_TYPE,
    };
    reasons.insert(reason);
    let refusal = if reason == reasons::OAUTH { Refusal::Either } else { Refusal::Token };
    Pair::Refused(refusal, reason.why.to_owned())
}

/// Why two texts are no token for us.
pub(crate) fn unusable(id: &str, secret: &str) -> Option<Reason> {
    let is_printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if holds_bytes(id) || holds_bytes(secret) {
        Some(reasons::NOT_TEXT)
    } else if !is_printable(id) || !is_printable(secret) {
        Some(reasons::TOKEN_TEXT)
    } else if id.starts_with("as-") || secret.starts_with("ak-") {
        Some(reasons::SWAPPED)
    } else {
        None
    }
}
