//! The virtual clock: what comes when, what stopping takes, and that it keeps up with plans of any length.

use std::collections::BTreeMap;

use rulec::machine::{Gate, Launch, Machine, Purpose};
use rulec::plan::Plan;
use rulec::plan::ir::*;
use rulec::simulate::{Answer, Behaviour, End, World, simulate};

use super::{agrees, told, with_undo};
use crate::support::plans::{finish, plan, step};

/// A world in which attempts behave as they are told, by step, and all else goes well.
struct Behaving {
    jobs: BTreeMap<&'static str, Behaviour>,
    cancel_at_ms: Option<u64>,
    /// How many jobs were started.
    started: usize,
}

impl World for Behaving {
    fn run(&mut self, launch: &Launch<'_>) -> Behaviour {
        self.started += 1;
        match (launch.purpose, launch.step) {
            (Purpose::Attempt { .. }, Some(step)) => {
                self.jobs.get(step.id.as_str()).cloned().unwrap_or_default()
            }
            _ => Behaviour::default(),
        }
    }

    fn ask(&mut self, _: &Launch<'_>, _: &str) -> Answer {
        Answer { confirms: true, takes_ms: 70 }
    }

    fn passes(&mut self, _: Gate) -> bool {
        true
    }

    fn cancels_at(&self) -> Option<u64> {
        self.cancel_at_ms
    }
}

fn world<const N: usize>(jobs: [(&'static str, Behaviour); N]) -> Behaving {
    Behaving { jobs: jobs.into(), cancel_at_ms: None, started: 0 }
}

fn trace(plan: Plan, mut world: Behaving) -> String {
    let plan = finish(plan);
    told(&Machine::new(&plan).expect("the plan has a meaning"), &mut world)
}

/// A job that takes so long and does not obey.
fn stubborn(takes_ms: u64) -> Behaviour {
    Behaviour { takes_ms, ignores_term: true, ..Behaviour::default() }
}

fn hanging(ignores_term: bool) -> Behaviour {
    Behaviour { hangs: true, ignores_term, ..Behaviour::default() }
}

#[test]
fn what_takes_longer_than_its_timeout_is_over_when_it_obeys_or_is_killed() {
    let ended = |behaviour| {
        let a = Step { timeout_ms: Some(100), grace_ms: 30, ..step("a") };
        let trace = trace(plan(vec![a]), world([("a", behaviour)]));
        trace.lines().next().expect("the attempt ends").to_owned()
    };
    let exited = |at| format!("{at} attempt_ended attempt=1 ended=exited exit_code=0 step=a");
    let timed_out = |at| format!("{at} attempt_ended attempt=1 ended=timed_out exit_code=124 step=a");
    let obeying = |takes_ms| Behaviour { takes_ms, ..Behaviour::default() };
    assert_eq!(ended(obeying(99)), exited(99));
    assert_eq!(ended(obeying(100)), exited(100), "just in time");
    assert_eq!(ended(obeying(101)), timed_out(100));
    assert_eq!(ended(hanging(false)), timed_out(100));
    assert_eq!(ended(stubborn(100)), exited(100));
    assert_eq!(ended(stubborn(110)), timed_out(110), "over by itself before it is killed");
    assert_eq!(ended(stubborn(500)), timed_out(130));
    assert_eq!(ended(hanging(true)), timed_out(130));
}

#[test]
fn stopping_takes_as_long_as_the_most_stubborn_and_no_longer_than_its_grace() {
    let graceful = |id: &str, grace_ms| Step { grace_ms, timeout_ms: Some(90), ..with_undo(id, &[]) };
    let steps =
        vec![graceful("a", 40), graceful("b", 20), graceful("c", 60), graceful("d", 40), graceful("z", 0)];
    // `a` was told at 90 to end, `c` ends by itself, `d` obeys.
    let jobs = [
        ("a", hanging(true)),
        ("b", Behaviour { takes_ms: 100, ..hanging(true) }),
        ("c", stubborn(105)),
        ("d", Behaviour { takes_ms: 105, ..Behaviour::default() }),
        ("z", Behaviour { takes_ms: 80, exit: 1, ..Behaviour::default() }),
    ];
    agrees(
        &trace(plan(steps), world(jobs)),
        "80 attempt_ended attempt=1 ended=exited exit_code=1 step=z
         80 step_ended attempts=1 exit_code=1 status=failed step=z
         80 broken_off cause=failure step=z
         80 attempt_ended attempt=1 ended=stopped exit_code=124 step=d
         80 step_ended attempts=1 exit_code=124 status=cancelled step=d
         100 attempt_ended attempt=1 ended=stopped exit_code=124 step=b
         100 step_ended attempts=1 exit_code=124 status=cancelled step=b
         105 attempt_ended attempt=1 ended=stopped exit_code=124 step=c
         105 step_ended attempts=1 exit_code=124 status=cancelled step=c
         120 attempt_ended attempt=1 ended=stopped exit_code=124 step=a
         120 step_ended attempts=1 exit_code=124 status=cancelled step=a
         120 rollback_started
         120 undo_ended ended=exited exit_code=0 step=a
         120 undo_ended ended=exited exit_code=0 step=c
         120 undo_ended ended=exited exit_code=0 step=b
         120 undo_ended ended=exited exit_code=0 step=d
         120 undo_ended ended=exited exit_code=0 step=z
         120 run_ended outcome=rolled_back",
    );
}

#[test]
fn at_one_moment_ends_come_first_then_a_cancellation_then_the_bound() {
    let at = |takes_ms, cancel_at_ms, timeout_ms| {
        let a = Step { delay_after_ms: 5, ..step("a") };
        let plan = Plan { timeout_ms, ..plan(vec![a]) };
        let job = Behaviour { takes_ms, ..Behaviour::default() };
        let trace = trace(plan, Behaving { cancel_at_ms, ..world([("a", job)]) });
        trace.lines().last().expect("the run ends").to_owned()
    };
    assert_eq!(at(45, Some(50), Some(50)), "50 run_ended outcome=succeeded");
    assert_eq!(at(46, Some(50), Some(50)), "50 run_ended outcome=cancelled");
    assert_eq!(at(46, Some(51), Some(50)), "50 run_ended outcome=failed");
    assert_eq!(at(46, Some(51), Some(51)), "51 run_ended outcome=succeeded");
    assert_eq!(at(0, Some(0), None), "0 run_ended outcome=cancelled");
}

#[test]
fn people_take_their_time() {
    let manual = |timeout_ms| {
        let action = Action::Manual { instruction: "turn the key".into() };
        trace(plan(vec![Step { action, timeout_ms, ..step("a") }]), world([]))
    };
    assert!(manual(None).starts_with("70 attempt_ended attempt=1 ended=confirmed step=a\n"));
    assert!(
        manual(Some(60)).starts_with("60 attempt_ended attempt=1 ended=timed_out exit_code=124 step=a\n")
    );
}

#[test]
fn long_plans_are_gone_through_to_their_end() {
    let many = 50_000_usize;
    let of = |max_parallel, make: &dyn Fn(usize) -> Step| {
        let steps = (0..many).map(make).collect();
        Plan { max_parallel, ..plan(steps) }
    };
    let mutexes = |number: usize| Step {
        mutex: (!number.is_multiple_of(3)).then(|| (number % 5).to_string()),
        ..step(&number.to_string())
    };
    let sequence = |number: usize| Step {
        needs: number.checked_sub(1).map(|need| need.to_string()).into_iter().collect(),
        ..step(&number.to_string())
    };
    let wide = |number: usize| step(&number.to_string());
    let mut broken = world([("7", Behaviour { exit: 1, ..Behaviour::default() })]);
    for (plan, world, started) in [
        (of(Some(1), &sequence), &mut world([]), many),
        (of(Some(4), &mutexes), &mut world([]), many),
        (of(None, &wide), &mut broken, many),
    ] {
        let machine = Machine::new(&plan).expect("the plan has a meaning");
        let trace = simulate(&machine, world, &BTreeMap::new());
        assert!(matches!(trace.end, End::Outcome(_)), "{:?}", trace.end);
        assert_eq!(world.started, started);
    }
}

#[test]
fn many_empty_rollbacks_do_no_harm() {
    let mut plan = plan(vec![Step { timeout_ms: Some(0), ..step("a") }]);
    let of = |number: usize| Rollback {
        procedure: number.to_string(),
        name: String::new(),
        after: Vec::new(),
        steps: Vec::new(),
        source: crate::support::plans::source(""),
    };
    plan.rollbacks = (0..50_000).map(of).collect();
    let trace = trace(plan, world([("a", hanging(false))]));
    assert_eq!(trace.lines().filter(|line| line.contains("procedure_started")).count(), 50_000);
    assert!(trace.ends_with("0 run_ended outcome=rolled_back"));
}
