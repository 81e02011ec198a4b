//! Conditions on steps, in the script and in the machine: the same text in the same state, the same verdict.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use rulec::expr::Value;
use rulec::machine::{Machine, Stage, State, Status, StepId, Verdict};
use rulec::plan::Plan;
use rulec::plan::ir::InputType;
use rulec::plan::values::typed;
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, find, installed, need};
use super::pieces::AWKS;
use super::plans::{input, plan, step};

/// A step's status, its exit code, and what it printed.
type Stands = (Option<Status>, Option<u8>, Vec<u8>);

/// Where each step stands whose state conditions ask for, and what the inputs are.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// By the place of the step: its status, exit code and what it printed.
    pub(super) steps: BTreeMap<usize, Stands>,
    pub(super) inputs: BTreeMap<&'static str, String>,
}

pub(super) const INPUTS: [(&str, InputType); 7] = [
    ("whole", InputType::Int),
    ("port", InputType::Port),
    ("real", InputType::Float),
    ("flag", InputType::Bool),
    ("text", InputType::String),
    ("wait", InputType::Duration),
    ("size", InputType::Size),
];

/// A plan whose steps `a` to `d` others ask for (`c` keeps no output), and one step more for each condition.
pub(super) fn asking(whens: &[String]) -> Plan {
    let mut steps: Vec<_> = ["a", "b", "c", "x/d-1"].map(|id| step(id, "true")).into();
    for asked in [0, 1, 3] {
        steps[asked].output = true;
    }
    for (i, when) in whens.iter().enumerate() {
        let mut asking = step(&format!("w{i}"), "true");
        asking.when = Some(when.clone());
        steps.push(asking);
    }
    let mut plan = plan(steps);
    plan.inputs = INPUTS.iter().map(|(name, kind)| input(name, *kind)).collect();
    plan.inputs.push(input("key", InputType::Secret));
    plan
}

/// What the machine says about each condition.
pub(super) fn expected(plan: &Plan, facts: &Facts) -> Vec<&'static str> {
    let machine = Machine::new(plan).unwrap_or_else(|unfit| panic!("{unfit:?}"));
    let (mut state, _): (State, _) = machine.begin();
    for (&at, (status, code, printed)) in &facts.steps {
        let step = &mut state.steps[at];
        step.exit_code = *code;
        if let Some(status) = *status {
            step.stage = Stage::Over(status);
        }
        step.output = (*status == Some(Status::Ok) && plan_keeps(plan, at))
            .then(|| String::from_utf8_lossy(printed).into_owned());
    }
    let kind = |name: &str| INPUTS.iter().find(|known| known.0 == name).unwrap().1;
    let inputs: BTreeMap<String, Value> =
        facts.inputs.iter().map(|(name, text)| ((*name).to_owned(), typed(kind(name), text))).collect();
    let asked: Vec<StepId> = machine.step_ids().filter(|id| machine.when(*id).is_some()).collect();
    let word = |id| match machine.decide(&state, id, &inputs) {
        Verdict::Holds => "holds",
        Verdict::DoesNotHold => "does_not",
        Verdict::Undecidable => "undecidable",
    };
    asked.into_iter().map(word).collect()
}

fn plan_keeps(plan: &Plan, at: usize) -> bool {
    plan.steps.get(at).is_some_and(|step| step.output)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The part of a script that decides conditions, with what it needs.
fn decider(plan: &Plan) -> String {
    let script = Shell.emit(plan).content;
    let start = script.find("# ---- Conditions on steps").expect("the script has conditions");
    let end = start + script[start..].find("\n# ---- The plan.").expect("the plan comes after them");
    format!("{}\n{}\n", include_str!("../../src/target/shell/runtime/prologue.sh"), &script[start..end])
}

/// Lays the facts out as the runner does, and has every condition decided.
fn told(bench: &Bench, awk: Option<&str>, decider: &str, plan: &Plan, all: &[Facts]) -> Vec<Vec<String>> {
    let mut script = decider.to_owned();
    let stems: BTreeMap<usize, String> = script
        .split([' ', '\n'])
        .filter_map(|word| word.strip_prefix('o')?.split_once(':'))
        .filter_map(|(number, file)| Some((number.parse().ok()?, file.to_owned())))
        .collect();
    for (turn, facts) in all.iter().enumerate() {
        let folder = bench.path().join(format!("facts-{turn}"));
        fs::create_dir_all(&folder).unwrap();
        writeln!(script, "rulec_folder={}", quoted(folder.to_str().unwrap())).unwrap();
        for (i, _) in plan.steps.iter().enumerate() {
            let (status, code, printed) = facts.steps.get(&i).cloned().unwrap_or_default();
            let code = code.map(|code| code.to_string()).unwrap_or_default();
            let word = status.map_or("", Status::word);
            writeln!(script, "rulec_status_{n}={word} rulec_code_{n}={code}", n = i + 1).unwrap();
            if let (Some(file), Some(Status::Ok)) = (stems.get(&(i + 1)), status) {
                fs::write(folder.join(file), printed).unwrap();
            }
        }
        for (i, input) in plan.inputs.iter().enumerate() {
            let value = facts.inputs.get(input.name.as_str());
            let has = if value.is_some() { "1" } else { "" };
            let value = quoted(value.map_or("", String::as_str));
            writeln!(script, "rulec_in_has_{n}={has} rulec_in_value_{n}={value}", n = i + 1).unwrap();
        }
        for (i, step) in plan.steps.iter().enumerate() {
            if step.when.is_some() {
                writeln!(script, "rulec_decide {}; echo \"$rulec_verdict\"", i + 1).unwrap();
            }
        }
        script.push_str("echo .\n");
    }
    let file = bench.path().join("decide.sh");
    bench.write(&file, script);
    let mut command = bench.command(&file, &[]);
    if let Some(awk) = awk {
        let shelf = bench.path().join(format!("with-{awk}"));
        if !shelf.exists() {
            fs::create_dir(&shelf).unwrap();
            std::os::unix::fs::symlink(find(awk).expect("it is installed"), shelf.join("awk")).unwrap();
        }
        command.env("PATH", format!("{}:{}", shelf.display(), std::env::var("PATH").unwrap()));
    }
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{} {awk:?}", bench.shell);
    let words = String::from_utf8(output.stdout).unwrap();
    let turns: Vec<&str> = words.split_terminator(".\n").collect();
    turns.iter().map(|turn| turn.lines().map(str::to_owned).collect()).collect()
}

/// Every shell with the usual awk, and one shell with every other.
fn pairs() -> Vec<(&'static str, Option<&'static str>)> {
    let awks = AWKS.into_iter().filter(|awk| need(awk).is_some());
    let shell = installed()[0];
    installed().into_iter().map(|shell| (shell, None)).chain(awks.map(|awk| (shell, Some(awk)))).collect()
}

/// The first condition about which script and machine differ.
pub(super) fn difference(whens: &[String], all: &[Facts]) -> Result<(), String> {
    difference_under(&pairs(), whens, all)
}

fn difference_under(
    pairs: &[(&'static str, Option<&'static str>)],
    whens: &[String],
    all: &[Facts],
) -> Result<(), String> {
    let plan = asking(whens);
    let lost: Vec<String> =
        Shell.losses(&plan).into_iter().filter(|loss| loss.part.is_some()).map(|loss| loss.what).collect();
    if !lost.is_empty() {
        return Err(format!("a script can't hold {lost:?}"));
    }
    let expected: Vec<_> = all.iter().map(|facts| expected(&plan, facts)).collect();
    let (expected, plan, decider) = (&expected, &plan, &decider(&plan));
    std::thread::scope(|scope| {
        let threads: Vec<_> = pairs
            .iter()
            .map(|&(shell, awk)| {
                scope.spawn(move || {
                    let told = told(&Bench::new(shell), awk, decider, plan, all);
                    for ((facts, expected), told) in all.iter().zip(expected).zip(&told) {
                        assert_eq!(told.len(), whens.len());
                        for ((when, expected), told) in whens.iter().zip(expected).zip(told) {
                            // This one reads no number that small, and says so by deciding nothing.
                            let is_small = has_tiny_exponent(when)
                                || facts
                                    .inputs
                                    .values()
                                    .any(|text| has_tiny_exponent(text) || is_subnormal(text));
                            if awk == Some("original-awk") && is_small && told == "undecidable" {
                                continue;
                            }
                            if expected != told {
                                return Err(format!(
                                    "{shell} {awk:?}: {told}, not {expected}\n{when}\n{facts:?}"
                                ));
                            }
                        }
                    }
                    if told.len() == all.len() { Ok(()) } else { Err(format!("{shell} {awk:?} stopped")) }
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a panic".into())))
    })
}

/// True where a text has a number with a negative exponent of three digits.
fn has_tiny_exponent(text: &str) -> bool {
    text.split("e-").skip(1).any(|rest| rest.bytes().take_while(u8::is_ascii_digit).count() >= 3)
}

/// True where a text is a number so small that it has not all of its digits.
fn is_subnormal(text: &str) -> bool {
    text.parse().is_ok_and(f64::is_subnormal)
}

pub(super) fn facts() -> Facts {
    let hostile = b"it's \"q\" \\n $(x) `y` %s\n\xc3\xa9\xf0\x9f\xa6\x80".to_vec();
    Facts {
        steps: BTreeMap::from([
            (0, (Some(Status::Ok), Some(0), hostile)),
            (1, (Some(Status::Failed), Some(7), Vec::new())),
            (2, (Some(Status::Skipped), None, Vec::new())),
            (3, (Some(Status::Ok), Some(0), b"42".to_vec())),
        ]),
        inputs: [
            ("whole", "-9007199254740993"),
            ("port", "8080"),
            ("real", "2.50"),
            ("flag", "true"),
            ("text", "caf\u{e9} 'x' \\t"),
            ("wait", "30s"),
        ]
        .map(|(name, text)| (name, text.to_owned()))
        .into(),
    }
}

#[test]
fn long_outputs_and_much_work_are_decided_alike() {
    let mut facts = facts();
    let long = "é'\\\n".repeat(20_000);
    facts.steps.insert(0, (Some(Status::Ok), Some(0), long.into_bytes()));
    let list = format!("[{}]", vec!["0"; 60].join(", "));
    let loops = |depth: usize| {
        (0..depth).fold("true".to_owned(), |body, depth| format!("{list}.all(x{depth}, {body})"))
    };
    let whens = [
        "size(steps.a.output) == 80000".to_owned(),
        "steps.a.output.endsWith('\\\\\\n') && steps.a.output.matches('^(é.*\\n)+$')".to_owned(),
        "(steps.a.output + steps.a.output).contains('\\né')".to_owned(),
        // The work is bounded, and both count it alike: an end of it that the one sees, the other sees too.
        format!("[{}].all(x, x == steps.a.output)", vec!["steps.a.output"; 18].join(", ")),
        format!("[{}].all(x, x == steps.a.output)", vec!["steps.a.output"; 30].join(", ")),
        format!("{} || true", loops(2)),
        "steps.a.output == '' || ['aaaaaaaaaaaaaaaa']".to_owned()
            + &".map(x, x + x)".repeat(16)
            + " == [] || true",
        "steps.a.output == '' || ['aaaaaaaaaaaaaaaa']".to_owned()
            + &".map(x, x + x)".repeat(20)
            + " == [] || true",
    ];
    // What shells do is the same for long outputs: the awks are tried.
    let pairs: Vec<_> = pairs().into_iter().filter(|(_, awk)| awk.is_some()).collect();
    assert_eq!(difference_under(&pairs, &whens, &[facts]), Ok(()));
}

#[test]
fn a_condition_adds_little_to_a_script() {
    let size = |count: usize| {
        let when = "steps.a.status == 'ok' && steps.b.exit_code != 7".to_owned();
        let mut plan = asking(&vec![when.clone(); count]);
        let with = Shell.emit(&plan).content.len();
        plan.steps.iter_mut().for_each(|step| step.when = None);
        (with - Shell.emit(&plan).content.len(), count * when.len())
    };
    let ((few, _), (many, text)) = (size(1), size(101));
    assert!(many - few < text + 100 * 120, "{}", (many - few) / 100);
    let plain = Shell.emit(&plan([step("a", "true")])).content;
    assert!(!plain.contains("rulec_cel"), "a script without conditions carries what decides them");
}
