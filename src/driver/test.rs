//! From a folder on a machine to verdicts: scenarios are tried out on the plans that the rules beside them
//! compile to.
//!
//! What keeps a scenario from being run is a finding, at its place in the scenario or in the rules. Nothing is
//! run of rules that have errors.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use petgraph::graph::NodeIndex;
use rayon::prelude::*;

use super::check::{Checked, rule_sets};
use super::compile::Examined;
use super::discover;
use super::entry::{Refusal, check_environment, entry, known_facts, unknown_fact};
use super::examine::entries;
use super::findings::Findings;
use super::levels::{Levels, Overrides};
use super::read::read;
use crate::decide::{self, Facts};
use crate::diagnostic::{Diagnostic, Level, Sink};
use crate::host::Host;
use crate::machine::Machine;
use crate::model::{At, RuleSet};
use crate::plan::ir::Source;
use crate::plan::rules::UNDECIDED;
use crate::plan::{Drafter, Plan, facts};
use crate::scenario::{Case, Coverage, Item, Kind, Scenario, Suite, Tested, UNKNOWN_IN_SCENARIO, try_out};

/// What is to be tested.
#[derive(Clone, Copy)]
pub struct TestRequest<'a> {
    /// Paths that stand for rule sets; without one, that around the working directory.
    pub rule_sets: &'a [Utf8PathBuf],
    /// Parts of names: a scenario is run whose name has one of them. Without one, all are run.
    pub filters: &'a [String],
    /// Levels of rules.
    pub overrides: &'a Overrides,
    /// The least level of findings that keeps something from being lowered.
    pub deny: Level,
}

/// What came of the scenarios of a rule set.
#[derive(Debug)]
pub struct TestedSet {
    /// Its folder, as it was asked for.
    pub root: Utf8PathBuf,
    /// What it is called: by its `rulec.toml`, else as its folder.
    pub name: String,
    /// What keeps scenarios from being run, with all sources.
    pub findings: Findings,
    /// What came of each scenario, by file and place.
    pub scenarios: Vec<Tested>,
    /// How many scenarios there are that were not asked for.
    pub filtered_out: usize,
    /// What scenarios have reached.
    pub coverage: Coverage,
    /// True where `rulec.toml` has an error.
    pub is_config_broken: bool,
    /// How many rule files there are.
    pub files: usize,
}

/// Tries out the scenarios of the rule sets that these paths stand for.
///
/// # Errors
/// Where a path leads to nothing that can be looked through.
pub fn test(host: &dyn Host, request: &TestRequest<'_>) -> Result<Vec<TestedSet>, Refusal> {
    let sets = rule_sets(host, request.rule_sets)?;
    sets.into_iter().map(|set| test_set(host, set, request)).collect()
}

fn test_set(
    host: &dyn Host,
    set: discover::RuleSet,
    request: &TestRequest<'_>,
) -> Result<TestedSet, Refusal> {
    let root = set.root.clone();
    let read = read(host, set, request.overrides);
    let levels = Levels { config: &read.config, overrides: request.overrides };
    levels.check_profile(&read)?;
    let (rules, findings) = Examined::new(&read, levels, request.deny);
    let is_config_broken =
        findings.iter().any(|it| it.level == Level::Error && Some(it.file()) == read.config_file);
    let mut sink = Sink::default();
    sink.extend(findings.into_iter().filter(|found| found.level >= request.deny));
    let findings = sink.finish();
    let wanted = |scenario: &Scenario| {
        request.filters.is_empty() || request.filters.iter().any(|part| scenario.name.contains(part.as_str()))
    };
    let all = || read.suites.iter().flat_map(|suite| suite.scenarios.iter().map(move |it| (suite, it)));
    let chosen: Vec<(&Suite, &Scenario)> =
        all().filter(|(_, scenario)| wanted(scenario)).map(|(suite, it)| (suite, &it.value)).collect();
    let filtered_out = all().count() - chosen.len();
    let (scenarios, coverage) = match rules.is_denied(&findings) {
        true => (Vec::new(), Coverage::default()),
        false => try_all(&rules, &read.rules, &chosen),
    };
    drop(rules);
    let mut sink = Sink::default();
    sink.extend(findings);
    sink.extend(read.in_scenarios.iter().cloned());
    let findings = sink.finish();
    let name = read.config.name.clone().unwrap_or_else(|| read.rules.root_name.clone());
    let checked = Checked::new(root.clone(), read, findings);
    let files = checked.files;
    Ok(TestedSet {
        root,
        name,
        findings: Findings::new(vec![checked]),
        scenarios,
        filtered_out,
        coverage,
        is_config_broken,
        files,
    })
}

/// What a scenario asks to be lowered; equal ones are lowered once.
type Ask<'a> = (NodeIndex, Option<&'a str>, String);

fn try_all(
    rules: &Examined<'_>,
    rule_set: &RuleSet,
    chosen: &[(&Suite, &Scenario)],
) -> (Vec<Tested>, Coverage) {
    let graph = &rules.graph;
    let known = known_facts(graph);
    let mut asked: Vec<(NodeIndex, Option<&str>, Facts)> = Vec::new();
    let mut by_ask: BTreeMap<Ask<'_>, usize> = BTreeMap::new();
    let resolved: Vec<Result<usize, Vec<Diagnostic>>> = chosen
        .iter()
        .map(|(suite, scenario)| {
            let entry = resolve(rules, suite, scenario, &known)?;
            let facts: Facts = scenario
                .facts
                .iter()
                .map(|fact| (fact.name.value.clone(), decide::plain(&fact.value)))
                .collect();
            let environment = scenario.environment.as_ref().map(|name| name.value.as_str());
            let text = serde_json::to_string(&facts).expect("facts have string keys only");
            Ok(*by_ask.entry((entry, environment, text)).or_insert_with(|| {
                asked.push((entry, environment, facts));
                asked.len() - 1
            }))
        })
        .collect();
    let lowered: Vec<(Plan, Vec<Diagnostic>)> = asked
        .par_iter()
        .map(|(entry, environment, facts)| {
            let (plan, mut found) = rules.lower(*entry, *environment, facts);
            found.retain(|finding| rules.is_denied(std::slice::from_ref(finding)));
            (plan, found)
        })
        .collect();
    let machines: Vec<Result<Machine<'_>, Vec<Diagnostic>>> = lowered
        .iter()
        .map(|(plan, found)| match found.is_empty() {
            true => Ok(Machine::new(plan).expect("rules compile to plans that have a meaning")),
            false => Err(found.clone()),
        })
        .collect();

    // Those that can't be run keep their places among those that can.
    let mut cases = Vec::new();
    let mut places: Vec<Result<(), Tested>> = Vec::new();
    for ((suite, scenario), resolved) in chosen.iter().zip(resolved) {
        let machine = resolved.and_then(|place| machines[place].as_ref().map_err(Clone::clone));
        places.push(match machine {
            Ok(machine) => {
                cases.push(Case { suite, scenario, machine });
                Ok(())
            }
            Err(found) => {
                let found = found.into_iter().map(|found| under_facts(found, suite, scenario)).collect();
                Err(Tested::broken(suite, scenario, &scenario.entry, found))
            }
        });
    }
    let mut drafter = Drafter::new(graph);
    let drafts: Vec<Plan> = entries(graph).map(|(index, _)| drafter.draft(index).plan).collect();
    let used = asked.iter().map(|(_, environment, given)| {
        decide::decide(rule_set, &facts(graph, &rules.options(*environment, given)))
    });
    let used: Vec<_> = used.collect();
    let decided = |rule: &str| used.iter().any(|decided| decided.values().any(|it| it.rule == rule));
    let (ran, coverage) = try_out(&cases, &drafts, rule_items(rule_set, &decided));
    let mut ran = ran.into_iter();
    let tested = places.into_iter().map(|place| match place {
        Ok(()) => ran.next().expect("each case that is run has a result"),
        Err(broken) => broken,
    });
    (tested.collect(), coverage)
}

/// The entry that a scenario is about; everything that it asks for and the rules do not have.
fn resolve(
    rules: &Examined<'_>,
    suite: &Suite,
    scenario: &Scenario,
    known: &[&str],
) -> Result<NodeIndex, Vec<Diagnostic>> {
    let graph = &rules.graph;
    let mut found = Vec::new();
    let mut refuse = |at: At, refusal: &Refusal| {
        let found_here = Diagnostic::new(&UNKNOWN_IN_SCENARIO, suite.location(at), refusal.message.clone());
        found.push(found_here.help(one_line(refusal)));
    };
    let index = entry(graph, Some(&scenario.entry));
    if let Err(refusal) = &index {
        refuse(scenario.entry.at, refusal);
    }
    if let Some(environment) = &scenario.environment
        && let Err(refusal) = check_environment(graph, Some(environment))
    {
        refuse(environment.at, &refusal);
    }
    for fact in scenario.facts.iter().filter(|fact| !known.contains(&fact.name.as_str())) {
        refuse(fact.name.at, &unknown_fact(&fact.name, known));
    }
    index.ok().filter(|_| found.is_empty()).ok_or(found)
}

/// A finding about the rules, with the scenario whose facts bring it about.
fn under_facts(found: Diagnostic, suite: &Suite, scenario: &Scenario) -> Diagnostic {
    if found.file() == suite.tree.file {
        return found;
    }
    let is_undecided = found.rule.id == UNDECIDED.id;
    let found = found.related(suite.location(scenario.name.at), "compiled for this scenario");
    match is_undecided {
        true => found.help("give the facts that its rules ask for under `facts`, or an `environment`"),
        false => found,
    }
}

/// What a refusal says to do, as the one line that a finding has room for.
fn one_line(refusal: &Refusal) -> String {
    match refusal.help.split_first() {
        Some((question, _)) if question.ends_with('?') => question.clone(),
        Some((title, names)) if !names.is_empty() => {
            let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
            format!("{title}: {}", names.join("; "))
        }
        Some((help, _)) => help.clone(),
        None => String::new(),
    }
}

/// The rules that decide from facts, in order of the source.
fn rule_items(rules: &RuleSet, decided: &dyn Fn(&str) -> bool) -> Vec<Item> {
    let mut items = Vec::new();
    for loaded in rules.files() {
        for rule in &loaded.document.header.rules {
            let place = rules.location(rule.at);
            let source = Source {
                file: rules.sources.get(place.file).path.clone(),
                pointer: rules.pointer(rule.at),
                line: rules.sources.position(place).line,
            };
            let reached = decided(&rule.id.value);
            items.push(Item { kind: Kind::Rule, name: rule.id.value.clone(), source, reached });
        }
    }
    items
}
