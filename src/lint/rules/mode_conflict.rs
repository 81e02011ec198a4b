//! # What
//!
//! Two places give one path different permissions: a step that writes the file, the `logs` of a component, or a `chmod`.
//! Or a `chmod -R` opens a folder in which a file is kept closer.
//!
//! # Why
//!
//! Which of them holds depends on what ran last. Usually the wider one wins, and a file with secrets can be read by all.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: /etc/orders/secrets.env, content: "", mode: "0600" }, timeout: 5 }
//!       - { step: 2, command: chmod -R 755 /etc/orders, timeout: 5, undo: chmod -R 700 /etc/orders }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: /etc/orders/secrets.env, content: "", mode: "0600" }, timeout: 5 }
//!       - { step: 2, command: chmod 755 /etc/orders, timeout: 5, undo: chmod 700 /etc/orders }
//! ```
//!
//! # Exceptions
//!
//! What an `undo` puts back.

use std::collections::BTreeMap;

use super::super::modes::{Given, given};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::source::Location;

/// `mode-conflict`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "mode-conflict",
        code: "R0377",
        level: Level::Warning,
        summary: "a file is given permissions that contradict each other",
        source: include_str!("mode_conflict.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let all = given(context);
    let mut plain: BTreeMap<&str, &Given> = BTreeMap::new();
    for one in all.iter().filter(|one| !one.is_deep) {
        match plain.get(one.path.as_str()) {
            None => drop(plain.insert(&one.path, one)),
            Some(first) if first.bits & 0o777 == one.bits & 0o777 => {}
            Some(first) => {
                let message =
                    format!("`{}` is given {} here and {} elsewhere", one.path, one.digits, first.digits);
                found(
                    Diagnostic::new(&LINT.info, place(context, one), message)
                        .related(place(context, first), format!("{} here", first.digits))
                        .help("keep one of them"),
                );
            }
        }
    }
    for deep in all.iter().filter(|one| one.is_deep) {
        let folder = format!("{}/", deep.path.trim_end_matches('/'));
        // Paths are sorted, so what is below a folder stands together.
        let below = plain.range(folder.as_str()..).map(|(_, one)| one);
        let opened = below
            .take_while(|one| one.path.starts_with(&folder))
            .find(|one| deep.bits & !one.bits & 0o777 != 0);
        if let Some(closer) = opened {
            let message =
                format!("this gives all below `{}` {}, `{}` too", deep.path, deep.digits, closer.path);
            found(
                Diagnostic::new(&LINT.info, place(context, deep), message)
                    .related(place(context, closer), format!("is {} here", closer.digits))
                    .help("name what is meant, without `-R`"),
            );
        }
    }
}

fn place(context: &Context<'_>, one: &Given) -> Location {
    match &one.part {
        Some(part) => context.part(one.at, part.clone()),
        None => context.place(one.at),
    }
}
