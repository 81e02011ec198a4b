//! What a graph of steps can take when at most so many run at once and some never overlap.
//!
//! The runner starts every ready step as soon as a place and its mutex are free. Follow a run back from its
//! last step: at each moment either a step of one chain of needs is running; or the next step of that chain
//! waits for a mutex, whose holder is running; or all m places are taken. With W the sum over all steps and L
//! the longest chain, plus everything that a mutex keeps apart, the last kind of moment fills at most
//! (W − L) / m, so a run ends within
//!
//! ```text
//! (W + (m − 1) × L) / m
//! ```
//!
//! This is Graham's bound for list scheduling (R. L. Graham, "Bounds on multiprocessing timing anomalies",
//! 1969), here with mutexes; it holds whatever the steps really take up to their limits. Where the steps are
//! covered by no more than m chains, places never run out and L alone is the bound; without a mutex it is
//! reached. Work and memory are linear in steps and needs.

use std::collections::{BTreeMap, VecDeque};

use super::{Bound, MAX_MS, Term, Total};
use crate::plan::ir::Step;

/// The steps as a runner schedules them, each taking what `cost` says.
pub(super) fn total<'a>(
    steps: &'a [Step],
    max_parallel: Option<u32>,
    cost: impl Fn(&'a Step) -> Vec<Term<'a>>,
) -> Total<'a> {
    let terms: Vec<Vec<Term<'a>>> = steps.iter().map(cost).collect();
    let graph = Graph::new(steps);
    let Some(order) = graph.order() else {
        // Steps in a cycle never start; whatever the others do ends within the sum.
        return Total::in_sequence(terms.into_iter().flatten().collect());
    };
    let chains = graph.chains(&order);
    if chains <= 1 || max_parallel.is_some_and(|places| places <= 1) {
        return Total::in_sequence(terms.into_iter().flatten().collect());
    }
    let lengths: Vec<u64> = terms.iter().map(|terms| sum(terms)).collect();
    let critical = graph.critical(&order, &lengths, &apart(steps));
    let unbounded: Vec<_> = terms.iter().flatten().filter(|term| term.ms.is_none()).cloned().collect();
    let work = lengths.iter().copied().fold(0, add);
    let terms: Vec<_> = terms
        .into_iter()
        .zip(critical)
        .filter(|(_, critical)| *critical)
        .flat_map(|(terms, _)| terms)
        .collect();
    let path = sum(&terms);
    let shared = max_parallel.filter(|places| (*places as usize) < chains).map(|places| (places, work));
    let bound = match shared {
        _ if !unbounded.is_empty() => Bound::Unbounded,
        None => Bound::Finite(path),
        Some((places, work)) => {
            let places = u128::from(places);
            let sum = u128::from(work) + (places - 1) * u128::from(path);
            let ms = u64::try_from(sum.div_ceil(places)).expect("a mean of two u64 is one");
            Bound::Finite(ms)
        }
    };
    Total { terms, unbounded, bound, shared }
}

struct Graph {
    needs: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
}

impl Graph {
    /// Needs that name no step of these are left out.
    fn new(steps: &[Step]) -> Self {
        let ids: BTreeMap<&str, usize> =
            steps.iter().enumerate().map(|(index, step)| (step.id.as_str(), index)).collect();
        let needs: Vec<Vec<usize>> = steps
            .iter()
            .map(|step| step.needs.iter().filter_map(|need| ids.get(need.as_str()).copied()).collect())
            .collect();
        let mut needed_by = vec![Vec::new(); steps.len()];
        for (index, needs) in needs.iter().enumerate() {
            needs.iter().for_each(|&need| needed_by[need].push(index));
        }
        Self { needs, needed_by }
    }

    /// Each step after all that it needs; none where there is a cycle.
    fn order(&self) -> Option<Vec<usize>> {
        let mut missing: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        let mut ready: VecDeque<usize> = (0..missing.len()).filter(|&step| missing[step] == 0).collect();
        let mut order = Vec::with_capacity(missing.len());
        while let Some(step) = ready.pop_front() {
            order.push(step);
            for &next in &self.needed_by[step] {
                missing[next] -= 1;
                if missing[next] == 0 {
                    ready.push_back(next);
                }
            }
        }
        (order.len() == missing.len()).then_some(order)
    }

    /// How many chains of needs a greedy cover takes: at least as many as steps can ever be ready or running
    /// at once.
    fn chains(&self, order: &[usize]) -> usize {
        let mut ends_a_chain = vec![true; order.len()];
        let mut chains = 0;
        for &step in order {
            match self.needs[step].iter().find(|&&need| ends_a_chain[need]) {
                Some(&need) => ends_a_chain[need] = false,
                None => chains += 1,
            }
        }
        chains
    }

    /// The steps of the longest chain, where those kept `apart` count in any case.
    fn critical(&self, order: &[usize], lengths: &[u64], apart: &[bool]) -> Vec<bool> {
        let mut before: Vec<Option<usize>> = vec![None; lengths.len()];
        let mut ends = vec![0; lengths.len()];
        for &step in order {
            before[step] = latest(self.needs[step].iter().copied(), &ends);
            let starts = before[step].map_or(0, |need| ends[need]);
            ends[step] = if apart[step] { starts } else { add(starts, lengths[step]) };
        }
        let mut critical = apart.to_vec();
        let mut at = latest(0..lengths.len(), &ends);
        while let Some(step) = at {
            critical[step] = true;
            at = before[step];
        }
        critical
    }
}

/// True for each step that has a mutex in common with another one.
fn apart(steps: &[Step]) -> Vec<bool> {
    let mut holders: BTreeMap<&str, usize> = BTreeMap::new();
    for mutex in steps.iter().filter_map(|step| step.mutex.as_deref()) {
        *holders.entry(mutex).or_default() += 1;
    }
    steps.iter().map(|step| step.mutex.as_deref().is_some_and(|mutex| holders[mutex] > 1)).collect()
}

/// The step that ends last; the first of them in order where several do.
fn latest(steps: impl Iterator<Item = usize>, ends: &[u64]) -> Option<usize> {
    steps.min_by_key(|&step| std::cmp::Reverse(ends[step]))
}

/// The milliseconds of all terms; those without a bound count as none.
fn sum(terms: &[Term<'_>]) -> u64 {
    terms.iter().filter_map(Term::total_ms).fold(0, add)
}

fn add(a: u64, b: u64) -> u64 {
    a.saturating_add(b).min(MAX_MS)
}
