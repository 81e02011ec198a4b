//! What a rule set rests on: which goal is served by what, what is bound to a check, why a step is there, and what
//! changes if something does.
//!
//! Takes the graph, in which everything is that refers to anything, and gives plain data for people and programs.
//! It judges nothing: what is wrong is said by the lints.

mod chain;
mod coverage;
mod impact;
mod serves;

pub use chain::{Chain, Decided, DecidedBy, Link, SettingValue, Why, why};
pub use coverage::{Bound, Coverage, Prose, Served, coverage, schema};
pub use impact::{Affected, Impact, impact};
pub use serves::Node;

use petgraph::graph::NodeIndex;
use schemars::JsonSchema;
use serde::Serialize;

use crate::graph::Graph;
use crate::model::At;

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// Path of the file in the rule set, with `/`.
    pub file: String,
    /// Line, from 1.
    #[schemars(range(min = 1))]
    pub line: u32,
}

/// A thing of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Thing {
    /// What it is: `goal`, `procedure`, `step`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name, where it has one beside the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub name: Option<String>,
    /// Where it is declared.
    #[serde(flatten)]
    pub place: Place,
}

impl Thing {
    fn new(graph: &Graph<'_>, index: NodeIndex) -> Self {
        let entity = graph.entity(index);
        let name = entity.name.filter(|name| *name != entity.id).or_else(|| description(graph, index));
        Self {
            kind: entity.kind.name(),
            id: entity.id.to_string(),
            name: name.map(str::to_owned),
            place: place(graph, entity.at),
        }
    }
}

/// What a thing without a name says of itself.
fn description<'a>(graph: &Graph<'a>, index: NodeIndex) -> Option<&'a str> {
    use crate::graph::Item;
    let text = match graph.entity(index).item {
        Item::Requirement(requirement) => requirement.description.as_ref(),
        Item::Risk(risk) => risk.description.as_ref(),
        Item::Assumption(assumption) => assumption.description.as_ref(),
        Item::Constraint(own) => own.constraint.rule.as_ref(),
        Item::Rule(rule, _) => rule.description.as_ref(),
        _ => None,
    };
    text.map(|text| text.value.as_str())
}

fn place(graph: &Graph<'_>, at: At) -> Place {
    let (sources, location) = (&graph.rules.sources, graph.rules.location(at));
    Place { file: sources.get(location.file).path.clone(), line: sources.position(location).line }
}
