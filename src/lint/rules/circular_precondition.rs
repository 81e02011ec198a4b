//! # What
//!
//! A precondition asks for what only a step of the same procedure brings about: for a component's health where the
//! procedure is what starts it, or for a folder that a step of it makes.
//!
//! # Why
//!
//! The first run is refused, and so is every other one, for the step that would help never runs. Where something else has
//! helped by accident the step is of no use.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: shop, path: shop, health: { check: ./shop-is-open.sh, timeout: 5s } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions: [{ health: shop }]
//!     steps:
//!       - { step: 1, command: cd shop && ./start.sh, undo: ./stop.sh, verify: { command: ./shop-is-open.sh, timeout: 5s } }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: shop, path: shop, health: { check: ./shop-is-open.sh, timeout: 5s } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions: [{ check: test -x shop/start.sh, timeout: 5s }]
//!     postconditions: [{ health: shop }]
//!     steps:
//!       - { step: 1, command: cd shop && ./start.sh, undo: ./stop.sh }
//! ```
//!
//! # Exceptions
//!
//! A component that the procedure stops as well: a restart. One that something else starts too, and a folder that another
//! procedure or action makes. Prose is never compared with what steps do.

use petgraph::graph::NodeIndex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::command::List;
use super::super::commands::{CommandText, Role};
use super::super::products::{Atom, folders, name};
use super::super::program::program;
use super::super::starts::{Event, Verb};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind, Item, Lookup};
use crate::model::{At, ConditionKind, Procedure, Spanned};
use crate::plan::probe;

/// `circular-precondition`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "circular-precondition",
        code: "R0146",
        level: Level::Warning,
        summary: "a procedure asks first for what only its own steps bring about",
        source: include_str!("circular_precondition.rs"),
    },
    check,
};

/// How many starts of one component are looked at; nobody has sole charge of one with more.
const MOST: usize = 100;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let starters = starters(context);
    let makers = Makers::new(context);
    for (index, procedure) in context.graph.procedures() {
        for condition in &procedure.preconditions {
            let circle = match condition.value.kind() {
                Some(ConditionKind::Health(component)) => {
                    let component = context.graph.target_index(component.at);
                    component.and_then(|component| own_start(context, index, component, &starters))
                }
                Some(ConditionKind::Probe { probe, .. }) => {
                    let text = probe::words(&probe);
                    let started = asked_component(context, procedure, &text);
                    started.and_then(|it| own_start(context, index, it, &starters))
                }
                Some(ConditionKind::Check { command, .. }) => {
                    let started = || asked_component(context, procedure, &command.value);
                    let start = started().and_then(|it| own_start(context, index, it, &starters));
                    start.or_else(|| makers.only_own(procedure, command.at))
                }
                _ => None,
            };
            let Some((at, label)) = circle else { continue };
            let message =
                format!("only `{}` itself brings this about, and asks for it first", procedure.id.value);
            found(
                Diagnostic::new(&LINT.info, context.place(condition.at), message)
                    .label("holds only after a run")
                    .related(context.place(at), label)
                    .help("make it a postcondition, or take it away"),
            );
        }
    }
}

/// Where a component is started, for each of them, and by whom.
fn starters<'c>(context: &'c Context<'_>) -> FxHashMap<NodeIndex, Vec<(NodeIndex, &'c Event)>> {
    let mut starters: FxHashMap<NodeIndex, Vec<(NodeIndex, &Event)>> = FxHashMap::default();
    for sequence in context.sequences() {
        let starts = sequence.events.iter().filter(|event| event.verb == Verb::Start);
        for event in starts {
            starters.entry(event.component).or_default().push((sequence.owner, event));
        }
    }
    starters
}

/// Where a procedure starts a component, if nothing else starts it and the procedure does not stop it.
fn own_start(
    context: &Context<'_>,
    index: NodeIndex,
    component: NodeIndex,
    starters: &FxHashMap<NodeIndex, Vec<(NodeIndex, &Event)>>,
) -> Option<(At, String)> {
    let graph = context.graph;
    let all = starters.get(&component)?;
    let (_, own) = all.iter().find(|(owner, _)| *owner == index)?;
    if all.len() > MOST {
        return None;
    }
    let callers = callers(context, index);
    let carries = |owner: NodeIndex| {
        context
            .realised()
            .binary_search_by_key(&(owner, index), |pair| (pair.decision, pair.procedure))
            .is_ok()
    };
    let is_only = all.iter().all(|(owner, _)| *owner == index || callers.contains(owner) || carries(*owner));
    let sequences = context.sequences();
    let at = sequences.binary_search_by_key(&index, |sequence| sequence.owner).ok()?;
    let stops = sequences[at].events.iter().any(|it| it.verb == Verb::Stop && it.component == component);
    let label = format!("`{}` is started here, and nowhere else", graph.entity(component).id);
    (is_only && !stops).then_some((own.at, label))
}

/// Everything that comes to run a procedure, by whatever calls.
fn callers(context: &Context<'_>, index: NodeIndex) -> FxHashSet<NodeIndex> {
    let graph = context.graph;
    let mut callers = FxHashSet::default();
    let mut open = vec![index];
    while let Some(called) = open.pop() {
        let runs =
            graph.referrers(called).filter(|(edge, _)| matches!(edge.kind, EdgeKind::Runs | EdgeKind::Uses));
        for (_, from) in runs {
            let caller = match graph.entity(from).item {
                // The procedure that the step is of.
                Item::Step(..) => {
                    graph.referrers(from).find(|(edge, _)| edge.kind == EdgeKind::Has).map(|it| it.1)
                }
                Item::Decision(_) => Some(from),
                _ => None,
            };
            open.extend(caller.filter(|caller| callers.insert(*caller)));
        }
    }
    callers
}

/// The component that a check asks after: its text is that of the component's own check.
fn asked_component(context: &Context<'_>, procedure: &Procedure, text: &str) -> Option<NodeIndex> {
    let started = procedure.steps.iter().filter_map(|step| context.started_by(step));
    let mut asked = started.filter(|component| {
        let health = component.health.as_ref().and_then(|health| health.asked());
        health.is_some_and(|(asked, _)| probe::text(asked) == text)
    });
    let name = &asked.next()?.name.value;
    match context.graph.lookup(&[EntityKind::Component], name) {
        Lookup::One(component) => Some(component),
        _ => None,
    }
}

/// Who makes which folder.
struct Makers<'c> {
    commands: FxHashMap<At, &'c CommandText<'c>>,
    of_folders: FxHashMap<Vec<Atom<'c>>, Vec<&'c CommandText<'c>>>,
}

impl<'c> Makers<'c> {
    fn new(context: &'c Context<'_>) -> Self {
        let mut makers = Self { commands: FxHashMap::default(), of_folders: FxHashMap::default() };
        for command in context.commands() {
            if command.role == Role::Condition {
                makers.commands.insert(command.at, command);
            }
            let Some(script) = command.script().filter(|_| command.role == Role::Run) else { continue };
            script.each(&mut |inner, _| {
                for folder in folders(inner).into_iter().filter_map(|word| name(command.text, word)) {
                    makers.of_folders.entry(folder).or_default().push(command);
                }
            });
        }
        makers
    }

    /// The step that makes the folder which a check asks for, where all that make it are of this procedure.
    fn only_own(&self, procedure: &Procedure, check: At) -> Option<(At, String)> {
        let check = self.commands.get(&check)?;
        let folder = asked_folder(check)?;
        let all = self.of_folders.get(&folder)?;
        let steps: FxHashSet<At> = procedure.steps.iter().map(|step| step.at).collect();
        let is_own = |command: &&CommandText<'_>| {
            command
                .step
                .is_some_and(|step: &Spanned<_>| steps.contains(&step.at) && step.working_dir.is_none())
        };
        let first = all.first()?;
        // Whoever goes elsewhere or deletes first has other folders in mind.
        let is_plain = first.script().is_some_and(makes_plainly);
        (all.iter().all(is_own) && is_plain).then(|| (first.at, "makes it, and nothing else does".to_owned()))
    }
}

/// The folder that `test -d FOLDER` asks for.
fn asked_folder<'c>(check: &CommandText<'c>) -> Option<Vec<Atom<'c>>> {
    let [item] = check.script()?.items.as_slice() else { return None };
    let [command] = item.chain.first.commands.as_slice() else { return None };
    let program = command.as_simple().and_then(program)?;
    let is_alone = item.chain.rest.is_empty() && !item.chain.first.negated && item.background.is_none();
    let words = match (program.name, program.arguments) {
        ("test", words) => words,
        ("[", [words @ .., _]) => words,
        _ => return None,
    };
    match words {
        [operator, folder] if is_alone && ["-d", "-e"].contains(&operator.text()?) => {
            name(check.text, folder)
        }
        _ => None,
    }
}

fn makes_plainly(script: &List) -> bool {
    let mut is_plain = true;
    script.each_simple(&mut |simple| {
        is_plain &= program(simple).is_none_or(|it| !["cd", "rm", "rmdir", "mv"].contains(&it.name));
    });
    is_plain
}
