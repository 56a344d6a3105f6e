//! The files in `tests/cases/toml`, one a peculiarity of TOML or of Python's parser, put to both parsers and to this
//! program. The start of a file's name is the verdict.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use modal_credentials::Place;

use crate::differential::case::Case;
use crate::differential::expect::Clients;
use crate::differential::readings::Readings;
use crate::differential::reasons::{self, Reason};
use crate::differential::{judge, ours};

/// Fewer files than this, and most have gone missing.
const AT_LEAST: usize = 60;

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Verdict {
    /// Both parsers read it alike.
    Same,
    /// Both read it, Python's with another meaning.
    Misread,
    /// It is TOML, and Python's parser refuses it.
    RefusedByPython,
    /// It is no TOML, and Python's parser reads it.
    RefusedByStandard,
    /// Neither reads it.
    RefusedByBoth,
}

impl Verdict {
    const ALL: [(&'static str, Self); 5] = [
        ("same-", Self::Same),
        ("misread-by-python-", Self::Misread),
        ("refused-by-python-", Self::RefusedByPython),
        ("refused-by-standard-", Self::RefusedByStandard),
        ("refused-by-both-", Self::RefusedByBoth),
    ];

    fn of_name(path: &Path) -> Self {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let found = Self::ALL.into_iter().find(|(prefix, _)| name.starts_with(prefix));
        found.unwrap_or_else(|| panic!("{name} does not start with a verdict")).1
    }

    /// What the two parsers themselves say.
    fn of_readings(readings: &Readings) -> Self {
        match (readings.client_reads(), readings.standard.get("error").is_none()) {
            (true, true) if readings.differ_for_clients() => Self::Misread,
            (true, true) => Self::Same,
            (false, true) => Self::RefusedByPython,
            (true, false) => Self::RefusedByStandard,
            (false, false) => Self::RefusedByBoth,
        }
    }
}

fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/toml");
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("a file").path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect()
}

/// `tomllib` is no perfect judge: it reads TOML 1.0 and no byte order mark, and the verdicts are for TOML 1.1; its whole
/// numbers have no end; it joins lines with line feeds.
fn is_excused(named: Verdict, found: Verdict, shown: &BTreeSet<Reason>) -> bool {
    match (named, found) {
        (Verdict::RefusedByPython, Verdict::RefusedByBoth) => true,
        (Verdict::Misread, Verdict::RefusedByStandard) => shown.contains(&reasons::TOML_1_1),
        (Verdict::Misread, Verdict::Same) => shown.contains(&reasons::LINE_ENDS),
        (Verdict::RefusedByStandard, Verdict::Same) => shown.contains(&reasons::TOO_LARGE),
        _ => false,
    }
}

/// The file as the configuration of a case; a byte that is no UTF-8 is written as the oracles take it.
fn case(path: &Path, bytes: &[u8]) -> Case {
    let text: String = bytes
        .utf8_chunks()
        .flat_map(|chunk| {
            let odd = chunk
                .invalid()
                .iter()
                .map(|byte| char::from_u32(0xE000 + u32::from(*byte)).expect("a character"));
            chunk.valid().chars().chain(odd).collect::<Vec<_>>()
        })
        .collect();
    Case::of_file(&path.display().to_string(), text)
}

#[test]
fn every_file_has_the_verdict_in_its_name() {
    let mut clients = Clients::start();
    let mut wrong: Vec<String> = Vec::new();
    let files = files();
    for (path, bytes) in &files {
        let (named, found) = (Verdict::of_name(path), Verdict::of_readings(&clients.readings(bytes)));
        let (outcome, name) = (judge(&mut clients, &case(path, bytes)), path.display());
        if found != named && !is_excused(named, found, &outcome.reasons) {
            wrong.push(format!("{name}: the parsers say {found:?}"));
        }
        wrong.extend(outcome.mismatches.iter().map(|found| format!("{name}: {found}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files.len() >= AT_LEAST, "there are only {} files", files.len());
    let verdicts: BTreeSet<String> =
        files.iter().map(|(path, _)| format!("{:?}", Verdict::of_name(path))).collect();
    assert_eq!(verdicts.len(), Verdict::ALL.len(), "there are files for {verdicts:?} only");
}

#[test]
fn every_refusal_says_where_and_what_to_do() {
    let mut wrong: Vec<String> = Vec::new();
    for (path, bytes) in files() {
        let verdict = Verdict::of_name(&path);
        if matches!(verdict, Verdict::Same | Verdict::Misread) {
            continue;
        }
        let (case, lines) = (case(&path, &bytes), String::from_utf8_lossy(&bytes).split('\n').count());
        let Some(error) = ours::refusal_of_file(&case, &case.world()) else {
            wrong.push(format!("{}: it is not refused", path.display()));
            continue;
        };
        let is_placed = matches!(error.place, Place::File { position: Some((line, _)), .. } if line <= lines);
        if !is_placed || (error.hint.is_none() && verdict != Verdict::RefusedByBoth) {
            wrong.push(format!("{}: {error}; {:?}", path.display(), error.hint));
        }
    }
    assert!(wrong.is_empty(), "no line and column, or no hint:\n{}", wrong.join("\n"));
}
