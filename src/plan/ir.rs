//! The plan as plain data: what is written as JSON, what every target emits from, what a runner obeys.
//!
//! A plan is complete: defaults are filled in, calls of procedures and actions are inlined, references are
//! resolved, durations are milliseconds. `schemas/plan.schema.json` is generated from these types. An absent
//! key means what its description says; lists and maps that would be empty are left out.

mod condition;
mod metric;
mod policy;
mod step;
mod timeline;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use condition::*;
pub use metric::*;
pub use policy::*;
pub use step::*;
pub use timeline::*;

/// The version of the format that [`Plan::version`] states. It changes when a runner must.
pub const VERSION: u32 = 1;

/// Between TERM and KILL of a check or an alert that is stopped, in milliseconds.
pub const CHECK_GRACE_MS: u64 = 5_000;

/// The wait before another attempt of a step of a rollback that L3 lets be tried again, in milliseconds.
pub const ROLLBACK_DELAY_MS: u64 = 1_000;

/// An execution plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this format: 1.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// `sha256:` and 64 hexadecimal digits: the digest of the canonical form (RFC 8785) of the plan without
    /// this key. A runner refuses a plan whose digest does not match.
    #[schemars(regex(pattern = "^sha256:[0-9a-f]{64}$"))]
    pub digest: String,
    /// What was compiled.
    pub entry: Entry,
    /// The rule files that the plan was made from, in order of path.
    pub sources: Vec<SourceFile>,
    /// The environment chosen at compile time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The facts given at compile time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
    /// What the rules decided under those facts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub decisions: BTreeMap<String, serde_json::Value>,
    /// What a runner asks for, or is given, before the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// How a run is to be governed.
    pub policy: Policy,
    /// Must hold before the first step, in this order, else the run is refused and nothing has run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preconditions: Vec<Condition>,
    /// The steps, in source order. A step is ready when all of its `needs` are done.
    pub steps: Vec<Step>,
    /// When what happens, where a timeline was compiled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
    /// By how much all offsets, delays and intervals were divided: this plan is for a rehearsal, not for the real thing.
    /// Absent: nothing was.
    #[schemars(range(min = 2))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<u32>,
    /// How many steps may run at once, from 1; absent: as many as are ready.
    #[schemars(range(min = 1))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parallel: Option<u32>,
    /// What its steps share, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<String, Resource>,
    /// The circuit breakers of its steps, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub breakers: BTreeMap<String, Breaker>,
    /// A bound on the whole run up to the end of the postconditions, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Must hold after the last step, in this order; one that does not fails like a step that aborts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub postconditions: Vec<Condition>,
    /// What runs, in this order, after the undo of the steps of a run that failed or was cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rollbacks: Vec<Rollback>,
    /// Run last, in order, whatever came of the steps; not where the run ended before the first of them, since a
    /// gate or a precondition did not hold or somebody cancelled it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub finally: Vec<Step>,
    /// How alerts are raised, by name; `default` serves `alert_and_continue`, and monitors name theirs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub alerts: BTreeMap<String, Alert>,
    /// Checklists that people run on their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checklists: BTreeMap<String, Vec<Condition>>,
    /// The files that the rules say of components, in source order: every plan has all of them, and they are no part
    /// of a run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<GeneratedFile>,
    /// What is watched all the time, in source order: every plan has all monitors of the rules, and they are no part
    /// of a run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitors: Vec<Monitor>,
    /// What the goals measure and hold against a threshold, in source order: every plan has all of it, and it is no part
    /// of a run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// How long it takes, computed.
    pub bounds: Bounds,
    /// What the rules have but this plan has not, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<Dropped>,
}

/// Something of which steps that run at once never take more than there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// How many units there are.
    pub capacity: u32,
    /// What one unit is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Where it stands.
    pub source: Source,
}

/// Keeps what has failed again and again from being tried once more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Breaker {
    /// It opens after so many failed attempts in a row, from 1, and stays open for the rest of the run.
    #[schemars(range(min = 1))]
    pub failures: u32,
    /// Where it stands.
    pub source: Source,
}

/// What was compiled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// A procedure, a decision or a timeline.
    pub kind: EntryKind,
    /// Its id.
    pub id: String,
    /// Its name; the id where it has none.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its risk as the rules state it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// The goals and requirements that it serves, by id, in order of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub satisfies: Vec<String>,
    /// Where it stands.
    pub source: Source,
}

/// The kinds of thing that can be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// An L5 procedure.
    Procedure,
    /// An L4 decision rule.
    Decision,
    /// An L5 timeline.
    Timeline,
}

impl EntryKind {
    /// The word for it, as rules and reports spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            EntryKind::Procedure => "procedure",
            EntryKind::Decision => "decision",
            EntryKind::Timeline => "timeline",
        }
    }
}

/// How much harm a procedure can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Hardly any.
    Low,
    /// Some, and easily mended.
    Medium,
    /// Much.
    High,
    /// It endangers the whole system.
    Critical,
}

/// A place in the rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The file, relative to the rule set, with `/`.
    pub file: String,
    /// JSON pointer (RFC 6901) in it.
    pub pointer: String,
    /// Line, from 1.
    pub line: u32,
}

/// A rule file that the plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Its path, relative to the rule set, with `/`.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub sha256: String,
}

/// A file that was made from what the rules say of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeneratedFile {
    /// What kind of file it is.
    pub kind: GeneratedKind,
    /// The component that it is for.
    pub component: String,
    /// The environment whose values it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Where it usually stands.
    pub path: String,
    /// Its permission bits in octal.
    pub mode: String,
    /// The content.
    pub content: String,
}

/// The kinds of files that are made from what the rules say of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GeneratedKind {
    /// A unit of systemd.
    Systemd,
    /// A site of nginx.
    Nginx,
    /// A file for `logrotate`.
    Logrotate,
    /// A file of environment variables.
    Env,
}

/// A value that commands find in their environment under the input's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The name, which is also that of the environment variable.
    pub name: String,
    /// What it may be.
    #[serde(rename = "type")]
    pub kind: InputType,
    /// The permitted values of an `enum`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The least value, of a type that has an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The greatest value, of a type that has an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// The value, fixed at compile time. Never there for a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value where the runner is given none. Never there for a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// True where a run without it is refused.
    pub required: bool,
    /// What it is, for whoever is asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it is declared.
    pub source: Source,
}

/// The types of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputType {
    /// Any text.
    String,
    /// A whole number.
    Int,
    /// A decimal number.
    Float,
    /// `true` or `false`.
    Bool,
    /// Such as `90s`; commands get what was given.
    Duration,
    /// Such as `2GB`; commands get what was given.
    Size,
    /// A path, not empty.
    Path,
    /// A URL with a scheme.
    Url,
    /// A port, 1 to 65535.
    Port,
    /// One of `values`.
    Enum,
    /// Read at run time from the environment or a file, masked wherever it would show.
    Secret,
}

impl InputType {
    /// The name, as rules and plans spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            InputType::String => "string",
            InputType::Int => "int",
            InputType::Float => "float",
            InputType::Bool => "bool",
            InputType::Duration => "duration",
            InputType::Size => "size",
            InputType::Path => "path",
            InputType::Url => "url",
            InputType::Port => "port",
            InputType::Enum => "enum",
            InputType::Secret => "secret",
        }
    }
}

/// A procedure that runs when a run is rolled back. Its own conditions do not gate it: nothing may stand
/// between a failure and its rollback. A step of it that fails is reported, and the rest still runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// Id of the procedure.
    pub procedure: String,
    /// Its name.
    pub name: String,
    /// It runs if any of these steps was begun; empty: always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Its steps, in order, one after another.
    pub steps: Vec<Step>,
    /// Where it is named as the rollback.
    pub source: Source,
}

/// How an alert is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Text for `sh -c`; finds `RULEC_ALERT_STEP` (the step's id, or `monitor/` and the monitor's),
    /// `RULEC_ALERT_NAME` (its name, or what must hold) and `RULEC_ALERT_MESSAGE` in its environment; that of a monitor
    /// also `RULEC_ALERT_STATE`: `breach` or `ok`.
    pub command: String,
    /// How long it may take, in milliseconds; absent: no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// Something that is watched all the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// Its id, unique among the monitors.
    pub id: String,
    /// What must hold, for people.
    pub text: String,
    /// From one look to the next, in milliseconds, counted from start to start.
    #[schemars(range(min = 1))]
    pub every_ms: u64,
    /// What looks: all is well where it holds, else there is a breach.
    pub check: Check,
    /// What is done when a breach begins, and again every hour while it lasts; absent: it is reported only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_breach: Option<Reaction>,
    /// The goals, requirements and constraints that it serves, by id, in order of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub satisfies: Vec<String>,
    /// Where it stands.
    pub source: Source,
}

/// What is done about a breach: first the alert, then the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// The name of the alert that is raised: one of the plan's `alerts`, or `default`. Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
    /// The id of the procedure that is run, as anybody would run its own plan. Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// How long it takes, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The author's own guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_ms: Option<u64>,
    /// The longest that the steps can take when nothing has to be repeated: each timeout and each delay once,
    /// without verification; absent: there is no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_retries_ms: Option<u64>,
    /// The longest that the steps can take with all retries; absent: there is no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps_ms: Option<u64>,
    /// The longest that undoing and rolling back can take; absent: there is no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_ms: Option<u64>,
    /// The longest that a run can take, rollback and final steps included; absent: there is no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_case_ms: Option<u64>,
}

/// Something of the rules that the plan has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// What it was.
    pub what: String,
    /// Why it is not there.
    pub reason: String,
    /// Where it stands.
    pub source: Source,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(it: &bool) -> bool {
    !*it
}
