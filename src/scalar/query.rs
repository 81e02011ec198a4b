//! A PromQL expression, as far as it must be known to stand inside another one: whatever it opens it closes.
//!
//! Whether its functions and series exist, Prometheus says. The words are those of its manual, "Querying basics": texts
//! in `"` or `'` take a backslash and end on their line, those in backticks take everything; `#` begins a comment.

use std::fmt;

use super::ScalarError;
use super::error::trimmed;

/// A PromQL expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(String);

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// Where it is empty, closes what it has not opened, leaves something open, or has characters that no expression has.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        balanced(body).map_err(|error| error.moved(offset))?;
        Ok(Self(body.to_owned()))
    }

    /// The expression, without the blanks around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn balanced(body: &str) -> Result<(), ScalarError> {
    let fault = |message: String, at: usize, length: usize, help: &str| {
        Err(ScalarError::new(message, at..at + length, help.to_owned()))
    };
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut is_empty = true;
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if c.is_control() && !matches!(c, '\n' | '\r' | '\t') {
            return fault(
                String::from("a control character is no part of an expression"),
                at,
                c.len_utf8(),
                "take it out",
            );
        }
        if c == '#' {
            chars.find(|(_, c)| *c == '\n');
            continue;
        }
        is_empty &= c.is_whitespace();
        match c {
            '"' | '\'' | '`' => {
                let mut is_escaped = false;
                let end = chars.find(|(_, next)| {
                    let is_end = !is_escaped && (*next == c || (*next == '\n' && c != '`'));
                    is_escaped = c != '`' && *next == '\\' && !is_escaped;
                    is_end
                });
                if end.is_none_or(|(_, end)| end != c) {
                    return fault(String::from("nothing ends this text"), at, 1, "end it on its line");
                }
            }
            '(' | '[' | '{' => open.push((c, at)),
            ')' | ']' | '}' => {
                let wanted = match open.pop() {
                    Some(('(', _)) => ')',
                    Some(('[', _)) => ']',
                    Some(_) => '}',
                    None => return fault(format!("nothing opens this `{c}`"), at, 1, "take it out"),
                };
                if wanted != c {
                    return fault(
                        format!("`{c}` stands where `{wanted}` must"),
                        at,
                        1,
                        &format!("write `{wanted}`, or close the other one first"),
                    );
                }
            }
            _ => {}
        }
    }
    match open.pop() {
        Some((c, at)) => fault(format!("nothing closes this `{c}`"), at, 1, "close it"),
        None if is_empty => {
            fault(String::from("an expression is missing"), 0, body.len(), "write a PromQL expression")
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whatever_is_opened_is_closed() {
        for text in [
            "up",
            " rate(errors_total{job=\"a)b\"}[5m]) ",
            "sum by (le) (x{a='\\'(', b=`\\`})",
            "a # (\n+ b",
            "x{y=\"# (\"}",
        ] {
            assert_eq!(Query::parse(text).expect(text).as_str(), text.trim());
        }
        for (text, message, at) in [
            ("", "an expression is missing", 0),
            ("# nothing", "an expression is missing", 0),
            (" a) or (b", "nothing opens this `)`", 2),
            ("rate(x[5m)", "`)` stands where `]` must", 9),
            ("sum(x", "nothing closes this `(`", 3),
            ("x{a=\"b}", "nothing ends this text", 4),
            ("x{a=\"b\nc\"}", "nothing ends this text", 4),
            ("x{a='b\\'}", "nothing ends this text", 4),
            ("a\u{7}", "a control character is no part of an expression", 1),
        ] {
            let error = Query::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range.start), (message, at), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\PC\n]{0,24}|[a(){}\\[\\]\"'`#\\\\\n ]{0,16}") {
            if let Err(error) = Query::parse(&text) {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text);
            }
        }
    }
}
