//! # What
//!
//! Somebody owns, does or approves something whose role is declared in L1, and L3 lists the roles that there are without
//! it; or a goal is owned by a role that is none of the stakeholders of L1.
//!
//! # Why
//!
//! Whoever sets up accounts and duties by L3 leaves this role out, and the step waits for somebody who may not do it.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! stakeholders: [{ role: baker }, { role: apprentice }]
//! ```
//! ```yaml L3-limits.yaml
//! security_constraints: { authorization: { roles: [baker] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Sweep the floor, owner: apprentice }] }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! stakeholders: [{ role: baker }, { role: apprentice }]
//! ```
//! ```yaml L3-limits.yaml
//! security_constraints: { authorization: { roles: [baker, apprentice] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Sweep the floor, owner: apprentice }] }
//! ```
//!
//! # Exceptions
//!
//! Owners of goals need not be listed by L3: they answer, and do nothing themselves. A role that nobody declares is
//! `unknown-role`.

use std::collections::BTreeSet;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind};
use crate::model::{Layer, Text};

/// `role-not-listed`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "role-not-listed",
        code: "R0225",
        level: Level::Warning,
        summary: "a role is declared in one layer and left out of another",
        source: include_str!("role_not_listed.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let (mut stakeholders, mut listed): (Vec<&Text>, Vec<&Text>) = (Vec::new(), Vec::new());
    for loaded in context.rules.files() {
        match &loaded.document.body {
            Layer::Goals(goals) => stakeholders.extend(goals.stakeholders.iter().map(|it| &it.role)),
            Layer::Constraints(constraints) => {
                let security = constraints.security_constraints.as_ref();
                let roles =
                    security.and_then(|it| it.authorization.as_ref()).and_then(|it| it.roles.as_ref());
                listed.extend(roles.into_iter().flat_map(|roles| roles.value.iter()));
            }
            _ => {}
        }
    }
    let mut told = BTreeSet::new();
    for (index, entity) in context.graph.entities() {
        for (edge, to) in context.graph.references(index).filter(|(edge, _)| edge.kind == EdgeKind::OwnedBy) {
            let role = context.graph.entity(to).id.as_ref();
            let is_goal = entity.kind == EntityKind::Goal;
            let (names, layer) = if is_goal { (&stakeholders, "L1") } else { (&listed, "L3") };
            let Some(first) = names.first() else { continue };
            if names.iter().any(|name| name.value == role) || !told.insert((layer, role.to_owned())) {
                continue;
            }
            let (what, help) = match is_goal {
                true => ("stakeholders", format!("say under `stakeholders` who `{role}` is")),
                false => ("roles", format!("add `{role}` to the roles of L3")),
            };
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.place(edge.at),
                    format!("`{role}` is none of the {what} of {layer}"),
                )
                .label("is left out there")
                .related(context.place(first.at), format!("the {what} of {layer}"))
                .help(help),
            );
        }
    }
}
