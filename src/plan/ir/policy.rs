//! What L3 demands of a run: its lock, its audit log, what it may write, who approves it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Source, is_false};

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
