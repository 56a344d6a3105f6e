//! Why a file could not be written: what happened, at which step, and to which path.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::read::ReadError;
use super::system;

/// Why an update failed on the side of the file. The file holds its old text then, or what another program wrote;
/// no variant holds any text.
#[derive(Debug, Error)]
pub(crate) enum WriteError {
    /// The old text could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Another writer kept the lock for the whole time that was allowed.
    #[error("another program has kept {path} locked for {} seconds", waited.as_secs_f32())]
    Busy {
        /// The file, by the path that was given.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// The file has more than one name. A rename would leave the others with the old text and its old secrets, and
    /// nobody could tell afterwards that they once belonged together; so nothing is written. Symbolic links are
    /// the form of this that works.
    #[error("{path} has other names (hard links), which would keep the old text")]
    HardLinks {
        /// The file.
        path: PathBuf,
    },
    /// The symbolic link belongs to a user who is neither this one nor root, and would decide where a secret is
    /// written (what Linux calls `protected_symlinks`, here for every folder).
    #[error("{path} is a symbolic link that belongs to another user")]
    ForeignLink {
        /// The link.
        path: PathBuf,
    },
    /// The file belongs to another user and lies in a folder where everybody may create files, such as `/tmp`: it
    /// may have been put there to receive the secret.
    #[error("{path} belongs to another user, in a folder that is writable by all")]
    ForeignFile {
        /// The file.
        path: PathBuf,
    },
    /// A program that takes no lock, such as the official client or an editor, wrote or replaced the file between
    /// the reading and the rename. What it wrote stays.
    #[error("{path} was changed by another program at the same time")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The new text is so large that it could not be read again.
    #[error("the new text of {path} is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The system refused one of the steps.
    #[error("cannot {step} {path}")]
    Step {
        /// What was tried.
        step: Step,
        /// What it was tried on.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl WriteError {
    /// What stood in the way, for choosing the advice.
    pub(crate) fn cause(&self) -> Cause {
        match self {
            Self::Step { source, .. } => system::cause(source),
            Self::Read(ReadError::PermissionDenied { .. }) => Cause::AccessDenied,
            _ => Cause::Other,
        }
    }
}

/// The steps of an update, worded to follow "cannot" and to stand before a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Following symbolic links to the file.
    Find,
    /// Opening the folder the file is in.
    OpenFolder,
    /// Opening the file that is there.
    Open,
    /// Creating a file that was missing.
    Create,
    /// Taking the lock.
    Lock,
    /// Asking for the file's identity, owner or mode.
    Inspect,
    /// Creating the temporary file; the path is the folder's.
    CreateTemporary,
    /// Giving the new file the old one's owner.
    KeepOwner,
    /// Giving the new file its mode.
    SetMode,
    /// Writing the new text.
    Write,
    /// Flushing the new text to the disk.
    Flush,
    /// Renaming the new file over the old one.
    Replace,
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Find => "find",
            Self::OpenFolder => "open the folder",
            Self::Open => "open",
            Self::Create => "create",
            Self::Lock => "lock",
            Self::Inspect => "inspect",
            Self::CreateTemporary => "create a temporary file in",
            Self::KeepOwner => "keep the owner of",
            Self::SetMode => "set the mode of",
            Self::Write => "write the new text of",
            Self::Flush => "flush to disk the new text of",
            Self::Replace => "replace",
        })
    }
}

/// What stands in the way of a write, as far as the advice differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The file is itself a mount point (EBUSY), as when a container mounts a single file: it cannot be renamed
    /// over. Mounting its folder works.
    MountPoint,
    /// The file system is mounted read-only (EROFS).
    ReadOnly,
    /// No space left (ENOSPC).
    DiskFull,
    /// The user's quota is used up (EDQUOT).
    QuotaExceeded,
    /// The permissions do not allow it (EACCES).
    AccessDenied,
    /// Something beyond the permissions forbids it (EPERM): another owner, the sticky bit, or an immutable file.
    NotPermitted,
    /// The folder is missing (ENOENT).
    Missing,
    /// Anything else.
    Other,
}
