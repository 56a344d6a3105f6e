//! What the user typed.
#![expect(clippy::doc_markdown, reason = "the doc comments are the help texts that people read")]

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args as ClapArgs, Parser};

use super::commands::Command;

const ABOUT: &str = "Find Modal credentials and hand them to any program";

const AFTER_HELP: &str = "\
Sources, in order: providers that are configured, the environment (MODAL_TOKEN_ID, MODAL_TOKEN_SECRET), \
the profile in .modal.toml.

Exit codes: 0 done; 1 unexpected; 2 usage; 3 no credentials found; 4 a source failed; 5 configuration invalid. \
`exec` ends as its program does; 126 if it cannot be run, 127 if it is not found.";

#[derive(Debug, Parser)]
#[command(name = "modal-credentials", version, about = ABOUT, after_help = AFTER_HELP, max_term_width = 100, args_override_self = true)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Use this profile [env: MODAL_PROFILE]
    #[arg(long, global = true, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(super) profile: Option<String>,
    /// Use this configuration file [env: MODAL_CONFIG_PATH] [default: ~/.modal.toml]
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) config: Option<PathBuf>,
    /// Ask only these sources, in this order [env: MODAL_CREDENTIALS_PROVIDERS]
    #[arg(long, global = true, value_name = "NAMES", value_delimiter = ',')]
    pub(super) providers: Option<Vec<String>>,
    /// Print no colours [env: NO_COLOR]
    #[arg(long, global = true, overrides_with = "no_color")]
    pub(super) no_color: bool,
    /// Say on standard error which sources were asked
    #[arg(short, long, global = true, overrides_with = "verbose")]
    pub(super) verbose: bool,
    /// Print no warnings
    #[arg(short, long, global = true, conflicts_with = "verbose", overrides_with = "quiet")]
    pub(super) quiet: bool,
}
