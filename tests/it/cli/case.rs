//! A case: the world it makes, what the program is to do in it, and whether it does.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use toml_edit::DocumentMut;

use super::compare;
use crate::support::{Ran, World, leak, output};

/// A file of `tests/cases/cli`; the README there says what each key means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    #[serde(skip)]
    pub(super) purpose: String,
    args: Vec<String>,
    #[serde(default)]
    stdin: String,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    may_print: bool,
    code: i32,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, File>,
    after: Option<BTreeMap<String, After>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum File {
    Text(String),
    Moded {
        text: String,
        mode: String,
    },
    /// A byte a character, for what is no UTF-8.
    Latin1 {
        latin1: String,
    },
    Folder {
        folder: BTreeMap<String, String>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum After {
    Text(String),
    Moded { text: String, mode: String },
}

/// The files of a home folder: text and mode by path.
type Files = BTreeMap<String, (String, u32)>;

/// What the program printed and left behind, with the home folder's path taken out.
struct Outcome {
    ran: Ran,
    before: Files,
    after: Files,
}

impl Case {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let purpose = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
        if purpose.is_empty() {
            return Err("the first line must be a comment: what would a user lose if this failed?".to_owned());
        }
        let case: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        Ok(Self { purpose: purpose.to_owned(), ..case })
    }

    /// Fails with all that is different from what the case says.
    pub(super) fn run(&self) -> Result<(), String> {
        let outcome = self.outcome(&[], &[]);
        let mut complaints = self.complaints(&outcome);
        // Writing twice is another thing than writing once; all else can be done again, and must be as tight-lipped then.
        if self.after.is_none() && complaints.is_empty() {
            complaints.extend(self.complaints_of_repeated(&outcome.ran));
        }
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    }

    /// The case's text with what the program does in place of what is different.
    pub(super) fn rewritten(&self, text: &str) -> String {
        let outcome = self.outcome(&[], &[]);
        let mut document: DocumentMut = text.parse().expect("a case");
        if let Some(code) = outcome.ran.code {
            document["code"] = toml_edit::value(i64::from(code));
        }
        for (key, expected, actual) in
            [("stdout", &self.stdout, &outcome.ran.stdout), ("stderr", &self.stderr, &outcome.ran.stderr)]
        {
            if !compare::matches(expected, actual) {
                document[key] = compare::literal(&compare::merged(expected, actual));
            }
        }
        for (name, expected) in self.after.iter().flatten() {
            let Some((actual, _)) = outcome.after.get(name) else { continue };
            if !compare::matches(expected.text(), actual) {
                let item = &mut document["after"][name];
                let item = if matches!(expected, After::Text(_)) { item } else { &mut item["text"] };
                *item = compare::literal(&compare::merged(expected.text(), actual));
            }
        }
        document.to_string()
    }

    fn outcome(&self, more_args: &[&str], more_env: &[(&str, &str)]) -> Outcome {
        let world = self.world(more_env);
        let home = world.home().to_str().expect("a folder whose name is UTF-8").to_owned();
        let args = more_args.iter().copied().chain(self.args.iter().map(String::as_str));
        let args: Vec<String> = args.map(|arg| arg.replace("[HOME]", &home)).collect();
        let before = snapshot(world.home());
        let ran = world.run(args);
        let ran = Ran {
            stdout: without_times(&ran.stdout.replace(&home, "[HOME]")),
            stderr: ran.stderr.replace(&home, "[HOME]"),
            ..ran
        };
        Outcome { ran, before, after: snapshot(world.home()) }
    }

    fn world(&self, more_env: &[(&str, &str)]) -> World {
        let mut world = World::new().stdin(&self.stdin);
        let home = world.home().to_str().expect("a folder whose name is UTF-8").to_owned();
        for (name, file) in &self.files {
            file.write(&world.path(name));
            world = file.texts().into_iter().flat_map(leak::secrets_in).fold(world, |w, s| w.secret(&s));
        }
        for secret in self.args.iter().flat_map(|arg| leak::secrets_in(arg)).chain(self.secrets.clone()) {
            world = world.secret(&secret);
        }
        let env = self.env.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in env.chain(more_env.iter().copied()) {
            world = world.env(name, value.replace("[HOME]", &home));
        }
        if self.may_print { world.may_print() } else { world }
    }

    fn complaints(&self, outcome: &Outcome) -> Vec<String> {
        let mut complaints = Vec::new();
        if outcome.ran.code != Some(self.code) {
            let was = outcome.ran.code.map_or_else(|| "none: a signal".to_owned(), |code| code.to_string());
            complaints.push(format!("exit code {} expected, was {was}", self.code));
        }
        complaints.extend(compare::difference("standard output", &self.stdout, &outcome.ran.stdout));
        complaints.extend(compare::difference("standard error", &self.stderr, &outcome.ran.stderr));
        complaints.extend(self.complaints_of_files(&outcome.before, &outcome.after));
        complaints
    }

    /// Files are to be as `[after]` says, and those that it does not name as they were.
    fn complaints_of_files(&self, before: &Files, after: &Files) -> Vec<String> {
        let empty = BTreeMap::new();
        let expected = self.after.as_ref().unwrap_or(&empty);
        let mut complaints = Vec::new();
        for (name, file) in expected {
            match after.get(name) {
                None => complaints.push(format!("{name} is not there afterwards")),
                Some((text, mode)) => {
                    complaints.extend(compare::difference(name, file.text(), text));
                    // A file that was there keeps its mode; a new one is its owner's alone.
                    let expected = file.mode().or(before.get(name).map(|(_, mode)| *mode)).unwrap_or(0o600);
                    if *mode != expected {
                        complaints.push(format!("{name}: mode {expected:04o} expected, was {mode:04o}"));
                    }
                }
            }
        }
        for (name, (text, mode)) in before.iter().filter(|(name, _)| !expected.contains_key(*name)) {
            match after.get(name) {
                None => complaints.push(format!("{name} was not meant to go away")),
                Some((now, _)) if now != text => {
                    complaints.push(format!("{name} was not meant to change:\n{}", compare::diff(text, now)));
                }
                Some((_, now)) if now != mode => {
                    complaints.push(format!(
                        "{name}: the mode was not meant to change, from {mode:04o} to {now:04o}"
                    ));
                }
                Some(_) => {}
            }
        }
        let new = after.keys().filter(|name| !before.contains_key(*name) && !expected.contains_key(*name));
        complaints.extend(new.map(|name| format!("{name} was not meant to be there afterwards")));
        complaints
    }

    /// Once more with `-v` and with backtraces, for which the leak harness looks too.
    fn complaints_of_repeated(&self, first: &Ran) -> Vec<String> {
        let mut complaints = Vec::new();
        if !self.args.iter().any(|arg| arg == "-q" || arg == "-v") {
            let verbose = self.outcome(&["-v"], &[]).ran;
            if (verbose.code, compare::matches(&self.stdout, &verbose.stdout)) != (first.code, true) {
                complaints.push("with -v, the exit code or standard output differ".to_owned());
            }
        }
        let traced = self.outcome(&[], &[("RUST_BACKTRACE", "full")]).ran;
        if traced.code != first.code || !compare::matches(&self.stderr, &traced.stderr) {
            complaints.push("with RUST_BACKTRACE=full, the exit code or standard error differ".to_owned());
        }
        complaints
    }
}

impl File {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) | Self::Moded { text, .. } | Self::Latin1 { latin1: text } => vec![text],
            Self::Folder { folder } => folder.values().map(String::as_str).collect(),
        }
    }

    fn write(&self, path: &Path) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("to create the folder");
        match self {
            Self::Text(text) => write(path, text.as_bytes(), 0o600),
            Self::Moded { text, mode } => write(path, text.as_bytes(), octal(mode)),
            Self::Latin1 { latin1 } => {
                let bytes: Vec<u8> =
                    latin1.chars().map(|c| u8::try_from(c).expect("a character below U+0100")).collect();
                write(path, &bytes, 0o600);
            }
            Self::Folder { folder } => {
                fs::create_dir(path).expect("to create the folder");
                for (name, text) in folder {
                    write(&path.join(name), text.as_bytes(), 0o600);
                }
            }
        }
    }
}

impl After {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Moded { text, .. } => text,
        }
    }

    fn mode(&self) -> Option<u32> {
        match self {
            Self::Text(_) => None,
            Self::Moded { mode, .. } => Some(octal(mode)),
        }
    }
}

fn octal(mode: &str) -> u32 {
    u32::from_str_radix(mode, 8).expect("a mode such as \"0644\"")
}

fn write(path: &Path, bytes: &[u8], mode: u32) {
    if mode & 0o111 == 0 {
        fs::write(path, bytes).expect("to write the file");
    } else {
        // Not from this process: another case that starts a program at this moment would inherit the descriptor, and a
        // file that is open for writing cannot be run.
        let mut command = Command::new("sh");
        command.args(["-c", "cat >\"$0\""]).arg(path);
        assert!(output(command, bytes).status.success(), "to write the file");
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("to set the mode");
}

/// How long a source took, `  (12 ms)` at the end of a line, differs from run to run.
fn without_times(text: &str) -> String {
    let without = |line: &str| {
        let (rest, tail) = line.rsplit_once("  (")?;
        let (time, style) = tail.split_once(')')?;
        let number = time.strip_suffix(" ms").or_else(|| time.strip_suffix(" s"))?;
        number.chars().all(|c| c.is_ascii_digit() || c == '.').then(|| rest.to_owned() + style)
    };
    let lines = text.split('\n').map(|line| without(line).unwrap_or_else(|| line.to_owned()));
    lines.collect::<Vec<_>>().join("\n")
}

/// Every file below `folder`, with the folder's own path taken out of the text.
fn snapshot(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    let home = folder.to_string_lossy();
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("to list a folder") {
            let path = entry.expect("an entry").path();
            let metadata = fs::symlink_metadata(&path).expect("to inspect a file");
            if metadata.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("a path below it").to_string_lossy().into_owned();
                let bytes = fs::read(&path).expect("to read a file");
                let text = String::from_utf8_lossy(&bytes).replace(&*home, "[HOME]");
                files.insert(name, (text, metadata.permissions().mode() & 0o7777));
            }
        }
    }
    files
}
