//! Steps put in an order in which each comes after what it needs.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashSet;

use super::super::ir;
use crate::graph::Order;

/// The positions of steps so that each comes after what it needs; in source order where there is a choice.
/// Steps on a cycle, which is a finding of the graph, come last.
pub(super) fn schedule(order: &Order) -> Vec<usize> {
    let count = order.needs.len();
    let mut waits: Vec<usize> = order.needs.iter().map(Vec::len).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (position, needs) in order.needs.iter().enumerate() {
        for needed in needs {
            needed_by[*needed].push(position);
        }
    }
    let mut ready: VecDeque<usize> = (0..count).filter(|position| waits[*position] == 0).collect();
    let mut done = Vec::with_capacity(count);
    while let Some(position) = ready.pop_front() {
        done.push(position);
        for next in &needed_by[position] {
            waits[*next] -= 1;
            if waits[*next] == 0 {
                ready.push_back(*next);
            }
        }
    }
    done.extend((0..count).filter(|position| waits[*position] > 0));
    done
}

/// The steps so that each comes after what it needs.
pub(super) fn sorted(steps: Vec<ir::Step>) -> Vec<ir::Step> {
    let positions: BTreeMap<&str, usize> =
        steps.iter().enumerate().map(|(position, step)| (step.id.as_str(), position)).collect();
    let needs = steps
        .iter()
        .map(|step| step.needs.iter().filter_map(|id| positions.get(id.as_str()).copied()).collect());
    let order = Order { needs: needs.collect(), is_graph: true };
    let mut steps: Vec<Option<ir::Step>> = steps.into_iter().map(Some).collect();
    schedule(&order).into_iter().filter_map(|position| steps[position].take()).collect()
}

/// The ids of all lists, each once. A step may need thousands.
pub(super) fn merged<'e>(lists: impl Iterator<Item = &'e Vec<String>>) -> Vec<String> {
    let mut seen = FxHashSet::default();
    lists.flatten().filter(|id| seen.insert(id.as_str())).cloned().collect()
}
