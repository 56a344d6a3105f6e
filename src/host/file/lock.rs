//! The lock of an update: on the target itself, so that there is no lock file to leave behind.
//!
//! Every update replaces the target by a new file, and a lock belongs to a file and not to its name. So whoever gets
//! the lock compares the file it locked with the one the name stands for now, and starts over if another writer has
//! put a new one there.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::read::{ReadError, refuse_irregular};
use super::system::{self, Folder, Stamp};
use super::write_error::{Step, WriteError};

/// As many links as Linux follows.
const MAX_LINKS: u32 = 40;

const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(32);

/// How long an empty file is watched before it is believed to be empty.
///
/// The official client truncates the file, then makes the new text, then writes it, and takes no lock. Whoever reads
/// in between and writes soon after throws all its profiles away. Empty files are rare, so the time is well spent.
const SETTLING: Duration = Duration::from_millis(50);

/// The target, open and locked until this is dropped.
pub(super) struct Locked {
    /// The folder of the final target. All that follows happens in it, whatever its path is made to mean later.
    pub(super) folder: Folder,
    /// The target's name in it.
    pub(super) name: OsString,
    /// Both as a path, for messages.
    pub(super) path: PathBuf,
    /// The target itself.
    pub(super) file: File,
    /// Whether it was missing and has been created, empty, to have something to lock.
    pub(super) created: bool,
    /// Whether the lock is held; false on a file system that has none.
    pub(super) exclusive: bool,
    /// The file as it was when the lock was taken, before it was read.
    stamp: Stamp,
    /// Set once the created file has got its text.
    pub(super) keep: bool,
}

impl Locked {
    /// Follows `path` to its target, creates that if it is missing, and locks it within `wait`.
    pub(super) fn take(path: &Path, wait: Duration) -> Result<Self, WriteError> {
        let mut patience = Patience::new(wait);
        loop {
            if let Some(locked) = attempt(path)? {
                return Ok(locked);
            }
            if !patience.pause() {
                return Err(WriteError::Busy { path: path.to_owned(), waited: wait });
            }
        }
    }

    /// An error if the name no longer stands for the locked file, or somebody wrote to it. That can only have been
    /// a program that takes no lock.
    pub(super) fn refuse_changed(&self) -> Result<(), WriteError> {
        match self.folder.stamp(&self.name) {
            Ok(now) if now.is_unchanged(&self.stamp) => Ok(()),
            Ok(_) => Err(WriteError::Changed { path: self.path.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(WriteError::Changed { path: self.path.clone() })
            }
            Err(error) => Err(self.failed(Step::Inspect)(error)),
        }
    }

    /// Watches the file for [`SETTLING`], and says whether nobody wrote to it.
    pub(super) fn stays_unchanged(&self) -> bool {
        sleep(SETTLING);
        self.refuse_changed().is_ok()
    }

    /// Makes the error of a step on the target.
    pub(super) fn failed(&self, step: Step) -> impl FnOnce(io::Error) -> WriteError {
        failed(step, &self.path)
    }
}

impl Drop for Locked {
    /// Takes back the file created for the lock, while it is still locked. It goes only if it is still the one
    /// that was created, and empty.
    fn drop(&mut self) {
        if self.created && !self.keep && self.refuse_changed().is_ok() {
            // An empty file that stays does no harm: to every client it means the same as none.
            drop(self.folder.remove(&self.name));
        }
    }
}

/// Makes the error of a step on `path`.
pub(super) fn failed(step: Step, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Step { step, path, source }
}

/// One try. `None`: another writer has the lock, has just replaced the file, or is writing to it without a lock.
fn attempt(path: &Path) -> Result<Option<Locked>, WriteError> {
    let path = final_target(path)?;
    let Some(name) = path.file_name() else {
        return Err(failed(Step::Find, &path)(io::ErrorKind::NotFound.into()));
    };
    let folder = open_folder(&path)?;
    let Some((file, created)) = open_or_create(&folder, &path, name)? else {
        return Ok(None);
    };
    let Some(exclusive) = try_lock(&file).map_err(failed(Step::Lock, &path))? else {
        return Ok(None);
    };
    let stamp = Stamp::of(&file).map_err(failed(Step::Inspect, &path))?;
    match folder.stamp(name) {
        Ok(named) if named.is_same_file(&stamp) => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(Step::Inspect, &path)(error)),
    }
    let name = name.to_owned();
    let locked = Locked { folder, name, path, file, created, exclusive, stamp, keep: false };
    let settled = created || !locked.stamp.is_empty() || locked.stays_unchanged();
    Ok(settled.then_some(locked))
}

/// Where `path` leads in the end, which may be a file that does not exist yet. Only the last part of the path is
/// looked at: links among its folders are the system's to follow.
fn final_target(path: &Path) -> Result<PathBuf, WriteError> {
    let mut target = path.to_owned();
    for _ in 0..=MAX_LINKS {
        let metadata = match fs::symlink_metadata(&target) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(target),
            Err(error) => return Err(failed(Step::Find, &target)(error)),
        };
        if !metadata.is_symlink() {
            // Asked before opening, which is not without effect on every device.
            refuse_irregular(&target, &metadata)?;
            return Ok(target);
        }
        if system::is_foreign(&metadata) {
            return Err(WriteError::ForeignLink { path: target });
        }
        let next = fs::read_link(&target).map_err(failed(Step::Find, &target))?;
        target.pop();
        target.push(next);
    }
    Err(ReadError::SymlinkLoop { path: path.to_owned() }.into())
}

fn open_folder(path: &Path) -> Result<Folder, WriteError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    Folder::open(folder).map_err(failed(Step::OpenFolder, folder))
}

/// The target, and whether it had to be created. `None` if somebody else created it, or put a symbolic link there,
/// in between.
fn open_or_create(folder: &Folder, path: &Path, name: &OsStr) -> Result<Option<(File, bool)>, WriteError> {
    match folder.open_file(name) {
        Ok(file) => return Ok(Some((file, false))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if system::is_symlink_loop(&error) => return Ok(None),
        Err(error) => return Err(failed(Step::Open, path)(error)),
    }
    // Killed after this, the writer leaves an empty file behind, which to every client means the same as none.
    match folder.create_new(name) {
        Ok(file) => Ok(Some((file, true))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(failed(Step::Create, path)(error)),
    }
}

/// Whether the lock was got: `None` if another has it, `Some(false)` if the file system has no locks. Some network
/// file systems of compute clusters have none; to refuse there would help nobody, so the caller is told instead.
fn try_lock(file: &File) -> io::Result<Option<bool>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(true)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) if system::is_without_locks(&error) => Ok(Some(false)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A bounded wait, by pauses that grow and differ, so that many writers do not come back all at once.
struct Patience {
    since: Instant,
    wait: Duration,
    pause: Duration,
}

impl Patience {
    #[expect(clippy::disallowed_methods, reason = "a wait on other processes: no test can hold their time")]
    fn new(wait: Duration) -> Self {
        Self { since: Instant::now(), wait, pause: FIRST_PAUSE }
    }

    /// Pauses, or says `false` when the time is up.
    fn pause(&mut self) -> bool {
        let left = self.wait.saturating_sub(self.since.elapsed());
        if left.is_zero() {
            return false;
        }
        // Between a half and three halves of the nominal pause.
        let per_mille = u32::try_from(random() % 1000).unwrap_or_default() + 500;
        sleep(left.min(self.pause * per_mille / 1000));
        self.pause = LONGEST_PAUSE.min(self.pause * 2);
        true
    }
}

#[expect(clippy::disallowed_methods, reason = "blocks for other processes' sake, and always within a bound")]
fn sleep(pause: Duration) {
    std::thread::sleep(pause);
}

/// A number that differs at every call and in every process: the standard library's hash maps are seeded from the
/// system's random source. It guards no secret.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
