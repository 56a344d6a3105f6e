//! Words for people, out of names that come from outside.

use std::fmt::{self, Write};

/// A text that shows on one line whatever is in it: control characters and those that change the direction or width of
/// text are escaped, so that a file cannot forge a line of a message nor drive a terminal.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if is_deceptive(c) { write!(f, "{}", c.escape_default()) } else { f.write_char(c) }
        })
    }
}

fn is_deceptive(c: char) -> bool {
    let is_format = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}'..='\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || is_format
}

/// The text without what looks like a token's secret: what follows `as-` at the start of a word, if it is as long as one.
#[cfg(feature = "cli")]
pub(crate) fn without_secrets(text: &str) -> String {
    const SHORTEST: usize = 10;
    let in_secret = |c: char| c.is_ascii_graphic() && !"'\"`()[],;…".contains(c);
    let mut parts = text.split("as-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |cleaned, part| {
        let rest = part.trim_start_matches(in_secret);
        let starts_word = !without_style(&cleaned).ends_with(|c: char| c.is_alphanumeric());
        if starts_word && part.len() - rest.len() >= SHORTEST {
            cleaned + "as-…" + rest
        } else {
            cleaned + "as-" + part
        }
    })
}

/// The text without an escape sequence for a colour at its end, which ends with a letter.
#[cfg(feature = "cli")]
fn without_style(text: &str) -> &str {
    match text.rsplit_once("\x1b[") {
        Some((before, code))
            if code.ends_with('m')
                && !code.trim_end_matches('m').contains(|c: char| !c.is_ascii_digit() && c != ';') =>
        {
            before
        }
        _ => text,
    }
}

/// Addresses without the users and passwords that they may hold.
#[cfg(feature = "cli")]
pub(crate) fn without_users(urls: &str) -> String {
    let without_user = |url: &str| {
        let (scheme, rest) = url.find("://").map_or(("", url), |at| url.split_at(at + "://".len()));
        let authority = rest.find(['/', '?', '#']).map_or(rest, |end| rest.split_at(end).0);
        let host = authority.rfind('@').map_or(authority, |at| authority.split_at(at + 1).1);
        format!("{scheme}{host}{}", rest.strip_prefix(authority).unwrap_or_default())
    };
    urls.split(',').map(without_user).collect::<Vec<_>>().join(",")
}

/// The known name that `name` is probably a misspelling of.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.chars().count() / 3))
        .filter(|(distance, candidate)| *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_outside_stays_on_its_line() {
        assert_eq!(OneLine("a\nerror: forged\x1b[31m").to_string(), "a\\nerror: forged\\u{1b}[31m");
        assert_eq!(OneLine("a\u{202e}b").to_string(), "a\\u{202e}b");
    }

    #[test]
    #[cfg(feature = "cli")]
    fn no_password_of_an_address_is_shown() {
        assert_eq!(without_users("https://u:p@a.example:443/x@y,u:p@b"), "https://a.example:443/x@y,b");
        assert_eq!(without_users("https://api.modal.com"), "https://api.modal.com");
    }

    #[test]
    #[cfg(feature = "cli")]
    fn a_secret_in_the_wrong_place_is_not_repeated() {
        assert_eq!(without_secrets("unexpected 'as-0123456789!@:x' or as-2"), "unexpected 'as-…' or as-2");
        assert_eq!(without_secrets("'\x1b[33mas-0123456789\x1b[0m'"), "'\x1b[33mas-…\x1b[0m'");
        assert_eq!(without_secrets("/home/atlas-development/as-is"), "/home/atlas-development/as-is");
    }

    #[test]
    fn a_misspelling_is_near_and_another_short_name_is_not() {
        assert_eq!(nearest("enviroment", &["environment", "file"]), Some("environment"));
        assert_eq!(nearest("prdo", &["prod", "dev"]), Some("prod"));
        assert_eq!(nearest("b", &["a"]), None);
    }
}
