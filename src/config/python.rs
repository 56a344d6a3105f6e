//! Python's reading of numbers, truth and white space, which the official client applies to settings.
//!
//! The rules are those of the built-in functions `int`, `float`, `bool` and `str.strip`
//! ([Built-in Functions](https://docs.python.org/3/library/functions.html)).

use secrecy::ExposeSecret;

use super::value::Value;

/// `bool(x)`.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(b) => *b,
        Value::Integer(i) => *i != 0,
        Value::Float(f) => *f != 0.0,
        Value::Text(s) => !s.is_empty(),
        Value::Secret(s) => !s.expose_secret().is_empty(),
        Value::Datetime(_) => true,
        Value::Array(a) => !a.is_empty(),
        Value::Table(t) => !t.is_empty(),
    }
}

/// `int(text)`, as far as it fits 64 bits: white space around it (but not all that [`strip`] takes for such), one sign, and
/// underscores between digits.
pub(super) fn int(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = split_sign(text);
    let digits = join_digits(digits).filter(|d| !d.is_empty())?;
    format!("{sign}{digits}").parse().ok()
}

/// `int(number)`, which drops the fraction; there is none for an infinity or for what is no number.
pub(super) fn truncate(number: f64) -> Option<i64> {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked; the fraction is to go")]
    (-TWO_TO_63..TWO_TO_63).contains(&number).then_some(number as i64)
}

/// `float(text)`: as [`int`], with a point, an exponent, `inf`, `infinity` and `nan` in any case.
pub(super) fn float(text: &str) -> Option<f64> {
    let (sign, rest) = split_sign(text.trim());
    if ["inf", "infinity", "nan"].iter().any(|word| rest.eq_ignore_ascii_case(word)) {
        return format!("{sign}{rest}").parse().ok();
    }
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (whole, fraction) = (join_digits(whole)?, join_digits(fraction)?);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let exponent = match exponent.map(split_sign) {
        None => String::new(),
        Some((sign, digits)) => format!("e{sign}{}", join_digits(digits).filter(|d| !d.is_empty())?),
    };
    format!("{sign}{whole}.{fraction}{exponent}").parse().ok()
}

/// `text.strip()`. Unicode's white space, and four separators that Python counts as such.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c))
}

fn split_sign(text: &str) -> (&str, &str) {
    match text.as_bytes().first() {
        Some(b'+' | b'-') => text.split_at(1),
        _ => ("", text),
    }
}

/// Digits with single underscores between them, joined; `None` if there is anything else. No digits at all are none.
fn join_digits(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    let groups: Vec<&str> = text.split('_').collect();
    groups.iter().all(|g| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit())).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_as_python_reads_them() {
        for (text, number) in [("7", 7), (" +1_000\n", 1000), ("-0", 0), ("007", 7), ("\u{85}5\u{a0}", 5)] {
            assert_eq!(int(text), Some(number), "{text:?}");
        }
        for text in ["", " ", "\u{1f}5", "+", "1__0", "_1", "1_", "1.0", "0x1", "- 1", "9223372036854775808"]
        {
            assert_eq!(int(text), None, "{text:?}");
        }
    }

    #[test]
    fn fractions_are_read_as_python_reads_them() {
        for (text, number) in [
            (".5", 0.5),
            ("5.", 5.0),
            (" 1_0.0_5e-0_1 ", 1.005),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e999", f64::INFINITY),
        ] {
            assert_eq!(float(text), Some(number), "{text:?}");
        }
        assert!(float("NaN").is_some_and(f64::is_nan));
        for text in ["", ".", "e5", "1e", "1_.5", "1._5", "0x1p3", "1,5", "infinit", "1e1.5"] {
            assert_eq!(float(text), None, "{text:?}");
        }
    }

    #[test]
    fn infinities_and_huge_numbers_have_no_whole_number() {
        assert_eq!(truncate(-1.9), Some(-1));
        for number in [f64::NAN, f64::INFINITY, 1e19] {
            assert_eq!(truncate(number), None);
        }
    }
}
