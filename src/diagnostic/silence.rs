//! Findings that are not reported, because somebody said so.

use super::Diagnostic;
use crate::source::Location;

/// A finding that is left out of the report, and why.
#[derive(Debug, Clone)]
pub struct Silenced {
    /// What was found.
    pub finding: Diagnostic,
    /// Who said that it is to be left out.
    pub by: Silence,
}

/// Why a finding is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// The rules say so, beside the place.
    InSource {
        /// Where they do.
        place: Location,
        /// Why; none where nobody said.
        reason: Option<String>,
        /// The last day on which it holds, as `YYYY-MM-DD`.
        until: Option<String>,
    },
    /// It is in the baseline: it was there before anybody looked.
    Baseline,
}

impl Silenced {
    /// By file, offset, code and message; identical ones once.
    #[must_use]
    pub fn sorted(mut silenced: Vec<Self>) -> Vec<Self> {
        silenced.sort_by(|a, b| a.finding.order(&b.finding));
        silenced.dedup_by(|a, b| a.finding.order(&b.finding).is_eq());
        silenced
    }
}
