//! What a graph of steps can take when at most so many run at once and some share what there is little of.
//!
//! The runner starts every ready step as soon as there is a place, and enough of what it shares. Follow a run back
//! from its last step: at each moment either a step of one chain of needs is running; or the next step of that chain
//! waits for something shared; or all m places are taken. A step that claims u of C units waits only while more than
//! C − u are taken, which is at least D = C − U + 1, with U the most that any step claims. So two kinds of moment are
//! spent waiting. Where D is 1, as for a mutex, a step that claims of the same is running: such steps are *apart*,
//! and count in any case. Where D is more, and no step that is apart is running, others hold D units: that fills at
//! most R / D, with R the sum of units × time over those others, and what steps of the chain itself hold counts
//! only once. With L the sum of all this and of the longest chain, and W the sum over all steps, the moments in which
//! all places are taken fill at most (W − L) / m, so a run ends within
//!
//! ```text
//! (W + (m − 1) × L) / m
//! ```
//!
//! This is Graham's bound for list scheduling (R. L. Graham, "Bounds on multiprocessing timing anomalies",
//! 1969), with resources in the manner of M. R. Garey and R. L. Graham ("Bounds for multiprocessor scheduling with
//! resource constraints", 1975); it holds whatever the steps really take up to their limits. Where the steps are
//! covered by no more than m chains, places never run out and L alone is the bound; where the chains together never
//! claim more of anything than there is, nothing is waited for; without either it is reached. Something always runs,
//! so W is a bound as well. Work and memory are linear in steps, needs and claims.

use std::collections::{BTreeMap, VecDeque};

use super::{Bound, Limits, MAX_MS, Term, Total, rounds, term};
use crate::plan::ir::Step;
use crate::plan::pools::Pools;

/// The steps as a runner schedules them, each taking what `cost` says.
pub(super) fn total<'a>(
    steps: &'a [Step],
    limits: Limits<'_>,
    cost: impl Fn(&'a Step) -> Vec<Term<'a>>,
) -> Total<'a> {
    let mut terms: Vec<Vec<Term<'a>>> = steps.iter().map(cost).collect();
    // A deadline bounds how long rounds take, not how much is done at once in them.
    let work = terms.iter().map(|terms| sum(terms)).fold(0, add);
    rounds::cut(steps, &mut terms);
    let graph = Graph::new(steps);
    let Some(order) = graph.order() else {
        // Steps in a cycle never start; whatever the others do ends within the sum.
        return Total::in_sequence(terms.into_iter().flatten().collect());
    };
    let max_parallel = limits.max_parallel;
    let is_timed = steps.iter().any(|step| step.start_at_ms.is_some() || step.end_by_ms.is_some());
    let (chain_of, chains) = graph.chains(&order);
    let in_order = chains <= 1 || max_parallel.is_some_and(|places| places <= 1);
    if in_order && !is_timed {
        return Total::in_sequence(terms.into_iter().flatten().collect());
    }
    let lengths: Vec<u64> = terms.iter().map(|terms| sum(terms)).collect();
    let waits = Waits::of(&Pools::of(steps, limits.resources), &lengths, &chain_of);
    let (critical, late) = graph.critical(&order, steps, &mut terms, &waits);
    let unbounded: Vec<_> = terms.iter().flatten().filter(|term| term.ms.is_none()).cloned().collect();
    let spared = (0..steps.len()).filter(|&step| critical[step] && !waits.apart[step] && !late[step]);
    let spared = spared.map(|step| lengths[step] - waits.counted[step]).fold(0, add);
    let terms: Vec<_> = terms
        .into_iter()
        .zip(critical)
        .filter(|(_, critical)| *critical)
        .flat_map(|(terms, _)| terms)
        .collect();
    let ran = sum(&terms);
    let path = add(ran, waits.total - waits.total.min(spared));
    // Whatever waits for another step ends within the sum of all; what waits for its time does not.
    let path = if is_timed { path } else { path.min(work) };
    let waits_ms = path - ran;
    let shared = max_parallel.filter(|places| (*places as usize) < chains).map(|places| (places, work));
    let bound = match shared {
        _ if !unbounded.is_empty() => Bound::Unbounded,
        None => Bound::Finite(path),
        Some((places, work)) => {
            let places = u128::from(places);
            // Nothing runs while the chain waits for its time, so that no work can be taken off it.
            let others = if is_timed { places } else { places - 1 };
            let sum = u128::from(work) + others * u128::from(path);
            let ms = u64::try_from(sum.div_ceil(places)).expect("a mean of two u64 is one");
            Bound::Finite(ms)
        }
    };
    Total { terms, unbounded, bound, waits_ms, shared }
}

pub(super) struct Graph {
    needs: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
}

impl Graph {
    /// Needs that name no step of these are left out.
    pub(super) fn new(steps: &[Step]) -> Self {
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

    /// The chain of needs that each step is of in a greedy cover, and how many chains there are: at least as many as
    /// steps can ever be ready or running at once.
    fn chains(&self, order: &[usize]) -> (Vec<usize>, usize) {
        let mut ends_a_chain = vec![true; order.len()];
        let mut chain_of = vec![0; order.len()];
        let mut chains = 0;
        for &step in order {
            chain_of[step] = match self.needs[step].iter().find(|&&need| ends_a_chain[need]) {
                Some(&need) => {
                    ends_a_chain[need] = false;
                    chain_of[need]
                }
                None => {
                    chains += 1;
                    chains - 1
                }
            };
        }
        (chain_of, chains)
    }

    /// The steps of the chain of needs that weighs the most; none where there is a cycle.
    pub(super) fn heaviest(&self, weights: &[u64]) -> Vec<bool> {
        let mut is_on_chain = vec![false; weights.len()];
        let Some(order) = self.order() else { return is_on_chain };
        let mut before: Vec<Option<usize>> = vec![None; weights.len()];
        let mut ends = vec![0; weights.len()];
        for step in order {
            before[step] = latest(self.needs[step].iter().copied(), &ends);
            ends[step] = add(before[step].map_or(0, |need| ends[need]), weights[step]);
        }
        let mut at = latest(0..weights.len(), &ends);
        while let Some(step) = at {
            is_on_chain[step] = true;
            at = before[step];
        }
        is_on_chain
    }

    /// The steps of the longest chain, where those kept apart count in any case, and the steps that are late. A chain begins anew at a step that
    /// waits for its own time longer than for what it needs, and where a step is late: `terms` then begin with that
    /// moment.
    fn critical<'a>(
        &self,
        order: &[usize],
        steps: &'a [Step],
        terms: &mut [Vec<Term<'a>>],
        waits: &Waits,
    ) -> (Vec<bool>, Vec<bool>) {
        let mut late = vec![false; steps.len()];
        let mut before: Vec<Option<usize>> = vec![None; steps.len()];
        let mut ends = vec![0; steps.len()];
        for &index in order {
            let step = &steps[index];
            let need = latest(self.needs[index].iter().copied(), &ends);
            let mut starts = need.map_or(0, |need| ends[need]);
            before[index] = need;
            let own = std::mem::take(&mut terms[index]);
            let length = waits.counted[index];
            let is_late = step.end_by_ms.filter(|by| {
                let from = starts.max(step.start_at_ms.unwrap_or(0));
                own.iter().any(|term| term.ms.is_none()) || add(from, length) > *by
            });
            if let Some(by) = is_late {
                // Whatever it needed and waited for, it is over soon after.
                let by = (by >= starts).then_some(by);
                if by.is_some() {
                    before[index] = None;
                    starts = 0;
                }
                late[index] = true;
                terms[index] = term::late(step, by, &own);
                ends[index] = add(starts, sum(&terms[index]));
                continue;
            }
            terms[index] = own;
            if let Some(ms) = step.start_at_ms.filter(|ms| *ms > starts) {
                before[index] = None;
                starts = ms;
                terms[index].insert(0, term::start(step, ms));
            }
            ends[index] = add(starts, length);
        }
        let mut critical = waits.apart.clone();
        let mut at = latest(0..steps.len(), &ends);
        while let Some(step) = at {
            critical[step] = true;
            at = before[step];
        }
        (critical, late)
    }
}

/// What waiting for things that steps share adds.
struct Waits {
    /// The steps that never run beside one that claims of the same.
    apart: Vec<bool>,
    /// What each step counts where it is on the chain: nothing where it is apart, and less than its length where it
    /// is among those that are waited for.
    counted: Vec<u64>,
    /// How long is waited for all things of which several may hold some, where the chain holds nothing.
    total: u64,
}

impl Waits {
    fn of(pools: &Pools<'_>, lengths: &[u64], chain_of: &[usize]) -> Self {
        let divisors = divisors(pools, chain_of);
        let claims =
            |step: usize| pools.claims(step).iter().filter_map(|claim| Some((claim, divisors[claim.pool]?)));
        let apart: Vec<bool> =
            (0..lengths.len()).map(|step| claims(step).any(|(_, divisor)| divisor == 1)).collect();
        let mut held = vec![0_u128; pools.all.len()];
        let mut counted = Vec::with_capacity(lengths.len());
        for (step, length) in lengths.iter().copied().enumerate() {
            if apart[step] {
                counted.push(0);
                continue;
            }
            let mut own = 0_u128;
            for (claim, divisor) in claims(step) {
                let area = u128::from(claim.units) * u128::from(length);
                held[claim.pool] += area;
                own += area / u128::from(divisor);
            }
            counted.push(length - u64::try_from(own).unwrap_or(u64::MAX).min(length));
        }
        let waits = held.iter().zip(&divisors).filter_map(|(area, divisor)| {
            Some(u64::try_from(area.div_ceil(u128::from((*divisor)?))).unwrap_or(u64::MAX))
        });
        Self { total: waits.fold(0, add), apart, counted }
    }
}

/// For each pool that can run out, how many units are taken at least while a step waits for it.
fn divisors(pools: &Pools<'_>, chain_of: &[usize]) -> Vec<Option<u64>> {
    // Of a chain, one step runs at a time.
    let mut most: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for (step, &chain) in chain_of.iter().enumerate() {
        for claim in pools.claims(step) {
            let units = most.entry((claim.pool, chain)).or_default();
            *units = claim.units.max(*units);
        }
    }
    let mut sums = vec![(0_u64, 0_u64); pools.all.len()];
    for ((pool, _), units) in most {
        sums[pool] = (sums[pool].0.saturating_add(units), sums[pool].1.max(units));
    }
    let each = pools.all.iter().zip(sums);
    each.map(|(pool, (sum, largest))| {
        (sum > pool.units).then(|| (pool.units + 1).saturating_sub(largest).max(1))
    })
    .collect()
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
