//! `.modal.toml` as it stands: its profiles, with the position of every value.
//!
//! Pure: text in, values out. What the standard and the official client disagree about is in [`dialect`].

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::dialect;
use super::settings;
use super::value::Value;
use crate::error::{ConfigError, Place};

/// A configuration file that was read.
#[derive(Clone)]
pub(crate) struct Document {
    path: PathBuf,
    profiles: Vec<Profile>,
    warnings: Vec<String>,
}

/// A table of the file: a profile. Its values may be anything, a secret in the wrong place too, so there is no `Debug`.
#[derive(Clone)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// What `active` says, for [`super::profile`] to judge.
    pub(crate) active: Active,
    entries: Vec<Entry>,
    /// The table `credentials`, which is ours.
    pub(crate) credentials: Option<Located<Value>>,
}

/// The key `active` of a profile. The official client adds these up, so more than `true` and `false` means something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Active {
    /// `true`: the profile is selected.
    Yes,
    /// Not there, or a number or boolean that counts this much and selects nothing.
    Counts(f64),
    /// A type that cannot be added up.
    Invalid(Position),
}

#[derive(Clone)]
struct Entry {
    key: String,
    value: Located<Value>,
}

/// Line and column, both from 1, the column in characters.
pub(crate) type Position = (usize, usize);

/// A value and where it stands.
#[derive(Clone)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) position: Position,
    /// The positions of the keys of a table, by key.
    pub(crate) keys: Vec<(String, Position)>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Document {
    /// The document of a file that does not exist, or must not be read.
    pub(crate) fn empty(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), profiles: Vec::new(), warnings: Vec::new() }
    }

    /// Reads `text`, which was found at `path`.
    pub(crate) fn parse(text: &str, path: impl Into<PathBuf>) -> Result<Self, ConfigError> {
        let path = path.into();
        let reader = Reader { lines: Lines::new(text), path: &path };
        let root = DeTable::parse(text).map_err(|error| reader.syntax_error(&error))?;
        let warnings = dialect::check(text, root.get_ref())
            .map_err(|refusal| reader.error(refusal.span.start, refusal.what).with_hint(refusal.fix))?
            .into_iter()
            .map(|w| format!("{}: {}: {}", reader.place(w.span.start), w.what, w.fix))
            .collect();
        let mut entries: Vec<_> = root.get_ref().iter().collect();
        entries.sort_by_key(|(name, value)| first_mention(name, value));
        let profiles =
            entries.into_iter().map(|(name, value)| reader.profile(name, value)).collect::<Result<_, _>>()?;
        Ok(Self { profiles, warnings, path: path.clone() })
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The profiles, in the order of the file.
    pub(crate) fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The profile of that name.
    pub(crate) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// What the official client reads differently, one sentence each.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The place of a position in this file.
    pub(crate) fn place(&self, position: Option<Position>) -> Place {
        Place::File { path: self.path.clone(), position }
    }
}

impl Profile {
    /// The value of a setting.
    pub(crate) fn get(&self, key: &str) -> Option<&Located<Value>> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }
}

/// Turns what the parser found into values of ours, with positions for messages.
struct Reader<'a> {
    lines: Lines<'a>,
    path: &'a Path,
}

impl Reader<'_> {
    fn profile(
        &self,
        name: &Spanned<toml::de::DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Profile, ConfigError> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self
                .error(name.span().start, "a setting outside a profile")
                .with_hint("put it under a profile: a line such as [default] above it"));
        };
        let mut profile = Profile {
            name: name.get_ref().clone().into_owned(),
            active: Active::Counts(0.0),
            entries: Vec::new(),
            credentials: None,
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "active" => profile.active = self.active(value),
                "credentials" => profile.credentials = Some(self.located(value, false)?),
                key => {
                    // Keys that no client knows are not kept: they might hold anything.
                    if let Some(setting) = settings::find(key) {
                        let value = self.located(value, setting.secret)?;
                        profile.entries.push(Entry { key: key.to_owned(), value });
                    }
                }
            }
        }
        Ok(profile)
    }

    fn active(&self, value: &Spanned<DeValue<'_>>) -> Active {
        match value.get_ref() {
            DeValue::Boolean(true) => Active::Yes,
            DeValue::Boolean(false) => Active::Counts(0.0),
            DeValue::Integer(_) | DeValue::Float(_) => match self.value(value, false) {
                #[expect(clippy::cast_precision_loss, reason = "it is compared with 0 and 1 only")]
                Ok(Value::Integer(i)) => Active::Counts(i as f64),
                Ok(Value::Float(f)) => Active::Counts(f),
                _ => Active::Invalid(self.position(value.span().start)),
            },
            _ => Active::Invalid(self.position(value.span().start)),
        }
    }

    fn located(&self, value: &Spanned<DeValue<'_>>, secret: bool) -> Result<Located<Value>, ConfigError> {
        let keys = match value.get_ref() {
            DeValue::Table(table) => table
                .iter()
                .map(|(key, _)| (key.get_ref().to_string(), self.position(key.span().start)))
                .collect(),
            _ => Vec::new(),
        };
        Ok(Located { value: self.value(value, secret)?, position: self.position(value.span().start), keys })
    }

    fn value(&self, spanned: &Spanned<DeValue<'_>>, secret: bool) -> Result<Value, ConfigError> {
        Ok(match spanned.get_ref() {
            DeValue::String(s) if secret => Value::Secret(SecretString::from(s.as_ref())),
            DeValue::String(s) => Value::Text(s.as_ref().to_owned()),
            DeValue::Boolean(b) => Value::Bool(*b),
            DeValue::Datetime(d) => Value::Datetime(d.to_string()),
            DeValue::Integer(i) => Value::Integer(
                i64::from_str_radix(i.as_str(), i.radix())
                    .map_err(|_| self.error(spanned.span().start, "a whole number beyond 64 bits"))?,
            ),
            DeValue::Float(f) => Value::Float(
                f.as_str()
                    .parse()
                    .map_err(|_| self.error(spanned.span().start, "a number that cannot be read"))?,
            ),
            DeValue::Array(array) => {
                Value::Array(array.iter().map(|item| self.value(item, secret)).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => Value::Table(
                table
                    .iter()
                    .map(|(key, value)| Ok((key.get_ref().to_string(), self.value(value, secret)?)))
                    .collect::<Result<_, ConfigError>>()?,
            ),
        })
    }

    /// The parser's message and the position: its `Display` would print the line, which may hold a secret.
    fn syntax_error(&self, error: &toml::de::Error) -> ConfigError {
        let span = error.span().unwrap_or(self.lines.text.len()..self.lines.text.len());
        let found = self.error(span.start, format!("not valid TOML: {}", error.message()));
        match dialect::advice(self.lines.text, span) {
            Some(fix) => found.with_hint(fix),
            None => found,
        }
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> ConfigError {
        ConfigError::new(self.place(offset), message)
    }

    fn place(&self, offset: usize) -> Place {
        Place::File { path: self.path.to_owned(), position: Some(self.position(offset)) }
    }

    fn position(&self, offset: usize) -> Position {
        self.lines.position(offset)
    }
}

/// Where a name first stands in the file: `[a.x]` mentions `a` before `[a]` does, and profiles have that order in Python.
fn first_mention(name: &Spanned<toml::de::DeString<'_>>, value: &Spanned<DeValue<'_>>) -> usize {
    let within = match value.get_ref() {
        DeValue::Table(table) => table.iter().map(|(name, value)| first_mention(name, value)).min(),
        _ => None,
    };
    within.map_or(name.span().start, |within| within.min(name.span().start))
}

/// Where the lines of a text start, so that finding the position of each of many values stays cheap.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Line and column of a byte.
    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, ConfigError> {
        Document::parse(text, "modal.toml")
    }

    #[test]
    fn an_error_names_file_line_and_column_and_never_the_text() {
        let error = parse("[a]\ntoken_id = \"x\"\ntoken_secret = \"as-hunter2\n").unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("modal.toml:3:"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_setting_outside_a_profile_is_refused() {
        assert!(parse("token_id = 'x'\n[a]\n").unwrap_err().to_string().starts_with("modal.toml:1:1: "));
    }

    #[test]
    fn profiles_keep_the_order_of_the_file() {
        let names = |text| parse(text).unwrap().profiles().iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        assert_eq!(names("[b]\n[a]\n[c]\n"), ["b", "a", "c"]);
        assert_eq!(names("[a.x]\n[b]\n[a]\n"), ["a", "b"]);
    }

    #[test]
    fn secrets_do_not_appear_in_debug() {
        let document = parse(
            "[a]\ntoken_secret = \"as-hunter2\"\nunknown = \"hunter2\"\n\
             token_id = \"as-hunter2\"\n[a.credentials]\nproviders = [\"hunter2\"]\n",
        )
        .unwrap();
        assert!(!format!("{document:?}").contains("hunter2"));
    }

    #[test]
    fn the_column_counts_characters() {
        assert_eq!(Lines::new("é = 1\nü").position(2), (1, 2));
        assert_eq!(Lines::new("a\nü b").position(4), (2, 2));
        assert_eq!(Lines::new("").position(0), (1, 1));
    }
}
