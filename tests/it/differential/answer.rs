//! What a client answers to a case, in a form in which answers can be compared.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value as Json, json};

/// What a client makes of a case.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// The file is refused, for this reason.
    Refused(String),
    Read(Box<Read>),
}

/// What a client reads.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) profile: String,
    pub(crate) profiles: Vec<String>,
    /// Each setting, or why it is refused.
    pub(crate) settings: BTreeMap<String, Result<Json, String>>,
    /// Whether there is a warning about the file.
    pub(crate) warns: bool,
    pub(crate) pair: Pair,
}

impl Answer {
    /// The pair, unless the file is refused.
    pub(crate) fn pair(&self) -> Option<&Pair> {
        match self {
            Self::Read(read) => Some(&read.pair),
            Self::Refused(_) => None,
        }
    }
}

/// What comes of asking for a token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pair {
    Found(String, String),
    /// There is none, for this reason.
    Refused(Refusal, String),
}

/// Why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is missing, or cannot be used.
    Token,
    /// The configuration as a whole is refused.
    Configuration,
    /// It is about OAuth: which of the two it is depends on where one looks first.
    Either,
}

/// Something that should be equal and is not.
#[derive(Debug, Clone)]
pub(crate) struct Mismatch {
    /// What it is about.
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) ours: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  expected  {}\n  ours      {}", self.what, self.expected, self.ours)
    }
}

/// Where `ours` is not what was expected.
pub(crate) fn mismatches(expected: &Answer, ours: &Answer) -> Vec<Mismatch> {
    let (expected, ours) = match (expected, ours) {
        (Answer::Read(expected), Answer::Read(ours)) => (expected, ours),
        (Answer::Refused(_), Answer::Refused(_)) => return Vec::new(),
        _ => {
            return vec![Mismatch {
                what: "the file".to_owned(),
                expected: summary(expected),
                ours: summary(ours),
            }];
        }
    };
    let mut found = Vec::new();
    let mut compare = |what: &str, same: bool, expected: String, ours: String| {
        if !same {
            found.push(Mismatch { what: what.to_owned(), expected, ours });
        }
    };
    compare("profile", expected.profile == ours.profile, expected.profile.clone(), ours.profile.clone());
    compare(
        "profiles",
        expected.profiles == ours.profiles,
        format!("{:?}", expected.profiles),
        format!("{:?}", ours.profiles),
    );
    for (key, theirs) in &expected.settings {
        let ours = &ours.settings[key];
        compare(key, same_setting(theirs, ours), format!("{theirs:?}"), format!("{ours:?}"));
    }
    compare(
        "the pair",
        same_pair(&expected.pair, &ours.pair),
        format!("{:?}", expected.pair),
        format!("{:?}", ours.pair),
    );
    compare("a warning", expected.warns == ours.warns, expected.warns.to_string(), ours.warns.to_string());
    found
}

fn summary(answer: &Answer) -> String {
    match answer {
        Answer::Refused(why) => format!("refused: {why}"),
        Answer::Read(read) => format!("read: {:?}", read.profiles),
    }
}

fn same_setting(expected: &Result<Json, String>, ours: &Result<Json, String>) -> bool {
    match (expected, ours) {
        (Ok(expected), Ok(ours)) => expected == ours,
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

fn same_pair(expected: &Pair, ours: &Pair) -> bool {
    match (expected, ours) {
        (Pair::Refused(expected, _), Pair::Refused(ours, _)) => {
            expected == ours || *expected == Refusal::Either
        }
        (expected, ours) => expected == ours,
    }
}

/// A value of an oracle with its numbers and moments in one spelling.
pub(crate) fn normal(value: &Json) -> Json {
    match value {
        Json::Object(object) => match (object.get("$float"), object.get("$type"), object.get("str")) {
            (Some(Json::String(text)), ..) => {
                json!({"$float": text.parse::<f64>().expect("a number").to_string()})
            }
            (_, Some(_), Some(Json::String(text))) => json!({"$moment": moment(text)}),
            _ => object.iter().map(|(key, value)| (key.clone(), normal(value))).collect(),
        },
        Json::Array(items) => items.iter().map(normal).collect(),
        other => other.clone(),
    }
}

/// A date, a time or both in the spelling of Python's `str`, with microseconds, which is all that it keeps.
pub(crate) fn moment(text: &str) -> String {
    let text = text.replace(['T', 't'], " ").replace(['Z', 'z'], "+00:00");
    let text = text.strip_suffix("-00:00").map_or(text.clone(), |local| format!("{local}+00:00"));
    let Some((before, rest)) = text.split_once('.') else { return text };
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(digits);
    match format!("{fraction:0<6.6}") {
        zeros if zeros == "000000" => format!("{before}{zone}"),
        fraction => format!("{before}.{fraction}{zone}"),
    }
}

/// Whether an oracle's value holds a whole number beyond 64 bits.
pub(crate) fn is_too_large(value: &Json) -> bool {
    match value {
        // Whatever has a fraction is spelled `{"$float": …}`.
        Json::Number(number) => !number.is_i64(),
        Json::Array(items) => items.iter().any(is_too_large),
        Json::Object(object) => object.values().any(is_too_large),
        _ => false,
    }
}
