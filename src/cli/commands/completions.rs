//! `completions`: a shell's completion script.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::args;
use crate::cli::exit::Failure;
use crate::cli::session::Session;

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(in crate::cli) fn run(args: &Args, session: &Session) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::Args::command(), "modal-credentials", &mut script);
    let script = String::from_utf8_lossy(&script);
    let script = match args.shell {
        // The generator names the commands of a program with a hyphen in two ways, and bash then completes none of them:
        // https://github.com/clap-rs/clap/issues/6421
        Shell::Bash => script.replace("modal__subcmd__credentials", "modal__credentials"),
        _ => script.into_owned(),
    };
    session.output().data(&script)
}
