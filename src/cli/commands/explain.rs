//! `explain`: why these credentials and no others.

use std::process::ExitCode;
use std::time::Duration;

use crate::cli::exit::Failure;
use crate::cli::output::{Output, Tone};
use crate::cli::session::{Session, rows};
use crate::config::SelectedBy;
use crate::explain::{Explanation, Outcome};
use crate::report::{SourceReport, SourceStatus};

/// Show which source gives the credentials, and what the others say
///
/// Ends as the other commands would: 0 if there are credentials, else with the code for the error. Never prints a secret.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Print JSON; its form is versioned and documented
    #[arg(long)]
    json: bool,
}

pub(in crate::cli) fn run(args: &Args, session: &Session) -> Result<ExitCode, Failure> {
    let (explanation, file) = match explain(session) {
        Ok(explained) => explained,
        // For a program that reads JSON, a wrong configuration is an answer too.
        Err(Failure::Resolve(error)) if args.json => (Explanation::of_error(&error), String::new()),
        Err(Failure::Config(error)) if args.json => (Explanation::of_error(&error.into()), String::new()),
        Err(failure) => return Err(failure),
    };
    if args.json {
        #[expect(clippy::expect_used, reason = "texts, numbers and lists always have a JSON form")]
        let json = serde_json::to_string_pretty(&explanation).expect("a JSON form");
        session.output().data(&format!("{json}\n"))?;
    } else {
        print(&explanation, &file, session.output())?;
        session.warn(&explanation.warnings);
    }
    Ok(match explanation.outcome {
        Outcome::Found { .. } => ExitCode::SUCCESS,
        Outcome::Error { exit_code, .. } => ExitCode::from(exit_code),
    })
}

/// The explanation, and the configuration file for people to read.
fn explain(session: &Session) -> Result<(Explanation, String), Failure> {
    let config = session.load(session.host().clone())?;
    let file = config.file_for_people();
    Ok((session.resolver_of(config)?.explain_blocking()?, file))
}

fn print(explanation: &Explanation, file: &str, output: &Output) -> Result<(), Failure> {
    let profile = explanation.profile.as_deref().unwrap_or_default();
    output
        .line(Tone::Plain, &format!("profile  {profile}{}", selected_by(explanation.profile_selected_by)))?;
    output.line(Tone::Plain, &format!("file     {file}"))?;
    output.line(Tone::Plain, "")?;
    let rows = rows(explanation);
    let width = rows.clone().map(|row| row.source.len()).max().unwrap_or(0);
    for row in rows {
        source_line(row, width, output)?;
    }
    output.line(Tone::Plain, "")?;
    outcome(&explanation.outcome, output)
}

fn source_line(report: &SourceReport, width: usize, output: &Output) -> Result<(), Failure> {
    let tone = match report.status {
        SourceStatus::Found | SourceStatus::Failed => Tone::Strong,
        SourceStatus::Absent | SourceStatus::NotTried => Tone::Dim,
    };
    let version = report.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
    // Nobody waits for environment and file; their time would only be noise.
    let is_waited_for = !["environment", "file"].contains(&report.source.as_str());
    let elapsed = report.elapsed.filter(|_| is_waited_for).map(rounded).unwrap_or_default();
    output.line(
        tone,
        &format!("{:width$}  {:9}  {}{version}{elapsed}", report.source, report.status, report.detail),
    )
}

fn outcome(outcome: &Outcome, output: &Output) -> Result<(), Failure> {
    match outcome {
        Outcome::Found { token_id, from, .. } => {
            output.line(Tone::Strong, &format!("using {token_id} from {from}"))
        }
        Outcome::Error { message, hint, .. } => {
            output.line(Tone::Strong, message)?;
            match hint {
                Some(hint) => {
                    output.line(Tone::Plain, "")?;
                    output.line(Tone::Plain, &format!("hint: {hint}"))
                }
                None => Ok(()),
            }
        }
    }
}

fn selected_by(by: Option<SelectedBy>) -> &'static str {
    match by {
        Some(SelectedBy::Explicit) => " (--profile)",
        Some(SelectedBy::Variable) => " (MODAL_PROFILE)",
        Some(SelectedBy::Active) => " (active in the file)",
        Some(SelectedBy::Default) => " (none is active)",
        None => "",
    }
}

fn rounded(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        millis @ 0..1000 => format!("  ({millis} ms)"),
        _ => format!("  ({:.1} s)", elapsed.as_secs_f64()),
    }
}
