//! Each kind of mistake in each format, through the whole check: one finding, at its exact place.

use rulec::driver::{Checked, check_files};

/// One mistake in the three formats. `«` and `»` stand around the place of the one finding. The file's name
/// says its layer.
struct Case {
    rule: &'static str,
    layer: &'static str,
    json: &'static str,
    yaml: &'static str,
    toml: &'static str,
}

const CASES: &[Case] = &[
    Case {
        rule: "syntax-error",
        layer: "L5-",
        json: "{\"procedures\": []«,»}",
        yaml: "procedures:\n«\t»- id: E1\n",
        toml: "procedures = []\nactions = «»\n",
    },
    Case {
        rule: "duplicate-key",
        layer: "L1-",
        json: r#"{"name": "a", «"name"»: "b"}"#,
        yaml: "name: a\n«name»: b\n",
        toml: "name = 'a'\n«name» = 'b'\n",
    },
    Case {
        rule: "layer-mismatch",
        layer: "L5-",
        json: r#"{"layer": «"L4"», "name": "x"}"#,
        yaml: "layer: «L4»\nname: x\n",
        toml: "layer = «'L4'»\nname = 'x'\n",
    },
    Case {
        rule: "unknown-layer",
        layer: "",
        json: r#"{"layer": «"L9"», "procedures": []}"#,
        yaml: "layer: «l5»\nprocedures: []\n",
        toml: "layer = «\"L0\"»\nprocedures = []\n",
    },
    Case {
        rule: "camel-case-key",
        layer: "L5-",
        json: r#"{"procedures": [{"id": "E1", "steps": [{"step": 1, "command": "ls", «"onFailure"»: "abort"}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - { step: 1, command: ls, «onFailure»: abort }\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = [{ step = 1, command = 'ls', «onFailure» = 'abort' }]\n",
    },
    // What the key was meant to say is not missed on top of that, nor is what it leads to.
    Case {
        rule: "unknown-key",
        layer: "L5-",
        json: r#"{"procedures": [{"id": "E1", "risk": "high", «"rolback_procedure"»: "E9",
            "steps": [{"step": 1, "command": "touch a"}]}]}"#,
        yaml: "procedures:\n- id: E1\n  risk: high\n  «rolback_procedure»: E9\n  steps: [{ step: 1, command: touch a }]\n",
        toml: "[[procedures]]\nid = 'E1'\nrisk = 'high'\n«rolback_procedure» = 'E9'\nsteps = [{ step = 1, command = 'touch a' }]\n",
    },
    // `E2` is there, though it has no steps: who refers to it makes no mistake.
    Case {
        rule: "missing-key",
        layer: "L5-",
        json: r#"{"procedures": [
            {"id": "E1", "rollback_procedure": "E2", "steps": [{"step": 1, "command": "touch a"}]},
            «{»"id": "E2"}]}"#,
        yaml: "procedures:\n- id: E1\n  rollback_procedure: E2\n  steps: [{ step: 1, command: touch a }]\n- «id»: E2\n",
        toml: "[[procedures]]\nid = 'E1'\nrollback_procedure = 'E2'\nsteps = [{ step = 1, command = 'touch a' }]\n[[procedures]]\n«id» = 'E2'\n",
    },
    Case {
        rule: "wrong-type",
        layer: "L2-",
        json: r#"{"context": {"project_structure": {"components": [{"name": "oven", "dependencies": «"gas"»}]}}}"#,
        yaml: "context:\n  project_structure:\n    components:\n    - name: oven\n      dependencies: «gas»\n",
        toml: "[[context.project_structure.components]]\nname = 'oven'\ndependencies = «'gas'»\n",
    },
    Case {
        rule: "invalid-value",
        layer: "L5-",
        json: r#"{"procedures": [{"id": "E1", "steps": [{"step": 1, "command": "ls", "on_failure": «"stop"»}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - { step: 1, command: ls, on_failure: «stop» }\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = [{ step = 1, command = 'ls', on_failure = «'stop'» }]\n",
    },
    Case {
        rule: "unresolved-reference",
        layer: "L5-",
        json: r#"{"procedures": [{"id": "E1", "rollback_procedure": «"E9"»,
            "steps": [{"step": 1, "command": "touch a", "timeout": 5, "on_failure": "rollback"}]}]}"#,
        yaml: "procedures:\n- id: E1\n  rollback_procedure: «E9»\n  steps: [{ step: 1, command: touch a, timeout: 5, on_failure: rollback }]\n",
        toml: "[[procedures]]\nid = 'E1'\nrollback_procedure = «\"E9\"»\nsteps = [{ step = 1, command = 'touch a', timeout = 5, on_failure = 'rollback' }]\n",
    },
    Case {
        rule: "duplicate-id",
        layer: "L1-",
        json: r#"{"goals": [{"id": "G1"}, {"id": «"G1"»}]}"#,
        yaml: "goals:\n- id: G1\n- id: «G1»\n",
        toml: "[[goals]]\nid = 'G1'\n[[goals]]\nid = «'G1'»\n",
    },
    Case {
        rule: "undeclared-external",
        layer: "L2-",
        json: r#"{"context": {"project_structure": {"components": [{"name": "oven", "dependencies": [«"gas"»]}]}}}"#,
        yaml: "context:\n  project_structure:\n    components:\n    - { name: oven, dependencies: [«gas»] }\n",
        toml: "[[context.project_structure.components]]\nname = 'oven'\ndependencies = [«'gas'»]\n",
    },
    Case {
        rule: "step-cycle",
        layer: "L5-",
        json: r#"{"procedures": [{"id": "E1", "steps": [
            {"id": "a", "command": "ls", "timeout": 5, "read_only": true, "on_failure": "abort", "needs": [«"b"»]},
            {"id": "b", "command": "ls", "timeout": 5, "read_only": true, "on_failure": "abort", "needs": ["a"]}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - { id: a, command: ls, timeout: 5, read_only: true, on_failure: abort, needs: [«b»] }\n  - { id: b, command: ls, timeout: 5, read_only: true, on_failure: abort, needs: [a] }\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = [\n{ id = 'a', command = 'ls', timeout = 5, read_only = true, on_failure = 'abort', needs = [«'b'»] },\n{ id = 'b', command = 'ls', timeout = 5, read_only = true, on_failure = 'abort', needs = ['a'] },\n]\n",
    },
    // The place is inside the text, also behind an escape.
    Case {
        rule: "invalid-expression",
        layer: "L5-",
        json: r#"{"procedures": [{"id": "E1", "steps": [{"step": 1, "command": "ls", "timeout": 5, "read_only": true,
            "on_failure": "abort", "when": "\"a\" == inputs.«heat»"}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - { step: 1, command: ls, timeout: 5, read_only: true, on_failure: abort, when: '''a'' == inputs.«heat»' }\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = [{ step = 1, command = 'ls', timeout = 5, read_only = true, on_failure = 'abort', when = \"\\\"a\\\" == inputs.«heat»\" }]\n",
    },
    Case {
        rule: "masked-failure",
        layer: "L5-",
        json: r#"{"procedures": [{"id": "E1", "steps": [{"step": 1, "command": "ls \"x\" «|| true»", "timeout": 5, "read_only": true, "on_failure": "abort"}]}]}"#,
        yaml: "procedures:\n- id: E1\n  steps:\n  - { step: 1, command: \"ls \\\"x\\\" «|| true»\", timeout: 5, read_only: true, on_failure: abort }\n",
        toml: "[[procedures]]\nid = 'E1'\nsteps = [{ step = 1, command = \"ls \\\"x\\\" «|| true»\", timeout = 5, read_only = true, on_failure = 'abort' }]\n",
    },
];

/// The findings of a file, a line each: rule, marked place, message.
fn findings(checked: &Checked) -> Vec<String> {
    let shown = checked.findings.iter().map(|found| {
        let source = checked.rules.sources.get(found.file());
        let (text, span) = (&source.text, found.primary.location.span.range());
        let marked = format!("{}«{}»{}", &text[..span.start], &text[span.clone()], &text[span.end..]);
        format!("{}: {}\n{marked}", found.rule.id, found.message)
    });
    shown.collect()
}

#[test]
fn each_mistake_is_one_finding_at_its_place_in_every_format() {
    let mut faults = Vec::new();
    for case in CASES {
        for (format, marked) in [("json", case.json), ("yaml", case.yaml), ("toml", case.toml)] {
            let text = marked.replace(['«', '»'], "");
            let checked = check_files(&[(&format!("{}oven.{format}", case.layer), &text)]);
            let found = findings(&checked);
            let is_right = matches!(&found[..], [one] if one.starts_with(case.rule) && one.ends_with(marked));
            if !is_right {
                faults.push(format!("{} in {format}:\n{}", case.rule, found.join("\n")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn a_file_that_is_no_rule_file_is_left_alone() {
    let checked =
        check_files(&[("package.json", "{\"layer\": 5,}"), ("notes.md", "layer: L1"), ("x.yaml", "a: b")]);
    assert_eq!((checked.files, checked.findings.len()), (0, 0));
}

#[test]
fn a_mistake_in_one_file_hides_no_findings_of_names_in_others() {
    let goals = "goals:\n- id: G1\n  nmae: Bread\n";
    let steps = "procedures:\n- id: E1\n  satisfies: [G1, G2]\n  rollback_procedure: E7\n  steps: [{ step: 1, command: touch a }]\n";
    let checked = check_files(&[("L1-a.yaml", goals), ("L5-a.yaml", steps)]);
    let rules: Vec<_> = checked.findings.iter().map(|found| found.rule.id).collect();
    assert_eq!(rules, ["unknown-key", "unresolved-reference", "unresolved-reference"]);
    assert!(checked.is_partial);
}

#[test]
fn levels_come_from_the_configuration() {
    let rules = "procedures: []\nbread: 1\n";
    for (level, expected) in [("off", vec![]), ("warning", vec!["warning"]), ("error", vec!["error"])] {
        let config = format!("[lints]\nunknown-key = '{level}'\n");
        let checked = check_files(&[("L5-a.yaml", rules), ("rulec.toml", &config)]);
        let levels: Vec<_> = checked.findings.iter().map(|found| found.level.name()).collect();
        assert_eq!(levels, expected);
    }
}
