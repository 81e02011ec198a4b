//! From the text of a scenario file to its scenarios, with every mistake of grammar and shape.

use std::sync::OnceLock;

use serde_json::Value;

use super::file::{Scenario, ScenarioFile};
use crate::diagnostic::{Diagnostic, Level};
use crate::model::{At, List};
use crate::schema::{Checker, schema_of};
use crate::source::{FileId, Location};
use crate::syntax::de::from_tree;
use crate::syntax::{Format, NodeSet, Parsed, Tree, parse};

/// A scenario file that has been read.
#[derive(Debug)]
pub struct Suite {
    /// What it says, as it is spelt.
    pub tree: Tree,
    /// Its scenarios; none where the file has a mistake, since what is misspelt would be tested by halves.
    pub scenarios: List<Scenario>,
    /// False where the file has a mistake.
    pub is_whole: bool,
}

impl Suite {
    /// Where a value of this file is written.
    #[must_use]
    pub fn location(&self, at: At) -> Location {
        self.tree.location(at.node)
    }
}

/// The JSON Schema of scenario files.
#[must_use]
pub fn schema() -> Value {
    schema_of::<ScenarioFile>("scenario.schema.json", "Scenarios")
}

/// Reads a scenario file: its scenarios, and what is wrong with it.
#[must_use]
pub fn read(file: FileId, format: Format, text: &str) -> (Suite, Vec<Diagnostic>) {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let mut parsed = parse(file, format, text);
    let mut found = std::mem::take(&mut parsed.diagnostics);
    let (of_shape, bad) = CHECKER.get_or_init(|| Checker::new(schema())).check(&parsed, text);
    found.extend(of_shape);
    let Parsed { tree, complete, .. } = parsed;
    let is_whole = complete && bad == NodeSet::default() && found.iter().all(|it| it.level < Level::Error);
    let file = from_tree::<ScenarioFile>(&tree, text, &bad);
    let scenarios = file.map(|file| file.scenarios).ok().filter(|_| is_whole).unwrap_or_default();
    (Suite { tree, scenarios, is_whole }, found)
}
