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
    session.output().data(&String::from_utf8_lossy(&script))
}
