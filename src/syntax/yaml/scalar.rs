//! What a scalar means: the core schema of YAML 1.2, in which `no`, `on` and `yes` are strings.

use super::super::number::{is_json_number, normalise};
use super::super::tree::Kind;

/// The meaning of a scalar's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// `null`, `true` or `false`.
    Atom(Kind),
    /// A number that JSON spells in the same way.
    Number,
    /// A number, as JSON spells it.
    OddNumber(String),
    /// An infinity, or not a number.
    NotFinite,
    /// The text itself.
    Text,
}

impl Meaning {
    /// The kind of node that has this meaning.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Meaning::Atom(kind) => *kind,
            Meaning::Number | Meaning::OddNumber(_) => Kind::Number,
            Meaning::NotFinite => Kind::Hole,
            Meaning::Text => Kind::String,
        }
    }
}

/// What a plain scalar means.
pub(super) fn plain(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Meaning::Atom(Kind::Null),
        "true" | "True" | "TRUE" => return Meaning::Atom(Kind::True),
        "false" | "False" | "FALSE" => return Meaning::Atom(Kind::False),
        ".nan" | ".NaN" | ".NAN" => return Meaning::NotFinite,
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Meaning::Text;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let ".inf" | ".Inf" | ".INF" = unsigned {
        return Meaning::NotFinite;
    }
    let signed = unsigned.len() < text.len();
    let foreign = match unsigned.as_bytes() {
        [b'0', b'x' | b'o', ..] => signed,
        [b'0', b'b' | b'X' | b'O' | b'B', ..] => true,
        _ => false,
    };
    if is_json_number(text) {
        Meaning::Number
    } else if foreign || text.contains('_') {
        Meaning::Text
    } else {
        normalise(text).map_or(Meaning::Text, Meaning::OddNumber)
    }
}

/// What a scalar with a tag of the core schema means. `None` where the text does not fit the tag.
pub(super) fn tagged(text: &str, tag: &str) -> Option<Meaning> {
    let meaning = plain(text);
    let fits = match (tag, &meaning) {
        ("str", _) => return Some(Meaning::Text),
        ("null", Meaning::Atom(kind)) => *kind == Kind::Null,
        ("bool", Meaning::Atom(kind)) => *kind != Kind::Null,
        ("int", Meaning::Number) => text.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
        ("int", Meaning::OddNumber(_)) => !text.contains(['.', 'e', 'E']) || text.starts_with("0x"),
        ("float", Meaning::Number | Meaning::OddNumber(_) | Meaning::NotFinite) => true,
        _ => false,
    };
    fits.then_some(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_core_schema() {
        for text in [
            "no",
            "on",
            "yes",
            "NO",
            "y",
            "nan",
            "1_000",
            "0b1",
            "-0x1",
            "1:30",
            "2024-01-01",
            "-",
            ".",
            "1e",
            "tRue",
        ] {
            assert_eq!(plain(text), Meaning::Text, "{text}");
        }
        for text in ["0", "-1", "1.5", "1e3", "0.0", "-0"] {
            assert_eq!(plain(text), Meaning::Number, "{text}");
        }
        for (text, number) in
            [("+1", "1"), ("010", "10"), ("0o17", "15"), ("0x1f", "31"), (".5", "0.5"), ("1.", "1")]
        {
            assert_eq!(plain(text), Meaning::OddNumber(number.into()), "{text}");
        }
        for text in [".inf", "-.inf", "+.INF", ".NaN"] {
            assert_eq!(plain(text), Meaning::NotFinite, "{text}");
        }
    }

    #[test]
    fn holds_a_text_against_its_tag() {
        assert_eq!(tagged("1", "str"), Some(Meaning::Text));
        assert_eq!(tagged("0x1e", "int"), Some(Meaning::OddNumber("30".into())));
        assert_eq!(tagged("1.5", "int"), None);
        assert_eq!(tagged("1", "float"), Some(Meaning::Number));
        assert_eq!(tagged("x", "bool"), None);
        assert_eq!(tagged("~", "bool"), None);
        assert_eq!(tagged("1", "seq"), None);
    }
}
