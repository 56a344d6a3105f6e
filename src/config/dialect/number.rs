//! Numbers, dates and times as the official reader reads them.

use std::str::FromStr;

use toml::de::DeValue;

use super::reason::{self, Reason};
use super::value::Value;

/// A date, a time or both, as Python's `datetime` holds them.
#[derive(Default, PartialEq)]
pub(super) struct Moment {
    date: Option<(u16, u8, u8)>,
    /// Hour, minute, second, microsecond.
    time: Option<(u8, u8, u8, u32)>,
    /// Minutes east of UTC.
    offset: Option<i32>,
}

impl Moment {
    /// What the standard says.
    pub(super) fn standard(value: &DeValue<'_>) -> Option<Self> {
        let DeValue::Datetime(moment) = value else { return None };
        let date = moment.date.map(|date| (date.year, date.month, date.day));
        let time = moment.time.map(|time| {
            (time.hour, time.minute, time.second.unwrap_or(0), time.nanosecond.unwrap_or(0) / 1000)
        });
        let offset = moment.offset.and_then(|zone| offset(&zone.to_string()));
        Some(Self { date, time, offset })
    }
}

/// A value that is no string, boolean, array or table.
pub(super) fn read(text: &str, strict: bool) -> Result<Value, Reason> {
    if let Some(clock) = clock(text) {
        return clock.moment().map(Value::Time).ok_or(reason::DATE);
    }
    if let Some(moment) = date(text) {
        return Ok(Value::Date(moment));
    }
    let value = if strict { number(text) } else { None };
    value.ok_or_else(|| fault(text))
}

/// Whether the text after an equals sign is read at all: right after it only a string, an array, an inline
/// table, a boolean, a decimal number, a date or a time is. After a blank anything is.
pub(super) fn is_readable(text: &str) -> bool {
    if matches!(text.bytes().next(), None | Some(b' ' | b'\t' | b'\'' | b'"' | b'[' | b'{')) {
        return true;
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or_default();
    let known = || word == "true" || word == "false" || word.replace('_', "").parse::<f64>().is_ok();
    (rest.trim_start().is_empty() && known()) || date(text).is_some() || clock(text).is_some()
}

/// Right after an equals sign a number may start with a zero only before a dot or a radix; `0e0` is at fault
/// too.
pub(super) fn is_strict(text: &str) -> bool {
    let digits = unsigned(text.trim()).1;
    !matches!(digits.as_bytes(), [b'0', next, ..] if !b".obx".contains(next))
}

/// What to say of a text that is neither read as a number nor as a date or time.
pub(super) fn fault(text: &str) -> Reason {
    let is_date = matches!(text.trim().as_bytes(), [_, _, b':', ..] | [_, _, _, _, b'-', ..]);
    if is_date { reason::DATE } else { reason::NUMBER }
}

fn number(text: &str) -> Option<Value> {
    let (negative, digits) = unsigned(text);
    let digits = digits.replace('_', "");
    let float = digits.contains('.') || (!digits.contains('x') && digits.contains(['e', 'E']));
    if float || digits == "inf" || digits == "nan" {
        let value: f64 = digits.parse().ok()?;
        // Subtracted from zero, so that no zero is negative.
        return Some(Value::Float(if negative { 0.0 - value } else { value }));
    }
    integer(negative, &digits)
}

/// Whether there is a minus sign, and what follows the sign.
fn unsigned(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn integer(negative: bool, digits: &str) -> Option<Value> {
    let (radix, digits) = match digits.split_at_checked(2) {
        Some(("0x", digits)) => (16, digits),
        Some(("0o", digits)) => (8, digits),
        Some(("0b", digits)) => (2, digits),
        _ => (10, digits),
    };
    let valid = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let value = i128::from_str_radix(digits, radix).ok().map(|value| if negative { -value } else { value });
    valid.then_some(Value::Integer(value))
}

struct Clock<'t> {
    hour: &'t str,
    minute: &'t str,
    second: &'t str,
    microsecond: &'t str,
}

/// `hh:mm:ss`, perhaps with a dot and three digits to six, and then anything.
fn clock(text: &str) -> Option<Clock<'_>> {
    let shape = text.bytes().take(8).map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    if !shape.eq(*b"00:00:00") {
        return None;
    }
    let fraction = text.get(8..).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    let digits = fraction.bytes().take(6).take_while(u8::is_ascii_digit).count();
    let microsecond = if digits < 3 { "0" } else { fraction.get(..digits)? };
    Some(Clock { hour: text.get(..2)?, minute: text.get(3..5)?, second: text.get(6..8)?, microsecond })
}

impl Clock<'_> {
    /// The fraction is taken for a number of microseconds, however many digits it has.
    fn moment(&self) -> Option<Moment> {
        let time = time(self.hour, self.minute, self.second, self.microsecond.parse().ok()?)?;
        Some(Moment { time: Some(time), ..Moment::default() })
    }
}

fn time(hour: &str, minute: &str, second: &str, microsecond: u32) -> Option<(u8, u8, u8, u32)> {
    let (hour, minute, second) = (int(hour)?, int(minute)?, int(second)?);
    let valid = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
    valid.then_some((hour, minute, second, microsecond))
}

/// Digits at fixed places. What stands between them is not looked at, but for a minus sign somewhere.
fn date(text: &str) -> Option<Moment> {
    let field = |from: usize, to: usize| text.get(from..to.min(text.len()));
    let (year, month, day) = (int(field(0, 4)?)?, int(field(5, 7)?)?, int(field(8, 10)?)?);
    if year == 0 || day == 0 || day > days(year, month) || !text.get(1..)?.contains('-') {
        return None;
    }
    let date = Some((year, month, day));
    if text.len() == 10 {
        return Some(Moment { date, ..Moment::default() });
    }
    let (microsecond, offset) = fraction_and_offset(text.get(19..).unwrap_or_default());
    let time = time(field(11, 13)?, field(14, 16)?, field(17, 19)?, microsecond)?;
    Some(Moment { date, time: Some(time), offset })
}

/// What follows the seconds. What it does not understand, a small `z` for one, is taken for nothing.
fn fraction_and_offset(text: &str) -> (u32, Option<i32>) {
    let Some(fraction) = text.strip_prefix('.') else { return (0, offset(text)) };
    let sign = fraction.find('+').or_else(|| fraction.find('-'));
    let (digits, zone) =
        match (fraction.strip_suffix(['Z', 'z']), sign.and_then(|at| fraction.split_at_checked(at))) {
            (Some(digits), _) => (digits, Some("Z")),
            (None, Some((digits, zone))) => (digits, Some(zone)),
            (None, None) => (fraction, None),
        };
    match (microseconds(digits), zone.map(offset)) {
        (Some(microseconds), zone) if zone != Some(None) => (microseconds, zone.flatten()),
        _ => (0, None),
    }
}

/// Scaled by a float where there are more than six digits, so that the last may be off by one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut off on purpose, and never negative"
)]
fn microseconds(digits: &str) -> Option<u32> {
    let value: f64 = digits.parse().ok()?;
    let unit: f64 = format!("1e{}", 6 - i64::try_from(digits.len()).ok()?).parse().ok()?;
    Some((value * unit) as u32)
}

fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let part = |from: usize, to: usize| int::<i32>(text.get(from..to.min(text.len()))?);
    let minutes = part(1, 3)? * 60 + part(4, 6)?;
    Some(if text.starts_with('-') { -minutes } else { minutes })
}

/// Python's `int()`, as far as it matters here.
fn int<T: FromStr>(text: &str) -> Option<T> {
    text.trim().replace('_', "").parse().ok()
}

fn days(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    }
}
