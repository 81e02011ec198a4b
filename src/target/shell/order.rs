//! What steps need of each other, as the script is told: by number, from 1, in order of the source.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::ir::Plan;
use crate::plan::pools::Pools;

/// The graph of the steps of a plan.
pub(super) struct Graph<'a> {
    /// For each step how many it needs.
    needs: Vec<usize>,
    /// For each step those that need it.
    needed_by: Vec<Vec<usize>>,
    /// What they share.
    pools: Pools<'a>,
    /// For each step the number of its circuit breaker.
    breakers: Vec<Option<usize>>,
    /// True where each step needs the one before it, and nothing else: then nothing has to be said.
    pub(super) is_chain: bool,
}

impl<'a> Graph<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        let steps = &plan.steps;
        let index: BTreeMap<&str, usize> =
            steps.iter().enumerate().map(|(i, step)| (step.id.as_str(), i)).collect();
        let mut graph = Self {
            needs: vec![0; steps.len()],
            needed_by: vec![Vec::new(); steps.len()],
            pools: Pools::of(steps, &plan.resources),
            breakers: {
                let place = |name: &String| plan.breakers.keys().position(|known| known == name);
                steps.iter().map(|step| Some(1 + place(step.breaker.as_ref()?)?)).collect()
            },
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
    /// one needs in all; and each pool of which it takes some, with how much.
    pub(super) fn lines(&self, index: usize) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.is_chain && !self.needed_by[index].is_empty() {
            let words = self.needed_by[index].iter().map(|&i| format!("{}:{}", i + 1, self.needs[i]));
            lines.push(format!("rulec_succ='{}'", words.collect::<Vec<_>>().join(" ")));
        }
        let claims = self.pools.claims(index).iter();
        let claims = claims.map(|claim| format!("{}:{}", claim.pool + 1, claim.units)).collect::<Vec<_>>();
        if !claims.is_empty() {
            lines.push(format!("rulec_claims='{}'", claims.join(" ")));
        }
        lines.extend(self.breakers[index].map(|number| format!("rulec_breaker={number}")));
        lines
    }

    /// What there is of each pool, and how much of it steps want, least first.
    pub(super) fn pools(&self) -> Vec<String> {
        let mut wanted = vec![BTreeSet::new(); self.pools.all.len()];
        for claim in (0..self.needs.len()).flat_map(|step| self.pools.claims(step)) {
            wanted[claim.pool].insert(claim.units);
        }
        let pools = (1..).zip(self.pools.all.iter().zip(wanted));
        let lines = pools.map(|(number, (pool, wanted)): (usize, _)| {
            let wanted = wanted.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
            format!("rulec_left_{number}={} rulec_wants_{number}='{wanted}'", pool.units)
        });
        lines.collect()
    }
}
