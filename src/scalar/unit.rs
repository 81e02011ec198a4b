//! The units that quantities are written in, each known by its names and its size in the base unit.

use std::fmt;

use super::Decimal;

/// One unit of time or size.
#[derive(Debug, PartialEq, Eq)]
pub struct Measure {
    /// How it is shown: `ms`, `GiB`.
    pub name: &'static str,
    /// Other ways to write it, lower case.
    aliases: &'static [&'static str],
    /// How many seconds or bytes it is.
    pub factor: Decimal,
}

/// What a quantity is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `500ms`
    Time(&'static Measure),
    /// `2GB`
    Size(&'static Measure),
    /// `95%`
    Percent,
    /// `100MB/s`; without an amount, things per time: `100/min`.
    Rate {
        /// The size that is counted, if it is a size.
        amount: Option<&'static Measure>,
        /// The time that it is counted over.
        per: &'static Measure,
    },
    /// `4/5`: a score on a scale that ends there.
    OutOf(Decimal),
}

/// What can be compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// A bare number, or a number of things.
    Count,
    /// Seconds.
    Time,
    /// Bytes.
    Size,
    /// Hundredths.
    Percent,
    /// Bytes per time.
    Throughput,
    /// Things per time.
    Frequency,
    /// A score out of this.
    Score(Decimal),
}

const fn measure(name: &'static str, aliases: &'static [&'static str], factor: Decimal) -> Measure {
    Measure { name, aliases, factor }
}

pub(super) static SECOND: Measure = measure("s", &["sec", "secs", "second", "seconds"], Decimal::new(1, 0));

/// How many seconds a week has: the base of rates.
pub(super) const WEEK: Decimal = Decimal::whole(604_800);

static TIME: [&Measure; 8] = [
    &measure("ns", &["nanosecond", "nanoseconds"], Decimal::new(1, 9)),
    &measure("us", &["µs", "μs", "microsecond", "microseconds"], Decimal::new(1, 6)),
    &measure("ms", &["msec", "msecs", "milli", "millis", "millisecond", "milliseconds"], Decimal::new(1, 3)),
    &SECOND,
    &measure("m", &["min", "mins", "minute", "minutes"], Decimal::new(60, 0)),
    &measure("h", &["hr", "hrs", "hour", "hours"], Decimal::new(3_600, 0)),
    &measure("d", &["day", "days"], Decimal::new(86_400, 0)),
    &measure("w", &["wk", "wks", "week", "weeks"], Decimal::new(604_800, 0)),
];

/// Units of size, the smallest first; of two equally small numbers the earlier unit is shown.
pub(super) static SIZE: [Measure; 11] = [
    measure("B", &["byte", "bytes"], Decimal::new(1, 0)),
    measure("KB", &[], Decimal::new(1_000, 0)),
    measure("KiB", &[], Decimal::new(1 << 10, 0)),
    measure("MB", &[], Decimal::new(1_000_000, 0)),
    measure("MiB", &[], Decimal::new(1 << 20, 0)),
    measure("GB", &[], Decimal::new(1_000_000_000, 0)),
    measure("GiB", &[], Decimal::new(1 << 30, 0)),
    measure("TB", &[], Decimal::new(1_000_000_000_000, 0)),
    measure("TiB", &[], Decimal::new(1 << 40, 0)),
    measure("PB", &[], Decimal::new(1_000_000_000_000_000, 0)),
    measure("PiB", &[], Decimal::new(1 << 50, 0)),
];

/// What networks are measured in; each stands for its rate per second.
static BITS_PER_SECOND: [Measure; 4] = [
    measure("bps", &[], Decimal::new(125, 3)),
    measure("kbps", &[], Decimal::new(125, 0)),
    measure("Mbps", &["mbit/s"], Decimal::new(125_000, 0)),
    measure("Gbps", &["gbit/s"], Decimal::new(125_000_000, 0)),
];

/// The unit of time of this name. A single letter must be lower case: `M` might be a month.
pub(super) fn time(word: &str) -> Option<&'static Measure> {
    TIME.iter().copied().find(|unit| {
        unit.name == word || (word.len() > 1 && unit.name.eq_ignore_ascii_case(word)) || unit.is_alias(word)
    })
}

/// The unit of size of this name. `gb` is read as `GB`, but `Gb` might be bits.
pub(super) fn size(word: &str) -> Option<&'static Measure> {
    if maybe_bits(word) {
        return None;
    }
    SIZE.iter().find(|unit| unit.name.eq_ignore_ascii_case(word) || unit.is_alias(word))
}

/// The rate of bits of this name: `100 Mbps`.
pub(super) fn bit_rate(word: &str) -> Option<&'static Measure> {
    BITS_PER_SECOND.iter().find(|unit| unit.name.eq_ignore_ascii_case(word) || unit.is_alias(word))
}

/// True for `Gb`, `Mb` and their like, which people write for bits and for bytes.
pub(super) fn maybe_bits(word: &str) -> bool {
    matches!(word, "b" | "Kb" | "Mb" | "Gb" | "Tb" | "Pb" | "Kib" | "Mib" | "Gib" | "Tib" | "Pib")
}

impl Measure {
    fn is_alias(&self, word: &str) -> bool {
        self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(word))
    }
}

impl Unit {
    /// What quantities of this unit can be compared with.
    #[must_use]
    pub fn dimension(self) -> Dimension {
        match self {
            Unit::Time(_) => Dimension::Time,
            Unit::Size(_) => Dimension::Size,
            Unit::Percent => Dimension::Percent,
            Unit::Rate { amount: Some(_), .. } => Dimension::Throughput,
            Unit::Rate { amount: None, .. } => Dimension::Frequency,
            Unit::OutOf(scale) => Dimension::Score(scale),
        }
    }

    /// What one of this unit is in the base unit of its dimension: seconds, bytes, hundredths. Rates are
    /// per *week*, of which every shorter unit is a whole fraction: `1/min` has no exact decimal per second.
    pub(super) fn factor(self) -> Option<Decimal> {
        match self {
            Unit::Time(measure) | Unit::Size(measure) => Some(measure.factor),
            Unit::Percent | Unit::OutOf(_) => Some(Decimal::whole(1)),
            Unit::Rate { amount, per } => {
                let seconds = per.factor.to_u64().filter(|&seconds| seconds > 0)?;
                let per_week = Decimal::whole((604_800 / seconds) as i64);
                amount.map_or(Some(per_week), |amount| amount.factor.checked_mul(per_week))
            }
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unit::Time(measure) | Unit::Size(measure) => f.write_str(measure.name),
            Unit::Percent => f.write_str("%"),
            Unit::Rate { amount: Some(amount), .. } if bit_rate(amount.name).is_some() => {
                f.write_str(amount.name)
            }
            // `m` behind a stroke is read as metres by too many.
            Unit::Rate { amount, per } => {
                write!(
                    f,
                    "{}/{}",
                    amount.map_or("", |a| a.name),
                    if per.name == "m" { "min" } else { per.name }
                )
            }
            Unit::OutOf(scale) => write!(f, "/{scale}"),
        }
    }
}
