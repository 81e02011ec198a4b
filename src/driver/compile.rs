//! From a folder on a machine to plans, scripts or runbooks in memory.
//!
//! Nothing is compiled that has errors. What the rules alone don't show, such as a decision that the facts
//! leave open or a target that can't hold a step, is found here and joins the other findings.

use camino::{Utf8Path, Utf8PathBuf};
use petgraph::graph::NodeIndex;

use super::check::{Checked, rule_sets};
use super::entry::{Refusal, check_environment, check_facts, entry};
use super::examine::{entries, examine};
use super::levels::{Levels, Overrides};
use super::places::Places;
use super::read::read;
use super::target_cannot::target_cannot;
use crate::decide::Facts;
use crate::diagnostic::{Diagnostic, Level, Sink};
use crate::graph::Graph;
use crate::host::Host;
use crate::plan::{Options, lower};
use crate::target::{Artifact, Target};

/// What is to be compiled, and how.
#[derive(Clone, Copy)]
pub struct CompileRequest<'a> {
    /// The rule set; without one, that around the working directory.
    pub rule_set: Option<&'a Utf8Path>,
    /// What of it.
    pub entries: Entries<'a>,
    /// The form that is wanted.
    pub target: &'a dyn Target,
    /// The environment whose values are fixed.
    pub environment: Option<&'a str>,
    /// Facts and values of inputs that are fixed.
    pub facts: &'a Facts,
    /// Levels of rules.
    pub overrides: &'a Overrides,
    /// The least level of findings that keeps something from being compiled.
    pub deny: Level,
}

/// Which procedures and decisions are meant.
#[derive(Debug, Clone, Copy)]
pub enum Entries<'a> {
    /// The one of this id or name.
    One(&'a str),
    /// The only one there is.
    Only,
    /// All that can be compiled.
    All,
}

/// What compiling gave.
#[derive(Debug)]
pub struct Compiled {
    /// The findings of the rule set, and of compiling it.
    pub checked: Checked,
    /// What was made; nothing where the rules have errors.
    pub artifacts: Vec<Artifact>,
    /// The ids of entries that can't be compiled, in order.
    pub left_out: Vec<String>,
}

/// Compiles what is asked for.
///
/// # Errors
/// Where the request does not fit the rules: no such rule set, entry or environment. `Ok(None)` where no rule
/// set is found.
pub fn compile(host: &dyn Host, request: &CompileRequest<'_>) -> Result<Option<Compiled>, Refusal> {
    let paths: Vec<Utf8PathBuf> = request.rule_set.map(Utf8Path::to_owned).into_iter().collect();
    let mut sets = rule_sets(host, &paths)?;
    if sets.len() > 1 {
        let roots: Vec<_> = sets.iter().map(|set| set.root.as_str()).collect();
        return Err(Refusal::several_rule_sets(&roots));
    }
    let Some(set) = sets.pop() else { return Ok(None) };
    let root = set.root.clone();
    let read = read(host, set, request.overrides);
    let levels = Levels { config: &read.config, overrides: request.overrides };
    let (graph, mut findings) = examine(&read, levels);
    let (mut artifacts, mut left_out) = (Vec::new(), Vec::new());
    let is_denied = |found: &[Diagnostic]| found.iter().any(|finding| finding.level >= request.deny);
    if !is_denied(&findings) {
        let chosen = choose(&graph, request)?;
        let options = Options {
            environment: request.environment.map(str::to_owned),
            facts: request.facts.clone(),
            lock_scope: read.config.name.clone(),
        };
        let mut places = Places::new(&read.rules);
        let mut sink = Sink::default();
        sink.extend(findings);
        for index in chosen {
            let (artifact, found) = emit(&graph, index, &options, request.target, &mut places, levels);
            if is_denied(&found) {
                left_out.push(graph.entity(index).id.to_string());
            } else {
                artifacts.push(artifact);
            }
            sink.extend(found);
        }
        findings = sink.finish();
    }
    drop(graph);
    Ok(Some(Compiled { checked: Checked::new(root, read, findings), artifacts, left_out }))
}

fn choose(graph: &Graph<'_>, request: &CompileRequest<'_>) -> Result<Vec<NodeIndex>, Refusal> {
    check_environment(graph, request.environment)?;
    check_facts(graph, request.facts)?;
    let chosen = match request.entries {
        Entries::One(asked) => vec![entry(graph, Some(asked))?],
        Entries::Only => vec![entry(graph, None)?],
        Entries::All => entries(graph).map(|(index, _)| index).collect(),
    };
    Ok(chosen)
}

fn emit(
    graph: &Graph<'_>,
    entry: NodeIndex,
    options: &Options,
    target: &dyn Target,
    places: &mut Places<'_>,
    levels: Levels<'_>,
) -> (Artifact, Vec<Diagnostic>) {
    let lowered = lower(graph, entry, options);
    let mut found = lowered.diagnostics;
    levels.apply(&mut found);
    let losses = target.losses(&lowered.plan);
    found.extend(losses.iter().map(|loss| target_cannot(places, target, loss, levels)));
    (target.emit(&lowered.plan), found)
}
