//! What environment and file are said to have answered. They are one step, and two rows of an explanation.

use super::{Ask, Held, KEYS, Settings, source_of};
use crate::credentials::{Key, KeyOrigin};
use crate::error::Error;
use crate::report::{SourceReport, SourceStatus};
use crate::text::OneLine;

/// One of the two rows.
#[derive(Clone, Copy)]
enum Row {
    Environment,
    File,
}

impl Row {
    const fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::File => "file",
        }
    }

    /// Whether a key from there is taken before this source is looked at.
    fn is_behind(self, origin: &KeyOrigin) -> bool {
        match self {
            Self::Environment => matches!(origin, KeyOrigin::Explicit),
            Self::File => !matches!(origin, KeyOrigin::File { .. }),
        }
    }
}

impl Settings {
    /// The rows where this step was asked: which keys each gave, and which is to blame.
    pub(super) fn reports(&self, given: &[Option<KeyOrigin>; 2], error: Option<&Error>) -> Vec<SourceReport> {
        self.rows(|row| {
            let is_passed_over =
                given.iter().all(|origin| origin.as_ref().is_some_and(|origin| row.is_behind(origin)));
            let from_here =
                |origin: &Option<KeyOrigin>| origin.as_ref().and_then(source_of) == Some(row.name());
            let keys: Vec<Key> = KEYS
                .into_iter()
                .zip(given)
                .filter(|(_, origin)| from_here(origin))
                .map(|(key, _)| key)
                .collect();
            match error {
                Some(Error::Provider(error)) if error.provider.as_deref() == Some(row.name()) => {
                    SourceReport::new(row.name(), SourceStatus::Failed, error.failure.message.clone())
                }
                _ if !keys.is_empty() => self.found(row, keys),
                _ if is_passed_over || self.count(row) > 0 => self.not_tried(row, "hidden"),
                _ => SourceReport::new(row.name(), SourceStatus::Absent, self.why_absent(row)),
            }
        })
    }

    /// The rows where an earlier source answered, or failed.
    pub(crate) fn reports_unasked(&self, has_failed: bool) -> Vec<SourceReport> {
        self.rows(|row| self.not_tried(row, if has_failed { "not used" } else { "hidden" }))
    }

    fn rows(&self, report: impl Fn(Row) -> SourceReport) -> Vec<SourceReport> {
        let row = |row: Row| match self.ask(row) {
            Ask::NotListed => None,
            Ask::Ignored(reason) => Some(SourceReport::new(row.name(), SourceStatus::Absent, reason.clone())),
            Ask::Yes => Some(report(row)),
        };
        [Row::Environment, Row::File].into_iter().filter_map(row).collect()
    }

    fn ask(&self, row: Row) -> &Ask {
        match row {
            Row::Environment => &self.environment,
            Row::File => &self.file,
        }
    }

    /// How many of the two keys a source holds, used or not.
    fn count(&self, row: Row) -> usize {
        let holds = |key: &Key| match row {
            Row::Environment => !matches!(self.in_environment(*key), Held::Nothing),
            Row::File => !matches!(self.in_file(*key), Held::Nothing),
        };
        KEYS.iter().filter(|key| holds(key)).count()
    }

    fn not_tried(&self, row: Row, fate: &str) -> SourceReport {
        let count = self.count(row);
        let detail = match count {
            0 => "it holds no token".to_owned(),
            1 => format!("it holds half a token, which is {fate}"),
            _ => format!("it holds a token, which is {fate}"),
        };
        SourceReport::new(row.name(), SourceStatus::NotTried, detail).hidden_token(count == KEYS.len())
    }

    fn found(&self, row: Row, keys: Vec<Key>) -> SourceReport {
        let detail = match row {
            Row::Environment => keys.iter().map(|key| key.variable()).collect::<Vec<_>>().join(" and "),
            Row::File => format!(
                "{} of [{}] in {}",
                keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(" and "),
                OneLine(self.config.profile()),
                self.config.file_for_people()
            ),
        };
        SourceReport::new(row.name(), SourceStatus::Found, detail).keys(keys)
    }

    fn why_absent(&self, row: Row) -> String {
        match row {
            Row::Environment => "MODAL_TOKEN_ID and MODAL_TOKEN_SECRET are unset or empty".to_owned(),
            Row::File => self.config.why_file_has_none(),
        }
    }
}
