//! Where Python's `toml` package, which the official client reads `.modal.toml` with, and the TOML standard
//! part ways.
//!
//! That package is no TOML 1.0 parser: it refuses some valid files, reads others with another meaning, and
//! accepts invalid ones. [`check`] therefore reads a valid file a second time as that package would, and
//! compares. It is a model and no list of special cases, because what the package makes of a line depends on
//! the quotes, brackets and backslashes before it. The model goes as the package does: over characters
//! ([`scan`]), over lines ([`lines`]), over the text of a line ([`pair`], [`value`], [`string`], [`number`]).
//! The other way round, for files that only the package accepts, [`advice`] says how to mend them.

mod advice;
mod compare;
mod lines;
mod number;
mod pair;
mod quotes;
mod reason;
mod scan;
mod string;
mod value;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(crate) use advice::advice;
use lines::Document;
use reason::Reason;

/// A place where the official client and the standard disagree. The words are fixed: no text of the file,
/// which holds secrets, ever gets into a message.
#[derive(Debug)]
pub(crate) struct Divergence {
    /// Bytes in the text.
    pub(crate) span: Range<usize>,
    /// What is wrong.
    pub(crate) what: &'static str,
    /// What to write instead.
    pub(crate) fix: &'static str,
}

impl Divergence {
    fn new(span: Range<usize>, reason: &Reason) -> Self {
        Self { span, what: reason.what, fix: reason.fix }
    }
}

/// Compares what the official client reads in `text` with what the standard says, `root`, and returns where
/// it reads something else.
///
/// What counts is what the official client uses: the profiles, their keys, and the values that are no tables.
/// A table inside a profile need only be readable.
///
/// # Errors
///
/// The official client refuses the whole file.
pub(crate) fn check(text: &str, root: &DeTable<'_>) -> Result<Vec<Divergence>, Divergence> {
    match read(text.replace("\r\n", "\n")) {
        Ok(document) => match compare::outside_a_profile(root, &document) {
            Some(line) => {
                let start = original(text, line);
                Err(Divergence::new(start..start, &reason::OUTSIDE))
            }
            None => Ok(compare::compare(text, root, &document)),
        },
        Err((span, stop)) => {
            let start = original(text, span.start);
            let span = start..if span.is_empty() { start } else { original(text, span.end - 1) + 1 };
            match stop {
                Stop::Refused(reason) => Err(refusal(text, root, span, &reason)),
                Stop::Unclear => Ok(vec![Divergence::new(span, &reason::UNCLEAR)]),
            }
        }
    }
}

/// Why the model of the official reader stops.
enum Stop {
    Refused(Reason),
    /// It would go on with something so far from the standard that the model does not follow.
    Unclear,
}

fn read(text: String) -> Result<Document, (Range<usize>, Stop)> {
    let text = scan::scan(text).map_err(|(span, reason)| (span, Stop::Refused(reason)))?;
    Document::read(&text)
}

/// Names the cause where the official reader stumbles over something else, later.
fn refusal(text: &str, root: &DeTable<'_>, span: Range<usize>, reason: &Reason) -> Divergence {
    if text.starts_with('\u{feff}') && !text.get(..span.start).is_some_and(|before| before.contains('\n')) {
        return Divergence::new(0..0, &reason::BYTE_ORDER_MARK);
    }
    match root.values().find_map(|value| inline_table_over_lines(text, value, span.start)) {
        Some(table) => Divergence::new(table, &reason::INLINE_TABLE),
        None => Divergence::new(span, reason),
    }
}

fn inline_table_over_lines(text: &str, value: &Spanned<DeValue<'_>>, at: usize) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::Table(table) => {
            let written = text.get(value.span()).unwrap_or_default();
            if written.starts_with('{') {
                return (value.span().contains(&at) && written.contains('\n')).then(|| value.span());
            }
            table.values().find_map(|value| inline_table_over_lines(text, value, at))
        }
        DeValue::Array(values) => values.iter().find_map(|value| inline_table_over_lines(text, value, at)),
        _ => None,
    }
}

/// The offset in `text` of what stands at `at` when every line end is one character.
fn original(text: &str, at: usize) -> usize {
    text.bytes().enumerate().filter(|(_, byte)| *byte != b'\r').nth(at).map_or(text.len(), |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<Vec<Divergence>, Divergence> {
        check(text, DeTable::parse(text).expect("valid TOML").get_ref())
    }

    fn warned(text: &str) -> Vec<(&str, &'static str)> {
        let warnings = checked(text).expect("readable for the official client");
        warnings.iter().map(|warning| (&text[warning.span.clone()], warning.what)).collect()
    }

    fn refused(text: &str) -> (&str, &'static str) {
        let refusal = checked(text).expect_err("refused by the official client");
        (&text[refusal.span], refusal.what)
    }

    fn advised(text: &str) -> Option<&'static str> {
        let error = DeTable::parse(text).expect_err("invalid TOML");
        advice(text, error.span().expect("a place"))
    }

    #[test]
    fn what_the_official_client_writes_is_read_without_a_word() {
        let file = "[work]\ntoken_id = \"ak-1\"\ntoken_secret = \"as-2\"\nactive = true\n\n[home]\ntoken_id = \"ak-3\"\n";
        assert_eq!(warned(file), []);
        assert_eq!(warned(&file.replace('\n', "\r\n")), []);
        assert_eq!(warned(""), []);
    }

    #[test]
    fn a_hexadecimal_number_is_refused_right_after_the_equals_sign_only() {
        assert_eq!(refused("[p]\nk=0xFF\n"), ("0xFF", reason::NUMBER.what));
        assert_eq!(warned("[p]\nk= 0xFF\n"), []);
        assert_eq!(warned("[p]\nk=[0xFF]\n"), []);
    }

    #[test]
    fn a_backslash_decides_which_quotes_are_seen() {
        assert_eq!(warned(r#"p.k = "\"""#), [(r#""\"""#, reason::TEXT.what)]);
        assert_eq!(warned(r#"p.k = "\"x""#), []);
        assert_eq!(warned(r"p.k = 'a\'"), []);
        assert_eq!(refused("[p]\n'a\\' = 1\n"), (r"'a\' = 1", reason::KEY.what));
    }

    #[test]
    fn whatever_a_string_without_an_end_swallows_is_one_warning() {
        let file = "[p]\nk = \"\"\"a\nb\"\"\" # c\nm = 1\n[q]\n";
        assert_eq!(warned(file), [("", reason::UNCLOSED.what)]);
        assert_eq!(checked(file).expect("warnings")[0].span.start, file.find("k =").expect("the key"));
    }

    #[test]
    fn lost_quotes_are_found_on_the_line_that_loses_them() {
        let file = "[p]\r\nk = \"\"\"a\"\"\"\"\r\nm = 1\r\n";
        let refusal = checked(file).expect_err("refused");
        assert_eq!((refusal.what, file[..refusal.span.start].lines().count()), (reason::QUOTES.what, 2));
    }

    #[test]
    fn an_inline_table_over_several_lines_is_found_where_it_begins() {
        assert_eq!(refused("[p]\nk = {\n  a = 1,\n}\n"), ("{\n  a = 1,\n}", reason::INLINE_TABLE.what));
        assert_eq!(warned("[p]\nk = { a = [\n  1,\n] }\n"), []);
    }

    #[test]
    fn a_table_inside_a_profile_may_be_misread_but_not_refused() {
        assert_eq!(warned("[p.credentials]\nk = \"\\\"\"\n"), []);
        assert_eq!(refused("[p.credentials]\nk = \"\\e\"\n"), (r#""\e""#, reason::ESCAPE.what));
    }

    #[test]
    fn an_array_of_tables_is_no_profile() {
        assert_eq!(refused("[[p]]\nk = 1\n"), ("[[p]]", reason::ARRAY_OF_TABLES.what));
        assert_eq!(warned("[[p.k]]\n[[p.k]]\n"), []);
    }

    #[test]
    fn a_byte_order_mark_is_named_and_not_what_it_breaks() {
        assert_eq!(refused("\u{feff}[p]\n"), ("", reason::BYTE_ORDER_MARK.what));
    }

    #[test]
    fn places_are_bytes_of_the_file_as_it_is() {
        let file = "# é\r\n[p]\r\na = 1\r\nk=0o17\r\n";
        assert_eq!(refused(file), ("0o17", reason::NUMBER.what));
    }

    #[test]
    fn a_leniency_of_the_official_reader_comes_with_its_fix() {
        for (text, fix) in [
            ("[p]\rk = 1", "end the line"),
            ("k = \"x\"\u{a0}", "invisible"),
            ("é = 1", "in quotes"),
            ("a..b = 1", "dot"),
            ("k = [1,,2]", "comma"),
            ("k == 1", "equals sign"),
            ("a = 1 b = 2", "each key"),
            ("k = NaN", "small letters"),
            ("k = 1979/05-27", "1979-05-27"),
            ("[p.a]\n[p]\na.b = 1", "define it once"),
        ] {
            assert!(
                advised(text).is_some_and(|advice| advice.contains(fix)),
                "{text:?}: {:?}",
                advised(text)
            );
        }
    }

    #[test]
    fn a_long_line_of_the_worst_takes_no_longer_than_its_length() {
        let many = |text: &str| text.repeat((1 << 17) / text.len());
        for text in [
            format!("[p]\nk = [\"{}\", \"x\"]", many(" ,")),
            format!("[p]\nk = \"\"\"{}\\\n{}\"\"\"", "\\".repeat(1 << 16), "\\\n".repeat(1 << 15)),
            format!("[p]\n\"\\\"{}\" = 1", many("=")),
            format!("[\"{}\"]", many(" .")),
            format!("[p]\nk = {{ a = {}\"{}\" }}", " ".repeat(1 << 16), ",".repeat(1 << 16)),
        ] {
            let _ = checked(&text);
        }
    }
}
