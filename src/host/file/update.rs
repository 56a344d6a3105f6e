//! The whole read, edit and write of a file under one lock.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::lock::{Locked, failed};
use super::read::{CONFIG_LIMIT, read_open};
use super::system::{self, Stamp};
use super::temporary::{Temporary, remove_leftovers};
use super::write_error::{Step, WriteError};

/// How large and how long an update may get.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The largest text, old or new, in bytes.
    pub(crate) size: u64,
    /// How long to wait for other writers.
    pub(crate) wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { size: CONFIG_LIMIT, wait: Duration::from_secs(10) }
    }
}

/// What an update did, and what the user should hear about it although it succeeded.
#[derive(Debug)]
pub(crate) struct Updated {
    /// What became of the file.
    pub(crate) outcome: Outcome,
    /// Each to be shown; mostly none.
    pub(crate) warnings: Vec<Warning>,
}

/// What became of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The edit gave back the same text: nothing was written, and a missing file is still missing.
    Unchanged,
    /// The file was missing and is there now.
    Created,
    /// The file has the new text.
    Replaced,
}

/// What is not as it should be although the text was written.
#[derive(Debug, Error)]
pub(crate) enum Warning {
    /// The file system has no locks: a change that another program made at the same time may be lost.
    #[error("the file system of {path} has no locks, so simultaneous changes of it can be lost")]
    NotLocked {
        /// The file.
        path: PathBuf,
    },
    /// Every user may write in the file's folder, and it has no sticky bit: anyone can put another file in its
    /// place. Not refused, because an `emptyDir` of Kubernetes is such a folder and mostly has one user.
    #[error("every user of this system can replace {path}, because its folder is writable by all")]
    OpenFolder {
        /// The file.
        path: PathBuf,
    },
    /// The new file is in place, but the system could not promise that it still is after a power failure. No error,
    /// because the caller must not act as if the old text were still there.
    #[error("{path} is written, but may be the old one again after a power failure")]
    NotDurable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// Why an update failed: because of the caller's edit, or because of the file. The new text is not in the file.
#[derive(Debug, Error)]
pub(crate) enum UpdateError<E> {
    /// The edit refused.
    #[error(transparent)]
    Edit(E),
    /// The file could not be read or written.
    #[error(transparent)]
    File(#[from] WriteError),
}

/// Replaces the text of `path` by what `edit` makes of it, with the promises of the [module](super).
///
/// A missing file is edited as the empty text, and created. Symbolic links are followed, and the file they lead to is
/// replaced. If `edit` gives back what it was given, nothing is written: not even a mode that is too open is changed.
/// Blocks for as long as `limits.wait` while others write, and for the flush to the disk.
///
/// # Errors
///
/// [`UpdateError::Edit`] with the error of `edit`, or [`UpdateError::File`]; see [`WriteError`].
pub(crate) fn update<E>(
    path: &Path,
    limits: Limits,
    edit: impl FnOnce(&str) -> Result<SecretString, E>,
) -> Result<Updated, UpdateError<E>> {
    let mut locked = Locked::take(path, limits.wait)?;
    if locked.exclusive {
        remove_leftovers(&locked.folder, &locked.name);
    }
    let old = read_open(&locked.file, &locked.path, limits.size).map_err(WriteError::from)?.text;
    let new = edit(old.expose_secret()).map_err(UpdateError::Edit)?;
    if new.expose_secret() == old.expose_secret() {
        return Ok(Updated { outcome: Outcome::Unchanged, warnings: Vec::new() });
    }
    let outcome = if locked.created { Outcome::Created } else { Outcome::Replaced };
    let warnings = replace(&mut locked, new.expose_secret(), limits.size)?;
    Ok(Updated { outcome, warnings })
}

/// Puts a new file with `text` in the place of the locked one.
fn replace(locked: &mut Locked, text: &str, limit: u64) -> Result<Vec<Warning>, WriteError> {
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > limit {
        return Err(WriteError::TooLarge { path: locked.path.clone(), limit });
    }
    let mut temporary = prepare(locked)?;
    temporary.file.write_all(text.as_bytes()).map_err(locked.failed(Step::Write))?;
    temporary.file.sync_all().map_err(locked.failed(Step::Flush))?;

    let ours = Stamp::of(&temporary.file).map_err(locked.failed(Step::Inspect))?;
    locked.refuse_changed()?;
    temporary.become_target(&locked.name).map_err(locked.failed(Step::Replace))?;
    let warnings = warnings(locked, locked.folder.sync().err());
    refuse_swapped(locked, &ours)?;
    drop(temporary);
    locked.keep = true;
    Ok(warnings)
}

/// An empty temporary file with the owner and the mode that the target is to have.
fn prepare(locked: &Locked) -> Result<Temporary<'_>, WriteError> {
    let old = locked.file.metadata().map_err(locked.failed(Step::Inspect))?;
    if system::has_other_names(&old) {
        return Err(WriteError::HardLinks { path: locked.path.clone() });
    }
    if locked.folder.may_be_planted(&old) {
        return Err(WriteError::ForeignFile { path: locked.path.clone() });
    }
    let temporary = Temporary::create(&locked.folder, &locked.name)
        .map_err(failed(Step::CreateTemporary, locked.folder.path()))?;
    if locked.exclusive {
        // The file that is to be the target is locked before it is: the next writer must wait until it is flushed
        // and checked. Nobody else knows this file, so the lock is free.
        temporary.file.try_lock().map_err(io::Error::from).map_err(locked.failed(Step::Lock))?;
    }
    // Both before there is any text in it.
    system::keep_owner(&temporary.file, &old).map_err(locked.failed(Step::KeepOwner))?;
    let old_mode = if locked.created { None } else { system::mode(&old) };
    system::set_mode(&temporary.file, old_mode.unwrap_or(0o600) & 0o600)
        .map_err(locked.failed(Step::SetMode))?;
    Ok(temporary)
}

/// An error if the name now stands for another file than `ours`, which was renamed to it: in a folder that others can
/// write in, the temporary file may have been exchanged. They have learned nothing by it, but the text is not in place.
fn refuse_swapped(locked: &Locked, ours: &Stamp) -> Result<(), WriteError> {
    let swapped = match locked.folder.stamp(&locked.name) {
        Ok(named) => !named.is_same_file(ours),
        // If the system cannot tell, the rename is still the best that is known.
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    // Without locks it may be the next writer's, which is no fault.
    if swapped && locked.exclusive {
        return Err(WriteError::Changed { path: locked.path.clone() });
    }
    Ok(())
}

fn warnings(locked: &Locked, not_durable: Option<io::Error>) -> Vec<Warning> {
    let path = || locked.path.clone();
    let not_locked = (!locked.exclusive).then(|| Warning::NotLocked { path: path() });
    let open_folder = locked.folder.is_open_to_all().then(|| Warning::OpenFolder { path: path() });
    let not_durable = not_durable.map(|source| Warning::NotDurable { path: path(), source });
    [not_locked, open_folder, not_durable].into_iter().flatten().collect()
}
