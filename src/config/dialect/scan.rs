//! The first pass of the official reader, over the characters of the whole file: it keeps count of quotes and
//! brackets, checks the spelling of keys, blanks comments, and joins the lines of an array. What follows sees
//! only lines.

use std::ops::Range;

use super::reason::{self, Reason};

/// The text as the later passes see it, of the same length; or where and why the official reader gives up.
pub(super) fn scan(text: String) -> Result<String, (Range<usize>, Reason)> {
    let mut scan = Scan {
        text: text.into_bytes(),
        quote: None,
        multiline: false,
        opened: 0,
        brackets: 0,
        header: Header::Outside,
        key: Key::Outside,
        dotted: false,
        begun: None,
    };
    let mut at = 0;
    while let Some(&byte) = scan.text.get(at) {
        scan.step(at, byte).map_err(|reason| (scan.blame(at), reason))?;
        at += 1;
    }
    if scan.key != Key::Outside {
        return Err((scan.blame(at), reason::KEY));
    }
    if scan.quote.is_some() {
        return Err((scan.blame(at), reason::QUOTES));
    }
    Ok(String::from_utf8(scan.text).unwrap_or_default())
}

struct Scan {
    text: Vec<u8>,
    /// The quote that is open, if one is.
    quote: Option<u8>,
    /// Inside `"""` or `'''`. Any quote in there still opens and closes `quote`.
    multiline: bool,
    /// Where `quote` or `multiline` began.
    opened: usize,
    /// Those of arrays; below zero when more have been closed than opened.
    brackets: isize,
    header: Header,
    key: Key,
    /// The key has had a dot.
    dotted: bool,
    /// Where the line begins, blanks aside; none before that.
    begun: Option<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Header {
    Outside,
    Table,
    Array,
}

#[derive(Clone, Copy, PartialEq)]
enum Key {
    Outside,
    Name,
    /// After a name: at a blank, a dot that a blank follows, or a closing quote.
    Gap,
}

impl Scan {
    fn step(&mut self, at: usize, byte: u8) -> Result<(), Reason> {
        if self.key != Key::Outside {
            return self.key(at, byte);
        }
        let plain = self.quote.is_none() && self.header == Header::Outside;
        match byte {
            b'\'' if self.quote != Some(b'"') => self.apostrophe(at),
            b'"' if self.quote != Some(b'\'') => self.quotation_mark(at),
            b'#' if plain => {
                self.blank_comment(at);
                return Ok(());
            }
            b'[' if plain => self.open_bracket(at),
            b']' if self.quote.is_none() => self.close_bracket(at),
            b'\n' => return self.end_line(at),
            _ => {}
        }
        self.begin_line(at, byte)
    }

    fn key(&mut self, at: usize, byte: u8) -> Result<(), Reason> {
        if let (Some(quote), true) = (self.quote, byte != b'\n') {
            if byte == quote && !self.escaped(at, 1) {
                self.quote = None;
                self.key = Key::Gap;
            }
            return Ok(());
        }
        match (self.key, byte) {
            (_, b'\n') => return Err(reason::KEY),
            (_, b'=') => {
                self.key = Key::Outside;
                self.dotted = false;
            }
            (Key::Name, b'.') => self.dotted = true,
            (Key::Name, b'"' | b'\'') if self.dotted && self.before(at, 1) == Some(b'.') => {
                self.quote = Some(byte);
            }
            (Key::Name, _) if is_blank(byte) => self.key = Key::Gap,
            (Key::Name, _) if is_bare(byte) => {}
            (Key::Gap, b'.') => {
                self.dotted = true;
                self.resume_name(at);
            }
            (Key::Gap, _) if is_blank(byte) && self.dotted => self.resume_name(at),
            // Perhaps a blank beyond ASCII: never refuse what the official reader may accept.
            (Key::Gap, _) if is_blank(byte) || !byte.is_ascii() => {}
            _ => return Err(reason::KEY),
        }
        Ok(())
    }

    fn resume_name(&mut self, at: usize) {
        if self.text.get(at + 1).is_some_and(|&next| !is_blank(next) && next != b'.') {
            self.key = Key::Name;
        }
    }

    fn apostrophe(&mut self, at: usize) {
        self.toggle(at, b'\'', self.run(at, b'\'') == 2);
    }

    fn quotation_mark(&mut self, at: usize) {
        let run = self.run(at, b'"');
        // After exactly one other quotation mark no backslash is looked for.
        if run == 1 || !self.escaped(at, run + 1) {
            self.toggle(at, b'"', run == 2);
        }
    }

    fn toggle(&mut self, at: usize, quote: u8, third: bool) {
        if self.quote.is_none() && !self.multiline {
            self.opened = at;
        }
        self.multiline ^= third;
        let open = if third { self.multiline } else { self.quote.is_none() };
        self.quote = open.then_some(quote);
    }

    fn blank_comment(&mut self, at: usize) {
        self.text.iter_mut().skip(at).take_while(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }

    fn open_bracket(&mut self, at: usize) {
        if self.begun.is_some() {
            self.brackets += 1;
        } else if self.text.get(at + 1) == Some(&b'[') {
            self.header = Header::Array;
        } else {
            self.header = Header::Table;
        }
    }

    fn close_bracket(&mut self, at: usize) {
        match self.header {
            Header::Outside => self.brackets -= 1,
            Header::Array if self.before(at, 1) != Some(b']') => {}
            Header::Array | Header::Table => self.header = Header::Outside,
        }
    }

    fn end_line(&mut self, at: usize) -> Result<(), Reason> {
        if self.multiline {
            self.shift_quotes(at);
        } else if self.quote.is_some() {
            return Err(reason::QUOTES);
        } else if self.brackets != 0 {
            self.set(at, b' ');
        } else {
            self.begun = None;
        }
        Ok(())
    }

    /// The line end after an opening `"""` goes: the three marks move over it. So do any two at the end of a
    /// line inside the string.
    fn shift_quotes(&mut self, at: usize) {
        let Some(quote @ (b'"' | b'\'')) = self.before(at, 1) else { return };
        if self.before(at, 2) == Some(quote) {
            if self.before(at, 3) == Some(quote) {
                self.set(at.saturating_sub(3), b' ');
            }
            self.set(at, quote);
        }
    }

    fn begin_line(&mut self, at: usize, byte: u8) -> Result<(), Reason> {
        if self.begun.is_some() || byte == b' ' || byte == b'\t' {
            return Ok(());
        }
        self.begun = Some(at);
        if self.header == Header::Outside {
            self.key = Key::Name;
        }
        if byte == b'=' { Err(reason::KEY) } else { Ok(()) }
    }

    /// Where what went wrong at `at` begins.
    fn blame(&self, at: usize) -> Range<usize> {
        if self.key == Key::Outside { self.opened..self.opened + 1 } else { self.begun.unwrap_or(at)..at }
    }

    /// How many of the two bytes before `at` are `quote`, from the nearer one on.
    fn run(&self, at: usize, quote: u8) -> usize {
        (1..=2).take_while(|&back| self.before(at, back) == Some(quote)).count()
    }

    /// Whether an odd number of backslashes ends `back` bytes before `at`.
    fn escaped(&self, at: usize, back: usize) -> bool {
        let run = (back..=self.text.len()).take_while(|&back| self.before(at, back) == Some(b'\\'));
        run.count() % 2 == 1
    }

    /// Looking back beyond the start of the file goes on from its end, as a negative index does in Python.
    fn before(&self, at: usize, back: usize) -> Option<u8> {
        let index = at.checked_sub(back).or_else(|| (at + self.text.len()).checked_sub(back))?;
        self.text.get(index).copied()
    }

    fn set(&mut self, at: usize, byte: u8) {
        if let Some(slot) = self.text.get_mut(at) {
            *slot = byte;
        }
    }
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

/// Letters beyond ASCII pass as well, though the standard wants them in quotes.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || !byte.is_ascii()
}
