//! What the rest of the module needs from a system that is no Unix, by the standard library alone. There are no modes
//! or owners; the access control list that the folder hands down is what protects the file. On Windows a lock shuts
//! readers out too, so that a reading at the very time of an update fails there instead of finding the old text.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::read::FileKind;
use super::write_error::Cause;

pub(super) fn open_for_reading(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(super) fn is_null_device(_metadata: &Metadata) -> bool {
    false
}

pub(super) fn kind(metadata: &Metadata) -> FileKind {
    if metadata.is_dir() { FileKind::Directory } else { FileKind::Other }
}

pub(super) fn mode(_metadata: &Metadata) -> Option<u32> {
    None
}

pub(super) fn is_foreign(_metadata: &Metadata) -> bool {
    false
}

pub(super) fn has_other_names(_metadata: &Metadata) -> bool {
    false
}

#[expect(clippy::unnecessary_wraps, reason = "fails on Unix")]
pub(super) fn keep_owner(_new: &File, _old: &Metadata) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "fails on Unix")]
pub(super) fn set_mode(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

pub(super) fn is_symlink_loop(_error: &io::Error) -> bool {
    false
}

pub(super) fn is_without_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

pub(super) fn cause(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::ResourceBusy => Cause::MountPoint,
        io::ErrorKind::ReadOnlyFilesystem => Cause::ReadOnly,
        io::ErrorKind::StorageFull => Cause::DiskFull,
        io::ErrorKind::QuotaExceeded => Cause::QuotaExceeded,
        io::ErrorKind::PermissionDenied => Cause::AccessDenied,
        io::ErrorKind::NotFound => Cause::Missing,
        _ => Cause::Other,
    }
}

/// Which file it is, told by its times and size: the standard library has no stable door to a file's number here.
/// Two files of one name and size, written in the same tick of the clock, are taken for one.
#[derive(PartialEq)]
pub(super) struct Stamp {
    created: Option<SystemTime>,
    modified: Option<SystemTime>,
    size: u64,
}

impl Stamp {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }

    fn from(metadata: &Metadata) -> Self {
        Self { created: metadata.created().ok(), modified: metadata.modified().ok(), size: metadata.len() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.size == 0
    }

    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        self == other
    }

    pub(super) fn is_unchanged(&self, other: &Self) -> bool {
        self == other
    }
}

/// A folder, by its path.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::metadata(path)?;
        Ok(Self { path: path.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let path = self.path.join(name);
        OpenOptions::new().read(true).write(true).open(&path).or_else(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => File::open(&path),
            _ => Err(error),
        })
    }

    pub(super) fn create_new(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(self.path.join(name))
    }

    pub(super) fn stamp(&self, name: &OsStr) -> io::Result<Stamp> {
        Ok(Stamp::from(&fs::symlink_metadata(self.path.join(name))?))
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "a folder cannot be flushed here")]
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    #[expect(clippy::unused_self, reason = "read from the mode on Unix")]
    pub(super) fn is_open_to_all(&self) -> bool {
        false
    }

    #[expect(clippy::unused_self, reason = "read from owners and modes on Unix")]
    pub(super) fn may_be_planted(&self, _file: &Metadata) -> bool {
        false
    }
}
