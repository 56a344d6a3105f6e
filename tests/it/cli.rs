//! The command line, case by case: each file in `tests/cases/cli` is one behaviour. Its README says how to write one.
#![cfg(unix)]

mod case;
mod compare;

use std::any::Any;
use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use self::case::Case;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/cli");
/// Run only the cases whose name contains this.
const ONLY: &str = "MODALCRED_TEST_CASES";
/// Write what the program does into the cases that fail.
const REWRITE: &str = "MODALCRED_TEST_REWRITE";

#[test]
fn every_case_behaves_as_it_says() {
    let only = variable(ONLY).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let cases: Vec<PathBuf> = files().into_iter().filter(|path| name_of(path).contains(&only)).collect();
    assert!(!cases.is_empty(), "no case has {only:?} in its name");
    let rewrite = variable(REWRITE).is_some();
    let failures = in_parallel(&cases, |path| check(path, rewrite));
    assert!(failures.is_empty(), "{}", report(&failures, cases.len()));
}

#[test]
fn the_cases_are_all_there() {
    let count = files().len();
    assert!(count >= 300, "only {count} cases in {FOLDER}");
}

#[test]
fn a_case_that_expects_something_else_fails() {
    for (text, complaint) in [
        (
            "# x\nargs = ['--version']\ncode = 0\nstdout = 'modal-credentials 0.0.0'",
            "- modal-credentials 0.0.0\n",
        ),
        (
            "# x\nargs = ['--version']\ncode = 1\nstdout = 'modal-credentials [..]'",
            "exit code 1 expected, was 0",
        ),
        ("# x\nargs = ['nonsense']\ncode = 2", "standard error"),
        ("# x\nargs = ['config', 'path']\ncode = 0\nstdout = '[HOME]/.modal.tom'", "+ [HOME]/.modal.toml\n"),
        (
            "# x\nargs = ['config', 'set', 'environment', 'dev']\ncode = 0\nstdout = '...'",
            "not meant to be there",
        ),
        (
            "# x\nargs = ['--version']\ncode = 0\nstdout = '...'\n[after]\n'.modal.toml' = ''",
            "is not there afterwards",
        ),
        (
            "# x\nargs = ['--version']\ncode = 0\nstdout = '...'\n[files]\nf = { text = '', mode = '0644' }\n\
             [after]\nf = { text = '', mode = '0600' }",
            "mode 0600 expected, was 0644",
        ),
        (
            "# x\nargs = ['exec', '--', 'sh', '-c', 'echo $MODAL_TOKEN_SECRET']\ncode = 0\nstdout = '...'\n\
             [env]\nMODAL_TOKEN_ID = 'ak-1'\nMODAL_TOKEN_SECRET = 'as-canaryQ7w9Zx3Vb1Nm'",
            "of a secret is in standard output",
        ),
    ] {
        let case = Case::parse(text).expect("a case");
        let failure = guarded(|| case.run()).expect_err(text);
        assert!(failure.contains(complaint), "{complaint:?} is not in:\n{failure}");
    }
}

#[test]
fn a_case_that_holds_on_every_point_passes() {
    let text = "# x\nargs = ['config', 'set', 'environment', 'dev']\ncode = 0\nstdout = \"...\\n\"\n\
                [after]\n'.modal.toml' = \"\"\"\n[[..]]\nenvironment = \"dev\"\n\"\"\"\n";
    assert_eq!(guarded(|| Case::parse(text).expect("a case").run()), Ok(()));
}

#[test]
fn a_case_that_is_not_well_formed_fails() {
    for (text, complaint) in [
        ("args = []\ncode = 0", "first line"),
        ("# x\nargs = []\ncode = 0\nstdrr = ''", "stdrr"),
        ("# x\nargs = []", "code"),
        ("# x\nargs = []\ncode = 0\n[files]\nf = { text = '', mod = '0600' }", "any variant"),
    ] {
        let failure = Case::parse(text).expect_err(text);
        assert!(failure.contains(complaint), "{complaint:?} is not in:\n{failure}");
    }
}

fn report(failures: &[(String, String)], count: usize) -> String {
    let mut text = format!("{} of {count} cases failed:\n", failures.len());
    for (name, why) in failures {
        let _ = write!(text, "\n---- {name}\n{why}\n");
    }
    text += "\nfailed:\n";
    for (name, _) in failures {
        let _ = writeln!(text, "  {name}");
    }
    text + &format!(
        "\n{ONLY}=<part of a name> runs some; {REWRITE}=1 writes what the program does into those that fail"
    )
}

/// Runs a case; what it is for stands above what is wrong with it.
fn check(path: &Path, rewrite: bool) -> Result<(), String> {
    let text = fs::read_to_string(path).expect("to read the case");
    let case = Case::parse(&text)?;
    let result = guarded(|| case.run());
    if rewrite && result.is_err() {
        let rewritten = guarded(|| Ok(case.rewritten(&text)))?;
        fs::write(path, rewritten).expect("to write the case");
    }
    result.map_err(|why| format!("{}\n{why}", case.purpose))
}

/// The leak harness panics when it finds something: here that is a failure as any other.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}

/// The cases that fail, by name, in order.
fn in_parallel(
    cases: &[PathBuf],
    check: impl Fn(&Path) -> Result<(), String> + Sync,
) -> Vec<(String, String)> {
    let queue = Mutex::new(cases.iter());
    let failures = Mutex::new(Vec::new());
    let next = || queue.lock().expect("the queue").next();
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(path) = next() {
                    if let Err(why) = check(path) {
                        failures.lock().expect("the failures").push((name_of(path), why));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("the failures");
    failures.sort();
    failures
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(FOLDER)
        .expect("the folder with the cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
