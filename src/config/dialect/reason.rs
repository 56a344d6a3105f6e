//! What is wrong and what to write instead, in words.

#[derive(Clone, Copy)]
pub(super) struct Reason {
    pub(super) what: &'static str,
    pub(super) fix: &'static str,
}

const fn reason(what: &'static str, fix: &'static str) -> Reason {
    Reason { what, fix }
}

// The official client refuses the file.

pub(super) const BYTE_ORDER_MARK: Reason = reason(
    "the official client refuses a byte order mark",
    "save the file as UTF-8 without a byte order mark",
);
pub(super) const KEY: Reason = reason(
    "the official client cannot read this key",
    "write it on one line with its value, bare or in plain quotes, without blanks around its dots",
);
pub(super) const QUOTES: Reason = reason(
    "the official client loses count of the quotes from here on",
    r"write the string on one line, with \u0022 for a double quote in it and \n for a line end",
);
pub(super) const STRING_END: Reason = reason(
    "the official client sees the end of a string where there is none",
    "write strings on one line each, in single quotes, without quotes, commas and backslashes in them",
);
pub(super) const ESCAPE: Reason = reason(
    "the official client cannot read an escape in this string",
    r"use \b \t \n \f \r and \u with four digits only, or write the string in single quotes",
);
pub(super) const HEADER: Reason = reason(
    "the official client cannot read this table header",
    "write its names bare, or in quotes without dots, quotes and backslashes in them",
);
pub(super) const EMPTY_HEADER: Reason =
    reason("the official client refuses an empty table name", "give the table a name");
pub(super) const OUTSIDE: Reason = reason(
    "the official client takes this for a setting outside a profile",
    "write the string on one line, or its key without dots below a header",
);
pub(super) const ARRAY_OF_TABLES: Reason =
    reason("an array of tables cannot be a profile", "write the profile's name in single brackets");
pub(super) const TWICE: Reason = reason(
    "the official client takes this for a second definition of the same name",
    "rename one of the two",
);
pub(super) const NUMBER: Reason = reason(
    "the official client cannot read this number",
    "put a space before it, and write it in decimal and a zero without an exponent; or write it in quotes",
);
pub(super) const DATE: Reason = reason(
    "the official client cannot read this date or time",
    "write seconds, from 00 to 59, and a year from 0001 on; or write it in quotes",
);
pub(super) const MIXED_ARRAY: Reason = reason(
    "the official client refuses an array of different types",
    "write all its elements as one type, in quotes for example",
);
pub(super) const ARRAY: Reason = reason(
    "the official client cannot read this array",
    "write its strings on one line each, in single quotes, without quotes, commas and backslashes in them",
);
pub(super) const INLINE_TABLE: Reason = reason(
    "the official client cannot read this inline table",
    "write its keys below a table header of their own",
);

// The official client reads something else.

pub(super) const UNCLEAR: Reason = reason(
    "the official client may read the file differently from here on, or refuse it",
    "write strings on one line, in single quotes and without quotes in them",
);
pub(super) const UNCLOSED: Reason = reason(
    "the official client does not see the end of this string, and drops it and all that follows",
    "leave nothing, no comment or blank either, after the quotes that close it; or write it on one line",
);
pub(super) const NAME: Reason = reason(
    "the official client does not see this name",
    "write it bare or in plain quotes, not empty, without escapes and without blanks around its dots",
);
pub(super) const FOREIGN_NAME: Reason = reason(
    "the official client sees another name on this line",
    "write strings of several lines, here and above, on one line",
);
pub(super) const TEXT: Reason = reason(
    "the official client reads another text here",
    r"write the string in single quotes, or in double quotes with \u0022 for a double quote in it",
);
pub(super) const LINES: Reason = reason(
    "the official client reads another text here",
    r"write the string on one line, with \n for a line end",
);
pub(super) const ELEMENTS: Reason = reason(
    "the official client reads other elements here",
    "write them alike, and strings in single quotes without quotes, commas and backslashes in them",
);
pub(super) const MOMENT: Reason = reason(
    "the official client reads another time here",
    "write seconds, fractions of them with six digits, and the offset as Z or +00:00; or write it in quotes",
);
pub(super) const OTHER: Reason =
    reason("the official client reads another value here", "write the value as a string in single quotes");
