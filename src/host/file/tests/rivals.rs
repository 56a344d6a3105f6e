//! Updates among other writers: of this program, of others, killed ones and hostile ones.

use super::*;

#[test]
fn a_lock_held_by_another_program_is_waited_for_only_so_long() {
    let (_folder, path) = home("old", 0o600);
    let other = File::open(&path).unwrap();
    other.lock().unwrap();
    let limits = Limits { wait: Duration::from_millis(20), ..Limits::default() };
    let result = update(&path, limits, |_| Ok(SecretString::from("new")));
    assert!(matches!(error(result), WriteError::Busy { .. }));
    assert_eq!(text(&path), "old");

    drop(other);
    set(&path, "new").unwrap();
}

#[test]
fn a_change_by_a_program_that_takes_no_lock_is_not_overwritten() {
    for write in [(|path| put(path, "theirs", 0o600)) as fn(&Path), |path| {
        put(&path.with_extension("new"), "theirs", 0o600);
        fs::rename(path.with_extension("new"), path).unwrap();
    }] {
        let (folder, path) = home("old", 0o600);
        let result = update(&path, Limits::default(), |_| {
            write(&path);
            Ok(SecretString::from("ours"))
        });
        assert!(matches!(error(result), WriteError::Changed { .. }));
        assert_eq!(text(&path), "theirs");
        assert_eq!(names(folder.path()), [".modal.toml"]);
    }
}

#[test]
fn an_empty_file_that_the_official_client_is_just_writing_is_not_taken_for_empty() {
    let (_folder, path) = home("", 0o600);
    assert_eq!(append(&path, "ours").unwrap().outcome, Outcome::Replaced, "one that stays empty is written");

    put(&path, "", 0o600);
    let locked = super::super::lock::Locked::take(&path, Duration::from_secs(1)).unwrap();
    assert!(locked.stays_unchanged());
    put(&path, "theirs", 0o600);
    assert!(!locked.stays_unchanged());
}

#[test]
fn a_file_removed_in_the_meantime_is_not_brought_back() {
    let (folder, path) = home("old", 0o600);
    let result = update(&path, Limits::default(), |_| {
        fs::remove_file(&path).unwrap();
        Ok(SecretString::from("new"))
    });
    assert!(matches!(error(result), WriteError::Changed { .. }));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn many_writers_at_once_lose_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(".modal.toml");
    std::thread::scope(|scope| {
        for writer in 0..16 {
            let path = &path;
            scope.spawn(move || {
                for round in 0..8 {
                    append(path, &format!("{writer} {round}")).unwrap();
                }
            });
        }
    });
    let text = text(&path);
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 16 * 8);
    assert_eq!(names(folder.path()), [".modal.toml"]);
}

#[test]
fn what_a_killed_writer_left_is_removed_by_the_next_update_and_nothing_else_is() {
    let (folder, path) = home("old", 0o600);
    let leftover = ".modal-credentials-tmp-0123456789abcdef-.modal.toml";
    let others = [".modal-credentials-tmp-0123456789abcdef-other", ".modal.toml.bak"];
    for name in [leftover, others[0], others[1]] {
        put(&folder.path().join(name), "secret", 0o600);
    }
    set(&path, "old").unwrap();
    assert_eq!(names(folder.path()), [others[0], ".modal.toml", others[1]]);
}

#[test]
fn a_folder_where_anyone_can_replace_the_file_is_reported() {
    let (folder, path) = home("old", 0o600);
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(set(&path, "new").unwrap().warnings[..], [Warning::OpenFolder { .. }]));
    fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
    assert!(set(&path, "newer").unwrap().warnings.is_empty());
}

#[test]
fn root_keeps_the_owner_of_a_file_but_follows_no_link_and_fills_no_planted_file() {
    if !rustix::process::geteuid().is_root() {
        return; // Only root can make another user's file.
    }
    let (folder, path) = home("old", 0o600);
    chown(&path, Some(12345), Some(23456)).unwrap();
    set(&path, "new").unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid(), metadata.mode() & 0o7777), (12345, 23456, 0o600));

    fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
    assert!(matches!(error(set(&path, "newer")), WriteError::ForeignFile { .. }));

    let link = folder.path().join("link");
    symlink(".modal.toml", &link).unwrap();
    std::os::unix::fs::lchown(&link, Some(12345), None).unwrap();
    assert!(matches!(error(set(&link, "newer")), WriteError::ForeignLink { .. }));
    assert_eq!(text(&path), "new");
    assert_eq!(names(folder.path()), [".modal.toml", "link"]);
}

#[test]
fn a_folder_that_may_not_be_written_in_is_told_by_step_and_cause() {
    without_privileges(|| {
        let (folder, path) = home("old", 0o600);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o500)).unwrap();
        let error = error(set(&path, "new"));
        assert_eq!(error.cause(), Cause::AccessDenied);
        let expected = format!("cannot create a temporary file in {}", folder.path().display());
        assert_eq!(error.to_string(), expected);
        assert_eq!(text(&path), "old");
    });
}

#[test]
fn a_file_that_may_not_be_written_is_locked_and_replaced_all_the_same() {
    without_privileges(|| {
        let (_folder, path) = home("old", 0o400);
        let other = File::open(&path).unwrap();
        other.lock().unwrap();
        let limits = Limits { wait: Duration::ZERO, ..Limits::default() };
        let busy = update(&path, limits, |_| Ok(SecretString::from("new")));
        assert!(matches!(error(busy), WriteError::Busy { .. }));

        drop(other);
        assert!(set(&path, "new").unwrap().warnings.is_empty());
        assert_eq!((text(&path).as_str(), mode(&path)), ("new", 0o400));
    });
}

#[test]
fn every_obstacle_with_an_advice_of_its_own_is_told_apart() {
    use rustix::io::Errno;
    for (errno, cause) in [
        (Errno::BUSY, Cause::MountPoint),
        (Errno::ROFS, Cause::ReadOnly),
        (Errno::NOSPC, Cause::DiskFull),
        (Errno::DQUOT, Cause::QuotaExceeded),
        (Errno::ACCESS, Cause::AccessDenied),
        (Errno::PERM, Cause::NotPermitted),
        (Errno::NOENT, Cause::Missing),
        (Errno::IO, Cause::Other),
    ] {
        let path = PathBuf::from("/home/user/.modal.toml");
        let error = WriteError::Step { step: Step::Replace, path, source: errno.into() };
        assert_eq!(error.cause(), cause);
        assert_eq!(error.to_string(), "cannot replace /home/user/.modal.toml");
    }
}
