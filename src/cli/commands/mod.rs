//! The commands, one file each: its arguments, whose doc comment is its help, and what it does.

mod completions;
mod config;
mod env;
mod exec;
mod explain;
mod get;
mod profile;
mod token;

use std::process::ExitCode;

use clap::{ArgMatches, Args, FromArgMatches, Subcommand};

use super::exit::Failure;
use super::session::Session;

/// Makes the list of commands. Written by hand instead of derived, so that the arguments of a command are described to
/// clap only when it is used: describing all of them took a fifth of the time of `exec`.
macro_rules! commands {
    ($($variant:ident, $module:ident: $about:literal;)*) => {
        #[derive(Debug)]
        pub(super) enum Command {
            $($variant($module::Args),)*
        }

        impl Subcommand for Command {
            fn augment_subcommands(command: clap::Command) -> clap::Command {
                command$(.subcommand(
                    clap::Command::new(stringify!($module)).about($about).defer($module::Args::augment_args),
                ))*
            }

            fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
                Self::augment_subcommands(command)
            }

            fn has_subcommand(name: &str) -> bool {
                [$(stringify!($module)),*].contains(&name)
            }
        }

        impl FromArgMatches for Command {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $(Some((stringify!($module), matches)) => {
                        $module::Args::from_arg_matches(matches).map(Self::$variant)
                    })*
                    _ => Err(clap::Error::new(clap::error::ErrorKind::MissingSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }

        #[cfg(test)]
        const ALL: &[(&str, &str, fn(clap::Command) -> clap::Command)] =
            &[$((stringify!($module), $about, $module::Args::augment_args)),*];
    };
}

commands! {
    Exec, exec: "Run a program with MODAL_TOKEN_ID and MODAL_TOKEN_SECRET in its environment";
    Get, get: "Print the pair for another program";
    Env, env: "Print the pair as assignments for a shell or a file";
    Explain, explain: "Show which source gives the credentials, and what the others say";
    Token, token: "Manage tokens";
    Profile, profile: "Switch between profiles";
    Config, config: "Show and change the settings of Modal's clients";
    Completions, completions: "Print the completion script of a shell";
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

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_alike_in_the_list_and_in_its_own_help() {
        for (name, about, augment) in ALL {
            let command = augment(clap::Command::new(*name));
            assert_eq!(command.get_about().map(ToString::to_string).as_deref(), Some(*about), "{name}");
        }
    }

    #[test]
    fn the_arguments_of_every_command_are_consistent() {
        use clap::CommandFactory;
        crate::cli::args::Args::command().debug_assert();
    }
}
