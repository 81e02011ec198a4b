//! What a quantity is called: its name as words, so that `video_fps`, `Video FPS` and `videoFps` are one.
//!
//! Two names are one quantity only where all their words are the same, but for case, plural, the unit in a name
//! (`latency_ms`), and words that say which bound of it is meant (`minimum`, `max`). Whether it is the peak, the
//! average or the normal value is kept apart. Anything looser would be a guess.

/// A name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Name {
    /// What is measured: `video`, `concurrent user`.
    pub(super) words: Vec<String>,
    /// Of which values: `peak`, `average`.
    pub(super) statistic: Vec<String>,
    /// Which bound.
    pub(super) role: Role,
    /// True where the name is nothing but the word of a bound.
    pub(super) is_role_only: bool,
}

/// Which bound of a quantity a name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::lint) enum Role {
    /// None in particular.
    #[default]
    Plain,
    /// The least.
    Minimum,
    /// The most.
    Maximum,
    /// What is wished for, and not demanded.
    Wish,
}

const MINIMUM: &[&str] = &["minimum", "min", "required", "requirement"];
const MAXIMUM: &[&str] = &["maximum", "max", "limit"];
const WISH: &[&str] = &["target", "recommended", "recommendation", "optimal", "desired", "ideal", "typical"];
/// What says only that a bound is one.
const EMPTY: &[&str] = &["constraint", "the"];
const STATISTIC: &[&str] = &[
    "peak",
    "normal",
    "average",
    "avg",
    "mean",
    "median",
    "p50",
    "p90",
    "p95",
    "p99",
    "usage",
    "utilization",
    "utilisation",
];

/// The words of a name.
pub(super) fn name(text: &str) -> Name {
    let mut name = Name::default();
    for word in words(text) {
        let is = |list: &[&str]| list.contains(&word.as_str());
        if is(MINIMUM) {
            name.role = Role::Minimum;
        } else if is(MAXIMUM) {
            name.role = Role::Maximum;
        } else if is(WISH) {
            name.role = Role::Wish;
        } else if is(STATISTIC) {
            name.statistic.push(word);
        } else if !is(EMPTY) {
            name.words.push(word);
        }
    }
    name.is_role_only = name.words.is_empty() && name.statistic.is_empty() && name.role != Role::Plain;
    name
}

/// Lower-case words, each in the singular, split at whatever is no letter or digit and where a capital begins.
pub(in crate::lint) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    let mut was_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() {
            is_open = false;
            continue;
        }
        if !is_open || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        (is_open, was_lower) = (true, c.is_lowercase());
    }
    words.iter_mut().for_each(singular);
    words
}

/// Takes the `s` of a plural off; `ms`, `fps`, `gas` and `loss` stay.
fn singular(word: &mut String) {
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") {
        word.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_quantity_are_equal() {
        for (a, b) in [
            ("concurrent_users", "Concurrent users"),
            ("video_fps", "Video FPS"),
            ("videoFps", "video-fps"),
            ("max_concurrent_users", "concurrent user"),
            ("the response time", "response_time"),
        ] {
            let (a, b) = (name(a), name(b));
            assert_eq!((&a.words, &a.statistic), (&b.words, &b.statistic));
        }
        for (a, b) in [
            ("concurrent_users", "users"),
            ("memory_peak", "memory_normal"),
            ("response_time", "api_response_time"),
            ("loss", "los"),
        ] {
            let (a, b) = (name(a), name(b));
            assert_ne!((&a.words, &a.statistic), (&b.words, &b.statistic));
        }
    }

    #[test]
    fn bounds_are_told_apart_from_what_they_bound() {
        assert_eq!(name("max_upload_size").role, Role::Maximum);
        assert_eq!(name("minimum").role, Role::Minimum);
        assert!(name("minimum").is_role_only && !name("minimum_memory").is_role_only);
        assert_eq!(name("hardware_requirements").words, ["hardware"]);
        assert_eq!(name("memory_peak").statistic, ["peak"]);
    }
}
