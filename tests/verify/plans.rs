//! Plans: each property proved and refuted, the path that refutes it, bounds, and how many states there are.

use std::collections::BTreeSet;

use rulec::expr;
use rulec::machine::{Machine, Outcome, Record};
use rulec::plan::ir::*;
use rulec::verify::{Flaw, Holds, OwnRule, Proof, Property, Question, Verdict, brute_force, verify};
use serde_json::Value;

use crate::support::plans::{finish, plan, source, step};

fn with_undo(id: &str, needs: &[&str]) -> Step {
    let undo = Some(Undo { command: format!("undo {id}"), timeout_ms: Some(1000), ..Default::default() });
    Step { undo, needs: needs.iter().map(|need| (*need).to_owned()).collect(), ..step(id) }
}

fn own(holds: Holds, text: &str) -> OwnRule {
    OwnRule { id: "C1".into(), expr: expr::parse(text).expect("it is an expression"), holds }
}

/// What of a proof a test looks at.
struct Told {
    states: usize,
    outcomes: Vec<&'static str>,
    /// The steps of each flaw of the property, and the events of the shortest run.
    found: Vec<(Vec<String>, Vec<String>)>,
    verdict: Verdict,
}

fn told(plan: Plan, question: impl Fn(&Machine<'_>) -> Question, property: Property) -> Told {
    let plan = finish(plan);
    let machine = Machine::new(&plan).expect("the plan has a meaning");
    let question = question(&machine);
    let proof = verify(&machine, &question);
    let name = |flaw: &Flaw| flaw.steps.iter().map(|id| machine.step(*id).id.clone()).collect();
    let found = proof.refutations.iter().filter(|found| found.flaw.property == property);
    let found = found.map(|found| (name(&found.flaw), found.records.iter().map(event).collect()));
    Told {
        states: proof.states,
        outcomes: proof.outcomes().into_iter().map(Outcome::word).collect(),
        found: found.collect(),
        verdict: proof.verdict(property),
    }
}

/// A record in a few words.
fn event(record: &Record<'_>) -> String {
    let value = serde_json::to_value(record).expect("a record is JSON");
    let words = ["event", "step", "status", "cause", "outcome", "gate", "exit_code"];
    let words = words.iter().filter_map(|key| match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn plain(_: &Machine<'_>) -> Question {
    Question::default()
}

/// The run after the gate, without what the next record says too.
fn run(events: &[String]) -> Vec<&str> {
    let is_told = |event: &&str| !event.contains("_started") && !event.starts_with("attempt");
    events.iter().map(String::as_str).filter(is_told).skip(1).collect()
}

#[test]
fn every_path_ends() {
    let whole = told(plan(vec![with_undo("a", &[]), with_undo("b", &["a"])]), plain, Property::Ends);
    assert_eq!(whole.verdict, Verdict::Proved);
    assert_eq!(whole.outcomes, ["succeeded", "rolled_back", "rollback_failed", "cancelled", "refused"]);
}

#[test]
fn what_is_changed_is_taken_back_or_the_shortest_run_shows_that_it_is_not() {
    let left = |steps: Vec<Step>| told(plan(steps), plain, Property::TakenBack);
    assert_eq!(left(vec![with_undo("a", &[]), with_undo("b", &["a"])]).verdict, Verdict::Proved);
    let b = || Step { undo: None, on_failure: OnFailure::Continue, ..with_undo("b", &["a"]) };
    let found = left(vec![with_undo("a", &[]), b()]).found;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, ["b"]);
    // Its own failure is tolerated, so only a person can break the run off.
    assert_eq!(
        run(&found[0].1),
        [
            "step_ended a ok 0",
            "broken_off cancelled",
            "step_ended b cancelled 124",
            "undo_ended a 0",
            "run_ended cancelled"
        ]
    );
    for harmless in [
        Step { read_only: true, ..b() },
        Step { irreversible: Some("it was sent".into()), ..b() },
        Step { action: Action::Manual { instruction: "write".into() }, ..b() },
    ] {
        assert_eq!(left(vec![with_undo("a", &[]), harmless]).verdict, Verdict::Proved);
    }
    let covered = |after: &[&str]| {
        let rollback = Rollback {
            procedure: "E2".into(),
            name: "E2".into(),
            after: after.iter().map(|id| (*id).to_owned()).collect(),
            steps: vec![step("E2/1")],
            source: source("/rollback"),
        };
        let plan = Plan { rollbacks: vec![rollback], ..plan(vec![with_undo("a", &[]), b()]) };
        told(plan, plain, Property::TakenBack).verdict
    };
    assert_eq!(covered(&[]), Verdict::Proved);
    assert_eq!(covered(&["b"]), Verdict::Proved);
    assert_eq!(covered(&["a"]), Verdict::Refuted);
}

#[test]
fn what_is_started_is_verified_by_itself_or_by_a_step_behind_it() {
    let starts = |steps: Vec<Step>| {
        let starts = |machine: &Machine<'_>| Question {
            starts: machine.find("web").into_iter().collect(),
            ..Question::default()
        };
        told(plan(steps), starts, Property::Verified)
    };
    let verify =
        Some(Verify { command: "up".into(), timeout_ms: Some(1), attempts: 3, interval_ms: 1, says: None });
    let web = Step { verify: verify.clone(), ..with_undo("web", &[]) };
    assert_eq!(starts(vec![web.clone()]).verdict, Verdict::Proved);
    assert_eq!(starts(vec![with_undo("web", &[])]).verdict, Verdict::Refuted);
    let remedy = Remedy {
        exit_codes: vec![98],
        stderr_matches: None,
        run: Vec::new(),
        then: RemedyThen::Continue,
        max: 1,
        fallback: false,
    };
    let past = Step { remedies: vec![remedy], ..web };
    let found = starts(vec![past.clone()]).found;
    assert_eq!(run(&found[0].1), ["step_ended web ok 98", "run_ended succeeded"]);
    let look = |step: Step| Step { read_only: true, ..step };
    assert_eq!(starts(vec![past.clone(), look(with_undo("look", &["web"]))]).verdict, Verdict::Proved);
    let skipped = Step { when: Some("inputs.LOOK".into()), ..look(with_undo("look", &["web"])) };
    let mut skipped = plan(vec![past, skipped]);
    skipped.inputs = vec![Input {
        name: "LOOK".into(),
        kind: InputType::Bool,
        values: Vec::new(),
        min: None,
        max: None,
        value: None,
        default: None,
        required: true,
        description: String::new(),
        source: source("/inputs"),
    }];
    let starts = |machine: &Machine<'_>| Question {
        starts: machine.find("web").into_iter().collect(),
        ..Question::default()
    };
    let found = told(skipped, starts, Property::Verified).found;
    let expected = ["gate inputs", "step_ended web ok 98", "step_ended look skipped", "run_ended succeeded"];
    assert_eq!(run(&found[0].1), expected);
}

#[test]
fn a_condition_that_asks_for_what_is_not_there_is_found_with_the_step_that_left_it_out() {
    let look = Step { output: true, on_failure: OnFailure::Continue, ..with_undo("look", &[]) };
    let asks = |when: &str| {
        let go = Step { when: Some(when.into()), ..with_undo("go", &["look"]) };
        told(plan(vec![look.clone(), go]), plain, Property::Decidable)
    };
    let found = asks("steps.look.output == 'ready'").found;
    assert_eq!(found[0].0, ["go", "look"]);
    assert_eq!(
        run(&found[0].1),
        ["step_ended look failed 1", "step_ended go failed", "broken_off go failure"]
    );
    for sound in [
        "steps.look.status == 'ok' && steps.look.output == 'ready'",
        "steps.look.status == 'failed' || steps.look.output.contains('r')",
        "steps.look.exit_code == 0",
    ] {
        assert_eq!(asks(sound).verdict, Verdict::Proved, "{sound}");
    }
}

#[test]
fn what_a_step_prints_is_the_same_for_all_conditions() {
    let look = Step { output: true, read_only: true, ..step("look") };
    let when = |id: &str, when: &str| Step { when: Some(when.into()), ..with_undo(id, &["look"]) };
    let steps = vec![look, when("a", "steps.look.output == 'x'"), when("b", "steps.look.output != 'x'")];
    let both = |_: &Machine<'_>| Question {
        own: vec![own(Holds::Never, "steps.a.begun && steps.b.begun")],
        ..Question::default()
    };
    assert_eq!(told(plan(steps), both, Property::Own(0)).verdict, Verdict::Proved);
}

#[test]
fn steps_that_write_one_file_do_not_overlap() {
    let file = |id: &str, path: &str, folder: Option<&str>| Step {
        action: Action::File {
            path: path.into(),
            content: Some(String::new()),
            from: None,
            expect_sha256: None,
            mode: None,
            absent: false,
        },
        working_dir: folder.map(str::to_owned),
        ..step(id)
    };
    let apart = |a: Step, b: Step| told(plan(vec![a, b]), plain, Property::Apart);
    let found = apart(file("a", "x/../f", None), file("b", "./f", None)).found;
    assert_eq!(found[0].0, ["a", "b"]);
    assert_eq!(apart(file("a", "f", Some("d")), file("b", "f", None)).verdict, Verdict::Proved);
    assert_eq!(apart(file("a", "/f", None), file("b", "f", None)).verdict, Verdict::Proved);
    let locked = |step: Step| Step { mutex: Some("f".into()), ..step };
    let both = apart(locked(file("a", "f", None)), locked(file("b", "f", None)));
    assert_eq!(both.verdict, Verdict::Proved);
    let after = Step { needs: vec!["a".into()], ..file("b", "f", None) };
    assert_eq!(apart(file("a", "f", None), after).verdict, Verdict::Proved);
}

#[test]
fn an_alert_is_raised_unless_something_else_breaks_the_run_off() {
    let alerting = |on_failure, timeout_ms| {
        let a = Step { on_failure: OnFailure::AlertAndContinue, read_only: true, ..step("a") };
        let b = Step { on_failure, read_only: true, ..step("b") };
        let mut plan = Plan { timeout_ms, ..plan(vec![a, b]) };
        plan.alerts.insert("default".into(), Alert { command: "page".into(), timeout_ms: None });
        told(plan, plain, Property::Alerted)
    };
    assert_eq!(alerting(OnFailure::Continue, None).verdict, Verdict::Proved);
    let found = alerting(OnFailure::Abort, None).found;
    assert_eq!(found[0].0, ["a", "b"]);
    assert_eq!(
        run(&found[0].1),
        [
            "step_ended a failed 1",
            "step_ended b failed 1",
            "broken_off b failure",
            "alert_ended a",
            "run_ended failed"
        ]
    );
    assert_eq!(alerting(OnFailure::Continue, Some(1000)).found[0].0, ["a"]);
}

#[test]
fn rules_of_the_users_own_hold_in_every_state_or_a_run_breaks_them() {
    let asked = |holds: Holds, text: &str| {
        let steps = vec![with_undo("a", &[]), with_undo("b", &[])];
        let rule = own(holds, text);
        let question = |_: &Machine<'_>| Question { own: vec![rule.clone()], ..Question::default() };
        told(plan(steps), question, Property::Own(0))
    };
    for (holds, text) in [
        (Holds::Always, "steps.a.status != 'skipped'"),
        (Holds::Never, "run.outcome == 'failed'"),
        (
            Holds::Always,
            "run.outcome == 'succeeded' ? steps.a.status == 'ok' && steps.b.status == 'ok' : true",
        ),
        (Holds::Never, "run.phase == 'steps' && steps.a.undone"),
        (Holds::Always, "steps.all(id, steps[id].begun || !steps[id].undone)"),
    ] {
        assert_eq!(asked(holds, text).verdict, Verdict::Proved, "{text}");
    }
    // What looks at the order of undos is told apart by it.
    let found = asked(Holds::Never, "steps.a.undone && !steps.b.undone && steps.b.status == 'ok'").found;
    assert_eq!(
        run(&found[0].1),
        ["step_ended b ok 0", "step_ended a failed 1", "broken_off a failure", "undo_ended a 0"]
    );
    let found = asked(Holds::Always, "!(steps.a.status == 'ok' && steps.b.status == 'failed')").found;
    assert_eq!(run(&found[0].1)[..2], ["step_ended a ok 0", "step_ended b failed 1"]);
}

#[test]
fn a_counterexample_has_the_attempts_of_the_real_plan() {
    let retry = |retries| Retry { retries, ..step("a").retry };
    let verify =
        Some(Verify { command: "up".into(), timeout_ms: None, attempts: 3, interval_ms: 1, says: None });
    let a =
        Step { retry: retry(2000), verify, on_failure: OnFailure::Continue, read_only: true, ..step("a") };
    let failed = |_: &Machine<'_>| Question {
        own: vec![own(Holds::Never, "steps.a.status == 'failed'")],
        ..Question::default()
    };
    let told = told(plan(vec![a]), failed, Property::Own(0));
    let attempts = told.found[0].1.iter().filter(|event| event.starts_with("attempt_started"));
    assert_eq!(attempts.count(), 2001);
    assert!(told.states < 20, "{}", told.states);
}

#[test]
fn too_many_states_leave_what_is_not_refuted_open() {
    let steps = || (0..8).map(|n| with_undo(&format!("s{n}"), &[])).collect::<Vec<_>>();
    let bounded = |max_states| {
        move |_: &Machine<'_>| Question {
            max_states,
            own: vec![own(Holds::Always, "run.phase != 'preconditions' && !steps.s0.begun")],
            ..Question::default()
        }
    };
    for (property, verdict) in [(Property::Ends, Verdict::NotDecided), (Property::Own(0), Verdict::Refuted)] {
        let told = told(plan(steps()), bounded(20), property);
        assert_eq!((told.verdict, told.states), (verdict, 20));
    }
    assert_eq!(told(plan(steps()), bounded(100_000), Property::Ends).verdict, Verdict::Proved);
}

/// What the reduction is worth, as counts: a time depends on the machine.
#[test]
fn long_and_wide_plans_have_few_states() {
    let polls =
        Verify { command: "up".into(), timeout_ms: Some(5000), attempts: 5, interval_ms: 1000, says: None };
    let whole = |id: String, needs: Vec<String>| Step {
        needs,
        verify: Some(polls.clone()),
        retry: Retry { retries: 3, delay_ms: 1000, ..step("").retry },
        ..with_undo(&id, &[])
    };
    let sequence = (0..30).map(|n: u32| {
        let needs = n.checked_sub(1).map(|before| format!("s{before}"));
        whole(format!("s{n}"), needs.into_iter().collect())
    });
    let rollback = Rollback {
        procedure: "E2".into(),
        name: "E2".into(),
        after: Vec::new(),
        steps: (0..5).map(|n| step(&format!("E2/{n}"))).collect(),
        source: source("/rollback"),
    };
    let sequence = Plan { rollbacks: vec![rollback], max_parallel: Some(1), ..plan(sequence.collect()) };
    let wide = |count: usize| plan((0..count).map(|n| whole(format!("s{n}"), Vec::new())).collect());
    let tolerant = |mut plan: Plan| {
        plan.steps.iter_mut().for_each(|step| step.on_failure = OnFailure::Continue);
        plan
    };
    let states = |plan: Plan| {
        let plan = finish(plan);
        let machine = Machine::new(&plan).expect("it has a meaning");
        let proof: Proof<'_> = verify(&machine, &Question::default());
        assert!(proof.is_whole);
        proof.states
    };
    let counts = [states(sequence), states(wide(8)), states(wide(12)), states(tolerant(wide(12)))];
    assert_eq!(counts, [118, 265, 4105, 8197]);
}

#[test]
fn brute_force_counts_what_is_the_same_for_everybody() {
    let plan = finish(plan(vec![
        Step { retry: Retry { retries: 2, ..step("").retry }, ..with_undo("a", &[]) },
        with_undo("b", &[]),
    ]));
    let machine = Machine::new(&plan).expect("it has a meaning");
    let (reduced, whole) =
        (verify(&machine, &Question::default()), brute_force(&machine, &Question::default()));
    assert!(reduced.states * 3 < whole.states, "{} and {}", reduced.states, whole.states);
    let ends = |proof: &Proof<'_>| proof.outcomes().into_iter().collect::<BTreeSet<_>>();
    assert_eq!(ends(&reduced), ends(&whole));
}
