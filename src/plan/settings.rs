//! The settings of the system as an environment has them: each with its value, and with where that comes from.

use super::ir;
use super::lower::{input_type, plain_text};
use super::values::{Limits, misfit};
use crate::decide::Facts;
use crate::graph::{Graph, Item};
use crate::model::{At, Component, Input, InputType, Literal, Setting, Spanned};

/// What is known where settings are asked for their values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The environment; without one, no environment says anything.
    pub environment: Option<&'a str>,
    /// What was given on top of it.
    pub given: Option<&'a Facts>,
}

impl<'a> Known<'a> {
    /// An environment and nothing else.
    #[must_use]
    pub fn of(environment: &'a str) -> Self {
        Self { environment: Some(environment), given: None }
    }
}

/// A setting as an environment has it.
#[derive(Debug, Clone)]
pub struct Effective<'a> {
    /// The setting.
    pub setting: &'a Spanned<Setting>,
    /// Its value as text; none where it has none, or none that is a text, and never that of a secret.
    pub value: Option<String>,
    /// Where the value comes from; none where there is none.
    pub origin: Option<Origin>,
}

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// What was given when the rules were compiled.
    Given,
    /// An environment: the one that was asked for, or one that it extends.
    Environment(String, At),
    /// The default.
    Default(At),
    /// The port of a component.
    Port(String, At),
}

impl Origin {
    /// Where the value is written; nowhere where it was given.
    #[must_use]
    pub fn at(&self) -> Option<At> {
        match self {
            Origin::Given => None,
            Origin::Environment(_, at) | Origin::Default(at) | Origin::Port(_, at) => Some(*at),
        }
    }

    /// In a few words, where it comes from: "the default".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Origin::Given => String::from("`--set`"),
            Origin::Environment(name, _) => format!("environment {name}"),
            Origin::Default(_) => String::from("the default"),
            Origin::Port(component, _) => format!("the port of {component}"),
        }
    }
}

/// All settings as an environment has them, in order of the source.
#[must_use]
pub fn effective<'a>(graph: &Graph<'a>, known: Known<'_>) -> Vec<Effective<'a>> {
    graph.settings().map(|setting| one(graph, setting, known)).collect()
}

/// One setting as an environment has it.
#[must_use]
pub fn one<'a>(graph: &Graph<'a>, setting: &'a Spanned<Setting>, known: Known<'_>) -> Effective<'a> {
    let name = setting.name.value.as_str();
    if let Some(given) = known.given.and_then(|given| given.get(name))
        && setting.input_type() != InputType::Secret
    {
        let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        return Effective { setting, value: Some(text), origin: Some(Origin::Given) };
    }
    let given = known.environment.and_then(|environment| graph.variable(environment, name));
    let said =
        given.map(|(of, entry)| (&entry.value.value, Origin::Environment(of.to_owned(), entry.value.at)));
    let default = || setting.default.as_ref().map(|default| (&default.value, Origin::Default(default.at)));
    let is_secret = setting.input_type() == InputType::Secret;
    let (value, origin) = match said.or_else(default) {
        Some((literal, origin)) => (plain_text(literal), Some(origin)),
        None => match port_of(graph, setting) {
            Some((component, port)) => {
                (Some(port.value.to_string()), Some(Origin::Port(component.name.value.clone(), port.at)))
            }
            None => (None, None),
        },
    };
    Effective { setting, value: value.filter(|_| !is_secret), origin }
}

/// The component whose port a setting is, with that port.
fn port_of<'a>(graph: &Graph<'a>, setting: &Setting) -> Option<(&'a Spanned<Component>, Spanned<u16>)> {
    match graph.target(setting.port_of.as_ref()?.at)?.item {
        Item::Component(component) => Some((component, component.port?)),
        _ => None,
    }
}

/// The port of a component in an environment: that of its setting, else its own.
#[must_use]
pub fn port(graph: &Graph<'_>, component: &Spanned<Component>, known: Known<'_>) -> Option<u16> {
    let is_its = |setting: &&Spanned<Setting>| {
        let target = setting.port_of.as_ref().and_then(|reference| graph.target(reference.at));
        target.is_some_and(|target| matches!(target.item, Item::Component(of) if of.at == component.at))
    };
    let setting = graph.settings().find(is_its);
    let given = setting.and_then(|setting| one(graph, setting, known).value);
    given.and_then(|text| text.parse().ok()).or_else(|| component.port.map(|port| port.value))
}

/// An input that takes a setting, with all that the setting says.
pub(super) fn input(graph: &Graph<'_>, input: &Input, setting: &Setting) -> Input {
    let mut whole = input.of_setting(setting);
    if whole.default.is_none()
        && let Some((_, port)) = port_of(graph, setting)
    {
        whole.default = Some(Spanned { value: Literal::Int(i64::from(port.value)), at: port.at });
    }
    whole
}

/// Why a value is none that a declaration allows, in words that end a sentence; none where it is one.
#[must_use]
pub fn fault(declared: &Input, value: &Literal) -> Option<String> {
    let kind = input_type(declared.input_type());
    if kind == ir::InputType::Secret {
        return Some(String::from("a secret has no value in rules"));
    }
    let Some(text) = plain_text(value) else {
        return Some(String::from("it is no text, no number, not true or false"));
    };
    let values: Vec<String> = declared.values.iter().filter_map(|value| plain_text(&value.value)).collect();
    let limits = Limits::of(kind, declared.min.as_ref(), declared.max.as_ref());
    misfit(kind, &text, &values).or_else(|| limits.misfit(&text))
}

/// The limits of a declaration that are none, each at its place.
#[must_use]
pub fn limit_faults(declared: &Input) -> Vec<(At, String)> {
    let (min, max) = (declared.min.as_ref(), declared.max.as_ref());
    Limits::of(input_type(declared.input_type()), min, max).faults(min, max)
}

/// The setting as an input of its own type.
#[must_use]
pub fn as_input(setting: &Setting) -> Input {
    let mut input = setting.as_input();
    input.kind = Some(Spanned { value: setting.input_type(), at: setting.name.at });
    input
}
