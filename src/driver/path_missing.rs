//! # What
//!
//! A component names a folder that is not there. Folders count from the `root` of the project structure, and that from
//! the folder of the rule set.
//!
//! # Why
//!
//! The component was moved or renamed, and the rules were not; or it was never there.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     root: .
//!     components: [{ name: orders, path: services/orders }]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     root: .
//!     components: [{ name: orders, path: services/orders }]
//! ```
//! ```yaml services/orders/L5-orders.yaml
//! procedures: []
//! ```
//!
//! # Exceptions
//!
//! A rule set that does not say where its root is, or says it as an absolute path: that is a place on another machine.
//! Folders that only a run makes are a reason to allow it.

use camino::Utf8Path;

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::host::Host;
use crate::model::{Layer, RuleSet};

/// `path-missing`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "path-missing",
    code: "R0157",
    level: Level::Note,
    summary: "the folder of a component is not there",
    source: include_str!("path_missing.rs"),
};

/// The findings for the components of a rule set in a folder.
pub(super) fn path_missing(host: &dyn Host, folder: &Utf8Path, rules: &RuleSet) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for loaded in rules.files() {
        let Layer::Understanding(understanding) = &loaded.document.body else { continue };
        let structure = understanding.context.as_ref().and_then(|context| context.project_structure.as_ref());
        let Some(structure) = structure else { continue };
        let Some(root) = structure.root.as_ref().filter(|root| !Utf8Path::new(&root.value).is_absolute())
        else {
            continue;
        };
        let base = folder.join(&root.value);
        if !host.exists(&base) {
            continue;
        }
        for path in structure.components.iter().filter_map(|component| component.path.as_ref()) {
            if Utf8Path::new(&path.value).is_absolute() || host.exists(&base.join(&path.value)) {
                continue;
            }
            found.push(
                Diagnostic::new(&RULE, rules.location(path.at), format!("there is no `{}`", path.value))
                    .related(rules.location(root.at), "looked for from here")
                    .help("correct the path, or the root"),
            );
        }
    }
    found
}
