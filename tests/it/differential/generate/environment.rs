//! Environments.

use std::collections::BTreeMap;

use super::SETTINGS;
use super::random::Random;

/// What a setting's variable may say: what most settings take, and what is just not it.
const TEXTS: &[&str] = &[
    "",
    "0",
    "1",
    "2",
    "true",
    "True",
    "FALSE",
    "false",
    "no",
    "yes",
    "null",
    "None",
    "debug",
    "INFO",
    "Warning",
    "critical",
    "fatal",
    "notset",
    "warn",
    "verbose",
    "Level 5",
    "10",
    "pickle",
    "CBOR",
    "Pickle",
    "json",
    "JSON",
    "error",
    "ignore",
    "ERROR",
    "dev1",
    "abcdefgh",
    "abcdefghi",
    "a-b",
    "ab\n",
    "a\nb",
    "é",
    "ß",
    "ı",
    "İ",
    "ΑΣ",
    "aws",
    "5",
    "-1",
    "+5",
    "-0",
    "007",
    "1_000",
    "1__0",
    "_1",
    "1_",
    "1.5",
    ".5",
    "5.",
    "1e5",
    "1E-5",
    "1e",
    "1_0.0_1e1_0",
    "0x10",
    "0b1",
    "inf",
    "-Infinity",
    "nan",
    "NaN",
    "+nan",
    "infin",
    "1e999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "123456789012345678901234567890",
    " 5 ",
    "\t5\n",
    "\u{a0}5\u{2003}",
    "\u{1f}5",
    "\u{85}5",
    "5\u{200b}",
    "１２",
    "٣",
    "1 2",
    "- 5",
    "+-5",
    "1,5",
    "a:b",
    "a:b,c:d",
    " a : b , c : d ",
    "a:b:c",
    "a:",
    ":b",
    "a",
    "a:b,",
    ",",
    "a:b,a:c",
    "a:\u{a0}",
    "https://example.com",
    "http://127.0.0.1:1",
    "unix:///tmp/x",
    "a,b",
    "%(message)s",
    "%(",
    "{home}",
    "'",
    "\"",
    "\\",
    "\\n",
    "#",
    "=",
    "[a]",
    "${HOME}",
    "$HOME",
    "as-inaSetting7Q",
    "ak-x",
    "\u{e0ff}x",
];

pub(super) fn variables(random: &mut Random, profiles: &[String]) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    let mut set = |name: &str, value: String| drop(env.insert(name.to_owned(), value));
    if random.percent(35) {
        token(random, &mut set);
    }
    if random.percent(35) {
        set("MODAL_PROFILE", profile(random, profiles));
    }
    if random.percent(15) {
        let paths = [
            "",
            "{home}/other.toml",
            "{home}/other.toml",
            "{home}/.modal.toml",
            "{home}/none.toml",
            "~/.modal.toml",
            "{home}",
        ];
        set("MODAL_CONFIG_PATH", random.pick(&paths).to_owned());
    }
    if random.percent(8) {
        set("MODAL_IS_REMOTE", random.pick(&["1", "1", "0", "true", "", " 1"]).to_owned());
    }
    if random.percent(6) {
        oauth(random, &mut set);
    }
    if random.percent(45) {
        for _ in 0..=random.below(4) {
            let key = random.pick(SETTINGS);
            if !key.starts_with("oauth_") {
                set(&format!("MODAL_{}", key.to_uppercase()), text(random));
            }
        }
    }
    if random.percent(1) {
        set("HOME", random.pick(&["", "{home}/none", "relative"]).to_owned());
    }
    env
}

/// The text of a variable.
pub(super) fn text(random: &mut Random) -> String {
    let text = random.pick(TEXTS).to_owned();
    match random.below(20) {
        0 => format!(" {text}"),
        1 => text + random.pick(TEXTS),
        _ => text,
    }
}

fn token(random: &mut Random, set: &mut impl FnMut(&str, String)) {
    let odd = ["", "ak-é", "ak-x\n", "ak x", " ak-x", "as-swapped8Kd2", "\u{e080}", "0", "ak-\u{7f}"];
    for (name, value) in [("MODAL_TOKEN_ID", "ak-env1"), ("MODAL_TOKEN_SECRET", "as-envR5t7Yw3")] {
        match random.below(10) {
            0..7 => set(name, value.to_owned()),
            7..9 => {}
            _ => set(name, random.pick(&odd).to_owned()),
        }
    }
    if random.percent(15) {
        set("MODAL_TOKEN_ID", String::new());
        if random.percent(60) {
            set("MODAL_TOKEN_SECRET", String::new());
        }
    }
}

fn profile(random: &mut Random, profiles: &[String]) -> String {
    let known: Vec<&str> = profiles.iter().map(String::as_str).collect();
    match random.below(10) {
        0 => String::new(),
        1 => "nobody".to_owned(),
        2 => "default".to_owned(),
        3 if random.percent(20) => random.pick(&[" ", "p\n", "é", "\u{e0ff}", "a.b"]).to_owned(),
        _ if known.is_empty() => "p".to_owned(),
        _ => random.pick(&known).to_owned(),
    }
}

fn oauth(random: &mut Random, set: &mut impl FnMut(&str, String)) {
    let whole = random.percent(40);
    for name in ["REFRESH_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "JWT_KEY"] {
        if (whole && name != "JWT_KEY") || random.percent(25) {
            set(&format!("MODAL_OAUTH_{name}"), random.pick(&["or-x", "oc-x", "", "x"]).to_owned());
        }
    }
}
