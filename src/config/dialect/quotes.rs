//! How the official reader tells what stands in quotes: it cuts at quotes, and knows escapes only here and
//! there.

/// `line` cut at its quotes: as the official reader sees it, the pieces with an odd index stand inside them.
///
/// It cuts at apostrophes up to the first quotation mark outside them. From there on only quotation marks
/// count, but for one more piece if there have been apostrophes.
pub(super) fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    loop {
        let inside = pieces.len() % 2 == 1;
        let Some((piece, mark, after)) = cut(rest, |c| c == '\'' || (c == '"' && !inside)) else {
            pieces.push(rest);
            return pieces;
        };
        pieces.push(piece);
        rest = after;
        if mark == '"' {
            break;
        }
    }
    if pieces.len() > 1 {
        let Some((piece, _, after)) = cut(rest, |c| c == '"') else {
            pieces.extend(rest.split('\''));
            return pieces;
        };
        pieces.extend(piece.split('\''));
        rest = after;
    }
    pieces.extend(rest.split('"'));
    pieces
}

fn cut(text: &str, at: impl Fn(char) -> bool) -> Option<(&str, char, &str)> {
    let (index, mark) = text.char_indices().find(|&(_, c)| at(c))?;
    Some((text.get(..index)?, mark, text.get(index + mark.len_utf8()..)?))
}

/// How many `mark`s stand before the first one outside quotes.
pub(super) fn count_before_plain(line: &str, mark: &str) -> usize {
    let pieces = pieces(line).into_iter().enumerate();
    pieces
        .take_while(|(index, piece)| index % 2 == 1 || !piece.contains(mark))
        .map(|(_, piece)| piece.matches(mark).count())
        .sum()
}

/// Whether an odd number of backslashes ends `text`.
pub(super) fn ends_in_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1
}

pub(super) fn starts_in_quote(text: &str) -> bool {
    text.starts_with(['"', '\''])
}

/// `text` without its first and its last character, whatever they are.
pub(super) fn inner(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.next_back();
    chars.as_str()
}
