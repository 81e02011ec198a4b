//! What changes between two plans: all of it is told, and nothing else.

use proptest::prelude::*;
use proptest::sample::Index;
use rulec::compare::report::{human, json, markdown, schema};
use rulec::compare::{ChangeKind, Diff, ListDiff, ObjectDiff, PlanDiff, compare, without_places};
use rulec::decide::Facts;
use rulec::driver::{CompareRequest, Overrides, Version, comparison};
use rulec::host::Memory;
use rulec::plan::canonical::to_value;
use rulec::plan::ir::*;
use serde_json::{Map, Value, json};

use crate::support::plans::{any_plan, finish, plan, step};
use crate::support::small_plans::{RICH, small_plan};
use crate::support::{assert_current, snapshot};

/// The new plan, made from the old one by nothing but what the difference says.
fn applied(diff: &PlanDiff, old: &Plan) -> Plan {
    let mut value = to_value(&without_places(old));
    each_step(&mut value, &|step| rename(step.get_mut("needs"), diff));
    for rollback in value.get_mut("rollbacks").and_then(Value::as_array_mut).into_iter().flatten() {
        rename(rollback.get_mut("after"), diff);
    }
    if diff.is_listed {
        for step in value["steps"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            step.remove("needs");
        }
    }
    let mut value = object(&diff.root, &value);
    if diff.is_listed {
        let mut before: Option<Value> = None;
        for step in value["steps"].as_array_mut().expect("a plan has steps") {
            step["needs"] = before.iter().cloned().collect();
            before = Some(step["id"].clone());
        }
    }
    serde_json::from_value(value).expect("it is a plan")
}

fn each_step(plan: &mut Value, change: &dyn Fn(&mut Value)) {
    for list in ["steps", "finally"] {
        plan.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(change);
    }
    for rollback in plan.get_mut("rollbacks").and_then(Value::as_array_mut).into_iter().flatten() {
        rollback["steps"].as_array_mut().into_iter().flatten().for_each(change);
    }
}

fn rename(list: Option<&mut Value>, diff: &PlanDiff) {
    for id in list.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(new) = id.as_str().and_then(|id| diff.renamed.get(id)) {
            *id = json!(new);
        }
    }
}

fn object(ObjectDiff(diff): &ObjectDiff, old: &Value) -> Value {
    let mut members = old.as_object().cloned().unwrap_or_else(Map::new);
    for (key, diff) in diff {
        let before = members.get(key).cloned().unwrap_or(Value::Null);
        match diff {
            Diff::Value { to: Some(to), .. } => members.insert(key.clone(), to.clone()),
            Diff::Value { to: None, .. } => members.remove(key),
            Diff::Object(diff) => members.insert(key.clone(), object(diff, &before)),
            Diff::List(diff) => members.insert(key.clone(), list(diff, &before)),
        };
    }
    Value::Object(members)
}

fn list(diff: &ListDiff, old: &Value) -> Value {
    let old = old.as_array().cloned().unwrap_or_default();
    let mut new = vec![None; old.len() + diff.added.len() - diff.removed.len()];
    for (position, item) in &diff.added {
        new[*position] = Some(item.clone());
    }
    let mut rest: Vec<Option<Value>> = old.iter().cloned().map(Some).collect();
    for (position, item) in &diff.removed {
        assert_eq!(rest[*position].take().as_ref(), Some(item));
    }
    for kept in &diff.kept {
        let item = object(&kept.diff, &old[kept.from]);
        if kept.has_moved {
            rest[kept.from] = None;
            new[kept.to] = Some(item);
        } else {
            rest[kept.from] = Some(item);
        }
    }
    let mut rest = rest.into_iter().flatten();
    new.into_iter().map(|item| item.or_else(|| rest.next()).expect("every place has an item")).collect()
}

/// The places of all values of a plan that are no lists and maps, and no places in the rules.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if !["source", "sources", "digest", "version", "bounds"].contains(&key.as_str()) {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    leaves(member, &format!("{at}/{key}"), found);
                }
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

/// Another value of the same type.
fn other(value: &Value) -> Value {
    match value {
        Value::Bool(is) => json!(!is),
        Value::Number(number) => match number.as_u64() {
            Some(n) if n > 0 => json!(n - 1),
            Some(_) => json!(1),
            None => json!(number.as_f64().unwrap_or_default() * 2.0 + 1.0),
        },
        Value::String(text) => json!(match text.as_str() {
            "abort" => "continue".to_owned(),
            "continue" | "alert_and_continue" | "rollback" | "retry_then_abort" => "abort".to_owned(),
            "fixed" => "exponential".to_owned(),
            "exponential" => "fixed".to_owned(),
            "low" => "critical".to_owned(),
            "medium" | "high" | "critical" => "low".to_owned(),
            "retry" => "abort".to_owned(),
            "procedure" => "decision".to_owned(),
            "decision" => "procedure".to_owned(),
            "<" | "<=" | ">" | ">=" => "==".to_owned(),
            "==" => "<".to_owned(),
            text => format!("{text}x"),
        }),
        _ => Value::Null,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_plan_does_not_differ_from_itself(plan in any_plan()) {
        let diff = compare(&plan, &plan);
        prop_assert!(diff.is_empty() && diff.changes().is_empty() && !diff.has_other_places);
        prop_assert!(diff.renamed.is_empty() && diff.figures.is_empty());
    }

    #[test]
    fn what_is_told_makes_the_new_plan_from_the_old_one(old in any_plan(), new in any_plan()) {
        prop_assert_eq!(applied(&compare(&old, &new), &old), without_places(&new));
    }

    #[test]
    fn that_holds_for_plans_that_run(old in small_plan(RICH), new in small_plan(RICH)) {
        prop_assert_eq!(applied(&compare(&old, &new), &old), without_places(&new));
    }

    #[test]
    fn every_field_is_told(old in any_plan(), index in any::<Index>()) {
        let mut value = to_value(&old);
        let mut found = Vec::new();
        leaves(&value, "", &mut found);
        let at = &found[index.index(found.len())];
        let leaf = value.pointer_mut(at).expect("it was just listed");
        *leaf = other(leaf);
        // What is a word of a choice, or a number within bounds, may have no other of this kind.
        if let Ok(new) = serde_json::from_value::<Plan>(value) {
            let diff = compare(&old, &new);
            if without_places(&old) == without_places(&new) {
                prop_assert!(diff.is_empty(), "{}", at);
                return Ok(());
            }
            prop_assert!(!diff.is_empty(), "{}", at);
            prop_assert_eq!(applied(&diff, &old), without_places(&new), "{}", at);
            let key = at.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
            let key = key.replace("~1", "/").replace("~0", "~");
            let changes = diff.changes();
            let is_told = changes.iter().any(|change| match &change.field {
                // A field that counts steps or seconds is told, or the item is another one.
                Some(field) => field.ends_with(&key) || field.split('.').any(|part| at.contains(part)),
                None => true,
            });
            prop_assert!(is_told, "{}: {:?}", at, changes);
        }
    }
}

fn named(id: &str, name: &str, command: &str) -> Step {
    let action = Action::Command { command: command.to_owned() };
    Step { name: name.to_owned(), action, ..step(id) }
}

/// Steps that run one after the other.
fn listed(steps: &[(&str, &str, &str)]) -> Plan {
    let mut all: Vec<Step> = Vec::new();
    for (id, name, command) in steps {
        let needs = all.last().map(|before| before.id.clone()).into_iter().collect();
        all.push(Step { needs, ..named(id, name, command) });
    }
    finish(plan(all))
}

/// The changes of steps in short: `+3`, `-2`, `>a 0 2`, `1.timeout_ms`.
fn told(old: &Plan, new: &Plan) -> Vec<String> {
    let diff = compare(old, new);
    assert_eq!(applied(&diff, old), without_places(new));
    let changes = diff.changes().into_iter().filter(|change| !change.item.is_empty());
    let short = changes.map(|change| {
        let item = &change.item.last().expect("it is of an item").key;
        match (change.change, change.from, change.to) {
            (ChangeKind::Added, ..) => format!("+{item}"),
            (ChangeKind::Removed, ..) => format!("-{item}"),
            (ChangeKind::Moved, Some(from), Some(to)) => format!(">{item} {from} {to}"),
            (_, from, to) => {
                let plain = |value: Option<Value>| value.map_or("none".to_owned(), |value| value.to_string());
                format!("{item}.{}: {} {}", change.field.unwrap_or_default(), plain(from), plain(to))
            }
        }
    });
    short.collect()
}

#[test]
fn a_step_that_is_put_in_between_leaves_the_others_as_they_are() {
    let old = listed(&[("1", "Save", "./save"), ("2", "Move", "./move"), ("3", "Look", "./look")]);
    let new = listed(&[
        ("1", "Save", "./save"),
        ("2", "Stop", "./stop"),
        ("3", "Move", "./move"),
        ("4", "Look", "./look"),
    ]);
    assert_eq!(told(&old, &new), ["+2", "3.id: \"2\" \"3\"", "4.id: \"3\" \"4\""]);
    assert_eq!(told(&new, &old), ["-2", "2.id: \"3\" \"2\"", "3.id: \"4\" \"3\""]);
}

#[test]
fn steps_are_known_by_id_then_by_name() {
    let save = ("save", "Save", "./save");
    let old = listed(&[save, ("move", "Move", "./move")]);
    // Another name and command under the same id; another id under the same name.
    let new = listed(&[save, ("move", "Carry over", "./carry")]);
    assert_eq!(
        told(&old, &new),
        ["move.action.command: \"./move\" \"./carry\"", "move.name: \"Move\" \"Carry over\""]
    );
    assert_eq!(told(&old, &listed(&[save, ("carry", "Move", "./move")])), ["carry.id: \"move\" \"carry\""]);
    // A number stands for a place only: another name and another command there are another step.
    let [one, other] = ["Save", "Burn"].map(|name| listed(&[("1", name, &format!("./{name}"))]));
    assert_eq!(told(&one, &other), ["-1", "+1"]);
    // Without a name there is only the number to go by.
    let [one, other] = ["./save", "./burn"].map(|command| listed(&[("1", "1", command)]));
    assert_eq!(told(&one, &other), ["1.action.command: \"./save\" \"./burn\""]);
}

#[test]
fn as_few_steps_as_possible_have_moved() {
    let [a, b, c] = [("a", "a", "a"), ("b", "b", "b"), ("c", "c", "c")];
    assert_eq!(told(&listed(&[a, b, c]), &listed(&[c, a, b])), [">c 2 0"]);
    assert_eq!(told(&listed(&[a, b, c]), &listed(&[b, c, a])), [">a 0 2"]);
}

#[test]
fn what_a_graph_needs_is_told() {
    let needs = |needs: &[&str]| {
        let needs = needs.iter().map(|need| (*need).to_owned()).collect();
        finish(plan(vec![step("a"), step("b"), Step { needs, ..step("c") }]))
    };
    assert_eq!(told(&needs(&["a", "b"]), &needs(&["b"])), ["c.needs: [\"a\",\"b\"] [\"b\"]"]);
    assert_eq!(told(&needs(&["a"]), &needs(&[])), ["c.needs: [\"a\"] none"]);
}

#[test]
fn where_rules_stand_changes_no_run() {
    let old = listed(&[("a", "a", "a")]);
    let mut new = old.clone();
    new.steps[0].source.line = 7;
    let diff = compare(&old, &finish(new));
    assert!(diff.is_empty() && diff.has_other_places);
}

const OLD: &str = "procedures:
  - id: move-shop
    name: Move the shop
    risk: medium
    preconditions:
      - check: ./free-space.sh
      - the boss knows
    steps:
      - { step: 1, name: Save, command: ./save.sh, read_only: true, timeout: 30, on_failure: abort }
      - { step: 2, name: Move, command: ./move.sh, undo: ./move.sh back, timeout: 60, on_failure: rollback }
      - step: 3
        name: Look
        command: |
          for page in one two; do
            ./look.sh $page
          done
        read_only: true
        timeout: 20
        on_failure: rollback
  - { id: gone, steps: [{ step: 1, command: 'true', read_only: true, timeout: 5 }] }
  - { id: same, steps: [{ step: 1, command: 'true', read_only: true, timeout: 5 }] }
monitors:
  - { id: M1, every: 60s, check: ./alive.sh }
";

const NEW: &str = "procedures:
  - id: move-shop
    name: Move the shop
    risk: high
    approval: { roles: [boss], reason: the shop is closed meanwhile }
    preconditions:
      - check: ./free-space.sh
        timeout: 10
      - the boss and the neighbours know
    steps:
      - { step: 1, name: Save, command: ./save.sh, read_only: true, timeout: 30, on_failure: abort }
      - { step: 2, name: Close, command: ./close.sh, undo: ./open.sh, timeout: 10, on_failure: rollback }
      - step: 3
        name: Move
        command: ./move.sh
        undo: ./move.sh back
        timeout: 2m
        retry: { retries: 2, delay: 5s }
        on_failure: rollback
        verify: { command: ./moved.sh, timeout: 5, attempts: 3, interval: 1 }
      - step: 4
        name: Look
        command: |
          for page in one two three; do
            ./look.sh $page
          done
        read_only: true
        timeout: 20
        on_failure: rollback
  - { id: same, steps: [{ step: 1, command: 'true', read_only: true, timeout: 5 }] }
  - { id: `new|`, steps: [{ step: 1, command: 'true', read_only: true, timeout: 5 }] }
monitors:
  - { id: M1, every: 30s, check: ./alive.sh }
";

fn compared(old: &Memory, new: &Memory) -> rulec::compare::report::Comparison {
    comparison(&CompareRequest {
        old: Version { host: old, path: "rules".into(), label: "old" },
        new: Version { host: new, path: "rules".into(), label: "new" },
        entry: None,
        environment: None,
        facts: &Facts::new(),
        overrides: &Overrides::default(),
    })
    .expect("both are rule sets")
}

#[test]
fn what_is_measured_is_compared_too() {
    let goals = |target: &str| {
        format!("goals: [{{ id: G1, metrics: {{ wait: {{ target: {target}, query: wait_seconds }} }} }}]\n")
    };
    let host = |target: &str| {
        Memory::new().file("rules/L5-shop.yaml", OLD).file("rules/L1-shop.yaml", goals(target))
    };
    let compared = compared(&host("< 5s"), &host("< 500ms"));
    let lines: Vec<_> =
        human(&compared).into_iter().map(|line| format!("{} {}", line.sign, line.text)).collect();
    let told = lines.join("\n");
    assert!(told.contains("metric G1.wait") && told.contains("0.5"), "{told}");
}

#[test]
fn a_whole_change_reads_well_in_every_format() {
    let host = |text: &str| Memory::new().file("rules/L5-shop.yaml", text);
    let compared = compared(&host(OLD), &host(&NEW.replace("`new|`", "'`new|`'")));
    let lines: Vec<_> =
        human(&compared).into_iter().map(|line| format!("{} {}", line.sign, line.text)).collect();
    snapshot("compare_human", &lines.join("\n"));
    snapshot("compare_markdown", &markdown(&compared));
    let document = json(&compared);
    snapshot("compare_json", &document);
    let schema = jsonschema::validator_for(&schema()).expect("the schema is valid");
    let document: Value = serde_json::from_str(&document).expect("it is JSON");
    let faults: Vec<_> = schema.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn an_equal_version_has_nothing_to_tell() {
    let host = Memory::new().file("rules/L5-shop.yaml", OLD);
    let compared = compared(&host, &host);
    assert!(human(&compared).is_empty());
    assert_eq!(markdown(&compared), "<!-- rulec diff -->\nNo plan changes.\n");
    assert_eq!(compared.counts().same, 3);
}

#[test]
fn what_rests_on_facts_is_compared_without_them() {
    let host = |timeout: u8| {
        let rules = format!(
            "layer: L5\nrules:\n  - {{ id: R1, condition: {{ field: size, operator: equals, value: big }}, action: {{ target: way, value: slow }} }}\n\
             procedures:\n  - id: E1\n    steps:\n      - {{ step: 1, command: ./go, when: decisions.way == \"slow\", timeout: {timeout}, undo: ./back }}\n"
        );
        Memory::new().file("rules/L5-shop.yaml", rules)
    };
    let lines = human(&compared(&host(5), &host(7)));
    assert!(lines[0].text.contains("as far as it can be compiled without more facts"), "{lines:?}");
    assert!(lines.iter().any(|line| line.text.contains("timeout: 5s -> 7s, longer")), "{lines:?}");
}

#[test]
fn what_neither_version_can_compile_yet_is_no_difference() {
    let host = |delay: u8| {
        let rules = format!(
            "decision_rules:\n  - {{ id: D1, actions: [{{ step: 1, action: nothing-yet }}, {{ step: 2, action: E1, delay: {delay} }}] }}\n"
        );
        let procedure =
            "procedures: [{ id: E1, steps: [{ step: 1, command: 'true', read_only: true, timeout: 5 }] }]\n";
        Memory::new().file("rules/L4-shop.yaml", rules).file("rules/L5-shop.yaml", procedure)
    };
    assert!(!compared(&host(5), &host(5)).has_changes());
    let counts = compared(&host(5), &host(7)).counts();
    assert_eq!((counts.changed, counts.unknown), (1, 0));
}

#[test]
fn the_schema_of_the_report_is_current() {
    let text = serde_json::to_string_pretty(&schema()).expect("a schema is JSON") + "\n";
    assert_current("schemas/diff.schema.json", &text);
}
