//! # What
//!
//! The rules ask for something that the target can't hold: the form that a procedure is compiled to has no
//! way to say it.
//!
//! # Why
//!
//! What is left out in silence is missed when it would have been needed. So nothing is compiled, unless
//! `--allow target-cannot` says that the loss is known; then it is a warning that says what happens instead.
//!
//! # Exceptions
//!
//! It is reported by `rulec compile` alone, since it depends on the target.

use super::levels::Levels;
use super::places::Places;
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::target::{Loss, Target};

/// `target-cannot`.
pub static RULE: RuleInfo = RuleInfo {
    id: "target-cannot",
    code: "R0108",
    level: Level::Error,
    summary: "the target can't hold something that the rules ask for",
    source: include_str!("target_cannot.rs"),
};

/// The finding for something that would be lost. It is never off: what is allowed is still said.
pub(super) fn target_cannot(
    places: &mut Places<'_>,
    target: &dyn Target,
    loss: &Loss,
    levels: Levels<'_>,
) -> Diagnostic {
    let source = &loss.source;
    let place = match &loss.part {
        Some(part) => places.part(&source.file, &source.pointer, part),
        None => places.location(&source.file, &source.pointer),
    };
    let message = format!("the target `{}` can't hold {}", target.name(), loss.what);
    let mut found = Diagnostic::new(&RULE, place, message);
    found.level = levels.of(&RULE, &source.file, RULE.level).max(Level::Warning);
    match found.level {
        Level::Error => {
            let help = format!("with `--allow target-cannot` it is compiled all the same: {}", loss.instead);
            found.help(help)
        }
        _ => found.help(loss.instead.clone()),
    }
}
