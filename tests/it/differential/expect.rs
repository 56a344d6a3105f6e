//! What this program has to answer, given what the official Python client answers.
//!
//! Each accepted difference is a rule here, as narrow as it can be: where the client would answer as we do if the case
//! were a little different, it is asked exactly that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::answer::{Answer, Pair, Read, Refusal, is_too_large, normal};
use super::case::Case;
use super::readings::Readings;
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

/// The client's answer that ours is derived from.
struct Base {
    answer: Json,
    /// The file as the standard has it; null if there is none.
    file: Json,
    /// Whether the client's own parser misreads the file, so that this is the client on the standard's.
    follows_standard: bool,
    warns: bool,
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
        match self.base(case, world, python) {
            Ok(base) => Answer::Read(Box::new(self.read(case, world, &base, reasons))),
            Err(reason) => {
                reasons.insert(reason);
                Answer::Refused(reason.why.to_owned())
            }
        }
    }

    /// The answer of the official client, or of what it would be if it followed the standard; or why we refuse the file.
    fn base(&mut self, case: &Case, world: &World, python: Json) -> Result<Base, Reason> {
        if case.env.get("MODAL_PROFILE").is_some_and(|profile| holds_bytes(profile)) {
            return Err(reasons::NOT_TEXT);
        }
        let Some(file) = case.file_in_use() else {
            return Ok(Base { answer: python, file: Json::Null, follows_standard: false, warns: false });
        };
        let readings = self.readings(&file);
        if readings.standard.get("error").is_some() {
            return Err(reasons::NOT_STANDARD);
        }
        let file = &readings.standard["ok"];
        let profiles = || file.as_object().into_iter().flat_map(|profiles| profiles.values());
        if self.keys.iter().any(|key| profiles().any(|profile| is_too_large(&profile[key]))) {
            return Err(reasons::TOO_LARGE);
        }
        let follows_standard = readings.python != readings.standard;
        let answer = if follows_standard { self.standard.ask(&case.question(world)) } else { python };
        if answer["read_error"].is_string() {
            return Err(reasons::NOT_STANDARD);
        }
        let warns = readings.differ_for_clients();
        Ok(Base { answer, file: file.clone(), follows_standard, warns })
    }

    /// Our answer, if we read the file as the official client does.
    fn as_python_reads(&mut self, case: &Case, world: &World, reasons: &mut BTreeSet<Reason>) -> Read {
        let answer = self.python.ask(&case.question(world));
        let file =
            case.file_in_use().map(|file| self.readings(&file).python["ok"].clone()).unwrap_or_default();
        let base = Base { answer, file, follows_standard: false, warns: false };
        self.read(case, world, &base, reasons)
    }

    fn read(&mut self, case: &Case, world: &World, base: &Base, reasons: &mut BTreeSet<Reason>) -> Read {
        if base.follows_standard {
            reasons.insert(if base.warns { reasons::MISREAD } else { reasons::INNER_TABLE });
        }
        let profile = text(&base.answer["profile"]);
        let listed = listed(case, &base.file[&profile]["credentials"]);
        if listed.as_ref() != Some(case) {
            reasons.insert(reasons::CREDENTIALS);
        }
        let pair = match listed {
            Some(listed) => self.pair(&listed, world, base.follows_standard, reasons),
            None => Pair::Refused(Refusal::Configuration, reasons::CREDENTIALS.why.to_owned()),
        };
        Read {
            profiles: base.answer["profiles"].as_array().expect("a list").iter().map(text).collect(),
            settings: self.settings(case, base, &profile, reasons),
            profile,
            warns: base.warns,
            pair,
        }
    }

    fn settings(
        &mut self,
        case: &Case,
        base: &Base,
        profile: &str,
        reasons: &mut BTreeSet<Reason>,
    ) -> BTreeMap<String, Result<Json, String>> {
        let answers = base.answer["settings"].as_object().expect("settings");
        let mut settings = BTreeMap::new();
        for key in &self.keys {
            let found = Found {
                variable: case.env.get(&format!("MODAL_{}", key.to_uppercase())).map(String::as_str),
                in_file: &base.file[profile][key],
            };
            let answer = match answers.get(key) {
                Some(answer) => answer.clone(),
                None => found.automount(reasons),
            };
            settings.insert(key.clone(), found.setting(&answer, reasons));
        }
        self.check_logging(&mut settings, &base.answer["logger"], reasons);
        settings
    }

    /// What makes the client fail at import is our answer to the one setting, if to any.
    fn check_logging(
        &mut self,
        settings: &mut BTreeMap<String, Result<Json, String>>,
        logger: &Json,
        reasons: &mut BTreeSet<Reason>,
    ) {
        if let Ok(Json::String(level)) = &settings["loglevel"]
            && !self.starts_with(level)
        {
            reasons.insert(reasons::LOG_LEVEL);
            settings.insert("loglevel".to_owned(), Err(reasons::LOG_LEVEL.why.to_owned()));
        } else if !logger.is_null() && settings["loglevel"].is_ok() && settings["log_format"].is_ok() {
            reasons.insert(reasons::LOG_FORMAT);
        }
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

    fn pair(
        &mut self,
        case: &Case,
        world: &World,
        follows_standard: bool,
        reasons: &mut BTreeSet<Reason>,
    ) -> Pair {
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
    pub(crate) fn concede(&mut self, clients: &mut Clients, case: &Case, world: &World, ours: &Answer) {
        let Answer::Read(ours) = ours else { return };
        match &mut self.answer {
            Answer::Refused(_) if self.reasons.remove(&reasons::NOT_STANDARD) => {
                self.reasons.insert(reasons::TOML_1_1);
                self.answer = Answer::Read(if ours.warns {
                    ours.clone()
                } else {
                    Box::new(clients.as_python_reads(case, world, &mut self.reasons))
                });
            }
            Answer::Read(expected) => {
                if case.has_carriage_returns() && concede_line_ends(expected, ours) {
                    self.reasons.insert(reasons::LINE_ENDS);
                }
            }
            Answer::Refused(_) => {}
        }
    }
}

/// Takes our carriage returns for right where they are all that differs, and our warning of them.
fn concede_line_ends(expected: &mut Read, ours: &Read) -> bool {
    let with_line_feeds =
        |value: &Json| serde_json::from_str::<Json>(&value.to_string().replace("\\r\\n", "\\n")).ok();
    let mut conceded = ours.warns && !expected.warns;
    expected.warns |= ours.warns;
    for (key, value) in &mut expected.settings {
        if let (Ok(value), Ok(ours)) = (value, &ours.settings[key])
            && value != ours
            && with_line_feeds(ours).as_ref() == Some(&*value)
        {
            conceded = true;
            *value = ours.clone();
        }
    }
    conceded
}

fn text(value: &Json) -> String {
    value.as_str().expect("text").to_owned()
}

fn holds_bytes(text: &str) -> bool {
    text.chars().any(|c| oracle::raw(c).is_some())
}

/// The case with only the sources in it that our table `credentials` lists; `None` if there is a mistake in the table.
fn listed(case: &Case, credentials: &Json) -> Option<Case> {
    let providers = credentials.get("providers").unwrap_or(&Json::Null);
    if credentials.as_object().is_some_and(|table| table.keys().any(|key| key != "providers")) {
        None
    } else if credentials.is_null()
        || *credentials == json!({})
        || *providers == json!(["environment", "file"])
    {
        Some(case.clone())
    } else if *providers == json!(["environment"]) {
        Some(case.without_file())
    } else if *providers == json!(["file"]) {
        Some(case.with_env(|env| env.retain(|name, _| !name.starts_with("MODAL_TOKEN_"))))
    } else {
        None
    }
}

/// What is set for a key.
struct Found<'a> {
    variable: Option<&'a str>,
    /// Null if there is nothing.
    in_file: &'a Json,
}

impl Found<'_> {
    /// A setting as an oracle answers it, or why we refuse it.
    fn setting(&self, answer: &Json, reasons: &mut BTreeSet<Reason>) -> Result<Json, String> {
        let value = match (&answer["error"], answer.get("value")) {
            (Json::String(error), _) => return Err(error.clone()),
            (_, Some(value)) => value,
            _ => panic!("no answer: {answer}"),
        };
        let is_number = value.is_number() || value.get("$float").is_some();
        let refused_for = if is_too_large(value) {
            reasons::TOO_LARGE
        } else if self.variable.is_some_and(holds_bytes) {
            reasons::NOT_TEXT
        } else if is_number && self.text().chars().any(|c| c.is_numeric() && !c.is_ascii()) {
            reasons::DIGITS
        } else {
            return Ok(normal(value));
        };
        reasons.insert(refused_for);
        Err(refused_for.why.to_owned())
    }

    fn text(&self) -> &str {
        self.variable.or(self.in_file.as_str()).unwrap_or_default()
    }

    /// What an oracle would answer about the switch that the client has no more, by the rule of its other switches.
    fn automount(&self, reasons: &mut BTreeSet<Reason>) -> Json {
        let set = self.variable.map_or(self.in_file.clone(), |text| json!(text));
        if !set.is_null() {
            reasons.insert(reasons::AUTOMOUNT);
        }
        json!({"value": match &set {
            Json::String(text) => !["", "0", "false"].contains(&text.to_lowercase().as_str()),
            Json::Bool(switch) => *switch,
            Json::Number(number) => number.as_i64() != Some(0),
            _ => true,
        }})
    }
}

/// The token that the client would send, if it is one.
fn usable(client: &Json, reasons: &mut BTreeSet<Reason>) -> Pair {
    if let Some(error) = client["refused"].as_str() {
        let refusal = match error {
            missing if missing.starts_with("AuthError") => Refusal::Token,
            incomplete if incomplete.contains("OAuth refresh token, client ID, and exactly") => {
                Refusal::Either
            }
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
    let is_printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
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
