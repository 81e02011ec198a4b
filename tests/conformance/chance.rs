//! Plans and worlds by chance: what the cases don't think of, the machine and the runner in Python still agree
//! about.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use rulec::machine::{Gate, Machine};
use rulec::plan::ir::{Action, Condition, Plan, StartBefore, Step};
use rulec::simulate::End;

use super::case::{Case, word};
use super::{in_time, lines, run_in_python};
use crate::support::plans::{any_plan, asking, finish, ms};
use crate::support::tools::has;
use crate::support::world::{Act, Surroundings};

/// What steps ask for, each about the first step of the plan.
const WHENS: [&str; 6] = [
    "true",
    r#"steps.s0.status == "failed""#,
    r#"steps.s0.status != "failed""#,
    "steps.s0.exit_code > 0",
    r#"steps.s0.output == "5" || steps.s0.status == "skipped""#,
    "1 > 2",
];

/// Makes a plan speak the language of the kit.
#[derive(Default)]
struct Tamer {
    commands: usize,
    whens: usize,
    /// The words that a person is asked to confirm.
    words: Vec<String>,
}

impl Tamer {
    fn plan(&mut self, mut plan: Plan) -> Plan {
        let names: BTreeMap<_, _> = plan
            .steps
            .iter()
            .enumerate()
            .map(|(number, step)| (step.id.clone(), format!("s{number}")))
            .collect();
        for step in &mut plan.steps {
            step.needs.iter_mut().for_each(|need| *need = names[need].clone());
        }
        self.steps("s", &mut plan.steps);
        self.steps("finally/", &mut plan.finally);
        let first = plan.steps.first().map(|step| step.id.clone());
        for (number, rollback) in plan.rollbacks.iter_mut().enumerate() {
            rollback.after =
                if rollback.after.is_empty() { None } else { first.clone() }.into_iter().collect();
            self.steps(&format!("r{number}/"), &mut rollback.steps);
        }
        if plan.steps.is_empty() {
            let rest =
                plan.rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps).chain(&mut plan.finally);
            rest.for_each(|step| step.start_before = None);
        }
        plan.preconditions.iter_mut().chain(&mut plan.postconditions).for_each(|it| self.condition(it));
        plan.alerts.values_mut().for_each(|alert| self.command(&mut alert.command));
        let (facts, decisions, inputs, checklists) = Default::default();
        finish(Plan { facts, decisions, inputs, checklists, ..plan })
    }

    fn steps(&mut self, prefix: &str, steps: &mut [Step]) {
        for (number, step) in steps.iter_mut().enumerate() {
            step.id = format!("{prefix}{number}");
            match &mut step.action {
                Action::Command { command } => self.command(command),
                Action::Condition { condition } => self.condition(condition),
                Action::Manual { instruction } => self.words.push(instruction.clone()),
                Action::Fail { .. } => {}
                Action::File { .. } => {
                    let mut command = String::new();
                    self.command(&mut command);
                    step.action = Action::Command { command };
                }
            }
            if self.commands % 4 == 1 {
                *step = asking(step.clone());
            }
            if self.commands % 5 == 2 {
                let (since, ms) = ("s0".to_owned(), 40 * (self.commands as u64 % 3));
                step.start_before = Some(StartBefore { since, ms });
            }
            if let Some(when) = &mut step.when {
                self.whens += 1;
                *when = WHENS[self.whens % WHENS.len()].to_owned();
            }
            if let Some(verify) = &mut step.verify {
                self.command(&mut verify.command);
                verify.attempts = verify.attempts.clamp(1, 4);
            }
            step.retry.retries = step.retry.retries.min(3);
            step.undo.iter_mut().for_each(|undo| self.command(&mut undo.command));
            for remedy in &mut step.remedies {
                remedy.run.iter_mut().for_each(|command| self.command(command));
                remedy.stderr_matches.iter_mut().for_each(|pattern| *pattern = "lock(ed|s)".into());
            }
        }
    }

    fn condition(&mut self, condition: &mut Condition) {
        match &mut condition.check {
            Some(check) => self.command(&mut check.command),
            None => self.words.push(condition.text.clone()),
        }
    }

    fn command(&mut self, command: &mut String) {
        *command = format!("act j{}", self.commands % 16);
        self.commands += 1;
    }
}

fn act() -> BoxedStrategy<Act> {
    let exit = prop::sample::select(vec![0, 0, 0, 1, 2, 124]);
    let stdout = prop::sample::select(vec!["", "5", " 5 \n", "-1.5\nx", "12 ms", "1e9"]);
    let stderr = prop::sample::select(vec!["", "locked\n", "lock"]);
    let rare = || prop::bool::weighted(0.15);
    (exit, ms(), rare(), rare(), stdout, stderr)
        .prop_map(|(exit, takes_ms, hangs, ignores_term, stdout, stderr)| {
            let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
            Act { exit, takes_ms, hangs, ignores_term, stdout, stderr }
        })
        .boxed()
}

fn case() -> BoxedStrategy<Case> {
    let jobs = btree_map("j([0-9]|1[0-5])", vec(act(), 1..4), 0..16);
    let shut = of(prop::sample::select(vec![Gate::Earlier, Gate::Window, Gate::Approval, Gate::Attendance]));
    let shut = prop_oneof![4 => Just(None), 1 => shut];
    (any_plan(), jobs, shut, of(ms()), prop_oneof![Just(0), any::<u64>()])
        .prop_map(|(plan, jobs, shut, cancel_at_ms, declined)| {
            let mut tamer = Tamer::default();
            let plan = tamer.plan(plan);
            let words = tamer.words.into_iter().enumerate().filter(|(at, _)| declined >> (at % 64) & 1 == 1);
            let people = words.map(|(_, words)| (words, false)).collect();
            let gates = shut.iter().map(|gate| (word(gate), false)).collect();
            let (name, about) = ("chance".to_owned(), "What chance makes.".to_owned());
            Case {
                name,
                about,
                plan,
                world: Surroundings { jobs, people, gates, cancel_at_ms },
                trace: Vec::new(),
            }
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_runner_in_python_agrees_with_the_machine(cases in vec(case(), 1..16)) {
        if !has("python3") {
            return Ok(());
        }
        let folder = tempfile::tempdir().expect("a folder is made");
        let mut files = Vec::new();
        for (number, case) in cases.iter().enumerate() {
            let machine = Machine::new(&case.plan).expect("the plan has a meaning");
            let trace = case.play(&machine, in_time);
            if matches!(trace.end, End::Outcome(_)) {
                let file = folder.path().join(format!("{number}.json"));
                std::fs::write(&file, case.written(&lines(&trace))).expect("the file is written");
                files.push(file);
            }
        }
        prop_assume!(!files.is_empty());
        let (code, text) = run_in_python(&files.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        prop_assert!(code == Some(0), "{}", text);
    }
}
