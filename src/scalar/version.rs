//! A semantic version: `MAJOR.MINOR.PATCH[-PRE][+BUILD]`.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

use super::ScalarError;
use super::error::quoted;

/// A version, ordered as semver.org says; versions that differ only in build metadata are told apart last.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    /// Changes with what breaks.
    pub major: u64,
    /// Changes with what is added.
    pub minor: u64,
    /// Changes with what is mended.
    pub patch: u64,
    /// Dot-separated identifiers of a pre-release, or nothing.
    pub pre: String,
    /// Dot-separated identifiers of a build, or nothing.
    pub build: String,
}

const HELP: &str = "a version looks like `1.4.0` or `2.0.0-rc.1`";

impl Version {
    /// Reads a version.
    ///
    /// # Errors
    /// Where the text departs from semver 2.0.0 in any way.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (rest, build) = match text.split_once('+') {
            Some((rest, build)) => (rest, identifiers(build, rest.len() + 1, false)?),
            None => (text, ""),
        };
        let (core, pre) = match rest.split_once('-') {
            Some((core, pre)) => (core, identifiers(pre, core.len() + 1, true)?),
            None => (rest, ""),
        };
        let mut numbers = [0; 3];
        let mut at = 0;
        for (index, part) in core.split('.').enumerate() {
            let place = at..at + part.len();
            let Some(number) = numbers.get_mut(index) else {
                return Err(ScalarError::new(
                    "a version has three numbers",
                    place.start - 1..core.len(),
                    HELP,
                ));
            };
            *number = parse_number(part, place)?;
            at += part.len() + 1;
        }
        if core.split('.').count() < 3 {
            let message = format!("{} has fewer than three numbers", quoted(core));
            return Err(ScalarError::new(message, 0..core.len(), HELP));
        }
        let [major, minor, patch] = numbers;
        Ok(Self { major, minor, patch, pre: pre.to_owned(), build: build.to_owned() })
    }
}

fn parse_number(part: &str, place: Range<usize>) -> Result<u64, ScalarError> {
    if part.is_empty() {
        return Err(ScalarError::new("a number is missing", place, HELP));
    }
    if part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ScalarError::new(format!("{} has a leading zero", quoted(part)), place, HELP));
    }
    let number = part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok());
    let message = match number {
        Some(Some(number)) => return Ok(number),
        Some(None) => format!("{} is too large", quoted(part)),
        None => format!("{} is not a number", quoted(part)),
    };
    let help = if part.starts_with(['v', 'V']) { "leave the `v` out" } else { HELP };
    Err(ScalarError::new(message, place, help))
}

/// Checks dot-separated identifiers; those of a pre-release may not be numbers with leading zeros.
fn identifiers(text: &str, offset: usize, is_pre: bool) -> Result<&str, ScalarError> {
    let mut at = offset;
    for part in text.split('.') {
        let place = at..at + part.len();
        let digits = part.bytes().all(|b| b.is_ascii_digit());
        if part.is_empty() {
            return Err(ScalarError::new("an identifier is missing", place, HELP));
        }
        if let Some((index, c)) = part.char_indices().find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '-'))
        {
            let place = at + index..at + index + c.len_utf8();
            let message = format!("{} can't be part of a version", quoted(&c.to_string()));
            return Err(ScalarError::new(message, place, "use letters, digits and `-`"));
        }
        if is_pre && digits && part.len() > 1 && part.starts_with('0') {
            return Err(ScalarError::new(format!("{} has a leading zero", quoted(part)), place, HELP));
        }
        at = place.end + 1;
    }
    Ok(text)
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let core = |v: &Self| (v.major, v.minor, v.patch);
        core(self)
            .cmp(&core(other))
            .then_with(|| self.pre.is_empty().cmp(&other.pre.is_empty()))
            .then_with(|| compare_identifiers(&self.pre, &other.pre))
            .then_with(|| compare_identifiers(&self.build, &other.build))
            .then_with(|| self.build.cmp(&other.build))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Numbers by value and below words, words by their bytes, fewer below more.
fn compare_identifiers(a: &str, b: &str) -> Ordering {
    let key = |part: &str| {
        let is_word = !part.bytes().all(|b| b.is_ascii_digit());
        // Without leading zeros the longer number is the larger one; no length is too large.
        let part = if is_word { part } else { part.trim_start_matches('0') };
        (is_word, if is_word { 0 } else { part.len() }, part.to_owned())
    };
    a.split('.').map(key).cmp(b.split('.').map(key))
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(f, "-{}", self.pre)?;
        }
        if !self.build.is_empty() {
            write!(f, "+{}", self.build)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn orders_as_the_standard_says() {
        let versions = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0+1",
            "1.0.1",
            "1.10.0",
            "2.0.0",
        ];
        for pair in versions.windows(2) {
            assert!(
                Version::parse(pair[0]).expect(pair[0]) < Version::parse(pair[1]).expect(pair[1]),
                "{pair:?}"
            );
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a number is missing", 0..0),
            ("1.2", "`1.2` has fewer than three numbers", 0..3),
            ("1.2.3.4", "a version has three numbers", 5..7),
            ("v1.2.3", "`v1` is not a number", 0..2),
            ("1.02.3", "`02` has a leading zero", 2..4),
            ("1..3", "a number is missing", 2..2),
            ("1.2.99999999999999999999", "`99999999999999999999` is too large", 4..24),
            ("1.2.3-", "an identifier is missing", 6..6),
            ("1.2.3-a.01", "`01` has a leading zero", 8..10),
            ("1.2.3+a_b", "`_` can't be part of a version", 7..8),
        ] {
            let error = Version::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(text in "[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{1,2}(-[a-z0-9-]{1,3}(\\.[a-z0-9]{1,2})?)?(\\+[a-z0-9.]{1,4})?") {
            if let Ok(version) = Version::parse(&text) {
                prop_assert_eq!(version.to_string(), text);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}|[0-9.+a-]{0,12}") {
            if let Err(error) = Version::parse(&text) {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text);
            }
        }
    }
}
