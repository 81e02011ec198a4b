//! Rounds under a deadline: all of them but the last that may begin take no longer than the deadline.
//!
//! The last round becomes ready at most so long after the first began, whatever the others did, and then takes what a
//! round takes. So where all rounds at their longest come to more than deadline and one round, that is the bound.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Part, Term};
use crate::plan::ir::Step;

/// A repeated step that has a deadline.
struct Repeated<'a> {
    id: &'a str,
    /// How much later than the first its last round may begin.
    deadline_ms: u64,
    max: u32,
    /// The places of the steps of its rounds, each with the number of the round.
    steps: Vec<(usize, u32)>,
}

/// Puts the deadline in the place of all rounds but the last, where that is shorter.
pub(super) fn cut<'a>(steps: &'a [Step], terms: &mut [Vec<Term<'a>>]) {
    for repeated in repeated(steps) {
        let mut rounds: BTreeMap<u32, Option<u64>> = BTreeMap::new();
        for (place, number) in &repeated.steps {
            let total = rounds.entry(*number).or_insert(Some(0));
            for term in &terms[*place] {
                *total = total.and_then(|total| Some(total.saturating_add(term.total_ms()?)));
            }
        }
        // What has no bound has none with a deadline: a round that is under way is finished.
        let Some(totals) = rounds.values().copied().collect::<Option<Vec<u64>>>() else { continue };
        let before: u64 = totals.iter().rev().skip(1).fold(0, |sum, ms| sum.saturating_add(*ms));
        if before <= repeated.deadline_ms {
            continue;
        }
        for (place, number) in &repeated.steps {
            if *number < repeated.max {
                terms[*place].clear();
            }
        }
        if let Some((first, _)) = repeated.steps.first() {
            let source = &steps[*first].source;
            let ms = Some(repeated.deadline_ms);
            terms[*first].push(Term { part: Part::Rounds, of: repeated.id, ms, times: 1, source });
        }
    }
}

/// Those that have a deadline, the innermost first, with all steps of their rounds.
fn repeated(steps: &[Step]) -> Vec<Repeated<'_>> {
    let mut known: BTreeMap<&str, Repeated<'_>> = BTreeMap::new();
    for step in steps {
        if let (Some(round), Some(before)) = (&step.round, &step.start_before) {
            let (id, deadline_ms, max) = (round.of.as_str(), before.ms, round.max);
            known.entry(id).or_insert(Repeated { id, deadline_ms, max, steps: Vec::new() });
        }
    }
    if known.is_empty() {
        return Vec::new();
    }
    for (place, step) in steps.iter().enumerate() {
        for (at, _) in step.id.match_indices('~') {
            let rest = &step.id[at + 1..];
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            if let (Some(of), Ok(number)) = (known.get_mut(&step.id[..at]), rest[..digits].parse()) {
                of.steps.push((place, number));
            }
        }
    }
    let mut all: Vec<_> = known.into_values().collect();
    all.sort_by_key(|repeated| Reverse(repeated.id.len()));
    all
}
