//! Where the text is not JSON: what is wrong, what was meant, and where to go on.
//!
//! Nothing here is on the way of a correct file. Whatever a function skips, it never looks at again, so that
//! a file of nothing but mistakes is still read in linear time.

use crate::source::Span;

use super::super::findings::{guess, safe, show, span};
use super::super::tree::Kind;
use super::words::{Odd, odd_word};
use super::{Next, Parser};

impl Parser<'_> {
    /// Something stands where the grammar has no place for it.
    #[cold]
    pub(super) fn repair(&mut self, next: Next, byte: u8) -> Next {
        match (next, byte) {
            (Next::End, _) => self.after_end(byte),
            (Next::Key, b'}') => self.trailing_comma(),
            (Next::Separator, b']' | b'}') => self.wrong_bracket(byte),
            (Next::FirstKey | Next::Key, b']') => Next::Separator,
            (Next::FirstKey | Next::Key, b',') => self.stray_comma(next),
            (Next::Separator, _) => self.no_separator(byte),
            _ => self.odd_key(next, byte),
        }
    }

    /// A value that strict JSON does not know, or none.
    #[cold]
    pub(super) fn odd_value(&mut self, next: Next) -> Next {
        let (start, at_root) = (self.at, self.builder.depth() == 0);
        match self.bytes[start] {
            b',' | b']' | b'}' if next == Next::Value && !at_root => self.no_value(),
            b',' if !at_root => self.stray_comma(next),
            b']' if next == Next::Item => self.trailing_comma(),
            b']' | b'}' if !at_root => Next::Separator,
            b',' | b':' | b']' | b'}' => {
                let end = start + 1;
                let shown = show(&self.source[start..end]);
                let place = span(start, end);
                let found = self.findings.mistake(place, format!("unexpected {shown}")).help("remove it");
                self.findings.push(found.fix(guess(format!("remove {shown}"), place, "")));
                self.at = end;
                next
            }
            _ => match self.odd_quote() {
                Some(quote) => {
                    self.odd_quotes(Kind::String, quote);
                    self.after_value()
                }
                None => self.bare_value(at_root),
            },
        }
    }

    /// A value of letters or digits that is not JSON's.
    fn bare_value(&mut self, at_root: bool) -> Next {
        let start = self.at;
        let rest = &self.source[start..];
        let word =
            &rest[..rest.find(|c: char| c.is_whitespace() || ",;]}[{\"".contains(c)).unwrap_or(rest.len())];
        let place = span(start, start + word.len());
        if let Some(odd) = odd_word(word) {
            match odd {
                Odd::Literal { kind, name } => {
                    self.builder.atom(kind, place);
                    self.findings.push(
                        self.findings
                            .mistake(place, format!("JSON has no {}", show(word)))
                            .help(format!("write `{name}`"))
                            .fix(safe(format!("write `{name}`"), place, name)),
                    );
                }
                Odd::NotFinite => {
                    self.builder.atom(Kind::Hole, place);
                    let found = self.findings.mistake(place, format!("JSON has no number {}", show(word)));
                    self.findings.push(found.help("write a finite number, or `null`"));
                }
                Odd::Number { text, fault, sure } => {
                    let fix = if sure { safe } else { guess };
                    let fix = fix(format!("write `{text}`"), place, text.as_str());
                    let found = self.findings.mistake(place, fault).help(format!("write `{text}`")).fix(fix);
                    self.findings.push(found);
                    self.builder.owned(Kind::Number, place, text);
                }
            }
            self.at = place.end as usize;
            return self.after_value();
        }
        if at_root {
            let line = rest.lines().next().unwrap_or_default().trim_end();
            self.findings.push(
                self.findings
                    .mistake(span(start, start + line.len()), "a JSON document starts with `{` or `[`")
                    .help("if this is YAML or TOML, rename the file to `.yaml` or `.toml`"),
            );
            self.builder.atom(Kind::Hole, span(start, self.bytes.len()));
            self.at = self.bytes.len();
            self.cut_off = true;
            return self.after_value();
        }
        let place = span(start, start + bare_len(rest, ",]}[{\""));
        let text = &self.source[place.range()];
        let mut found = self
            .findings
            .mistake(place, format!("the string {} lacks its quotes", show(text)))
            .help("put it in double quotes");
        if quotable(text) {
            found = found.fix(guess("put it in double quotes", place, format!("\"{text}\"")));
        }
        self.findings.push(found);
        self.builder.verbatim(Kind::String, place, place);
        self.at = place.end as usize;
        self.after_value()
    }

    /// A key that is not in double quotes, or something that can't be a key.
    fn odd_key(&mut self, next: Next, byte: u8) -> Next {
        let start = self.at;
        if let Some(quote) = self.odd_quote() {
            self.odd_quotes(Kind::Key, quote);
            return self.colon(start);
        }
        match byte {
            b'{' | b'[' => {
                self.findings.push(
                    self.findings
                        .mistake(
                            span(start, start + 1),
                            format!("expected a key, found `{}`", char::from(byte)),
                        )
                        .help("an object holds keys and values; a list of values takes `[` and `]`"),
                );
                self.skip_nested();
                let end = self.at;
                self.skip_space();
                if self.bytes.get(self.at) != Some(&b':') {
                    return Next::Separator;
                }
                self.builder.owned(Kind::Key, span(start, end), &self.source[start..end]);
                self.at += 1;
                Next::Value
            }
            b':' => {
                let found = self.findings.mistake(span(start, start + 1), "no key stands before the `:`");
                self.findings.push(found.help("write the key in double quotes before it"));
                self.builder.owned(Kind::Key, Span::at(start as u32), "");
                self.at += 1;
                Next::Value
            }
            _ => {
                let place = span(start, start + bare_len(&self.source[start..], ":=,]}[{\""));
                if place.is_empty() {
                    self.unexpected();
                    return next;
                }
                let text = &self.source[place.range()];
                let mut found = self
                    .findings
                    .mistake(place, format!("the key {} lacks its quotes", show(text)))
                    .help("put it in double quotes");
                if quotable(text) {
                    found = found.fix(safe("put it in double quotes", place, format!("\"{text}\"")));
                }
                self.findings.push(found);
                self.builder.verbatim(Kind::Key, place, place);
                self.doubted = Some(start);
                self.at = place.end as usize;
                self.colon(start)
            }
        }
    }

    /// A key is not followed by its colon.
    #[cold]
    pub(super) fn no_colon(&mut self, key: Span) -> Next {
        let doubted = self.doubted == Some(key.start as usize);
        match self.bytes.get(self.at) {
            None => Next::Separator,
            Some(b'=') => {
                let arrow = usize::from(self.bytes.get(self.at + 1) == Some(&b'>'));
                let place = span(self.at, self.at + 1 + arrow);
                let shown = show(&self.source[place.range()]);
                self.findings.push(
                    self.findings
                        .mistake(place, format!("expected `:`, found {shown}"))
                        .help("a colon stands between key and value")
                        .fix(safe("write `:`", place, ":")),
                );
                self.at = place.end as usize;
                Next::Value
            }
            Some(b',' | b'}' | b']') => {
                if !doubted {
                    let shown = show(self.source[key.range()].trim_matches('"'));
                    let found = self.findings.mistake(key, format!("the key {shown} has no value"));
                    self.findings.push(found.help("write `:` and a value behind it"));
                }
                self.builder.atom(Kind::Hole, Span::at(key.end));
                Next::Separator
            }
            Some(_) if doubted => {
                self.builder.atom(Kind::Hole, Span::at(key.end));
                Next::Key
            }
            Some(_) => {
                let place = Span::at(key.end);
                self.findings.push(
                    self.findings
                        .mistake(place, "expected `:` behind the key")
                        .help("a colon stands between key and value")
                        .fix(safe("insert `:`", place, ":")),
                );
                Next::Value
            }
        }
    }

    /// Neither comma nor bracket follows a value.
    fn no_separator(&mut self, byte: u8) -> Next {
        let place = span(self.at, self.at + 1);
        let adjoins = self.at == self.last_end && self.bytes[self.at - 1] == b'"';
        let worded = byte.is_ascii_alphanumeric() || b"_.!?-".contains(&byte) || !byte.is_ascii();
        if adjoins && worded {
            self.bare_quote();
            return Next::Separator;
        }
        match byte {
            b';' => {
                self.findings.push(
                    self.findings
                        .mistake(place, "expected `,`, found `;`")
                        .help("a comma stands between two values")
                        .fix(safe("write `,`", place, ",")),
                );
                self.comma = self.at;
                self.at += 1;
                if self.in_object { Next::Key } else { Next::Item }
            }
            b':' if !self.in_object => {
                let found = self.findings.mistake(place, "a list has no keys");
                self.findings.push(found.help("keys and values stand between `{` and `}`"));
                self.at += 1;
                Next::FirstItem
            }
            b':' | b'=' | b')' => {
                self.unexpected();
                self.skip_to_separator();
                Next::Separator
            }
            b'{' | b'[' if self.in_object => {
                let shown = char::from(byte);
                let found = self.findings.mistake(place, format!("expected `,` or `}}`, found `{shown}`"));
                self.findings.push(found.help("a key and a colon are missing before it"));
                self.skip_to_separator();
                Next::Separator
            }
            _ => {
                let place = Span::at(self.last_end as u32);
                self.findings.push(
                    self.findings
                        .mistake(place, "expected `,` behind this value")
                        .help("a comma stands between two values")
                        .fix(safe("insert `,`", place, ",")),
                );
                self.doubted = Some(self.at);
                if self.in_object { Next::Key } else { Next::Item }
            }
        }
    }

    fn no_value(&mut self) -> Next {
        let place = Span::at(self.at as u32);
        let found = self.findings.mistake(place, "expected a value behind the `:`");
        self.findings.push(found.help("write the value, or `null`"));
        self.builder.atom(Kind::Hole, place);
        self.after_value()
    }

    fn stray_comma(&mut self, next: Next) -> Next {
        let place = span(self.at, self.at + 1);
        let message = if matches!(next, Next::Item | Next::Key) {
            "nothing stands between two commas"
        } else {
            "nothing stands before the comma"
        };
        let found = self.findings.mistake(place, message).help("remove the comma, or write what is missing");
        self.findings.push(found.fix(guess("remove the comma", place, "")));
        self.at += 1;
        next
    }

    fn trailing_comma(&mut self) -> Next {
        let place = span(self.comma, self.comma + 1);
        self.findings.push(
            self.findings.mistake(place, "a comma stands behind the last value").help("remove it").fix(safe(
                "remove the comma",
                place,
                "",
            )),
        );
        Next::Separator
    }

    /// A closing bracket that does not fit the innermost open one.
    fn wrong_bracket(&mut self, byte: u8) -> Next {
        let Some(open) = self.builder.innermost() else { return Next::End };
        let (opening, expected) = if open.kind == Kind::Object { ('{', '}') } else { ('[', ']') };
        if !self.brackets_doubtful {
            let place = span(self.at, self.at + 1);
            let opened = Span::new(open.span.start, open.span.start + 1);
            self.findings.push(
                self.findings
                    .mistake(place, format!("expected `{expected}`, found `{}`", char::from(byte)))
                    .label("closes nothing")
                    .related(self.findings.location(opened), format!("this `{opening}` is open"))
                    .help("close what is open first, or correct the bracket"),
            );
            self.brackets_doubtful = true;
        }
        let kind = if byte == b'}' { Kind::Object } else { Kind::Array };
        let more_follows = || self.bytes[self.at + 1..].iter().any(|byte| !byte.is_ascii_whitespace());
        match self.builder.depth_of(kind) {
            None => self.close(),
            Some(0) if more_follows() => self.close(),
            Some(_) => {
                self.leave();
                Next::Separator
            }
        }
    }

    fn after_end(&mut self, byte: u8) -> Next {
        let start = self.at;
        if let b']' | b'}' = byte {
            if !self.brackets_doubtful {
                let place = span(start, start + 1);
                self.findings.push(
                    self.findings
                        .mistake(place, format!("`{}` closes nothing", char::from(byte)))
                        .help("remove it, or open what it should close")
                        .fix(guess("remove it", place, "")),
                );
            }
            self.brackets_doubtful = true;
            self.at += 1;
            return Next::End;
        }
        if !self.brackets_doubtful {
            let line = self.source[start..].lines().next().unwrap_or_default().trim_end();
            self.findings.push(
                self.findings
                    .mistake(span(start, start + line.len()), "content stands behind the end of the document")
                    .help("a JSON file holds one value: remove the rest, or put both into a list"),
            );
        }
        self.at = self.bytes.len();
        self.cut_off = true;
        Next::End
    }

    /// The text is over: is the document?
    pub(super) fn end_of_text(&mut self, next: Next) {
        let end = span(self.bytes.len(), self.bytes.len());
        self.cut_off |= self.builder.depth() > 0;
        match self.builder.innermost() {
            Some(open) if !self.brackets_doubtful => {
                let bracket = if open.kind == Kind::Object { '{' } else { '[' };
                let opened = Span::new(open.span.start, open.span.start + 1);
                let count = self.builder.depth();
                let here = if count == 1 {
                    "the file ends here".to_owned()
                } else {
                    format!("the file ends here, with {count} brackets open")
                };
                self.findings.push(
                    self.findings
                        .mistake(opened, format!("`{bracket}` is never closed"))
                        .label("it opens here")
                        .related(self.findings.location(end), here)
                        .help("close it; or the file was cut off"),
                );
            }
            None if next == Next::Value && self.findings.is_empty() => {
                let found = self.findings.mistake(end, "the file is empty");
                self.findings.push(found.help("a rule file holds an object such as `{\"layer\": \"L5\"}`"));
            }
            _ => {}
        }
    }

    fn unexpected(&mut self) {
        let len = self.source[self.at..].chars().next().map_or(0, char::len_utf8);
        let place = span(self.at, self.at + len);
        let found = self.findings.mistake(place, format!("unexpected {}", show(&self.source[place.range()])));
        self.findings.push(found.help("remove it"));
        self.at += len;
    }

    /// Skips what stands before the next comma or closing bracket.
    fn skip_to_separator(&mut self) {
        loop {
            self.skip_space();
            match self.bytes.get(self.at) {
                None | Some(b',' | b']' | b'}') => return,
                Some(b'"') => self.at = skip_string(self.bytes, self.at),
                Some(b'[' | b'{') => self.skip_nested(),
                Some(_) => self.at += self.source[self.at..].chars().next().map_or(0, char::len_utf8),
            }
        }
    }

    /// Skips a container with all its content.
    pub(super) fn skip_nested(&mut self) {
        let mut depth = 0u32;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at = skip_string(self.bytes, self.at);
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
        self.brackets_doubtful = true;
    }
}

/// The offset behind the string that opens at `at`, or the end of its line.
fn skip_string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', &bytes[at.min(bytes.len())..]) {
        at += found;
        match bytes[at] {
            b'"' => return at + 1,
            b'\n' => return at,
            _ => at += 2,
        }
    }
    bytes.len()
}

/// Length of the text before a line break, a comment or one of the stops, without blanks at its end.
fn bare_len(rest: &str, stops: &str) -> usize {
    let mut blank = false;
    let end = rest.char_indices().find(|&(at, c)| {
        let comment = blank && ["#", "//", "/*"].iter().any(|mark| rest[at..].starts_with(mark));
        blank = c == ' ' || c == '\t';
        c == '\n' || comment || stops.contains(c)
    });
    rest[..end.map_or(rest.len(), |(at, _)| at)].trim_end().len()
}

/// Whether text can be put between double quotes as it stands.
fn quotable(text: &str) -> bool {
    !text.contains(|c: char| c == '\\' || c == '"' || c.is_control())
}
