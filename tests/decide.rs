//! Decisions: rules and facts in, values out.

use proptest::prelude::*;
use rulec::decide::{Domains, Facts, Flaw, Space, decide, fact, tables};
use rulec::expr;
use rulec::model::{Rule, RuleSet};
use serde_json::Value;

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

/// The flaws of rules, a line each: of each rule, its condition, value and, after a `!`, priority.
fn flaws(rules: &[&str]) -> String {
    let declared = Domains {
        values: [("tier".to_owned(), ["gold", "silver", "bronze"].map(Value::from).to_vec())].into(),
        whole: ["port".to_owned()].into(),
    };
    let rules = rule_set(&[("L4-a.yaml", &table(rules))]);
    let found = tables(&rules, &declared);
    assert!(found.not_judged.is_empty(), "everything is judged");
    found.flaws.iter().map(flaw).collect::<Vec<_>>().join("; ")
}

/// A file of rules `R1`, `R2` and so on for one decision, each as `CONDITION => VALUE` or `CONDITION => VALUE !PRIORITY`.
fn table(rules: &[&str]) -> String {
    let mut text = String::from("rules:\n");
    for (position, rule) in rules.iter().enumerate() {
        let (condition, rest) = rule.split_once("=>").expect("a rule has a value");
        let (value, priority) = rest.split_once('!').unwrap_or((rest, "0"));
        let (id, action) = (position + 1, format!("{{ target: t, value: {} }}", value.trim()));
        text +=
            &format!("- {{ id: R{id}, priority: {priority}, condition: {condition}, action: {action} }}\n");
    }
    text
}

fn flaw(flaw: &Flaw<'_>) -> String {
    match flaw {
        Flaw::Impossible(rule) => format!("{} can't hold", rule.id),
        Flaw::Shadowed { rule, by } => {
            let by: Vec<&str> = by.iter().map(|rule| rule.id.value.as_str()).collect();
            format!("{} is shadowed by {}", rule.id, by.join(", "))
        }
        Flaw::Conflict { rule, with, example } => format!("{} contradicts {} at {example}", rule.id, with.id),
        Flaw::Gap { example, .. } => format!("nothing at {example}"),
    }
}

fn is(field: &str, operator: &str, value: &str) -> String {
    format!("{{ field: {field}, operator: {operator}, value: {value} }}")
}

#[test]
fn conditions_that_can_not_hold_are_found() {
    let (above, below) = (is("n", "greater", "5"), is("n", "less_or_equal", "5"));
    for (condition, told) in [
        (format!("{{ all: [{above}, {below}] }}"), "R1 can't hold"),
        (format!("{{ all: [{above}, {{ field: n, operator: exists, value: false }}] }}"), "R1 can't hold"),
        (
            format!("{{ not: {{ any: [{above}, {below}, {{ field: n, operator: exists }}] }} }}"),
            "R1 can't hold",
        ),
        (format!("{{ not: {{ any: [{above}, {below}] }} }}"), ""),
        (is("n", "in", "[]"), "R1 can't hold"),
        (is("n", "greater", "true"), "R1 can't hold"),
        (format!("{{ all: [{}, {}] }}", is("s", "greater", "a"), is("s", "less", "b")), ""),
        (format!("{{ all: [{}, {}] }}", is("s", "equals", "a"), is("s", "in", "[b, c]")), "R1 can't hold"),
        (format!("{{ all: [{}, {}] }}", is("s", "contains", "a"), is("s", "contains", "b")), ""),
        (format!("{{ all: [{0}, {{ not: {0} }}] }}", is("s", "contains", "a")), "R1 can't hold"),
        (format!("{{ all: [{above}, {}] }}", is("n", "less", "dog")), "R1 can't hold"),
        ("{ any: [] }".to_owned(), "R1 can't hold"),
    ] {
        assert_eq!(flaws(&[&format!("{condition} => 1")]), told, "{condition}");
    }
}

#[test]
fn rules_that_never_decide_are_found() {
    let n = |operator, value| is("n", operator, value);
    // By one, by the union of several, by one of an earlier priority further down.
    let (wide, narrow) = (n("greater", "3") + "=> a", n("greater", "5") + "=> b");
    assert_eq!(flaws(&[&wide, &narrow]), "R2 is shadowed by R1");
    let (low, high) = (n("less", "5") + "=> a", n("greater_or_equal", "5") + "=> b");
    let middle = n("in", "[4, 5]") + "=> c";
    assert_eq!(flaws(&[&low, &high, &middle]), "R3 is shadowed by R1, R2");
    assert_eq!(flaws(&[&(n("equals", "4") + "=> c !1"), &low, &high]), "R1 is shadowed by R2");
    // What holds for texts only is not covered by numbers.
    assert_eq!(flaws(&[&low, &high, &(n("not_equals", "5") + "=> c !1")]), "");
    // Without an order of their own, and the same condition: a contradiction, not a dead rule.
    assert_eq!(flaws(&[&low, &(n("less", "5") + "=> b")]), "R2 contradicts R1 at n = 4");
    assert_eq!(flaws(&[&low, &(n("less", "5") + "=> b !1")]), "R2 is shadowed by R1");
    assert_eq!(flaws(&[&low, &(n("less", "5") + "=> a")]), "R2 is shadowed by R1");
    // Several fields: the corners are covered by different rules.
    let both = |a: &str, b: &str| format!("{{ all: [{a}, {b}] }}");
    let m = |operator, value| is("m", operator, value);
    let quarters = [
        both(&n("less", "0"), &m("less", "0")) + "=> a",
        both(&n("less", "0"), &m("greater_or_equal", "0")) + "=> a",
        both(&n("greater_or_equal", "0"), &m("less", "0")) + "=> a",
        both(&n("greater_or_equal", "0"), &m("greater_or_equal", "0")) + "=> a",
        both(&n("greater", "-3"), &m("less", "3")) + "=> b !1",
    ];
    let quarters: Vec<&str> = quarters.iter().map(String::as_str).collect();
    assert_eq!(flaws(&quarters), "R5 is shadowed by R1, R2, R3, R4");
    assert_eq!(flaws(&[&quarters[..3], &quarters[4..]].concat()), "nothing at m = 3, n = 0");
}

#[test]
fn rules_that_contradict_each_other_are_found_with_an_example() {
    let cpu = is("cpu", "greater", "90") + "=> up";
    let disk = is("disk", "less", "50") + "=> down";
    assert_eq!(flaws(&[&cpu, &disk]), "R2 contradicts R1 at cpu = 91, disk = 49");
    // An order, the same value or an earlier rule at every such place settles it.
    assert_eq!(flaws(&[&cpu, &(disk.clone() + "!1")]), "");
    assert_eq!(flaws(&[&cpu, &disk.replace("down", "up")]), "");
    let first = is("cpu", "greater", "80") + "=> hold !-1";
    assert_eq!(flaws(&[&first, &cpu.replace("90", "70"), &disk]), "R3 contradicts R2 at cpu = 71, disk = 49");
    let settled =
        format!("{{ all: [{}, {}] }} => hold !-1", is("cpu", "greater", "80"), is("disk", "less", "60"));
    assert_eq!(flaws(&[&settled, &cpu, &disk]), "");
    // Of texts, lists and absence.
    let tag = |value| is("tags", "contains", value);
    assert_eq!(
        flaws(&[&(tag("a") + "=> 1"), &(tag("b") + "=> 2")]),
        "R2 contradicts R1 at tags = [\"a\",\"b\"]"
    );
    let not = is("s", "not_equals", "a") + "=> 1";
    assert_eq!(flaws(&[&not, &(is("s", "not_equals", "b") + "=> 2")]), "R2 contradicts R1 at s = \"other\"");
    let missing = is("s", "exists", "false") + "=> 1";
    assert_eq!(
        flaws(&[&missing, &(is("n", "greater", "0.25") + "=> 2")]),
        "R2 contradicts R1 at n = 1, s not given"
    );
    assert_eq!(flaws(&[&missing, &(is("s", "equals", "a") + "=> 2")]), "");
    assert_eq!(
        flaws(&[&(is("n", "equals", "1") + "=> 1"), &(is("n", "equals", "1.0") + "=> 1.0")]),
        "R2 is shadowed by R1"
    );
}

#[test]
fn facts_that_no_rule_covers_are_found() {
    let n = |operator, value, to| is("n", operator, value) + "=> " + to;
    let cases: &[(&[String], &str)] = &[
        (&[n("less", "3", "a"), n("greater", "3", "b")], "nothing at n = 3"),
        (&[n("less_or_equal", "3", "a"), n("greater_or_equal", "4", "b")], ""),
        (&[n("less_or_equal", "3", "a"), n("greater_or_equal", "4.5", "b")], "nothing at n = 4"),
        (&[n("less", "0.5", "a"), n("greater", "0.5", "b")], "nothing at n = 0.5"),
        (
            &[n("equals", "1", "a"), n("equals", "2", "b"), n("greater_or_equal", "4", "c")],
            "nothing at n = 3",
        ),
        // Single values are no range, and what lies outside of all rules was not meant.
        (&[n("equals", "200", "a"), n("equals", "404", "b")], ""),
        (&[n("greater", "90", "a"), n("equals", "90", "b")], ""),
        (&[n("less", "3", "a")], ""),
    ];
    for (rules, told) in cases {
        assert_eq!(flaws(&rules.iter().map(String::as_str).collect::<Vec<_>>()), *told, "{rules:?}");
    }
    let tier = |value, to| is("tier", "equals", value) + "=> " + to;
    assert_eq!(flaws(&[&tier("gold", "a"), &tier("silver", "b")]), "nothing at tier = \"bronze\"");
    assert_eq!(flaws(&[&tier("gold", "a"), &(is("tier", "not_equals", "gold") + "=> b")]), "");
    assert_eq!(flaws(&[&tier("gold", "a"), &(is("tier", "exists", "true") + "=> b !1")]), "");
    let flags = |a: &str, b: &str, to: &str| {
        format!("{{ all: [{}, {}] }} => {to}", is("a", "equals", a), is("b", "equals", b))
    };
    assert_eq!(
        flaws(&[&flags("true", "true", "1"), &flags("true", "false", "2"), &flags("false", "true", "3")]),
        "nothing at a = false, b = false"
    );
    // A rule about something else may hold anywhere.
    assert_eq!(
        flaws(&[&n("less", "3", "a"), &n("greater", "3", "b"), &(is("s", "contains", "x") + "=> c !1")]),
        ""
    );
}

/// How many boxes are held against each other for so many rules, all of which are judged.
fn work(rule: &dyn Fn(usize) -> String, count: usize) -> u64 {
    let rules: Vec<String> = (0..count).map(rule).collect();
    let rules = rule_set(&[("L4-a.yaml", &table(&rules.iter().map(String::as_str).collect::<Vec<_>>()))]);
    let found = tables(&rules, &Domains::default());
    assert!(found.not_judged.is_empty(), "{} of {count} are not judged", found.not_judged.len());
    found.work
}

#[test]
fn work_grows_mildly_with_the_number_of_rules() {
    // How often as much twice as many rules may cost, and the rules.
    type Family = (u64, &'static str, Box<dyn Fn(usize) -> String>);
    let n = |operator: &str, value: usize| is("n", operator, &value.to_string());
    let both = |a: String, b: String| format!("{{ all: [{a}, {b}] }}");
    let side_by_side = move |i: usize| both(n("greater_or_equal", i), n("less", i + 1));
    let families: Vec<Family> = vec![
        (3, "side by side", Box::new(move |i| side_by_side(i) + &format!("=> {}", i % 3))),
        (3, "from above", Box::new(move |i| n("greater", 10_000 - i) + &format!("=> {} !{i}", i % 3))),
        (3, "from below", Box::new(move |i| n("greater", i) + &format!("=> {} !{i}", i % 3))),
        (
            3,
            "of many hosts",
            Box::new(move |i| {
                let host = is("host", "equals", &format!("h{}", i % 10));
                both(host, side_by_side(i / 10)) + &format!("=> {}", i % 3)
            }),
        ),
        (3, "all at odds", Box::new(move |i| n("greater", 10_000 - i) + &format!("=> {i}"))),
        // Each overlaps each, in no order: all pairs are looked at, and nothing more.
        (
            5,
            "across each other",
            Box::new(move |i| both(n("greater", i), is("m", "greater", &(999 - i).to_string())) + "=> 1"),
        ),
    ];
    for (factor, name, rule) in families {
        let (few, many) = (work(&rule, 150), work(&rule, 300));
        assert!(many < 200_000 && many < factor * few, "{name}: {few} for 150 rules, {many} for 300");
    }
}

/// What is tried: every value that a condition of `condition` can tell apart from others.
fn points() -> Vec<Facts> {
    let numbers = [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0].map(Value::from);
    let others = ["\"\"", "\"a\"", "\"b\"", "\"c\"", "true", "false", "null", "[1]", "[]"]
        .map(|text| serde_json::from_str(text).expect(text));
    let values: Vec<Option<Value>> = numbers.into_iter().chain(others).map(Some).chain([None]).collect();
    let pairs = values.iter().flat_map(|x| values.iter().map(move |y| [("x", x), ("y", y)]));
    let point = |pair: [(&str, &Option<Value>); 2]| {
        pair.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect()
    };
    pairs.map(point).collect()
}

/// A condition over `x` and `y`, as YAML.
fn condition() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec!["x", "y"]);
    let value = prop::sample::select(vec!["0", "1", "2", "0.5", "a", "b", "true", "false", "null", "[1]"]);
    let operator = prop::sample::select(vec![
        "equals",
        "not_equals",
        "greater",
        "greater_or_equal",
        "less",
        "less_or_equal",
    ]);
    let compared = (field.clone(), operator, value.clone()).prop_map(|(f, o, v)| is(f, o, v));
    let listed = (field.clone(), prop::collection::vec(value, 0..3))
        .prop_map(|(field, values)| is(field, "in", &format!("[{}]", values.join(", "))));
    let exists =
        (field, any::<bool>()).prop_map(|(field, is_there)| is(field, "exists", &is_there.to_string()));
    prop_oneof![6 => compared, 1 => listed, 1 => exists].prop_recursive(3, 8, 3, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| parts.join(", "));
        prop_oneof![
            parts().prop_map(|parts| format!("{{ all: [{parts}] }}")),
            parts().prop_map(|parts| format!("{{ any: [{parts}] }}")),
            inner.clone().prop_map(|part| format!("{{ not: {part} }}")),
        ]
    })
}

/// An expression over `env.x` and `env.y`.
fn expression() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(vec!["env.x", "env.y", "env['y']"]);
    let ordered = || prop::sample::select(vec!["0", "1", "2.0", "0.5", "'a'", "'b'"]);
    let any_value = || prop::sample::select(vec!["0", "1u", "2.0", "0.5", "'a'", "'b'", "true", "null"]);
    let order = || prop::sample::select(vec!["<", "<=", ">", ">="]);
    let equal = || prop::sample::select(vec!["==", "!="]);
    let compared = prop_oneof![
        (name(), order(), ordered()).prop_map(|(name, op, value)| format!("{name} {op} {value}")),
        (ordered(), order(), name()).prop_map(|(value, op, name)| format!("{value} {op} {name}")),
        (name(), equal(), any_value()).prop_map(|(name, op, value)| format!("{name} {op} {value}")),
        (name(), prop::collection::vec(any_value(), 0..3))
            .prop_map(|(name, values)| format!("{name} in [{}]", values.join(", "))),
        name().prop_map(str::to_owned),
        any::<bool>().prop_map(|is| is.to_string()),
    ];
    compared.prop_recursive(3, 8, 3, |inner| {
        let joined = (inner.clone(), prop::sample::select(vec!["&&", "||"]), inner.clone());
        prop_oneof![
            joined.prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

/// A plain value as one of an expression.
fn of_json(value: &Value) -> expr::Value {
    match value {
        Value::Null => expr::Value::Null,
        Value::Bool(value) => expr::Value::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => expr::Value::Int(whole),
            None => expr::Value::Double(number.as_f64().expect("it is a number")),
        },
        Value::String(text) => expr::Value::from(text.as_str()),
        Value::Array(items) => expr::Value::List(items.iter().map(of_json).collect()),
        Value::Object(_) => expr::Value::Map(Default::default()),
    }
}

fn rules_of(rules: &RuleSet) -> Vec<&Rule> {
    rules.files().iter().flat_map(|loaded| &loaded.document.header.rules).map(|rule| &rule.value).collect()
}

/// Whether the rules hold, one by one, as `decide` says.
fn held(rules: &RuleSet, facts: &Facts) -> Vec<bool> {
    let decided = decide(rules, facts);
    rules_of(rules).iter().map(|rule| decided.contains_key(&rule.action.target.value)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// A region is where its condition holds, point by point.
    #[test]
    fn regions_agree_with_conditions(condition in condition()) {
        let yes = format!("- {{ id: A, condition: {condition}, action: {{ target: a, value: 1 }} }}");
        let no = format!("- {{ id: B, condition: {{ not: {condition} }}, action: {{ target: b, value: 1 }} }}");
        let rules = rule_set(&[("L4-a.yaml", &format!("rules:\n{yes}\n{no}\n"))]);
        let mut space = Space::default();
        let of = rules_of(&rules)[0].condition.clone();
        let regions = [true, false].map(|holds| space.region(&of, holds).expect("it is small"));
        for facts in points() {
            let given = |name: &str| facts.get(name).cloned();
            let inside: Vec<bool> = regions.iter().map(|region| space.holds_at(region, &given)).collect();
            prop_assert_eq!(inside, held(&rules, &facts), "{} at {:?}", &condition, facts);
        }
    }

    /// The region of an expression is where it is true, or false, and neither is where it can't be evaluated.
    #[test]
    fn regions_agree_with_expressions(text in expression()) {
        let parsed = expr::parse(&text).expect("it is an expression");
        let mut space = Space::default();
        let regions = [true, false].map(|is| space.expression(&parsed, is).expect("it is small"));
        for facts in points() {
            let given = |name: &str| facts.get(name.strip_prefix("env.")?).cloned();
            let inside = regions.each_ref().map(|region| space.holds_at(region, &given));
            let known = |path: &[&str]| match path {
                ["env", name] => facts.get(*name).map(of_json),
                _ => None,
            };
            let value = expr::evaluate(&parsed, &known).ok();
            let told = [true, false].map(|is| value == Some(expr::Value::Bool(is)));
            prop_assert_eq!(inside, told, "{} at {:?}", &text, facts);
        }
    }

    /// Rules are what is said of them, at every point.
    #[test]
    fn flaws_agree_with_trying_every_point(
        rules in prop::collection::vec((condition(), 0..3_u8, 0..2_u8), 1..5)
    ) {
        let lines: Vec<String> =
            rules.iter().map(|(condition, value, priority)| format!("{condition} => {value} !{priority}")).collect();
        let set = rule_set(&[("L4-a.yaml", &table(&lines.iter().map(String::as_str).collect::<Vec<_>>()))]);
        // The same rules, each with a decision of its own.
        let alone = table(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let alone = alone.lines().enumerate().map(|(n, line)| line.replace("target: t,", &format!("target: t{n},")) + "\n");
        let alone = rule_set(&[("L4-a.yaml", &alone.collect::<String>())]);
        let tried: Vec<(Vec<bool>, Option<String>)> = points()
            .iter()
            .map(|facts| (held(&alone, facts), decide(&set, facts).remove("t").map(|decided| decided.rule)))
            .collect();
        let found = tables(&set, &Domains::default());
        prop_assert!(found.not_judged.is_empty());
        for (position, rule) in rules_of(&set).into_iter().enumerate() {
            let of = |flaw: &&Flaw<'_>| match flaw {
                Flaw::Impossible(own) | Flaw::Shadowed { rule: own, .. } | Flaw::Conflict { rule: own, .. } => {
                    own.id.value == rule.id.value
                }
                Flaw::Gap { .. } => false,
            };
            let can_hold = tried.iter().any(|(held, _)| held[position]);
            let wins = tried.iter().any(|(_, decided)| decided.as_ref() == Some(&rule.id.value));
            let rival = |other: usize| {
                let apart = rules[other].2 == rules[position].2 && rules[other].1 != rules[position].1;
                let settled = |held: &[bool]| {
                    (0..rules.len()).any(|it| rules[it].2 < rules[position].2 && held[it])
                };
                apart && tried.iter().any(|(held, _)| held[other] && held[position] && !settled(held))
            };
            let wins_too = |other: &usize| {
                let id = Some(&rules_of(&set)[*other].id.value);
                tried.iter().any(|(_, decided)| decided.as_ref() == id)
            };
            match found.flaws.iter().find(of) {
                Some(Flaw::Impossible(_)) => prop_assert!(!can_hold, "{:?}", lines),
                Some(Flaw::Shadowed { .. }) => prop_assert!(can_hold && !wins, "{:?}", lines),
                Some(Flaw::Conflict { with, example, .. }) => {
                    let other = rules_of(&set).iter().position(|it| it.id.value == with.id.value).expect("it is one");
                    prop_assert!(rival(other), "{:?}", lines);
                    let held = held(&alone, &example.facts());
                    prop_assert!(held[other] && held[position], "{:?} {}", lines, example);
                }
                _ => {
                    prop_assert!(can_hold && wins, "{:?}", lines);
                    prop_assert!(!(0..position).filter(wins_too).any(rival), "{:?}", lines);
                }
            }
        }
        if let Some(Flaw::Gap { example, .. }) = found.flaws.iter().find(|flaw| matches!(flaw, Flaw::Gap { .. })) {
            prop_assert!(decide(&set, &example.facts()).is_empty(), "{:?} {}", lines, example);
        }
    }
}
