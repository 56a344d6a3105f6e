//! Strings as the official reader reads them. Escapes are replaced while the quotes are still around, and
//! what comes of them may be taken for another escape or a quote.

use super::quotes::{ends_in_escape, inner};
use super::{Stop, reason};

/// `text` with its quotes.
pub(super) fn read(text: &str, quote: char) -> Result<String, Stop> {
    if goes_on_after_its_end(text, quote) {
        return Err(Stop::Refused(reason::STRING_END));
    }
    let text = if quote == '"' {
        check_escapes(text)?;
        let text = decode(text, "\\u", 4)?;
        let text = decode(&text, "\\U", 8)?;
        unescape(&text)?
    } else {
        text.to_owned()
    };
    let mut others = text.chars().skip(1).take(2).peekable();
    let tripled = others.peek().is_some() && others.all(|c| c == quote);
    Ok(if tripled { inner(inner(inner(&text))) } else { inner(&text) }.to_owned())
}

/// Counts the pieces between quotes. One after an odd number of backslashes is no end, in a literal string
/// either.
fn goes_on_after_its_end(text: &str, quote: char) -> bool {
    let pieces: Vec<&str> = text.split(quote).skip(1).collect();
    let (tripled, pieces) = match pieces.as_slice() {
        ["", "", pieces @ ..] => (true, pieces),
        pieces => (false, pieces),
    };
    let mut closed = false;
    let mut empty = 0;
    for piece in pieces {
        if piece.is_empty() {
            empty += 1;
            closed |= !tripled;
        } else if !ends_in_escape(piece) {
            if closed {
                return true;
            }
            closed = !tripled || empty > 1;
            empty = 0;
        }
    }
    false
}

fn check_escapes(text: &str) -> Result<(), Stop> {
    let mut escaped = false;
    for piece in text.split('\\').skip(1) {
        match piece.chars().next() {
            None => escaped = !escaped,
            Some(c) if escaped || "0bfnrt\"uU".contains(c) => escaped = false,
            Some(_) => return Err(Stop::Refused(reason::ESCAPE)),
        }
    }
    Ok(())
}

/// Replaces `\u…` or `\U…`. Backslashes before the first of several count, and after one that they protect;
/// not those after one that has been replaced.
fn decode(text: &str, prefix: &str, digits: usize) -> Result<String, Stop> {
    let mut pieces = text.split(prefix);
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    let mut escaped = ends_in_escape(&decoded);
    for piece in pieces {
        if escaped {
            escaped = ends_in_escape(piece);
            decoded.push_str(prefix);
            decoded.push_str(piece);
        } else {
            let end = piece.char_indices().nth(digits).map_or(piece.len(), |(end, _)| end);
            let (code, rest) = piece.split_at_checked(end).ok_or(Stop::Unclear)?;
            let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
            decoded.push(c.ok_or(Stop::Refused(reason::ESCAPE))?);
            decoded.push_str(rest);
        }
    }
    Ok(decoded)
}

/// In a key it is applied to literal strings too, and leaves `\u…` as it is.
pub(super) fn unescape(text: &str) -> Result<String, Stop> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            None => plain.push('\\'),
            Some(c @ ('"' | '\\')) => plain.push(c),
            Some('0') => plain.push('\0'),
            Some('b') => plain.push('\x08'),
            Some('f') => plain.push('\x0c'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some(c @ ('u' | 'U')) => plain.extend(['\\', c]),
            Some(_) => return Err(Stop::Refused(reason::ESCAPE)),
        }
    }
    Ok(plain)
}
