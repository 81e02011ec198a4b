//! Words that stand for a value elsewhere but not in JSON: `None`, `NaN`, `0x1F`, `+1`, `1_000`.

use super::super::number::{normalise, radix};
use super::super::tree::Kind;

/// A value of another language.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// `True`, `None` and the like.
    Literal {
        /// What it means.
        kind: Kind,
        /// How JSON spells it.
        name: &'static str,
    },
    /// A number that JSON spells in another way.
    Number {
        /// How JSON spells it.
        text: String,
        /// What is wrong with it.
        fault: &'static str,
        /// False where the author may have meant another number.
        sure: bool,
    },
    /// `NaN` and the infinities.
    NotFinite,
}

/// What a word means that JSON does not know. `None` for plain text.
pub(super) fn odd_word(word: &str) -> Option<Odd> {
    let unsigned = word.trim_start_matches(['-', '+']);
    Some(match word {
        "True" | "TRUE" => Odd::Literal { kind: Kind::True, name: "true" },
        "False" | "FALSE" => Odd::Literal { kind: Kind::False, name: "false" },
        "None" | "Null" | "NULL" | "nil" | "undefined" | "~" => {
            Odd::Literal { kind: Kind::Null, name: "null" }
        }
        _ if not_finite(unsigned) => Odd::NotFinite,
        _ => {
            let text = normalise(word)?;
            let (fault, sure) = number_fault(word, unsigned);
            Odd::Number { text, fault, sure }
        }
    })
}

fn not_finite(word: &str) -> bool {
    ["nan", "inf", "infinity", ".nan", ".inf"].iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// What is wrong with a number, and whether it is clear which one was meant.
fn number_fault(word: &str, unsigned: &str) -> (&'static str, bool) {
    match radix(unsigned) {
        Some(16) => ("JSON has no hexadecimal numbers", true),
        Some(8) => ("JSON has no octal numbers", true),
        Some(_) => ("JSON has no binary numbers", true),
        None if unsigned.contains('_') => ("a number of JSON takes no `_`", true),
        None if unsigned.starts_with('.') => ("a number needs a digit before its point", true),
        None if unsigned.starts_with('0') && unsigned[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            ("a number can't start with a zero", false)
        }
        None if word.starts_with('+') => ("a number takes no `+`", true),
        None => ("a number needs a digit behind its point", true),
    }
}
