//! The small languages inside a string: durations, sizes, thresholds, references, dates, globs.
//!
//! Each takes a text and gives a value, or a [`ScalarError`] that says what is wrong, where in the text, and
//! what to write instead. Nothing here knows of files: whoever holds the text moves the range to its place.
//! All arithmetic is exact; no value passes through a floating point number.

mod clock;
mod date;
mod date_time;
mod decimal;
mod duration;
mod duration_bound;
mod error;
mod glob;
mod interval;
mod percent;
mod percentile;
mod privilege;
mod quantity;
mod query;
mod ratio;
mod reference;
mod requirement;
mod size;
mod threshold;
mod unit;
mod version;

pub use crate::diagnostic::nearest;
pub use clock::DailyWindow;
pub use date::Date;
pub use date_time::DateTime;
pub use decimal::Decimal;
pub use duration::Duration;
pub use duration_bound::DurationBound;
pub use error::ScalarError;
pub use glob::Glob;
pub use interval::{Edge, Interval};
pub use percent::Percent;
pub use percentile::Percentile;
pub use privilege::Privilege;
pub use quantity::Quantity;
pub use query::Query;
pub use ratio::Ratio;
pub use reference::Reference;
pub use requirement::VersionRequirement;
pub use size::Size;
pub use threshold::{NotAThreshold, Op, Threshold};
pub use unit::{Dimension, Measure, Unit};
pub use version::Version;
