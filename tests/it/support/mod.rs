//! What the tests share: a world of their own for the program, and the leak harness around every run of it.

pub(crate) mod leak;
#[cfg(unix)]
pub(crate) mod oracle;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_modal-credentials");

/// A home folder and an environment for the program, and the secrets in them.
///
/// The program sees nothing of the machine's own: the environment is empty but for `PATH`, `HOME` and what the test sets.
/// Every run is checked for leaks: no secret of the world may appear in what the program prints, but for standard output
/// where the test says that it was asked for.
pub(crate) struct World {
    home: TempDir,
    env: Vec<(OsString, OsString)>,
    secrets: Vec<String>,
    may_print: bool,
    stdin: Vec<u8>,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            home: TempDir::with_prefix("modal-credentials-test-").expect("a temporary folder"),
            env: Vec::new(),
            secrets: Vec::new(),
            may_print: false,
            stdin: Vec::new(),
        }
    }

    /// A world with this `.modal.toml`.
    pub(crate) fn with_config(text: &str) -> Self {
        Self::new().file(".modal.toml", text)
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file of mode 0600 in the home folder. Whatever looks like a token secret in it is watched for.
    pub(crate) fn file(mut self, name: &str, text: &str) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("to create the folder");
        fs::write(&path, text).expect("to write the file");
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("to set the mode");
        self.watch(text);
        self
    }

    /// Sets a variable. Whatever looks like a token secret in it is watched for.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.watch(&value.as_ref().to_string_lossy());
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// What the program reads from standard input. Whatever looks like a token secret in it is watched for.
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.watch(text);
        self.stdin = text.into();
        self
    }

    /// Watches for a secret that does not look like one.
    pub(crate) fn secret(mut self, secret: &str) -> Self {
        self.secrets.push(secret.to_owned());
        self
    }

    /// The run is asked to print secrets on standard output.
    pub(crate) fn may_print(mut self) -> Self {
        self.may_print = true;
        self
    }

    fn watch(&mut self, text: &str) {
        self.secrets.extend(leak::secrets_in(text));
    }

    /// The secrets that are watched for.
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// The program in this world, for what [`World::run`] cannot do. Whoever uses it checks for leaks himself.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        self.command_of(PROGRAM, args)
    }

    /// Another program in this world.
    pub(crate) fn command_of<S: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(program);
        command.args(args).env_clear().env("HOME", self.home()).current_dir(self.home());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command
    }

    /// Runs the program and checks what it printed.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        let output = output(self.command(args), &self.stdin);
        self.check(&output);
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command of this world and checks what it printed.
    pub(crate) fn output(&self, command: Command, stdin: &[u8]) -> Output {
        let output = output(command, stdin);
        self.check(&output);
        output
    }

    /// Fails if a secret of this world is in what a program printed.
    pub(crate) fn check(&self, output: &Output) {
        leak::assert_none(&self.secrets, "standard error", &output.stderr);
        if !self.may_print {
            leak::assert_none(&self.secrets, "standard output", &output.stdout);
        }
    }
}

/// Runs a command to its end, with this on its standard input.
pub(crate) fn output(mut command: Command, stdin: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("to start the program");
    let mut pipe = child.stdin.take().expect("a pipe");
    let stdin = stdin.to_owned();
    let writer = thread::spawn(move || {
        // A program that does not read its input may be gone already.
        let _ = pipe.write_all(&stdin);
    });
    let output = child.wait_with_output().expect("to wait for the program");
    writer.join().expect("the writer");
    output
}
