//! # What
//!
//! `path_precedence` of L3 does not name a list of paths that L3 states, names one twice, or puts another list before
//! `forbidden_paths`.
//!
//! # Why
//!
//! Where two lists name one path, the stronger one decides. With a list left out, nobody can say who does; and what
//! another list outranks is not forbidden.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["**/.env"]
//! read_only_paths = ["docs/**"]
//! path_precedence = ["forbidden_paths", "allowed_paths"]
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["**/.env"]
//! read_only_paths = ["docs/**"]
//! path_precedence = ["forbidden_paths", "read_only_paths", "allowed_paths"]
//! ```

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::PathList;

/// `precedence-incomplete`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "precedence-incomplete",
        code: "R0342",
        level: Level::Error,
        summary: "the precedence of the lists of paths leaves one out, or puts one above what is forbidden",
        source: include_str!("precedence_incomplete.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for executor in policy::executors(context.rules) {
        let Some(order) = &executor.path_precedence else { continue };
        let named: Vec<PathList> = order.value.iter().map(|list| list.value).collect();
        let left_out = PathList::ALL
            .into_iter()
            .filter(|list| !named.contains(list))
            .find_map(|list| Some((list, executor.paths(list).first()?.at)));
        if let Some((list, at)) = left_out {
            let message = format!("`{}` has no place in the precedence", list.name());
            found(
                Diagnostic::new(&LINT.info, context.place(order.at), message)
                    .label("does not name it")
                    .related(context.place(at), "paths of that list")
                    .help(format!("put `{}` where it belongs", list.name())),
            );
            continue;
        }
        let twice = order.value.iter().enumerate().find(|(at, list)| named[..*at].contains(&list.value));
        if let Some((_, list)) = twice {
            let message = format!("`{}` is named twice", list.value.name());
            found(Diagnostic::new(&LINT.info, context.place(list.at), message).help("name each list once"));
            continue;
        }
        let forbidden = order.value.iter().find(|list| list.value == PathList::ForbiddenPaths);
        if let (Some(first), Some(forbidden)) = (order.value.first(), forbidden)
            && first.value != PathList::ForbiddenPaths
        {
            let message = format!("`{}` outranks `forbidden_paths`", first.value.name());
            found(
                Diagnostic::new(&LINT.info, context.place(first.at), message)
                    .label("what it names would not be forbidden any more")
                    .related(context.place(forbidden.at), "comes later")
                    .help("put `forbidden_paths` first"),
            );
        }
    }
}
