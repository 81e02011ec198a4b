//! Strings of JSON: the scan for their end, escapes, and what may be wrong in one.

use crate::source::Span;

use super::super::findings::{guess, safe, show, span};
use super::super::tree::Kind;
use super::Parser;

impl Parser<'_> {
    /// Reads the string at the cursor.
    pub(super) fn string(&mut self, kind: Kind) {
        let start = self.at;
        let end = plain_end(self.bytes, start + 1);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            self.builder.verbatim(kind, span(start, end + 1), span(start + 1, end));
        } else {
            self.odd_string(kind, end);
        }
    }

    /// A string with escapes or mistakes, of which `at` is the first.
    #[cold]
    fn odd_string(&mut self, kind: Kind, mut at: usize) {
        let start = self.at;
        let mut text = String::new();
        let mut plain = start + 1;
        let closed = loop {
            text.push_str(&self.source[plain..at]);
            match self.bytes.get(at) {
                Some(b'"') => break true,
                Some(b'\\') if !matches!(self.bytes.get(at + 1), None | Some(b'\n' | b'\r')) => {
                    let escape = escape_at(self.source, at);
                    self.report_escape(&escape);
                    escape.push_to(&mut text);
                    at = escape.span.end as usize;
                }
                Some(b'\n' | b'\r' | b'\\') if self.goes_on_after_line(at) => {
                    let end = at + line_break_len(&self.bytes[at..]);
                    self.findings.push(
                        self.findings
                            .mistake(span(at, end), "a string can't go on over the end of a line")
                            .label("the line breaks here")
                            .help("write `\\n` for a line break")
                            .fix(guess("write `\\n`", span(at, end), "\\n")),
                    );
                    text.push('\n');
                    at = end;
                }
                None | Some(b'\n' | b'\r' | b'\\') => break false,
                Some(&control) => {
                    let place = span(at, at + 1);
                    let escape = escaped_control(control);
                    self.findings.push(
                        self.findings
                            .mistake(place, format!("{} stands bare in a string", control_name(control)))
                            .help(format!("write `{escape}`"))
                            .fix(safe(format!("write `{escape}`"), place, escape)),
                    );
                    text.push(char::from(control));
                    at += 1;
                }
            }
            plain = at;
            at = plain_end(self.bytes, at);
        };
        if closed {
            self.at = at + 1;
            self.builder.owned(kind, span(start, at + 1), text);
        } else {
            self.unclosed(kind, 1, at);
        }
    }

    /// Reports a string without an end, whose opening quote of `quote` bytes stands at the cursor. A value is
    /// taken to end with its line. So is a key, unless a colon comes first and nothing on the line tells
    /// that it is part of the key.
    pub(super) fn unclosed(&mut self, kind: Kind, quote: usize, line_end: usize) {
        let start = self.at;
        let line = self.source[start + quote..line_end].trim_end();
        let content = match line.find(':') {
            Some(colon) if kind == Kind::Key && !line.contains('\\') => line[..colon].trim_end(),
            _ if kind == Kind::Key => line,
            _ => self.without_closers(line),
        };
        let end = start + quote + content.len();
        self.findings.push(
            self.findings
                .mistake(span(start, start + quote), "the string is never closed")
                .label("it opens here")
                .help("add the closing `\"`")
                .fix(guess("close the string", Span::at(end as u32), "\"")),
        );
        if content.contains(['{', '}', '[', ']']) {
            self.brackets_doubtful = true;
        }
        self.builder.owned(kind, span(start, end), decode_escapes(content));
        self.doubted = Some(start);
        self.at = end;
    }

    /// What a string without an end holds, when the commas and brackets at the end of its line are not its
    /// own: brackets that it opens are.
    fn without_closers<'l>(&self, line: &'l str) -> &'l str {
        let own = |bracket: char| line.contains(bracket) || self.builder.depth() == 0;
        let (own_square, own_curly) = (own('['), own('{'));
        line.trim_end_matches(|c: char| match c {
            ']' => !own_square,
            '}' => !own_curly,
            c => c == ',' || c.is_whitespace(),
        })
    }

    /// Whether a string that meets a line break is closed on the next line, where nothing else could stand.
    fn goes_on_after_line(&self, at: usize) -> bool {
        let next = at + line_break_len(&self.bytes[at..]);
        let rest = &self.bytes[next..];
        let quote = memchr::memchr2(b'"', b'\n', rest).filter(|&found| rest[found] == b'"');
        let first = rest.iter().find(|byte| !byte.is_ascii_whitespace());
        let ordinary = first.is_some_and(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
        ordinary && quote.is_some()
    }

    pub(super) fn report_escape(&mut self, escape: &Escape) {
        let Some(fault) = escape.fault else { return };
        let written = &self.source[escape.span.range()];
        let found = match fault {
            Fault::Surrogate => self
                .findings
                .mistake(escape.span, format!("{} is half of a surrogate pair", show(written)))
                .help("write both halves, or the character itself"),
            Fault::Digits => self
                .findings
                .mistake(escape.span, format!("{} lacks hexadecimal digits", show(written)))
                .help("write `\\u` and four of them, such as `\\u00e9`"),
            Fault::Unknown => {
                let found =
                    self.findings.mistake(escape.span, format!("{} is no escape of JSON", show(written)));
                let backslash = Span::new(escape.span.start, escape.span.start + 1);
                if written == "\\'" {
                    found.help("write `'`").fix(safe("remove the backslash", backslash, ""))
                } else {
                    found.help("write `\\\\` for a backslash").fix(guess(
                        "double the backslash",
                        backslash,
                        "\\\\",
                    ))
                }
            }
        };
        self.findings.push(found);
    }
}

/// Length of a line break, with the backslash that may stand before it.
fn line_break_len(bytes: &[u8]) -> usize {
    let slash = usize::from(bytes.first() == Some(&b'\\'));
    match bytes[slash..] {
        [b'\r', b'\n', ..] => slash + 2,
        [] => slash,
        _ => slash + 1,
    }
}

/// An escape in a string.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Escape {
    /// All of it: both halves of a surrogate pair.
    pub(in super::super) span: Span,
    /// What it stands for.
    pub(in super::super) value: char,
    pub(in super::super) fault: Option<Fault>,
}

/// What is wrong with an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Fault {
    /// Not one of JSON's. It stands for the backslash and the character, but for `\'`, which is clear.
    Unknown,
    /// `\u` without four hexadecimal digits. It stands for U+FFFD.
    Digits,
    /// One half of a surrogate pair. It stands for U+FFFD.
    Surrogate,
}

impl Escape {
    pub(in super::super) fn push_to(&self, text: &mut String) {
        if self.fault == Some(Fault::Unknown) && self.value != '\'' {
            text.push('\\');
        }
        text.push(self.value);
    }
}

/// The escape whose backslash stands at `at`.
pub(in super::super) fn escape_at(source: &str, at: usize) -> Escape {
    let bytes = source.as_bytes();
    let escape = |len: usize, value, fault| Escape { span: span(at, at + len), value, fault };
    let simple = match bytes.get(at + 1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(&(b'"' | b'\\' | b'/')) => char::from(bytes[at + 1]),
        Some(b'u') => {
            let unit = |at: usize| {
                let digits = bytes.get(at..at + 4)?;
                let all = digits.iter().all(u8::is_ascii_hexdigit);
                if all { u32::from_str_radix(&source[at..at + 4], 16).ok() } else { None }
            };
            let Some(first) = unit(at + 2) else {
                let digits = bytes[at + 2..].iter().take(4).take_while(|b| b.is_ascii_hexdigit()).count();
                return escape(2 + digits, '\u{fffd}', Some(Fault::Digits));
            };
            if let Some(value) = char::from_u32(first) {
                return escape(6, value, None);
            }
            let second = bytes[at + 6..].starts_with(b"\\u").then(|| unit(at + 8)).flatten();
            if let (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) = (first, second) {
                let value = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                return escape(12, char::from_u32(value).unwrap_or('\u{fffd}'), None);
            }
            return escape(6, '\u{fffd}', Some(Fault::Surrogate));
        }
        _ => {
            return match source[at + 1..].chars().next() {
                Some(c) => escape(1 + c.len_utf8(), c, Some(Fault::Unknown)),
                None => escape(1, '\\', None),
            };
        }
    };
    escape(2, simple, None)
}

/// The text of what stands between double quotes.
pub(in super::super) fn decode_escapes(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut plain = 0;
    while let Some(found) = memchr::memchr(b'\\', &inside.as_bytes()[plain..]) {
        let at = plain + found;
        text.push_str(&inside[plain..at]);
        let escape = escape_at(inside, at);
        escape.push_to(&mut text);
        plain = escape.span.end as usize;
    }
    text.push_str(&inside[plain..]);
    text
}

/// Offset of the first quote, backslash or control character at or after `at`, or the end.
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // Marks the lowest zero byte of a word; marks above it may be wrong.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let hits = (control | zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))))
            & HIGHS;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        at += 1;
    }
    at
}

fn control_name(control: u8) -> String {
    match control {
        b'\t' => "a tab".into(),
        0x1b => "an escape character".into(),
        _ => format!("the control character U+{control:04X}"),
    }
}

fn escaped_control(control: u8) -> String {
    match control {
        b'\t' => "\\t".into(),
        0x8 => "\\b".into(),
        0xc => "\\f".into(),
        _ => format!("\\u{control:04x}"),
    }
}
