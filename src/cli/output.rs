//! The only place that prints. Data goes to standard output; errors, warnings and progress to standard error.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::exit::Failure;

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

    /// What happened, and after a blank line what to do next.
    pub(super) fn error(&self, message: &str, hint: Option<&str>) {
        self.say(ERROR, "error", message);
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

/// The text without what looks like a token's secret: what follows `as-`, up to the end of the word.
pub(super) fn without_secrets(text: &str) -> String {
    let in_word = |c: char| c.is_ascii_alphanumeric() || "-_.+/=".contains(c);
    let mut parts = text.split("as-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |cleaned, part| {
        let rest = part.trim_start_matches(in_word);
        let hidden = if rest.len() < part.len() { "…" } else { "" };
        cleaned + "as-" + hidden + rest
    })
}

/// Names of profiles, files and keys come from outside: control characters in them must not reach a terminal.
fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, c| {
        if c.is_control() && c != '\n' {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_the_wrong_place_is_not_repeated() {
        assert_eq!(without_secrets("unexpected 'as-1.b' or as-2, as- x"), "unexpected 'as-…' or as-…, as- x");
        assert_eq!(without_secrets("nothing here"), "nothing here");
    }

    #[test]
    fn control_characters_from_outside_do_not_reach_the_terminal() {
        assert_eq!(printable("a\x1b[31mb\nc"), "a\\u{1b}[31mb\nc");
    }
}
