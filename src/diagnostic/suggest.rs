//! "Did you mean": the known name that a misspelt one most likely stands for.

/// The known name nearest to `name`, or `None` where nothing is near enough to be worth saying.
///
/// Names that differ only in case, `_`, `-` or blanks are the same to a person and win at once. Otherwise one
/// slip is forgiven for every three characters, a transposition counting as one. Of equally near names the
/// first is taken.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in known {
        match distance(&wanted, candidate) {
            Some(0) => return Some(candidate),
            Some(far) if best.is_none_or(|(least, _)| far < least) => best = Some((far, candidate)),
            _ => {}
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether the known name nearest to `name` is the only one that is near enough, so that it takes no guess to tell
/// what was meant. Names of less than four characters are all near to one another.
pub fn is_unmistakable<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> bool {
    let wanted = plain(name);
    let mut near = 0;
    for candidate in known {
        match distance(&wanted, candidate) {
            Some(0) => return true,
            Some(_) => near += 1,
            None => {}
        }
    }
    near == 1 && wanted.chars().count() > 3
}

/// How many slips lie between a plain name and a known one, where they are few enough.
fn distance(wanted: &str, candidate: &str) -> Option<usize> {
    let plain = plain(candidate);
    if plain == wanted {
        return Some(0);
    }
    let (length, other) = (wanted.chars().count(), plain.chars().count());
    let limit = (length.max(other) / 3).max(1).min(length.saturating_sub(1));
    // The distance is at least the difference of the lengths, and costs their product.
    if length.abs_diff(other) > limit || length > LONGEST {
        return None;
    }
    Some(strsim::damerau_levenshtein(wanted, &plain)).filter(|distance| *distance <= limit)
}

/// Names beyond this are text, not names; measuring them would cost the square of their length.
const LONGEST: usize = 100;

fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(name: &str, known: &[&'static str]) -> Option<&'static str> {
        nearest(name, known.iter().copied())
    }

    #[test]
    fn spelling_of_case_and_joints_wins() {
        assert_eq!(near("onFailure", &["on_failures", "on_failure"]), Some("on_failure"));
        assert_eq!(near("Order Desk", &["order-desk"]), Some("order-desk"));
    }

    #[test]
    fn a_slip_is_forgiven_and_a_stranger_is_not() {
        assert_eq!(near("timout", &["name", "timeout"]), Some("timeout"));
        assert_eq!(near("setps", &["steps"]), Some("steps"));
        assert_eq!(near("banana", &["timeout", "name"]), None);
        assert_eq!(near("E1", &["E2", "E3"]), Some("E2"));
        assert_eq!(near("E1", &["S3"]), None);
        assert_eq!(near("x", &["y"]), None);
        assert_eq!(near("", &["a"]), None);
    }

    #[test]
    fn what_is_near_to_one_name_only_needs_no_guess() {
        let only = |name: &str, known: &[&'static str]| is_unmistakable(name, known.iter().copied());
        assert!(only("timout", &["name", "timeout"]));
        assert!(only("on-failure", &["on_failures", "on_failure"]));
        assert!(!only("step", &["steps", "stop"]));
        assert!(!only("nme", &["name"]));
        assert!(!only("banana", &["name"]));
    }

    proptest! {
        #[test]
        fn never_panics_and_finds_itself(name in "\\PC{0,12}", other in "\\PC{0,12}") {
            nearest(&name, [other.as_str()].into_iter());
            prop_assert_eq!(nearest(&name, [name.as_str()].into_iter()), Some(name.as_str()));
        }
    }
}
