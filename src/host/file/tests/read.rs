//! Reading what a path may name.

use rustix::fs::{CWD, Mode};

use super::super::read::read_bounded;
use super::*;

fn read(path: &Path) -> std::result::Result<Option<Contents>, ReadError> {
    super::super::read(path, CONFIG_LIMIT)
}

fn kind(path: &Path) -> FileKind {
    match read(path) {
        Err(ReadError::NotRegular { kind, .. }) => kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_missing_file_a_missing_parent_and_a_dangling_link_are_no_file() {
    let folder = tempdir().unwrap();
    let link = folder.path().join("link");
    symlink("nowhere", &link).unwrap();
    for path in [folder.path().join("missing"), folder.path().join("no/such/file"), link] {
        assert!(read(&path).unwrap().is_none(), "{}", path.display());
    }
}

#[test]
fn a_file_where_a_folder_should_be_is_not_taken_for_a_missing_file() {
    let (_folder, path) = home("", 0o600);
    let error = read(&path.join("below")).unwrap_err();
    assert!(matches!(error, ReadError::Io { .. }), "{error:?}");
}

#[test]
fn the_text_and_mode_are_those_of_the_file_a_link_leads_to() {
    let (folder, _path) = home("[é]\n", 0o640);
    let link = folder.path().join("link");
    symlink(".modal.toml", &link).unwrap();

    let contents = contents(&link);
    assert_eq!(contents.text.expose_secret(), "[é]\n");
    assert_eq!(contents.mode, Some(0o640));
}

#[test]
fn only_a_file_that_others_may_read_is_reported_as_such() {
    for (mode, readable) in [(0o600, false), (0o400, false), (0o622, false), (0o604, true), (0o640, true)] {
        let (_folder, path) = home("", mode);
        assert_eq!(contents(&path).readable_by_others(), readable, "{mode:o}");
    }
}

#[test]
fn what_is_no_file_is_named_and_never_waited_for() {
    let folder = tempdir().unwrap();
    let (fifo, socket) = (folder.path().join("fifo"), folder.path().join("socket"));
    rustix::fs::mkfifoat(CWD, &fifo, Mode::RWXU).unwrap();
    let _listener = UnixListener::bind(&socket).unwrap();

    assert_eq!(kind(folder.path()), FileKind::Directory);
    assert_eq!(kind(&fifo), FileKind::Fifo);
    assert_eq!(kind(&socket), FileKind::Socket);
    assert_eq!(kind(Path::new("/dev/zero")), FileKind::Device);
}

#[test]
fn the_null_device_is_an_empty_file_that_nobody_is_warned_about() {
    let contents = contents(Path::new("/dev/null"));
    assert_eq!(contents.text.expose_secret(), "");
    assert!(!contents.readable_by_others());
}

#[test]
fn a_file_of_just_the_limit_is_read_and_one_byte_more_is_not() {
    let (_folder, path) = home("12345678", 0o600);
    assert!(super::super::read(&path, 8).unwrap().is_some());
    let error = super::super::read(&path, 7).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { limit: 7, .. }), "{error:?}");
}

#[test]
fn a_file_that_grows_or_shrinks_while_it_is_read_is_read_whole_and_bounded_all_the_same() {
    let (_folder, path) = home("0123456789", 0o600);
    for told in 0..=20 {
        let read = |limit| read_bounded(&File::open(&path).unwrap(), told, limit).unwrap();
        assert_eq!(read(10).unwrap().as_slice(), b"0123456789", "size told: {told}");
        assert!(read(9).is_none(), "size told: {told}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_reported_by_line_and_column_alone() {
    let cases: [(&[u8], &str); 4] = [
        (b"\xff", "1:1"),
        (b"secret\xff", "1:7"),
        (b"[a]\r\nsecret = \"\xff\"\n", "2:11"),
        (b"a\n\n\xc3\xa9\xc3", "3:2"),
    ];
    for (bytes, place) in cases {
        let (_folder, path) = home(bytes, 0o600);
        let expected = format!("{}:{place}: not valid UTF-8", path.display());
        assert_eq!(read(&path).unwrap_err().to_string(), expected);
    }
}

#[test]
fn links_in_a_circle_are_an_error_of_their_own() {
    let folder = tempdir().unwrap();
    let link = folder.path().join("link");
    symlink("link", &link).unwrap();
    assert!(matches!(read(&link), Err(ReadError::SymlinkLoop { .. })));
}

#[test]
fn a_file_that_may_not_be_read_is_an_error_of_its_own() {
    without_privileges(|| {
        let (_folder, path) = home("", 0o200);
        let error = read(&path).unwrap_err();
        assert!(matches!(error, ReadError::PermissionDenied { .. }), "{error:?}");
    });
}

#[test]
fn no_debug_output_shows_the_text() {
    let (_folder, path) = home("as-secret", 0o600);
    let contents = contents(&path);
    assert_eq!(contents.text.expose_secret(), "as-secret");
    assert!(!format!("{contents:?}").contains("as-secret"));
}
