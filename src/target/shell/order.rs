//! What steps need of each other, as the script is told: by number, from 1, in order of the source.

use std::collections::BTreeMap;

use crate::plan::ir::{Plan, Step};

/// The graph of the steps of a plan.
pub(super) struct Graph<'a> {
    /// For each step how many it needs.
    needs: Vec<usize>,
    /// For each step those that need it.
    needed_by: Vec<Vec<usize>>,
    /// The mutexes, in order of the source.
    mutexes: BTreeMap<&'a str, usize>,
    /// True where each step needs the one before it, and nothing else: then nothing has to be said.
    pub(super) is_chain: bool,
}

impl<'a> Graph<'a> {
    pub(super) fn of(steps: &'a [Step]) -> Self {
        let index: BTreeMap<&str, usize> =
            steps.iter().enumerate().map(|(i, step)| (step.id.as_str(), i)).collect();
        let mut graph = Self {
            needs: vec![0; steps.len()],
            needed_by: vec![Vec::new(); steps.len()],
            mutexes: BTreeMap::new(),
            is_chain: true,
        };
        for (i, step) in steps.iter().enumerate() {
            // A step that is not there, which no valid plan names, is one that is never done.
            graph.needs[i] = step.needs.len();
            for &need in step.needs.iter().filter_map(|need| index.get(need.as_str())) {
                graph.needed_by[need].push(i);
            }
            let before = i.checked_sub(1).map(|before| steps[before].id.as_str());
            graph.is_chain &= step.needs.iter().map(String::as_str).eq(before);
            if let Some(mutex) = &step.mutex {
                let number = graph.mutexes.len() + 1;
                graph.mutexes.entry(mutex).or_insert(number);
            }
        }
        graph
    }

    /// True where two steps may run at once.
    pub(super) fn is_parallel(&self, plan: &Plan) -> bool {
        plan.max_parallel != Some(1) && !self.is_chain
    }

    /// The numbers of the steps that need nothing.
    pub(super) fn roots(&self) -> String {
        let roots = (1..).zip(&self.needs).filter(|(_, needs)| **needs == 0);
        roots.map(|(number, _): (usize, _)| number.to_string()).collect::<Vec<_>>().join(" ")
    }

    /// What the definition of a step says of its place in the graph: each step that needs it, with how many that
    /// one needs in all.
    pub(super) fn lines(&self, index: usize, step: &Step) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.is_chain && !self.needed_by[index].is_empty() {
            let words = self.needed_by[index].iter().map(|&i| format!("{}:{}", i + 1, self.needs[i]));
            lines.push(format!("rulec_succ='{}'", words.collect::<Vec<_>>().join(" ")));
        }
        let mutex = step.mutex.as_ref().map(|mutex| self.mutexes[mutex.as_str()]);
        lines.extend(mutex.map(|number| format!("rulec_mutex={number}")));
        lines
    }
}
