//! The temporary file of an update, and what killed updates left of theirs.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;

use super::lock::random;
use super::system::Folder;

const PREFIX: &str = ".modal-credentials-tmp-";
const RANDOM_DIGITS: usize = 16;
const ATTEMPTS: u32 = 16;

/// A new, empty file of mode 0600 beside the target; removed on drop unless it has become the target.
pub(super) struct Temporary<'a> {
    folder: &'a Folder,
    name: OsString,
    /// Open for writing.
    pub(super) file: File,
    renamed: bool,
}

impl<'a> Temporary<'a> {
    /// Creates one for the file `target` in the same folder.
    pub(super) fn create(folder: &'a Folder, target: &OsStr) -> io::Result<Self> {
        let mut attempts = 0;
        loop {
            let name = name_for(target, random());
            match folder.create_new(&name) {
                Ok(file) => return Ok(Self { folder, name, file, renamed: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempts < ATTEMPTS => {
                    attempts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Renames it over `target`.
    pub(super) fn become_target(&mut self, target: &OsStr) -> io::Result<()> {
        self.folder.rename(&self.name, target)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.renamed {
            // If this fails too, the next update tries again.
            drop(self.folder.remove(&self.name));
        }
    }
}

/// Removes the temporary files that killed updates of `target` left, as far as possible.
///
/// Only for whoever holds the lock on `target`: every writer holds it for as long as its temporary file exists, so
/// what is found belongs to nobody alive. (If a program without locks has replaced the target meanwhile, a writer may
/// still hold the lock of the old one; it loses its temporary file, and fails without having changed anything, which
/// is what it would do anyway on finding the target replaced.) Removing takes away a name and never follows a link,
/// so a planted one costs nobody else a file.
pub(super) fn remove_leftovers(folder: &Folder, target: &OsStr) {
    // A folder that cannot be listed can still be written in, so this is no reason to fail.
    for name in folder.names().unwrap_or_default() {
        if is_temporary_of(target, &name) {
            drop(folder.remove(&name));
        }
    }
}

/// Hidden, recognisable, and of one target only: the random part has a fixed length, so that what follows it is the
/// whole of the target's name.
fn name_for(target: &OsStr, random: u64) -> OsString {
    let mut name = OsString::from(format!("{PREFIX}{random:0RANDOM_DIGITS$x}-"));
    name.push(target);
    name
}

fn is_temporary_of(target: &OsStr, name: &OsStr) -> bool {
    name.as_encoded_bytes()
        .strip_prefix(PREFIX.as_bytes())
        .and_then(|rest| rest.strip_suffix(target.as_encoded_bytes()))
        .and_then(|rest| rest.strip_suffix(b"-"))
        .is_some_and(|random| {
            random.len() == RANDOM_DIGITS
                && random.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_temporary_files_of_the_same_target_are_recognised() {
        let target = OsStr::new(".modal.toml");
        assert!(is_temporary_of(target, &name_for(target, 0)));
        assert!(is_temporary_of(target, &name_for(target, u64::MAX)));

        // Two files that differ by a leading dot or dash may lie side by side.
        for other in ["modal.toml", "-.modal.toml", "..modal.toml", "x.modal.toml", ".modal.toml.bak"] {
            assert!(!is_temporary_of(target, &name_for(OsStr::new(other), 7)), "{other}");
            assert!(!is_temporary_of(OsStr::new(other), &name_for(target, 7)), "{other}");
        }
        for other in [
            ".modal.toml",
            ".modal-credentials-tmp-.modal.toml",
            ".modal-credentials-tmp-0123456789abcde-.modal.toml",
            ".modal-credentials-tmp-0123456789ABCDEF-.modal.toml",
            ".modal-credentials-tmp-0123456789abcdef-.modal.toml~",
            "modal-credentials-tmp-0123456789abcdef-.modal.toml",
        ] {
            assert!(!is_temporary_of(target, OsStr::new(other)), "{other}");
        }
    }
}
