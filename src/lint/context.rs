//! What lints look at: the rule set, its graph, and what several of them need to know, worked out once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use super::commands::{self, CommandText};
use super::figures::{self, Figure};
use super::realised;
use super::starts::{self, Sequence, Touch};
use super::tables;
use super::times::{self, Drafts};
use super::ways_back;
use crate::decide::Tables;
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, Item};
use crate::model::{At, Component, RuleSet, Spanned, Step};
use crate::plan::Plan;
use crate::source::Location;

/// What lints look at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The rule set.
    pub rules: &'a RuleSet,
    /// Everything in it that has a name, and what refers to what.
    pub graph: &'a Graph<'a>,
    commands: OnceLock<Vec<CommandText<'a>>>,
    sequences: OnceLock<Vec<Sequence>>,
    realised: OnceLock<Vec<(NodeIndex, NodeIndex)>>,
    drafts: OnceLock<Drafts>,
    tables: OnceLock<Tables<'a>>,
    started: OnceLock<FxHashMap<At, NodeIndex>>,
    figures: OnceLock<Vec<Figure>>,
}

impl<'a> Context<'a> {
    /// A context in which nothing has been worked out yet.
    #[must_use]
    pub fn new(graph: &'a Graph<'a>) -> Self {
        Self {
            rules: graph.rules,
            graph,
            commands: OnceLock::new(),
            sequences: OnceLock::new(),
            realised: OnceLock::new(),
            drafts: OnceLock::new(),
            tables: OnceLock::new(),
            started: OnceLock::new(),
            figures: OnceLock::new(),
        }
    }

    /// All commands, parsed, in order of the source within each entity.
    pub(super) fn commands(&self) -> &[CommandText<'a>] {
        self.commands.get_or_init(|| commands::collect(self.graph))
    }

    /// What each procedure and decision starts and stops.
    pub(super) fn sequences(&self) -> &[Sequence] {
        self.sequences.get_or_init(|| starts::sequences(self))
    }

    /// The steps and actions that start or stop a component themselves, in order of the source.
    #[must_use]
    pub fn touches(&self) -> Vec<Touch> {
        starts::touches(self)
    }

    /// True where a procedure needs no way back of its own: it is one itself, or runs only as a part of procedures
    /// that have one.
    #[must_use]
    pub fn needs_no_way_back(&self, procedure: NodeIndex) -> bool {
        ways_back::needs_none(self.graph, procedure)
    }

    /// What is wrong with the rules of decisions whatever the facts are.
    pub(super) fn tables(&self) -> &Tables<'a> {
        self.tables.get_or_init(|| tables::judge(self.graph))
    }

    /// Decisions and the procedures that carry them out.
    pub(super) fn realised(&self) -> &[(NodeIndex, NodeIndex)] {
        self.realised.get_or_init(|| realised::pairs(self))
    }

    /// The plans of procedures and decisions as far as they are known without facts.
    pub(super) fn drafts(&self) -> &BTreeMap<NodeIndex, Plan> {
        &self.drafted().plans
    }

    /// What no plan can hold of procedures and decisions.
    #[must_use]
    pub fn found_by_drafting(&self) -> &[Diagnostic] {
        &self.drafted().found
    }

    fn drafted(&self) -> &Drafts {
        self.drafts.get_or_init(|| times::drafts(self.graph))
    }

    /// Every figure that the rules state, with the quantity that it is one of.
    pub(super) fn figures(&self) -> &[Figure] {
        self.figures.get_or_init(|| figures::collect(self.rules))
    }

    /// The component that a step starts by its own words, whatever its verification asks.
    pub(super) fn started_by(&self, step: &Spanned<Step>) -> Option<&'a Spanned<Component>> {
        let started = self.started.get_or_init(|| starts::by_own_words(self));
        match self.graph.entity(*started.get(&step.at)?).item {
            Item::Component(component) => Some(component),
            _ => None,
        }
    }

    /// Where a value is written.
    pub(super) fn place(&self, at: At) -> Location {
        self.rules.location(at)
    }

    /// Where a part of a text is written.
    pub(super) fn part(&self, at: At, range: Range<usize>) -> Location {
        self.rules.text_location(at, range)
    }
}
