//! Texts with wildcards: `[..]` stands for anything within a line, a line `...` for any number of lines.

use std::fmt::Write;

const WITHIN: &str = "[..]";
const LINES: &str = "...";

/// Whether the text is what is expected.
pub(super) fn matches(expected: &str, actual: &str) -> bool {
    let expected: Vec<&str> = expected.split('\n').collect();
    let actual: Vec<&str> = actual.split('\n').collect();
    lines_match(&expected, &actual)
}

/// What is different, for people to read; nothing if nothing is.
pub(super) fn difference(what: &str, expected: &str, actual: &str) -> Option<String> {
    (!matches(expected, actual))
        .then(|| format!("{what} (- expected, + actual):\n{}", diff(expected, actual)))
}

/// Both texts, line by line.
pub(super) fn diff(expected: &str, actual: &str) -> String {
    aligned(expected, actual).iter().fold(String::new(), |mut text, line| {
        let _ = match line {
            Line::Both(pattern) => writeln!(text, "  {pattern}"),
            Line::Expected(line) => writeln!(text, "- {line}"),
            Line::Actual(line) => writeln!(text, "+ {line}"),
        };
        text
    })
}

/// The actual text, with the wildcards of those expected lines that it matches.
pub(super) fn merged(expected: &str, actual: &str) -> String {
    let lines: Vec<&str> = aligned(expected, actual)
        .into_iter()
        .filter_map(|line| match line {
            Line::Both(line) | Line::Actual(line) => Some(line),
            Line::Expected(_) => None,
        })
        .collect();
    lines.join("\n")
}

/// A text as TOML, in the form that is easiest to read.
pub(super) fn literal(text: &str) -> toml_edit::Item {
    let bare = |quote: &str| !text.contains(quote) && !text.chars().any(|c| c.is_control() && c != '\n');
    let written = if !bare("'''") || (text.contains('\'') && !text.contains('\n')) {
        toml_edit::Value::from(text).to_string()
    } else if !text.contains('\n') {
        format!("'{text}'")
    } else if text.contains('\\') || !bare("\"\"\"") {
        format!("'''\n{text}'''")
    } else {
        format!("\"\"\"\n{text}\"\"\"")
    };
    let value: toml_edit::Value = written.parse().expect("valid TOML");
    toml_edit::value(value)
}

enum Line<'a> {
    /// As it is expected, with its wildcards.
    Both(&'a str),
    Expected(&'a str),
    Actual(&'a str),
}

/// The longest common subsequence, where a line with wildcards equals what it matches.
fn aligned<'a>(expected: &'a str, actual: &'a str) -> Vec<Line<'a>> {
    let expected: Vec<&str> = expected.split('\n').collect();
    let actual: Vec<&str> = actual.split('\n').collect();
    let mut longest = vec![vec![0_usize; actual.len() + 1]; expected.len() + 1];
    for i in (0..expected.len()).rev() {
        for j in (0..actual.len()).rev() {
            longest[i][j] = if line_matches(expected[i], actual[j]) {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < expected.len() || j < actual.len() {
        if i < expected.len() && j < actual.len() && line_matches(expected[i], actual[j]) {
            lines.push(Line::Both(expected[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == actual.len() || (i < expected.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            lines.push(Line::Expected(expected[i]));
            i += 1;
        } else {
            lines.push(Line::Actual(actual[j]));
            j += 1;
        }
    }
    lines
}

fn lines_match(expected: &[&str], actual: &[&str]) -> bool {
    match (expected, actual) {
        ([], []) => true,
        ([first, rest @ ..], _) if *first == LINES => {
            (0..=actual.len()).any(|skipped| lines_match(rest, &actual[skipped..]))
        }
        ([first, rest @ ..], [line, others @ ..]) => line_matches(first, line) && lines_match(rest, others),
        _ => false,
    }
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split(WITHIN);
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn wildcards_stand_for_anything_within_a_line_or_for_lines() {
    for (expected, actual) in [
        ("a [..] c", "a b c"),
        ("[..]", ""),
        ("a[..]b[..]c", "axbxbc"),
        ("first\n...", "first\nsecond\n"),
        ("...\nlast", "first\nlast"),
    ] {
        assert!(matches(expected, actual), "{expected:?} {actual:?}");
    }
    for (expected, actual) in
        [("a[..]", "b"), ("a[..]a", "a"), ("[..]", "a\nb"), ("a", "a\n"), ("a\n...\nb", "a")]
    {
        assert!(!matches(expected, actual), "{expected:?} {actual:?}");
    }
}

#[test]
fn a_rewritten_text_keeps_the_wildcards_that_still_hold() {
    assert_eq!(merged("a [..]\nb\nc [..]\n", "a 1\nB\nc 2\n"), "a [..]\nB\nc [..]\n");
}

#[test]
fn a_text_survives_being_written_as_toml() {
    for text in ["", "a", "a\n", "'", "\"\"\"\n", "\\\n", "'''\\\n", "\u{1b}[1m\n", "\n", "a\n'"] {
        let document =
            format!("x = {}", literal(text).as_str().map_or_else(String::new, |_| literal(text).to_string()));
        let table: toml::Table = toml::from_str(&document).expect(&document);
        assert_eq!(table["x"].as_str(), Some(text), "{document}");
    }
}
