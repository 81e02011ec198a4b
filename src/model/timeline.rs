//! Timelines: what is done when, over hours or days, and the moments at which something must hold.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::TextOr;
use super::collections::{List, Texts};
use super::condition::Condition;
use super::inputs::Input;
use super::l5_execution::Reaction;
use super::spanned::{Spanned, Text};
use crate::scalar::{DailyWindow, DateTime, Duration};

/// What is done when, over hours or days. It is compiled and run like a procedure.
///
/// All times in it are offsets from its start. What a clock shows then is worked out from `start`, and never typed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Timeline {
    /// The timeline's id, unique in the rule set: what `--entry` names.
    #[schemars(example = &"T1")]
    pub id: Text,

    /// The timeline in a few words.
    pub name: Option<Text>,

    /// The timeline in full.
    pub description: Option<Text>,

    /// Ids of goals, requirements or constraints that the timeline serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// When it is planned to start, on the clock of those who carry it out. The runbook and `rulec simulate` show clock
    /// times from it. A run counts from when it was really started.
    #[schemars(example = &"2025-01-31T20:00")]
    pub start: Option<Spanned<DateTime>>,

    /// How long it lasts: whole seconds, or text such as `48h`.
    #[schemars(example = &"48h")]
    pub duration: Option<Spanned<Duration>>,

    /// What the timeline is told before it starts. A procedure that it runs gets its inputs of these names, and what has no
    /// value here is asked for too.
    #[serde(default)]
    pub inputs: List<Input>,

    /// What must hold before anything runs, in the forms that procedures know.
    #[serde(default)]
    pub preconditions: List<Condition>,

    /// Its phases. One that starts when another has ended waits for the tasks of that one; those that overlap run side
    /// by side.
    #[serde(default)]
    pub phases: List<Phase>,

    /// Moments at which something must hold.
    #[serde(default)]
    pub checkpoints: List<Checkpoint>,

    /// What must hold after the last task and checkpoint, in the same forms.
    #[serde(default)]
    pub postconditions: List<Condition>,

    /// The procedure that brings everything back when the timeline fails, beside those of the procedures that it runs.
    #[schemars(example = &"E2")]
    pub rollback_procedure: Option<Text>,

    /// What is run at the end whatever happened, after any rollback, one after another.
    #[serde(default)]
    pub finally: List<LastTask>,
}

/// A procedure that is run at the end of a timeline, whatever happened.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct LastTask {
    /// The procedure that is run.
    #[schemars(example = &"E1")]
    pub run: Text,

    /// The role that is responsible for it.
    #[schemars(example = &"baker-on-duty")]
    pub owner: Option<Text>,
}

/// A phase of a timeline. Its tasks run at the same time.
///
/// What is not done when the phase ends is late: the command that runs then is stopped as by its timeout (exit code
/// 124), its step gets no further attempt, and the step's `on_failure` says what follows; without one the timeline is
/// broken off and rolled back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Phase {
    /// The phase in a few words.
    #[schemars(example = &"move the ovens")]
    pub name: Option<Text>,

    /// When it starts, counted from the start of the timeline.
    #[schemars(example = &"6h")]
    pub start: Spanned<Duration>,

    /// When it ends, counted from the start of the timeline.
    #[schemars(example = &"18h")]
    pub end: Spanned<Duration>,

    /// What a clock shows at its start and end, copied from elsewhere. It decides nothing: it is held against the
    /// timeline's `start`, or the `clock` of the other phases, and `start` and `end`.
    #[schemars(example = &"02:00-14:00")]
    pub clock: Option<Spanned<DailyWindow>>,

    /// What is done in it.
    #[serde(default)]
    pub tasks: List<Task>,
}

/// A task of a phase.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Task {
    /// The procedure that is run.
    #[schemars(example = &"E1")]
    pub run: Text,

    /// The role that is responsible for it.
    #[schemars(example = &"baker-on-duty")]
    pub owner: Option<Text>,

    /// What is needed for it; its owner must work with all of that.
    #[serde(default)]
    pub tools: Texts,

    /// When it starts, counted from the start of the timeline, where that is later than its phase.
    #[schemars(example = &"8h")]
    pub start: Option<Spanned<Duration>>,

    /// When it must be done, counted from the start of the timeline, where that is before the end of its phase.
    #[schemars(example = &"12h")]
    pub end: Option<Spanned<Duration>>,
}

/// A moment at which something must hold. Tasks of phases that start then or later wait for what it decides.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Checkpoint {
    /// The checkpoint in a few words.
    #[schemars(example = &"half of it is moved")]
    pub name: Option<Text>,

    /// When, counted from the start of the timeline.
    #[schemars(example = &"18h")]
    pub at: Spanned<Duration>,

    /// What must hold then: prose, `{metric: NAME}`, `{check: COMMAND}` and so on. All of it is looked at, also when
    /// something does not hold; prose asks a person. A check that does not say how long it may take has ten minutes.
    #[serde(default)]
    pub require: List<Condition>,

    /// What is done where all of it holds.
    pub on_pass: Option<Spanned<Reaction>>,

    /// What is done where it does not hold: the name of a procedure, or an object that says more. Without it the
    /// timeline is broken off, and what was done is rolled back: nobody decided to go on without what was required.
    pub on_miss: Option<Spanned<TextOr<Miss>>>,
}

/// What is done about a missed checkpoint: first the alert, then the procedure, then what `then` says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Miss {
    /// A procedure that is run.
    #[schemars(example = &"E2")]
    pub run: Option<Text>,

    /// The name of an alert that is raised.
    #[schemars(example = &"default")]
    pub alert: Option<Text>,

    /// What becomes of the timeline then. Without it: `recheck` where a procedure is run, `abort` where none is.
    pub then: Option<Spanned<AfterMiss>>,
}

/// What becomes of a timeline after a missed checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AfterMiss {
    /// Everything required is looked at once more. Where it holds now the timeline goes on, else it is broken off.
    Recheck,
    /// The timeline goes on in any case.
    Continue,
    /// The timeline is broken off and rolled back in any case.
    Abort,
}

impl Checkpoint {
    /// The procedure that a miss runs.
    #[must_use]
    pub fn repair(&self) -> Option<Text> {
        let on_miss = self.on_miss.as_ref()?;
        match &on_miss.value {
            TextOr::Text(procedure) => Some(Spanned { value: procedure.clone(), at: on_miss.at }),
            TextOr::Object(miss) => miss.run.clone(),
        }
    }

    /// The alert that a miss raises.
    #[must_use]
    pub fn miss_alert(&self) -> Option<&Text> {
        self.on_miss.as_ref().and_then(|on_miss| on_miss.value.object()).and_then(|miss| miss.alert.as_ref())
    }

    /// What becomes of the timeline after a miss.
    #[must_use]
    pub fn after_miss(&self) -> AfterMiss {
        let said =
            self.on_miss.as_ref().and_then(|on_miss| on_miss.value.object()).and_then(|miss| miss.then);
        match (said, self.repair()) {
            (Some(then), _) => then.value,
            (None, Some(_)) => AfterMiss::Recheck,
            (None, None) => AfterMiss::Abort,
        }
    }
}
