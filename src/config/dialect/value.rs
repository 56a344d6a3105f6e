//! Values as the official reader reads them; arrays here, the rest in [`string`] and [`number`].

use super::lines::Document;
use super::number::{self, Moment};
use super::quotes::inner;
use super::{Stop, reason, string};

/// More arrays and inline tables in one another than Rust's `toml` reads are not followed.
const DEEPEST: u8 = 100;

pub(super) enum Value {
    Boolean(bool),
    /// None is beyond 128 bits.
    Integer(Option<i128>),
    Float(f64),
    Text(String),
    Date(Moment),
    Time(Moment),
    Array(Vec<Value>),
    /// Its number in the [`Document`].
    Table(usize),
}

impl Document {
    /// `strict`: no fault of a number has been found, see [`number::is_strict`].
    pub(super) fn value(&mut self, text: &str, strict: bool) -> Result<Value, Stop> {
        match text.chars().next() {
            None => Err(Stop::Refused(reason::NUMBER)),
            Some(quote @ ('"' | '\'')) => string::read(text, quote).map(Value::Text),
            Some('[') => self.nested(|document| document.array(text)),
            Some('{') => self.nested(|document| document.inline_table(text)),
            Some(_) if text == "true" => Ok(Value::Boolean(true)),
            Some(_) if text == "false" => Ok(Value::Boolean(false)),
            Some(_) => number::read(text, strict).map_err(Stop::Refused),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Value, Stop>) -> Result<Value, Stop> {
        if self.depth == DEEPEST {
            return Err(Stop::Unclear);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self, text: &str) -> Result<Value, Stop> {
        let body = inner(text);
        let items = match body.trim_start().chars().next() {
            Some('[') => split_arrays(body),
            Some('{') => split_tables(text),
            Some('"' | '\'') => split_strings(body)?,
            _ => body.split(',').collect(),
        };
        let mut values: Vec<Value> = Vec::new();
        for item in items.into_iter().map(str::trim).filter(|item| !item.is_empty()) {
            let value = self.value(item, true)?;
            if values
                .first()
                .is_some_and(|first| std::mem::discriminant(first) != std::mem::discriminant(&value))
            {
                return Err(Stop::Refused(reason::MIXED_ARRAY));
            }
            values.push(value);
        }
        Ok(Value::Array(values))
    }
}

/// Cut at commas outside brackets. Quotes are not looked at.
fn split_arrays(body: &str) -> Vec<&str> {
    let mut depth = 0_isize;
    let outside = |c| {
        depth += match c {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    };
    body.split(outside).collect()
}

/// Cut at commas after what looks like a whole string. The last item is taken as it is.
fn split_strings(body: &str) -> Result<Vec<&str>, Stop> {
    let mut items = Vec::new();
    let mut item = body.trim_start();
    let mut searched = 0;
    while let Some(comma) = item.get(searched..).and_then(|rest| rest.find(',')) {
        let (whole, rest) = item.split_at_checked(searched + comma).ok_or(Stop::Unclear)?;
        if looks_closed(whole.trim_end()) {
            items.push(whole);
            item = rest.get(1..).unwrap_or_default().trim_start();
            searched = 0;
        } else {
            searched += comma + 1;
        }
    }
    if searched > 0 && !looks_closed(item.trim_end()) {
        return Err(Stop::Refused(reason::ARRAY));
    }
    items.push(item);
    Ok(items)
}

/// The last character is the first one, without a backslash before it; and one of the two before the last is
/// too if the first three are. A single character is both.
fn looks_closed(item: &str) -> bool {
    let [first, middle @ .., last] = item.as_bytes() else { return true };
    let backslashes = middle.iter().rev().take_while(|byte| **byte == b'\\').count();
    let opens_three = matches!(middle, [second, third, ..] if second == first && third == first);
    let closes_three = item.bytes().rev().skip(1).take(2).any(|byte| byte == *first);
    first == last && backslashes % 2 == 0 && (!opens_three || closes_three)
}

/// The groups in braces. What stands between them is not looked at, nor which kind a quote is.
fn split_tables(array: &str) -> Vec<&str> {
    let bytes = array.as_bytes();
    let before_last = array.len().saturating_sub(1);
    let mut items = Vec::new();
    let mut start = 1;
    let mut at = 2;
    let mut depth = usize::from(bytes.get(1) == Some(&b'{'));
    let mut quoted = false;
    let mut escaped = false;
    while let Some(&byte) = bytes.get(at).filter(|_| at < before_last) {
        at += 1;
        match byte {
            b'"' | b'\'' => quoted = !quoted || escaped,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted && depth > 1 => depth -= 1,
            b'}' if !quoted => {
                items.extend(array.get(start..at));
                start = array
                    .get(at + 1..)
                    .and_then(|rest| rest.find('{'))
                    .map_or(before_last, |next| at + 1 + next);
                at = start + 1;
            }
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    items
}
