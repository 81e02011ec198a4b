//! The order in which steps run one after another: each time the first of the source that is ready.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::plan::ir::Step;

/// Indices of the steps in order. A step whose needs can't be met, which no valid plan has, comes last.
pub(super) fn sequence(steps: &[Step]) -> Vec<usize> {
    let index: BTreeMap<&str, usize> =
        steps.iter().enumerate().map(|(i, step)| (step.id.as_str(), i)).collect();
    let mut unmet = vec![0_usize; steps.len()];
    let mut dependents = vec![Vec::new(); steps.len()];
    for (i, step) in steps.iter().enumerate() {
        for &need in step.needs.iter().filter_map(|need| index.get(need.as_str())) {
            unmet[i] += 1;
            dependents[need].push(i);
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..steps.len()).filter(|&i| unmet[i] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(Reverse(i)) = ready.pop() {
        order.push(i);
        for &dependent in &dependents[i] {
            unmet[dependent] -= 1;
            if unmet[dependent] == 0 {
                ready.push(Reverse(dependent));
            }
        }
    }
    order.extend((0..steps.len()).filter(|&i| unmet[i] > 0));
    order
}

/// The first step, in the order of `sequence`, that could run beside the one before it.
pub(super) fn first_independent<'a>(steps: &'a [Step], order: &[usize]) -> Option<&'a Step> {
    order
        .windows(2)
        .map(|pair| (&steps[pair[0]], &steps[pair[1]]))
        .find(|(before, step)| !step.needs.contains(&before.id))
        .map(|(_, step)| step)
}
