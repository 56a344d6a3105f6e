//! Words for people, out of names that come from outside.

use std::fmt;

/// A name that shows on one line whatever is in it: control characters are escaped, so that a file cannot forge a line of
/// a message nor drive a terminal.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") }
        })
    }
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
    }

    #[test]
    fn a_misspelling_is_near_and_another_short_name_is_not() {
        assert_eq!(nearest("enviroment", &["environment", "file"]), Some("environment"));
        assert_eq!(nearest("prdo", &["prod", "dev"]), Some("prod"));
        assert_eq!(nearest("b", &["a"]), None);
    }
}
