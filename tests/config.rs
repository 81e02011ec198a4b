//! `rulec.toml`: its schema, and the documentation of the driver's own rules.

use rulec::diagnostic::RuleInfo;
use rulec::driver::{RULES, all_rules, config};
use rulec::source::FileId;

use crate::support::{assert_current, style_faults};

fn rule(id: &str) -> &'static RuleInfo {
    RULES.iter().find(|rule| rule.id == id).expect("the driver has the rule")
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    let schema = serde_json::to_string_pretty(&config::schema(&all_rules())).expect("a schema is JSON");
    assert_current("schemas/config.schema.json", &(schema + "\n"));
}

#[test]
fn the_schema_of_baselines_is_current() {
    let schema = serde_json::to_string_pretty(&rulec::driver::baseline_schema()).expect("a schema is JSON");
    assert_current("schemas/baseline.schema.json", &(schema + "\n"));
}

#[test]
fn the_schema_says_what_the_parser_says() {
    let schema = jsonschema::validator_for(&config::schema(&all_rules())).expect("the schema is valid");
    for text in [
        "",
        "name = 'a'\nexclude = ['b/**']\ndeny = 'note'\nlints.R0006 = 'off'\nlints.invalid-config = 'error'",
        "name = 1",
        "names = 'a'",
        "exclude = 'a'",
        "exclude = [1]",
        "deny = 'off'",
        "deny = 'errors'",
        "lints = 'a'",
        "lints.nothing = 'off'",
        "lints.R0006 = 'fatal'",
        "profile = 'strict'\nbaseline = 'b.json'",
        "profile = 1",
        "baseline = 1",
        "[profiles.night]\nextends = 'adopt'\ndeny = 'warning'\nlints.missing-rollback = 'note'",
        "[profiles.night]\nextend = 'adopt'",
        "[profiles.night]\nlints.missing = 'note'",
        "profiles = []",
        "profiles.night = 1",
        "overrides = []",
        "[[overrides]]\npaths = ['legacy/**']\nlints.R0081 = 'off'",
        "[[overrides]]\npaths = ['legacy/**']",
        "[[overrides]]\nlints.R0081 = 'off'",
        "[[overrides]]\npath = 'legacy'\npaths = []\nlints = {}",
        "[overrides]\npaths = []\nlints = {}",
    ] {
        let value: serde_json::Value = toml::from_str(text).expect("the example is TOML");
        let (_, found) = config::parse(FileId(0), text, &all_rules());
        assert_eq!(schema.is_valid(&value), found.is_empty(), "{text}: {found:#?}");
    }
}

#[test]
fn the_examples_of_invalid_config_are_what_they_say() {
    for (heading, findings) in [("Bad", 1), ("Good", 0)] {
        let sets = rule("invalid-config").examples(heading);
        assert!(!sets.is_empty());
        for file in sets.iter().flatten() {
            let (_, found) = config::parse(FileId(0), &file.text, &all_rules());
            assert_eq!(found.len(), findings, "{heading}: {found:#?}");
            let faults: Vec<_> = found.iter().flat_map(|found| style_faults(&found.message)).collect();
            assert_eq!(faults, Vec::<String>::new());
        }
    }
}

#[test]
fn the_rules_of_the_driver_are_documented() {
    for rule in RULES {
        assert_eq!(style_faults(rule.summary), Vec::<String>::new(), "{}", rule.id);
        for heading in ["# What\n", "# Why\n"] {
            assert!(rule.docs().contains(heading), "{} has no {heading}", rule.id);
        }
    }
}
