//! The commands, one file each. A command's doc comment is its help.

mod completions;
mod config;
mod env;
mod exec;
mod explain;
mod get;
mod profile;
mod token;

use std::process::ExitCode;

use clap::Subcommand;

use super::exit::Failure;
use super::session::Session;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Exec(exec::Args),
    Get(get::Args),
    Env(env::Args),
    Explain(explain::Args),
    Token(token::Args),
    Profile(profile::Args),
    Config(config::Args),
    Completions(completions::Args),
}

pub(super) fn run(command: Command, session: &Session) -> Result<ExitCode, Failure> {
    match command {
        Command::Exec(args) => exec::run(args, session),
        Command::Get(args) => get::run(&args, session).map(done),
        Command::Env(args) => env::run(&args, session).map(done),
        Command::Explain(args) => explain::run(&args, session),
        Command::Token(args) => token::run(args, session).map(done),
        Command::Profile(args) => profile::run(args, session).map(done),
        Command::Config(args) => config::run(args, session).map(done),
        Command::Completions(args) => completions::run(&args, session).map(done),
    }
}

fn done(_: ()) -> ExitCode {
    ExitCode::SUCCESS
}
