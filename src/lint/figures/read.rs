//! A figure as people write one: a threshold, a number whose unit is in its name, a size with a remark, or a formula
//! in a sentence's place.

use std::ops::Range;

use super::name::words;
use crate::scalar::{Dimension, Duration, Interval, Op, Quantity, Threshold};

/// What a text says of a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// The bound.
    pub(super) threshold: Threshold,
    /// True where neither an operator nor a `+` says which side of it is meant.
    pub(super) is_bare: bool,
    /// What comes behind: `free space`, `25+ FPS`.
    pub(super) remark: String,
    /// Whom a rate is meant for each of: `ip` of `100 requests per minute per IP`.
    pub(super) each: Option<String>,
}

/// A figure in the unit that counts, and its name without the words that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Measured {
    /// What is left of the name.
    pub(super) words: Vec<String>,
    /// The quantity.
    pub(super) quantity: Quantity,
    /// What it can be compared with.
    pub(super) dimension: Dimension,
    /// The values that the bound leaves.
    pub(super) interval: Interval,
    /// True where the time for one thing was turned into things per time.
    pub(super) is_turned: bool,
    /// True for frames per time.
    pub(super) counts_frames: bool,
}

/// Reads a figure; `None` for prose.
pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    let is_bare = |text: &str| !text.starts_with(['<', '>', '=', '≤', '≥']);
    if let Ok(threshold) = Threshold::parse(text) {
        let remark = threshold.remark.clone().unwrap_or_default();
        let is_bare = threshold.percentile.is_none() && is_bare(text);
        return Some(Reading { threshold, is_bare, remark, each: None });
    }
    if let Some((rate, each)) = rate_of_each(text)
        && let Ok(threshold) = Threshold::parse(rate)
        && threshold.quantity.dimension() == Dimension::Frequency
    {
        return Some(Reading {
            threshold,
            is_bare: is_bare(text),
            remark: String::new(),
            each: Some(each.to_lowercase()),
        });
    }
    size_with_words(text)
}

/// `100 requests per minute per IP` and `100 requests/min/IP`, without and with what stands behind the last stroke.
fn rate_of_each(text: &str) -> Option<(&str, &str)> {
    let (rate, each) = text.rsplit_once(" per ").or_else(|| text.rsplit_once('/'))?;
    let is_word = !each.is_empty() && each.chars().all(char::is_alphabetic);
    is_word.then_some((rate.trim_end(), each))
}

/// `10GB+ free space`: a size at the start, and words without another number behind it.
fn size_with_words(text: &str) -> Option<Reading> {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (number, is_least) = match first.strip_suffix('+') {
        Some(number) => (number, true),
        None => (first, false),
    };
    let quantity = Quantity::parse(number).ok()?;
    let is_size = matches!(quantity.dimension(), Dimension::Size | Dimension::Throughput);
    let is_plain = rest.chars().all(|c| c.is_alphabetic() || c == ' ') && rest.split(' ').count() <= 3;
    if !is_size || !is_plain {
        return None;
    }
    let op = if is_least { Op::GreaterOrEqual } else { Op::Equal };
    let threshold = Threshold { percentile: None, op, quantity, remark: None };
    Some(Reading { threshold, is_bare: !is_least, remark: rest.to_owned(), each: None })
}

/// `Concurrent users > 10`, whole and without anything else: the name and the figure, with its place; behind the
/// figure only `for 5 minutes` may stand.
pub(super) fn formula(text: &str) -> Option<(&str, Reading, Range<usize>)> {
    let at = text.find(['<', '>', '=', '≤', '≥'])?;
    let (name, bound) = (text[..at].trim(), &text[at..]);
    let is_name = name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '/'))
        && (1..=5).contains(&name.split_whitespace().count());
    if !is_name {
        return None;
    }
    let figure = match bound.rsplit_once(" for ") {
        Some((figure, time)) if Duration::parse(time).is_ok() => figure,
        _ => bound,
    };
    let threshold = Threshold::parse(figure).ok()?;
    let remark = threshold.remark.clone().unwrap_or_default();
    let reading = Reading { threshold, is_bare: false, remark, each: None };
    Some((name, reading, at..at + figure.trim_end().len()))
}

/// Words of units that a name may end with, where the number has none itself.
const UNITS: &[&str] = &[
    "ms", "sec", "second", "minute", "hour", "day", "byte", "kb", "mb", "gb", "tb", "kib", "mib", "gib",
    "percent",
];
/// Nouns that are a rate.
const RATES: &[(&str, &str)] = &[("fps", "frame"), ("rps", "request"), ("qps", "query")];

/// Gives a figure the unit that its name says, and takes that out of the name.
pub(super) fn measure(mut words: Vec<String>, reading: &Reading, op: Op) -> Option<Measured> {
    let mut quantity = reading.threshold.quantity.clone();
    let is_plain = quantity.unit().is_none() && quantity.noun().is_none();
    let rate = |quantity: &Quantity| Quantity::parse(&format!("{}/s", quantity.value())).ok();
    let is_rate_noun = |noun: &str| RATES.iter().any(|(name, _)| noun.eq_ignore_ascii_case(name));
    let mut counts_frames = quantity.noun().is_some_and(|noun| noun.eq_ignore_ascii_case("fps"));
    if quantity.noun().is_some_and(is_rate_noun) && quantity.unit().is_none() {
        quantity = rate(&quantity)?;
    }
    if let Some(last) = words.last().filter(|_| words.len() > 1).cloned() {
        if is_rate_noun(&last) && (is_plain || quantity.dimension() == Dimension::Frequency) {
            words.pop();
            counts_frames |= last == "fps";
            quantity = if is_plain { rate(&quantity)? } else { quantity };
        } else if words.len() > 2 && words[words.len() - 2] == "per" && UNITS.contains(&last.as_str()) {
            let per = Quantity::parse(&format!("{} per {last}", quantity.value())).ok();
            let per = per.filter(|per| per.dimension() == Dimension::Frequency);
            if is_plain && let Some(per) = per {
                quantity = per;
                words.truncate(words.len() - 2);
            } else if quantity.dimension() == Dimension::Frequency {
                words.truncate(words.len() - 2);
            }
        } else if UNITS.contains(&last.as_str())
            && let Ok(named) = Quantity::parse(&format!("{} {last}", quantity.value()))
            && (is_plain || named.dimension() == quantity.dimension())
        {
            words.pop();
            quantity = if is_plain { named } else { quantity };
        }
    }
    if ends(&words, ["frame", "rate"]) && (is_plain || quantity.dimension() == Dimension::Frequency) {
        words.truncate(words.len() - 2);
        counts_frames = true;
        quantity = if quantity.unit().is_none() { rate(&quantity)? } else { quantity };
    }
    let mut interval = Interval::new(op, quantity.ratio()?);
    let is_turned = quantity.dimension() == Dimension::Time && is_time_of_a_frame(&words, &reading.remark);
    if is_turned {
        interval = interval.reciprocal()?;
        counts_frames = true;
        if ends(&words, ["frame", "time"]) {
            words.pop();
        }
    }
    if counts_frames && words.len() > 1 {
        words.retain(|word| word != "frame");
    }
    let dimension = if is_turned { Dimension::Frequency } else { quantity.dimension() };
    Some(Measured { words, quantity, dimension, interval, is_turned, counts_frames })
}

/// True where words end so, and something comes before.
fn ends(words: &[String], tail: [&str; 2]) -> bool {
    words.len() > tail.len() && words[words.len() - tail.len()..] == tail
}

/// True for the time that one frame takes: `frame_time`, or what is called a frame's and says how many a second.
fn is_time_of_a_frame(words: &[String], remark: &str) -> bool {
    let names_frames = words.iter().any(|word| word == "frame");
    let is_frame_time = ends(words, ["frame", "time"]);
    let says_rate = super::name::words(remark).iter().any(|word| word == "fps");
    names_frames && (is_frame_time || says_rate)
}

/// The words of the things that a rate or count counts.
pub(in crate::lint) fn counted(quantity: &Quantity) -> Vec<String> {
    quantity.noun().map(words).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::name::name;
    use super::*;

    fn shown(key: &str, text: &str) -> String {
        let Some(reading) = read(text) else { return "prose".into() };
        let measured = measure(name(key).words, &reading, reading.threshold.op).expect("small");
        let turned = if measured.is_turned { " turned" } else { "" };
        format!(
            "{}: {} {}{turned}",
            measured.words.join(" "),
            reading.threshold.op.symbol(),
            measured.quantity
        )
    }

    #[test]
    fn the_unit_of_a_name_is_the_unit_of_its_figure() {
        for (key, text, expected) in [
            ("video_fps", "> 25", "video: > 25/s"),
            ("Video processing", "> 25 FPS", "video processing: > 25/s"),
            ("video_frame_processing", "< 66ms (15 FPS)", "video processing: < 66ms turned"),
            ("video_frame_time", "40ms", "video: == 40ms turned"),
            ("video_frame_processing", "< 66ms", "video frame processing: < 66ms"),
            ("video_frame_rate", "25", "video: == 25/s"),
            ("api_requests_per_second", "100", "api request: == 100/s"),
            ("api_requests_per_second", "100/s", "api request: == 100/s"),
            ("latency_ms", "500", "latency: == 500ms"),
            ("latency_ms", "< 0.5s", "latency: < 0.5s"),
            ("retention_days", "90", "retention: == 90d"),
            ("busy_days", "3 users", "busy day: == 3 users"),
            ("storage", "10GB+ free space", "storage: >= 10GB"),
            ("memory", "4GB RAM", "memory: == 4GB"),
            ("patches", "Within 7 days of release", "prose"),
            ("memory", "8GB RAM, 2 of them", "prose"),
            ("patches", "7 days of release at most", "prose"),
        ] {
            assert_eq!(shown(key, text), expected, "{key}: {text}");
        }
        let each = read("100 requests per minute per IP").expect("a rate");
        assert_eq!(
            (each.threshold.to_string().as_str(), each.each.as_deref()),
            ("== 100 requests/min", Some("ip"))
        );
        assert_eq!(read("100 requests/min/client").expect("a rate").each.as_deref(), Some("client"));
    }

    #[test]
    fn a_formula_is_nothing_but_one() {
        let shown = |text: &str| {
            formula(text).map(|(name, reading, at)| format!("{name}|{}|{}", reading.threshold, &text[at]))
        };
        assert_eq!(shown("Concurrent users > 10"), Some("Concurrent users|> 10|> 10".into()));
        assert_eq!(shown("CPU >= 80% for 5 minutes"), Some("CPU|>= 80%|>= 80%".into()));
        for prose in [
            "Response time < 500ms for API calls",
            "a, b > 10",
            "users > many",
            "> 10",
            "Disk > 85% full",
            "none",
        ] {
            assert_eq!(shown(prose), None, "{prose}");
        }
    }
}
