//! What the official reader finds on one line: names, the equals sign, and where a value ends.

use super::quotes::{count_before_plain, inner, pieces, starts_in_quote};
use super::reason::{self, Reason};
use super::{Stop, number, string};

pub(super) struct Pair<'t> {
    key: &'t str,
    pub(super) value: &'t str,
    /// Why nothing readable follows the key.
    pub(super) fault: Option<Reason>,
    /// A number written so would be read, see [`number::is_strict`].
    pub(super) strict: bool,
}

/// Cuts a line at the equals sign after its key, or at a later one if nothing readable follows.
pub(super) fn split(line: &str) -> Pair<'_> {
    let signs = line.match_indices('=').skip(count_before_plain(line, "="));
    let mut values =
        signs.chain(line.rmatch_indices('=').next()).filter_map(|(sign, _)| line.get(sign + 1..));
    let first = values.next().unwrap_or_default();
    let readable = [first].into_iter().chain(values).find(|value| number::is_readable(value));
    let value = readable.unwrap_or(first);
    Pair {
        key: line.strip_suffix(value).and_then(|key| key.strip_suffix('=')).unwrap_or_default().trim(),
        value: value.trim(),
        fault: if readable.is_none() { Some(number::fault(first)) } else { None },
        strict: number::is_strict(value),
    }
}

impl<'t> Pair<'t> {
    /// The tables that the key leads through, and the name in the last of them.
    pub(super) fn path(&self) -> Result<(Vec<&'t str>, String), Stop> {
        let key = self.key;
        let first = key.chars().next().ok_or(Stop::Refused(reason::KEY))?;
        if !key.contains('.') {
            let quoted = starts_in_quote(key) && key.ends_with(first);
            let name = if quoted { string::unescape(inner(key))? } else { key.to_owned() };
            return Ok((Vec::new(), name));
        }
        let mut levels: Vec<&str> = Vec::new();
        if key.contains(['"', '\'']) {
            for (index, piece) in pieces(key).into_iter().enumerate() {
                if index % 2 == 1 {
                    levels.push(piece);
                } else {
                    levels.extend(piece.split('.').map(str::trim));
                }
            }
        } else {
            levels.extend(key.split('.'));
        }
        levels.retain(|level| !level.is_empty());
        let name = levels.pop().ok_or(Stop::Refused(reason::KEY))?;
        Ok((levels, name.trim().to_owned()))
    }

    /// Whether the value opens a multi-line string, as the last element of an array too, that goes on in the
    /// next line.
    pub(super) fn goes_on(&self) -> Result<bool, Stop> {
        let mut text = self.value;
        if text.len() < 3 {
            return Ok(false);
        }
        if text.starts_with('[') && !text.ends_with(']') && starts_in_quote(inner(text).trim_start()) {
            text = last_quoted(text.get(1..).unwrap_or_default().trim_start())?;
        }
        let Some(quote) = text.chars().next().filter(|_| starts_in_quote(text)) else { return Ok(false) };
        let run = text.chars().take_while(|&c| c == quote).count();
        if text.len() < 3 && text.len() == run {
            // It looks for a third character that is not there.
            return Err(Stop::Refused(reason::ARRAY));
        }
        let closed = text.chars().nth(5).is_some() && text.chars().rev().take(3).all(|c| c == quote);
        Ok(run >= 3 && !closed)
    }
}

/// The shortest end of an array's text that follows a comma and starts with a quote.
fn last_quoted(text: &str) -> Result<&str, Stop> {
    if text.ends_with(',') {
        return Err(Stop::Refused(reason::ARRAY));
    }
    let mut ends = text.rmatch_indices(',').filter_map(|(comma, _)| text.get(comma + 1..));
    Ok(ends.find(|end| starts_in_quote(end)).unwrap_or(text))
}

/// The names in a header: cut at every dot, then joined again until a quote is met by its like. No escapes.
pub(super) fn header_names(text: &str) -> Result<Vec<String>, Stop> {
    let mut names = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let text = text.trim_start();
        let quoted = starts_in_quote(text);
        let (name, end) = text
            .match_indices('.')
            .map(|(dot, _)| dot)
            .chain([text.len()])
            .map(|end| (text.get(..end).unwrap_or_default().trim_end(), end))
            .find(|(name, _)| !quoted || (name.len() > 1 && name.chars().next() == name.chars().next_back()))
            .ok_or(Stop::Refused(reason::HEADER))?;
        names.push(match name.split_once('.') {
            // Blanks before the first dot in quotes go, as they do between names.
            Some((first, others)) if quoted => inner(&[first.trim_end(), others].join(".")).to_owned(),
            _ if quoted => inner(name).to_owned(),
            _ if is_bare(name) => name.to_owned(),
            _ => return Err(Stop::Refused(reason::HEADER)),
        });
        rest = text.get(end + 1..);
    }
    Ok(names)
}

fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// The pairs of an inline table: cut at every comma, and joined again until a value looks whole.
pub(super) fn inline_groups(text: &str) -> Result<Vec<&str>, Stop> {
    let mut groups = Vec::new();
    if text.trim().is_empty() {
        return Ok(groups);
    }
    let mut start = 0;
    let mut value = None;
    for end in text.match_indices(',').map(|(comma, _)| comma).chain([text.len()]) {
        let from =
            value.or_else(|| value_start(text, start, end)).ok_or(Stop::Refused(reason::INLINE_TABLE))?;
        value = Some(from);
        if text.get(from..end).is_some_and(|value| looks_whole(value.trim_end())) {
            groups.extend(text.get(start..end));
            start = end + 1;
            value = None;
        }
    }
    if value.is_none() { Ok(groups) } else { Err(Stop::Refused(reason::INLINE_TABLE)) }
}

fn value_start(text: &str, start: usize, end: usize) -> Option<usize> {
    let (_, value) = text.get(start..end)?.split_once('=')?;
    let value = value.trim_start();
    (!value.is_empty()).then_some(end - value.len())
}

fn looks_whole(value: &str) -> bool {
    let Some(first) = value.chars().next() else { return false };
    match first {
        '"' | '\'' => value.ends_with(first),
        '[' => value.ends_with(']'),
        '{' => value.ends_with('}'),
        _ => first == '-' || first.is_ascii_digit() || value == "true" || value == "false",
    }
}
