//! What is no file, no text or no place to write: it is named, quickly, and nothing hangs, crashes or prints a secret.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{PROGRAM, Ran, World};

const PAIR: &str = "token_id = \"ak-bad1\"\ntoken_secret = \"as-canaryT4m8Xq2Zk7Vb9Lw3\"\n";
const SOON: Duration = Duration::from_secs(2);

/// Runs `exec -- true` in this world; it has to end soon.
fn exec(world: &World) -> Ran {
    finish(world, world.command(["exec", "--", "true"]))
}

/// Waits for a command of this world, which has to end soon and print no secret.
fn finish(world: &World, mut command: Command) -> Ran {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    run(world, command)
}

/// As [`finish`], with standard output wherever the caller has put it.
fn run(world: &World, mut command: Command) -> Ran {
    let child = command.stderr(Stdio::piped()).spawn().expect("to start the program");
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(SOON) else {
        let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        panic!("the program hangs: {command:?}");
    };
    let output: Output = output.expect("to wait for the program");
    world.check(&output);
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What was printed, with this exit code and this in the message.
#[track_caller]
fn assert_ends(ran: &Ran, code: i32, message: &str) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
    assert!(ran.stderr.contains(message), "{message:?} is not in:\n{}", ran.stderr);
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// A command of this world as a user who owns nothing.
fn as_nobody(world: &World, args: &[&str]) -> Command {
    if !is_root() {
        return world.command(args);
    }
    // The folder that the program is built in may be closed to others. Not copied by this process: a test that starts a
    // program at this moment would inherit the descriptor, and a file that is open for writing cannot be run.
    let copy = world.path("program");
    assert!(Command::new("cp").arg(PROGRAM).arg(&copy).status().expect("cp").success());
    let mut command = world.command_of("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
    command.arg(copy).args(args).current_dir("/");
    command
}

#[test]
fn a_named_pipe_as_the_file_is_named_and_not_waited_for() {
    let world = World::new();
    let made = Command::new("mkfifo").arg(world.path(".modal.toml")).status().expect("mkfifo");
    assert!(made.success());
    assert_ends(&exec(&world), 5, "is a named pipe, not a file");
    let set = ["token", "set", "--token-id", "ak-x", "--token-secret", "x", "--no-verify"];
    let ran = finish(&world, world.command(set));
    assert!(ran.code != Some(0) && ran.stderr.contains("is a named pipe"), "{ran:?}");
}

#[test]
fn a_device_as_the_file_is_named_and_not_read() {
    let world = World::new().env("MODAL_CONFIG_PATH", "/dev/zero");
    assert_ends(&exec(&world), 5, "/dev/zero: is a device, not a file");
}

#[test]
fn a_socket_as_the_file_is_named() {
    let world = World::new();
    let _listener = UnixListener::bind(world.path(".modal.toml")).expect("a socket");
    assert_ends(&exec(&world), 5, "is a socket, not a file");
}

#[test]
fn a_file_of_a_gigabyte_is_refused_without_being_read() {
    let world = World::new();
    let file = File::create(world.path(".modal.toml")).expect("a file");
    file.set_len(1 << 30).expect("a sparse file");
    let ran = exec(&world);
    assert_ends(&ran, 5, ".modal.toml: is larger than ");
    assert!(ran.stderr.contains("\nhint: "), "{}", ran.stderr);
}

#[test]
fn a_file_that_grows_without_end_is_refused() {
    // Its length is 0, as that of all files of /proc.
    let world = World::new().env("MODAL_CONFIG_PATH", "/proc/kallsyms");
    let ran = exec(&world);
    assert_eq!(ran.code, Some(5), "{ran:?}");
}

#[test]
fn symbolic_links_in_a_circle_are_named() {
    let world = World::new();
    symlink(".modal.toml", world.path(".modal.toml")).expect("a link");
    assert_ends(&exec(&world), 5, "symbolic links");
}

#[test]
fn a_symbolic_link_to_nowhere_counts_as_no_file() {
    let world = World::new();
    symlink("missing", world.path(".modal.toml")).expect("a link");
    assert_ends(&exec(&world), 3, "there is no file");
}

#[test]
fn a_file_that_this_user_may_not_read_is_no_missing_file() {
    let world = World::with_config(&format!("[default]\n{PAIR}"));
    fs::set_permissions(world.home(), Permissions::from_mode(0o755)).expect("to open the folder");
    fs::set_permissions(world.path(".modal.toml"), Permissions::from_mode(0o000)).expect("to close the file");
    let ran = finish(&world, as_nobody(&world, &["exec", "--", "true"]));
    assert_ends(&ran, 5, ".modal.toml: no permission to read it");
    assert!(ran.stderr.contains("\nhint: "), "{}", ran.stderr);
}

#[test]
fn a_folder_that_this_user_may_not_enter_is_no_missing_file() {
    let world = World::new().file("closed/modal.toml", &format!("[default]\n{PAIR}"));
    let path = world.path("closed/modal.toml");
    fs::set_permissions(world.home(), Permissions::from_mode(0o755)).expect("to open the folder");
    fs::set_permissions(world.path("closed"), Permissions::from_mode(0o000)).expect("to close the folder");
    let path = path.to_str().expect("UTF-8");
    let ran = finish(&world, as_nobody(&world, &["--config", path, "exec", "--", "true"]));
    fs::set_permissions(world.path("closed"), Permissions::from_mode(0o700)).expect("to open the folder");
    assert_ends(&ran, 5, "modal.toml: no permission to read it");
}

#[test]
fn a_file_that_this_user_may_not_write_is_named() {
    let world = World::with_config("[default]\n");
    fs::set_permissions(world.home(), Permissions::from_mode(0o755)).expect("to open the folder");
    fs::set_permissions(world.path(".modal.toml"), Permissions::from_mode(0o644)).expect("to open the file");
    if !is_root() {
        fs::set_permissions(world.home(), Permissions::from_mode(0o555)).expect("to close the folder");
    }
    let ran = finish(&world, as_nobody(&world, &["config", "set", "environment", "dev"]));
    fs::set_permissions(world.home(), Permissions::from_mode(0o755)).expect("to open the folder");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(world.home().to_str().expect("UTF-8")), "{}", ran.stderr);
    assert!(ran.stderr.to_lowercase().contains("permission"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(world.path(".modal.toml")).expect("the file"), "[default]\n");
}

#[test]
fn a_program_that_is_started_in_a_folder_that_is_gone_does_not_crash() {
    let world = World::with_config(&format!("[default]\n{PAIR}"));
    let script = format!("mkdir gone; cd gone; rmdir ../gone; exec {PROGRAM} exec -- echo started");
    assert_eq!(finish(&world, world.command_of("sh", ["-c", &script])).stdout, "started\n");
    let script = format!("mkdir gone; cd gone; rmdir ../gone; exec {PROGRAM} --config x.toml exec -- true");
    assert_ends(&finish(&world, world.command_of("sh", ["-c", &script])), 5, "x.toml: there is no such file");
}

#[test]
fn a_file_nested_too_deep_is_refused_and_crashes_nothing() {
    let depth = 200_000;
    for text in [
        format!("[a]\nx = {}{}\n", "[".repeat(depth), "]".repeat(depth)),
        format!("[a]\nx = {}1{}\n", "{a=".repeat(depth), "}".repeat(depth)),
        format!("[a]\nx{} = 1\n", ".a".repeat(depth)),
        format!("[a{}]\n", ".a".repeat(depth)),
        format!("[a]\n[a.credentials{}]\n", ".a".repeat(depth)),
    ] {
        let ran = exec(&World::with_config(&text));
        assert_eq!(ran.code, Some(5), "{:?}: {}", &text[..20], ran.stderr);
        assert!(ran.stderr.contains(".modal.toml:"), "{}", ran.stderr);
    }
}

#[test]
fn a_file_with_a_thousand_profiles_is_read_and_written_soon() {
    let profile = |i| format!("[profile{i}]\ntoken_id = \"ak-{i}\"\nenvironment = \"dev\"\n\n");
    let text: String = (0..1_000).map(profile).collect();
    let world = World::with_config(&format!("[default]\nactive = true\n{PAIR}\n{text}"));
    assert_ends(&exec(&world), 0, "");
    let ran = finish(&world, world.command(["profile", "activate", "profile999"]));
    assert_ends(&ran, 0, "");
}

#[test]
fn standard_output_that_is_full_is_an_error_and_not_a_success() {
    let world = World::with_config(&format!("[default]\n{PAIR}"));
    for args in [
        &["get"][..],
        &["get", "--format", "secret"],
        &["env"],
        &["explain"],
        &["explain", "--json"],
        &["config", "show"],
        &["config", "get", "environment"],
        &["config", "path"],
        &["profile", "list"],
        &["profile", "list", "--json"],
        &["profile", "current"],
        &["completions", "bash"],
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
        let mut command = world.command(args);
        command.stdin(Stdio::null()).stdout(full);
        let ran = run(&world, command);
        assert_eq!(ran.code, Some(1), "{args:?}: {ran:?}");
        assert!(ran.stderr.starts_with("error: cannot write to standard output: "), "{args:?}: {ran:?}");
    }
}

#[test]
fn a_pipe_that_nobody_reads_is_one_clear_error() {
    let world = World::with_config(&format!("[default]\n{PAIR}"));
    for args in [&["completions", "bash"][..], &["config", "show"], &["explain"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = world.command(args);
        command.stdin(Stdio::null()).stdout(writer);
        let ran = run(&world, command);
        assert!(ran.stderr.starts_with("error: cannot write to standard output: "), "{args:?}: {ran:?}");
        assert_eq!(ran.code, Some(1), "{args:?}: {ran:?}");
    }
}

#[test]
fn standard_error_that_is_full_changes_no_exit_code() {
    let world = World::new();
    let script = format!("{PROGRAM} exec -- true 2>/dev/full; echo $?; {PROGRAM} exec -- true 2>&-; echo $?");
    assert_eq!(finish(&world, world.command_of("sh", ["-c", &script])).stdout, "3\n3\n");
}

#[test]
fn a_variable_that_is_no_text_is_named() {
    let odd = OsStr::from_bytes(b"as-canary\xff\xfeJ5k9Pz3Wx8");
    let pair = || {
        World::new().env("MODAL_TOKEN_ID", "ak-bad2").env("MODAL_TOKEN_SECRET", "as-canaryR6n2Yd8Hs4Gf1Cq7")
    };
    for (name, code) in [
        ("MODAL_TOKEN_ID", 4),
        ("MODAL_TOKEN_SECRET", 4),
        ("MODAL_PROFILE", 5),
        ("MODAL_CREDENTIALS_PROVIDERS", 5),
        ("MODAL_CREDENTIALS_RESOLVED", 5),
    ] {
        let world = pair().env(name, odd).secret("J5k9Pz3Wx8");
        let ran = exec(&world);
        assert_ends(&ran, code, name);
        assert!(ran.stderr.contains("not valid UTF-8"), "{}", ran.stderr);
    }
    let world = World::new().env("MODAL_LOGS_TIMEOUT", odd);
    assert_ends(
        &finish(&world, world.command(["config", "show"])),
        5,
        "MODAL_LOGS_TIMEOUT: is not valid UTF-8",
    );
}

#[test]
fn a_path_that_is_no_text_works() {
    let world = World::with_config(&format!("[default]\n{PAIR}"));
    let odd = world.home().join(OsStr::from_bytes(b"odd\xff.toml"));
    fs::rename(world.path(".modal.toml"), &odd).expect("to rename the file");
    let args = [OsStr::new("--config"), odd.as_os_str(), OsStr::new("exec"), OsStr::new("true")];
    assert_ends(&finish(&world, world.command(args)), 0, "");
    let world = world.env("MODAL_CONFIG_PATH", &odd);
    assert_ends(&exec(&world), 0, "");
}

#[test]
fn an_argument_that_is_no_text_is_a_usage_error() {
    let world = World::new();
    let odd = OsStr::from_bytes(b"\xff\xfe");
    let args = [OsStr::new("exec"), OsStr::new("--profile"), odd, OsStr::new("true")];
    assert_ends(&finish(&world, world.command(args)), 2, "invalid UTF-8");
}
