//! `rulec graph`: draw what refers to what.

use serde_json::json;

use super::super::args::{GraphArgs, GraphFormat};
use super::super::console::Console;
use super::super::exit::Exit;
use super::{nothing, single};
use crate::diagram::{Diagram, Line, Shape, dot, mermaid};
use crate::driver::{Refusal, entity};
use crate::graph::{EdgeKind, EntityKind, View, resolve};
use crate::model::{LayerId, RuleSet};
use crate::source::Location;

/// The version of the JSON form.
const VERSION: u32 = 1;

pub(in super::super) fn run(args: &GraphArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let Some(set) = single(console, args.rule_set.as_deref())? else {
        return Ok(nothing(console, args.rule_set.as_deref()));
    };
    let (graph, _) = resolve(&set.rules);
    let focus = args.focus.as_deref().map(|focus| entity(&graph, focus)).transpose()?;
    let view = graph.view(focus.map(|focus| (focus, args.depth)));
    let text = match args.format {
        GraphFormat::Dot => dot(&diagram(&view, &set.rules)),
        GraphFormat::Mermaid => mermaid(&diagram(&view, &set.rules)),
        GraphFormat::Json => json(&view, &set.rules),
    };
    console.result(&text)?;
    super::count_errors(console, &set);
    Ok(Exit::Clean)
}

/// A frame a layer, an arrow a reference. What a goal, component or procedure has is tied to it by a dashed
/// line without words, which are plain from the shapes.
fn diagram(view: &View, rules: &RuleSet) -> Diagram {
    let mut diagram = Diagram::default();
    let layer = |place: Location| rules.file(place.file).map(|loaded| loaded.layer);
    let frames: Vec<_> = LayerId::ALL
        .into_iter()
        .filter(|id| view.nodes.iter().any(|node| layer(node.location) == Some(*id)))
        .map(|id| (id, diagram.cluster(format!("{} {}", id.id(), id.name()), None)))
        .collect();
    let mut nodes = Vec::with_capacity(view.nodes.len());
    for node in &view.nodes {
        let own = layer(node.location);
        let frame = frames.iter().find(|(id, _)| Some(*id) == own).map(|(_, frame)| *frame);
        let label = match &node.name {
            Some(name) if *name != node.id => format!("{} {}\n{name}", node.kind.name(), node.id),
            _ => format!("{} {}", node.kind.name(), node.id),
        };
        nodes.push(diagram.node(shape(node.kind), label, frame));
    }
    for edge in &view.edges {
        let (line, label) = match edge.kind {
            EdgeKind::Has => (Line::Dashed, ""),
            kind => (Line::Solid, kind.name()),
        };
        diagram.edge(nodes[edge.from], nodes[edge.to], line, label);
    }
    diagram
}

fn shape(kind: EntityKind) -> Shape {
    match kind {
        EntityKind::Goal | EntityKind::Requirement => Shape::Terminal,
        EntityKind::Rule | EntityKind::Decision => Shape::Decision,
        EntityKind::Role => Shape::Manual,
        EntityKind::Component
        | EntityKind::External
        | EntityKind::Environment
        | EntityKind::Setting
        | EntityKind::Resource => Shape::Store,
        _ => Shape::Box,
    }
}

fn json(view: &View, rules: &RuleSet) -> String {
    let name = |index: usize| {
        let node = &view.nodes[index];
        format!("{}:{}", node.kind.name(), node.id)
    };
    let nodes: Vec<_> = view
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| {
            let mut value = json!({
                "key": name(index),
                "kind": node.kind.name(),
                "id": node.id,
                "file": rules.sources.get(node.location.file).path,
                "line": rules.sources.position(node.location).line,
            });
            if let Some(name) = &node.name {
                value["name"] = json!(name);
            }
            value
        })
        .collect();
    let edges: Vec<_> = view
        .edges
        .iter()
        .map(|edge| {
            json!({
                "from": name(edge.from),
                "to": name(edge.to),
                "kind": edge.kind.name(),
                "file": rules.sources.get(edge.location.file).path,
                "line": rules.sources.position(edge.location).line,
            })
        })
        .collect();
    let graph = json!({ "version": VERSION, "nodes": nodes, "edges": edges });
    serde_json::to_string_pretty(&graph).expect("a graph has string keys only") + "\n"
}
