//! # What
//!
//! Rules decide on something that nothing asks for: no `when` and no other rule names it. Or an environment gives a value
//! to a name that nothing asks for, and that is nearly the name of a fact or input, or stands where all other environments
//! give a fact.
//!
//! # Why
//!
//! Somebody has thought about the decision, and the steps run without regard to it: a `when` was forgotten, or a name is
//! misspelt.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: guests, operator: less, value: 20 }, action: { target: ovens, value: 1 } }
//!   - { id: R2, condition: { field: guests, operator: less, value: 9 }, action: { target: trays, value: 1 } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Fill one, when: decisions.trays == 1 }] }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: guests, operator: less, value: 20 }, action: { target: ovens, value: 1 } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Light both, when: decisions.ovens == 1 }] }
//! ```
//!
//! # Exceptions
//!
//! Rule sets in which nothing asks for any decision.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Context, Lint, environments};
use crate::diagnostic::{Diagnostic, Level, RuleInfo, is_unmistakable, nearest};
use crate::graph::Item;
use crate::model::{Entry, Environment, Layer, Literal, Map, Text};

/// `unread-value`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unread-value",
        code: "R0231",
        level: Level::Warning,
        summary: "a decision or a value of an environment that nothing asks for",
        source: include_str!("unread_value.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    // Where no step asks for any decision, they are made for others.
    if !context.rules.sources.iter().any(|(_, source)| source.text.contains("decisions.")) {
        return;
    }
    let (mut fields, mut inputs) = (BTreeSet::new(), BTreeSet::new());
    let mut targets: BTreeMap<&str, &Text> = BTreeMap::new();
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Rule(rule, _) => {
                environments::fields(&rule.condition, &mut fields);
                targets.entry(&rule.action.target.value).or_insert(&rule.action.target);
            }
            Item::Procedure(procedure) => {
                inputs.extend(procedure.inputs.iter().map(|input| input.name.value.as_str()));
            }
            Item::Timeline(timeline) => {
                inputs.extend(timeline.inputs.iter().map(|input| input.name.value.as_str()));
            }
            _ => {}
        }
    }
    let named = named(context);
    for (name, target) in &targets {
        if !fields.contains(name) && !named.contains(name) {
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.place(target.at),
                    format!("nothing asks for the decision `{name}`"),
                )
                .label("is decided in vain")
                .help(format!("ask for it where it matters: `when: decisions.{name} == ...`")),
            );
        }
    }
    // Where the settings are declared, an unknown name is an error of its own.
    if context.graph.settings().next().is_some() {
        return;
    }
    for loaded in context.rules.files() {
        let Layer::Understanding(understanding) = &loaded.document.body else { continue };
        let Some(about) = &understanding.context else { continue };
        for entry in about.environments.iter().flat_map(|environment| environment.value.value.iter()) {
            let name = entry.name.value.as_str();
            let known = || fields.iter().chain(&inputs).copied();
            if fields.contains(name) || inputs.contains(name) || named.contains(name) {
                continue;
            }
            let like = nearest(name, known()).filter(|_| is_unmistakable(name, known()));
            let Some(like) = like.or_else(|| missing_fact(&about.environments, entry, &fields)) else {
                continue;
            };
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.place(entry.name.at),
                    format!("nothing asks for `{name}`"),
                )
                .label("is no fact and no input")
                .help(format!("did you mean `{like}`?")),
            );
        }
    }
}

/// The fact that an environment lacks, and all others give as the same sort of value, where the environment is the only
/// one to have this entry.
fn missing_fact<'a>(
    environments: &'a Map<Environment>,
    entry: &Entry<Literal>,
    fields: &BTreeSet<&'a str>,
) -> Option<&'a str> {
    let has = |map: &Map<Literal>, name: &str| map.iter().any(|entry| entry.name.value == name);
    let all = environments.iter().map(|environment| -> &Map<Literal> { &environment.value.value });
    let (with, without): (Vec<_>, Vec<_>) = all.partition(|map| has(map, &entry.name.value));
    let ([own], Some(first)) = (with.as_slice(), without.first()) else { return None };
    let mut missing = first.iter().filter(|fact| {
        let name = fact.name.value.as_str();
        let is_alike = std::mem::discriminant(&*fact.value) == std::mem::discriminant(&*entry.value);
        is_alike && fields.contains(name) && !has(own, name) && without.iter().all(|map| has(map, name))
    });
    match (missing.next(), missing.next()) {
        (Some(fact), None) => Some(fact.name.value.as_str()),
        _ => None,
    }
}

/// What expressions and commands anywhere name: all that follows a dot, a `$`, `${` or `["`.
fn named<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let mut names = BTreeSet::new();
    for (_, source) in context.rules.sources.iter() {
        let text = source.text.as_str();
        for (at, _) in text.match_indices(['.', '$', '{', '[']) {
            let rest = text[at + 1..].trim_start_matches(['\\', '"', '\'', '{', '!', '#']);
            let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let is_key = rest[end..].trim_start_matches('"').trim_start().starts_with([':', '=']);
            if end > 0 && (!is_key || text[at..].starts_with(['.', '$'])) {
                names.insert(&rest[..end]);
            }
        }
    }
    names
}
