//! The words and signs of SQL, as far as it takes to tell statements apart and what each begins with.
//!
//! PostgreSQL: "Lexical structure"; MySQL and MariaDB: "Language structure". Reading ends early, and says so, where
//! what follows can't be told: at a command of the client, a variable of the client, a quotation or comment without end.

use std::ops::Range;

/// Whose SQL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lint) enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or name without quotes.
    Word,
    /// A name in quotes.
    Name,
    /// A text or number.
    Value,
    /// Any other sign, alone.
    Sign,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// What stands there, quotes included.
    pub(super) text: &'t str,
    pub(super) at: Range<usize>,
}

impl Token<'_> {
    /// True for this keyword, given in upper case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// True for one of these keywords.
    pub(super) fn is_one(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// True for this sign.
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// The name that it is: as it is in quotes, otherwise in lower case.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_lowercase()),
            Kind::Name => Some(self.text[1..self.text.len() - 1].to_owned()),
            Kind::Value | Kind::Sign => None,
        }
    }
}

/// The tokens of a text. Where `is_whole` is false, more may follow its last byte, so that a word there may be longer.
pub(super) fn tokens(text: &str, dialect: Dialect, is_whole: bool) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if let Some(length) = comment(rest, dialect) {
            let Some(length) = length else { return tokens };
            at += length;
            continue;
        }
        let is_cast = first == ':' && (rest.starts_with("::") || rest.starts_with(":="));
        let is_variable = first == ':' && dialect == Dialect::Postgres && !is_cast;
        if first == '\\' || is_variable {
            return tokens;
        }
        let quotation = quotation(rest, first, dialect);
        let (kind, length) = match quotation {
            Some((_, None)) => return tokens,
            Some((kind, Some(length))) => (kind, length),
            None if is_cast => (Kind::Sign, 2),
            None if is_letter(first) => {
                (Kind::Word, run(rest, |c| is_letter(c) || c.is_ascii_digit() || c == '$'))
            }
            None if first.is_ascii_digit() => {
                (Kind::Value, run(rest, |c| c.is_ascii_alphanumeric() || c == '.'))
            }
            None => (Kind::Sign, first.len_utf8()),
        };
        if !is_whole && at + length == text.len() && kind != Kind::Sign {
            return tokens;
        }
        tokens.push(Token { kind, text: &rest[..length], at: at..at + length });
        at += length;
    }
    tokens
}

fn is_letter(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || !c.is_ascii()
}

fn run(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_in(c)).unwrap_or(text.len())
}

/// How long a comment is, if one begins here; `Some(None)` for one without end, and for one that MySQL runs.
fn comment(rest: &str, dialect: Dialect) -> Option<Option<usize>> {
    let line = || Some(Some(rest.find('\n').unwrap_or(rest.len())));
    if let Some(after) = rest.strip_prefix("--") {
        let is_comment = dialect == Dialect::Postgres || after.chars().next().is_none_or(char::is_whitespace);
        return if is_comment { line() } else { None };
    }
    if dialect == Dialect::Mysql {
        if rest.starts_with('#') {
            return line();
        }
        if rest.starts_with("/*!") || rest.starts_with("/*M!") {
            return Some(None);
        }
        return rest.starts_with("/*").then(|| rest[2..].find("*/").map(|end| end + 4));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let next = rest[at..].find(['/', '*']).map(|next| at + next);
        let Some(next) = next else { return Some(None) };
        at = next + 1;
        if rest[next..].starts_with("/*") {
            (depth, at) = (depth + 1, next + 2);
        } else if rest[next..].starts_with("*/") {
            (depth, at) = (depth - 1, next + 2);
            if depth == 0 {
                return Some(Some(at));
            }
        }
    }
}

/// What a quotation is and how long, if one begins here; without a length where it has no end.
fn quotation(rest: &str, first: char, dialect: Dialect) -> Option<(Kind, Option<usize>)> {
    let is_mysql = dialect == Dialect::Mysql;
    match first {
        '\'' => Some((Kind::Value, closed(rest, 0, '\'', is_mysql))),
        // What it is in MySQL depends on a setting.
        '"' => Some((if is_mysql { Kind::Value } else { Kind::Name }, closed(rest, 0, '"', is_mysql))),
        '`' if is_mysql => Some((Kind::Name, closed(rest, 0, '`', false))),
        'e' | 'E' if !is_mysql && rest[1..].starts_with('\'') => {
            Some((Kind::Value, closed(rest, 1, '\'', true)))
        }
        'b' | 'B' | 'x' | 'X' | 'n' | 'N' if rest[1..].starts_with('\'') => {
            Some((Kind::Value, closed(rest, 1, '\'', is_mysql)))
        }
        '$' if !is_mysql => {
            let tag = 1 + run(&rest[1..], |c| is_letter(c) || c.is_ascii_digit());
            let is_quotation =
                rest[tag..].starts_with('$') && !rest[1..].starts_with(|c: char| c.is_ascii_digit());
            let opening = &rest[..tag + usize::from(is_quotation)];
            is_quotation.then(|| {
                let end = rest[opening.len()..].find(opening);
                (Kind::Value, end.map(|end| end + 2 * opening.len()))
            })
        }
        _ => None,
    }
}

/// Where a quotation ends that opens at `open`: a quote in it is doubled, or stands behind a backslash.
fn closed(rest: &str, open: usize, quote: char, escapes: bool) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let next = at + rest[at..].find([quote, '\\'])?;
        at = next + 1;
        if rest[next..].starts_with('\\') {
            if escapes {
                at += rest[at..].chars().next()?.len_utf8();
            }
        } else if rest[at..].starts_with(quote) {
            at += 1;
        } else {
            return Some(at);
        }
    }
}
