//! What steps share that run at once: places, mutexes, resources.

use rulec::machine::*;
use rulec::plan::Plan;
use rulec::plan::ir::*;
use rulec::simulate::{Faults, simulate};

use super::rules::{needing, takes};
use crate::support::plans::{finish, plan, source, step};

/// When each step takes its place, in order, and how long the run lasts, in milliseconds.
fn starts<'p>(plan: &'p Plan, faults: &Faults) -> (Vec<(u64, &'p str)>, u64) {
    let machine = Machine::new(plan).expect("the plan has a meaning");
    let mut world = faults.bind(&machine).expect("the names are there");
    let trace = simulate(&machine, &mut world, &Default::default());
    let starts = trace.entries.iter().filter_map(|entry| match entry.record {
        Record::StepStarted { step } => Some((entry.at_ms, step)),
        _ => None,
    });
    (starts.collect(), trace.duration_ms())
}

#[test]
fn places_and_mutexes_are_taken_in_order_of_the_source() {
    let with = |id: &str, mutex: Option<&str>, needs: &[&str]| Step {
        mutex: mutex.map(str::to_owned),
        ..needing(id, needs)
    };
    let steps = vec![
        with("late", None, &["c"]),
        with("a", Some("m"), &[]),
        with("b", Some("m"), &[]),
        with("c", None, &[]),
        with("d", Some("n"), &[]),
        with("e", Some("m"), &[]),
        with("f", None, &[]),
    ];
    let times = [("a", 30), ("b", 10), ("c", 10), ("d", 10), ("e", 10), ("f", 10), ("late", 10)];
    let faults = Faults { takes: times.map(|(id, ms)| takes(id, ms)).to_vec(), ..Faults::default() };
    let plan = finish(Plan { max_parallel: Some(2), ..plan(steps) });
    let (starts, lasted) = starts(&plan, &faults);
    assert_eq!(starts, [(0, "a"), (0, "c"), (10, "late"), (20, "d"), (30, "b"), (30, "f"), (40, "e")]);
    assert_eq!(lasted, 50);
}

#[test]
fn resources_are_taken_in_order_of_the_source_and_what_does_not_fit_is_passed_over() {
    let taking = |id: &str, taken: &[(&str, u32)]| Step {
        resources: taken.iter().map(|(name, units)| ((*name).to_owned(), *units)).collect(),
        ..step(id)
    };
    let steps = vec![
        taking("a", &[("slots", 2)]),
        taking("b", &[("slots", 3)]),
        taking("c", &[("slots", 1)]),
        taking("d", &[("slots", 1), ("net", 1)]),
        taking("e", &[("net", 1)]),
        taking("f", &[("slots", 2)]),
    ];
    let times = [("a", 20), ("b", 10), ("c", 30), ("d", 10), ("e", 50), ("f", 10)];
    let faults = Faults { takes: times.map(|(id, ms)| takes(id, ms)).to_vec(), ..Faults::default() };
    let mut plan = plan(steps);
    for (name, capacity) in [("slots", 3), ("net", 1)] {
        let source = source("/context/resources");
        plan.resources.insert(name.into(), Resource { capacity, unit: None, source });
    }
    let plan = finish(plan);
    let (starts, _) = starts(&plan, &faults);
    // `b` finds one or two slots, never three, until `c` and `f` are over; `d` then waits for the net.
    assert_eq!(starts, [(0, "a"), (0, "c"), (0, "e"), (20, "f"), (30, "b"), (50, "d")]);
}
