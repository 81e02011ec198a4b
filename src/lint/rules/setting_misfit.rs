//! # What
//!
//! An environment gives a setting or an input a value that is not of its type, not one of its `values`, less than its
//! `min` or more than its `max`; or the default or the limits of a setting are such; or a secret has a value in the rules.
//!
//! # Why
//!
//! The system refuses the value when it starts, or takes it for something else; who starts it sees only that. The value of
//! a secret is known to everybody who can read the rules.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: workers, type: int, min: 1, max: 64, default: 4 }]
//!   environments:
//!     production: { workers: 100 }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   settings: [{ name: workers, type: int, min: 1, max: 64, default: 4 }]
//!   environments:
//!     production: { workers: 16 }
//! ```

use std::collections::BTreeMap;

use super::super::{Context, Lint, timelines};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Input};
use crate::plan::settings;

/// `setting-misfit`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "setting-misfit",
        code: "R0372",
        level: Level::Error,
        summary: "a value is none that its setting or input allows",
        source: include_str!("setting_misfit.rs"),
    },
    check,
};

/// What declares a name: the setting or input, and where it is declared.
struct Declared {
    input: Input,
    what: &'static str,
    at: At,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let declared = declared(context);
    for setting in context.graph.settings() {
        let input = settings::as_input(setting);
        let name = &setting.name.value;
        for (at, fault) in settings::limit_faults(&input) {
            let message = format!("the limits of `{name}` do not fit: {fault}");
            found(
                Diagnostic::new(&LINT.info, context.place(at), message)
                    .help("correct `min` and `max`, or the type"),
            );
        }
        if let Some(default) = &setting.default
            && let Some(fault) = settings::fault(&input, &default.value)
        {
            let message = format!("the default of `{name}` does not fit: {fault}");
            found(
                Diagnostic::new(&LINT.info, context.place(default.at), message)
                    .help("correct the default or what is declared"),
            );
        }
    }
    for (_, entity) in context.graph.entities() {
        let Item::Environment(environment) = entity.item else { continue };
        for entry in environment.iter() {
            let name = entry.name.value.as_str();
            let fault = declared.get(name).into_iter().flatten().find_map(|declared| {
                settings::fault(&declared.input, &entry.value.value).map(|fault| (declared, fault))
            });
            let Some((declared, fault)) = fault else { continue };
            let message = format!("the value of `{name}` in `{}` does not fit: {fault}", entity.id);
            found(
                Diagnostic::new(&LINT.info, context.place(entry.value.at), message)
                    .related(context.place(declared.at), format!("the {} is declared here", declared.what))
                    .help("correct the value, or what is declared"),
            );
        }
    }
}

/// All settings and inputs by name. Inputs that take a setting are judged as the setting.
fn declared<'a>(context: &Context<'a>) -> BTreeMap<&'a str, Vec<Declared>> {
    let mut all: BTreeMap<&str, Vec<Declared>> = BTreeMap::new();
    for setting in context.graph.settings() {
        let declared = Declared { input: settings::as_input(setting), what: "setting", at: setting.name.at };
        all.entry(&setting.name.value).or_default().push(declared);
    }
    let of_procedures = context.graph.procedures().flat_map(|(_, procedure)| &procedure.value.inputs);
    let of_timelines = timelines::all(context).flat_map(|timeline| &timeline.value.inputs);
    for input in of_procedures.chain(of_timelines).filter(|input| input.setting.is_none()) {
        let declared = Declared { input: input.value.clone(), what: "input", at: input.name.at };
        all.entry(&input.name.value).or_default().push(declared);
    }
    all
}
