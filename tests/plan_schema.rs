//! The schema of plans: kept current, and what serde takes.

use proptest::prelude::*;
use rulec::plan::Plan;
use rulec::plan::canonical::{pretty, to_value, verify};
use rulec::plan::schema::schema;
use serde_json::{Value, json};

use super::support::plans::{any_plan, finish, plan, step};

const PATH: &str = "schemas/plan.schema.json";

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about a file of the project")]
fn the_file_is_current() {
    let text = pretty(&schema());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(PATH, &text).unwrap();
    }
    let file = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(file == text, "{PATH} is out of date: run `BLESS=1 cargo test plan_schema`");
}

#[test]
fn the_example_is_a_sealed_plan() {
    let schema = schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    let example = &schema["examples"][0];
    assert_eq!(errors(example), Vec::<String>::new());
    assert!(verify(&serde_json::from_value::<Plan>(example.clone()).unwrap()));
}

/// Errors of validation as `place: message`.
fn errors(value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_plan_is_valid(plan in any_plan()) {
        prop_assert_eq!(errors(&to_value(&plan)), Vec::<String>::new());
    }
}
