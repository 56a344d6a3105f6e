//! The command `modal-credentials`; see [`modal_credentials::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    modal_credentials::cli::main()
}
