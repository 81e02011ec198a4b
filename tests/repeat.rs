//! Repeated steps and probes, from the rules to the trace: what a run does round by round, how long it can take at
//! most, and what is proved of it.

use std::collections::BTreeMap;

use rulec::diagnostic::Diagnostic;
use rulec::graph::{EntityKind, Lookup, resolve};
use rulec::machine::Machine;
use rulec::plan::bounds::worst_case;
use rulec::plan::{Options, Plan, lower};
use rulec::simulate::{Failure, Faults, Pick, simulate, timeline};

use crate::support::rules::{rule_set, told};
use crate::support::snapshot;

/// The plan of `E1` of an L5 file, and what was found on the way to it.
fn found_and_planned(rules: &str) -> (Plan, String) {
    let rules = rule_set(&[("L5-mill.yaml", rules)]);
    let (graph, found) = resolve(&rules);
    assert!(found.is_empty(), "{}", told(&rules, &found));
    let Lookup::One(entry) = graph.lookup(&[EntityKind::Procedure], "E1") else { panic!("there is an `E1`") };
    let options = Options { lock_scope: Some("test".into()), ..Options::default() };
    let lowered = lower(&graph, entry, &options);
    let found: Vec<Diagnostic> = lowered.diagnostics;
    (lowered.plan, told(&rules, &found))
}

/// The plan of `E1` of an L5 file.
pub(crate) fn planned(rules: &str) -> Plan {
    let (plan, found) = found_and_planned(rules);
    assert_eq!(found.trim(), "");
    plan
}

/// A step before, one that is repeated as `repeat` says, and one behind it; all leave a trace and can be undone.
pub(crate) fn milling(repeat: &str, more: &str) -> String {
    format!(
        "procedures:\n\
         - id: E1\n  steps:\n  \
           - {{ id: open, command: echo open >>trace, undo: echo shut >>trace, timeout: 20s }}\n  \
           - {{ id: grind, name: Grind, command: 'echo grind >>trace; echo x >>sacks', undo: echo spill >>trace, \
                timeout: 20s, repeat: {{ {repeat} }}{more} }}\n  \
           - {{ id: sell, when: steps.grind.status == \"ok\", command: echo sell >>trace, read_only: true, timeout: 20s }}\n"
    )
}

fn play(plan: &Plan, failures: &[(&str, Option<u32>)], takes: &[(&str, u64)]) -> String {
    let machine = Machine::new(plan).expect("the plan has a meaning");
    let failures =
        failures.iter().map(|(pick, times)| Failure { pick: Pick::parse(pick), times: *times, exit: 1 });
    let takes = takes.iter().map(|(pick, ms)| (Pick::parse(pick), *ms));
    let faults = Faults { failures: failures.collect(), takes: takes.collect(), ..Faults::default() };
    let mut world = faults.bind(&machine).expect("the names are there");
    let trace = simulate(&machine, &mut world, &BTreeMap::new());
    timeline(&trace.entries, plan)
}

const THRICE: &str = "until: { command: test -s sacks, timeout: 5s }, max: 3, delay: 10s, deadline: 1m";

#[test]
fn rounds_go_on_until_it_holds() {
    let plan = planned(&milling(THRICE, ""));
    type Case<'a> = (&'a str, &'a [(&'a str, Option<u32>)], &'a [(&'a str, u64)]);
    let never = [("grind~1~until", None), ("grind~2~until", None), ("grind", None)];
    let cases: [Case<'_>; 6] = [
        ("it holds after the first round", &[], &[]),
        ("it holds after the second round", &[("grind~1~until", None)], &[]),
        ("it never holds", &never, &[]),
        (
            "the second round takes all the time",
            &never,
            &[("grind~2", 20_000), ("grind~1", 20_000), ("grind~1~until", 5_000)],
        ),
        ("a round is stopped by its timeout", &never, &[("grind~1", 51_000)]),
        ("the second round fails", &[("grind~1~until", None), ("grind~2", None)], &[]),
    ];
    let text: Vec<String> = cases
        .iter()
        .map(|(name, failures, takes)| format!("{name}:\n\n{}", play(&plan, failures, takes)))
        .collect();
    snapshot("repeat_rounds", &text.join("\n"));
}

#[test]
fn a_round_begins_just_in_time_or_not_at_all() {
    let plan = planned(
        &milling("until: test -s sacks, max: 2, deadline: 30s, delay: 10s", ", timeout: 1h")
            .replace("timeout: 20s, repeat", "repeat"),
    );
    let begins = |ms| {
        let told = play(&plan, &[("grind~1~until", None)], &[("grind~1", ms)]);
        told.contains("round 2 of at most 2): waits 10s")
    };
    assert!(begins(20_000), "it begins after exactly the deadline");
    assert!(!begins(20_001), "it would begin later");
}

#[test]
fn a_round_that_may_fail_is_a_round() {
    let plan = planned(&milling(THRICE, ", on_failure: continue"));
    let told = play(&plan, &[("grind~1", None), ("grind~1~until", None)], &[]);
    snapshot("repeat_goes_on", &told);
}

/// Rounds of a called procedure, which has a repeated step itself.
const NESTED: &str = "procedures:
- id: E1
  steps:
  - { id: open, command: ./open, undo: ./shut }
  - { id: fill, run: E2, when: steps.open.status == 'ok', env: { MILL: old }, working_dir: mill, repeat: { until: ./full, max: 2, delay: 5s, deadline: 1m }, on_failure: rollback }
- id: E2
  preconditions: [{ check: test -d . }]
  steps:
  - { id: grind, command: ./grind, undo: ./spill, repeat: { until: { command: ./fine, timeout: 2s }, max: 2 } }
  - { id: sack, command: ./sack, when: steps.grind.status == 'ok', undo: ./empty }
";

#[test]
fn rounds_are_unrolled_into_steps() {
    let plan = planned(NESTED);
    let mut told = String::new();
    for step in &plan.steps {
        told += &format!("{} [{}]\n  {}\n", step.id, step.needs.join(" "), step.name);
        if let Some(when) = &step.when {
            told += &format!("  when {when}\n");
        }
        if let Some(before) = &step.start_before {
            told += &format!("  at most {} ms after {}\n", before.ms, before.since);
        }
        if let Some(round) = &step.round {
            told += &format!("  round {} of {} of {}\n", round.number, round.max, round.of);
        }
        let delay = if step.delay_before_ms > 0 { " after a wait" } else { "" };
        let probe = if step.probe { " probe" } else { "" };
        told += &format!("  {:?}{probe}{delay} in {:?} with {:?}\n", step.action, step.working_dir, step.env)
            .replace("source: Source { file: \"L5-mill.yaml\", ", "source: { ");
    }
    snapshot("repeat_unrolled", &told);
}

#[test]
fn a_call_that_is_repeated_may_be_skipped_as_a_whole() {
    let plan = planned(&NESTED.replace("'ok', env", "'skipped', env"));
    let told = play(&plan, &[], &[]);
    assert!(!told.lines().any(|line| line.contains("fill") && !line.contains("skipped")), "{told}");
}

#[test]
fn the_longest_is_the_sum_of_the_rounds_or_the_deadline_and_a_round() {
    let sum = |repeat: &str| {
        let plan = planned(&milling(repeat, ", grace: 0s"));
        worst_case(&plan.steps[1..plan.steps.len() - 1], Some(1), None).arithmetic()
    };
    let until = "until: { command: test -s sacks, timeout: 5s }";
    // A round, the question, its grace, and behind all of them the step itself.
    assert_eq!(sum(&format!("{until}, max: 1")), "20 + 5 + 5 = 30 s");
    assert_eq!(sum(&format!("{until}, max: 2")), "20 + 5 + 5 + 20 + 5 + 5 = 60 s");
    assert_eq!(sum(&format!("{until}, max: 2, delay: 7s")), "20 + 5 + 5 + 7 + 20 + 5 + 5 = 67 s");
    assert_eq!(sum(&format!("{until}, max: 9, deadline: 40s")), "40 + 20 + 5 + 5 = 70 s");
    assert_eq!(sum(&format!("{until}, max: 9, deadline: 40s, delay: 7s")), "33 + 7 + 20 + 5 + 5 = 70 s");
    assert_eq!(sum(&format!("{until}, max: 2, deadline: 40s")), "20 + 5 + 5 + 20 + 5 + 5 = 60 s");
    assert_eq!(sum("until: test -s sacks, max: 2, deadline: 40s"), "20 + ? + 20 + ? = no bound");
}

#[test]
fn rounds_of_rounds_of_calls_come_to_too_many_steps() {
    let steps = (0..300).map(|n| format!("  - {{ id: s{n}, command: ./a }}\n")).collect::<String>();
    let rules = format!(
        "procedures:\n- {{ id: E1, steps: [{{ id: a, run: E2, repeat: {{ until: ./b, max: 2 }} }}] }}\n\
         - {{ id: E2, steps: [{{ id: a, run: E3, repeat: {{ until: ./b, max: 100 }} }}] }}\n- id: E3\n  steps:\n{steps}"
    );
    let (_, found) = found_and_planned(&rules);
    assert!(
        found.starts_with("error[too-many-calls] calls come to more than 50000 steps\n  at L5-mill.yaml:2:"),
        "{found}"
    );
    assert!(found.contains("`2`"), "at the number of rounds: {found}");
}

#[test]
fn a_repeated_step_keeps_no_output_and_waits_for_what_can_be_asked() {
    let (_, found) = found_and_planned(&milling("until: test -s sacks, max: 3", ", output: true"));
    assert!(found.contains("`output` can't be held for a repeated step"), "{found}");
}

const PROBES: &str = "procedures:
- id: E1
  steps:
  - { id: look, probe: ./look, output: true, timeout: 5s }
  - { id: one, command: ./one, when: steps.look.exit_code == 1, undo: ./no, timeout: 5s }
  - { id: two, command: ./two, when: steps.look.exit_code != 1, undo: ./no, timeout: 5s }
";

#[test]
fn a_probe_answers_and_never_fails() {
    let plan = planned(PROBES);
    let text =
        [play(&plan, &[("look", None)], &[]), play(&plan, &[], &[]), play(&plan, &[], &[("look", 9_000)])];
    snapshot("probe", &text.join("\n"));
}
