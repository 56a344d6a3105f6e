//! What this program writes is read back by the official client as it was meant, and the rest of the file means what it
//! meant before; or nothing is written.

use std::fs;

use modal_credentials::config::{EditError, Selectors, TokenEdit, Written};
use modal_credentials::host::Host;
use modal_credentials::{Config, Credentials, SecretString};
use serde_json::{Value as Json, json};

use super::case::Case;
use super::expect::Clients;
use super::generate::random::Random;
use super::generate::{self, SETTINGS};
use super::{from_the_clock, number};
use crate::support::oracle;

/// Something to write.
#[derive(Debug)]
enum Edit {
    Set { key: &'static str, value: String },
    Token { id: String, secret: String, activate: bool },
    Activate,
}

#[test]
fn whatever_is_written_is_read_back_by_the_official_client() {
    let count = number("MODALCRED_TEST_WRITES").unwrap_or(500);
    let seed = number("MODALCRED_TEST_SEED").unwrap_or_else(from_the_clock);
    println!("{count} writes from the seed {seed}");
    let mut clients = Clients::start();
    let mut written = 0;
    for seed in (seed..).take(usize::try_from(count).expect("a number of writes")) {
        let random = &mut Random::new(seed);
        let case = case(random, seed);
        let edit = edit(random);
        if let Err(found) = check(&mut clients, &case, &edit, &mut written) {
            panic!(
                "{found}\n\n{edit:?}\n\n{case}\nagain: MODALCRED_TEST_SEED={seed} \
                 MODALCRED_TEST_WRITES=1 tests/run whatever_is_written"
            );
        }
    }
    println!("{written} of them were written, the others refused");
    assert!(written * 3 > count || count < 50, "only {written} of {count} were written");
}

fn case(random: &mut Random, seed: u64) -> Case {
    const NAMES: &[&str] =
        &["new", "new", "default", "a.b", "a b", "é", "x]y", "a\"b", "", "a'b", "#", "[", " a", "true", "1"];
    let (file, profiles) = generate::file(random);
    let known: Vec<&str> = profiles.iter().map(String::as_str).collect();
    let profile =
        if known.is_empty() || random.percent(25) { random.pick(NAMES) } else { random.pick(&known) };
    let mut case = Case::of_file(&format!("seed {seed}"), file);
    case.env.insert("MODAL_PROFILE".to_owned(), profile.to_owned());
    if random.percent(10) {
        case.env.insert(
            "MODAL_SERVER_URL".to_owned(),
            random.pick(&["https://example.com", "x'\"", ""]).to_owned(),
        );
    }
    case
}

fn edit(random: &mut Random) -> Edit {
    const ANY: &[&str] = &["environment", "log_pattern", "image_builder_version", "worker_id", "server_url"];
    match random.below(20) {
        0..9 => Edit::Set { key: random.pick(ANY), value: value(random) },
        9..11 => Edit::Set { key: random.pick(SETTINGS), value: value(random) },
        11..17 => Edit::Token {
            id: token(random, "ak-"),
            secret: token(random, "as-"),
            activate: random.percent(50),
        },
        _ => Edit::Activate,
    }
}

fn value(random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        "a",
        "b c",
        " ",
        "'",
        "\"",
        "\\",
        "\\n",
        "\\x41",
        "\\\"",
        "#",
        "=",
        "[",
        "]",
        "{",
        ",",
        "é",
        "\u{a0}",
        "😀",
        "'''",
        "\"\"\"",
        "1",
        "true",
        "\n",
        "\r",
        "\t",
        "\u{1}",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "%(message)s",
        "\\u00e9",
        "/",
        "1979-05-27",
        "\\\\",
        "''",
        "\"\"",
    ];
    if random.percent(50) {
        return generate::text(random);
    }
    (0..=random.below(4)).map(|_| random.pick(PIECES)).collect()
}

fn token(random: &mut Random, prefix: &str) -> String {
    let odd = ["x.y", "x'y", "x\"y", "x\\y", "x#y", "x=y", "x\\", "\\x41", "'\"", "[x]", "x,y", "{home}"];
    let end = if random.percent(60) { "writtenZ4k9" } else { random.pick(&odd) };
    format!("{prefix}{end}")
}

/// Writes, and compares what both parsers read before and after.
fn check(clients: &mut Clients, case: &Case, edit: &Edit, count: &mut u64) -> Result<(), String> {
    let world = case.world();
    let path = world.path(".modal.toml");
    let before = fs::read(&path).expect("a file");
    let Ok(mut config) = Config::open(Host::with_vars(case.variables(&world)), Selectors::default()) else {
        return Ok(());
    };
    let is_first = config.profiles().next().is_none();
    let outcome = write(&mut config, edit);
    let after = fs::read(&path).expect("a file");
    let Ok(written) = outcome else {
        return if before == after { Ok(()) } else { Err("it was refused, and changed the file".to_owned()) };
    };
    *count += 1;
    let (old, new) = (clients.readings(&before), clients.readings(&after));
    // What Python misread before it may misread again; reading such a file warns. TOML 1.1 is no matter for the standard's
    // reader here.
    let python = (!old.differ_for_clients()).then_some(("Python", &old.python, &new.python));
    for (who, old, new) in python.into_iter().chain([("TOML 1.0", &old.standard, &new.standard)]) {
        let Some(old) = old.get("ok") else { continue };
        let expected = changed(old, config.profile(), edit, is_first, &written);
        if new["ok"] != expected {
            let after = String::from_utf8_lossy(&after);
            return Err(format!("{who} reads\n  {new}\nand should read\n  {expected}\nin\n{after}"));
        }
    }
    Ok(())
}

fn write(config: &mut Config, edit: &Edit) -> Result<Written, EditError> {
    let profile = config.profile().to_owned();
    match edit {
        Edit::Set { key, value } => config.set(key, value),
        Edit::Token { id, secret, activate } => {
            let pair = Credentials::new(id, SecretString::from(secret.as_str())).expect("a pair");
            let mut edit = TokenEdit::new(pair, profile);
            edit.activate = *activate;
            config.set_token(&edit)
        }
        Edit::Activate => config.set_active_profile(&profile),
    }
}

/// The profiles as they are to be afterwards.
fn changed(profiles: &Json, profile: &str, edit: &Edit, is_first: bool, written: &Written) -> Json {
    let mut profiles = profiles.clone();
    let activates = match edit {
        Edit::Set { .. } => false,
        Edit::Token { activate, .. } => *activate || is_first,
        Edit::Activate => true,
    };
    if activates {
        for other in profiles.as_object_mut().expect("profiles").values_mut() {
            other.as_object_mut().expect("a profile").remove("active");
        }
        profiles[profile]["active"] = json!(true);
    }
    match edit {
        Edit::Set { key, value } => profiles[profile][key] = json!(value),
        Edit::Token { id, secret, .. } => {
            profiles[profile]["token_id"] = json!(id);
            profiles[profile]["token_secret"] = json!(secret);
            if let Some(url) = &written.server_url {
                profiles[profile]["server_url"] = json!(url);
            }
        }
        Edit::Activate => {}
    }
    profiles
}

#[test]
fn what_a_refused_write_was_given_is_not_in_the_error() {
    let case = Case::of_file("an unwritable secret", "[default]\n");
    let world = case.world();
    let mut config =
        Config::open(Host::with_vars(case.variables(&world)), Selectors::default()).expect("a file");
    let error =
        config.set("oauth_client_secret", "hunter2 ' \" \u{1}").expect_err("no client reads that alike");
    let said = format!("{error} {error:?} {:?}", error.hint());
    assert!(!said.contains("hunter2"), "{said}");
    assert_eq!(oracle::bytes("[default]\n"), fs::read(world.path(".modal.toml")).expect("a file"));
}
