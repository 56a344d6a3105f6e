//! Reads a file that may be anything: bounded in time and size, and wiped from memory afterwards.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use thiserror::Error;

use super::system;

/// The largest configuration file that is read, in bytes. Real ones have a few hundred; the limit keeps a path that
/// names the wrong file from filling the memory.
pub(crate) const CONFIG_LIMIT: u64 = 1024 * 1024;

/// What a file held, and who may open it, both taken from the same open descriptor.
#[derive(Debug)]
pub(crate) struct Contents {
    /// The whole text.
    pub(crate) text: SecretString,
    /// The permission bits (`0o7777`); none where the system has no such thing, and for the null device.
    pub(crate) mode: Option<u32>,
}

impl Contents {
    /// Whether the group or everybody may read the file. False where that cannot be known.
    pub(crate) fn readable_by_others(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o044 != 0)
    }

    /// Whether the group or everybody may write the file. False where that cannot be known.
    pub(crate) fn writable_by_others(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o022 != 0)
    }
}

/// What a path names when it is no regular file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A directory.
    Directory,
    /// A named pipe, which process substitution in a shell makes too.
    Fifo,
    /// A unix socket.
    Socket,
    /// A character or block device.
    Device,
    /// Anything else the system knows.
    Other,
}

impl std::fmt::Display for FileKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Directory => "a directory",
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
            Self::Other => "something else",
        })
    }
}

/// Why a file that is there could not be read. No variant holds any of its text.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// The path names something that is no regular file.
    #[error("{path} is {kind}, not a regular file")]
    NotRegular {
        /// The file.
        path: PathBuf,
        /// What is there.
        kind: FileKind,
    },
    /// The file is larger than the caller's limit, or grew past it while it was read.
    #[error("{path} is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The file is not UTF-8, which TOML requires.
    #[error("{path}:{line}:{column}: not valid UTF-8")]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line of the first bad byte, from 1.
        line: usize,
        /// Its column in characters, from 1.
        column: usize,
    },
    /// The file, or a folder on the way to it, may not be opened by this user.
    #[error("no permission to read {path}")]
    PermissionDenied {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Symbolic links lead in a circle, or through too many steps.
    #[error("{path} leads through too many symbolic links")]
    SymlinkLoop {
        /// The file.
        path: PathBuf,
    },
    /// Anything else the system reports, such as a path with a file where a folder is needed.
    #[error("cannot read {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// Reads the whole of `path`, symbolic links followed, if it has at most `limit` bytes.
///
/// `None` means that there is no such file: the name or a parent of it is missing, or a symbolic link leads nowhere.
/// The null device counts as an empty file, because `MODAL_CONFIG_PATH=/dev/null` is a usual way to say "none" and
/// the official client reads it so.
///
/// # Errors
///
/// See [`ReadError`].
pub(crate) fn read(path: &Path, limit: u64) -> Result<Option<Contents>, ReadError> {
    match system::open_for_reading(path) {
        Ok(file) => read_open(&file, path, limit).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot_open(path, error)),
    }
}

/// Reads an open file from where it stands; `path` is for the errors.
pub(super) fn read_open(file: &File, path: &Path, limit: u64) -> Result<Contents, ReadError> {
    let metadata = file.metadata().map_err(|error| other(path, error))?;
    if system::is_null_device(&metadata) {
        return Ok(Contents { text: SecretString::default(), mode: None });
    }
    refuse_irregular(path, &metadata)?;

    let too_large = || ReadError::TooLarge { path: path.to_owned(), limit };
    if metadata.len() > limit {
        return Err(too_large());
    }
    let bytes = read_bounded(file, metadata.len(), limit)
        .map_err(|error| other(path, error))?
        .ok_or_else(too_large)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| not_utf8(path, &bytes, error.valid_up_to()))?;
    // From a &str, so that the copy is exact: from a String it could be reallocated, and the old place not wiped.
    let text = SecretString::from(text);
    Ok(Contents { text, mode: system::mode(&metadata) })
}

/// An error unless `metadata` is a regular file's.
pub(super) fn refuse_irregular(path: &Path, metadata: &Metadata) -> Result<(), ReadError> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(ReadError::NotRegular { path: path.to_owned(), kind: system::kind(metadata) })
}

/// Reads to the end, or gives `None` as soon as there are more than `limit` bytes.
///
/// Not `read_to_end`, which moves the bytes when it needs room and leaves the old place as it was.
pub(super) fn read_bounded(mut file: &File, size: u64, limit: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // One byte more than the file has, so that the end is seen without growing.
    let room = usize::try_from(size).unwrap_or(limit).saturating_add(1);
    let mut buffer = Zeroizing::new(vec![0; room]);
    let mut filled = 0;
    while filled <= limit {
        if filled == buffer.len() {
            buffer = doubled(&buffer);
        }
        match file.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => {
                buffer.truncate(filled);
                return Ok(Some(buffer));
            }
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// A copy with twice the room, for a file that grew since its size was taken, or whose size the system does not
/// know. The caller drops, and so wipes, the old one.
fn doubled(buffer: &[u8]) -> Zeroizing<Vec<u8>> {
    let room = buffer.len().saturating_mul(2);
    let mut larger = Zeroizing::new(Vec::with_capacity(room));
    larger.extend_from_slice(buffer);
    larger.resize(room, 0);
    larger
}

fn not_utf8(path: &Path, bytes: &[u8], valid: usize) -> ReadError {
    let before = bytes.get(..valid).unwrap_or_default();
    let line = before.split(|&byte| byte == b'\n').count();
    let last = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let column = String::from_utf8_lossy(last).chars().count() + 1;
    ReadError::NotUtf8 { path: path.to_owned(), line, column }
}

fn cannot_open(path: &Path, error: io::Error) -> ReadError {
    // A socket cannot be opened at all, nor can a device without a driver: ask what is there instead.
    if let Ok(metadata) = fs::metadata(path)
        && let Err(irregular) = refuse_irregular(path, &metadata)
    {
        return irregular;
    }
    other(path, error)
}

fn other(path: &Path, source: io::Error) -> ReadError {
    let path = path.to_owned();
    if system::is_symlink_loop(&source) {
        ReadError::SymlinkLoop { path }
    } else if source.kind() == io::ErrorKind::PermissionDenied {
        ReadError::PermissionDenied { path, source }
    } else {
        ReadError::Io { path, source }
    }
}
