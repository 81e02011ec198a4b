//! What a rule set rests on: served goals, bound conditions, chains upwards, and what a change reaches.

use rulec::driver::entity;
use rulec::graph::resolve;
use rulec::survey::{coverage, impact, schema, why};
use serde_json::Value;

use crate::support::assert_current;
use crate::support::rules::rule_set;

const FILES: [(&str, &str); 4] = [
    (
        "L1-shop.yaml",
        "goals:
  - id: G1
    name: Orders are taken
    success_criteria:
      - people are happy
      - { criterion: it is fast, metric: latency }
      - { criterion: it is up, check: ./up.sh }
    metrics:
      latency: { target: < 2s, probe: ./latency.sh }
      joy: much
  - { id: G2, name: Nobody works for this one }
",
    ),
    (
        "L2-shop.json",
        r#"{
  "context": {"project_structure": {"components": [
    {"name": "desk", "health": "./desk.sh probe", "actions": {"start": {"command": "./desk.sh start", "timeout": 5, "undo": "./desk.sh stop"}}},
    {"name": "web", "dependencies": ["desk"]}
  ]}},
  "requirements": {"functional": [
    {"id": "FR1", "description": "Orders come in by the web", "satisfies": ["G1"]},
    {"id": "FR2", "description": "Orders are printed"}
  ]},
  "risks": [{"id": "R1", "description": "The desk is down", "satisfies": ["G1"], "mitigated_by": ["E2"]}]
}"#,
    ),
    (
        "L4-shop.toml",
        r#"
[[rules]]
id = "slow-in-winter"
condition = { field = "season", operator = "equals", value = "winter" }
action = { target = "pace", value = "slow" }

[[decision_rules]]
id = "D1"
name = "Open"
satisfies = ["FR1"]
conditions = ["it is morning", { check = "./calendar.sh" }]
actions = [{ step = 1, action = "E1" }]
"#,
    ),
    (
        "L5-shop.yaml",
        "procedures:
  - id: E1
    name: Open the shop
    preconditions: [{ checklist: morning }, { health: desk }, { health: web }]
    postconditions: [{ metric: latency }, { metric: joy }]
    steps:
      - { step: 1, name: Start the desk, uses: desk.start, verify: ./desk.sh probe }
      - { step: 2, name: Greet, manual: Say hello }
      - { step: 3, name: Wait, command: sleep 1, when: decisions.pace == \"slow\" }
      - { step: 4, name: Tidy, run: E2 }
  - { id: E2, name: Tidy up, steps: [{ step: 1, command: ./tidy.sh }] }
  - { id: E3, name: Left over, steps: [{ step: 1, command: ./old.sh }] }
checklists:
  morning:
    - { item: the lights are on, mandatory: true }
    - { item: the till is there, check: ./till.sh }
monitors:
  - { id: M1, every: 1m, metric: latency }
",
    ),
];

#[test]
fn prose_is_never_counted_as_a_check() {
    let rules = rule_set(&FILES);
    let (graph, _) = resolve(&rules);
    let coverage = coverage(&graph);
    let bound: Vec<_> = coverage.bound.iter().map(|of| (of.what, of.checked, of.prose)).collect();
    assert_eq!(
        bound,
        [
            ("success criteria", 2, 1),
            ("metrics", 1, 1),
            ("conditions of decisions", 1, 1),
            ("preconditions", 1, 2),
            ("postconditions", 1, 1),
            ("items of checklists", 1, 1),
        ]
    );
    assert_eq!((coverage.all.checked, coverage.all.prose, coverage.all.percent), (7, 7, 50.0));
    let prose: Vec<_> = coverage
        .prose
        .iter()
        .map(|of| format!("{} {}: {} ({})", of.place.line, of.of, of.text, of.why.unwrap_or("prose")))
        .collect();
    assert_eq!(
        prose,
        [
            "5 G1: people are happy (prose)",
            "10 G1: joy much (the metric has no probe)",
            "11 D1: it is morning (prose)",
            "4 E1: checklist morning (mandatory items of the checklist are looked at by people)",
            "4 E1: health of web (the component has no health check)",
            "5 E1: metric joy (the metric has no probe)",
            "15 morning: the lights are on (prose)",
            "8 E1: Say hello (a person does it and confirms it)",
        ]
    );
}

#[test]
fn goals_are_served_by_what_runs() {
    let rules = rule_set(&FILES);
    let (graph, _) = resolve(&rules);
    let coverage = coverage(&graph);
    let served: Vec<_> =
        coverage.served.iter().map(|of| format!("{} {} of {}", of.what, of.served, of.total)).collect();
    assert_eq!(
        served,
        [
            "goals 1 of 2",
            "requirements 1 of 2",
            "risks 1 of 1",
            "decisions 1 of 1",
            "procedures 2 of 3",
            "steps 5 of 6"
        ]
    );
    let unserved: Vec<_> = coverage.unserved.iter().map(|of| of.id.as_str()).collect();
    assert_eq!(unserved, ["G2", "FR2", "E3"]);
    fn shown(node: &rulec::survey::Node) -> String {
        let below: Vec<_> = node.served_by.iter().map(shown).collect();
        if below.is_empty() {
            node.thing.id.clone()
        } else {
            format!("{}[{}]", node.thing.id, below.join(" "))
        }
    }
    assert_eq!(coverage.goals.iter().map(shown).collect::<Vec<_>>(), ["G1[FR1[D1[E1]] R1[E2] M1]", "G2"]);
    let document: Value = serde_json::to_value(&coverage).expect("it is JSON");
    let schema = jsonschema::validator_for(&schema()).expect("the schema is valid");
    let faults: Vec<_> = schema.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn a_chain_leads_up_to_each_goal() {
    let rules = rule_set(&FILES);
    let (graph, _) = resolve(&rules);
    let told = |of: &str| {
        let why = why(&graph, entity(&graph, of).expect("it is there"));
        let chain = |chain: &rulec::survey::Chain| {
            let links = chain.links.iter().map(|link| format!("{} {}", link.relation, link.to.id));
            links.collect::<Vec<_>>().join(", ")
        };
        let (chains, ends) = (why.chains.iter().map(chain), why.loose_ends.iter().map(chain));
        (chains.collect::<Vec<_>>(), ends.collect::<Vec<_>>())
    };
    let up = |chains: &[&str]| (chains.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(), Vec::new());
    assert_eq!(told("E1/1"), up(&["is a step of E1, is used by D1, serves FR1, serves G1"]));
    assert_eq!(told("E2"), up(&["lessens R1, serves G1"]));
    assert_eq!(told("M1"), up(&["watches G1.latency, measures G1"]));
    assert_eq!(told("desk"), up(&["is required by E1, is used by D1, serves FR1, serves G1"]));
    assert_eq!(told("E3/1"), (vec![], vec!["is a step of E3".to_owned()]));
    assert_eq!(told("G1"), up(&[]));
}

#[test]
fn a_change_reaches_what_refers_to_it() {
    let rules = rule_set(&FILES);
    let (graph, _) = resolve(&rules);
    let told = |of: &str, depth: Option<usize>| {
        let impact = impact(&graph, entity(&graph, of).expect("it is there"), depth);
        let affected = impact.affected.iter().map(|of| format!("{}{}", of.thing.id, of.distance));
        let goals = impact.goals.iter().map(|goal| goal.id.clone());
        (affected.collect::<Vec<_>>().join(" "), impact.plans.join(" "), goals.collect::<Vec<_>>().join(" "))
    };
    let expect =
        |affected: &str, plans: &str, goals: &str| (affected.to_owned(), plans.to_owned(), goals.to_owned());
    assert_eq!(told("desk", None), expect("web1 D12 desk.start1 E11 E1/12", "D1 E1", "G1"));
    assert_eq!(told("desk", Some(1)), expect("web1 desk.start1 E11", "E1", "G1"));
    assert_eq!(told("slow-in-winter", None), expect("D13 E12 E1/31", "D1 E1", ""));
    assert_eq!(told("E3", None), expect("", "E3", ""));
}

#[test]
fn the_schema_of_the_report_is_current() {
    let text = serde_json::to_string_pretty(&schema()).expect("a schema is JSON") + "\n";
    assert_current("schemas/coverage.schema.json", &text);
}
