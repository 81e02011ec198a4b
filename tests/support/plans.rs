//! Plans to test with: the smallest step and plan, to be changed where a test needs it, and arbitrary plans
//! with texts that are as hostile as texts get.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option::{of, weighted};
use proptest::prelude::*;
use rulec::plan::ir::*;
use rulec::plan::{bounds, canonical};

/// A place in the rules.
pub(crate) fn source(pointer: &str) -> Source {
    Source { file: "L5-execution.yaml".into(), pointer: pointer.into(), line: 1 }
}

/// A step that runs `true` within a minute and nothing else.
pub(crate) fn step(id: &str) -> Step {
    Step {
        id: id.into(),
        name: id.into(),
        action: Action::Command { command: "true".into() },
        needs: Vec::new(),
        when: None,
        probe: false,
        round: None,
        start_before: None,
        start_at_ms: None,
        end_by_ms: None,
        phase: None,
        delay_before_ms: 0,
        delay_after_ms: 0,
        timeout_ms: Some(60_000),
        estimated_ms: None,
        grace_ms: 0,
        retry: Retry {
            retries: 0,
            delay_ms: 0,
            backoff: Backoff::Fixed,
            max_delay_ms: None,
            on_exit_codes: Vec::new(),
        },
        verify: None,
        on_failure: OnFailure::Abort,
        undo: None,
        read_only: false,
        idempotent: false,
        irreversible: None,
        env: Default::default(),
        working_dir: None,
        output: false,
        mutex: None,
        breaker: None,
        resources: Default::default(),
        owner: None,
        remedies: Vec::new(),
        source: source("/procedures/0/steps/0"),
    }
}

/// The step as one whose exit code is an answer, where it runs a command.
pub(crate) fn asking(step: Step) -> Step {
    let runs = match &step.action {
        Action::Command { .. } => true,
        Action::Condition { condition } => condition.check.is_some(),
        Action::Manual { .. } | Action::Fail { .. } | Action::File { .. } => false,
    };
    if !runs {
        return step;
    }
    let retry = Retry { retries: 0, ..step.retry };
    Step { probe: true, read_only: true, retry, verify: None, undo: None, remedies: Vec::new(), ..step }
}

/// A plan of these steps and nothing else, not sealed.
pub(crate) fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        version: VERSION,
        digest: String::new(),
        entry: Entry {
            kind: EntryKind::Procedure,
            id: "E1".into(),
            name: "E1".into(),
            description: String::new(),
            risk: None,
            satisfies: Vec::new(),
            source: source("/procedures/0"),
        },
        sources: Vec::new(),
        environment: None,
        facts: Default::default(),
        decisions: Default::default(),
        inputs: Vec::new(),
        policy: Policy { lock: Some(Lock { scope: "E1".into(), timeout_ms: 0 }), ..Policy::default() },
        preconditions: Vec::new(),
        steps,
        timeline: None,
        rehearsal: None,
        max_parallel: None,
        resources: Default::default(),
        breakers: Default::default(),
        timeout_ms: None,
        postconditions: Vec::new(),
        rollbacks: Vec::new(),
        finally: Vec::new(),
        alerts: Default::default(),
        checklists: Default::default(),
        files: Vec::new(),
        monitors: Vec::new(),
        metrics: Vec::new(),
        bounds: Bounds::default(),
        dropped: Vec::new(),
    }
}

/// The plan with its figures computed and its digest filled in.
pub(crate) fn finish(mut plan: Plan) -> Plan {
    plan.bounds = bounds::bounds(&plan);
    canonical::seal(plan)
}

/// Any text that a rule file may hold, with what Markdown, HTML, Mermaid, dot and shells read as their own.
pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        2 => "[a-z][a-z0-9 ]{0,16}",
        3 => "[-+*_`~#&;:|!<>(){}\\[\\]\\\\\"'$%^=@/.0-9a-c \t\n]{0,20}",
        1 => "[\u{0}-\u{1f}\u{7f}\u{85}\u{a0}\u{2028}\u{202e}a]{0,6}",
        1 => any::<String>(),
        1 => prop::sample::select(vec![
            "<script>alert(1)</script>", "<!-- -->", "&lt;b&gt;", "[x](http://a)", "![x](y)", "https://a.b/c",
            "- [ ] task", "1. one", "# head", "> quote", "a\n\nb", "a\n---\nb", "a  \nb", "    code", "```\nx\n```",
            "~~~", "|a|b|", "*a* _b_ ~~c~~", "a\\", "end", "%%{init}%%", "\"];", "a --> b", "subgraph", "\\n", "\\l",
            "&#35;", "#quot;", "[^1]: x", "[a]: b", "$x$", ":smile:", "a@b.c", "<a@b.c>", "=", "a\n=", "\t",
        ]).prop_map(String::from),
    ]
    .boxed()
}

/// Milliseconds up to some days, often none.
pub(crate) fn ms() -> BoxedStrategy<u64> {
    prop_oneof![2 => Just(0), 3 => (1_u64..=600).prop_map(|s| s * 1000), 1 => 1_u64..=400_000_000].boxed()
}

fn any_source() -> BoxedStrategy<Source> {
    (text(), text(), 1..=u32::MAX).prop_map(|(file, pointer, line)| Source { file, pointer, line }).boxed()
}

fn check() -> BoxedStrategy<Check> {
    let op = prop::sample::select(vec![
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
        Comparison::Equal,
    ]);
    let measure =
        (op, -999_i32..999, text()).prop_map(|(op, n, unit)| Measure { op, value: n.to_string(), unit });
    (text(), of(ms()), of(measure))
        .prop_map(|(command, timeout_ms, measure)| Check { command, timeout_ms, measure, says: None })
        .boxed()
}

fn condition() -> BoxedStrategy<Condition> {
    (text(), of(check()), any::<bool>(), any_source())
        .prop_map(|(text, check, mandatory, source)| Condition { text, check, mandatory, source })
        .boxed()
}

fn action() -> BoxedStrategy<Action> {
    prop_oneof![
        4 => text().prop_map(|command| Action::Command { command }),
        1 => text().prop_map(|instruction| Action::Manual { instruction }),
        1 => condition().prop_map(|condition| Action::Condition { condition }),
        1 => (text(), of(text()), of(text()), of("[0-9a-f]{64}"), of("0?[0-7]{3}")).prop_map(
            |(path, content, from, expect_sha256, mode)| Action::File { path, content, from, expect_sha256, mode, absent: false }
        ),
    ]
    .boxed()
}

fn retry() -> BoxedStrategy<Retry> {
    let backoff = prop::sample::select(vec![Backoff::Fixed, Backoff::Exponential]);
    let retries = prop_oneof![3 => Just(0_u32), 4 => 1_u32..=8, 1 => any::<u32>()];
    (retries, ms(), backoff, of(ms()), vec(any::<u8>(), 0..3))
        .prop_map(|(retries, delay_ms, backoff, max_delay_ms, on_exit_codes)| Retry {
            retries,
            delay_ms,
            backoff,
            max_delay_ms,
            on_exit_codes,
        })
        .boxed()
}

fn verify() -> BoxedStrategy<Verify> {
    (text(), of(ms()), 0_u32..=10, ms())
        .prop_map(|(command, timeout_ms, attempts, interval_ms)| Verify {
            command,
            timeout_ms,
            attempts,
            interval_ms,
            says: None,
        })
        .boxed()
}

fn remedy() -> BoxedStrategy<Remedy> {
    let then = prop::sample::select(vec![RemedyThen::Retry, RemedyThen::Continue, RemedyThen::Abort]);
    (vec(any::<u8>(), 0..3), of(text()), vec(text(), 0..3), then, 0_u32..5, weighted(0.1, Just(())))
        .prop_map(|(exit_codes, stderr_matches, run, then, max, fallback)| Remedy {
            exit_codes,
            stderr_matches,
            run,
            then,
            max,
            fallback: fallback.is_some(),
        })
        .boxed()
}

fn on_failure() -> BoxedStrategy<OnFailure> {
    prop::sample::select(vec![
        OnFailure::Abort,
        OnFailure::RetryThenAbort,
        OnFailure::Continue,
        OnFailure::AlertAndContinue,
        OnFailure::Rollback,
    ])
    .boxed()
}

/// What there is of the resources that [`taken`] takes.
pub(crate) fn there_is() -> BTreeMap<String, Resource> {
    let of = |name: &str, capacity| {
        let source = source(&format!("/context/resources/{name}"));
        (name.to_owned(), Resource { capacity, unit: None, source })
    };
    [of("one", 1), of("three", 3)].into()
}

/// Some units of some of them.
pub(crate) fn taken() -> BoxedStrategy<BTreeMap<String, u32>> {
    let units = (weighted(0.2, Just(1_u32)), weighted(0.4, 1_u32..=3));
    units
        .prop_map(|(one, three)| {
            let taken = [("one", one), ("three", three)];
            taken.into_iter().filter_map(|(name, units)| Some((name.to_owned(), units?))).collect()
        })
        .boxed()
}

/// The circuit breakers that [`breaker`] names.
pub(crate) fn all_breakers() -> BTreeMap<String, Breaker> {
    let of = |name: &str, failures| {
        let source = source(&format!("/context/project_structure/components/{name}"));
        (name.to_owned(), Breaker { failures, source })
    };
    [of("c1", 1), of("c3", 3)].into()
}

/// One of them, or none.
pub(crate) fn breaker() -> BoxedStrategy<Option<String>> {
    weighted(0.3, prop::sample::select(vec!["c1", "c3"]).prop_map(str::to_owned)).boxed()
}

/// A step without needs; its id is a text that [`steps`] makes unique.
pub(crate) fn any_step() -> BoxedStrategy<Step> {
    let undo = (text(), of(ms()), 0_u32..4).prop_map(|(command, timeout_ms, retries)| Undo {
        command,
        timeout_ms,
        retries,
        manual: false,
    });
    let what = (text(), text(), action(), of(text()), of(verify()), of(undo), vec(remedy(), 0..3));
    let time = (ms(), ms(), of(ms()), of(ms()), ms(), retry(), on_failure());
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let rest = (
        of(text()),
        btree_map(text(), text(), 0..3),
        of(text()),
        (of("[ab]"), breaker()),
        taken(),
        of(text()),
        any_source(),
    );
    (what, time, flags, rest)
        .prop_map(
            |(
                (id, name, action, when, verify, undo, remedies),
                (delay_before_ms, delay_after_ms, timeout_ms, estimated_ms, grace_ms, retry, on_failure),
                (read_only, idempotent, output),
                (irreversible, env, working_dir, (mutex, breaker), resources, owner, source),
            )| Step {
                id,
                name,
                action,
                needs: Vec::new(),
                round: when.clone().map(|of| Round { of, number: 1, max: 2 }),
                when,
                start_before: None,
                start_at_ms: None,
                end_by_ms: None,
                phase: None,
                probe: false,
                delay_before_ms,
                delay_after_ms,
                timeout_ms,
                estimated_ms,
                grace_ms,
                retry,
                verify,
                on_failure,
                undo,
                read_only,
                idempotent,
                irreversible,
                env,
                working_dir,
                output,
                mutex,
                breaker,
                resources,
                owner,
                remedies,
                source,
            },
        )
        .boxed()
}

/// Steps with unique ids that start with `prefix`, in a graph without cycles.
pub(crate) fn steps(prefix: &'static str, count: std::ops::Range<usize>) -> BoxedStrategy<Vec<Step>> {
    vec((any_step(), vec(any::<prop::sample::Index>(), 0..3)), count)
        .prop_map(move |drawn| {
            let mut steps: Vec<Step> = Vec::new();
            for (index, (mut step, needs)) in drawn.into_iter().enumerate() {
                step.id = format!("{prefix}{index}{}", step.id);
                if index > 0 {
                    step.needs = needs.iter().map(|need| steps[need.index(index)].id.clone()).collect();
                    step.needs.sort();
                    step.needs.dedup();
                }
                steps.push(step);
            }
            steps
        })
        .boxed()
}

fn input() -> BoxedStrategy<Input> {
    let kind = prop::sample::select(vec![
        InputType::String,
        InputType::Int,
        InputType::Float,
        InputType::Bool,
        InputType::Duration,
        InputType::Size,
        InputType::Path,
        InputType::Url,
        InputType::Port,
        InputType::Enum,
        InputType::Secret,
    ]);
    (("[A-Z_]{1,8}", kind, vec(text(), 0..3)), (of(text()), of(text()), any::<bool>(), text(), any_source()))
        .prop_map(|((name, kind, values), (value, default, required, description, source))| {
            let open = kind != InputType::Secret;
            let (value, default) = (value.filter(|_| open), default.filter(|_| open));
            Input { name, kind, values, min: None, max: None, value, default, required, description, source }
        })
        .boxed()
}

fn policy() -> BoxedStrategy<Policy> {
    let time = || (0_u8..24, 0_u8..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"));
    let window =
        (time(), time(), any_source()).prop_map(|(start, end, source)| Window { start, end, source });
    let approval = (vec(text(), 0..3), text(), any_source()).prop_map(|(roles, reason, source)| Approval {
        roles,
        reason,
        source,
    });
    let audit =
        (of(text()), of(0_u32..9999)).prop_map(|(path, retention_days)| Audit { path, retention_days });
    (
        (text(), ms(), of(ms()), of(audit), of(window)),
        (vec(approval, 0..3), vec(text(), 0..3), vec(text(), 0..3)),
    )
        .prop_map(|((scope, timeout_ms, ttl, audit, window), (approvals, allowed_paths, forbidden_paths))| {
            Policy {
                lock: Some(Lock { scope, timeout_ms }),
                idempotency: ttl.map(|ttl_ms| Idempotency { ttl_ms }),
                audit,
                window,
                approvals,
                allowed_paths,
                forbidden_paths,
                ..Policy::default()
            }
        })
        .boxed()
}

fn fact() -> BoxedStrategy<serde_json::Value> {
    prop_oneof![
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        // A double with a fraction: `3.0` and `3` are one number in JSON and two in serde_json.
        any::<i32>().prop_map(|n| (f64::from(n) + 0.5).into()),
        text().prop_map(Into::into),
        vec(text(), 0..3).prop_map(Into::into),
    ]
    .boxed()
}

fn rollback() -> BoxedStrategy<Rollback> {
    (text(), text(), vec(text(), 0..2), steps("r", 0..3), any_source())
        .prop_map(|(procedure, name, after, steps, source)| Rollback {
            procedure,
            name,
            after,
            steps,
            source,
        })
        .boxed()
}

/// A sealed plan with anything in it.
pub(crate) fn any_plan() -> BoxedStrategy<Plan> {
    let entry = (
        prop::sample::select(vec![EntryKind::Procedure, EntryKind::Decision]),
        (text(), text(), text(), vec(text(), 0..3), any_source()),
        of(prop::sample::select(vec![Risk::Low, Risk::Medium, Risk::High, Risk::Critical])),
    )
        .prop_map(|(kind, (id, name, description, satisfies, source), risk)| Entry {
            kind,
            id,
            name,
            description,
            risk,
            satisfies,
            source,
        });
    let file = (text(), "[0-9a-f]{64}").prop_map(|(file, sha256)| SourceFile { file, sha256 });
    let dropped =
        (text(), text(), any_source()).prop_map(|(what, reason, source)| Dropped { what, reason, source });
    let alert = (text(), of(ms())).prop_map(|(command, timeout_ms)| Alert { command, timeout_ms });
    let known =
        (vec(file, 0..3), of(text()), btree_map(text(), fact(), 0..3), btree_map(text(), fact(), 0..3));
    let gates = (vec(input(), 0..3), policy(), vec(condition(), 0..3), vec(condition(), 0..3));
    let body = (steps("s", 0..6), of(1_u32..5), of(ms()), vec(rollback(), 0..3), steps("f", 0..3));
    let reaction = (of(text()), of(text())).prop_map(|(alert, run)| Reaction { alert, run });
    let monitor =
        (text(), text(), 1_u64..400_000_000, check(), of(reaction), vec(text(), 0..2), any_source())
            .prop_map(|(id, text, every_ms, check, on_breach, satisfies, source)| Monitor {
                id,
                text,
                every_ms,
                check,
                on_breach,
                satisfies,
                source,
            });
    let rest = (
        btree_map(prop_oneof![Just(String::from("default")), text()], alert, 0..3),
        btree_map(text(), vec(condition(), 0..3), 0..3),
        of(ms()),
        vec(dropped, 0..3),
        vec(monitor, 0..3),
    );
    (entry, known, gates, body, rest)
        .prop_map(
            |(
                entry,
                (sources, environment, facts, decisions),
                (inputs, policy, preconditions, postconditions),
                (steps, max_parallel, timeout_ms, rollbacks, finally),
                (alerts, checklists, estimated_ms, dropped, monitors),
            )| {
                let bounds = Bounds { estimated_ms, ..plan(Vec::new()).bounds };
                finish(Plan {
                    version: VERSION,
                    digest: String::new(),
                    entry,
                    sources,
                    environment,
                    facts,
                    decisions,
                    inputs,
                    timeline: None,
                    rehearsal: None,
                    policy,
                    preconditions,
                    steps,
                    max_parallel,
                    resources: there_is(),
                    breakers: all_breakers(),
                    timeout_ms,
                    postconditions,
                    rollbacks,
                    finally,
                    alerts,
                    checklists,
                    files: Vec::new(),
                    monitors,
                    metrics: all_metrics(),
                    bounds,
                    dropped,
                })
            },
        )
        .boxed()
}

/// Metrics of every kind.
fn all_metrics() -> Vec<Metric> {
    let source = Source { file: "L1-goals.yaml".into(), pointer: "/goals/0/metrics/wait".into(), line: 5 };
    let metric = |id: &str, alarm| Metric {
        id: id.to_owned(),
        goal: String::from("G1"),
        about: Some(String::from("nobody waits")),
        priority: Some(Priority::P1),
        owner: None,
        query: Some(String::from("wait_seconds")),
        alarm,
        for_ms: Some(90_000),
        source: source.clone(),
    };
    let (op, limit, unit) = (AlarmOp::GreaterOrEqual, String::from("5 / 3"), AlarmUnit::PerSecond);
    let alarm = Alarm { op, limit, unit, says: String::from("target < 100/min") };
    vec![metric("G1.wait", Some(alarm)), metric("G1.joy", None)]
}
