//! What the rest of the module needs from Unix, by descriptors wherever a path could be made to mean something else.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::{Errno, retry_on_intr};

use super::read::FileKind;
use super::write_error::Cause;

/// Opening never waits for the other end of a FIFO or for a device, nor makes a terminal this process's own.
const NEVER_WAIT: OFlags = OFlags::NONBLOCK.union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// Opens for reading, symbolic links followed.
pub(super) fn open_for_reading(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | NEVER_WAIT;
    let descriptor = retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty()))?;
    Ok(File::from(descriptor))
}

/// Whether this is `/dev/null`, by whatever name.
pub(super) fn is_null_device(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device()
        && std::fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev())
}

/// What something is that is no regular file.
pub(super) fn kind(metadata: &Metadata) -> FileKind {
    let kind = metadata.file_type();
    if kind.is_dir() {
        FileKind::Directory
    } else if kind.is_fifo() {
        FileKind::Fifo
    } else if kind.is_socket() {
        FileKind::Socket
    } else if kind.is_char_device() || kind.is_block_device() {
        FileKind::Device
    } else {
        FileKind::Other
    }
}

/// The permission bits.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(super) fn mode(metadata: &Metadata) -> Option<u32> {
    Some(metadata.mode() & 0o7777)
}

/// Whether this belongs to a user who is neither this process's nor root.
pub(super) fn is_foreign(metadata: &Metadata) -> bool {
    let owner = Uid::from_raw(metadata.uid());
    !owner.is_root() && owner != rustix::process::geteuid()
}

/// Whether the file has more names than the one it was found by.
pub(super) fn has_other_names(metadata: &Metadata) -> bool {
    metadata.nlink() > 1
}

/// Gives `new` the owner of `old`, and its group too if that is allowed.
///
/// The group has no rights in a file of mode 0600, so only the owner is worth failing for.
pub(super) fn keep_owner(new: &File, old: &Metadata) -> io::Result<()> {
    let metadata = new.metadata()?;
    let (owner, group) = (Uid::from_raw(old.uid()), Gid::from_raw(old.gid()));
    if metadata.uid() != old.uid() {
        rustix::fs::fchown(new, Some(owner), Some(group))?;
    } else if metadata.gid() != old.gid() {
        let _ = rustix::fs::fchown(new, None, Some(group));
    }
    Ok(())
}

/// Sets the permission bits, whatever the umask.
pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

/// Whether an opening failed for too many symbolic links, or for one where none was to be followed.
pub(super) fn is_symlink_loop(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

/// Whether a lock failed because there are none on this file system. Network file systems say EBADF for an exclusive
/// lock on a file that could be opened for reading only.
pub(super) fn is_without_locks(error: &io::Error) -> bool {
    let unsupported = [Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::NOLCK, Errno::BADF];
    Errno::from_io_error(error).is_some_and(|errno| unsupported.contains(&errno))
}

/// Sorts an error by what the user can do about it.
pub(super) fn cause(error: &io::Error) -> Cause {
    match Errno::from_io_error(error) {
        Some(Errno::BUSY) => Cause::MountPoint,
        Some(Errno::ROFS) => Cause::ReadOnly,
        Some(Errno::NOSPC) => Cause::DiskFull,
        Some(Errno::DQUOT) => Cause::QuotaExceeded,
        Some(Errno::ACCESS) => Cause::AccessDenied,
        Some(Errno::PERM) => Cause::NotPermitted,
        Some(Errno::NOENT) => Cause::Missing,
        _ => Cause::Other,
    }
}

/// Which file it is, and in what state, as far as that shows without reading it.
pub(super) struct Stamp(Stat);

impl Stamp {
    /// The stamp of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Ok(Self(rustix::fs::fstat(file)?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.st_size == 0
    }

    /// Whether both are of one file. At least one of them is of a file that is open, so its number is not reused.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        (self.0.st_dev, self.0.st_ino) == (other.0.st_dev, other.0.st_ino)
    }

    /// Whether both are of one file, and nobody wrote to it or changed its owner or mode in between.
    pub(super) fn is_unchanged(&self, other: &Self) -> bool {
        let (a, b) = (&self.0, &other.0);
        self.is_same_file(other)
            && a.st_size == b.st_size
            && (a.st_mtime, a.st_mtime_nsec) == (b.st_mtime, b.st_mtime_nsec)
            && (a.st_ctime, a.st_ctime_nsec) == (b.st_ctime, b.st_ctime_nsec)
    }
}

/// An open folder. Names in it are never followed if they are symbolic links.
pub(super) struct Folder {
    descriptor: File,
    path: PathBuf,
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let descriptor = retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty()))?;
        Ok(Self { descriptor: File::from(descriptor), path: path.to_owned() })
    }

    /// For messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a file to be read and locked: for writing if possible, because network file systems lock only then.
    pub(super) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW | NEVER_WAIT;
        match self.open_with(name, OFlags::RDWR | flags) {
            // A mode such as 0400, an immutable file or a read-only file system. None of them hinders reading, and
            // whether they hinder replacing is seen when that is tried.
            Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) => self.open_with(name, OFlags::RDONLY | flags),
            result => result,
        }
        .map_err(Into::into)
    }

    /// Creates a file for writing, with no rights for anybody else: an access control list that the folder hands
    /// down is masked by the mode as well.
    pub(super) fn create_new(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | NEVER_WAIT;
        Ok(self.open_with(name, flags)?)
    }

    fn open_with(&self, name: &OsStr, flags: OFlags) -> rustix::io::Result<File> {
        let private = Mode::RUSR | Mode::WUSR;
        retry_on_intr(|| rustix::fs::openat(&self.descriptor, name, flags, private)).map(File::from)
    }

    /// The stamp of what `name` stands for now.
    pub(super) fn stamp(&self, name: &OsStr) -> io::Result<Stamp> {
        Ok(Stamp(rustix::fs::statat(&self.descriptor, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.descriptor, from, &self.descriptor, to)?)
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.descriptor, name, AtFlags::empty())?)
    }

    /// Flushes the names in it to the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        match self.descriptor.sync_all() {
            // Not every file system knows this for a folder; those that do not have nothing to flush.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::INVAL) => Ok(()),
            result => result,
        }
    }

    /// All names in it.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        Dir::read_from(&self.descriptor)?
            .map(|entry| Ok(OsString::from_vec(entry?.file_name().to_bytes().to_vec())))
            .collect()
    }

    /// Whether every user may rename and remove everybody's files in it.
    pub(super) fn is_open_to_all(&self) -> bool {
        self.descriptor.metadata().is_ok_and(|folder| folder.mode() & 0o1002 == 0o0002)
    }

    /// Whether a file in it may have been put there by its owner to receive another user's secrets: the folder is
    /// writable by all, and the owner neither this user, nor root, nor the folder's owner. This is the rule of
    /// Linux's `protected_regular`, which looks at the creating of files only.
    pub(super) fn may_be_planted(&self, file: &Metadata) -> bool {
        is_foreign(file)
            && self
                .descriptor
                .metadata()
                .is_ok_and(|folder| folder.mode() & 0o0002 != 0 && folder.uid() != file.uid())
    }
}
