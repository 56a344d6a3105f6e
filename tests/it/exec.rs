//! `exec` is invisible: the program it starts has the process id, exit status, files and environment it would have had,
//! and the pair.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::World;

const ID: &str = "ak-execQ1";
const SECRET: &str = "as-execV8c2Lw6Tz0Rk4";

fn world() -> World {
    World::new().env("MODAL_TOKEN_ID", ID).env("MODAL_TOKEN_SECRET", SECRET)
}

fn sh(script: &str) -> [&str; 5] {
    ["exec", "--", "sh", "-c", script]
}

#[test]
fn the_program_has_the_process_id_of_the_command() {
    let world = world();
    let mut child = world.command(sh("echo $$")).stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let mut printed = String::new();
    std::io::Read::read_to_string(child.stdout.as_mut().unwrap(), &mut printed).unwrap();
    child.wait().unwrap();
    assert_eq!(printed.trim(), id.to_string());
}

#[test]
fn the_exit_status_is_the_programs_own() {
    assert_eq!(world().run(sh("exit 41")).code, Some(41));
    assert_eq!(world().run(sh("exit 0")).code, Some(0));
}

#[test]
fn a_program_that_is_not_there_is_127_and_one_that_cannot_be_run_126() {
    let world = world().file("plain", "text");
    let ran = world.run(["exec", "--", "no-such-program-here"]);
    assert_eq!(ran.code, Some(127), "{}", ran.stderr);
    let ran = world.run(["exec", "--", "./plain"]);
    assert_eq!(ran.code, Some(126), "{}", ran.stderr);
}

#[test]
fn a_signal_reaches_the_program_itself() {
    // As a shell sees it: 128 + 15.
    let world = world();
    let program = crate::support::PROGRAM;
    let script = format!("{program} exec -- sh -c 'kill -TERM $$; sleep 60'; echo $?");
    let shell = world.command_of("sh", ["-c", &script]);
    assert_eq!(world.output(shell, b"").stdout, b"143\n");
    // As a supervisor sees it.
    let mut child = world.command(["exec", "--", "sleep", "60"]).spawn().unwrap();
    wait_for(|| cmdline(child.id()).starts_with(b"sleep"));
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[test]
fn nothing_of_this_program_stays_in_memory_and_no_secret_is_in_an_argument() {
    let world = world();
    let mut child = world.command(["exec", "--", "sleep", "60"]).spawn().unwrap();
    wait_for(|| cmdline(child.id()).starts_with(b"sleep"));
    let maps = fs::read_to_string(format!("/proc/{}/maps", child.id())).unwrap();
    let cmdline = cmdline(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!maps.contains("modal-credentials"), "{maps}");
    assert_eq!(cmdline, b"sleep\x0060\0");
}

#[test]
fn every_other_variable_is_passed_on_byte_for_byte() {
    let odd = OsStr::from_bytes(b"\xff\xfe odd \n value");
    let world = world().env("ODD", odd).env("EMPTY", "").env("LANG", "C").may_print();
    let mut expected = variables(&world.output(world.command_of("env", ["-0"]), b"").stdout);
    let mut actual = variables(&world.output(world.command(["exec", "--", "env", "-0"]), b"").stdout);
    for added in [
        "MODAL_PROFILE=default".to_owned(),
        "MODAL_CREDENTIALS_RESOLVED=default".to_owned(),
        format!("MODAL_CREDENTIALS_RESOLVED_ID={ID}"),
        format!("MODAL_CREDENTIALS_RESOLVED_CONFIG={}", world.path(".modal.toml").display()),
    ] {
        expected.push(added.into_bytes());
    }
    expected.sort();
    actual.sort();
    assert_eq!(actual, expected);
}

#[test]
fn arguments_are_passed_on_byte_for_byte() {
    let odd = OsStr::from_bytes(b"\xff\xfe");
    let args = [
        OsStr::new("exec"),
        OsStr::new("printf"),
        OsStr::new("%s|"),
        odd,
        OsStr::new("--profile"),
        OsStr::new(""),
    ];
    let world = world();
    assert_eq!(world.output(world.command(args), b"").stdout, b"\xff\xfe|--profile||");
}

#[test]
fn oauth_variables_and_our_own_are_not_passed_on() {
    let world = world()
        .env("MODAL_OAUTH_REFRESH_TOKEN", "as-oauthW3e5Rt7Yu9Io")
        .env("MODAL_OAUTH_ANYTHING", "x")
        .env("MODAL_CREDENTIALS_PROVIDERS", "environment")
        .env("MODAL_SERVER_URL", "https://example.test")
        .env("VAULT_TOKEN", "hvs.x");
    let ran = world.run([
        "exec",
        "--drop",
        "VAULT_TOKEN",
        "--",
        "sh",
        "-c",
        "env | cut -d= -f1 | grep -E 'MODAL|VAULT' | sort",
    ]);
    let names: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        names,
        [
            "MODAL_CREDENTIALS_RESOLVED",
            "MODAL_CREDENTIALS_RESOLVED_CONFIG",
            "MODAL_CREDENTIALS_RESOLVED_ID",
            "MODAL_PROFILE",
            "MODAL_SERVER_URL",
            "MODAL_TOKEN_ID",
            "MODAL_TOKEN_SECRET"
        ]
    );
    assert!(ran.stderr.contains("MODAL_OAUTH_REFRESH_TOKEN is set and not passed on"), "{}", ran.stderr);
}

#[test]
fn open_files_and_standard_input_belong_to_the_program() {
    let world = world().file("nine", "from nine");
    let program = crate::support::PROGRAM;
    let script = format!("{program} exec -- sh -c 'cat; cat <&9' 9<nine");
    assert_eq!(
        world.output(world.command_of("sh", ["-c", &script]), b"from stdin, ").stdout,
        b"from stdin, from nine"
    );
}

#[test]
fn an_ignored_signal_stays_ignored() {
    let world = world();
    let program = crate::support::PROGRAM;
    let script = format!("trap '' HUP; {program} exec -- sh -c 'kill -HUP $$; echo alive'");
    assert_eq!(world.output(world.command_of("sh", ["-c", &script]), b"").stdout, b"alive\n");
}

#[test]
fn config_and_profile_are_handed_to_the_program_as_flags_gave_them() {
    let world = World::new()
        .file("sub/mine.toml", &format!("[p]\ntoken_id = \"{ID}\"\ntoken_secret = \"{SECRET}\"\n"));
    let ran = world.run([
        "exec",
        "--config",
        "sub/mine.toml",
        "--profile",
        "p",
        "--",
        "sh",
        "-c",
        "cd /; echo $MODAL_PROFILE; cat $MODAL_CONFIG_PATH | head -1",
    ]);
    assert_eq!(ran.stdout, "p\n[p]\n", "{}", ran.stderr);
}

#[test]
fn a_nested_call_for_the_same_profile_takes_the_pair_and_one_for_another_does_not() {
    let config = format!(
        "[a]\ntoken_id = \"ak-a\"\ntoken_secret = \"{SECRET}\"\nactive = true\n[b]\ntoken_id = \"ak-b\"\ntoken_secret = \"{SECRET}b\"\n"
    );
    let world = World::with_config(&config);
    let program = crate::support::PROGRAM;
    let nested = |flags: &[&str]| {
        let args = ["exec", "--", program, "get", "--format", "id"];
        world.run(args.iter().chain(flags)).stdout
    };
    assert_eq!(nested(&[]), "ak-a\n");
    assert_eq!(nested(&["--profile", "b"]), "ak-b\n");
}

#[test]
fn the_official_python_client_takes_the_pair() {
    let python = std::env::var("MODALCRED_TEST_PYTHON").expect("tests/run installs the official client");
    let world = World::with_config(&format!(
        "[p]\ntoken_id = \"{ID}\"\ntoken_secret = \"{SECRET}\"\nactive = true\n[q]\nloglevel = \"ERROR\"\n"
    ));
    let script = "from modal.config import config, _profile; import hashlib
print(_profile, config['token_id'], hashlib.sha256(config['token_secret'].encode()).hexdigest()[:8])";
    let ran = world.run(["exec", "--", &python, "-c", script]);
    let digest = {
        let output = world.output(world.command_of("sha256sum", [] as [&str; 0]), SECRET.as_bytes());
        String::from_utf8_lossy(&output.stdout)[..8].to_owned()
    };
    assert_eq!(ran.stdout, format!("p {ID} {digest}\n"), "{}", ran.stderr);
}

#[test]
fn a_pair_that_was_set_since_exec_counts_and_so_does_another_file() {
    let pair = |id: &str| format!("[default]\ntoken_id = \"{id}\"\ntoken_secret = \"{SECRET}\"\n");
    let world = World::new().file("a.toml", &pair("ak-a")).file("b.toml", &pair("ak-b"));
    let program = crate::support::PROGRAM;
    let nested = |script: &str| {
        let script = script.replace("MC", program);
        world.run(["exec", "--config", "a.toml", "--", "sh", "-c", &script])
    };
    assert_eq!(nested("MC get --format id").stdout, "ak-a\n");
    assert_eq!(nested("MC --config a.toml get --format id").stdout, "ak-a\n");
    assert_eq!(nested("MC --config b.toml get --format id").stdout, "ak-b\n");
    assert_eq!(nested("MODAL_CONFIG_PATH=b.toml MC get --format id").stdout, "ak-b\n");
    let own =
        nested("MODAL_TOKEN_ID=ak-own MODAL_TOKEN_SECRET=x MODAL_CONFIG_PATH=b.toml MC get --format id");
    assert_eq!(own.stdout, "ak-own\n", "{}", own.stderr);
}

#[test]
fn a_mistyped_flag_is_not_taken_for_the_program() {
    let ran = world().run(["exec", "--pofile", "prod", "--", "true"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(world().run(["exec", "sh", "-c", "exit 7", "--profile"]).code, Some(7));
}

fn variables(printed: &[u8]) -> Vec<Vec<u8>> {
    let of_the_shell = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"_=");
    printed.split(|b| *b == 0).filter(of_the_shell).map(<[u8]>::to_vec).collect()
}

fn cmdline(id: u32) -> Vec<u8> {
    fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default()
}

fn wait_for(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(10), "it did not happen within 10 s");
        thread::sleep(Duration::from_millis(2));
    }
}
