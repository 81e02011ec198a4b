//! The phases, tasks and checkpoints of a timeline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Source;

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
