//! Permissions that the rules give to files: by a step that writes one, by the `logs` of a component, by `chmod`.

use std::ops::Range;

use super::commands::Role;
use super::context::Context;
use super::program::program;
use crate::graph::Item;
use crate::model::At;

/// Permissions that a path is given.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// The path as it is spelt; it may have `*` in it.
    pub(super) path: String,
    /// The nine lower bits.
    pub(super) bits: u32,
    /// The digits as they are spelt.
    pub(super) digits: String,
    /// Where, and for `chmod` the part of the command.
    pub(super) at: At,
    /// The place of the digits in a command.
    pub(super) part: Option<Range<usize>>,
    /// True for `chmod -R`: it holds for all below the path.
    pub(super) is_deep: bool,
}

/// All of them, in order of the entities.
pub(super) fn given(context: &Context<'_>) -> Vec<Given> {
    let mut all = Vec::new();
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Component(component) => {
                if let Some(logs) = &component.logs
                    && let Some(mode) = &logs.mode
                {
                    all.extend(plain(&logs.path.value, &mode.value, mode.at));
                }
            }
            Item::Procedure(procedure) => {
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    if let Some(file) = &step.file
                        && let Some(mode) = &file.mode
                        && step.working_dir.is_none()
                    {
                        all.extend(plain(&file.path.value, &mode.value, mode.at));
                    }
                }
            }
            _ => {}
        }
    }
    for command in context.commands().iter().filter(|command| command.role != Role::Undo) {
        let Some(script) = command.script() else { continue };
        let is_moved = command.step.is_some_and(|step| step.working_dir.is_some());
        script.each_simple(&mut |simple| {
            let Some(program) = program(simple).filter(|program| program.name == "chmod") else { return };
            let is_deep = program.has_option('R', &["--recursive"]);
            let mut operands = program.operands(&[]);
            let Some((mode, digits)) = operands.next().and_then(|word| Some((word, word.text()?))) else {
                return;
            };
            let Some(bits) = octal(digits) else { return };
            for path in operands {
                let spelt = command.text[path.at.clone()].trim_matches(['"', '\'']);
                if spelt.contains(['$', '`']) || (is_moved && !spelt.starts_with('/')) {
                    continue;
                }
                all.push(Given {
                    path: spelt.to_owned(),
                    bits,
                    digits: digits.to_owned(),
                    at: command.at,
                    part: Some(mode.at.clone()),
                    is_deep,
                });
            }
        });
    }
    all
}

fn plain(path: &str, mode: &str, at: At) -> Option<Given> {
    let bits = octal(mode)?;
    Some(Given { path: path.to_owned(), bits, digits: mode.to_owned(), at, part: None, is_deep: false })
}

fn octal(digits: &str) -> Option<u32> {
    let is_octal =
        (3..=4).contains(&digits.len()) && digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    is_octal.then(|| u32::from_str_radix(digits, 8).ok()).flatten()
}
