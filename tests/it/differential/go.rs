//! The pair of the official Go client, which reads the same file by rules of its own.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::answer::{Answer, Mismatch, Pair, Refusal};
use super::case::Case;
use super::expect::{Clients, Expected};
use super::reasons::{self, Reason};
use crate::support::World;
use crate::support::oracle;

/// The keys that Go knows, and the type it wants.
const KEYS: [(&str, Type); 12] = [
    ("server_url", Type::Text),
    ("token_id", Type::Text),
    ("token_secret", Type::Text),
    ("oauth_refresh_token", Type::Text),
    ("oauth_client_id", Type::Text),
    ("oauth_client_secret", Type::Text),
    ("oauth_jwt_key", Type::Text),
    ("environment", Type::Text),
    ("image_builder_version", Type::Text),
    ("loglevel", Type::Text),
    ("sandbox_v2", Type::Switch),
    ("active", Type::Switch),
];

#[derive(Clone, Copy)]
enum Type {
    Text,
    Switch,
}

/// What Go answers: the pair, or that there is none, or why it refuses.
#[derive(Debug)]
struct GoAnswer {
    pair: Option<(String, String)>,
    refused: Option<String>,
}

impl GoAnswer {
    fn of(answer: &Json) -> Self {
        let half = |index: usize| answer["pair"][index].as_str().map(str::to_owned);
        Self { pair: half(0).zip(half(1)), refused: answer["refused"].as_str().map(str::to_owned) }
    }

    /// Whether it is what `expected` says, as far as Go can tell.
    fn agrees(&self, expected: &Answer) -> bool {
        match (expected, &self.pair) {
            (Answer::Read(read), Some((id, secret))) => read.pair == Pair::Found(id.clone(), secret.clone()),
            (Answer::Read(read), None) => matches!(read.pair, Pair::Refused(..)),
            (Answer::Refused(_), pair) => pair.is_none(),
        }
    }
}

/// What is known when Go disagrees.
struct Dispute<'a> {
    case: &'a Case,
    world: &'a World,
    expected: &'a Expected,
    go: &'a GoAnswer,
    /// The profiles as the standard has them, if it reads the file.
    file: &'a Json,
}

/// Fails if Go has another pair for no accepted reason.
pub(crate) fn compare(
    clients: &mut Clients,
    case: &Case,
    world: &World,
    expected: &Expected,
) -> Result<BTreeSet<Reason>, Mismatch> {
    let file = case.with_env(|env| drop(env.remove("MODAL_IS_REMOTE"))).file_in_use();
    let file = file.map_or(json!({"ok": {}}), |file| clients.readings(&file).standard);
    // Go cannot be asked about bytes that are no text, and what it makes of text that is no TOML is its own affair.
    if case.env.values().any(|value| value.chars().any(|c| oracle::raw(c).is_some()))
        || file.get("error").is_some()
    {
        return Ok(BTreeSet::new());
    }
    let Some(answer) = clients.go.ask_unless_it_crashes(&case.question(world)) else {
        return Ok(BTreeSet::from([reasons::GO_CRASH]));
    };
    let go = GoAnswer::of(&answer);
    if go.agrees(&expected.answer) {
        return Ok(BTreeSet::new());
    }
    let dispute = Dispute { case, world, expected, go: &go, file: &file["ok"] };
    match dispute.reasons(clients) {
        Some(reasons) => Ok(reasons),
        None => Err(Mismatch {
            what: "Go's pair".to_owned(),
            expected: format!("{go:?}"),
            ours: format!("{:?}", expected.answer.pair()),
        }),
    }
}

impl Dispute<'_> {
    fn reasons(&self, clients: &mut Clients) -> Option<BTreeSet<Reason>> {
        if !self.case.is_remote() {
            return self.reason(clients).map(|reason| BTreeSet::from([reason]));
        }
        let case = &self.case.with_env(|env| drop(env.remove("MODAL_IS_REMOTE")));
        let expected = &clients.expected(case, self.world);
        let mut reasons = BTreeSet::from([reasons::GO_REMOTE]);
        if !self.go.agrees(&expected.answer) {
            reasons.extend(Dispute { case, expected, ..*self }.reasons(clients)?);
        }
        Some(reasons)
    }

    fn reason(&self, clients: &mut Clients) -> Option<Reason> {
        if self.go.refused.is_some() {
            return self.reason_of_refusal();
        }
        if let Some((id, secret)) = &self.go.pair
            && super::expect::unusable(id, secret).is_some()
        {
            return Some(reasons::GO_TOKEN);
        }
        if self.expected.reasons.contains(&reasons::CREDENTIALS) {
            return Some(reasons::CREDENTIALS);
        }
        if self.profiles().any(has_capitals) {
            return Some(reasons::GO_CASE);
        }
        if matches!(self.expected.answer, Answer::Refused(_)) {
            return self.go.pair.is_some().then_some(reasons::GO_TOML);
        }
        let is_unnamed = matches!(&self.expected.answer, Answer::Read(read) if read.profile.is_empty());
        if (is_unnamed || self.names_no_profile()) && self.agrees_on(clients, &self.case.without_file()) {
            return Some(reasons::GO_DEFAULT);
        }
        if matches!(self.expected.answer.pair(), Some(Pair::Refused(Refusal::Configuration, _)))
            && self.is_ambiguous()
        {
            return Some(reasons::GO_ACTIVE);
        }
        None
    }

    fn reason_of_refusal(&self) -> Option<Reason> {
        let why = self.go.refused.as_deref()?;
        let is_about = |text: &str| why.contains(text);
        if is_about("OAuth")
            && self.case.env.iter().any(|(name, value)| name.starts_with("MODAL_OAUTH_") && value.is_empty())
        {
            return Some(reasons::GO_OAUTH);
        }
        if is_about("$HOME is not defined") && self.case.env.get("HOME").is_some_and(String::is_empty) {
            return Some(reasons::GO_HOME);
        }
        if is_about("invalid server URL") {
            return Some(reasons::GO_URL);
        }
        if is_about("invalid log level value") {
            return Some(reasons::GO_LOG_LEVEL);
        }
        self.profiles().any(has_other_types).then_some(reasons::GO_TYPES)
    }

    fn agrees_on(&self, clients: &mut Clients, adjusted: &Case) -> bool {
        self.go.agrees(&clients.expected(adjusted, self.world).answer)
    }

    fn profiles(&self) -> impl Iterator<Item = &Json> {
        profiles(self.file)
    }

    fn names_no_profile(&self) -> bool {
        self.case.set_to("MODAL_PROFILE").is_none()
            && !self.profiles().any(|profile| profile["active"] == true)
    }

    fn is_ambiguous(&self) -> bool {
        let active = self.profiles().filter(|profile| profile["active"] == true).count();
        active > 1 || (active == 0 && self.profiles().count() > 1)
    }
}

fn profiles(file: &Json) -> impl Iterator<Item = &Json> {
    file.as_object().into_iter().flat_map(|profiles| profiles.values())
}

/// The entries of a profile that Go reads, with the type it wants.
fn known(profile: &Json) -> impl Iterator<Item = (&str, &Json, Type)> {
    profile.as_object().into_iter().flatten().filter_map(|(key, value)| {
        let (_, wanted) = KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(key))?;
        Some((key.as_str(), value, *wanted))
    })
}

fn has_other_types(profile: &Json) -> bool {
    known(profile).any(|(_, value, wanted)| match wanted {
        Type::Text => !value.is_string(),
        Type::Switch => !value.is_boolean(),
    })
}

fn has_capitals(profile: &Json) -> bool {
    known(profile).any(|(key, ..)| key.contains(char::is_uppercase))
}
