//! Secrets in memory: held in [`SecretString`], which is wiped when it is dropped, prints as `[REDACTED]`, and has
//! neither `Display` nor `PartialEq` nor `Serialize`.
//!
//! [`ExposeSecret::expose_secret`] is the only door: a search for it shows every place that opens a secret.

pub use secrecy::{ExposeSecret, SecretString};

/// Why a text cannot travel as one half of a token.
///
/// Modal's clients send both halves as gRPC metadata, whose values are printable ASCII
/// ([gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), "Custom-Metadata"), and a process
/// hands them on in its environment, which cannot hold a NUL. What breaks either rule is refused where it is read: later
/// it would fail far from its cause, in the official client with the secret in the error message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// It ends in a line break, as text that was piped through `echo` or saved by an editor does.
    #[error("ends with a line break")]
    TrailingNewline,
    /// It has a line break before its end.
    #[error("contains a line break")]
    Newline,
    /// It has a NUL character.
    #[error("contains a NUL character")]
    Nul,
    /// It has another control character.
    #[error("contains a control character")]
    Control,
    /// It starts or ends with a space, which no header may ([RFC 9113, 8.2.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1)).
    #[error("has a space at its start or end")]
    SpaceAround,
    /// It has a space within: mostly two things in the place of one.
    #[error("contains a space")]
    Space,
    /// It has a character beyond ASCII.
    #[error("contains a character outside ASCII")]
    NotAscii,
}

/// Whether `text` can travel as one half of a token.
pub(crate) fn check(text: &str) -> Result<(), Unusable> {
    if text.is_empty() {
        return Err(Unusable::Empty);
    }
    let body = text.trim_end_matches(['\r', '\n']);
    match body.chars().find_map(unusable) {
        Some(reason) => Err(reason),
        None if body.starts_with(' ') || body.ends_with(' ') => Err(Unusable::SpaceAround),
        None if body.contains(' ') => Err(Unusable::Space),
        None if body.len() < text.len() => Err(Unusable::TrailingNewline),
        None => Ok(()),
    }
}

fn unusable(c: char) -> Option<Unusable> {
    match c {
        '\n' | '\r' => Some(Unusable::Newline),
        '\0' => Some(Unusable::Nul),
        c if c.is_control() => Some(Unusable::Control),
        c if !c.is_ascii() => Some(Unusable::NotAscii),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_header_or_environment_can_hold_is_named() {
        for (text, reason) in [
            ("", Unusable::Empty),
            ("as-x\n", Unusable::TrailingNewline),
            ("as-x\r\n", Unusable::TrailingNewline),
            ("as-\nx", Unusable::Newline),
            ("as-\0x", Unusable::Nul),
            ("as-\x1bx", Unusable::Control),
            (" as-x", Unusable::SpaceAround),
            ("ak-1 as-x", Unusable::Space),
            ("as-é", Unusable::NotAscii),
        ] {
            assert_eq!(check(text), Err(reason), "{text:?}");
        }
        assert_eq!(check("as-x!y~"), Ok(()));
    }
}
