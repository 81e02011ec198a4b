//! Lowering: rules in, plan out.

use rulec::decide::fact;
use rulec::graph::{EntityKind, Lookup, resolve};
use rulec::plan::{Options, canonical, lower};
use serde_json::Value;

use crate::support::rules::{rule_set, told};
use crate::support::snapshot;

/// The plan of an entry in its canonical spelling, and what was found.
fn lowered(files: &[(&str, &str)], entry: &str, options: &Options) -> (Value, String) {
    let rules = rule_set(files);
    let (graph, found) = resolve(&rules);
    assert!(found.is_empty(), "{}", told(&rules, &found));
    let Lookup::One(index) = graph.lookup(&[EntityKind::Procedure, EntityKind::Decision], entry) else {
        panic!("no entry {entry}")
    };
    let lowered = lower(&graph, index, options);
    assert!(canonical::verify(&lowered.plan));
    (canonical::to_value(&lowered.plan), told(&rules, &lowered.diagnostics))
}

fn options(environment: Option<&str>, facts: &[(&str, &str)]) -> Options {
    Options {
        environment: environment.map(str::to_owned),
        facts: facts.iter().map(|(name, value)| ((*name).to_owned(), fact(value))).collect(),
        lock_scope: None,
        rehearse: None,
    }
}

/// What matters of each step in one line: id, what it needs, its condition, what it runs.
fn outline(plan: &Value) -> String {
    let mut lines = Vec::new();
    let mut step = |step: &Value, indent: &str| {
        let needs: Vec<&str> =
            step["needs"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let when = step["when"].as_str().map(|when| format!(" when {when}")).unwrap_or_default();
        let action = &step["action"];
        let what = ["command", "instruction", "path"].iter().find_map(|key| action[*key].as_str());
        let what = what.map_or_else(|| format!("check: {}", action["condition"]["text"]), str::to_owned);
        lines.push(format!(
            "{indent}{} [{}]{when}: {what}",
            step["id"].as_str().expect("an id"),
            needs.join(" ")
        ));
    };
    for it in plan["steps"].as_array().into_iter().flatten() {
        step(it, "");
    }
    for rollback in plan["rollbacks"].as_array().into_iter().flatten() {
        for it in rollback["steps"].as_array().into_iter().flatten() {
            step(it, &format!("rollback {} after {}: ", rollback["procedure"], rollback["after"]));
        }
    }
    for it in plan["finally"].as_array().into_iter().flatten() {
        step(it, "finally: ");
    }
    for dropped in plan["dropped"].as_array().into_iter().flatten() {
        lines.push(format!("dropped {}: {}", dropped["what"], dropped["reason"]));
    }
    lines.join("\n") + "\n"
}

const BAKERY: &[(&str, &str)] = &[
    (
        "L1-goals.yaml",
        "goals: [{ id: G1, metrics: { warmth: { target: '>= 180 degrees', probe: ./warmth } } }]\n",
    ),
    (
        "L2-system.yaml",
        "context:\n  project_structure:\n    components:\n    - name: oven\n      health: { check: ./warm, timeout: 2 }\n      actions:\n        heat: { command: ./heat, timeout: 30, estimated_duration: 5, retry: 2, undo: ./cool, env: { LEVEL: low, FUEL: gas } }\n  environments:\n    test: { size: 2, city: Ulm }\n    live: { size: 40 }\n",
    ),
    (
        "L3-limits.yaml",
        "operational_constraints: { deployment: { allowed_hours: '22:00-04:00' } }\nexecutor: { concurrency: { lock_scope: bakery, lock_timeout: 1m }, forbidden_paths: [/etc/**] }\n",
    ),
    (
        "L4-decisions.yaml",
        "rules:\n- { id: R1, condition: { field: size, operator: greater, value: 10 }, action: { target: batch, value: large } }\n- { id: R2, condition: { field: size, operator: less_or_equal, value: 10 }, action: { target: batch, value: small } }\ndecision_rules:\n- id: D1\n  conditions: [the flour is there, { when: decisions.batch == \"large\" }, { check: test -d dough }]\n  actions: [{ service: oven, action: heat, LEVEL: high }, { action: E2, delay: 5 }]\n  rollback: { on_failure: E3 }\n",
    ),
    (
        "L5-execution.yaml",
        "procedures:\n- id: E1\n  name: Bake\n  risk: high\n  satisfies: [G1]\n  window: maintenance\n  approval: { reason: it is night }\n  inputs: [{ name: size, type: int, required: true }, { name: city, default: Bern }, { name: key, type: secret }]\n  preconditions: [swept, { check: test -d flour, timeout: 5 }, { checklist: clean }, { metric: warmth }, { health: oven }]\n  postconditions: [{ check: ./smells-good }]\n  steps:\n  - { id: heat, uses: oven.heat, estimated_duration: 20s, with: { LEVEL: medium }, delay_after: 3, verify: ./warm }\n  - { id: knead, run: E2, when: decisions.batch == \"large\" }\n  - { id: bake, command: ./bake, when: 'decisions.batch == \"large\" && steps.heat.status == \"ok\"', timeout: 1m30s }\n  - { id: taste, manual: Taste it., owner: baker }\n  rollback_procedure: E3\n  finally: [{ step: 1, command: ./sweep }]\n  estimated_duration: 10 minutes\n- id: E2\n  inputs: [{ name: flour, default: rye }]\n  preconditions: [{ check: test -s water }]\n  steps:\n  - { id: mix, command: ./mix, undo: ./throw-away }\n  - { id: rest, command: sleep 1, needs: [mix], when: 'steps.mix.status == \"ok\"' }\n  - { id: wash, command: ./wash, needs: [mix] }\n  rollback_procedure: E4\n- { id: E3, preconditions: [nobody hungry], postconditions: [{ check: ./cold }, told], rollback_procedure: E4, steps: [{ step: 1, command: ./cool }] }\n- { id: E4, steps: [{ step: 1, command: ./empty }] }\nchecklists: { clean: [{ item: swept, mandatory: true, check: ./swept }, { item: polished }] }\nalerts: { default: { command: ./ring } }\n",
    ),
];

#[test]
fn a_plan_holds_everything_that_is_known() {
    let (plan, found) = lowered(BAKERY, "E1", &options(Some("live"), &[]));
    assert_eq!(found, "\n");
    snapshot("lower-plan", &(serde_json::to_string_pretty(&plan).expect("a plan is JSON") + "\n"));
}

#[test]
fn facts_make_different_plans() {
    let outlines: Vec<String> = [("live", "40"), ("test", "2"), ("test", "11")]
        .iter()
        .map(|(environment, size)| {
            let (plan, found) = lowered(BAKERY, "E1", &options(Some(environment), &[("size", size)]));
            assert_eq!(found, "\n");
            format!("{environment}, size {size}:\n{}", outline(&plan))
        })
        .collect();
    snapshot("lower-facts", &outlines.join("\n"));
}

#[test]
fn a_decision_without_facts_is_asked_for() {
    let (_, found) = lowered(BAKERY, "E1", &options(None, &[]));
    snapshot("lower-undecided", &found);
}

#[test]
fn a_decision_is_compiled_like_a_procedure() {
    let (plan, found) = lowered(BAKERY, "D1", &options(Some("live"), &[]));
    assert_eq!(found, "\n");
    let text = outline(&plan);
    snapshot("lower-decision", &format!("{}\n{text}", plan["preconditions"]));
    let (_, found) = lowered(BAKERY, "D1", &options(Some("test"), &[]));
    assert!(found.contains("decision `D1` does not apply under these facts"), "{found}");
}

#[test]
fn paths_are_held_where_the_call_has_led_to() {
    let limits =
        "executor: { allowed_paths: ['config/**', '/etc/bakery/*'], forbidden_paths: ['**/*.pem'] }\n";
    let steps = "procedures:\n- id: E1\n  steps:\n  - { id: call, run: E2, working_dir: config }\n- id: E2\n  writes: ['config/*.conf', 'services/**', 'keys/*.pem']\n  steps:\n  - { id: a, file: { path: a/./b, content: x } }\n  - { id: b, file: { path: b.pem, content: x } }\n  - { id: c, file: { path: /etc/bakery/c, content: x } }\n  - { id: d, file: { path: /etc/d, content: x } }\n  - { id: e, file: { path: ../config/e, content: x } }\n  - { id: f, file: { path: f/, content: x } }\n  - { id: g, file: { path: g, content: x }, working_dir: . }\n";
    let told = |limits: &str| {
        let files = [("L3-limits.yaml", limits), ("L5-execution.yaml", steps)];
        lowered(&files, "E1", &Options::default()).1
    };
    // A glob from the root may hold the folder of the run.
    snapshot("lower-paths", &told(limits));
    let found = told(&limits.replace(", '/etc/bakery/*'", ""));
    assert!(
        found.contains("`g` is not allowed") && found.contains("`services/**` is not allowed"),
        "{found}"
    );
    assert_eq!(told("executor: { forbidden_paths: [] }\n").matches("path-not-allowed").count(), 2);
}

#[test]
fn secrets_stay_out() {
    let (plan, _) = lowered(BAKERY, "E1", &options(Some("live"), &[("key", "open-sesame")]));
    assert!(!plan.to_string().contains("open-sesame"));
}

#[test]
fn what_a_call_cannot_carry_is_said() {
    let files = [(
        "L5-a.yaml",
        "procedures:\n- id: E1\n  steps:\n  - { step: 1, run: E2, retry: 2, timeout: 5, estimated_duration: 3, on_failure: continue }\n  - { step: 2, command: x, remedies: [{ run: E3 }] }\n- { id: E2, timeout: 9, max_parallel: 2, approval: { reason: r }, finally: [{ step: 1, command: y }], steps: [{ id: a, command: x }, { id: b, command: x, needs: [a] }] }\n- { id: E3, steps: [{ step: 1, manual: m }] }\n",
    )];
    let (_, found) = lowered(&files, "E1", &Options::default());
    snapshot("lower-calls", &found);
}

#[test]
fn what_is_wrong_with_conditions_and_inputs_is_said() {
    let files = [
        (
            "L1-a.yaml",
            "goals: [{ id: G1, metrics: { speed: '< 5s', joy: { target: much, probe: ./joy }, size: { target: '< 5 GB', probe: ./size, unit: MB } } }]\n",
        ),
        (
            "L2-b.yaml",
            "context: { project_structure: { components: [{ name: oven }] }, environments: { live: { port: many } } }\n",
        ),
        (
            "L5-c.yaml",
            "procedures:\n- id: E1\n  window: maintenance\n  inputs: [{ name: port, type: port }, { name: 2x }, { name: n, type: int, default: seven }]\n  preconditions: [{ health: oven }, { metric: speed }, { metric: joy }, { metric: size }]\n  steps:\n  - { id: a, command: x, when: steps.b.stats == \"ok\" }\n  - { id: b, command: x, when: inputs.port == \"x\" and true }\n  - { id: c, command: x, when: 1 + 1, env: { a-b: c } }\n",
        ),
    ];
    let (_, found) = lowered(&files, "E1", &options(Some("live"), &[]));
    snapshot("lower-mistakes", &found);
}

const WATCHED: &[(&str, &str)] = &[
    (
        "L1-a.yaml",
        "goals: [{ id: G1, metrics: { speed: { target: '< 1s', alert: '> 2s', probe: ./speed, unit: s }, joy: { target: '>= 4', probe: ./joy }, size: { target: '< 5 GB', alert: 3, probe: ./size }, rate: '> 2', mood: { target: '< 5', alert: bad, probe: ./mood } } }]\n",
    ),
    (
        "L5-b.yaml",
        "procedures: [{ id: E1, name: Mend, steps: [{ step: 1, command: x }] }, { id: E2, steps: [{ step: 1, command: y }] }]\nalerts: { page: { command: ./ring } }\n",
    ),
];

/// These and monitors, under a procedure and a decision alike.
fn watched(monitors: &str) -> (Value, String) {
    let text = format!("monitors:\n{monitors}");
    let files = [WATCHED[0], WATCHED[1], ("L5-c.yaml", &text)];
    let (plan, found) = lowered(&files, "E2", &Options::default());
    let monitors = |plan: &Value| plan["monitors"].clone();
    assert_eq!(
        monitors(&lowered(&files, "E1", &Options::default()).0),
        monitors(&plan),
        "all plans have all of them"
    );
    (plan, found)
}

#[test]
fn every_plan_carries_the_monitors() {
    let (plan, found) = watched(
        "- { id: M1, satisfies: [G1], every: 5m, check: ./warm, on_breach: { run: Mend, alert: page } }\n- { id: M2, every: 0, metric: speed, on_breach: { alert: default } }\n- { id: M3, every: 250ms, metric: G1.joy, on_breach: {} }\n",
    );
    assert_eq!(found, "\n");
    snapshot(
        "lower-monitors",
        &(serde_json::to_string_pretty(&plan["monitors"]).expect("it is JSON") + "\n"),
    );
    assert_eq!(plan["dropped"], Value::Null);
}

#[test]
fn a_monitor_that_nothing_can_look_for_is_said_and_left_out() {
    let (plan, found) = watched(
        "- { id: M1, every: 1, metric: rate }\n- { id: M2, every: 1, metric: size }\n- { id: M3, every: 1, metric: mood }\n- { id: M4, every: 1, check: ./warm }\n",
    );
    snapshot("lower-monitor-mistakes", &format!("{found}\n{}", outline(&plan)));
    assert_eq!(plan["monitors"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_id_that_a_round_or_a_call_takes_is_nobody_elses() {
    let found = |id: &str| {
        let text = format!(
            "procedures:\n- id: E1\n  steps:\n  - {{ id: s, command: x, repeat: {{ until: y, max: 3 }} }}\n  - {{ id: c, run: E2 }}\n  - {{ id: {id}, command: x }}\n- {{ id: E2, steps: [{{ id: a, command: x }}] }}\n"
        );
        lowered(&[("L5-a.yaml", &text)], "E1", &Options::default()).1
    };
    for (id, by) in [("s~1", "s"), ("s~2~until", "s"), ("s~3", "s"), ("c/a", "c")] {
        let found = found(id);
        let told = format!("error[step-id-taken] `{id}` is also the id of a step that `{by}` is unrolled to");
        assert!(found.contains(&told) && found.matches("L5-a.yaml:").count() == 2, "{found}");
    }
    for id in ["s~4", "s~3~until", "s~", "c/b", "a", "t~1"] {
        assert_eq!(found(id), "\n", "{id}");
    }
}

#[test]
fn ten_thousand_steps_are_lowered() {
    let steps: Vec<String> =
        (1..=10_000).map(|step| format!(r#"{{"step": {step}, "command": "x"}}"#)).collect();
    let text = format!(r#"{{"procedures": [{{"id": "E1", "steps": [{}]}}]}}"#, steps.join(","));
    let (plan, _) = lowered(&[("L5-a.json", &text)], "E1", &Options::default());
    assert_eq!(plan["steps"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(plan["steps"][9_999]["source"]["pointer"], "/procedures/0/steps/9999");
}

/// Procedures of which each runs the next one `times` times.
fn chain(length: usize, times: usize) -> String {
    let mut procedures = Vec::new();
    for number in 0..length {
        let steps: Vec<String> =
            (1..=times).map(|step| format!(r#"{{"step": {step}, "run": "E{}"}}"#, number + 1)).collect();
        procedures.push(format!(r#"{{"id": "E{number}", "steps": [{}]}}"#, steps.join(",")));
    }
    procedures.push(format!(r#"{{"id": "E{length}", "steps": [{{"step": 1, "command": "x"}}]}}"#));
    format!(r#"{{"procedures": [{}]}}"#, procedures.join(","))
}

#[test]
fn calls_that_multiply_come_to_an_end() {
    for (length, times, told) in
        [(40, 2, "calls come to more than 50000 steps"), (100, 1, "calls nest deeper than 64 procedures")]
    {
        let (_, found) = lowered(&[("L5-a.json", &chain(length, times))], "E0", &Options::default());
        assert_eq!(found.matches("error[").count(), 1, "{found}");
        assert!(found.contains(told), "{found}");
    }
    let (plan, found) = lowered(&[("L5-a.json", &chain(63, 1))], "E0", &Options::default());
    assert_eq!(found, "\n");
    assert_eq!(plan["steps"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_rollback_that_calls_what_it_takes_back_comes_to_an_end() {
    let text = "procedures:
  - { id: E1, rollback_procedure: E2, steps: [{ step: 1, command: x }] }
  - { id: E2, steps: [{ step: 1, run: E1 }] }
";
    let checked = rulec::driver::check_files(&[("L5-a.yaml", text)]);
    let found: Vec<_> = checked.findings.iter().map(|found| found.rule.id).collect();
    assert!(found.contains(&"rollback-cycle"), "{found:?}");
}

/// Shows orchestrator.35.
#[test]
fn what_a_call_gives_reaches_conditions_and_the_way_back() {
    let rules = r#"
procedures:
  - id: install
    inputs: [{ name: part, type: string, required: true }, { name: loud, type: bool, default: false }]
    rollback_procedure: remove
    steps:
      - { id: put, command: 'cp "$part" parts/', timeout: 5, on_failure: abort }
      - { id: quiet, command: 'true', timeout: 5, on_failure: abort, when: '!inputs.loud' }
      - { id: bell, command: 'printf "\a"', timeout: 5, on_failure: abort, when: inputs.part == "bell" }
  - id: remove
    inputs: [{ name: part, type: string, required: true }]
    postconditions: [{ check: 'test ! -e "parts/$part"' }]
    steps:
      - { id: take, command: 'rm -f "parts/$part"', timeout: 5, on_failure: abort }
  - id: build
    steps:
      - { id: a, run: install, with: { part: bell, loud: true } }
      - { id: b, run: install, with: { part: saddle } }
"#;
    let (plan, found) = lowered(&[("L5-bicycle.yaml", rules)], "build", &options(None, &[]));
    assert_eq!(found.trim(), "");
    let env = |step: &Value| format!("{} {}", step["id"].as_str().unwrap_or("?"), step["env"]);
    let steps: Vec<String> = plan["steps"].as_array().into_iter().flatten().map(env).collect();
    assert_eq!(
        steps,
        [
            r#"a/put {"loud":"true","part":"bell"}"#,
            r#"a/bell {"loud":"true","part":"bell"}"#,
            r#"b/put {"part":"saddle"}"#,
            r#"b/quiet {"part":"saddle"}"#,
        ]
    );
    let back = plan["rollbacks"].as_array().into_iter().flatten();
    let back: Vec<String> =
        back.flat_map(|it| it["steps"].as_array().into_iter().flatten()).map(env).collect();
    assert_eq!(
        back,
        [
            r#"b/remove/take {"part":"saddle"}"#,
            r#"b/remove/post-1 {"part":"saddle"}"#,
            r#"a/remove/take {"loud":"true","part":"bell"}"#,
            r#"a/remove/post-1 {"loud":"true","part":"bell"}"#,
        ]
    );
    let inputs: Vec<&str> =
        plan["inputs"].as_array().into_iter().flatten().filter_map(|input| input["name"].as_str()).collect();
    assert_eq!(inputs, ["loud"], "what the calls give is not asked for");
}

#[test]
fn what_a_call_gives_must_fit() {
    let rules = r#"
procedures:
  - id: clean
    inputs:
      - { name: oven, type: int, required: true }
      - { name: how, values: [dry, wet], default: dry }
      - { name: key, type: secret }
    steps:
      - { id: a, command: './clean.sh "$oven" "$how"', timeout: 5, read_only: true }
  - id: close
    steps:
      - { id: b, run: clean, with: { oven: three, how: hot, key: hunter2 } }
"#;
    let (_, found) = lowered(&[("L5-bakery.yaml", rules)], "close", &options(None, &[]));
    snapshot("lower_arguments", &found);
}
