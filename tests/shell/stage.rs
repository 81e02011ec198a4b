//! Runs the script of a plan in a world for real, and holds its trace against that of the machine.
//!
//! Nothing of a world is left out: who declines is typed on a terminal, a lock is held by another, inputs are
//! wrong, and TERM is sent once the trace shows what the simulator had seen when the run was cancelled.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rulec::machine::Gate;
use rulec::plan::Plan;
use rulec::plan::ir::{Input, InputType, Window};
use rulec::simulate::End;
use rulec::target::{Shell, Target as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::bench::{Bench, PLACES, find, in_place};
use super::pace::{PACES, kept_time, stretched};
use super::terminal::Terminal;
use crate::support::project;
use crate::support::world::{Played, Surroundings};

/// Calls `check` for all of these, some at once; gives what is wrong.
pub(crate) fn all_at_once<T: Send>(
    these: Vec<T>,
    check: impl Fn(T) -> Result<(), String> + Sync,
) -> Vec<String> {
    use rayon::prelude::*;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(PLACES).build().expect("threads can be had");
    let check = |one| in_place(|| check(one).err());
    pool.install(|| these.into_par_iter().filter_map(check).collect())
}

/// What the script can't hold of a plan that a trace shows.
pub(crate) fn not_held(plan: &Plan) -> Vec<String> {
    Shell.losses(plan).into_iter().map(|loss| loss.what).collect()
}

/// Runs a plan in a world under a shell.
///
/// # Errors
/// Where the lines of the trace, without their moments, are not the expected ones: everything that is known.
pub(crate) fn agrees(
    shell: &'static str,
    plan: &Plan,
    world: &Surroundings,
    expected: &[Value],
) -> Result<(), String> {
    let mut late = Vec::new();
    for pace in PACES {
        let (plan, world) = stretched(plan, world, pace);
        let played = world.play(&plan);
        assert!(
            matches!(played.end, End::Outcome(_)),
            "{}: a run that never ends can't be waited for",
            plan.entry.id
        );
        let expected = if pace == 1 { expected } else { &played.lines };
        let mut is_late = false;
        for _ in 0..pace.min(2) {
            let (got, screen) = perform(&Bench::new(shell), &plan, &world, &played);
            let Some((differs_at, difference)) = difference(expected, &got) else { continue };
            let json = |value: Result<String, _>| value.expect("it is JSON");
            late.push(format!(
                "--- {} under {shell}, {pace} times as long: - expected, + got\n{difference}\nworld: {}\nplan: {}\n{screen}",
                plan.entry.id,
                json(serde_json::to_string(&world)),
                json(serde_json::to_string(&plan)),
            ));
            if kept_time(expected, &got, differs_at, pace) {
                return Err(late.concat());
            }
            is_late = true;
            break;
        }
        if !is_late {
            return Ok(());
        }
        eprintln!("{} under {shell} was late, {pace} times as long: once more, and slower", plan.entry.id);
    }
    Err(late.concat())
}

/// The lines of the trace of a run, and what it printed.
fn perform(bench: &Bench, plan: &Plan, world: &Surroundings, played: &Played) -> (Vec<Value>, String) {
    let act = std::fs::read(project().join("tests/conformance/act")).expect("it is a file of the project");
    bench.write(&bench.path().join("bin/act"), act);
    let here = bench.path().join("world");
    world.lay_out(&here);
    let script = bench.emit(plan);
    let mut args = vec!["--trace=lines".to_owned()];
    args.extend(inputs(plan, world).expect("only worlds that can be told are performed"));
    if !world.passes(Gate::Lock) {
        hold_lock(bench);
    }
    if plan.policy.idempotency.is_some() && !world.passes(Gate::Earlier) {
        let given: Vec<_> =
            args.iter().filter_map(|arg| arg.strip_prefix("--input=")?.split_once('=')).collect();
        succeed_before(bench, plan, &given);
    }
    if let Some(window) = &plan.policy.window {
        set_clock(bench, if world.passes(Gate::Window) { &window.start } else { &window.end });
    }
    if world.passes(Gate::Approval) {
        args.extend(approvals(plan));
    }
    let is_typed = played.answers.contains(&false);
    let is_deserted = |line: &Value| line["gate"] == "attendance" && line["passed"] == false;
    if !is_typed && !played.lines.iter().any(is_deserted) {
        args.push("--yes".to_owned());
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut command = bench.command(&script, &args);
    command.env("ACT_WORLD", &here);
    // Whether it reaches the disk matters to a power cut only.
    command.env("RULEC_SYNC", "0");
    let typed: Vec<&str> = played.answers.iter().map(|&yes| if yes { "y" } else { "n" }).collect();
    let terminal = is_typed.then(|| Terminal::attach(&mut command, &typed));
    let mut child = command.spawn().expect("it can be started");
    // The command holds our copy of the terminal.
    drop(command);
    if let Some((seen, at_ms)) = seen_before_cancel(world, played) {
        cancel(bench, &mut child, seen, Duration::from_millis(at_ms));
    }
    let run = bench.wait(child);
    let screen = terminal.map_or(run.stderr, Terminal::seen);
    let lines = bench.read("lines");
    let parse =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}\n{screen}"));
    (lines.lines().map(parse).collect(), screen)
}

/// True where a script can be told all of a world: a value that the plan fixes can't be wrong, a window that
/// is open all day can't be shut, and what has wrong inputs can't have succeeded before.
pub(crate) fn can_be_told(plan: &Plan, world: &Surroundings) -> bool {
    let never_shuts = |window: &Window| window.start == window.end;
    let is_clock_right = world.passes(Gate::Window) || !plan.policy.window.as_ref().is_some_and(never_shuts);
    let is_wrong = !world.passes(Gate::Inputs) && !plan.inputs.is_empty();
    let is_done = plan.policy.idempotency.is_some() && !world.passes(Gate::Earlier);
    is_clock_right && !(is_wrong && is_done) && inputs(plan, world).is_some()
}

/// Lets the script find a `date` that tells this time of day; all else it asks of the real one.
pub(super) fn set_clock(bench: &Bench, time: &str) {
    let date = find("date").expect("it is there");
    let text = format!(
        "#!/bin/sh\ncase $* in\n+%H:%M) echo '{time}' ;;\n*) exec {} \"$@\" ;;\nesac\n",
        date.display()
    );
    bench.write(&bench.path().join("bin/date"), text);
}

/// Options that give every approval of a plan, each by another person.
fn approvals(plan: &Plan) -> impl Iterator<Item = String> {
    (1..).zip(&plan.policy.approvals).map(|(number, approval)| match approval.roles.first() {
        Some(role) => format!("--approve={role}=Person {number}"),
        None => format!("--approve=Person {number}"),
    })
}

/// Options that give the inputs of a plan, or one that is wrong where their gate is shut; nothing where none
/// can be.
fn inputs(plan: &Plan, world: &Surroundings) -> Option<Vec<String>> {
    let missing =
        plan.inputs.iter().filter(|input| input.required && input.value.is_none() && input.default.is_none());
    let missing: Vec<&Input> = missing.collect();
    if !world.passes(Gate::Inputs) && !plan.inputs.is_empty() {
        let takes_any = |kind| matches!(kind, InputType::String | InputType::Path | InputType::Secret);
        let wrong = plan.inputs.iter().find(|input| input.value.is_none() && !takes_any(input.kind));
        let wrong = wrong.map(|input| vec![format!("--input={}=no such value", input.name)]);
        return if missing.is_empty() { wrong } else { Some(Vec::new()) };
    }
    let sample = |input: &Input| match input.kind {
        InputType::Bool => "true".to_owned(),
        InputType::Duration => "1s".to_owned(),
        InputType::Url => "https://example.org".to_owned(),
        InputType::Enum => input.values[0].clone(),
        InputType::Secret => panic!("no test gives a secret"),
        _ => "1".to_owned(),
    };
    Some(missing.into_iter().map(|input| format!("--input={}={}", input.name, sample(input))).collect())
}

/// Where the script keeps what belongs to its scope.
fn home(bench: &Bench) -> PathBuf {
    let script = bench.read("script.sh");
    let scope = script.lines().find_map(|line| line.trim().strip_prefix("rulec_scope='")?.strip_suffix('\''));
    bench.path().join("state").join(scope.expect("every script has a scope"))
}

/// Lets a run of the plan with these inputs have succeeded just now.
fn succeed_before(bench: &Bench, plan: &Plan, given: &[(&str, &str)]) {
    let mut text = format!("{}\n", plan.digest);
    for input in &plan.inputs {
        let given = given.iter().find(|(name, _)| *name == input.name).map(|(_, value)| (*value).to_owned());
        let value = input.value.clone().or(given).or_else(|| input.default.clone());
        if let Some(value) = value.filter(|_| input.kind != InputType::Secret) {
            writeln!(text, "{}={}:{value}", input.name, value.len()).expect("a string takes any text");
        }
    }
    let execution: String = Sha256::digest(text)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let done = home(bench).join("done");
    std::fs::create_dir_all(&done).unwrap();
    std::fs::write(done.join(execution), format!("{now} 20260101T000000Z-1 succeeded 60 .\n")).unwrap();
}

/// Lets somebody unknown hold the lock of the script's scope.
fn hold_lock(bench: &Bench) {
    let folder = home(bench).join("lock");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("1000000001"), "somebody\n").unwrap();
}

/// How many lines a trace has when the run is cancelled, and when that is; none where that is after its end.
fn seen_before_cancel(world: &Surroundings, played: &Played) -> Option<(usize, u64)> {
    let at = world.cancel_at_ms?;
    let is_cancel = |line: &Value| line["event"] == "broken_off" && line["cause"] == "cancelled";
    let seen = played.lines.iter().take_while(|line| {
        line["at_ms"].as_u64().expect("every line has a moment") <= at && !is_cancel(line)
    });
    Some((seen.count(), at)).filter(|&(seen, _)| seen < played.lines.len())
}

/// Sends TERM once the trace has so many lines, the run has lasted so long, and every command that it shows as
/// started has come so far that it behaves as its world says; if the run comes so far.
fn cancel(bench: &Bench, child: &mut Child, lines: usize, at: Duration) {
    let begun = Instant::now();
    let mut first_seen = None;
    loop {
        let text = bench.read("lines");
        if !text.is_empty() {
            first_seen.get_or_insert_with(Instant::now);
        }
        let lasted = first_seen.map_or(Duration::ZERO, |seen: Instant| seen.elapsed());
        // A person who is asked is no `act`, so this has a bound.
        let is_ready = are_acting(bench, &text) || lasted > at + Duration::from_secs(2);
        if text.lines().count() >= lines && lasted >= at && is_ready {
            break;
        }
        if child.try_wait().unwrap().is_some() || begun.elapsed() > Duration::from_secs(90) {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    assert!(bench.signal(child, "TERM"));
}

/// True where no `act` has been started that is not ready yet.
fn are_acting(bench: &Bench, lines: &str) -> bool {
    let is_start =
        |line: &&str| ["\"attempt_started\"", "\"undo_started\""].iter().any(|event| line.contains(event));
    let started = lines.lines().filter(is_start).count();
    bench.read("world.ready").lines().count() >= started
}

/// Where two traces differ, line by line, and the first line that does; none where they agree but for their
/// moments.
pub(crate) fn difference(expected: &[Value], got: &[Value]) -> Option<(usize, String)> {
    let words = |line: &Value| {
        let members = line.as_object().expect("a line is an object").iter();
        let members = members.filter(|(key, _)| !matches!(key.as_str(), "at_ms" | "event" | "plan"));
        let mut text = line["event"].as_str().unwrap_or("?").to_owned();
        for (key, value) in members {
            write!(text, " {key}={value}").expect("a string takes any text");
        }
        text
    };
    let (expected, moments) = (expected.iter().map(words).collect::<Vec<_>>(), got);
    let got: Vec<String> = got.iter().map(words).collect();
    if expected == got {
        return None;
    }
    let same = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    for line in &expected[..same] {
        writeln!(text, "  {line}").expect("a string takes any text");
    }
    for line in &expected[same..] {
        writeln!(text, "- {line}").expect("a string takes any text");
    }
    for (line, moment) in got[same..].iter().zip(&moments[same..]) {
        writeln!(text, "+ {line}   ({} ms)", moment["at_ms"]).expect("a string takes any text");
    }
    Some((same, text))
}

#[test]
fn a_difference_is_shown_from_where_it_begins() {
    let line = |event: &str, at_ms: u64| serde_json::json!({ "event": event, "at_ms": at_ms, "step": "s" });
    assert_eq!(difference(&[line("a", 1)], &[line("a", 2)]), None);
    let (at, text) = difference(&[line("a", 1), line("b", 1)], &[line("a", 2), line("c", 3)]).unwrap();
    assert_eq!(at, 1);
    assert_eq!(text, "  a step=\"s\"\n- b step=\"s\"\n+ c step=\"s\"   (3 ms)\n");
}
