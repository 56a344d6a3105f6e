//! Keys, values and comments, in the spellings of TOML and some that only look like it.

use super::environment;
use super::random::Random;

const CONTENT: &[&str] = &[
    "",
    "",
    "x",
    "a b",
    "abc",
    "debug",
    "é",
    "日本",
    "#",
    "=",
    "[a]",
    "{b}",
    ",",
    "it",
    "https://example.com/?a=b#c",
    "%(message)s",
    "a.b",
    "C:",
    "1",
    "true",
    " x ",
    "\u{a0}",
    "😀",
    "\t",
    "as-contentH4k",
    "k = 1",
    "--",
    "$",
];

const ESCAPES: &[&str] = &[
    "\\n",
    "\\t",
    "\\\"",
    "\\\\",
    "\\r",
    "\\b",
    "\\f",
    "\\u00e9",
    "\\U0001F600",
    "\\u0000",
    "\\u0022",
    "\\u005c",
    "\\/",
    "\\'",
    "\\ ",
    "\\x41",
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "5",
    "-3",
    "+7",
    "10",
    "1_000",
    "-0",
    "+0",
    "0xFF",
    "0o17",
    "0b11",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "99999999999999999999",
    "007",
    "1__0",
    "1.5",
    "-1.5",
    "+0.25",
    "0.0",
    "-0.0",
    "1.0",
    "10.0",
    "1e5",
    "1E5",
    "1e+5",
    "1e-5",
    "6.26e-34",
    "1_0.5",
    "1.5_5",
    "0e0",
    "0.0e0",
    "1e400",
    "1.7976931348623157e308",
    "5e-324",
    "0.1",
    "0.30000000000000004",
    "1e16",
    "123456789.125",
    ".5",
    "5.",
    "inf",
    "nan",
    "+inf",
    "-inf",
    "+nan",
    "-nan",
    "1.",
    "1e1_0",
    "100000000000000000000.0",
];

const MOMENTS: &[&str] = &[
    "1979-05-27T07:32:00Z",
    "1979-05-27T07:32:00z",
    "1979-05-27t07:32:00Z",
    "1979-05-27 07:32:00Z",
    "1979-05-27T00:32:00-07:00",
    "1979-05-27T00:32:00+01:30",
    "1979-05-27T07:32:00",
    "1979-05-27",
    "07:32:00",
    "00:00:00",
    "07:32:00.5",
    "07:32:00.500",
    "07:32:00.999999",
    "07:32:00.1234567",
    "1979-05-27T00:32:00.999999",
    "1979-05-27T00:32:00.5",
    "1979-05-27T00:32:00.5Z",
    "1979-05-27T00:32:00.123456789Z",
    "1979-05-27T00:32:00-00:00",
    "0001-01-01",
    "9999-12-31",
    "2024-02-29",
    "2023-02-29",
    "23:59:60",
    "07:32",
    "1979-05-27T07:32",
];

/// A key as it can be written.
pub(super) fn key(random: &mut Random, name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match random.below(40) {
        0 | 1 => format!("\"{name}\""),
        2 | 3 if !name.contains('\'') => format!("'{name}'"),
        4 if random.percent(30) => format!("{name}.{name}"),
        5 if random.percent(15) => format!("{name} . x"),
        _ if is_bare => name.to_owned(),
        _ => format!("\"{name}\""),
    }
}

/// What `active` may say but for `true`.
pub(super) fn of_active(random: &mut Random) -> String {
    random
        .pick(&[
            "false",
            "false",
            "false",
            "1",
            "0",
            "2",
            "-1",
            "1.0",
            "1.5",
            "0.0",
            "\"true\"",
            "'false'",
            "[]",
            "[true]",
            "{}",
            "1979-05-27",
            "inf",
            "nan",
            "0xFF",
            "07:32:00",
        ])
        .to_owned()
}

/// What a setting's variable could say too, as a string.
pub(super) fn of_setting(random: &mut Random) -> String {
    let text = environment::text(random);
    let is_plain = !text.contains(['\\', '"']) && !text.chars().any(char::is_control);
    match random.below(4) {
        0 if !text.contains('\'') && !text.chars().any(char::is_control) => format!("'{text}'"),
        _ if is_plain => format!("\"{text}\""),
        _ => string(random),
    }
}

/// Any value.
pub(super) fn any(random: &mut Random, depth: usize) -> String {
    match random.below(if depth > 0 { 24 } else { 20 }) {
        0..9 => string(random),
        9..14 => random.pick(NUMBERS).to_owned(),
        14..18 => random.pick(&["true", "false"]).to_owned(),
        18..20 => random.pick(MOMENTS).to_owned(),
        20..23 => array(random, depth - 1),
        _ => inline_table(random, depth - 1),
    }
}

fn string(random: &mut Random) -> String {
    let mut text = random.pick(CONTENT).to_owned();
    if random.percent(40) {
        text.push_str(random.pick(CONTENT));
    }
    match random.below(20) {
        0..8 => format!("\"{text}\""),
        8..13 => format!("'{text}'"),
        13..16 => format!("\"{text}{}{}\"", random.pick(ESCAPES), random.pick(CONTENT)),
        16 => format!("'{text}{}'", random.pick(&["\"", "\\", "\\n", "\"\"", "\\\\"])),
        17 => format!("\"{text}{}\"", random.pick(&["'", "''", "'''", "\\\"\\\""])),
        18 => multi_line(random, "\"\"\"", &text),
        _ => multi_line(random, "'''", &text),
    }
}

fn multi_line(random: &mut Random, quotes: &str, text: &str) -> String {
    let start = if random.percent(50) { "\n" } else { "" };
    let middle = random.pick(&[
        "",
        "\n",
        "\n\n",
        " \n ",
        "\\\n  ",
        "\"",
        "'",
        "\n# no comment\n",
        "\n[no.header]\n",
        "\nk = 1\n",
        "\\n",
    ]);
    let end = random.pick(&["", "", "\n", " \n", "\"", "x"]);
    format!("{quotes}{start}{text}{middle}{text}{end}{quotes}")
}

fn array(random: &mut Random, depth: usize) -> String {
    let count = random.below(4);
    let first = any(random, depth);
    let mixed = random.percent(12);
    let items: Vec<String> = (0..count)
        .map(|index| match index {
            0 => first.clone(),
            _ if mixed => any(random, depth),
            _ if first.starts_with(['"', '\'']) => string(random),
            _ if first.parse::<i64>().is_ok() => random.pick(&["1", "2", "-3"]).to_owned(),
            _ => first.clone(),
        })
        .collect();
    let separator = random.pick(&[", ", ", ", ",", " , ", ",\n  ", ", # one\n  "]);
    let end = if count > 0 && random.percent(10) { "," } else { "" };
    let (left, right) = (random.pick(&["", "", " ", "\n"]), random.pick(&["", "", " ", "\n"]));
    format!("[{left}{}{end}{right}]", items.join(separator))
}

fn inline_table(random: &mut Random, depth: usize) -> String {
    let pairs: Vec<String> = ["a", "b", "token_id"]
        .iter()
        .take(random.below(4))
        .map(|name| format!("{} = {}", key(random, name), any(random, depth)))
        .collect();
    let space = random.pick(&["", " "]);
    let end = if random.percent(3) { "," } else { "" };
    format!("{{{space}{}{end}{space}}}", pairs.join(random.pick(&[", ", ","])))
}

pub(super) fn comment(random: &mut Random) -> String {
    random
        .pick(&[
            "# c",
            "#",
            "# it's",
            "# \"quoted\"",
            "# [p]",
            "# k = 1",
            "# é",
            "#\t",
            "# \\",
            "# '''",
            "# \"\"\"",
            "# as-commentT6r",
            "# {",
            "#=",
            "# ]",
        ])
        .to_owned()
}
