//! The second pass of the official reader, line by line: headers, keys and multi-line strings into tables.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::pair::{self, Pair};
use super::quotes::{self, inner};
use super::value::Value;
use super::{Stop, reason};

/// What the official reader makes of a file.
pub(super) struct Document {
    tables: Vec<Table>,
    /// The table below whose header the lines stand.
    current: usize,
    /// Names of tables that only a sub-table's header has made; one count for all tables of a name.
    implicit: HashMap<String, usize>,
    /// A string whose end has not been seen.
    pub(super) open: Option<Open>,
    /// Of the arrays and inline tables around the value at hand.
    pub(super) depth: u8,
}

pub(super) type Table = BTreeMap<String, Entry>;

pub(super) struct Entry {
    pub(super) value: Value,
    /// Where the line that made it begins.
    pub(super) line: usize,
}

/// A multi-line string, or an array that ends in one, of which more lines are to come.
pub(super) struct Open {
    name: String,
    text: String,
    /// The last line has ended in a backslash.
    continued: bool,
    has_line_end: bool,
    pub(super) line: usize,
}

impl Document {
    pub(super) fn read(text: &str) -> Result<Self, (Range<usize>, Stop)> {
        let mut document =
            Self { tables: vec![Table::new()], current: 0, implicit: HashMap::new(), open: None, depth: 0 };
        let mut start = 0;
        for line in text.split('\n') {
            document.line(line, start)?;
            start += line.len() + 1;
        }
        Ok(document)
    }

    /// The root is number 0.
    pub(super) fn table(&self, id: usize) -> Option<&Table> {
        self.tables.get(id)
    }

    fn line(&mut self, line: &str, start: usize) -> Result<(), (Range<usize>, Stop)> {
        let start = start + line.len() - line.trim_start().len();
        let trimmed = line.trim();
        let end = start + trimmed.len();
        if let Some(open) = self.open.take() {
            let opened = open.line;
            return self.go_on(open, line).map_err(|stop| (opened..end, stop));
        }
        let done = match trimmed.chars().next() {
            Some('[') => self.header(trimmed, start),
            // No line of a valid file begins so; but what is left of a misread one may.
            Some('{') if trimmed.ends_with('}') => self.inline_pairs(self.current, trimmed, start),
            Some('{') => Err(Stop::Refused(reason::INLINE_TABLE)),
            _ if trimmed.contains('=') => return self.pair(trimmed, start),
            _ => Ok(()),
        };
        done.map_err(|stop| (start..end, stop))
    }

    fn pair(&mut self, line: &str, start: usize) -> Result<(), (Range<usize>, Stop)> {
        let end = start + line.len();
        let pair = pair::split(line);
        let value = end - pair.value.len();
        self.open = self.assign(self.current, &pair, start).map_err(|stop| (value..end, stop))?;
        Ok(())
    }

    /// One more line of a multi-line string. The first is trimmed, and so is one that a backslash leads to.
    fn go_on(&mut self, mut open: Open, line: &str) -> Result<(), Stop> {
        let line = if open.continued || !open.has_line_end { line.trim() } else { line };
        if line.is_empty() && open.continued {
            self.open = Some(open);
            return Ok(());
        }
        open.text.push_str(line);
        let closed = match open.text.chars().next() {
            Some('[') if line.is_empty() => return Err(Stop::Refused(reason::ARRAY)),
            Some('[') => line.ends_with(']'),
            Some('"') => line.ends_with("\"\"\""),
            _ => line.ends_with("'''"),
        };
        if closed {
            let value = self.value(&open.text, true)?;
            // Below the last header, wherever a dotted key has led.
            self.insert(self.current, open.name, value, open.line);
        } else {
            open.end_line(line);
            self.open = Some(open);
        }
        Ok(())
    }

    fn header(&mut self, line: &str, start: usize) -> Result<(), Stop> {
        let (array, body, close) = match line.strip_prefix("[[") {
            Some(body) => (true, body, "]]"),
            None => (false, line.get(1..).unwrap_or_default(), "]"),
        };
        let end = body.match_indices(close).nth(quotes::count_before_plain(body, close));
        let (names, rest) =
            end.and_then(|(end, _)| body.split_at_checked(end)).ok_or(Stop::Refused(reason::HEADER))?;
        if rest.trim_end() != close {
            return Err(Stop::Refused(reason::HEADER));
        }
        let names = pair::header_names(names)?;
        if array && names.len() == 1 {
            return Err(Stop::Refused(reason::ARRAY_OF_TABLES));
        }
        self.enter(&names, array, start)
    }

    fn enter(&mut self, names: &[String], array: bool, line: usize) -> Result<(), Stop> {
        let mut id = 0;
        let mut in_list = false;
        for (index, name) in names.iter().enumerate() {
            let last = index + 1 == names.len();
            if name.is_empty() {
                return Err(Stop::Refused(reason::EMPTY_HEADER));
            }
            // Below an array of tables it neither counts what is implicit nor minds what is there.
            match (self.get(id, name).is_some(), in_list) {
                (true, false) if last => self.enter_again(id, name, array)?,
                (true, _) => {}
                (false, _) => {
                    if !last && !in_list {
                        *self.implicit.entry(name.clone()).or_default() += 1;
                    }
                    let table = Value::Table(self.new_table());
                    let value = if last && array { Value::Array(vec![table]) } else { table };
                    self.insert(id, name.clone(), value, line);
                }
            }
            let table = self.last_table(id, name);
            let (table, listed) =
                table.ok_or(if last { Stop::Unclear } else { Stop::Refused(reason::TWICE) })?;
            (id, in_list) = (table, listed && !array);
        }
        self.current = id;
        Ok(())
    }

    /// The last name of a header is there already.
    fn enter_again(&mut self, id: usize, name: &str, array: bool) -> Result<(), Stop> {
        if let Some(count) = self.implicit.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            return if array { Err(Stop::Refused(reason::TWICE)) } else { Ok(()) };
        }
        if !array {
            return Err(Stop::Refused(reason::TWICE));
        }
        let table = Value::Table(self.new_table());
        match self.tables.get_mut(id).and_then(|table| table.get_mut(name)) {
            Some(Entry { value: Value::Array(values), .. }) => {
                values.push(table);
                Ok(())
            }
            _ => Err(Stop::Refused(reason::HEADER)),
        }
    }

    /// Puts a pair into a table, unless its value is a string that goes on in the next line: that is given
    /// back.
    fn assign(&mut self, table: usize, pair: &Pair<'_>, line: usize) -> Result<Option<Open>, Stop> {
        if let Some(reason) = pair.fault {
            return Err(Stop::Refused(reason));
        }
        let (parents, name) = pair.path()?;
        let mut id = table;
        for parent in parents {
            id = self.child(id, parent, line)?;
        }
        let value = if pair.goes_on()? { None } else { Some(self.value(pair.value, pair.strict)?) };
        if self.get(id, &name).is_some() {
            return Err(Stop::Refused(reason::TWICE));
        }
        match value {
            Some(value) => {
                self.insert(id, name, value, line);
                Ok(None)
            }
            // It takes an empty name for none.
            None if name.is_empty() => Err(Stop::Refused(reason::KEY)),
            None => Ok(Some(Open::new(name, pair.value, line))),
        }
    }

    pub(super) fn inline_table(&mut self, text: &str) -> Result<Value, Stop> {
        let id = self.new_table();
        self.inline_pairs(id, text, 0)?;
        Ok(Value::Table(id))
    }

    fn inline_pairs(&mut self, id: usize, text: &str, line: usize) -> Result<(), Stop> {
        for group in pair::inline_groups(inner(text))? {
            if self.assign(id, &pair::split(group), line)?.is_some() {
                break;
            }
        }
        Ok(())
    }

    fn child(&mut self, id: usize, name: &str, line: usize) -> Result<usize, Stop> {
        match self.get(id, name) {
            Some(Value::Table(id)) => Ok(*id),
            Some(_) => Err(Stop::Refused(reason::TWICE)),
            None => {
                let child = self.new_table();
                self.insert(id, name.to_owned(), Value::Table(child), line);
                Ok(child)
            }
        }
    }

    /// The table of a name, or the last one in its array of tables: and whether it is that.
    fn last_table(&self, id: usize, name: &str) -> Option<(usize, bool)> {
        match self.get(id, name)? {
            Value::Table(id) => Some((*id, false)),
            Value::Array(values) => match values.last()? {
                Value::Table(id) => Some((*id, true)),
                _ => None,
            },
            _ => None,
        }
    }

    fn get(&self, id: usize, name: &str) -> Option<&Value> {
        Some(&self.table(id)?.get(name)?.value)
    }

    fn new_table(&mut self) -> usize {
        self.tables.push(Table::new());
        self.tables.len() - 1
    }

    fn insert(&mut self, id: usize, name: String, value: Value, line: usize) {
        if let Some(table) = self.tables.get_mut(id) {
            table.insert(name, Entry { value, line });
        }
    }
}

impl Open {
    fn new(name: String, text: &str, line: usize) -> Self {
        let mut open = Self { name, text: text.to_owned(), continued: false, has_line_end: false, line };
        open.end_line(text);
        open
    }

    /// An odd number of backslashes at its end joins a line with the next, in literal strings too.
    fn end_line(&mut self, line: &str) {
        self.continued = quotes::ends_in_escape(line);
        if self.continued {
            self.text.pop();
        } else {
            self.text.push('\n');
            self.has_line_end = true;
        }
    }
}
