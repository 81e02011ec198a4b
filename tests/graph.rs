//! Names, references and cycles: rules in, findings out.

use rulec::graph::{EntityKind, resolve};

use crate::support::rules::{rule_set, told};
use crate::support::snapshot;

fn findings(files: &[(&str, &str)]) -> String {
    let rules = rule_set(files);
    let (_, found) = resolve(&rules);
    told(&rules, &found)
}

fn check(name: &str, files: &[(&str, &str)]) {
    snapshot(&format!("graph-{name}"), &findings(files));
}

const LAYERS: &[(&str, &str)] = &[
    (
        "L1-goals.yaml",
        "goals:\n- { id: G1, name: Bread, owner: baker, metrics: { warmth: '> 180' } }\n- { id: G2, owner: backer }\nstakeholders: [{ role: baker }]\n",
    ),
    (
        "L2-system.json",
        r#"{"context": {"project_structure": {"external": ["mill"], "components": [
            {"name": "oven", "dependencies": ["mill", "Town gas"], "actions": {"start": {"command": "./heat"}}},
            {"name": "shop", "dependencies": ["oven", "ovne"]}]},
          "data_flow": {"flows": [{"from": "oven", "to": "*"}, {"from": "oven", "to": "everybody"}]}},
          "requirements": {"functional": [{"id": "FR1", "satisfies": ["G1", "FR1"]}]}}"#,
    ),
    (
        "L4-decisions.toml",
        "[[decision_rules]]\nid = 'D1'\nsatisfies = ['FR1', 'E1']\nrollback = { on_failure = 'E2' }\nactions = [\n  { action = 'start', service = 'oven' },\n  { action = 'stop', service = 'oven' },\n  { action = 'ring' },\n  { action = 'E1' },\n]\n",
    ),
    (
        "L5-execution.yaml",
        "procedures:\n- id: E1\n  satisfies: [G1, D1, G9]\n  rollback_procedure: oven\n  preconditions: [{ metric: warmth }, { checklist: cleen }, { health: shop }]\n  steps:\n  - { step: 1, uses: oven.start }\n  - { step: 2, uses: oven.stat }\n  - { step: 3, run: E2 }\n- { id: E2, steps: [{ step: 1, command: ./cool }] }\nchecklists: { clean: [{ item: swept }] }\n",
    ),
];

#[test]
fn references_lead_somewhere_or_say_why_not() {
    check("references", LAYERS);
}

#[test]
fn the_order_of_files_changes_nothing_but_the_order() {
    let sorted = |text: String| {
        let mut lines: Vec<String> =
            text.lines().filter(|line| line.contains('[')).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let reversed: Vec<_> = LAYERS.iter().rev().copied().collect();
    assert_eq!(sorted(findings(LAYERS)), sorted(findings(&reversed)));
}

#[test]
fn an_id_names_one_thing_of_a_kind() {
    check(
        "duplicates",
        &[
            (
                "L5-a.json",
                r#"{"procedures": [{"id": "E1", "steps": [{"step": 1, "command": "x"}, {"id": "1", "command": "y"}]}]}"#,
            ),
            ("L5-b.toml", "[[procedures]]\nid = 'E1'\nsteps = [{ step = 1, command = 'x' }]\n"),
            ("L3-c.yaml", "security_constraints: { authorization: { roles: [cook, cook, baker] } }\n"),
            ("L1-d.yaml", "stakeholders: [{ role: baker }]\n"),
        ],
    );
}

#[test]
fn a_reference_that_fits_several_things_asks_for_the_kind() {
    let files = [
        ("L1-a.yaml", "goals: [{ id: X }]\n"),
        ("L2-b.yaml", "requirements: { functional: [{ id: X }] }\n"),
        (
            "L5-c.yaml",
            "procedures:\n- { id: E1, satisfies: [X], steps: [] }\n- { id: E2, satisfies: ['goal:X'], steps: [] }\n",
        ),
    ];
    check("ambiguous", &files);
}

#[test]
fn steps_are_looked_for_in_their_own_procedure() {
    check(
        "steps",
        &[(
            "L5-a.yaml",
            "procedures:\n- id: E1\n  dependencies: [{ from: heat, to: bakee }, { from: 7, to: bake }]\n  steps:\n  - { id: heat, step: 1, command: x }\n  - { id: bake, step: 2, command: x, needs: [1, swep] }\n- { id: E2, steps: [{ id: sweep, command: x }] }\n",
        )],
    );
}

#[test]
fn a_cycle_is_told_once_with_its_shortest_path() {
    check(
        "cycles",
        &[
            (
                "L2-a.yaml",
                "context: { project_structure: { components: [\n  { name: a, dependencies: [b] },\n  { name: b, dependencies: [c, d] },\n  { name: c, dependencies: [d] },\n  { name: d, dependencies: [a] },\n  { name: e, dependencies: [e] } ] } }\n",
            ),
            (
                "L5-b.yaml",
                "procedures:\n- id: E1\n  steps:\n  - { id: x, command: x, needs: [z] }\n  - { id: y, command: x, needs: [x] }\n  - { id: z, command: x, needs: [y] }\n- { id: E2, steps: [{ step: 1, run: E3 }] }\n- { id: E3, steps: [{ step: 1, run: E2 }] }\n- { id: E4, rollback_procedure: E5, steps: [] }\n- { id: E5, steps: [{ step: 1, run: E4 }] }\n- { id: E6, rollback_procedure: E6, steps: [] }\n",
            ),
        ],
    );
}

#[test]
fn without_any_declared_role_owners_are_not_judged() {
    assert_eq!(findings(&[("L1-a.yaml", "goals: [{ id: G1, owner: whoever }]\n")]), "\n");
}

#[test]
fn a_view_is_what_lies_around_its_focus() {
    let rules = rule_set(LAYERS);
    let (graph, _) = resolve(&rules);
    let (center, _) =
        graph.of_kind(EntityKind::Procedure).find(|(_, it)| it.id == "E2").expect("E2 is there");
    let ids = |depth| {
        let view = graph.view(Some((center, depth)));
        view.nodes
            .iter()
            .map(|node| format!("{}:{}", node.kind.name(), node.id))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(ids(0), "procedure:E2");
    assert_eq!(ids(1), "decision:D1 step:E1/3 procedure:E2 step:E2/1");
    let whole = graph.view(None);
    assert_eq!(whole.nodes.len(), graph.entities().count());
    assert!(whole.edges.iter().all(|edge| edge.from < whole.nodes.len() && edge.to < whole.nodes.len()));
}

#[test]
fn ten_thousand_steps_in_a_circle_are_one_finding() {
    let steps: Vec<String> = (0..10_000)
        .map(|step| format!(r#"{{"id": "s{step}", "command": "x", "needs": ["s{}"]}}"#, (step + 1) % 10_000))
        .collect();
    let text = format!(r#"{{"procedures": [{{"id": "E1", "steps": [{}]}}]}}"#, steps.join(","));
    let rules = rule_set(&[("L5-a.json", &text)]);
    let (_, found) = resolve(&rules);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule.id, "step-cycle");
    assert!(found[0].message.contains("(9988 more)"), "{}", found[0].message);
}
