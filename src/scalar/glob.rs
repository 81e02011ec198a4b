//! A pattern over paths: `*` and `?` stay within a folder, `**` does not, `[a-z]` and `{a,b}` choose.

use std::fmt;
use std::ops::Range;

use globset::{ErrorKind, GlobBuilder, GlobMatcher};

use super::ScalarError;
use super::error::quoted;

/// A compiled pattern. Paths are given with `/` on every platform.
#[derive(Debug, Clone)]
pub struct Glob {
    matcher: GlobMatcher,
}

impl Glob {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Where a bracket or brace stands alone, a range runs backwards, or nothing is escaped at the end.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        if text.is_empty() {
            return Err(ScalarError::new("a path pattern is missing", 0..0, "write one such as `src/**`"));
        }
        // Said explicitly, since the default differs between platforms.
        let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build();
        glob.map(|glob| Self { matcher: glob.compile_matcher() }).map_err(|error| explain(text, error.kind()))
    }

    /// Whether a path fits the pattern.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }

    /// The pattern as a regular expression over bytes, made of nothing but `(?-u)^`, `$`, literals (escaped where they
    /// mean something, `\x` and two digits for bytes that are not ASCII), `.`, classes, `(?:`, `|`, `)`, `?` and `*`.
    #[must_use]
    pub fn regex(&self) -> &str {
        self.matcher.glob().regex()
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.matcher.glob().glob()
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Glob {}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn explain(text: &str, kind: &ErrorKind) -> ScalarError {
    let (message, help) = match kind {
        ErrorKind::UnclosedClass => {
            ("`[` has no `]`".to_owned(), "close it, or write `\\[` for the character")
        }
        ErrorKind::UnclosedAlternates => {
            ("`{` has no `}`".to_owned(), "close it, or write `\\{` for the character")
        }
        ErrorKind::UnopenedAlternates => {
            ("`}` has no `{`".to_owned(), "open it, or write `\\}` for the character")
        }
        ErrorKind::InvalidRange(from, to) => {
            let range = format!("{from}-{to}");
            let start = text.find(&range).unwrap_or_default();
            let message = format!("the range {} runs backwards", quoted(&range));
            return ScalarError::new(message, start..start + range.len(), format!("write `{to}-{from}`"));
        }
        ErrorKind::DanglingEscape => {
            let place = text.len() - 1..text.len();
            return ScalarError::new("`\\` escapes nothing", place, "write `\\\\` for the character");
        }
        other => {
            let message = format!("{} is not a path pattern", quoted(text));
            return ScalarError::new(message, 0..text.len(), other.to_string());
        }
    };
    ScalarError::new(message, lone_bracket(text), help)
}

/// The first bracket or brace that has no counterpart.
fn lone_bracket(text: &str) -> Range<usize> {
    let mut open = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' => {
                // `]` is an ordinary member where it comes first.
                chars.next_if(|(_, c)| matches!(c, '!' | '^'));
                chars.next();
                if !chars.any(|(_, c)| c == ']') {
                    return at..at + 1;
                }
            }
            '{' => open.push(at),
            '}' if open.pop().is_none() => return at..at + 1,
            _ => {}
        }
    }
    open.first().map_or(0..text.len(), |&at| at..at + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_know_folders() {
        let matches = |glob, path| Glob::parse(glob).expect(glob).matches(path);
        assert!(matches("src/*.rs", "src/main.rs"));
        assert!(!matches("src/*.rs", "src/a/main.rs"));
        assert!(matches("src/**", "src/a/main.rs"));
        assert!(matches("**/*.{json,toml}", "a.toml"));
        assert!(!matches("a?b", "a/b"));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a path pattern is missing", 0..0),
            ("a/[bc", "`[` has no `]`", 2..3),
            ("[]]/[x", "`[` has no `]`", 4..5),
            ("{a,b", "`{` has no `}`", 0..1),
            ("{a}/{b,{c}", "`{` has no `}`", 4..5),
            ("é}", "`}` has no `{`", 2..3),
            ("\\{a}", "`}` has no `{`", 3..4),
            ("a[z-a]", "the range `z-a` runs backwards", 2..5),
            ("a\\", "`\\` escapes nothing", 1..2),
        ] {
            let error = Glob::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_shows_what_it_reads(text in "\\PC{0,12}|[]\\[{}*?a/!,^\\\\-]{0,12}") {
            match Glob::parse(&text) {
                Ok(glob) => prop_assert_eq!(glob.to_string(), text),
                Err(error) => prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text),
            }
        }
    }
}
