//! Scenarios: runs that are tried out on the simulator, and what is expected of them.
//!
//! [`read()`] takes the text of a scenario file and gives its scenarios with every mistake of shape; [`try_out`]
//! runs them on the plans that they are about, and gives a verdict for each and the [`Coverage`] of the rules;
//! [`report`] shows that. Where the files stand, and how their entries are lowered, is left to `driver`.

mod bind;
mod coverage;
mod file;
mod judge;
mod read;
pub mod report;
mod rules;
mod run;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::machine::Machine;
use crate::plan::Plan;
use coverage::{Reached, Universe};

pub use coverage::{Coverage, EntryCoverage, Item, Kind};
pub use file::{Expectation, Failing, Failure, FaultList, Scenario, ScenarioFile};
pub use read::{Suite, read, schema};
pub use rules::{RULES, UNKNOWN_IN_SCENARIO, UNMET_EXPECTATION};
pub use run::{MOST_RECORDS, Tested, Verdict};

/// A scenario and the plan that it is about.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The file of the scenario.
    pub suite: &'a Suite,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The entry as it is compiled under the scenario's facts and environment.
    pub machine: &'a Machine<'a>,
}

/// Runs scenarios side by side. What came of them is in their order, whatever ends first. `drafts` are the
/// plans of all entries as they are known without facts: they say what there is to reach; `rules` are the rules
/// that decide from facts.
#[must_use]
pub fn try_out(cases: &[Case<'_>], drafts: &[Plan], rules: Vec<Item>) -> (Vec<Tested>, Coverage) {
    let whole: Vec<Option<Machine<'_>>> = drafts.iter().map(|draft| Machine::new(draft).ok()).collect();
    let by_entry: BTreeMap<&str, usize> =
        drafts.iter().enumerate().map(|(place, draft)| (draft.entry.id.as_str(), place)).collect();
    let place = |case: &Case<'_>| by_entry.get(case.machine.plan().entry.id.as_str()).copied();
    let run = |case: &Case<'_>| {
        let draft = place(case).and_then(|place| whole[place].as_ref());
        run::run(case.suite, case.scenario, case.machine, draft)
    };
    let results: Vec<(Tested, Reached)> = cases.par_iter().map(run).collect();
    let universe = |draft: &Plan| Universe::new(&draft.entry.id, draft.entry.source.clone());
    let mut universes: Vec<Universe> = drafts.iter().map(universe).collect();
    let mut tested = Vec::with_capacity(results.len());
    for (case, (one, reached)) in cases.iter().zip(results) {
        if let Some(place) = place(case).filter(|_| one.verdict != Verdict::Broken) {
            let universe = &mut universes[place];
            if let Some(draft) = whole[place].as_ref().filter(|_| universe.is_fresh()) {
                universe.add_plan(draft);
            }
            universe.add_plan(case.machine);
            universe.count(&reached);
        }
        tested.push(one);
    }
    (tested, Coverage::new(universes.into_iter().map(Universe::finish).collect(), rules))
}
