//! The schema of plans: kept current, and what serde takes.

use proptest::prelude::*;
use rulec::plan::Plan;
use rulec::plan::canonical::{pretty, to_value, verify};
use rulec::plan::schema::schema;
use rulec::simulate;
use serde_json::{Value, json};

use super::support::assert_current;
use super::support::plans::{any_plan, finish, plan, step};

#[test]
fn the_files_are_current() {
    assert_current("schemas/plan.schema.json", &pretty(&schema()));
    assert_current("schemas/trace.schema.json", &pretty(&simulate::schema::schema()));
}

#[test]
fn the_example_is_a_sealed_plan() {
    let schema = schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    let example = &schema["examples"][0];
    assert_eq!(errors(example), Vec::<String>::new());
    assert!(verify(&serde_json::from_value::<Plan>(example.clone()).unwrap()));
}

fn errors(value: &Value) -> Vec<String> {
    errors_under(&schema(), value)
}

/// Errors of validation as `place: message`.
fn errors_under(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("the schema is one");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn a_mistake_is_named() {
    let valid = to_value(&finish(plan(vec![step("a")])));
    for (pointer, value, expected) in [
        (
            "/steps/0/action",
            json!({"kind": "command"}),
            "/steps/0/action: \"command\" is a required property",
        ),
        ("/steps/0/action", json!({}), "/steps/0/action: \"kind\" is a required property"),
        ("/steps/0/on_failure", json!("panic"), "/steps/0/on_failure: \"panic\" is not one of"),
        ("/steps/0/timeout_ms", json!(null), "/steps/0/timeout_ms: null is not of type \"integer\""),
        ("/version", json!(2), "/version: 1 was expected"),
        ("/digest", json!("sha256:0"), "/digest: \"sha256:0\" does not match"),
        (
            "/bounds",
            json!({"worst": 1}),
            "/bounds: Additional properties are not allowed ('worst' was unexpected)",
        ),
    ] {
        let mut plan = valid.clone();
        *plan.pointer_mut(pointer).unwrap() = value;
        let errors = errors(&plan);
        assert!(errors.len() == 1 && errors[0].starts_with(expected), "{errors:#?}");
    }
    let mut unknown = valid;
    unknown["steps"][0]["action"] = json!({"kind": "dance"});
    assert!(errors(&unknown)[0].starts_with("/steps/0/action/kind: \"dance\" is not one of"));
}

#[test]
fn a_mistake_in_a_line_of_a_trace_is_named() {
    let schema = simulate::schema::schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    for example in schema["examples"].as_array().expect("there are examples") {
        assert_eq!(errors_under(&schema, example), Vec::<String>::new());
    }
    for choice in schema["allOf"].as_array().expect("events are a choice") {
        let keys = choice["then"]["properties"].as_object().into_iter().flatten();
        for (key, value) in keys.filter(|(key, _)| !matches!(key.as_str(), "event" | "at_ms")) {
            assert!(value["description"].is_string(), "`{key}` of {} has no description", choice["if"]);
        }
    }
    for (line, expected) in [
        (
            json!({"at_ms": 0, "event": "attempt_started", "step": "a"}),
            ": \"attempt\" is a required property",
        ),
        (json!({"event": "rollback_started"}), ": \"at_ms\" is a required property"),
        (json!({"at_ms": 0}), ": \"event\" is a required property"),
        (json!({"at_ms": 0, "event": "dance", "step": "a"}), "/event: \"dance\" is not one of"),
        (json!({"at_ms": 0, "event": "run_ended", "outcome": "fine"}), "/outcome: \"fine\" is not one of"),
        (
            json!({"at_ms": 0, "event": "attempt_ended", "step": "a", "attempt": 1, "ended": "exited", "exit": 0}),
            ": Additional properties are not allowed ('exit' was unexpected)",
        ),
    ] {
        let errors = errors_under(&schema, &line);
        assert!(errors.len() == 1 && errors[0].starts_with(expected), "{line}: {errors:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_plan_is_valid(plan in any_plan()) {
        prop_assert_eq!(errors(&to_value(&plan)), Vec::<String>::new());
    }
}
