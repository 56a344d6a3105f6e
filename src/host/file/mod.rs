//! The user's files: read without hanging, replaced without tearing.
//!
//! [`read()`] opens a path in a way that no FIFO or device can block, and takes only a regular file of bounded size
//! that is valid UTF-8.
//!
//! [`update()`] is the only way this program writes a file. It is made for `~/.modal.toml`, which belongs to the
//! official client and holds the secrets of many profiles, and it promises:
//!
//! - **Whole.** Whoever reads the path sees the old text or the new text, after a crash too: the new text is
//!   written to a temporary file beside the target, flushed, and renamed over it. Every error leaves the old file.
//! - **Nothing lost.** An exclusive advisory lock is held from before the reading until after the rename, so
//!   programs that use this module never overwrite each other's changes. The official client takes no lock: what it
//!   writes in between is noticed at the last moment before the rename, and is an error; that it overwrites what was
//!   written here cannot be prevented.
//! - **Private.** The text is never in a file that anybody but its owner can open: mode 0600 from creation, a
//!   tighter mode kept, access control lists and the wider modes of the old file dropped, the owner kept.
//! - **No litter.** A temporary file outlives its writer only when the writer is killed; the next update of the
//!   same target removes it. There is no separate lock file.
//! - **Wiped.** Text is held in types that are zeroed on drop.
//!
//! Not promised: hard links (refused, see [`WriteError::HardLinks`]), extended attributes, and anything against
//! whoever may write in the target's folder, who can replace the file at any time.

mod lock;
mod read;
mod temporary;
mod update;
mod write_error;

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "portable.rs")]
mod system;

#[cfg(test)]
#[cfg(unix)]
mod tests;

pub(crate) use read::{CONFIG_LIMIT, ReadError, read};
pub(crate) use update::{Limits, Outcome, UpdateError, update};
pub(crate) use write_error::{Cause, WriteError};
