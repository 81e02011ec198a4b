//! What all of the lowering shares: the graph, what is known, places, and what was found so far.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashMap;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::ir;
use super::Options;
use super::expressions::Scopes;
use super::policy::Governance;
use super::size::Sizes;
use crate::decide::{self, Decided, Facts};
use crate::diagnostic::{Diagnostic, RuleInfo};
use crate::graph::Graph;
use crate::model::At;
use crate::source::{FileId, Location};
use crate::syntax::Pointers;

/// How many steps the calls of one entry may come to.
pub(super) const MAX_CALLED_STEPS: usize = 50_000;
/// How many those of all drafts together may.
const MAX_CALLED_IN_ALL: usize = 500_000;

pub(super) struct Context<'g, 'a> {
    pub(super) graph: &'g Graph<'a>,
    pub(super) environment: Option<String>,
    /// The variables of the environment.
    pub(super) variables: Facts,
    /// What was given on top of them.
    given: Facts,
    /// What the rules decided; `None` where no facts are known and nothing is to be folded.
    pub(super) decided: Option<BTreeMap<String, Decided>>,
    pub(super) lock_scope: Option<String>,
    pub(super) found: Vec<Diagnostic>,
    pub(super) dropped: Vec<ir::Dropped>,
    pub(super) inputs: Vec<ir::Input>,
    /// What the call that is being lowered gives to the inputs of its procedure.
    pub(super) arguments: BTreeMap<String, crate::expr::Value>,
    /// The approvals that the procedures of a timeline ask for.
    pub(super) approvals: Vec<ir::Approval>,
    /// How many steps the calls of this entry may still come to, and those of all entries.
    pub(super) room: usize,
    pub(super) room_in_all: usize,
    /// True once something was left out, for want of room or because it comes to call itself.
    pub(super) is_full: bool,
    pub(super) sizes: Sizes,
    /// How alerts are raised.
    pub(super) alerts: BTreeMap<String, ir::Alert>,
    /// What L3 says for all runs, looked for in all files once.
    pub(super) governance: Governance<'a>,
    pub(super) scopes: Scopes,
    pointers: RefCell<FxHashMap<FileId, Pointers>>,
}

impl<'g, 'a> Context<'g, 'a> {
    pub(super) fn new(graph: &'g Graph<'a>, options: &Options) -> Self {
        let mut context = Self::without_facts(graph);
        context.environment.clone_from(&options.environment);
        context.lock_scope.clone_from(&options.lock_scope);
        context.variables =
            options.environment.as_deref().map(|name| context.variables_of(name)).unwrap_or_default();
        context.given.clone_from(&options.facts);
        context.decided = Some(decide::decide(graph.rules, &context.facts()));
        context.alerts = super::alerts(graph);
        context
    }

    /// Of the alerts it knows `default` alone, which steps raise: many drafts don't each carry them all.
    pub(super) fn without_facts(graph: &'g Graph<'a>) -> Self {
        let mut alerts = super::alerts(graph);
        alerts.retain(|name, _| name == "default");
        Self {
            graph,
            environment: None,
            variables: Facts::new(),
            given: Facts::new(),
            decided: None,
            lock_scope: None,
            found: Vec::new(),
            dropped: Vec::new(),
            inputs: Vec::new(),
            arguments: BTreeMap::new(),
            approvals: Vec::new(),
            room: MAX_CALLED_STEPS,
            room_in_all: MAX_CALLED_IN_ALL,
            is_full: false,
            sizes: Sizes::default(),
            alerts,
            governance: Governance::of(graph.rules),
            scopes: Scopes::default(),
            pointers: RefCell::default(),
        }
    }

    /// What is known to the rules: the variables of the environment, and what was given.
    pub(super) fn facts(&self) -> Facts {
        let mut facts = self.variables.clone();
        facts.extend(self.given.clone());
        facts
    }

    fn variables_of(&self, environment: &str) -> Facts {
        let mut variables = Facts::new();
        for (_, environment) in self.graph.lineage(environment) {
            for entry in environment.iter() {
                let known = || decide::plain(&entry.value);
                variables.entry(entry.name.value.clone()).or_insert_with(known);
            }
        }
        variables
    }

    /// The value that was given for a name, or that the environment has for it, and where the latter stands.
    pub(super) fn known(&self, name: &str) -> Option<(Value, Option<At>)> {
        if let Some(value) = self.given.get(name) {
            return Some((value.clone(), None));
        }
        let at = || Some(self.graph.variable(self.environment.as_deref()?, name)?.1.value.at);
        self.variables.get(name).map(|value| (value.clone(), at()))
    }

    /// What was given on top of the environment.
    pub(super) fn given(&self) -> &Facts {
        &self.given
    }

    /// The facts that the plan may show: values of secrets are none of its business.
    pub(super) fn given_facts(&self) -> Facts {
        let secret =
            |name: &str| self.inputs.iter().any(|it| it.name == name && it.kind == ir::InputType::Secret);
        self.given
            .iter()
            .filter(|(name, _)| !secret(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    pub(super) fn decided_values(&self) -> Facts {
        let decided = self.decided.iter().flatten();
        decided.map(|(target, decided)| (target.clone(), decided.value.clone())).collect()
    }

    pub(super) fn source_files(&self) -> Vec<ir::SourceFile> {
        let files = self.graph.rules.files().iter().map(|loaded| {
            let source = self.graph.rules.sources.get(loaded.file);
            let digest = Sha256::digest(source.text.as_bytes());
            let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            ir::SourceFile { file: source.path.clone(), sha256 }
        });
        let mut files: Vec<_> = files.collect();
        files.sort_by(|a, b| a.file.cmp(&b.file));
        files
    }

    /// A place as the plan shows it.
    pub(super) fn source(&self, at: At) -> ir::Source {
        let rules = self.graph.rules;
        let (tree, source) = (rules.tree(at), rules.sources.get(at.file));
        let mut pointers = self.pointers.borrow_mut();
        let pointers = pointers.entry(at.file).or_insert_with(|| tree.pointers());
        ir::Source {
            file: source.path.clone(),
            pointer: pointers.pointer(tree, &source.text, at.node),
            line: source.lines().line(tree.node(at.node).span.start),
        }
    }

    pub(super) fn report(&mut self, rule: &'static RuleInfo, at: At, message: String, help: &str) {
        self.found.push(Diagnostic::new(rule, self.graph.rules.location(at), message).help(help));
    }

    /// The place of a part of a text.
    pub(super) fn part(&self, at: At, range: Range<usize>) -> Location {
        self.graph.rules.text_location(at, range)
    }

    pub(super) fn drop(&mut self, what: String, reason: impl Into<String>, at: At) {
        let source = self.source(at);
        self.dropped.push(ir::Dropped { what, reason: reason.into(), source });
    }
}
