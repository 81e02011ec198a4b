//! The conformance kit: plans, worlds and the traces that every runner gives. Here the machine is held to it.
//!
//! `tests/conformance/README.md` says what a case is and what a run means. `BLESS=1` seals the plans of cases
//! and writes their traces as the machine gives them: read each difference against that page.

pub(crate) mod case;

use std::collections::BTreeSet;

use rulec::machine::Machine;
use rulec::plan::ir::Plan;
use rulec::simulate::{End, Trace};
use rulec::{plan, simulate};
use serde_json::Value;

use crate::support::assert_current;
use crate::support::plans::finish;
use case::{Case, FOLDER, cases, commands, files, name_of};

/// No case takes longer than this, so that they can be run for real.
const LONGEST_MS: u64 = 3_000;

fn in_time(_: usize) -> u64 {
    0
}

#[track_caller]
fn machine_of(case: &Case) -> Machine<'_> {
    Machine::new(&case.plan).unwrap_or_else(|unfit| panic!("{}: {}", case.name, unfit.message))
}

fn lines(trace: &Trace<'_>) -> Vec<String> {
    let line = |entry| serde_json::to_string(entry).expect("a record is JSON");
    trace.entries.iter().map(line).collect()
}

#[test]
fn the_machine_gives_the_trace_of_every_case() {
    for case in cases() {
        let case = Case { plan: finish(case.plan.clone()), ..case };
        let trace = case.play(&machine_of(&case), in_time);
        assert!(matches!(trace.end, End::Outcome(_)), "{} does not end", case.name);
        assert!(trace.duration_ms() <= LONGEST_MS, "{} takes too long", case.name);
        assert_current(&format!("{FOLDER}/{}.json", case.name), &case.written(&lines(&trace)));
    }
}

#[test]
fn every_case_is_well_formed() {
    let validator = |schema: &Value| jsonschema::validator_for(schema).expect("the schema is one");
    let (of_plan, of_line) = (validator(&plan::schema::schema()), validator(&simulate::schema::schema()));
    let mut names = BTreeSet::new();
    for (file, text) in files() {
        let raw: Value = serde_json::from_str(&text).expect("a case is JSON");
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
        let name = &case.name;
        assert_eq!(file.file_name().and_then(|name| name.to_str()), Some(format!("{name}.json").as_str()));
        assert!(names.insert(name.clone()), "{name} is there twice");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
        assert!(case.about.ends_with('.') && case.about.len() > 20, "{name}: {}", case.about);
        let faults: Vec<_> = of_plan.iter_errors(&raw["plan"]).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
        for line in &case.trace {
            let faults: Vec<_> = of_line.iter_errors(line).map(|error| error.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {line}: {faults:?}");
        }
        assert!(plan::canonical::verify(&case.plan), "{name}: the digest is not that of the plan");
        let names: Vec<_> = commands(&case.plan).into_iter().map(name_of).collect();
        assert!(names.iter().all(Option::is_some), "{name}: a command is not `act NAME`");
        for job in case.world.jobs.keys() {
            assert!(names.contains(&Some(job)), "{name}: nothing runs `act {job}`");
        }
        let no = case.world.people.values().chain(case.world.gates.values());
        assert!(no.into_iter().all(|confirms| !confirms), "{name}: what is passed is not listed");
    }
    assert!(names.len() >= 10, "there are {} cases only", names.len());
}

/// A real runner is late here and there: that must not change what happens.
#[test]
fn a_little_lateness_changes_no_trace() {
    let unmoved = |trace: &Trace<'_>| -> Vec<String> {
        let records = trace.entries.iter().map(|entry| serde_json::to_string(&entry.record));
        records.map(|record| record.expect("a record is JSON")).collect()
    };
    for case in cases() {
        let machine = machine_of(&case);
        let expected = unmoved(&case.play(&machine, in_time));
        for late in [|_| 30, |job| 45 * (job as u64 % 2), |job| 45 * ((job as u64 + 1) % 2)] {
            assert_eq!(unmoved(&case.play(&machine, late)), expected, "{}", case.name);
        }
        let stopped = case.trace.iter().filter(|line| line["ended"] == "stopped").map(|line| &line["at_ms"]);
        let stopped: Vec<_> = stopped.collect();
        assert!(
            stopped.windows(2).all(|pair| pair[0] != pair[1]),
            "{}: which of two ends first is chance",
            case.name
        );
    }
}

#[test]
fn commands_of_a_plan_are_all_seen() {
    let plan: Plan = cases().swap_remove(0).plan;
    let text = plan::canonical::canonical(&plan::canonical::to_value(&plan));
    assert_eq!(text.matches("\"command\":\"").count(), commands(&plan).len());
}
