//! A reference to something by id or name, with its kind in front where two could be meant: `procedure:E2`.

use std::fmt;

/// What a text refers to. Whether there is such a thing is for others to find out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The kind, if the text names one of the known ones.
    pub kind: Option<String>,
    /// The id or name; it is the end of the text, byte for byte.
    pub name: String,
}

impl Reference {
    /// Reads a reference. What stands before the first colon is a kind only if it is one of `kinds`, so that a
    /// name may hold a colon; a misspelt kind is then part of a name that nothing has.
    #[must_use]
    pub fn parse(text: &str, kinds: &[&str]) -> Self {
        match text.split_once(':') {
            Some((kind, name)) if kinds.contains(&kind) => {
                Self { kind: Some(kind.to_owned()), name: name.trim_start().to_owned() }
            }
            _ => Self { kind: None, name: text.to_owned() },
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Some(kind) => write!(f, "{kind}:{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [&str; 2] = ["procedure", "component"];

    #[test]
    fn a_known_kind_is_split_off() {
        let parts = |text| {
            let reference = Reference::parse(text, &KINDS);
            (reference.kind.unwrap_or_default(), reference.name)
        };
        assert_eq!(parts("procedure:E2"), ("procedure".into(), "E2".into()));
        assert_eq!(parts("component: AR-backend"), ("component".into(), "AR-backend".into()));
        assert_eq!(parts("E2"), (String::new(), "E2".into()));
        assert_eq!(parts("proc:E2"), (String::new(), "proc:E2".into()));
        assert_eq!(parts("procedure:a:b"), ("procedure".into(), "a:b".into()));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(text in "(procedure:|component: |)\\PC{0,12}") {
            let reference = Reference::parse(&text, &KINDS);
            prop_assert!(text.ends_with(&reference.name));
            prop_assert_eq!(Reference::parse(&reference.to_string(), &KINDS), reference);
        }
    }
}
