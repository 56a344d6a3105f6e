//! Files.

use super::SETTINGS;
use super::random::Random;
use super::values;

const NAMES: &[&str] = &[
    "default", "default", "prod", "dev-1", "a_b", "1", "-", "p", "work", "a.b", "a b", "é", "it's", "x]y",
    "#", "true", "",
];

/// Keys that no client knows.
const UNKNOWN: &[&str] =
    &["note", "x", "1", "token", "a-b", "tokenid", "Token_Id", "TOKEN_ID", "providers", "profile", "inf"];

/// Lines that break a file, or look as if they did.
const BROKEN: &[&str] = &[
    "k",
    "= 1",
    "k =",
    "k = ",
    "[p",
    "[]",
    "[p]]",
    "k = \"x",
    "k = 'x\"",
    "k == \"x\"",
    "a b = 1",
    "a=1 b=2",
    "k = 1 # [",
    "k = \"a\" b",
    "a..b = 1",
    ".a = 1",
    "a. = 1",
    "k = [,1]",
    "k = [1,,2]",
    "k = NaN",
    "k = 1979/05-27",
    "k = 07:32:00junk",
    "é = \"x\"",
    "k = \"\\0\"",
    "k = \"\u{1}\"",
    "k = \"x\"\u{a0}",
    "k = \"x\"\r",
    "\u{b}",
    "k = tru",
    "k = True",
    "k = 1__0",
    "k = _1",
    "k = 01",
    "k = +",
    "k = {a = 1}\nk.b = 1",
    "[q.a]\n[q]\na.y = 2",
    "[q]\n[q]",
    "k = 1\nk = 2",
    "k = {a = 1,}",
    "k = {a = 1\n}",
    "k = \"\"\"a",
    "k = '''a",
    "k = \"\\e\"",
    "k = \"\\x41\"",
    "k = 07:32",
    "k = \"\"\"a\"\"\"\"",
    "[[q]]",
    "a.b = 1\na = 2",
    "k = [1, 2",
    "k = 1, 2",
    "\"k = 1",
    "k: 1",
    "k = 0xG",
    "k = 1e",
    "k = .5",
    "k = 5.",
    "k = 1979-13-01",
    "k = 1979-05-27T25:00:00",
    "k = \"\\uD800\"",
    "k = \"\\q\"",
    "k = (1)",
    "//",
    "k = null",
    "k = \"a\nb\"",
    "k = 'a\nb'",
    "[a] b = 1",
    "k = 'it''s'",
    "\"\" = 1",
    "'' = 1",
    "k = 1 2",
    "k = -",
    "k = @",
    "k = {",
    "k = ]",
    "[",
    "]",
];

/// The names of the profiles.
pub(super) fn profiles(random: &mut Random) -> Vec<String> {
    let count = [0, 1, 1, 1, 2, 2, 2, 3, 4][random.below(9)];
    let mut names: Vec<String> = Vec::new();
    for _ in 0..count {
        let name = if random.percent(85) { random.pick(&NAMES[..9]) } else { random.pick(NAMES) };
        if random.percent(1) || !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The file.
pub(super) fn text(random: &mut Random, profiles: &[String]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let active = random.below(profiles.len() + 1);
    for (index, name) in profiles.iter().enumerate() {
        let profile = profile(random, name, index == active);
        // What has no header of its own would be part of the profile before it.
        let has_header = profile.iter().any(|line| line.trim_start().starts_with('['));
        let at = if has_header { lines.len() } else { 0 };
        lines.splice(at..at, profile);
    }
    if random.percent(3) {
        lines.insert(0, format!("{} = 1", values::key(random, "top")));
    }
    if random.percent(6) {
        let at = random.below(lines.len() + 1);
        lines.insert(at, random.pick(BROKEN).to_owned());
    }
    let eol = if random.percent(8) { "\r\n" } else { "\n" };
    let text = lines.join("\n").replace('\n', eol);
    let end = if random.percent(90) { eol } else { "" };
    let mark = if random.percent(1) { "\u{feff}" } else { "" };
    let text = format!("{mark}{text}{end}");
    match random.below(100) {
        0 => text + "\u{e0ff}",
        1..8 => mistyped(random, &text),
        _ => text,
    }
}

/// The text after a slip of the hand or two.
fn mistyped(random: &mut Random, text: &str) -> String {
    const SLIPS: &[&str] = &[
        "\"", "'", "\\", "#", "\n", "[", "]", "{", "}", ",", ".", "=", " ", "\t", "a", "1", "0", "_", "-",
        "+", "e", "\r\n", ":", "n", "u", "\r", "\u{a0}", "\u{1}", "\"\"\"", "'''", "\\u0022", "[[", "]]",
        "\\\"", "T", "Z",
    ];
    let mut characters: Vec<String> = text.chars().map(String::from).collect();
    for _ in 0..=random.below(3) {
        let at = random.below(characters.len() + 1);
        let dropped = random.below(3).min(characters.len() - at);
        let typed = random.percent(70).then(|| random.pick(SLIPS).to_owned());
        characters.splice(at..at + dropped, typed);
    }
    characters.concat()
}

fn profile(random: &mut Random, name: &str, active: bool) -> Vec<String> {
    let mut pairs = pairs(random, active);
    match random.below(60) {
        0 => {
            let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            vec![format!("{} = {{ {} }}", values::key(random, name), pairs.join(", "))]
        }
        1 => {
            let name = values::key(random, name);
            pairs.drain(..).map(|(key, value)| format!("{name}.{key} = {value}")).collect()
        }
        _ => {
            let mut lines = Vec::new();
            if random.percent(15) {
                lines.push(filler(random));
            }
            lines.push(header(random, name));
            for (key, value) in pairs {
                if random.percent(6) {
                    lines.push(filler(random));
                }
                lines.push(pair(random, &key, &value));
            }
            lines.extend(tables(random, name));
            lines
        }
    }
}

/// Keys, spelt out, and values.
fn pairs(random: &mut Random, active: bool) -> Vec<(String, String)> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    let complete = random.percent(60);
    if complete || random.percent(50) {
        pairs.push(("token_id", token(random, "ak-fileA1")));
    }
    if complete || random.percent(50) {
        pairs.push(("token_secret", token(random, "as-fileM3q9Zt")));
    }
    if active || random.percent(3) {
        pairs
            .push(("active", if random.percent(85) { "true".to_owned() } else { values::of_active(random) }));
    } else if random.percent(10) {
        pairs.push(("active", values::of_active(random)));
    }
    for _ in 0..random.below(4) {
        let key = random.pick(SETTINGS);
        if !key.starts_with("oauth_") || random.percent(20) {
            pairs.push((
                key,
                if random.percent(60) { values::of_setting(random) } else { values::any(random, 2) },
            ));
        }
    }
    for _ in 0..random.below(3) {
        pairs.push((random.pick(UNKNOWN), values::any(random, 2)));
    }
    let mut seen = Vec::new();
    pairs.retain(|(key, _)| {
        let new = !seen.contains(key);
        seen.push(*key);
        new
    });
    for last in (1..pairs.len()).rev() {
        pairs.swap(last, random.below(last + 1));
    }
    pairs.into_iter().map(|(key, value)| (values::key(random, key), value)).collect()
}

fn token(random: &mut Random, usual: &str) -> String {
    match random.below(20) {
        0 => values::any(random, 1),
        1 => random
            .pick(&["''", "\"as-swapped8Kd2\"", "'ak-x'", "0", "true", "\"ak-é\"", "\"ak-x\\n\"", "'ak x'"])
            .to_owned(),
        2..5 => format!("'{usual}'"),
        _ => format!("\"{usual}\""),
    }
}

fn header(random: &mut Random, name: &str) -> String {
    let key = values::key(random, name);
    let space = |random: &mut Random, chance| {
        if random.percent(chance) { random.pick(&[" ", "\t", "  "]) } else { "" }
    };
    let (before, left, right, after) =
        (space(random, 3), space(random, 4), space(random, 4), space(random, 6));
    let comment = if random.percent(8) { values::comment(random) } else { String::new() };
    format!("{before}[{left}{key}{right}]{after}{comment}")
}

fn pair(random: &mut Random, key: &str, value: &str) -> String {
    let before = if random.percent(5) { random.pick(&["  ", "\t"]) } else { "" };
    let equals = if random.percent(70) { " = " } else { random.pick(&["=", " =", "= ", "\t=\t", "  =  "]) };
    let after = match random.below(20) {
        0 => "  ".to_owned(),
        1 | 2 => format!(" {}", values::comment(random)),
        3 if random.percent(30) => values::comment(random),
        _ => String::new(),
    };
    format!("{before}{key}{equals}{value}{after}")
}

fn filler(random: &mut Random) -> String {
    match random.below(3) {
        0 => String::new(),
        1 => random.pick(&[" ", "\t", "  \t"]).to_owned(),
        _ => values::comment(random),
    }
}

/// Tables of a profile, ours among them.
fn tables(random: &mut Random, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let name = values::key(random, name);
    if random.percent(10) {
        lines.push(format!("[{name}.credentials]"));
        let providers = providers(random);
        lines.push(pair(random, "providers", providers));
    }
    if random.percent(8) {
        let inner = random.pick(&["sub", "image", "environment", "a.b", "\"x y\"", "tool"]);
        let array = random.percent(10);
        lines.push(if array { format!("[[{name}.{inner}]]") } else { format!("[{name}.{inner}]") });
        for key in ["a", "token_id", "b"] {
            if random.percent(50) {
                let value = values::any(random, 2);
                lines.push(pair(random, key, &value));
            }
        }
    }
    lines
}

/// Lists that ask what is asked anyway.
fn providers(random: &mut Random) -> &'static str {
    random.pick(&[
        "[\"environment\", \"file\"]",
        "['environment','file']",
        "[\n  \"environment\", # first\n  \"file\"\n]",
    ])
}
