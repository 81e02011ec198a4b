//! Comments, blanks and quotes that JSON does not have.

use crate::diagnostic::{Edit, Fix};
use crate::source::Span;

use super::super::findings::{safe, span};
use super::super::tree::Kind;
use super::Parser;

impl Parser<'_> {
    /// A comment, which JSON does not have.
    #[cold]
    pub(super) fn comment(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..];
        let block = rest.starts_with(b"/*");
        let line_end = || memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let block_end = || memchr::memmem::find(&rest[2..], b"*/").map(|found| found + 4);
        let (len, closed) = if block {
            block_end().map_or((rest.len(), false), |len| (len, true))
        } else {
            (rest[..line_end()].trim_ascii_end().len(), true)
        };
        let end = start + len;
        self.at = end;
        let place = span(start, end);
        if !closed {
            let opening = span(start, start + 2);
            let found = self.findings.mistake(opening, "the comment is never closed").label("it opens here");
            self.findings.push(found.help("JSON has no comments: remove it"));
            return;
        }
        let found =
            self.findings.mistake(place, "JSON has no comments").help("remove it, or use YAML or TOML");
        let (removed, text) = self.removal(place);
        self.findings.push(found.fix(safe("remove the comment", removed, text)));
    }

    /// What to replace to be rid of a comment: its line, if it stands alone, or the blanks before it too.
    fn removal(&self, comment: Span) -> (Span, &'static str) {
        let (start, end) = (comment.start as usize, comment.end as usize);
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let before = start - self.bytes[..start].iter().rev().take_while(blank).count();
        let after =
            end + self.bytes[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        let opens_line = before == 0 || self.bytes[before - 1] == b'\n';
        match self.bytes.get(after) {
            Some(b'\n') if opens_line => (span(before, after + 1), ""),
            None | Some(b'\n') => (span(before, end), ""),
            Some(_) => (span(before, end), if before < start { " " } else { "" }),
        }
    }

    /// Blanks that JSON does not take for blanks, at the cursor. False where there are none.
    #[cold]
    pub(super) fn odd_space(&mut self) -> bool {
        let rest = &self.source[self.at..];
        let odd =
            |c: char| !" \n\r\t".contains(c) && (c.is_whitespace() || "\u{200b}\u{2060}\u{feff}".contains(c));
        let Some(first) = rest.chars().next().filter(|c| odd(*c)) else { return false };
        let place = span(self.at, self.at + rest.find(|c| !odd(c)).unwrap_or(rest.len()));
        self.findings.push(
            self.findings
                .mistake(place, format!("U+{:04X} is no blank of JSON", u32::from(first)))
                .help("write a plain space")
                .fix(safe("write a plain space", place, " ")),
        );
        self.at = place.end as usize;
        true
    }

    /// A quote that other languages have, at the cursor.
    pub(super) fn odd_quote(&self) -> Option<char> {
        self.source[self.at..].chars().next().filter(|c| "'`“”„‟‘’‚‛".contains(*c))
    }

    /// A string in such quotes.
    pub(super) fn odd_quotes(&mut self, kind: Kind, quote: char) {
        let (start, width) = (self.at, quote.len_utf8());
        let rest = &self.source[start + width..];
        let twin = match quote {
            '“' | '„' | '‟' => '”',
            '‘' | '‚' | '‛' => '’',
            other => other,
        };
        let mut escaped = false;
        let stop = rest.char_indices().find(|(_, c)| {
            let closes = !escaped && (*c == quote || *c == twin);
            escaped = *c == '\\' && !escaped;
            closes || *c == '\n'
        });
        let (len, closing) = stop.unwrap_or((rest.len(), '\n'));
        if closing == '\n' {
            self.unclosed(kind, width, start + width + len);
            return;
        }
        let (inside, end) = (&rest[..len], start + width + len + closing.len_utf8());
        let place = span(start, end);
        self.findings.push(
            self.findings
                .mistake(place, "a string takes double quotes")
                .help("write `\"` for both quotes")
                .fix(safe("write double quotes", place, requoted(inside))),
        );
        if inside.contains('\\') {
            self.builder.owned(kind, place, super::decode_escapes(inside));
        } else {
            self.builder.verbatim(kind, place, span(start + width, start + width + len));
        }
        self.at = end;
    }

    /// A quote inside a string that was not escaped: the string goes on to the next quote that can end it,
    /// or to the end of the line.
    pub(super) fn bare_quote(&mut self) {
        let rest = &self.source[self.at..];
        let len = rest.char_indices().find_map(|(at, c)| {
            let after = || rest[at + 1..].trim_start_matches([' ', '\t', '\r']);
            let ends_string =
                c == '"' && (after().is_empty() || after().starts_with([',', ']', '}', ':', '\n']));
            if ends_string { Some(at + 1) } else { (c == '\n').then_some(at) }
        });
        let len = len.unwrap_or(rest.len());
        let closed = rest[..len].ends_with('"');
        let quote = span(self.last_end - 1, self.last_end);
        let inside = &rest.as_bytes()[..len - usize::from(closed)];
        let quotes = memchr::memchr_iter(b'"', inside).filter(|at| *at == 0 || inside[at - 1] != b'\\');
        let quotes = quotes.map(|at| span(self.at + at, self.at + at + 1));
        let edits =
            std::iter::once(quote).chain(quotes).map(|span| Edit { span, text: "\\\"".into() }).collect();
        self.findings.push(
            self.findings
                .mistake(quote, "this quote ends the string, but text follows it")
                .help("write `\\\"` for a quote inside the string")
                .fix(Fix { title: "escape the quotes inside the string".into(), safe: false, edits }),
        );
        self.brackets_doubtful |= !closed;
        self.at += len;
        self.last_end = self.at;
    }
}

/// What stands between other quotes, as JSON spells it.
fn requoted(inside: &str) -> String {
    let mut text = String::from("\"");
    let mut escaped = false;
    for c in inside.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '\'' if escaped => {}
            '"' => text.push('\\'),
            _ if escaped => text.push('\\'),
            _ => {}
        }
        text.push(c);
        escaped = false;
    }
    text + "\""
}
