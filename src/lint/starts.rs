//! What procedures and decisions start and stop, step by step.
//!
//! A step is tied to a component by evidence only, and by nothing where two pieces of it disagree:
//!
//! - it `uses` an action of the component whose name is `start` or begins with `start-` or `start_`;
//! - it is named "Start NAME" (or "Start the NAME") after the component;
//! - its command changes into the component's folder with `cd PATH &&`, or has it as `working_dir`, or runs a
//!   program by a path in that folder, and either the program is called `start`, `start.sh` or the like, or
//!   the step's name begins with "Start";
//! - the step's name begins with "Start", and its `verify` asks the component's port.
//!
//! The same holds for "stop", but for the port: who stops is not there to be asked. A step that runs a
//! procedure starts what the procedure starts, an action of a decision what the component's action of that name does.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use super::command::{CommandKind, Join, List};
use super::commands::{CommandText, Role};
use super::context::Context;
use super::ports;
use crate::graph::{EntityKind, Item};
use crate::model::{Asked, At, Component, DecisionAction, Spanned, Step, StepKind};

/// How many events are followed into called procedures, over all of them.
const MOST_CALLED: usize = 100_000;

/// What is done to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// It is started.
    Start,
    /// It is stopped.
    Stop,
}

/// A component is started or stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    /// Position of the step or action that does it.
    pub(super) position: usize,
    /// What is done.
    pub(super) verb: Verb,
    /// To which component.
    pub(super) component: NodeIndex,
    /// Where it is written.
    pub(super) at: At,
    /// True where it happens only under a condition.
    pub(super) is_conditional: bool,
}

/// A step, or an action of a decision, that starts or stops a component by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The whole step or action.
    pub at: At,
    /// What it does.
    pub verb: Verb,
}

/// What a procedure or decision does to components.
#[derive(Debug)]
pub(super) struct Sequence {
    /// The procedure or decision.
    pub(super) owner: NodeIndex,
    /// What happens, in order of the source.
    pub(super) events: Vec<Event>,
}

impl Sequence {
    /// What is started, or what is stopped, in order of the source.
    pub(super) fn of(&self, verb: Verb) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.verb == verb)
    }
}

/// The sequences of all procedures and decisions that start or stop anything, in order of the source.
pub(super) fn sequences(context: &Context<'_>) -> Vec<Sequence> {
    let finder = Finder::new(context);
    let mut called = Called { memory: FxHashMap::default(), left: MOST_CALLED };
    let mut found = Vec::new();
    for (owner, entity) in context.graph.entities() {
        let events: Vec<Event> = match entity.item {
            Item::Procedure(_) => finder.procedure(owner, &mut called, 0),
            Item::Decision(decision) => {
                let actions = decision.actions.iter().enumerate();
                let events =
                    actions.flat_map(|(position, action)| finder.action(position, action, &mut called));
                events.collect()
            }
            _ => continue,
        };
        if !events.is_empty() {
            found.push(Sequence { owner, events });
        }
    }
    found
}

/// The steps and actions that start or stop a component themselves, not by a call.
pub(super) fn touches(context: &Context<'_>) -> Vec<Touch> {
    let graph = context.graph;
    let of_sequence = |sequence: &Sequence| -> Vec<Touch> {
        let item = graph.entity(sequence.owner).item;
        let at = |event: &Event| match item {
            Item::Procedure(procedure) => {
                let step = &procedure.steps[event.position];
                (!matches!(step.kind(), Some(StepKind::Run(_)))).then_some(step.at)
            }
            Item::Decision(decision) => {
                let action = &decision.actions[event.position];
                action.service.is_some().then_some(action.at)
            }
            _ => None,
        };
        sequence.events.iter().filter_map(|event| Some(Touch { at: at(event)?, verb: event.verb })).collect()
    };
    context.sequences().iter().flat_map(of_sequence).collect()
}

/// What a step does to a component by what it says itself, without its verification.
pub(super) fn by_own_words(context: &Context<'_>) -> FxHashMap<At, NodeIndex> {
    let finder = Finder::new(context);
    let steps = context.graph.procedures().flat_map(|(_, procedure)| &procedure.steps);
    let started = steps.filter_map(|step| {
        let own = finder.own_words(step)?;
        (own.verb == Verb::Start).then_some((step.at, own.component?))
    });
    started.collect()
}

/// What called procedures do, once each.
struct Called {
    memory: FxHashMap<NodeIndex, Vec<Event>>,
    left: usize,
}

/// What a step says.
struct OwnWords {
    verb: Verb,
    component: Option<NodeIndex>,
    at: At,
}

struct Finder<'c, 'a> {
    context: &'c Context<'a>,
    /// Components by name in lower case; nothing where two have it.
    names: BTreeMap<String, Option<NodeIndex>>,
    /// Components by folder; nothing where two share it.
    folders: BTreeMap<&'a str, Option<NodeIndex>>,
    /// Components by port; nothing where two share it.
    ports: BTreeMap<u16, Option<NodeIndex>>,
    commands: FxHashMap<At, &'c CommandText<'a>>,
}

impl<'c, 'a> Finder<'c, 'a> {
    fn new(context: &'c Context<'a>) -> Self {
        let (mut names, mut folders, mut ports) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (index, entity) in context.graph.of_kind(EntityKind::Component) {
            let Item::Component(component) = entity.item else { continue };
            once(&mut names, component.name.value.to_lowercase(), index);
            if let Some(path) = &component.path {
                once(&mut folders, tidy(&path.value), index);
            }
            if let Some(port) = component.port {
                once(&mut ports, port.value, index);
            }
        }
        let checks = context.asking().filter(|command| command.step.is_some());
        let commands = checks.map(|command| (command.at, command)).collect();
        Self { context, names, folders, ports, commands }
    }

    fn procedure(&self, index: NodeIndex, called: &mut Called, depth: usize) -> Vec<Event> {
        if let Some(events) = called.memory.get(&index) {
            return events.clone();
        }
        // Whoever comes back to itself finds nothing new there.
        called.memory.insert(index, Vec::new());
        let Item::Procedure(procedure) = self.context.graph.entity(index).item else { return Vec::new() };
        let mut events = Vec::new();
        for (position, step) in procedure.steps.iter().enumerate() {
            match step.kind() {
                Some(StepKind::Run(reference)) => {
                    if let Some(target) = self.context.graph.target_index(reference.at) {
                        events.extend(self.called(target, position, reference.at, called, depth));
                    }
                }
                _ => events.extend(self.step(position, step)),
            }
        }
        called.memory.insert(index, events.clone());
        events
    }

    fn called(
        &self,
        target: NodeIndex,
        position: usize,
        at: At,
        called: &mut Called,
        depth: usize,
    ) -> Vec<Event> {
        if depth == 64 {
            return Vec::new();
        }
        let inner = self.procedure(target, called, depth + 1);
        if inner.len() > called.left {
            return Vec::new();
        }
        called.left -= inner.len();
        inner.into_iter().map(|event| Event { position, at, ..event }).collect()
    }

    fn step(&self, position: usize, step: &'a Spanned<Step>) -> Option<Event> {
        let own = self.own_words(step)?;
        let asked = (own.verb == Verb::Start).then(|| self.by_port(step)).flatten();
        let component = own.component.or(asked)?;
        Some(Event { position, verb: own.verb, component, at: own.at, is_conditional: step.when.is_some() })
    }

    fn own_words(&self, step: &'a Spanned<Step>) -> Option<OwnWords> {
        if let Some(StepKind::Uses(reference)) = step.kind()
            && let Some(Item::Action(_, Some(component))) =
                self.context.graph.target(reference.at).map(|entity| entity.item)
        {
            let name = reference.value.rsplit('.').next().unwrap_or_default();
            return Some(OwnWords { verb: verb(name)?, component: self.index(component), at: reference.at });
        }
        let named = step.name.as_ref().and_then(|name| {
            let (first, rest) = name.value.split_once(' ')?;
            let verb = if first.eq_ignore_ascii_case("start") {
                Verb::Start
            } else if first.eq_ignore_ascii_case("stop") {
                Verb::Stop
            } else {
                return None;
            };
            Some((verb, rest.trim(), name.at))
        });
        let run = step.command.as_ref().and_then(|command| {
            let script = self.commands.get(&command.at)?.script()?;
            Some((self.program(step, script)?, command.at))
        });
        let by_name = named.and_then(|(_, rest, _)| {
            let rest = rest.strip_prefix("the ").unwrap_or(rest).to_lowercase();
            self.names.get(&rest).copied().flatten()
        });
        let by_folder = run.as_ref().and_then(|(program, _)| program.component);
        let component = match (by_name, by_folder) {
            (Some(a), Some(b)) if a != b => return None,
            (a, b) => a.or(b),
        };
        let by_program = run.as_ref().and_then(|(program, at)| Some((program.verb?, *at)));
        match (named, by_program) {
            (Some((a, ..)), Some((b, _))) if a != b => None,
            (Some((verb, _, at)), _) | (None, Some((verb, at))) => Some(OwnWords { verb, component, at }),
            (None, None) => None,
        }
    }

    /// What the program that a step runs says: what it is called, and in whose folder it is.
    fn program(&self, step: &Step, script: &List) -> Option<ProgramWords> {
        let [item] = script.items.as_slice() else { return None };
        let mut folder = step.working_dir.as_ref().map(|folder| folder.value.as_str());
        let mut pipelines = vec![&item.chain.first];
        for link in &item.chain.rest {
            if link.join == Join::Or {
                break;
            }
            pipelines.push(&link.pipeline);
        }
        let mut simples = pipelines.into_iter().map(|pipeline| match pipeline.commands.as_slice() {
            [command] => match &command.kind {
                CommandKind::Simple(simple) => simple.words.as_slice(),
                _ => &[],
            },
            _ => &[],
        });
        let mut words = simples.next()?;
        if let [cd, to] = words
            && cd.text() == Some("cd")
        {
            folder = Some(to.text()?);
            words = simples.next()?;
        }
        let path = words.first()?.text()?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let own_folder = path.strip_prefix("./").unwrap_or(path).rsplit_once('/').map(|(folder, _)| folder);
        let component = match (folder, own_folder) {
            (Some(outer), Some(inner)) => self.in_folder(&format!("{}/{inner}", tidy(outer))),
            (Some(folder), None) | (None, Some(folder)) => self.in_folder(folder),
            (None, None) => None,
        };
        Some(ProgramWords { verb: verb(name.split('.').next().unwrap_or(name)), component })
    }

    /// The component with the innermost folder around a path.
    fn in_folder(&self, path: &str) -> Option<NodeIndex> {
        let mut path = tidy(path);
        loop {
            if let Some(component) = self.folders.get(path) {
                return *component;
            }
            path = path.rsplit_once('/')?.0;
        }
    }

    /// The component whose port the step's verification asks, where it asks one.
    fn by_port(&self, step: &Step) -> Option<NodeIndex> {
        let verify = step.verify.as_ref()?;
        let at = match verify.polling()?.asked {
            Asked::Command(_, at) => at,
            Asked::Probe(probe) => probe.at(),
        };
        let command = self.commands.get(&at).filter(|command| command.role == Role::Verify)?;
        let asked = ports::asked(command);
        match asked.as_slice() {
            [one] if one.is_local => self.ports.get(&one.port).copied().flatten(),
            _ => None,
        }
    }

    fn action(&self, position: usize, action: &DecisionAction, called: &mut Called) -> Vec<Event> {
        let graph = self.context.graph;
        let Some(service) = &action.service else {
            let target = graph.target_index(action.action.at);
            let target = target.filter(|target| graph.entity(*target).kind == EntityKind::Procedure);
            return target
                .map_or_else(Vec::new, |target| self.called(target, position, action.action.at, called, 0));
        };
        let event = verb(&action.action.value).and_then(|verb| {
            let component = graph.target_index(service.at)?;
            Some(Event { position, verb, component, at: service.at, is_conditional: false })
        });
        event.into_iter().collect()
    }

    fn index(&self, component: &Spanned<Component>) -> Option<NodeIndex> {
        self.names.get(&component.name.value.to_lowercase()).copied().flatten()
    }
}

/// What a program's path says.
struct ProgramWords {
    verb: Option<Verb>,
    component: Option<NodeIndex>,
}

/// True where an action of this name starts its component.
pub(super) fn is_start(name: &str) -> bool {
    verb(name) == Some(Verb::Start)
}

/// The verb that the name of an action or program begins with.
fn verb(name: &str) -> Option<Verb> {
    let is = |verb: &str| {
        name.strip_prefix(verb).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    };
    if is("start") {
        Some(Verb::Start)
    } else if is("stop") {
        Some(Verb::Stop)
    } else {
        None
    }
}

fn tidy(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path).trim_end_matches('/')
}

fn once<K: Ord>(map: &mut BTreeMap<K, Option<NodeIndex>>, key: K, index: NodeIndex) {
    map.entry(key).and_modify(|known| *known = None).or_insert(Some(index));
}
