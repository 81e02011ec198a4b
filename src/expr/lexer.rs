//! Text to tokens, one at a time.
//!
//! Operators of other languages (`=`, `&`, `===`) are read as what they stand for and reported, so that the
//! parser can go on and find the next fault too.

use super::ExprError;
use crate::source::Span;

/// A token; an operator or bracket is known by its spelling.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    /// A field name in backticks, which may hold `-`.
    Escaped(&'a str),
    /// An integer without its sign.
    Int(u64),
    Uint(u64),
    Double(f64),
    Text(String),
    Sign(&'static str),
    End,
}

/// Reads tokens off a text.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// What was read as something else than it is.
    pub(super) mended: Vec<ExprError>,
}

const SIGNS: [&str; 24] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")",
    "[", "]", "{", "}",
];

/// Spellings of other languages and ours, those that start with another one first.
const FOREIGN: [(&str, &str); 11] = [
    ("===", "=="),
    ("!==", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("<>", "!="),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("=", "=="),
    ("&", "&&"),
    ("|", "||"),
];

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, mended: Vec::new() }
    }

    pub(super) fn next(&mut self) -> Result<(Token<'a>, Span), ExprError> {
        self.skip_blanks();
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.bytes().next() else {
            return Ok((Token::End, self.span(start)));
        };
        let token = match first {
            b'0'..=b'9' => self.number()?,
            b'.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => self.number()?,
            b'"' | b'\'' => self.string(false)?,
            b'r' | b'R' if matches!(rest.as_bytes().get(1), Some(b'"' | b'\'')) => {
                self.at += 1;
                self.string(true)?
            }
            b'b' | b'B' if matches!(rest.as_bytes().get(1), Some(b'"' | b'\'')) => {
                return Err(ExprError::new("byte strings are not supported", span(start, start + 1))
                    .help("leave the `b` out"));
            }
            b'`' => self.escaped()?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                self.at += rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                Token::Word(&self.text[start..self.at])
            }
            _ => self.sign()?,
        };
        Ok((token, self.span(start)))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn sign(&mut self) -> Result<Token<'a>, ExprError> {
        let (start, rest) = (self.at, &self.text[self.at..]);
        let foreign = FOREIGN.into_iter().find(|(spelling, _)| rest.starts_with(spelling));
        let own = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
        let longer = |foreign: &str| own.is_none_or(|own| foreign.len() > own.len());
        if let Some((spelling, meant)) = foreign.filter(|(spelling, _)| longer(spelling)) {
            self.at += spelling.len();
            let error = ExprError::new(format!("`{spelling}` is not an operator"), self.span(start));
            self.mended.push(error.help(format!("write `{meant}`")));
            return Ok(Token::Sign(meant));
        }
        if let Some(sign) = own {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        let found = rest.chars().next().expect("the end was handled before");
        let place = span(start, start + found.len_utf8());
        let error = ExprError::new(format!("unexpected character `{}`", found.escape_debug()), place);
        Err(match found {
            '“' | '”' | '„' | '‘' | '’' => error.help("use straight quotes: `\"` or `'`"),
            '$' => error.help("write the name alone, such as `env.NAME`"),
            _ => error,
        })
    }

    fn number(&mut self) -> Result<Token<'a>, ExprError> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let hex = bytes[start] == b'0' && matches!(bytes.get(start + 1), Some(b'x' | b'X'));
        let mut is_double = false;
        if hex {
            self.at += 2;
            self.at += bytes[self.at..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        } else {
            self.at += digits(start);
            if bytes.get(self.at) == Some(&b'.') && digits(self.at + 1) > 0 {
                is_double = true;
                self.at += 1 + digits(self.at + 1);
            }
            if matches!(bytes.get(self.at), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(bytes.get(self.at + 1), Some(b'+' | b'-')));
                let exponent = bytes.get(self.at + 1 + sign..).map_or(0, |_| digits(self.at + 1 + sign));
                if exponent > 0 {
                    is_double = true;
                    self.at += 1 + sign + exponent;
                }
            }
        }
        let body = &self.text[start..self.at];
        let is_uint = !is_double && matches!(bytes.get(self.at), Some(b'u' | b'U'));
        self.at += usize::from(is_uint);
        if bytes.get(self.at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            let end = self.text[self.at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let end = end.map_or(self.text.len(), |length| self.at + length);
            let message = format!("`{}` is not a number", &self.text[start..end]);
            let help = format!("for a duration write `duration(\"{}\")`", &self.text[start..end]);
            return Err(ExprError::new(message, span(start, end)).help(help));
        }
        if is_double {
            let value: f64 = body.parse().expect("digits, a point and an exponent are a number");
            return if value.is_finite() { Ok(Token::Double(value)) } else { Err(self.too_large(start)) };
        }
        let value = if hex { u64::from_str_radix(&body[2..], 16) } else { body.parse() };
        match value {
            Ok(value) if is_uint => Ok(Token::Uint(value)),
            Ok(value) => Ok(Token::Int(value)),
            Err(_) if hex && body.len() == 2 => {
                Err(ExprError::new("a number is missing", self.span(start)).help("write digits after `0x`"))
            }
            Err(_) => Err(self.too_large(start)),
        }
    }

    fn too_large(&self, start: usize) -> ExprError {
        ExprError::new(format!("`{}` is too large", &self.text[start..self.at]), self.span(start))
    }

    fn escaped(&mut self) -> Result<Token<'a>, ExprError> {
        let start = self.at;
        let inner = &self.text[start + 1..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ' ');
        let length = inner.find(|c| !is_part(c)).unwrap_or(inner.len());
        if length == 0 || !inner[length..].starts_with('`') {
            let place = span(start, start + 1 + length);
            return Err(ExprError::new("a name in backticks does not end", place));
        }
        self.at += length + 2;
        Ok(Token::Escaped(&inner[..length]))
    }

    /// Reads a string whose quote is next.
    fn string(&mut self, is_raw: bool) -> Result<Token<'a>, ExprError> {
        let start = self.at;
        let rest = &self.text[start..];
        let quote = &rest[..if rest.starts_with("\"\"\"") || rest.starts_with("'''") { 3 } else { 1 }];
        self.at += quote.len();
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            if rest.starts_with(quote) {
                self.at += quote.len();
                return Ok(Token::Text(value));
            }
            match rest.chars().next() {
                None => return Err(unterminated(span(start, self.at), quote)),
                Some('\n' | '\r') if quote.len() == 1 => {
                    return Err(unterminated(span(start, self.at), quote));
                }
                Some('\\') if is_raw => {
                    // A raw string keeps its backslashes; one before a quote still keeps it from ending.
                    let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                    value.push_str(&rest[..length]);
                    self.at += length;
                }
                Some('\\') => value.push(self.escape()?),
                Some(c) => {
                    value.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// Reads an escape whose backslash is next.
    fn escape(&mut self) -> Result<char, ExprError> {
        let (start, rest) = (self.at, &self.text[self.at + 1..]);
        let kind = rest.chars().next().unwrap_or('\\');
        self.at += 1 + rest.chars().next().map_or(0, char::len_utf8);
        let (radix, length, skip) = match kind {
            'a' => return Ok('\u{7}'),
            'b' => return Ok('\u{8}'),
            'f' => return Ok('\u{c}'),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            'v' => return Ok('\u{b}'),
            '\\' | '?' | '"' | '\'' | '`' if !rest.is_empty() => return Ok(kind),
            'x' | 'X' => (16, 2, 1),
            'u' => (16, 4, 1),
            'U' => (16, 8, 1),
            '0'..='3' => (8, 3, 0),
            _ => {
                let error =
                    ExprError::new(format!("unknown escape `\\{}`", kind.escape_debug()), self.span(start));
                return Err(error.help("write `\\\\` for a backslash, or a raw string such as `r'\\d+'`"));
            }
        };
        let digits: String = rest[skip..].chars().take(length).take_while(|c| c.is_digit(radix)).collect();
        self.at = start + 1 + skip + digits.len();
        let code = (digits.len() == length).then(|| u32::from_str_radix(&digits, radix).ok()).flatten();
        code.and_then(char::from_u32)
            .ok_or_else(|| ExprError::new("the escape is not a character", self.span(start)))
    }

    fn span(&self, start: usize) -> Span {
        span(start, self.at)
    }
}

fn unterminated(place: Span, quote: &str) -> ExprError {
    ExprError::new("a string does not end", place).help(format!("close it with `{quote}`"))
}

/// A span of the text, whose length the parser has limited.
fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}
