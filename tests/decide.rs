//! Decisions: rules and facts in, values out.

use rulec::decide::{decide, fact};

use crate::support::rules::rule_set;

fn decided(files: &[(&str, &str)], facts: &[(&str, &str)]) -> String {
    let rules = rule_set(files);
    let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), fact(value))).collect();
    let decided = decide(&rules, &facts);
    let told = decided.iter().map(|(target, it)| format!("{target} = {} by {}", it.value, it.rule));
    told.collect::<Vec<_>>().join("\n")
}

fn holds(condition: &str, facts: &[(&str, &str)]) -> bool {
    let text = format!("rules: [{{ id: R, condition: {condition}, action: {{ target: t, value: 1 }} }}]\n");
    !decided(&[("L4-a.yaml", &text)], facts).is_empty()
}

#[test]
fn the_first_rule_that_holds_decides() {
    let files = [
        (
            "L4-late.yaml",
            "rules:\n- { id: LAST, priority: 5, condition: { field: n, operator: exists }, action: { target: t, value: late } }\n- { id: NEXT, priority: P1, condition: { field: n, operator: exists }, action: { target: t, value: next } }\n- { id: OTHER, condition: { field: n, operator: exists }, action: { target: u, value: [1, a] } }\n",
        ),
        (
            "L1-early.yaml",
            "rules: [{ id: FIRST, priority: 9, condition: { field: n, operator: greater, value: 3 }, action: { target: t, value: early } }]\n",
        ),
    ];
    assert_eq!(decided(&files, &[("n", "4")]), "t = \"early\" by FIRST\nu = [1,\"a\"] by OTHER");
    assert_eq!(decided(&files, &[("n", "3")]), "t = \"next\" by NEXT\nu = [1,\"a\"] by OTHER");
    assert_eq!(decided(&files, &[]), "");
}

#[test]
fn conditions_compare_as_they_say() {
    let facts = &[("n", "3"), ("s", "canary"), ("l", "[1, 2]"), ("b", "true")];
    for (condition, expected) in [
        ("{ field: n, operator: equals, value: 3.0 }", true),
        ("{ field: n, operator: equals, value: '3' }", false),
        ("{ field: n, operator: not_equals, value: 4 }", true),
        ("{ field: n, operator: greater, value: 3 }", false),
        ("{ field: n, operator: greater_or_equal, value: 3 }", true),
        ("{ field: n, operator: less, value: 3.5 }", true),
        ("{ field: n, operator: less_or_equal, value: 2 }", false),
        ("{ field: s, operator: less, value: dog }", true),
        ("{ field: n, operator: less, value: dog }", false),
        ("{ field: s, operator: contains, value: nar }", true),
        ("{ field: l, operator: contains, value: 2 }", true),
        ("{ field: l, operator: contains, value: 3 }", false),
        ("{ field: s, operator: in, value: [blue, canary] }", true),
        ("{ field: b, operator: equals, value: true }", true),
        ("{ field: n, operator: exists }", true),
        ("{ field: x, operator: exists }", false),
        ("{ field: x, operator: exists, value: false }", true),
        ("{ field: n, operator: exists, value: false }", false),
    ] {
        assert_eq!(holds(condition, facts), expected, "{condition}");
    }
}

#[test]
fn what_is_not_known_decides_nothing() {
    let (yes, no, open) = (
        "{ field: n, operator: equals, value: 1 }",
        "{ field: n, operator: equals, value: 2 }",
        "{ field: x, operator: equals, value: 1 }",
    );
    let facts = &[("n", "1")];
    for (condition, expected) in [
        (format!("{{ all: [{yes}, {yes}] }}"), true),
        (format!("{{ all: [{yes}, {open}] }}"), false),
        (format!("{{ not: {{ all: [{open}, {no}] }} }}"), true),
        (format!("{{ any: [{open}, {yes}] }}"), true),
        (format!("{{ any: [{open}, {no}] }}"), false),
        (format!("{{ not: {{ any: [{open}, {no}] }} }}"), false),
        (format!("{{ not: {open} }}"), false),
        (format!("{{ not: {no} }}"), true),
        ("{ all: [] }".to_owned(), true),
        ("{ any: [] }".to_owned(), false),
    ] {
        assert_eq!(holds(&condition, facts), expected, "{condition}");
    }
}
