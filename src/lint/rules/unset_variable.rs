//! # What
//!
//! A command asks for a variable that nothing sets: no input, environment, `env` or `with` of the rule set has its name,
//! and the command does not assign it. The name is in small letters, as inputs are, or is nearly that of one.
//!
//! # Why
//!
//! The shell puts nothing in its place: the command fails, or does something else than was meant.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: archive, type: path, default: bread.tar }]
//!     steps:
//!       - { step: 1, command: 'test -e "$archiv"', read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: archive, type: path, default: bread.tar }]
//!     steps:
//!       - { step: 1, command: 'test -e "$archive"', read_only: true }
//! ```
//!
//! # Exceptions
//!
//! Rule sets that declare no input; names with capitals that resemble none; variables with a default, `${name:-text}`;
//! commands that read a file of settings.

use std::collections::BTreeSet;

use super::super::command::{Absent, Word};
use super::super::commands::Role;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo, is_unmistakable, nearest};
use crate::graph::Item;
use crate::model::Layer;
use crate::plan::probe;

/// `unset-variable`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unset-variable",
        code: "R0221",
        level: Level::Warning,
        summary: "a command asks for a variable that nothing sets",
        source: include_str!("unset_variable.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let has_inputs = context.graph.procedures().any(|(_, procedure)| !procedure.inputs.is_empty());
    if !has_inputs {
        return;
    }
    let given = given(context);
    check_typed(context, &given, found);
    for command in context.commands() {
        let Some(script) = command.script().filter(|_| command.role != Role::Other) else { continue };
        let mut seen = BTreeSet::new();
        script.each(&mut |part, _| {
            for parameter in part.words().flat_map(Word::parameters) {
                let name = parameter.name.as_str();
                let is_name = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
                if !is_name || parameter.absent != Absent::Empty || given.contains(name) {
                    continue;
                }
                let like = nearest(name, given.iter().copied())
                    .filter(|_| is_unmistakable(name, given.iter().copied()));
                let is_small = !name.contains(|c: char| c.is_ascii_uppercase()) && !name.ends_with("_proxy");
                if (like.is_none() && !is_small) || is_set_within(command.text, name) || !seen.insert(name) {
                    continue;
                }
                let help = match like {
                    Some(like) => format!("did you mean `{like}`?"),
                    None => format!("declare an input `{name}`, or set it under `env`"),
                };
                let place = context.part(command.at, parameter.at.clone());
                found(
                    Diagnostic::new(&LINT.info, place, format!("nothing sets `{name}`"))
                        .label("is empty when this runs")
                        .help(help),
                );
            }
        });
    }
}

/// Typed checks name variables as `${NAME}`, and each must be set.
fn check_typed(context: &Context<'_>, given: &BTreeSet<&str>, found: &mut dyn FnMut(Diagnostic)) {
    for check in context.typed_checks() {
        for (range, name) in probe::variables(check.text) {
            if given.contains(name) {
                continue;
            }
            let help = match nearest(name, given.iter().copied()) {
                Some(like) => format!("did you mean `{like}`?"),
                None => format!("declare an input `{name}`, or set it under `env`"),
            };
            let is_small = !name.contains(|c: char| c.is_ascii_uppercase());
            let is_near = is_unmistakable(name, given.iter().copied());
            if is_small || is_near {
                found(
                    Diagnostic::new(
                        &LINT.info,
                        context.part(check.at, range),
                        format!("nothing sets `{name}`"),
                    )
                    .label("the check fails where it is not set")
                    .help(help),
                );
            }
        }
    }
}

/// The names of all variables that the rule set speaks of.
fn given<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Action(action, _) => names.extend(action.env.iter().map(|entry| entry.name.value.as_str())),
            Item::Procedure(procedure) => {
                names.extend(procedure.inputs.iter().map(|input| input.name.value.as_str()));
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    let entries = step.env.iter().chain(step.with.iter());
                    names.extend(entries.map(|entry| entry.name.value.as_str()));
                }
            }
            Item::Timeline(timeline) => {
                names.extend(timeline.inputs.iter().map(|input| input.name.value.as_str()));
            }
            Item::Setting(setting) => _ = names.insert(&setting.name.value),
            Item::Decision(decision) => {
                let parameters = decision.actions.iter().flat_map(|action| action.parameters.iter());
                names.extend(parameters.map(|entry| entry.name.value.as_str()));
            }
            _ => {}
        }
    }
    for loaded in context.rules.files() {
        let Layer::Understanding(understanding) = &loaded.document.body else { continue };
        let Some(about) = &understanding.context else { continue };
        let values = about.environments.iter().flat_map(|environment| environment.value.value.iter());
        names.extend(values.map(|entry| entry.name.value.as_str()));
    }
    names
}

/// True where a command may set a variable itself: it names it without a `$`, or reads what is not known.
fn is_set_within(text: &str, name: &str) -> bool {
    let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    // `. settings` reads a file, `./settings` runs one.
    let reads = text
        .split(|c: char| c.is_whitespace() || ";&|(){}`\"'".contains(c))
        .any(|word| ["source", "eval", "."].contains(&word));
    let named = text.match_indices(name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        // `--name` is an option of whatever runs.
        !before.is_some_and(|c| is_word(c) || "${-".contains(c)) && !after.is_some_and(is_word)
    });
    reads || named
}
