//! What the official client reads, against what the standard says.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::lines::{Document, Table};
use super::number::Moment;
use super::reason::{self, Reason};
use super::value::Value;
use super::{Divergence, original};

/// The warnings.
/// Where the official reader, and it alone, sees a setting outside a profile; it refuses such a file.
pub(super) fn outside_a_profile(root: &DeTable<'_>, document: &Document) -> Option<usize> {
    let is_ours_too =
        |name: &String| root.get(name.as_str()).is_some_and(|value| !value.get_ref().is_table());
    let theirs = document.table(0)?;
    theirs
        .iter()
        .find(|(name, entry)| !matches!(entry.value, Value::Table(_)) && !is_ours_too(name))
        .map(|(_, entry)| entry.line)
}

pub(super) fn compare(text: &str, root: &DeTable<'_>, document: &Document) -> Vec<Divergence> {
    let mut comparison = Comparison { text, document, warnings: Vec::new(), foreign: None };
    comparison.root(root);
    let Comparison { mut warnings, foreign, .. } = comparison;
    if let Some(open) = &document.open {
        let line = original(text, open.line);
        let all = warnings.len();
        warnings.retain(|warning| warning.span.start < line);
        if warnings.len() < all {
            // What follows is not seen, for this one reason.
            warnings.push(Divergence::new(line..line, &reason::UNCLOSED));
        }
    }
    if let (true, Some(line)) = (warnings.is_empty(), foreign) {
        let line = original(text, line);
        warnings.push(Divergence::new(line..line, &reason::FOREIGN_NAME));
    }
    warnings
}

struct Comparison<'d> {
    text: &'d str,
    document: &'d Document,
    warnings: Vec<Divergence>,
    /// The first line with a name that only the official client sees.
    foreign: Option<usize>,
}

impl Comparison<'_> {
    fn root(&mut self, root: &DeTable<'_>) {
        let Some(theirs) = self.document.table(0) else { return };
        self.foreign_names(root, theirs);
        for (name, value) in root {
            match (value.get_ref(), theirs.get(name.get_ref().as_ref()).map(|entry| &entry.value)) {
                (DeValue::Table(ours), Some(Value::Table(id))) => self.profile(ours, *id),
                (DeValue::Table(_), _) | (_, None) => self.warn(name.span(), &reason::NAME),
                // No profile, and an error for everybody.
                (_, Some(_)) => {}
            }
        }
    }

    fn profile(&mut self, profile: &DeTable<'_>, id: usize) {
        let Some(theirs) = self.document.table(id) else { return };
        self.foreign_names(profile, theirs);
        for (name, value) in profile {
            match (value.get_ref(), theirs.get(name.get_ref().as_ref()).map(|entry| &entry.value)) {
                (DeValue::Table(_), Some(Value::Table(_))) => {}
                (DeValue::Table(_), _) | (_, None) => self.warn(name.span(), &reason::NAME),
                (ours, Some(theirs)) if self.same(ours, theirs) => {}
                (_, Some(_)) => self.warn(value.span(), self.reason(value)),
            }
        }
    }

    fn same(&self, ours: &DeValue<'_>, theirs: &Value) -> bool {
        match (ours, theirs) {
            (DeValue::Boolean(ours), Value::Boolean(theirs)) => ours == theirs,
            (DeValue::String(ours), Value::Text(theirs)) => ours == theirs,
            (DeValue::Integer(ours), Value::Integer(theirs)) => {
                i128::from_str_radix(ours.as_str(), ours.radix()).ok() == *theirs
            }
            (DeValue::Float(ours), Value::Float(theirs)) => {
                ours.as_str().parse().is_ok_and(|ours| same_float(ours, *theirs))
            }
            (DeValue::Datetime(_), Value::Date(theirs) | Value::Time(theirs)) => {
                Moment::standard(ours).as_ref() == Some(theirs)
            }
            (DeValue::Array(ours), Value::Array(theirs)) => {
                let mut pairs = ours.iter().zip(theirs);
                ours.len() == theirs.len() && pairs.all(|(ours, theirs)| self.same(ours.get_ref(), theirs))
            }
            (DeValue::Table(ours), Value::Table(id)) => {
                self.document.table(*id).is_some_and(|theirs| self.same_table(ours, theirs))
            }
            _ => false,
        }
    }

    fn same_table(&self, ours: &DeTable<'_>, theirs: &Table) -> bool {
        let same = |name: &str, ours| theirs.get(name).is_some_and(|theirs| self.same(ours, &theirs.value));
        ours.len() == theirs.len() && ours.iter().all(|(name, ours)| same(name.get_ref(), ours.get_ref()))
    }

    fn foreign_names(&mut self, ours: &DeTable<'_>, theirs: &Table) {
        let known: HashSet<&str> = ours.keys().map(|name| name.get_ref().as_ref()).collect();
        let foreign = theirs.iter().filter(|(name, _)| !known.contains(name.as_str()));
        self.foreign = foreign.map(|(_, entry)| entry.line).chain(self.foreign).min();
    }

    fn warn(&mut self, span: Range<usize>, reason: &Reason) {
        self.warnings.push(Divergence::new(span, reason));
    }

    fn reason(&self, ours: &Spanned<DeValue<'_>>) -> &'static Reason {
        let written = self.text.get(ours.span()).unwrap_or_default();
        match ours.get_ref() {
            DeValue::String(_) if written.contains('\n') => &reason::LINES,
            DeValue::String(_) => &reason::TEXT,
            DeValue::Array(_) => &reason::ELEMENTS,
            DeValue::Datetime(_) => &reason::MOMENT,
            _ => &reason::OTHER,
        }
    }
}

/// The sign of a zero counts: it shows where the value is used as a string.
fn same_float(ours: f64, theirs: f64) -> bool {
    ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan())
}
