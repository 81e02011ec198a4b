//! Inputs: those of the entry and of whatever it calls, with the values that are fixed at compile time.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::settings;
use super::super::values::{Limits, misfit, typed};
use super::super::{ir, rules};
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::expr;
use crate::model::{Input, InputType, List, Literal, Procedure, Spanned, Step};

impl Context<'_, '_> {
    /// Declares the inputs of a procedure, except those that its caller gives values to. An input that is
    /// declared already is the same one.
    pub(super) fn declare_inputs(&mut self, inputs: &List<Input>, given: impl Fn(&str) -> bool) {
        for input in inputs {
            let name = &input.name.value;
            let declared = self.inputs.iter().any(|declared| declared.name == *name);
            if !declared && !given(name) {
                let input = self.input(input);
                self.inputs.push(input);
            }
        }
    }

    /// From now on, conditions see these values of a called procedure's inputs. Gives what they saw before.
    pub(super) fn take_arguments(
        &mut self,
        procedure: &Procedure,
        env: &BTreeMap<String, String>,
    ) -> BTreeMap<String, expr::Value> {
        let argument = |input: &Spanned<Input>| {
            let name = &input.name.value;
            Some((name.clone(), typed(input_type(input.input_type()), env.get(name)?)))
        };
        let arguments = procedure.inputs.iter().filter_map(argument).collect();
        std::mem::replace(&mut self.arguments, arguments)
    }

    /// Holds the arguments of a call against the inputs of the procedure that is called.
    pub(super) fn arguments_fit(&mut self, step: &Step, procedure: &Procedure) {
        for argument in &step.with {
            let name = &argument.name.value;
            let Some(input) = procedure.inputs.iter().find(|input| input.name.value == *name) else {
                continue;
            };
            let values: Vec<String> =
                input.values.iter().filter_map(|value| plain_text(&value.value)).collect();
            let fault = match input.input_type() {
                InputType::Secret => {
                    Some("a secret is read at run time, and never stands in rules".to_owned())
                }
                kind => misfit(input_type(kind), &argument.value.0, &values),
            };
            if let Some(fault) = fault {
                let message = format!("`{name}` of `{}` does not fit: {fault}", procedure.id.value);
                let place = self.graph.rules.location(argument.value.at);
                self.found.push(
                    Diagnostic::new(&rules::INVALID_INPUT, place, message)
                        .related(self.graph.rules.location(input.name.at), "the input is declared here")
                        .help("give it a value of its type"),
                );
            }
        }
    }

    pub(super) fn take_inputs(&mut self) -> Vec<ir::Input> {
        std::mem::take(&mut self.inputs)
    }

    fn input(&mut self, input: &Spanned<Input>) -> ir::Input {
        let setting = input.setting.as_ref().and_then(|setting| self.graph.setting(setting));
        let whole = setting
            .map(|setting| Spanned { value: settings::input(self.graph, input, setting), at: input.at });
        let input = whole.as_ref().unwrap_or(input);
        let kind = input.input_type();
        let limits = Limits::of(input_type(kind), input.min.as_ref(), input.max.as_ref());
        for (at, fault) in limits.faults(input.min.as_ref(), input.max.as_ref()) {
            let message = format!("the limits of `{}` do not fit: {fault}", input.name.value);
            self.report(&rules::INVALID_INPUT, at, message, "correct `min` and `max`, or the type");
        }
        let values: Vec<String> = input.values.iter().filter_map(|value| plain_text(&value.value)).collect();
        if !is_variable(&input.name.value) {
            let message = format!("`{}` can't be the name of an environment variable", input.name.value);
            self.report(
                &rules::INVALID_INPUT,
                input.name.at,
                message,
                "use letters, digits and `_`, not a digit first",
            );
        }
        let secret = kind == InputType::Secret;
        let default = input.default.as_ref().and_then(|default| {
            let text = plain_text(&default.value);
            let fault = match &text {
                _ if secret => Some("a secret is read at run time, and has no default".to_owned()),
                None => Some("a default is a text, a number, true or false".to_owned()),
                Some(text) => misfit(input_type(kind), text, &values).or_else(|| limits.misfit(text)),
            };
            if let Some(fault) = fault {
                let message = format!("the default of `{}` does not fit: {fault}", input.name.value);
                self.report(&rules::INVALID_INPUT, default.at, message, "correct the default or the type");
                return None;
            }
            text
        });
        let known = self.known(&input.name.value);
        let of_setting = || self.known(&setting?.name.value);
        let value = known.or_else(of_setting).filter(|_| !secret).and_then(|(value, at)| {
            let text = match &value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            match misfit(input_type(kind), &text, &values).or_else(|| limits.misfit(&text)) {
                None => Some(text),
                Some(fault) => {
                    let message = format!("the value of input `{}` does not fit: {fault}", input.name.value);
                    let place = self.graph.rules.location(at.unwrap_or(input.name.at));
                    let mut found = Diagnostic::new(&rules::INVALID_INPUT, place, message);
                    if at.is_some() {
                        found = found
                            .related(self.graph.rules.location(input.name.at), "the input is declared here");
                    }
                    self.found.push(found.help("give it a value of its type"));
                    None
                }
            }
        });
        ir::Input {
            name: input.name.value.clone(),
            kind: input_type(kind),
            values,
            value,
            min: limits.min,
            max: limits.max,
            default,
            required: input.is_required(),
            description: super::text(input.description.as_ref()),
            source: self.source(input.at),
        }
    }
}

/// A scalar as text, as an environment variable has it.
pub(in super::super) fn plain_text(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Bool(value) => Some(value.to_string()),
        Literal::Int(value) => Some(value.to_string()),
        Literal::Float(value) => Some(value.to_string()),
        Literal::Text(text) => Some(text.clone()),
        Literal::Null | Literal::List(_) | Literal::Object(_) => None,
    }
}

pub(super) fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub(in super::super) fn input_type(kind: InputType) -> ir::InputType {
    match kind {
        InputType::String => ir::InputType::String,
        InputType::Int => ir::InputType::Int,
        InputType::Float => ir::InputType::Float,
        InputType::Bool => ir::InputType::Bool,
        InputType::Duration => ir::InputType::Duration,
        InputType::Size => ir::InputType::Size,
        InputType::Path => ir::InputType::Path,
        InputType::Url => ir::InputType::Url,
        InputType::Port => ir::InputType::Port,
        InputType::Enum => ir::InputType::Enum,
        InputType::Secret => ir::InputType::Secret,
    }
}
