//! What lints look at: the rule set, its graph, and what several of them need to know, worked out once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use super::commands::{self, CommandText, Commands};
use super::figures::{self, Figure};
use super::realised::{self, By, Realised};
use super::starts::{self, Event, Sequence, Touch, Verb};
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
    commands: OnceLock<Commands<'a>>,
    sequences: OnceLock<Vec<Sequence>>,
    realised: OnceLock<Vec<Realised<'a>>>,
    drafts: OnceLock<Drafts>,
    tables: OnceLock<Tables<'a>>,
    started: OnceLock<FxHashMap<At, NodeIndex>>,
    figures: OnceLock<Vec<Figure>>,
}

/// How many entities are worth several threads.
const WORTH_THREADS: usize = 500;

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

    /// A context in which what takes longest has been worked out, each part beside the others where the rule set is
    /// large.
    #[must_use]
    pub fn prepared(graph: &'a Graph<'a>) -> Self {
        let context = Self::new(graph);
        if context.is_worth_threads() {
            rayon::join(|| context.sequences(), || context.drafted());
        }
        context
    }

    /// False where lints are done before other threads have started.
    pub(super) fn is_worth_threads(&self) -> bool {
        self.graph.size() >= WORTH_THREADS
    }

    /// All commands, parsed, in order of the source within each entity.
    pub(super) fn commands(&self) -> &[CommandText<'a>] {
        let written = &self.collected().written;
        self.graph.visit(written.len());
        written
    }

    /// All commands, and all typed checks: for what is asked, not for how.
    pub(super) fn asking(&self) -> impl Iterator<Item = &CommandText<'a>> {
        let Commands { written, typed } = self.collected();
        written.iter().chain(typed)
    }

    /// All typed checks, but those of databases, whose clients are commands.
    pub(super) fn typed_checks(&self) -> &[CommandText<'a>] {
        &self.collected().typed
    }

    fn collected(&self) -> &Commands<'a> {
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

    /// What a procedure or decision starts, or what it stops, in order of the source.
    pub(super) fn events(&self, owner: NodeIndex, verb: Verb) -> Vec<&Event> {
        let sequences = self.sequences();
        match sequences.binary_search_by_key(&owner, |sequence| sequence.owner) {
            Ok(found) => sequences[found].of(verb).collect(),
            Err(_) => Vec::new(),
        }
    }

    /// Decisions and the procedures that carry them out, in order of the decisions, then of the procedures.
    pub(super) fn realised(&self) -> &[Realised<'a>] {
        self.realised.get_or_init(|| realised::pairs(self))
    }

    /// Decisions and the procedures that carry them out without being called by them: both say what happens.
    pub(super) fn realised_apart(&self) -> impl Iterator<Item = &Realised<'a>> {
        self.realised().iter().filter(|pair| pair.by != By::Call)
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
