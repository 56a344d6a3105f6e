//! The same files and environments through the official clients and this program: they have to agree, but for the
//! differences in [`reasons`].
//!
//! The cases picked by hand are in `tests/cases/differential`, a file a topic. The random ones come out of [`generate`]:
//! as many as `MODALCRED_TEST_CASES` says, from the seed `MODALCRED_TEST_SEED`, else the clock.
#![cfg(unix)]

mod answer;
pub(crate) mod case;
pub(crate) mod expect;
mod generate;
mod go;
pub(crate) mod ours;
pub(crate) mod readings;
pub(crate) mod reasons;
mod shrink;
mod writes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::answer::{Mismatch, mismatches};
use self::case::Case;
use self::expect::Clients;
use self::reasons::Reason;

/// Where a case is answered otherwise than expected, and the accepted differences that it shows.
pub(crate) struct Outcome {
    pub(crate) mismatches: Vec<Mismatch>,
    pub(crate) reasons: BTreeSet<Reason>,
}

/// Puts a case to every client and to this program.
pub(crate) fn judge(clients: &mut Clients, case: &Case) -> Outcome {
    let world = case.world();
    let mut expected = clients.expected(case, &world);
    let ours = ours::library(case, &world, &clients.keys);
    expected.concede(clients, case, &world, &ours);
    let mut mismatches = mismatches(&expected.answer, &ours);
    let mut reasons = expected.reasons.clone();
    match go::compare(clients, case, &world, &expected) {
        Ok(of_go) => reasons.extend(of_go),
        Err(mismatch) => mismatches.push(mismatch),
    }
    Outcome { mismatches, reasons }
}

/// Fails with everything that a person needs to see the difference, and to see it again.
fn fail(clients: &mut Clients, case: &Case, first: &Mismatch, again: &str) -> ! {
    let smallest = shrink::shrink(case, |candidate| {
        judge(clients, candidate).mismatches.iter().any(|mismatch| mismatch.what == first.what)
    });
    let differences: Vec<String> =
        judge(clients, &smallest).mismatches.iter().map(Mismatch::to_string).collect();
    let differences = differences.join("\n");
    panic!("{differences}\n\nin this case, made smaller:\n\n{smallest}\nagain: {again}\n");
}

/// Fewer cases picked by hand than this, and most have gone missing.
const AT_LEAST: usize = 250;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// The cases picked by hand, by file.
fn by_hand() -> Vec<(PathBuf, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/differential");
    let mut files: Vec<PathBuf> =
        folder.read_dir().expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a file");
            let cases: Cases =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, cases.case)
        })
        .collect()
}

#[test]
fn every_case_picked_by_hand_is_answered_as_by_the_official_clients() {
    let mut clients = Clients::start();
    let mut used = BTreeSet::new();
    let mut failures: Vec<String> = Vec::new();
    let mut count = 0;
    for (path, cases) in by_hand() {
        for case in cases {
            let outcome = judge(&mut clients, &case);
            let name = format!("{}: {}", path.display(), case.name);
            failures.extend(outcome.mismatches.iter().map(|found| format!("{name}: {found}")));
            let shown: BTreeSet<&str> = outcome.reasons.iter().map(|reason| reason.id).collect();
            let named: BTreeSet<&str> = case.differs.iter().map(String::as_str).collect();
            if shown != named {
                failures.push(format!("{name}: it differs for {shown:?} and not for {named:?}"));
            }
            used.extend(outcome.reasons);
            count += 1;
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count >= AT_LEAST, "there are only {count} cases");
    let unused: Vec<&Reason> = reasons::ALL.iter().filter(|reason| !used.contains(reason)).collect();
    assert!(unused.is_empty(), "no case shows these differences: {unused:?}");
}

#[test]
fn the_command_answers_the_cases_picked_by_hand_as_the_library_does() {
    let keys = Clients::start().keys.clone();
    for (_, cases) in by_hand() {
        for case in cases {
            ours::check_command(&case, &keys);
        }
    }
}

#[test]
fn cases_at_random_are_answered_as_by_the_official_clients() {
    let count = number("MODALCRED_TEST_CASES").unwrap_or(2000);
    let seed = number("MODALCRED_TEST_SEED").unwrap_or_else(from_the_clock);
    println!("{count} cases from the seed {seed}");
    let mut clients = Clients::start();
    let mut reasons: std::collections::BTreeMap<Reason, u64> = std::collections::BTreeMap::new();
    for seed in (seed..).take(usize::try_from(count).expect("a number of cases")) {
        let case = generate::case(seed);
        let outcome = judge(&mut clients, &case);
        if let Some(mismatch) = outcome.mismatches.first() {
            let again =
                format!("MODALCRED_TEST_SEED={seed} MODALCRED_TEST_CASES=1 tests/run cases_at_random");
            fail(&mut clients, &case, mismatch, &again);
        }
        if seed % 50 == 0 {
            ours::check_command(&case, &clients.keys);
        }
        for reason in outcome.reasons {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    for (reason, count) in reasons {
        println!("{count:6}  {}: {}", reason.id, reason.why);
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")))
}

fn from_the_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time after 1970");
    now.as_secs() * 1_000_000
}
