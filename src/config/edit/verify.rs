//! Reads a changed text back before it replaces the file.

use toml::de::{DeTable, DeValue};

use super::{Change, EditError};
use crate::config::document::Document;

/// Refuses a text unless what was set is there, nothing else changed, and the official client reads it as well as before.
pub(super) fn verify(old: &str, new: &str, before: &Document, change: &Change<'_>) -> Result<(), EditError> {
    let unwritable = |key: &str| EditError::Unwritable { key: key.to_owned() };
    let any_key = change.set.first().map_or("active", |(key, _)| *key);
    let after = Document::parse(new, before.path()).map_err(|_| unwritable(any_key))?;
    if after.warnings().len() > before.warnings().len() {
        return Err(unwritable(any_key));
    }
    let (Ok(old), Ok(new)) = (DeTable::parse(old), DeTable::parse(new)) else {
        return Err(unwritable(any_key));
    };
    let (old, new) = (old.get_ref(), new.get_ref());
    if !rest_is_same(old, new, change) {
        return Err(unwritable(any_key));
    }
    let profile = table(new, change.profile);
    match change
        .set
        .iter()
        .find(|(key, text)| profile.and_then(|p| p.get(*key)?.get_ref().as_str()) != Some(text.0))
    {
        Some((key, _)) => Err(unwritable(key)),
        None => Ok(()),
    }
}

fn table<'a, 'i>(root: &'a DeTable<'i>, profile: &str) -> Option<&'a DeTable<'i>> {
    root.get(profile)?.get_ref().as_table()
}

/// Whether all that the change does not mean is the same, in the same order.
fn rest_is_same(old: &DeTable<'_>, new: &DeTable<'_>, change: &Change<'_>) -> bool {
    let mut names = old.iter().chain(new).map(|(name, _)| name.get_ref().as_ref());
    names.all(|name| {
        let (old, new) = (rest(old, name, change), rest(new, name, change));
        old.len() == new.len() && old.iter().zip(&new).all(|((a, x), (b, y))| a == b && same(x, y))
    })
}

/// The entries of a profile that the change does not mean.
fn rest<'a>(root: &'a DeTable<'a>, profile: &str, change: &Change<'_>) -> Vec<(&'a str, &'a DeValue<'a>)> {
    let meant = |key: &str| {
        (profile == change.profile && change.set.iter().any(|(set, _)| *set == key))
            || (change.activate && key == "active")
    };
    let entries = table(root, profile).into_iter().flatten();
    entries
        .map(|(key, value)| (key.get_ref().as_ref(), value.get_ref()))
        .filter(|(key, _)| !meant(key))
        .collect()
}

/// Whether two values are the same to a reader, however they are written.
fn same(a: &DeValue<'_>, b: &DeValue<'_>) -> bool {
    match (a, b) {
        (DeValue::String(a), DeValue::String(b)) => a == b,
        (DeValue::Integer(a), DeValue::Integer(b)) => a.as_str() == b.as_str() && a.radix() == b.radix(),
        (DeValue::Float(a), DeValue::Float(b)) => a.as_str() == b.as_str(),
        (DeValue::Boolean(a), DeValue::Boolean(b)) => a == b,
        (DeValue::Datetime(a), DeValue::Datetime(b)) => a == b,
        (DeValue::Array(a), DeValue::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a.get_ref(), b.get_ref()))
        }
        (DeValue::Table(a), DeValue::Table(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|((ka, a), (kb, b))| ka == kb && same(a.get_ref(), b.get_ref()))
        }
        _ => false,
    }
}
