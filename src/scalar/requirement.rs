//! Which versions will do: `^1.4`, `>=1.2, <2`, `~2.1`, `=1.4.2`, as Cargo and npm spell it.

use std::fmt;

use super::error::quoted;
use super::{ScalarError, Version};

/// Bounds that a version must keep, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRequirement {
    text: String,
    bounds: Vec<Bound>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Bound {
    AtLeast(Version),
    Above(Version),
    AtMost(Version),
    Below(Version),
}

const HELP: &str = "a requirement looks like `^1.4`, `~1.4.2`, `=1.4.2` or `>=1.2, <2`";

/// Longer ones first, so that `>=` is not taken for `>`.
const OPERATORS: [&str; 7] = [">=", "<=", "^", "~", "=", ">", "<"];

impl VersionRequirement {
    /// Reads a requirement: comparisons with commas between them. What stands without an operator is compatible, as
    /// with `^`: no greater than what may break, which is the next first number that is not 0.
    ///
    /// # Errors
    /// Where it is empty, or a comparison has no version of one to three numbers.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let mut bounds = Vec::new();
        let mut at = 0;
        for part in text.split(',') {
            let start = at + part.len() - part.trim_start().len();
            let part_text = part.trim();
            let range = start..start + part_text.len();
            let operator = OPERATORS.into_iter().find(|operator| part_text.starts_with(operator));
            let version = part_text[operator.map_or(0, str::len)..].trim();
            let numbers = numbers(version).ok_or_else(|| {
                let message = match version {
                    "" => "a version is missing".to_owned(),
                    _ => format!("{} is not one to three numbers", quoted(version)),
                };
                ScalarError::new(message, range, HELP)
            })?;
            bounds.extend(of(operator.unwrap_or("^"), &numbers));
            at += part.len() + 1;
        }
        Ok(Self { text: text.to_owned(), bounds })
    }

    /// True where a version will do. A pre-release will do where it is within the bounds, in the order of versions.
    #[must_use]
    pub fn holds(&self, version: &Version) -> bool {
        self.bounds.iter().all(|bound| match bound {
            Bound::AtLeast(least) => version >= least,
            Bound::Above(below) => version > below,
            Bound::AtMost(most) => version <= most,
            Bound::Below(above) => version < above,
        })
    }
}

impl fmt::Display for VersionRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One to three numbers without leading zeros.
fn numbers(text: &str) -> Option<Vec<u64>> {
    let number = |part: &str| {
        let is_number = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_plain = is_number && (part == "0" || !part.starts_with('0'));
        is_plain.then(|| part.parse::<u64>().ok().filter(|number| *number < u64::MAX)).flatten()
    };
    let numbers: Option<Vec<u64>> = text.split('.').map(number).collect();
    numbers.filter(|numbers| numbers.len() <= 3)
}

fn of(operator: &str, numbers: &[u64]) -> Vec<Bound> {
    let first = version(numbers);
    // The first version that the given numbers no longer begin.
    let next = raised(numbers, numbers.len() - 1);
    match operator {
        ">=" => vec![Bound::AtLeast(first)],
        "<" => vec![Bound::Below(first)],
        ">" if numbers.len() < 3 => vec![Bound::AtLeast(next)],
        ">" => vec![Bound::Above(first)],
        "<=" if numbers.len() < 3 => vec![Bound::Below(next)],
        "<=" => vec![Bound::AtMost(first)],
        "=" if numbers.len() < 3 => vec![Bound::AtLeast(first), Bound::Below(next)],
        "=" => vec![Bound::AtLeast(first.clone()), Bound::AtMost(first)],
        "~" => vec![Bound::AtLeast(first), Bound::Below(raised(numbers, numbers.len().min(2) - 1))],
        _ => {
            let significant = numbers.iter().position(|number| *number != 0);
            let end = raised(numbers, significant.unwrap_or(numbers.len() - 1));
            vec![Bound::AtLeast(first), Bound::Below(end)]
        }
    }
}

/// The version in which the number at `place` is one more and all behind it are 0.
fn raised(numbers: &[u64], place: usize) -> Version {
    let mut raised = numbers[..=place].to_vec();
    raised[place] += 1;
    version(&raised)
}

fn version(numbers: &[u64]) -> Version {
    let number = |place: usize| numbers.get(place).copied().unwrap_or(0);
    Version { major: number(0), minor: number(1), patch: number(2), pre: String::new(), build: String::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_what_is_compatible() {
        for (requirement, does, does_not) in [
            ("^1.2", &["1.2.0", "1.9.9"][..], &["1.1.9", "2.0.0"][..]),
            ("1.2", &["1.2.0", "1.9.9"], &["2.0.0"]),
            ("0.2.3", &["0.2.3", "0.2.9"], &["0.3.0", "0.2.2"]),
            ("0.0.3", &["0.0.3"], &["0.0.4"]),
            ("0", &["0.0.0", "0.9.0"], &["1.0.0"]),
            ("~1.2.3", &["1.2.3", "1.2.9"], &["1.3.0"]),
            ("~1", &["1.0.0", "1.9.0"], &["2.0.0"]),
            ("=1.2", &["1.2.0", "1.2.7"], &["1.3.0", "1.1.0"]),
            ("=1.2.3", &["1.2.3"], &["1.2.4", "1.2.3-rc.1"]),
            (">=1.2, <2", &["1.2.0", "1.99.0", "2.0.0-rc.1"], &["2.0.0", "1.1.9"]),
            (">1.2", &["1.3.0"], &["1.2.9"]),
            (">1.2.3", &["1.2.4"], &["1.2.3"]),
            ("<=1.2", &["1.2.9"], &["1.3.0"]),
            ("<= 1.2.3", &["1.2.3"], &["1.2.4"]),
        ] {
            let requirement = VersionRequirement::parse(requirement).expect(requirement);
            let holds = |text: &&str| requirement.holds(&Version::parse(text).expect("a version"));
            assert!(does.iter().all(holds), "{requirement} takes all of {does:?}");
            assert!(!does_not.iter().any(holds), "{requirement} takes none of {does_not:?}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a version is missing", 0..0),
            ("^", "a version is missing", 0..1),
            (">=1, two", "`two` is not one to three numbers", 5..8),
            ("1.2.3.4", "`1.2.3.4` is not one to three numbers", 0..7),
            ("1.02", "`1.02` is not one to three numbers", 0..4),
        ] {
            let error = VersionRequirement::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,12}|[0-9.,<>=^~ ]{0,12}") {
            if let Err(error) = VersionRequirement::parse(&text) {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text);
            }
        }

        #[test]
        fn a_version_is_compatible_with_itself(major in 0..5_u64, minor in 0..5_u64, patch in 0..5_u64) {
            let version = version(&[major, minor, patch]);
            for operator in ["", "^", "~", "=", ">=", "<="] {
                let requirement = VersionRequirement::parse(&format!("{operator}{version}")).expect("it is one");
                prop_assert!(requirement.holds(&version), "{requirement}");
            }
        }
    }
}
