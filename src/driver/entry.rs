//! Which procedure or decision is meant, under which environment and facts; and why that can't be told.

use std::fmt;

use petgraph::graph::NodeIndex;

use super::discover::DiscoverError;
use super::examine::{ENTRIES, entries};
use crate::decide::Facts;
use crate::diagnostic::nearest;
use crate::graph::{Entity, EntityKind, Graph, Item, Lookup};
use crate::model::{FactCondition, FactTest};

/// Why what was asked for is not done: the request does not fit the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong with it: one lower-case line.
    pub message: String,
    /// What to do about it, a line each.
    pub help: Vec<String>,
}

impl Refusal {
    /// A refusal and what to do about it.
    #[must_use]
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: vec![help.into()] }
    }

    /// The refusal where one rule set is wanted and several are there.
    #[must_use]
    pub fn several_rule_sets(roots: &[&str]) -> Self {
        let mut help = vec!["name one of them".to_owned()];
        help.extend(roots.iter().map(|root| format!("  {root}")));
        Self { message: format!("there are {} rule sets", roots.len()), help }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<DiscoverError> for Refusal {
    fn from(error: DiscoverError) -> Self {
        Self::new(error.to_string(), "give a folder with rule files, or a file in one")
    }
}

/// The entry that a text names; without one, the only one there is.
pub(super) fn entry(graph: &Graph<'_>, asked: Option<&str>) -> Result<NodeIndex, Refusal> {
    if let Some(asked) = asked {
        return one_of(graph, &ENTRIES, asked, "procedure, decision or timeline");
    }
    let all: Vec<NodeIndex> = entries(graph).map(|(index, _)| index).collect();
    match all[..] {
        [one] => Ok(one),
        [] => Err(Refusal::new(
            "the rule set has no procedure and no decision",
            "write one: `rulec init` shows how",
        )),
        _ => Err(Refusal {
            message: format!("the rule set has {} procedures and decisions", all.len()),
            help: listed(graph, "say which one with `--entry ID`", &all),
        }),
    }
}

/// Whatever a text names, by id, name or `kind:id`.
///
/// # Errors
/// Where nothing or several things have that name.
pub fn entity(graph: &Graph<'_>, asked: &str) -> Result<NodeIndex, Refusal> {
    one_of(graph, &EntityKind::ALL, asked, "thing")
}

fn one_of(graph: &Graph<'_>, kinds: &[EntityKind], asked: &str, noun: &str) -> Result<NodeIndex, Refusal> {
    match graph.lookup(kinds, asked) {
        Lookup::One(index) => Ok(index),
        Lookup::Many(several) => {
            let spellings = several.iter().map(|index| {
                let entity = graph.entity(*index);
                format!("`{}:{}`", entity.kind.name(), entity.id)
            });
            let help = format!("say {}", spellings.collect::<Vec<_>>().join(" or "));
            Err(Refusal::new(format!("several things are called `{asked}`"), help))
        }
        Lookup::Nothing => {
            let of_kind = |(_, entity): &(NodeIndex, &Entity<'_>)| kinds.contains(&entity.kind);
            let all: Vec<NodeIndex> = graph.entities().filter(of_kind).map(|(index, _)| index).collect();
            let message = format!("no {noun} is called `{asked}`");
            // A misspelt kind reads as a part of the name.
            let name = asked.split_once(':').map_or(asked, |(_, name)| name.trim_start());
            let near = graph.nearest(kinds, asked).or_else(|| graph.nearest(kinds, name));
            let help = match near {
                Some((near, _)) => listed(graph, &format!("did you mean `{near}`?"), &all),
                None if all.is_empty() => vec!["the rule set has none".to_owned()],
                None => listed(graph, "there are these", &all),
            };
            Err(Refusal { message, help })
        }
    }
}

/// The most names that a refusal lists.
const MOST_LISTED: usize = 20;

fn listed(graph: &Graph<'_>, title: &str, all: &[NodeIndex]) -> Vec<String> {
    let mut lines = vec![title.to_owned()];
    lines.extend(all.iter().take(MOST_LISTED).map(|index| {
        let entity = graph.entity(*index);
        match entity.name {
            Some(name) => format!("  {}: {name}", entity.id),
            None => format!("  {}", entity.id),
        }
    }));
    if all.len() > MOST_LISTED {
        lines.push(format!("  and {} more, see `rulec list`", all.len() - MOST_LISTED));
    }
    lines
}

/// Refuses an environment that the rules do not have.
pub(super) fn check_environment(graph: &Graph<'_>, asked: Option<&str>) -> Result<(), Refusal> {
    let Some(asked) = asked else { return Ok(()) };
    let known: Vec<&str> =
        graph.of_kind(EntityKind::Environment).map(|(_, entity)| entity.id.as_ref()).collect();
    if known.contains(&asked) {
        return Ok(());
    }
    Err(Refusal::new(format!("there is no environment `{asked}`"), suggestion(asked, &known)))
}

/// Refuses facts that nothing asks for: a misspelt one would have no effect, and nobody would notice.
pub(super) fn check_facts(graph: &Graph<'_>, facts: &Facts) -> Result<(), Refusal> {
    if facts.is_empty() {
        return Ok(());
    }
    let known = known_facts(graph);
    match facts.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(unknown_fact(name, &known)),
    }
}

/// The names of all facts that something asks for, sorted.
pub(super) fn known_facts<'g>(graph: &'g Graph<'_>) -> Vec<&'g str> {
    let mut known = Vec::new();
    for (_, entity) in graph.entities() {
        match entity.item {
            Item::Procedure(procedure) => {
                known.extend(procedure.inputs.iter().map(|input| input.name.value.as_str()));
            }
            Item::Timeline(timeline) => {
                known.extend(timeline.inputs.iter().map(|input| input.name.value.as_str()));
            }
            Item::Setting(setting) => known.push(&setting.name.value),
            Item::Environment(variables) => {
                known.extend(variables.iter().map(|variable| variable.name.value.as_str()));
            }
            Item::Rule(rule, _) => fields(&rule.condition, &mut known),
            _ => {}
        }
    }
    known.sort_unstable();
    known.dedup();
    known
}

/// The refusal of a fact that nothing asks for.
pub(super) fn unknown_fact(name: &str, known: &[&str]) -> Refusal {
    Refusal::new(format!("no input and no rule asks for `{name}`"), suggestion(name, known))
}

fn fields<'a>(condition: &'a FactCondition, known: &mut Vec<&'a str>) {
    match condition.test() {
        Some(FactTest::Compare { field, .. }) => known.push(&field.value),
        Some(FactTest::All(list) | FactTest::Any(list)) => {
            list.iter().for_each(|condition| fields(condition, known));
        }
        Some(FactTest::Not(condition)) => fields(condition, known),
        None => {}
    }
}

fn suggestion(asked: &str, known: &[&str]) -> String {
    match nearest(asked, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "leave it out: the rules have none".to_owned(),
        None => {
            let names: Vec<_> = known.iter().take(MOST_LISTED).map(|name| format!("`{name}`")).collect();
            format!("there are {}", names.join(", "))
        }
    }
}
