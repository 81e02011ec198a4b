//! # What
//!
//! A command or check hands SQL to `psql`, `mysql` or `mariadb` as a user of `authorization.database_users`, and a
//! statement takes more than this user is granted there.
//!
//! # Why
//!
//! The database refuses it: what would have cleaned up never does, and what would have migrated stops half-way. Where it
//! does not refuse it, the user may do more than was settled.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! security_constraints:
//!   authorization:
//!     database_users: { shop: [CONNECT, SELECT, INSERT, UPDATE] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: psql -U shop -d shop -c "DELETE FROM records WHERE made < now() - interval '90 days'"
//!         timeout: 60
//!         irreversible: old records are gone
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! security_constraints:
//!   authorization:
//!     database_users: { shop: [CONNECT, SELECT, INSERT, UPDATE], keeper: [CONNECT, SELECT, DELETE] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: psql -U keeper -d shop -c "DELETE FROM records WHERE made < now() - interval '90 days'"
//!         timeout: 60
//!         irreversible: old records are gone
//! ```
//!
//! # Exceptions
//!
//! Commands that name no user, or one that is not declared; SQL in files; what stands behind a variable of the shell or of
//! the client. In PostgreSQL a user with `CREATE` may own what it works on, and an owner needs no grant.
//! `sqlite3` has no users.

use std::collections::{BTreeMap, BTreeSet};

use super::super::sql::{self, Takes};
use super::super::{Context, Lint, clients, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{Entry, List};
use crate::scalar::Privilege;

/// `not-granted`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "not-granted",
        code: "R0440",
        level: Level::Error,
        summary: "a user of a database asks for what it is not granted",
        source: include_str!("not_granted.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut users: BTreeMap<&str, (&Entry<List<Privilege>>, BTreeSet<Privilege>)> = BTreeMap::new();
    for constraints in policy::constraints(context.rules) {
        let security = constraints.security_constraints.as_ref();
        let declared = security.and_then(|it| it.authorization.as_ref()).map(|it| &it.database_users);
        for user in declared.into_iter().flatten() {
            let (_, granted) = users.entry(&user.name.value).or_insert((user, BTreeSet::new()));
            granted.extend(user.value.iter().map(|privilege| privilege.value));
        }
    }
    if users.is_empty() {
        return;
    }
    for handed in context.commands().iter().flat_map(clients::handed) {
        let Some((user, granted)) = users.get(handed.user) else { continue };
        let name = handed.user;
        for ask in sql::asks(handed.sql, handed.dialect, handed.is_whole) {
            if ask.takes.is_in(granted, handed.dialect) {
                continue;
            }
            let words = &ask.words;
            let message = match ask.takes {
                Takes::Owning => {
                    format!("only an owner may `{words}`, and `{name}` is granted neither `CREATE` nor `ALL`")
                }
                Takes::Granted(privilege) if privilege.to_string() == *words => {
                    format!("`{words}` is not granted to `{name}`")
                }
                Takes::Granted(privilege) => {
                    format!("`{words}` takes `{privilege}`, which is not granted to `{name}`")
                }
            };
            let all: Vec<String> = granted.iter().map(Privilege::to_string).collect();
            let declared = match all.is_empty() {
                true => format!("`{name}` is granted nothing"),
                false => format!("`{name}` is granted {}", all.join(", ")),
            };
            found(
                Diagnostic::new(&LINT.info, handed.part(context, ask.at), message)
                    .label("is refused")
                    .related(context.place(user.name.at), declared)
                    .help("let a user do this who may, or grant it here and in the database"),
            );
        }
    }
}
