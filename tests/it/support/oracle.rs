//! The official clients, each a process that answers a JSON line with a JSON line (`tests/reference`).

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

/// An oracle that needs longer for a line is broken; it gives up on a case of its own accord much earlier.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the official client's oracle with the standard's parser in place of the client's own.
const STANDARD: &str = "
import runpy, sys, tomllib, types
sys.modules['toml'] = types.SimpleNamespace(load=lambda file: tomllib.load(file.buffer))
runpy.run_path(sys.argv[1], run_name='__main__')
";

/// One of the official clients, ready for questions.
pub(crate) struct Oracle {
    name: &'static str,
    command: fn() -> Command,
    child: Child,
    questions: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Oracle {
    /// The official Python client.
    pub(crate) fn python() -> Self {
        Self::start("the Python client", || {
            let mut command = Command::new(variable("MODALCRED_TEST_PYTHON"));
            command.arg(python_source());
            command
        })
    }

    /// The official Python client as it would be if it read TOML 1.0: Python's own `tomllib` stands in for its parser.
    pub(crate) fn standard() -> Self {
        Self::start("the Python client on tomllib", || {
            let mut command = Command::new(variable("MODALCRED_TEST_PYTHON"));
            command.arg("-c").arg(STANDARD).arg(python_source());
            command
        })
    }

    /// The official Go client.
    pub(crate) fn go() -> Self {
        Self::start("the Go client", || {
            let mut command = Command::new(variable("MODALCRED_TEST_GO_ORACLE"));
            // Where a panic goes, of which there are some.
            command.stderr(Stdio::null());
            command
        })
    }

    fn start(name: &'static str, command: fn() -> Command) -> Self {
        let mut child = command()
            .env_clear()
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let questions = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { name, command, child, questions, answers }
    }

    /// The answer. Text may hold bytes that are no UTF-8, written as [`bytes`] says.
    pub(crate) fn ask(&mut self, question: &Json) -> Json {
        self.ask_unless_it_crashes(question)
            .unwrap_or_else(|| panic!("{} is gone after {question}", self.name))
    }

    /// The answer, unless the client brings the whole process down. It is started again then.
    pub(crate) fn ask_unless_it_crashes(&mut self, question: &Json) -> Option<Json> {
        let pipe = self.questions.as_mut().expect("a pipe");
        let sent = writeln!(pipe, "{}", to_surrogates(&question.to_string()));
        let line = match self.answers.recv_timeout(PATIENCE) {
            Ok(line) if sent.is_ok() => line,
            Err(RecvTimeoutError::Timeout) => panic!("{} hangs on {question}", self.name),
            _ => {
                *self = Self::start(self.name, self.command);
                return None;
            }
        };
        let line = shorten_numbers(&from_surrogates(&line));
        let answer: Json = serde_json::from_str(&line).expect("an answer in JSON");
        assert!(answer.get("oracle_error").is_none(), "{}: {answer} on {question}", self.name);
        Some(answer)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.questions.take());
        if thread::panicking() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn python_source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/python/oracle.py")
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests with tests/run"))
}

/// How the tests write a byte that is no UTF-8 within a text: as a character of the private use area.
const RAW: u32 = 0xE000;

/// The bytes that a text of the tests stands for.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for c in text.chars() {
        match raw(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}

/// The byte that a character stands for, if it does.
pub(crate) fn raw(c: char) -> Option<u8> {
    u32::from(c).checked_sub(RAW).and_then(|byte| u8::try_from(byte).ok()).filter(|byte| *byte >= 0x80)
}

/// Bytes as the oracles take them.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |group, b| group << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        let digits = (0..=chunk.len()).map(|i| char::from(ALPHABET[(group >> (18 - 6 * i) & 63) as usize]));
        text.extend(digits.chain("==".chars().skip(chunk.len() - 1)));
    }
    text
}

/// Python writes such bytes as lone surrogates, which `serde_json` has no words for.
fn to_surrogates(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut line, c| {
        match raw(c) {
            Some(byte) => write!(line, "\\udc{byte:02x}").expect("to write to a text"),
            None => line.push(c),
        }
        line
    })
}

fn from_surrogates(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find("\\udc") {
        let before = rest.get(at.saturating_sub(6)..at).unwrap_or_default();
        let is_second_half = before.starts_with("\\ud8")
            || before.starts_with("\\ud9")
            || before.starts_with("\\uda")
            || before.starts_with("\\udb");
        line.push_str(&rest[..at]);
        line.push_str(if is_second_half { "\\udc" } else { "\\ue0" });
        rest = &rest[at + 4..];
    }
    line + rest
}

/// Python's whole numbers have no end, but `serde_json`'s have: what is far too long becomes a number that is just too large
/// for 64 bits and a sign.
fn shorten_numbers(json: &str) -> String {
    const LONGEST: usize = 30;
    let (mut line, mut digits, mut is_text, mut is_escaped) = (String::new(), String::new(), false, false);
    for c in json.chars() {
        if c.is_ascii_digit() && !is_text {
            digits.push(c);
            continue;
        }
        line += if digits.len() > LONGEST { "18446744073709551615" } else { &digits };
        digits.clear();
        line.push(c);
        is_text ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
    }
    line
}

#[test]
fn only_numbers_are_shortened() {
    let long = "1".repeat(400);
    let json = format!(r#"{{"a\\": "{long}\"{long}", "b": [-{long}, 12]}}"#);
    let expected = format!(r#"{{"a\\": "{long}\"{long}", "b": [-18446744073709551615, 12]}}"#);
    assert_eq!(shorten_numbers(&json), expected);
}

#[test]
fn bytes_that_are_no_text_reach_the_oracle_and_come_back() {
    let text = "a\u{e0ff}\u{1f480}";
    assert_eq!(bytes(text), b"a\xff\xf0\x9f\x92\x80");
    let question = serde_json::json!({"env": {"HOME": "/nonexistent", "MODAL_ENVIRONMENT": text}});
    let answer = Oracle::python().ask(&question);
    assert_eq!(answer["settings"]["environment"]["value"], text);
}
