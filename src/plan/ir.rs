//! The plan as plain data: what is written as JSON, what every target emits from, what a runner obeys.
//!
//! A plan is complete: defaults are filled in, calls of procedures and actions are inlined, references are
//! resolved, durations are milliseconds. `schemas/plan.schema.json` is generated from these types. An absent
//! key means what its description says; lists and maps that would be empty are left out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// When what happens, counted in milliseconds from when the first step may begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// When it is planned to start, `YYYY-MM-DDTHH:MM` on the clock of those who carry it out; absent: nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// How long it lasts: up to the last end of a phase or the last checkpoint, where the rules do not say.
    pub duration_ms: u64,
    /// Its phases, in order of start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<TimelinePhase>,
    /// Its checkpoints, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<TimelineCheckpoint>,
}

/// A phase of a timeline. The steps of its tasks name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelinePhase {
    /// Unique among the phases: `phase-1`. Steps name it in `phase`, and their ids begin with it.
    pub id: String,
    /// What it is, for people; the id where the rules give no name.
    pub name: String,
    /// When it starts.
    pub start_ms: u64,
    /// When it ends.
    pub end_ms: u64,
    /// Its tasks, in order of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TimelineTask>,
}

/// A task of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelineTask {
    /// Unique among the tasks: `phase-1/E1`. The ids of its steps begin with it and a `/`.
    pub id: String,
    /// What it is, for people: the name of the procedure that it runs.
    pub name: String,
    /// The role that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it starts.
    pub start_ms: u64,
    /// When it must be done.
    pub end_ms: u64,
}

/// A checkpoint of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelineCheckpoint {
    /// Unique among the checkpoints: `at-18h`. The ids of its steps begin with it.
    pub id: String,
    /// What it is, for people; the id where the rules give no name.
    pub name: String,
    /// When it is.
    pub at_ms: u64,
    /// Where it stands.
    pub source: Source,
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

/// How a run is to be governed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// One run at a time; absent: runs may overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// What becomes of a second, identical run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency: Option<Idempotency>,
    /// The audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// The hours in which a run may start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Who must approve the run before it starts; all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// Globs of paths that steps may write; empty: any. One that begins with `/` allows paths from the root, another
    /// those from the folder of the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_paths: Vec<String>,
    /// Globs of paths that no step may write, whatever else allows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden_paths: Vec<String>,
    /// Globs of paths that steps may look at only, where no stronger list says otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read_only_paths: Vec<String>,
    /// Globs of paths that steps may write all the same: exceptions of weaker lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub write_allowed_paths: Vec<String>,
    /// Which list decides of a path that several name, the strongest first; empty: `forbidden_paths`,
    /// `read_only_paths`, `write_allowed_paths`, `allowed_paths`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path_precedence: Vec<PathList>,
    /// How many lines steps may write to files, all together; absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_patch_lines: Option<u32>,
    /// Where the old files are kept, and for how long; absent: beside the record of the run, as long as that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backups: Option<Backups>,
    /// What L3 says of the files that are changed; absent: none that the rules know of are, or L3 has no policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<WriteGate>,
}

/// Where the old files are kept that steps write over or delete, and for how long. How a run goes does not depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backups {
    /// The folder, from that of the run or from the root; absent: beside the record of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// True where those of a run go once it is recorded that it has succeeded.
    #[serde(default, skip_serializing_if = "is_false")]
    pub delete_on_success: bool,
    /// How long those of a run stay after its end, in milliseconds; absent: no bound. A run that has not ended keeps
    /// its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_ms: Option<u64>,
}

/// A list of paths of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathList {
    /// What nobody may write.
    ForbiddenPaths,
    /// What may only be looked at.
    ReadOnlyPaths,
    /// What may be written all the same.
    WriteAllowedPaths,
    /// What may be written.
    AllowedPaths,
}

/// What the gate before a change has decided when the plan was made. What it denies has no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteGate {
    /// What it has decided.
    pub verdict: GateVerdict,
    /// Why, with the rules that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<GateReason>,
}

/// What the gate has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateVerdict {
    /// The change may run.
    Allow,
    /// It may run once it is approved: `approvals` says by whom.
    NeedsApproval,
}

impl GateVerdict {
    /// The verdict in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            GateVerdict::Allow => "may run",
            GateVerdict::NeedsApproval => "needs an approval",
        }
    }
}

/// Why the gate has decided so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateReason {
    /// The reason, for people.
    pub text: String,
    /// The rule that decided.
    pub source: Source,
}

/// One run per lock scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Name of the lock: runs that share it never overlap.
    pub scope: String,
    /// How long a run waits for it, in milliseconds; 0: refuse at once.
    pub timeout_ms: u64,
}

/// What becomes of a second, identical run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Idempotency {
    /// How long a success stands for the run, in milliseconds.
    pub ttl_ms: u64,
}

/// The audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Where it is written; absent: in the runner's own state folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How long it is kept, in days; absent: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

/// Daily hours, in local time of the machine that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First minute, `HH:MM`.
    pub start: String,
    /// First minute no longer in it, `HH:MM`; before `start` it is of the next day.
    pub end: String,
    /// Where it is asked for.
    pub source: Source,
}

/// A person's consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The roles, one of which the person must have; empty: anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// What is to be considered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Where it is asked for.
    pub source: Source,
}

/// Something that must hold: a check that runs, or prose that a person attests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What it says, for people.
    pub text: String,
    /// What decides it; absent: a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// False where it is reported but decides nothing.
    pub mandatory: bool,
    /// Where it stands.
    pub source: Source,
}

/// A command whose success, or whose output, decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Text for `sh -c`.
    pub command: String,
    /// How long it may take, in milliseconds; absent: no bound but that of the step that it is of, if any. What is
    /// stopped gets TERM, and KILL five seconds later, or after the grace of that step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Where present, the first line of standard output is a number that must satisfy this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// What it looks for, in words, where the rules state a typed check and the command was made from that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// A bound on a number that a probe prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// How the number must stand to `value`.
    pub op: Comparison,
    /// The bound, a decimal number in the unit in which the probe prints.
    pub value: String,
    /// That unit, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// How two numbers stand to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Comparison {
    /// Less.
    #[serde(rename = "<")]
    Less,
    /// Less or equal.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// Greater.
    #[serde(rename = ">")]
    Greater,
    /// Greater or equal.
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// Equal.
    #[serde(rename = "==")]
    Equal,
}

impl Comparison {
    /// The sign, as rules and plans spell it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Equal => "==",
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in the plan. Steps of a called procedure are named `CALL/STEP`, those of a rollback
    /// `PROCEDURE/STEP`, those that run at the end `finally/STEP`.
    pub id: String,
    /// What it does, for people; the id where the rules give no name.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// Ids of steps that must be `ok`, `skipped`, or `failed` with a tolerant `on_failure`, before it starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Where the step is part of a round of a repeated step: which round, and of how many. It is for people; what
    /// makes the rounds follow each other are `needs`, `when` and `start_before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// CEL over `steps` and `inputs`, evaluated when the step becomes ready; false: it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The step becomes ready no earlier than so many milliseconds after the first step may begin, that is when the gates
    /// are passed and the preconditions hold. A run that is resumed counts from when that was. Absent: as soon as its
    /// needs are met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_at_ms: Option<u64>,
    /// From so many milliseconds on, counted in the same way, the step is late: what it runs then is stopped as by its
    /// timeout (exit code 124), and it has failed, whatever retries and remedies are left. Absent: it is never late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_by_ms: Option<u64>,
    /// The phase of the timeline that it belongs to, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Asked after `when`, at the same moment; where it is too late by then, the step is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_before: Option<StartBefore>,
    /// A wait before the first attempt, in milliseconds.
    pub delay_before_ms: u64,
    /// A wait after success, in milliseconds.
    pub delay_after_ms: u64,
    /// How long one attempt of the command may take, in milliseconds; absent: no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How long its author expects one attempt to take, in milliseconds; it bounds nothing. Absent: nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_ms: Option<u64>,
    /// Between TERM and KILL when it is stopped, in milliseconds; 0: KILL at once.
    pub grace_ms: u64,
    /// Further attempts.
    pub retry: Retry,
    /// Polled after the command has exited with 0; the attempt succeeds if both do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
    /// What happens when the attempts are used up.
    pub on_failure: OnFailure,
    /// Takes back what the step did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// It changes nothing: never undone, and may run again after a crash.
    pub read_only: bool,
    /// To run it twice does what running it once does.
    pub idempotent: bool,
    /// Why nothing can undo it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
    /// Environment variables of its commands, over the inputs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Working folder of its commands, relative to where the run was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Its exit code is an answer and no failure: the step is `ok` whatever it is, 124 after a timeout. Where its
    /// action is a condition that measures, the exit code is 1 where the command ended with 0 but what it printed does
    /// not satisfy the measure; where a person is asked, it is 0 or 1. Only on a step that is `read_only` and asks
    /// something.
    #[serde(default, skip_serializing_if = "is_false")]
    pub probe: bool,
    /// True where its trimmed standard output is kept as `steps.ID.output`.
    pub output: bool,
    /// Steps that share it never overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutex: Option<String>,
    /// How many units it takes of each resource while it is under way. A step of `rollbacks` or `finally` runs alone
    /// and finds all of them free.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<String, u32>,
    /// The circuit breaker that counts its attempts. It has no meaning for a step of `rollbacks` or `finally`, which
    /// are tried in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<String>,
    /// The role that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What to try between a failed attempt and the next one; the first that matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// Where it stands.
    pub source: Source,
}

/// One of the rounds into which a repeated step was unrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The id of the repeated step, which asks once more, behind the last round, whether it is done.
    pub of: String,
    /// The number of the round, from 1.
    #[schemars(range(min = 1))]
    pub number: u32,
    /// How many rounds there are at most.
    #[schemars(range(min = 1))]
    pub max: u32,
}

/// A moment after which a step is no longer begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBefore {
    /// The id of the step from whose start the time counts. Where it was never started, it is never too late.
    pub since: String,
    /// How much later the step may become ready and still run, in milliseconds.
    pub ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(it: &u32) -> bool {
    *it == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_false(it: &bool) -> bool {
    !*it
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Runs a command.
    Command {
        /// Text for `sh -c`, run as written.
        command: String,
    },
    /// A person does something and confirms it.
    Manual {
        /// What is to be done.
        instruction: String,
    },
    /// Holds a condition against the world, as a gate of a called procedure does.
    Condition {
        /// What must hold.
        condition: Condition,
    },
    /// Fails, as a missed checkpoint does: nothing is run.
    Fail {
        /// Why, for people.
        reason: String,
    },
    /// Writes a file: temporary file, then rename. Or deletes one.
    File {
        /// The path, relative to the step's working folder.
        path: String,
        /// The new content, where the rules give it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
        /// A file to copy the content from, where the rules name one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// SHA-256 of the old content in hexadecimal, of nothing where there is no file; another content is refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect_sha256: Option<String>,
        /// Permission bits in octal; absent: those of the old file, or what the umask leaves of 0666.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<String>,
        /// True where the file is deleted: then there is no content, and no mode.
        #[serde(default, skip_serializing_if = "is_false")]
        absent: bool,
    },
}

/// Further attempts after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How many.
    pub retries: u32,
    /// The wait before the first of them, in milliseconds.
    pub delay_ms: u64,
    /// How the wait grows: not at all, or twofold each time.
    pub backoff: Backoff,
    /// What the wait never exceeds, in milliseconds; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_delay_ms: Option<u64>,
    /// Exit codes that are worth another attempt (124 is a timeout); empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_exit_codes: Vec<u8>,
}

/// How the wait between attempts grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Backoff {
    /// It stays.
    Fixed,
    /// It doubles.
    Exponential,
}

/// A command that is polled until it succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// Text for `sh -c`.
    pub command: String,
    /// How long one poll may take, in milliseconds; absent: no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Total number of polls.
    pub attempts: u32,
    /// The wait between two polls, in milliseconds.
    pub interval_ms: u64,
    /// What it looks for, in words, where the rules state a typed check and the command was made from that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// What happens when a step's attempts are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The run ends and is rolled back.
    Abort,
    /// The same; says that the retries come first, as they always do.
    RetryThenAbort,
    /// The run goes on, degraded.
    Continue,
    /// An alert is raised, then the run goes on, degraded.
    AlertAndContinue,
    /// The run ends and is rolled back; there is something to roll back to.
    Rollback,
}

impl OnFailure {
    /// True where the run goes on after the failure.
    #[must_use]
    pub fn is_tolerant(self) -> bool {
        matches!(self, OnFailure::Continue | OnFailure::AlertAndContinue)
    }
}

/// A command that takes a step back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Text for `sh -c`.
    pub command: String,
    /// How long each attempt may take, in milliseconds; absent: no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How many further attempts there may be after the first has failed, each as soon as the one before is over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// True where only a person takes the step back, which wrote a file: the command says so, and fails. A runner that
    /// knows that the file is as it was need not ask anybody.
    #[serde(default, skip_serializing_if = "is_false")]
    pub manual: bool,
}

/// What to try after a failed attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Exit codes of the attempt that it is for; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exit_codes: Vec<u8>,
    /// Extended regular expression that standard error must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr_matches: Option<String>,
    /// The commands, in order, each under the step's timeout and grace; the rest is not run once one has failed.
    /// Then the step goes on as if no remedy had matched, unless `then` is `abort`.
    pub run: Vec<String>,
    /// What comes then.
    pub then: RemedyThen,
    /// How often it may run.
    pub max: u32,
    /// True for a fallback: it is the last of the remedies, has no conditions, and runs once, instead of all others,
    /// where no attempt is left.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fallback: bool,
}

/// What comes after a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemedyThen {
    /// Another attempt; where none is left, the remedy is passed over.
    Retry,
    /// The step counts as ok, without verification and output.
    Continue,
    /// The step has failed.
    Abort,
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

/// A quantity that a goal measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its id: that of the goal, a dot, and its own name.
    pub id: String,
    /// The id of the goal.
    pub goal: String,
    /// What the goal is, for people: its description, or else its name. Absent: the rules do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How urgent the goal is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The role that answers for the goal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// A PromQL expression for the quantity in its base unit: seconds, bytes, a share of 1, rates per second. Absent: it
    /// is not known how a monitoring system has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// When it is not as it should be; absent: the rules give it no threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Alarm>,
    /// How long that must last before anybody is told, in milliseconds; absent: it need not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// Where it stands.
    pub source: Source,
}

/// When a measured quantity is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// How the quantity then stands to the limit.
    pub op: AlarmOp,
    /// The limit in the base unit: a decimal number, or a fraction `A / B` of two whole numbers.
    pub limit: String,
    /// What the limit and the measured quantity are in.
    pub unit: AlarmUnit,
    /// What the rules say, for people: the threshold as it is spelt there, behind `target` or `alert`.
    pub says: String,
}

/// The base unit of a measured quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmUnit {
    /// None: it is a number of things, or a score.
    Number,
    /// Shares of 1.
    Share,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
    /// Things per second.
    PerSecond,
}

/// How a quantity stands to a limit, as PromQL spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AlarmOp {
    /// It is less.
    #[serde(rename = "<")]
    Less,
    /// It is not more.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// It is more.
    #[serde(rename = ">")]
    Greater,
    /// It is not less.
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// It is the limit.
    #[serde(rename = "==")]
    Equal,
    /// It is anything else.
    #[serde(rename = "!=")]
    NotEqual,
}

impl AlarmOp {
    /// The operator as PromQL spells it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            AlarmOp::Less => "<",
            AlarmOp::LessOrEqual => "<=",
            AlarmOp::Greater => ">",
            AlarmOp::GreaterOrEqual => ">=",
            AlarmOp::Equal => "==",
            AlarmOp::NotEqual => "!=",
        }
    }
}

/// How urgent a goal is, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Priority {
    /// Critical.
    P0,
    /// High.
    P1,
    /// Medium.
    P2,
    /// Low.
    P3,
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
