//! The differences from the official clients that are accepted: each on purpose, and no other.
//!
//! An id is what a case in `tests/cases/differential` names. [`super::expect`] and [`super::go`] say exactly when each applies.

/// An accepted difference: its id, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reason {
    pub(crate) id: &'static str,
    pub(crate) why: &'static str,
}

macro_rules! reasons {
    ($($name:ident = $id:literal: $why:literal;)*) => {
        $(pub(crate) const $name: Reason = Reason { id: $id, why: $why };)*
        /// All of them.
        pub(crate) const ALL: &[Reason] = &[$($name),*];
    };
}

reasons! {
    MISREAD = "misread-by-python": "Its parser gives valid TOML another meaning: we follow the standard, and warn.";
    INNER_TABLE = "misread-inside-a-table": "As above, inside a table of a profile, which no setting is: no warning.";
    NOT_STANDARD = "refused-by-standard": "Its parser takes what is no TOML: we refuse it with line, column and the fix.";
    TOML_1_1 = "toml-1.1": "TOML 1.1 that its parser happens to read, or does not look at: we read it, in the latter case with a warning.";
    LINE_ENDS = "line-ends-in-text": "It drops the carriage returns of a file from text: the standard leaves that open; we warn.";
    TOO_LARGE = "integer-beyond-64-bits": "Python's whole numbers have no end: we refuse those beyond 64 bits.";
    NOT_TEXT = "variable-not-utf-8": "Python carries the bytes along: nothing that we read from the environment may hold them.";
    DIGITS = "digits-of-other-scripts": "Python's int() and float() take the digits of every script: here those of ASCII.";
    LOG_LEVEL = "invalid-loglevel": "The Python client fails at import: here the setting is refused, the rest works.";
    LOG_FORMAT = "unusable-log-format": "The Python client fails at import: we do not log in that format.";
    AUTOMOUNT = "automount": "Gone from the client, but in the documentation: still a switch here.";
    CREDENTIALS = "credentials-table": "The table `credentials` is ours: its list counts, and a mistake in it is an error.";
    EMPTY_TOKEN = "empty-token-variable": "An empty MODAL_TOKEN_* counts as unset, as in the Go client.";
    REMOTE = "is-remote": "Inside Modal's containers the Python client needs no token: we hand out the environment's.";
    OAUTH = "oauth-alone": "OAuth credentials are no token: there is none to hand out.";
    TOKEN_TYPE = "token-not-text": "The Python client passes on a token of any type, and breaks later.";
    TOKEN_TEXT = "token-not-printable": "The Python client passes on a token with blanks, control characters or letters beyond ASCII.";
    SWAPPED = "token-swapped": "A secret in the place of the id would be printed in messages.";

    GO_DEFAULT = "go-no-default": "Go never falls back to the profile `default`, and never takes one without a name.";
    GO_REMOTE = "go-ignores-remote": "Go does not know MODAL_IS_REMOTE and reads the file.";
    GO_TYPES = "go-refuses-types": "Go refuses the file if any profile has a key that it knows with another type.";
    GO_CASE = "go-ignores-case": "Go takes TOKEN_ID and the like for token_id.";
    GO_CRASH = "go-crashes": "Go's client panics on a date or time in a key that it knows, and on some dotted keys.";
    GO_HOME = "go-needs-home": "Without a home folder Go fails, tokens in the environment or not.";
    GO_LOG_LEVEL = "go-refuses-loglevel": "Go fails for a level of logging other than DEBUG, INFO, WARN and ERROR.";
    GO_URL = "go-refuses-url": "Go refuses a server's address that is a Unix socket or no address.";
    GO_ACTIVE = "go-no-check": "Go does not mind several active profiles, or several and none.";
    GO_OAUTH = "go-empty-oauth": "For Go an empty MODAL_OAUTH_* does not hide the file's key.";
    GO_TOKEN = "go-passes-token": "Go passes on such a token too, and one that is swapped.";
    GO_TOML = "go-reads-toml": "Go reads TOML that Python's parser refuses: a file has to work for every client.";
}
