//! Real files in real folders. What a mount does is tried on the finished command.

mod read;
mod rivals;
mod update;

use std::any::type_name_of_val;
use std::convert::Infallible;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tempfile::{TempDir, tempdir};

use super::read::{Contents, FileKind};
use super::update::{Outcome, Updated, Warning};
use super::write_error::Step;
use super::*;

type Result = std::result::Result<Updated, UpdateError<Infallible>>;

/// A folder as `~` mostly is, with a file `.modal.toml` in it.
fn home(text: impl AsRef<[u8]>, mode: u32) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join(".modal.toml");
    put(&path, text, mode);
    (folder, path)
}

/// What a program does that knows nothing of locks: the official client writes so.
fn put(path: &Path, text: impl AsRef<[u8]>, mode: u32) {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path).unwrap();
    file.write_all(text.as_ref()).unwrap();
    file.set_permissions(Permissions::from_mode(mode)).unwrap();
}

fn set(path: &Path, text: &str) -> Result {
    update(path, Limits::default(), |_| Ok(SecretString::from(text)))
}

fn append(path: &Path, line: &str) -> Result {
    update(path, Limits::default(), |old| Ok(SecretString::from(format!("{old}{line}\n"))))
}

fn error(result: Result) -> WriteError {
    match result {
        Err(UpdateError::File(error)) => error,
        Ok(updated) => panic!("{updated:?}"),
    }
}

fn contents(path: &Path) -> Contents {
    super::read(path, CONFIG_LIMIT).unwrap().unwrap()
}

fn text(path: &Path) -> String {
    contents(path).text.expose_secret().to_owned()
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Runs the body of a test as a user who is not root: if need be, by running that one test again in another process.
fn without_privileges(body: impl FnOnce()) {
    if !rustix::process::geteuid().is_root() {
        return body();
    }
    // The name of a closure is that of the function it stands in, which is the test.
    let (_crate, name) = type_name_of_val(&body).split_once("::").unwrap();
    // On Linux by a link that works even if this binary lies in a folder which is closed to that user.
    let linked = PathBuf::from("/proc/self/exe");
    let binary = if linked.exists() { linked } else { std::env::current_exe().unwrap() };
    let output = Command::new(binary)
        .args(["--exact", name.trim_end_matches("::{{closure}}")])
        .current_dir("/")
        .env_remove("TMPDIR")
        .uid(65534)
        .gid(65534)
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(output.contains("1 passed"), "{output}");
}
