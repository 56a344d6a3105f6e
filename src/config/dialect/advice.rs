//! What to write instead of what only the official reader accepts. It goes by the place where Rust's `toml`
//! stops, so that much of it helps with what nobody accepts, too.

use std::ops::Range;

use super::quotes::starts_in_quote;

/// After Rust's `toml` refused `text` at `span`: the fix, when this looks like one of the leniencies of the
/// official reader.
pub(crate) fn advice(text: &str, span: Range<usize>) -> Option<&'static str> {
    let (before, rest) = text.split_at_checked(span.start)?;
    let place = Place {
        before: before.rsplit('\n').next().unwrap_or_default(),
        word: text.get(span).unwrap_or_default(),
        rest: rest.split_inclusive('\n').next().unwrap_or_default(),
    };
    FIXES.iter().find(|(applies, _)| applies(&place)).map(|(_, fix)| *fix)
}

struct Place<'t> {
    /// The line up to it.
    before: &'t str,
    /// What is refused. Empty where something else is expected.
    word: &'t str,
    /// The line from it on.
    rest: &'t str,
}

type Applies = fn(&Place<'_>) -> bool;

const FIXES: &[(Applies, &str)] = &[
    (lone_carriage_return, "end the line with a line feed, or with a carriage return and a line feed"),
    (
        control_character,
        r"write a control character as \u and four hexadecimal digits, and none in a comment",
    ),
    (invisible_character, "remove the invisible character, a no-break space for example"),
    (nul_escape, r"write \0 as \u0000"),
    (escape, r"write a backslash as \\, or the string in single quotes"),
    (second_equals_sign, "remove the second equals sign"),
    (comma_without_value, "remove the comma that has no value before it"),
    (second_element, "put a comma between the two values"),
    (second_pair, "write each key on a line of its own"),
    (number_word, "write nan and inf in small letters"),
    (boolean, "write true and false in small letters"),
    (name_in_use, "define it once: write its keys one after the other, below one header"),
    (date, "write it like 1979-05-27, 07:32:00 or 1979-05-27T07:32:00+01:00; or write it in quotes"),
    (number, "write it like 10, 0.5 or 1e5, with underscores between digits only; or write it in quotes"),
    (dot_without_name, "remove the dot that has no name on one side"),
    (unquoted, "write it in quotes"),
    (unclosed, "close the quote, bracket or brace that is open"),
    (after_value, "remove what follows on the line; only a comment may"),
    (no_value, "write a value after the equals sign"),
    (no_equals_sign, "write an equals sign and a value after the name, or # before a comment"),
];

fn lone_carriage_return(place: &Place<'_>) -> bool {
    (place.before.ends_with('\r') && !place.rest.starts_with('\n'))
        || (place.rest.starts_with('\r') && !place.rest.starts_with("\r\n"))
}

fn control_character(place: &Place<'_>) -> bool {
    place.rest.starts_with(|c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r'))
}

fn invisible_character(place: &Place<'_>) -> bool {
    let invisible =
        |c: char| !c.is_ascii() && (c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'));
    place.rest.starts_with(invisible) || place.word.contains(invisible)
}

fn nul_escape(place: &Place<'_>) -> bool {
    place.before.ends_with('\\') && place.rest.starts_with('0')
}

fn escape(place: &Place<'_>) -> bool {
    place.before.strip_suffix(['u', 'U', 'x']).unwrap_or(place.before).ends_with('\\')
}

fn second_equals_sign(place: &Place<'_>) -> bool {
    place.rest.starts_with('=') && place.before.trim_end().ends_with('=')
}

fn comma_without_value(place: &Place<'_>) -> bool {
    place.rest.starts_with(',')
        && (place.before.trim_end().ends_with(['[', '{', ',']) || place.before.trim().is_empty())
}

fn second_element(place: &Place<'_>) -> bool {
    let array = value_before(place).is_some_and(|value| value.starts_with('[') && !value.ends_with(']'));
    array && after_value(place)
}

fn second_pair(place: &Place<'_>) -> bool {
    after_value(place) && place.rest.contains('=')
}

fn number_word(place: &Place<'_>) -> bool {
    let word = place.word.trim_start_matches(['+', '-']);
    word.eq_ignore_ascii_case("nan") || word.eq_ignore_ascii_case("inf")
}

fn boolean(place: &Place<'_>) -> bool {
    place.word.eq_ignore_ascii_case("true") || place.word.eq_ignore_ascii_case("false")
}

fn name_in_use(place: &Place<'_>) -> bool {
    let next = place.rest.get(place.word.len()..).unwrap_or_default().trim_start();
    let is_name = starts_in_quote(place.word) || (!place.word.is_empty() && place.word.chars().all(is_bare));
    is_name && next.starts_with(['.', '=', ']']) && value_before(place).is_none()
}

fn date(place: &Place<'_>) -> bool {
    let digits = place.word.bytes().take_while(u8::is_ascii_digit).count();
    matches!((digits, place.word.as_bytes().get(digits)), (2, Some(b':')) | (4, Some(b'-' | b'/')))
}

fn number(place: &Place<'_>) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "_+-.".contains(c);
    let word =
        place.word.starts_with(|c: char| part(c) && !c.is_ascii_alphabetic()) && place.word.chars().all(part);
    let no_digits =
        place.word.is_empty() && (place.before.ends_with(['.', '+', '-']) || place.rest.starts_with('.'));
    word || (no_digits && value_before(place).is_some())
}

fn dot_without_name(place: &Place<'_>) -> bool {
    let after_dot = place.before.trim_end().ends_with('.') && place.rest.starts_with(['=', ' ', ']']);
    place.word.is_empty() && (place.rest.starts_with('.') || after_dot)
}

/// A value, or a name of other characters than those that need no quotes.
fn unquoted(place: &Place<'_>) -> bool {
    let word = !place.word.is_empty() && !starts_in_quote(place.word);
    let value = place.before.trim_end().ends_with(['=', '[', ',']);
    let name =
        place.before.trim().is_empty() && place.rest.contains('=') && !place.rest.starts_with(['=', '[']);
    (word && (value || !place.word.is_ascii())) || (name && !place.rest.starts_with(is_bare))
}

fn unclosed(place: &Place<'_>) -> bool {
    let open = value_before(place).is_some_and(|value| value.starts_with(['[', '{', '"', '\'']));
    place.rest.trim().is_empty() && (open || place.before.is_empty() || place.before.starts_with('['))
}

fn after_value(place: &Place<'_>) -> bool {
    place.word.is_empty() && follows_value(place) && !place.rest.trim().is_empty()
}

fn no_value(place: &Place<'_>) -> bool {
    place.before.trim_end().ends_with('=') && place.rest.trim().is_empty()
}

fn no_equals_sign(place: &Place<'_>) -> bool {
    value_before(place).is_none() && !place.before.trim().is_empty() && !place.before.starts_with('[')
}

/// A value or a header is complete before it.
fn follows_value(place: &Place<'_>) -> bool {
    let before = place.before.trim_end();
    let ends = before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '\'' | ']' | '}'));
    let begins = value_before(place).is_some() || before.starts_with('[');
    (ends && begins) || ["\"\"\"", "'''", "]"].iter().any(|end| before.ends_with(end))
}

/// What follows the first equals sign on the line.
fn value_before<'t>(place: &Place<'t>) -> Option<&'t str> {
    place.before.split_once('=').map(|(_, value)| value.trim())
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}
