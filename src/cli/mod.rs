//! The command line: what the user typed, what it means, do it.
//!
//! A command is a file in `commands`. Only `output` prints, and only `exit` knows exit codes.

mod args;
mod commands;
mod exit;
mod output;
mod session;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::Parser;

use self::args::Args;
use self::exit::Failure;
use self::output::Output;
use self::session::Session;
use crate::text::without_secrets;

/// Runs the command that the process's arguments ask for.
pub fn main() -> ExitCode {
    install_panic_hook();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    let output = Output::new(args.global.no_color, args.global.quiet);
    let session = Session::new(args.global, output);
    // After a panic only the exit code is left to give: nothing that it may have broken is used again.
    match std::panic::catch_unwind(AssertUnwindSafe(|| commands::run(args.command, &session))) {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => {
            session.output().error(&failure.to_string(), &failure.details(), failure.hint().as_deref());
            failure.exit_code()
        }
        Err(_) => ExitCode::from(Failure::UNEXPECTED),
    }
}

/// Help and version go to standard output and are no errors. An error repeats the argument that is wrong, which may be a
/// secret in the wrong place.
fn usage(error: &clap::Error) -> ExitCode {
    let text = without_secrets(&error.render().ansi().to_string());
    match Output::new(asks_for_no_color(), false).usage(&text, error.use_stderr()) {
        Err(_) => ExitCode::from(Failure::UNEXPECTED),
        Ok(()) if error.use_stderr() => ExitCode::from(Failure::USAGE),
        Ok(()) => ExitCode::SUCCESS,
    }
}

/// The flag `--no-color`, where clap could not read the flags.
fn asks_for_no_color() -> bool {
    std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--no-color")
}

/// A panic's message may hold anything, so only its place in our source is shown.
fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        Output::new(true, false).error(
            &format!("internal error{place}"),
            &[],
            Some("this is a bug; please report it with the command you ran and this line"),
        );
    }));
}
