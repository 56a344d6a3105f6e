//! Writing the configuration file loses nothing: not to other writers, not to a kill, not to a full disk.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{PROGRAM, World, leak, output};

const SECRET: &str = "as-writeN5b7Vc9Xz1Kj3";

/// Starts a write of a new profile.
fn start(world: &World, profile: &str) -> Child {
    let mut child = world
        .command([
            "token",
            "set",
            "--no-activate",
            "--profile",
            profile,
            "--token-id",
            "-",
            "--token-secret",
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("to start the program");
    let text = format!("ak-{profile}\n{SECRET}\n");
    // It fits the pipe's buffer.
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("to write to the pipe");
    child
}

/// The profiles in the file, which has to be whole: every one of them has both keys, and the comments are there.
fn profiles(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).expect("to read the file");
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("torn: {error}\n{text}"));
    for (name, profile) in &table {
        assert!(
            profile.get("token_id").is_some() && profile.get("token_secret").is_some(),
            "{name} is torn:\n{text}"
        );
    }
    assert!(text.starts_with("# the first comment\n"), "the comment is lost:\n{text}");
    table.keys().cloned().collect()
}

fn config_with_profiles(count: usize) -> String {
    let profile = |i| format!("[old{i}]  # kept\ntoken_id = \"ak-old{i}\"\ntoken_secret = \"{SECRET}\"\n");
    "# the first comment\n".to_owned() + &(0..count).map(profile).collect::<String>()
}

fn files_in(folder: &Path) -> Vec<String> {
    let names =
        fs::read_dir(folder).expect("to list the folder").map(|entry| entry.expect("an entry").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn a_hundred_writers_at_once_lose_no_profile() {
    let world = World::with_config(&config_with_profiles(3));
    let writers: Vec<Child> = (0..100).map(|i| start(&world, &format!("new{i}"))).collect();
    for writer in writers {
        let output = writer.wait_with_output().expect("to wait");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        leak::assert_none(world.secrets(), "standard error", &output.stderr);
    }
    let expected: BTreeSet<String> =
        (0..3).map(|i| format!("old{i}")).chain((0..100).map(|i| format!("new{i}"))).collect();
    assert_eq!(profiles(&world.path(".modal.toml")), expected);
    assert_eq!(files_in(world.home()), [".modal.toml"]);
}

#[test]
fn a_thousand_kills_at_random_moments_tear_and_lose_nothing() {
    // Two worlds at a time: kills are spent mostly waiting.
    let halves: Vec<_> = (0..2).map(|seed| thread::spawn(move || kill_writers(500, seed))).collect();
    let (mut before, mut within, mut after) = (0, 0, 0);
    for half in halves {
        let (b, w, a) = half.join().expect("no torn file and no lost profile");
        before += b;
        within += w;
        after += a;
    }
    println!("killed before the write {before}, within it {within}, after it {after}");
    assert!(
        before > 20 && within > 20 && after > 20,
        "the kills missed: {before} before, {within} within, {after} after"
    );
}

/// Kills this many writers, and counts those killed before, within and after their write.
fn kill_writers(kills: u64, seed: u64) -> (u32, u32, u32) {
    let world = World::with_config(&config_with_profiles(3));
    let path = world.path(".modal.toml");
    // Follows what else the machine does: it grows when a kill came too early, and shrinks when it came too late.
    let mut whole_run = time_of_a_write(&world);
    let mut known = profiles(&path);
    let (mut before, mut within, mut after) = (0, 0, 0);
    let mut leftovers = 0;
    for i in 0..kills {
        let name = format!("new{i}");
        let mut child = start(&world, &name);
        let per_mille = u32::try_from(mix(seed << 32 | i) % 1100).expect("a small number");
        thread::sleep(whole_run * per_mille / 1000);
        child.kill().expect("to kill");
        child.wait().expect("to wait");
        let now = profiles(&path);
        assert!(now.is_superset(&known), "lost: {:?}", known.difference(&now));
        let litter = files_in(world.home()).len() - 1;
        if now.contains(&name) {
            after += 1;
            whole_run = whole_run.mul_f64(0.97);
        } else if litter > leftovers {
            within += 1;
        } else {
            before += 1;
            whole_run = whole_run.mul_f64(1.03);
        }
        leftovers = litter;
        known = now;
        // The file stays small, so that the moments of a write keep their share of the time.
        if known.len() > 40 {
            fs::write(&path, config_with_profiles(3)).expect("to start again");
            known = profiles(&path);
        }
    }
    let last = start(&world, "last").wait_with_output().expect("to wait");
    assert!(last.status.success(), "{}", String::from_utf8_lossy(&last.stderr));
    assert_eq!(files_in(world.home()), [".modal.toml"], "leftovers after the next write");
    (before, within, after)
}

/// The median of a few undisturbed writes.
fn time_of_a_write(world: &World) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let begin = Instant::now();
            start(world, "old0").wait_with_output().expect("to wait");
            begin.elapsed()
        })
        .collect();
    times.sort();
    times[4]
}

/// Scrambles a number (splitmix64).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Runs a script in a mount namespace of its own, as root of it; `$MC` is the program.
fn in_mount_namespace(world: &World, script: &str) -> (Option<i32>, String) {
    let flags: &[&str] = if is_root() { &["--mount"] } else { &["--mount", "--map-root-user"] };
    let mut command = world.command_of("unshare", flags);
    command.args(["sh", "-euc", script]).env("MC", PROGRAM);
    let output = output(command, format!("ak-new\n{SECRET}\n").as_bytes());
    leak::assert_none(&[SECRET.to_owned()], "standard error", &output.stderr);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn is_root() -> bool {
    fs::metadata("/proc/self").expect("/proc").uid() == 0
}

const SET: &str = "\"$MC\" token set --profile p --token-id - --token-secret -";

#[test]
fn a_file_that_is_mounted_on_its_own_is_left_whole_and_the_mount_is_named() {
    let config = config_with_profiles(1);
    let world = World::with_config(&config);
    let (code, stderr) = in_mount_namespace(&world, &format!("mount --bind .modal.toml .modal.toml\n{SET}"));
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("a single file is mounted there; mount its folder instead"), "{stderr}");
    assert_eq!(fs::read_to_string(world.path(".modal.toml")).unwrap(), config);
    assert_eq!(files_in(world.home()), [".modal.toml"]);
}

#[test]
fn a_full_disk_leaves_the_file_whole_and_is_named() {
    let world = World::new().file("config", &config_with_profiles(1));
    let script = format!(
        "mkdir d; mount -t tmpfs -o size=8k tmpfs d; cp config d/.modal.toml; dd if=/dev/zero of=d/fill bs=1k count=100 2>/dev/null || true
         export HOME=$PWD/d; code=0; {SET} || code=$?
         cmp config d/.modal.toml; ls -A d | grep -v -e fill -e .modal.toml && exit 99; exit $code"
    );
    let (code, stderr) = in_mount_namespace(&world, &script);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("make room on the disk"), "{stderr}");
}

#[test]
fn a_read_only_file_system_is_named() {
    let world = World::new().file("d/.modal.toml", &config_with_profiles(1));
    let script = format!("mount --bind d d; mount -o remount,bind,ro d; export HOME=$PWD/d; {SET}");
    let (code, stderr) = in_mount_namespace(&world, &script);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("the file system is read-only"), "{stderr}");
}

#[test]
fn the_file_is_private_from_its_creation_and_keeps_a_tighter_mode() {
    let mode = |world: &World| fs::metadata(world.path(".modal.toml")).unwrap().permissions().mode() & 0o7777;
    let world = World::new();
    assert!(start(&world, "p").wait().unwrap().success());
    assert_eq!(mode(&world), 0o600);
    for (before, after) in [(0o644, 0o600), (0o400, 0o400)] {
        let world = World::with_config(&config_with_profiles(1));
        fs::set_permissions(world.path(".modal.toml"), fs::Permissions::from_mode(before)).unwrap();
        assert!(start(&world, "p").wait().unwrap().success());
        assert_eq!(mode(&world), after);
    }
}

#[test]
fn a_symbolic_link_stays_and_what_it_leads_to_is_written() {
    let world = World::new().file("dotfiles/modal.toml", &config_with_profiles(1));
    std::os::unix::fs::symlink("dotfiles/modal.toml", world.path(".modal.toml")).unwrap();
    assert!(start(&world, "p").wait().unwrap().success());
    assert!(fs::symlink_metadata(world.path(".modal.toml")).unwrap().is_symlink());
    assert!(profiles(&world.path("dotfiles/modal.toml")).contains("p"));
}

#[test]
fn root_writing_another_users_file_leaves_it_that_users() {
    if !is_root() {
        // Only root can; the suite is run as root in CI.
        return;
    }
    let world = World::with_config(&config_with_profiles(1));
    let owner = 65_534;
    std::os::unix::fs::chown(world.home(), Some(owner), Some(owner)).unwrap();
    std::os::unix::fs::chown(world.path(".modal.toml"), Some(owner), Some(owner)).unwrap();
    assert!(start(&world, "p").wait().unwrap().success());
    assert_eq!(fs::metadata(world.path(".modal.toml")).unwrap().uid(), owner);
}

#[test]
fn a_reader_never_sees_half_a_file() {
    let world = World::with_config(&config_with_profiles(20));
    let path = world.path(".modal.toml");
    let mut writers: Vec<Child> = (0..30).map(|i| start(&world, &format!("new{i}"))).collect();
    let mut reads = 0;
    while writers.iter_mut().any(|writer| writer.try_wait().unwrap().is_none()) {
        assert!(profiles(&path).len() >= 20);
        reads += 1;
    }
    assert!(reads > 10, "only {reads} reads");
}
