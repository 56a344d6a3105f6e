//! The value of a setting.

use secrecy::SecretString;

/// The value of a setting, with the types of TOML, since most settings pass on whatever the file holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// The text of a setting that is a secret, such as `token_secret`.
    Secret(SecretString),
    /// A date or a time, as it stands in the file.
    Datetime(String),
    /// Several values.
    Array(Vec<Value>),
    /// Named values, in order.
    Table(Vec<(String, Value)>),
}

impl Value {
    /// The kind of value, for messages: "a number" and the like.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) | Self::Secret(_) => "text",
            Self::Datetime(_) => "a date or time",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
        }
    }
}
