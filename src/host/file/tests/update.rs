//! What one update does that nobody disturbs.

use super::*;

#[test]
fn a_missing_file_is_created_private() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(".modal.toml");
    let updated = append(&path, "[a]").unwrap();
    assert_eq!(updated.outcome, Outcome::Created);
    assert!(updated.warnings.is_empty(), "{updated:?}");
    assert_eq!(text(&path), "[a]\n");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(names(folder.path()), [".modal.toml"]);
}

#[test]
fn the_edit_is_given_the_old_text_and_its_result_replaces_it() {
    let (folder, path) = home("old\n", 0o600);
    let updated = append(&path, "new").unwrap();
    assert_eq!(updated.outcome, Outcome::Replaced);
    assert_eq!(text(&path), "old\nnew\n");
    assert_eq!(names(folder.path()), [".modal.toml"]);
}

#[test]
fn a_reader_that_has_the_old_file_open_keeps_the_whole_of_it() {
    let (_folder, path) = home("old", 0o600);
    let mut reader = File::open(&path).unwrap();
    set(&path, "new").unwrap();
    let mut seen = String::new();
    std::io::Read::read_to_string(&mut reader, &mut seen).unwrap();
    assert_eq!(seen, "old");
}

#[test]
fn writing_takes_the_rights_of_others_away_and_keeps_a_tighter_mode() {
    for (before, after) in [(0o644, 0o600), (0o666, 0o600), (0o400, 0o400), (0o440, 0o400), (0o6755, 0o600)] {
        let (_folder, path) = home("old", before);
        set(&path, "new").unwrap();
        assert_eq!(mode(&path), after, "from {before:o}");
        assert_eq!(text(&path), "new");
    }
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let (_folder, path) = home("same", 0o644);
    let before = fs::metadata(&path).unwrap();
    assert_eq!(set(&path, "same").unwrap().outcome, Outcome::Unchanged);
    let after = fs::metadata(&path).unwrap();
    assert_eq!(
        (before.ino(), before.mode(), before.ctime_nsec()),
        (after.ino(), after.mode(), after.ctime_nsec())
    );
}

#[test]
fn a_missing_file_stays_missing_when_there_is_nothing_to_write_or_the_edit_refuses() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(".modal.toml");
    assert_eq!(set(&path, "").unwrap().outcome, Outcome::Unchanged);
    let refused = update(&path, Limits::default(), |_| Err("refused"));
    assert!(matches!(refused, Err(UpdateError::Edit("refused"))));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn an_edit_that_refuses_leaves_the_file_as_it_was() {
    let (folder, path) = home("old", 0o600);
    let refused = update(&path, Limits::default(), |_| Err("refused"));
    assert!(matches!(refused, Err(UpdateError::Edit("refused"))));
    assert_eq!(text(&path), "old");
    assert_eq!(names(folder.path()), [".modal.toml"]);
}

#[test]
fn a_chain_of_links_is_followed_and_stays() {
    let (folder, path) = home("old", 0o600);
    fs::create_dir(folder.path().join("dotfiles")).unwrap();
    fs::rename(&path, folder.path().join("dotfiles/modal.toml")).unwrap();
    symlink("dotfiles/modal.toml", folder.path().join("relative")).unwrap();
    symlink(folder.path().join("relative"), &path).unwrap();

    set(&path, "new").unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    assert!(fs::symlink_metadata(folder.path().join("relative")).unwrap().is_symlink());
    assert_eq!(text(&folder.path().join("dotfiles/modal.toml")), "new");
    assert_eq!(names(&folder.path().join("dotfiles")), ["modal.toml"]);
}

#[test]
fn the_target_of_a_dangling_link_is_created() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(".modal.toml");
    fs::create_dir(folder.path().join("dotfiles")).unwrap();
    symlink("dotfiles/modal.toml", &path).unwrap();
    assert_eq!(set(&path, "new").unwrap().outcome, Outcome::Created);
    assert_eq!(text(&path), "new");
    assert_eq!(mode(&folder.path().join("dotfiles/modal.toml")), 0o600);
}

#[test]
fn links_in_a_circle_are_an_error() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(".modal.toml");
    symlink(".modal.toml", &path).unwrap();
    assert!(matches!(error(set(&path, "x")), WriteError::Read(ReadError::SymlinkLoop { .. })));
}

#[test]
fn a_name_without_a_folder_means_the_working_directory() {
    // The package's, and with nothing to write: the tests of one process share it.
    let unchanged = update(Path::new("Cargo.toml"), Limits::default(), |old| Ok::<_, Infallible>(old.into()));
    assert_eq!(unchanged.unwrap().outcome, Outcome::Unchanged);
}

#[test]
fn a_missing_folder_is_named_and_not_created() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("no/such");
    let error = error(set(&missing.join("file"), "x"));
    assert_eq!(error.to_string(), format!("cannot open the folder {}", missing.display()));
    assert_eq!(error.cause(), Cause::Missing);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn what_is_no_file_is_refused_and_left_alone() {
    let folder = tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    for (path, kind) in [
        (folder.path(), FileKind::Directory),
        (&socket, FileKind::Socket),
        (Path::new("/dev/null"), FileKind::Device),
        (Path::new("/"), FileKind::Directory),
    ] {
        let error = error(set(path, "x"));
        assert!(
            matches!(&error, WriteError::Read(ReadError::NotRegular { kind: found, .. }) if *found == kind),
            "{error}"
        );
    }
}

#[test]
fn a_file_with_a_second_name_is_refused_but_not_for_an_edit_that_changes_nothing() {
    let (folder, path) = home("old", 0o600);
    fs::hard_link(&path, folder.path().join("second")).unwrap();
    assert_eq!(set(&path, "old").unwrap().outcome, Outcome::Unchanged);
    assert!(matches!(error(set(&path, "new")), WriteError::HardLinks { .. }));
    assert_eq!(text(&path), "old");
    assert_eq!(names(folder.path()), [".modal.toml", "second"]);
}

#[test]
fn a_text_too_large_to_be_read_again_is_not_written() {
    let (folder, path) = home("old", 0o600);
    let limits = Limits { size: 3, ..Limits::default() };
    let result = update(&path, limits, |_| Ok(SecretString::from("four")));
    assert!(matches!(error(result), WriteError::TooLarge { limit: 3, .. }));
    assert_eq!(text(&path), "old");
    assert_eq!(names(folder.path()), [".modal.toml"]);
}
