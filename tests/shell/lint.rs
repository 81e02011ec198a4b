//! Scripts read well: to linters, to whoever opens one, to whoever watches one run.

use std::process::Command;

use rulec::plan::Plan;
use rulec::plan::ir::{
    Action, Approval, Audit, Idempotency, InputType, Monitor, OnFailure, Reaction, Remedy, RemedyThen, Window,
};
use rulec::target::{Shell, Target as _};

use super::bench::{Bench, need};
use super::plans::{
    act, check, input, measure, on_failure, optional, plan, prose, retry, rollback, source, step, timeout,
    traced, verify,
};

/// A plan with a bit of everything.
fn sample() -> Plan {
    let mut plan = plan([
        verify(timeout(traced("a"), 30_000), "test -e ready || { touch ready; exit 1; }", 5, 10),
        on_failure(step("b", "echo 'it'\\''s only\na warning' >&2; exit 3"), OnFailure::AlertAndContinue),
        retry(step("c", "echo \"cannot reach the database\" >&2\nexit 7 # caf\u{e9} \\"), 1, 20),
    ]);
    plan.steps[0].env.insert("GREETING".into(), "hello".into());
    plan.steps[0].working_dir = Some(".".into());
    plan.steps[2].name = "Migrate the data".into();
    plan.preconditions = vec![
        check("the disk has room", "true"),
        measure("echo 5", rulec::plan::ir::Comparison::Less, "10"),
        optional(prose("somebody watches")),
    ];
    plan.rollbacks = vec![rollback("E2", [traced("E2/1")])];
    plan.finally = vec![traced("finally/clean")];
    plan.inputs = vec![input("PORT", InputType::Port)];
    plan.inputs[0].default = Some("8080".into());
    plan.checklists.insert("before".into(), vec![prose("one")]);
    plan
}

/// The linter's words about a file; nothing where it has none.
fn lint(program: &str, args: &[&str], file: &std::path::Path) -> Option<String> {
    let output = Command::new(need(program)?).args(args).arg(file).output().unwrap();
    Some(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn linters_have_nothing_to_say() {
    let bench = Bench::new("sh");
    // One script with all that a script can carry.
    let mut plan = sample();
    plan.steps[1].output = true;
    plan.steps[2].when = Some(r#"steps.b.output.matches('^\\w+ "\'$(x)`') || inputs.PORT in [1, 2]"#.into());
    plan.finally[0].when = Some("steps.a.status != 'ok'".into());
    let hours = ("22:00".to_owned(), "02:00".to_owned());
    plan.policy.window = Some(Window { start: hours.0, end: hours.1, source: source("/window") });
    let roles = vec!["owner".into(), "it's $caf\u{e9}".into()];
    let reason = "it's\n`risky`".into();
    plan.policy.approvals = vec![Approval { roles, reason, source: source("/approval") }];
    plan.policy.audit = Some(Audit { path: None, retention_days: Some(30) });
    plan.policy.idempotency = Some(Idempotency { ttl_ms: 60_000 });
    plan.inputs.push(input("TOKEN", InputType::Secret));
    let action = Action::File {
        path: "it's".into(),
        content: Some("text\n".into()),
        from: None,
        expect_sha256: None,
        mode: Some("0640".into()),
        absent: false,
    };
    plan.steps.push(act("f", action));
    let helps = |then, fallback| Remedy {
        exit_codes: vec![7],
        stderr_matches: Some("it's .*down".into()),
        run: vec!["restart 'it'".into()],
        then,
        max: 2,
        fallback,
    };
    let thens = [RemedyThen::Retry, RemedyThen::Continue, RemedyThen::Abort];
    plan.steps[2].remedies = thens.map(|then| helps(then, false)).to_vec();
    plan.steps[2].remedies.push(helps(RemedyThen::Continue, true));
    plan.steps.push(on_failure(step("lenient", "true"), OnFailure::Continue));
    plan.monitors = vec![Monitor {
        id: "watch".into(),
        text: "it's well".into(),
        every_ms: 1_000,
        check: check("", "true").check.expect("it has one"),
        on_breach: Some(Reaction { alert: Some("default".into()), run: Some("E1".into()) }),
        satisfies: Vec::new(),
        source: source("/monitors/0"),
    }];
    let script = bench.emit(&plan);
    let wrapper = concat!(env!("CARGO_MANIFEST_DIR"), "/src/target/shell/runtime/wrap.sh").as_ref();
    // Part by part: shellcheck follows calls, and takes minutes and gigabytes for a script as a whole.
    let content = bench.read("script.sh");
    let mut parts = content.split("\n# ---- ");
    let head = parts.next().expect("a script has a head");
    let rules = head.lines().find(|line| line.starts_with("# shellcheck ")).expect("it says what to check");
    let mut files = vec![wrapper, script.as_path()];
    let parts: Vec<_> = (1..)
        .zip(parts)
        .map(|(i, part)| {
            let file = bench.path().join(format!("part-{i}.sh"));
            bench.write(&file, format!("#!/bin/sh\n{rules}\n\n# ---- {part}\n"));
            file
        })
        .collect();
    assert!(parts.len() > 30, "{}", parts.len());
    for file in &files {
        if let Some(words) = lint("shfmt", &["-ln", "posix", "-i", "2", "-ci", "-d"], file) {
            assert_eq!(words, "");
        }
    }
    files.pop();
    for file in files.into_iter().chain(parts.iter().map(std::path::PathBuf::as_path)) {
        if let Some(words) = lint("shellcheck", &["--norc", "-s", "sh"], file) {
            assert_eq!(words, "");
        }
    }
}

fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn the_plan_in_a_script_reads_well() {
    let script = Shell.emit(&sample()).content;
    let plan = script.split_once("\nrulec_plan() {").expect("every script has a plan").1;
    let plan = plan.rsplit_once("\n# ---- The same plan as JSON").expect("every script carries its plan").0;
    settings().bind(|| insta::assert_snapshot!("shell_plan", format!("rulec_plan() {{{plan}")));
}

#[test]
fn progress_reads_well() {
    let mut settings = settings();
    for (pattern, replacement) in [
        (r"(?m)^ *\d+\.\ds ", "   0.0s "),
        (r"after \d+\.\ds", "after 0.0s"),
        (r"\d{8}T\d{6}Z-\d+", "RUN"),
        (r"/\S*/state", "STATE"),
    ] {
        settings.add_filter(pattern, replacement);
    }
    let run = Bench::new("sh").run(&sample(), &[]);
    assert_eq!(run.code, 5);
    settings.bind(|| insta::assert_snapshot!("shell_progress", run.stderr));
}
