//! Each kind of mistake in the shape of a file, in each format, with its exact place.

use std::ops::Range;

use rulec::schema::{layer_of, validate};
use rulec::source::FileId;
use rulec::syntax::{Format, parse};

/// One mistake in the three formats. `«` and `»` stand around the place of the one finding.
struct Case {
    rule: &'static str,
    message: &'static str,
    json: &'static str,
    yaml: &'static str,
    toml: &'static str,
}

const CASES: &[Case] = &[
    Case {
        rule: "unknown-key",
        message: "unknown key `owmer`",
        json: r#"{"goals": [{"id": "G1", «"owmer"»: "baker"}]}"#,
        yaml: "goals:\n  - id: G1\n    «owmer»: baker\n",
        toml: "[[goals]]\nid = \"G1\"\n«owmer» = \"baker\"\n",
    },
    Case {
        rule: "unknown-key",
        message: "unknown key `recipe`",
        json: r#"{«"recipe"»: {"flour": 1}}"#,
        yaml: "«recipe»:\n  flour: 1\n",
        toml: "[«recipe»]\nflour = 1\n",
    },
    Case {
        rule: "unknown-key",
        message: "unknown key `intervall`",
        json: r#"{"procedures": [{"id": "E1", "steps": [
            {"id": "a", "command": "x", "verify": {"command": "y", «"intervall"»: "1s"}}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - id: a\n    command: x\n    verify: {command: y, «intervall»: 1s}\n",
        toml: "[[procedures]]\nid = 'E1'\n[[procedures.steps]]\nid = 'a'\ncommand = 'x'\nverify = {command = 'y', «intervall» = '1s'}\n",
    },
    Case {
        rule: "unknown-key",
        message: "`timeout` means nothing without `check`, `http`, `tcp`, `process`, `file` or `database`",
        json: r#"{"procedures": [{"id": "E1", "steps": [], "preconditions": [{"health": "ovens", «"timeout"»: 5}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps: []\n  preconditions:\n  - health: ovens\n    «timeout»: 5\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = []\n[[procedures.preconditions]]\nhealth = 'ovens'\n«timeout» = 5\n",
    },
    Case {
        rule: "camel-case-key",
        message: "key `rollbackProcedure` is spelt in camel case",
        json: r#"{"procedures": [{"id": "E1", "steps": [], «"rollbackProcedure"»: "E2"}]}"#,
        yaml: "procedures:\n- id: E1\n  steps: []\n  «rollbackProcedure»: E2\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = []\n«rollbackProcedure» = 'E2'\n",
    },
    Case {
        rule: "missing-key",
        message: "`id` is missing",
        json: r#"{"goals": [«{»"name": "Bread"}]}"#,
        yaml: "goals:\n  - «name»: Bread\n",
        toml: "[[goals]]\n«name» = \"Bread\"\n",
    },
    Case {
        rule: "missing-key",
        message: "`command` is missing",
        json: r#"{"alerts": {«"default"»: {}}}"#,
        yaml: "alerts:\n  «default»: {}\n",
        toml: "[alerts]\n«default» = {}\n",
    },
    Case {
        rule: "missing-key",
        message: "one of `command`, `probe`, `uses`, `run`, `manual` or `file` is missing",
        json: r#"{"procedures": [{"id": "E1", "steps": [«{»"id": "a", "timeout": 5}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - «id»: a\n    timeout: 5\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = [«{»id = 'a', timeout = 5}]\n",
    },
    Case {
        rule: "missing-key",
        message: "`id` or `step` is missing",
        json: r#"{"procedures": [{"id": "E1", "steps": [«{»"command": "x"}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps: [«{»command: x}]\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = [«{»command = 'x'}]\n",
    },
    Case {
        rule: "missing-key",
        message: "`value` is missing",
        json: r#"{"layer": "L5", "rules": [{"id": "R", «"condition"»: {"field": "a", "operator": "less"}, "action": {"target": "t", "value": 1}}]}"#,
        yaml: "layer: L5\nrules:\n- id: R\n  «condition»: {field: a, operator: less}\n  action: {target: t, value: 1}\n",
        toml: "layer = 'L5'\n[[rules]]\nid = 'R'\n«condition» = {field = 'a', operator = 'less'}\naction = {target = 't', value = 1}\n",
    },
    Case {
        rule: "wrong-type",
        message: "expected a list of strings, found a number",
        json: r#"{"non_goals": «5»}"#,
        yaml: "non_goals: «5»\n",
        toml: "non_goals = «5»\n",
    },
    Case {
        rule: "wrong-type",
        message: "expected a string, found a list",
        json: r#"{"non_goals": ["cake", «[]»]}"#,
        yaml: "non_goals:\n  - cake\n  - «[]»\n",
        toml: "non_goals = ['cake', «[]»]\n",
    },
    Case {
        rule: "wrong-type",
        message: "expected a string or an object, found `true`",
        json: r#"{"goals": [{"id": "G1", "success_criteria": [«true»]}]}"#,
        yaml: "goals:\n- id: G1\n  success_criteria:\n  - «true»\n",
        toml: "[[goals]]\nid = 'G1'\nsuccess_criteria = [«true»]\n",
    },
    Case {
        rule: "wrong-type",
        message: "expected a whole number, found a fraction",
        json: r#"{"context": {"project_structure": {"components": [{"name": "ovens", "port": «80.5»}]}}}"#,
        yaml: "context:\n  project_structure:\n    components:\n    - name: ovens\n      port: «80.5»\n",
        toml: "[[context.project_structure.components]]\nname = 'ovens'\nport = «80.5»\n",
    },
    Case {
        rule: "wrong-type",
        message: "expected a duration, found an object",
        json: r#"{"procedures": [{"id": "E1", "steps": [], "timeout": «{"s": 5}»}]}"#,
        yaml: "procedures:\n- id: E1\n  steps: []\n  timeout: «{s: 5}»\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = []\ntimeout = «{s = 5}»\n",
    },
    Case {
        rule: "invalid-value",
        message: "unknown value `hihg`",
        json: r#"{"procedures": [{"id": "E1", "steps": [], "risk": «"hihg"»}]}"#,
        yaml: "procedures:\n- id: E1\n  steps: []\n  risk: «hihg»\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = []\nrisk = «'hihg'»\n",
    },
    Case {
        rule: "invalid-value",
        message: "unknown unit `minuets`",
        json: r#"{"procedures": [{"id": "E1", "steps": [], "timeout": "5 «minuets»"}]}"#,
        yaml: "procedures:\n- id: E1\n  steps: []\n  timeout: 5 «minuets»\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = []\ntimeout = '5 «minuets»'\n",
    },
    Case {
        rule: "invalid-value",
        message: "unknown unit `minuets`",
        json: r#"{"procedures": [{"id": "E1", "steps": [], "timeout": "\u0035\u0020«minuets»"}]}"#,
        yaml: "procedures:\n- id: E1\n  steps: []\n  timeout: \"\\u0035\\x20«minuets»\"\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = []\ntimeout = \"\\u0035\\u0020«minuets»\"\n",
    },
    Case {
        rule: "invalid-value",
        message: "`70000` is out of range",
        json: r#"{"context": {"project_structure": {"components": [{"name": "ovens", "port": «70000»}]}}}"#,
        yaml: "context:\n  project_structure:\n    components:\n    - name: ovens\n      port: «70000»\n",
        toml: "[[context.project_structure.components]]\nname = 'ovens'\nport = «70000»\n",
    },
    Case {
        rule: "invalid-value",
        message: "`9999` does not have the form that is wanted here",
        json: r#"{"procedures": [{"id": "E1", "steps": [{"id": "a", "file": {"path": "p", "content": "", "mode": «"9999"»}}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - id: a\n    file: {path: p, content: '', mode: «'9999'»}\n",
        toml: "[[procedures]]\nid = 'E1'\n[[procedures.steps]]\nid = 'a'\nfile = {path = 'p', content = '', mode = «'9999'»}\n",
    },
    Case {
        rule: "invalid-value",
        message: "`run` stands beside `command`",
        json: r#"{"procedures": [{"id": "E1", "steps": [{"id": "a", "command": "x", «"run"»: "E2"}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - id: a\n    command: x\n    «run»: E2\n",
        toml: "[[procedures]]\nid = 'E1'\n[[procedures.steps]]\nid = 'a'\ncommand = 'x'\n«run» = 'E2'\n",
    },
    Case {
        rule: "layer-mismatch",
        message: "the file's name says layer `L1`, its `layer` says `L2`",
        json: r#"{"layer": «"L2"», "goals": []}"#,
        yaml: "layer: «L2»\ngoals: []\n",
        toml: "layer = «\"L2\"»\ngoals = []\n",
    },
];

/// The name that implies the layer in which a case's keys are known.
fn stem(text: &str) -> &'static str {
    if text.contains("procedures") || text.contains("alerts") || text.contains("rules") {
        "L5-case"
    } else if text.contains("context") {
        "L2-case"
    } else {
        "L1-case"
    }
}

#[test]
fn one_mistake_is_one_finding_at_its_place_in_every_format() {
    let mut wrong = String::new();
    for case in CASES {
        for (ending, marked) in [("json", case.json), ("yaml", case.yaml), ("toml", case.toml)] {
            let found = marked_findings(&format!("{}.{ending}", stem(marked)), marked);
            let wanted = format!("{}: {}", case.rule, case.message);
            if found != [(wanted, marked.to_owned())] {
                wrong.push_str(&format!(
                    "{}: {}\n{marked}\nbut found {found:#?}\n\n",
                    case.rule, case.message
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The findings of a text without its marks, each with the text marked where it points.
fn marked_findings(path: &str, marked: &str) -> Vec<(String, String)> {
    let text = marked.replace(['«', '»'], "");
    let parsed = parse(FileId(0), Format::of_path(path).expect("a format"), &text);
    assert!(parsed.diagnostics.is_empty(), "{path} can be read: {:?}\n{text}", parsed.diagnostics);
    let layer = layer_of(path, &parsed.tree, &text).expect("the name implies a layer");
    let (found, _) = validate(&parsed, &text, layer);
    let marked = found.iter().map(|found| {
        let Range { start, end } = found.primary.location.span.range();
        let marked = format!("{}«{}»{}", &text[..start], &text[start..end], &text[end..]);
        (format!("{}: {}", found.rule.id, found.message), marked)
    });
    marked.collect()
}

/// The text after the fix of its only finding.
fn fixed(path: &str, text: &str) -> (String, bool) {
    let parsed = parse(FileId(0), Format::of_path(path).expect("a format"), text);
    let layer = layer_of(path, &parsed.tree, text).expect("a layer");
    let (found, _) = validate(&parsed, text, layer);
    let [found] = found.as_slice() else { panic!("one finding: {found:?}") };
    let fix = found.fix.as_ref().expect("it has a fix");
    let mut text = text.to_owned();
    for edit in fix.edits.iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    (text, fix.safe)
}

#[test]
fn fixes_keep_quotes_and_only_certain_ones_are_safe() {
    for (path, before, after, safe) in [
        ("L1-a.json", r#"{"nonGoals": []}"#, r#"{"non_goals": []}"#, true),
        ("L1-a.yaml", "nonGoals: []\n", "non_goals: []\n", true),
        ("L1-a.toml", "nonGoals = []\n", "non_goals = []\n", true),
        ("L1-a.json", r#"{"non_goal": []}"#, r#"{"non_goals": []}"#, true),
        (
            "L5-a.yaml",
            "procedures: [{id: E, steps: [], risk: 'hihg'}]\n",
            "procedures: [{id: E, steps: [], risk: 'high'}]\n",
            false,
        ),
    ] {
        assert_eq!(fixed(path, before), (after.to_owned(), safe), "{before}");
    }
}

#[test]
fn a_key_that_stands_already_is_no_fix() {
    let text = r#"{"non_goals": [], "nonGoals": []}"#;
    let parsed = parse(FileId(0), Format::Json, text);
    let (found, _) = validate(&parsed, text, rulec::model::LayerId::L1);
    assert!(found.len() == 1 && found[0].fix.is_none(), "{found:?}");
}

#[test]
fn a_hole_is_not_reported_again() {
    for text in [r#"{"layer": "L5", "procedures": [{"id": , "steps": []}]}"#, "", "{", "{\"procedures\": "] {
        let parsed = parse(FileId(0), Format::Json, text);
        assert!(!parsed.diagnostics.is_empty(), "{text}");
        let (found, _) = validate(&parsed, text, rulec::model::LayerId::L5);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn an_empty_object_lacks_everything_at_once() {
    let text = r#"{"procedures": [{"id": "E1", "steps": [{}]}]}"#;
    let parsed = parse(FileId(0), Format::Json, text);
    let (found, _) = validate(&parsed, text, rulec::model::LayerId::L5);
    let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
    let message =
        "`id` or `step` and one of `command`, `probe`, `uses`, `run`, `manual` or `file` are missing";
    assert_eq!(messages, [message]);
}

#[test]
fn help_tells_what_the_key_is_for() {
    let step = |step: &str| format!(r#"{{"procedures": [{{"id": "E1", "steps": [{step}]}}]}}"#);
    for (text, help) in [
        (
            step(r#"{"id": "a", "command": "x", "retry": "x"}"#),
            "how often the step is tried again after a first failed attempt: a number, or an object that says more",
        ),
        (
            step(r#"{"id": "a", "command": "x", "env": {"A": []}}"#),
            "environment variables for the step's commands",
        ),
        (step("7"), "one step of a procedure"),
        (
            r#"{"procedures": [{"id": "E1", "steps": [], "tags": [5]}]}"#.to_owned(),
            "words to find and group procedures by; `backup` marks one that makes a backup",
        ),
        (r#"{"checklists": {"a": {}}}"#.to_owned(), "checklists by name"),
        (
            r#"{"alerts": []}"#.to_owned(),
            "alerts by name; `alert_and_continue` raises the one that is called `default`",
        ),
        ("[]".to_owned(), "procedures of steps that carry it out, checklists, monitors, timelines"),
    ] {
        let parsed = parse(FileId(0), Format::Json, &text);
        let (found, _) = validate(&parsed, &text, rulec::model::LayerId::L5);
        let helps: Vec<_> = found.iter().filter_map(|found| found.help.as_deref()).collect();
        assert_eq!(helps, [help], "{text}");
    }
}
