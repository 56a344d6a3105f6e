//! The only place that prints. Data goes to standard output; errors, warnings and progress to standard error.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::exit::Failure;
use crate::text::{OneLine, without_secrets};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// How to print.
pub(super) struct Output {
    colour: ColorChoice,
    quiet: bool,
}

/// How a line of data is styled on a terminal. Without colours all are the same.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Plain,
    Strong,
    Dim,
}

#[expect(clippy::unused_self, reason = "who may print has an Output, whether it needs its settings or not")]
impl Output {
    pub(super) fn new(no_color: bool, quiet: bool) -> Self {
        Self { colour: if no_color { ColorChoice::Never } else { ColorChoice::Auto }, quiet }
    }

    /// Data, as it is.
    pub(super) fn data(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::Output)
    }

    /// A line of data for people.
    pub(super) fn line(&self, tone: Tone, text: &str) -> Result<(), Failure> {
        let style = match tone {
            Tone::Plain => Style::new(),
            Tone::Strong => Style::new().bold(),
            Tone::Dim => DIM,
        };
        let mut stdout = AutoStream::new(io::stdout().lock(), self.colour_for(&io::stdout()));
        writeln!(stdout, "{style}{}{style:#}", printable(text))
            .and_then(|()| stdout.flush())
            .map_err(Failure::Output)
    }

    /// Whether standard output is a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// What happened, with details below it, and after a blank line what to do next.
    pub(super) fn error(&self, message: &str, details: &[String], hint: Option<&str>) {
        self.say(ERROR, "error", message);
        for detail in details {
            self.say_raw(&format!("  {}", printable(detail)));
        }
        if let Some(hint) = hint {
            self.say_raw("");
            self.say(HINT, "hint", hint);
        }
    }

    /// What works and is worth a look.
    pub(super) fn warning(&self, message: &str) {
        if !self.quiet {
            self.say(WARNING, "warning", message);
        }
    }

    /// What the user should know about what was done.
    pub(super) fn note(&self, message: &str) {
        if !self.quiet {
            self.say(HINT, "note", message);
        }
    }

    /// What clap says of flags and arguments, with its colours.
    pub(super) fn usage(&self, text: &str, is_error: bool) -> io::Result<()> {
        if is_error {
            let mut stderr = AutoStream::new(io::stderr().lock(), self.colour_for(&io::stderr()));
            return write!(stderr, "{text}");
        }
        let mut stdout = AutoStream::new(io::stdout().lock(), self.colour_for(&io::stdout()));
        write!(stdout, "{text}").and_then(|()| stdout.flush())
    }

    /// A question, with the cursor behind it.
    pub(super) fn prompt(&self, question: &str) {
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
    }

    /// A line of a report on standard error.
    pub(super) fn report(&self, message: &str) {
        self.say_raw(&printable(message));
    }

    fn say(&self, style: Style, label: &str, message: &str) {
        self.say_raw(&format!("{style}{label}{style:#}: {}", printable(message)));
    }

    /// Standard error may be closed; there is nowhere left to say so.
    fn say_raw(&self, line: &str) {
        let mut stderr = AutoStream::new(io::stderr().lock(), self.colour_for(&io::stderr()));
        let _ = writeln!(stderr, "{line}");
    }

    fn colour_for(&self, stream: &impl anstream::stream::RawStream) -> ColorChoice {
        match self.colour {
            ColorChoice::Auto => AutoStream::choice(stream),
            chosen => chosen,
        }
    }
}

/// A line for people. What it says comes in part from outside: it stays one line of bounded length, and a secret that
/// somebody put in the place of a name is not repeated.
fn printable(text: &str) -> String {
    const LONGEST: usize = 2000;
    let line = OneLine(&without_secrets(text)).to_string();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => line.split_at(end).0.to_owned() + "…",
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_one_bounded_line_without_secrets() {
        assert_eq!(printable("a\x1b[31mb\nas-0123456789abc c"), "a\\u{1b}[31mb\\nas-… c");
        assert_eq!(printable(&"x".repeat(9000)).chars().count(), 2001);
    }
}
