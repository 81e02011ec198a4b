//! Whether what a probe printed satisfies its bound.

use std::cmp::Ordering;

use crate::plan::ir::{Comparison, Measure};

/// True where the first line of what a probe printed is a decimal number that satisfies the bound. Numbers are
/// compared as doubles, since that is what every runner has.
#[must_use]
pub fn satisfies(measure: &Measure, printed: &str) -> bool {
    let first = printed.lines().next().unwrap_or_default().trim_matches([' ', '\t', '\r']);
    let (Some(number), Some(bound)) = (decimal(first), decimal(&measure.value)) else { return false };
    match number.partial_cmp(&bound) {
        Some(Ordering::Less) => matches!(measure.op, Comparison::Less | Comparison::LessOrEqual),
        Some(Ordering::Equal) => {
            matches!(measure.op, Comparison::LessOrEqual | Comparison::Equal | Comparison::GreaterOrEqual)
        }
        Some(Ordering::Greater) => matches!(measure.op, Comparison::Greater | Comparison::GreaterOrEqual),
        None => false,
    }
}

/// A text that satisfies a bound; the bound itself where nothing does.
#[must_use]
pub fn satisfying(measure: &Measure) -> String {
    let beside = |next: fn(f64) -> f64| {
        decimal(&measure.value).map_or_else(|| measure.value.clone(), |bound| next(bound).to_string())
    };
    match measure.op {
        Comparison::LessOrEqual | Comparison::Equal | Comparison::GreaterOrEqual => measure.value.clone(),
        Comparison::Less => beside(f64::next_down),
        Comparison::Greater => beside(f64::next_up),
    }
}

/// A number such as `12`, `-0.5`, `.5`, `3.` or `1e3`; no infinity, and nothing that is not a number.
fn decimal(text: &str) -> Option<f64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_satisfies_a_bound_satisfies_it() {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        for value in ["0", "-3", "1.5", "95", "1e300", "0.1"] {
            for op in [Less, LessOrEqual, Equal, GreaterOrEqual, Greater] {
                let measure = Measure { op, value: value.into(), unit: String::new() };
                let printed = satisfying(&measure);
                assert!(satisfies(&measure, &printed), "{printed} {op:?} {value}");
            }
        }
    }

    #[test]
    fn the_first_line_counts_and_must_be_a_number() {
        let measure = |op| Measure { op, value: "1.5".into(), unit: String::new() };
        for (printed, less, equal, greater) in [
            ("1\nx\n", true, false, false),
            (" 1.50\r\n", false, true, false),
            ("+2e0", false, false, true),
            (".5", true, false, false),
            ("2.", false, false, true),
            ("", false, false, false),
            ("x\n1", false, false, false),
            ("inf", false, false, false),
            ("NaN", false, false, false),
            ("1 s", false, false, false),
        ] {
            let holds = |op| satisfies(&measure(op), printed);
            let all = [holds(Comparison::Less), holds(Comparison::Equal), holds(Comparison::Greater)];
            assert_eq!(all, [less, equal, greater], "{printed:?}");
            assert_eq!(holds(Comparison::LessOrEqual), less || equal, "{printed:?}");
            assert_eq!(holds(Comparison::GreaterOrEqual), greater || equal, "{printed:?}");
        }
    }
}
