//! The world of a run as JSON: how each `act NAME` of its plan behaves, who confirms what, which gates are shut,
//! when somebody cancels. The simulator plays in it, and `tests/conformance/act` behaves as it is laid out.

use std::collections::BTreeMap;
use std::path::Path;

use rulec::machine::{Gate, Launch, Machine, What};
use rulec::plan::Plan;
use rulec::simulate::{Answer, Behaviour, End, World, simulate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How jobs, people and gates behave. What is not named behaves well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Surroundings {
    /// The n-th run of a name behaves as the n-th of its list; the last repeats.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) jobs: BTreeMap<String, Vec<Act>>,
    /// Whether a person confirms these words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) people: BTreeMap<String, bool>,
    /// Whether these gates are passed, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) gates: BTreeMap<String, bool>,
    /// When somebody cancels the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cancel_at_ms: Option<u64>,
}

/// How one run of `act` behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Act {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) exit: u8,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) takes_ms: u64,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) hangs: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) ignores_term: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) stdout: String,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) stderr: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A plan as the simulator played it in a world.
#[derive(Debug)]
pub(crate) struct Played {
    /// The lines of the trace.
    pub(crate) lines: Vec<Value>,
    /// What people said, in order.
    pub(crate) answers: Vec<bool>,
    pub(crate) end: End,
}

impl Surroundings {
    /// Plays a plan in this world on the virtual clock.
    #[track_caller]
    pub(crate) fn play(&self, plan: &Plan) -> Played {
        let machine = Machine::new(plan).unwrap_or_else(|unfit| panic!("{}", unfit.message));
        let mut stage = self.stage(|_| 0);
        let trace = simulate(&machine, &mut stage, &BTreeMap::new());
        let line = |entry| serde_json::to_value(entry).expect("a record is JSON");
        let lines = trace.entries.iter().map(line).collect();
        Played { lines, answers: stage.answers, end: trace.end }
    }

    /// This world for one run, in which the n-th job takes so many milliseconds longer.
    pub(crate) fn stage(&self, late: fn(usize) -> u64) -> StageOf<'_> {
        StageOf { world: self, runs: BTreeMap::new(), jobs: 0, late, answers: Vec::new() }
    }

    /// True where a gate is passed.
    pub(crate) fn passes(&self, gate: Gate) -> bool {
        let name = serde_json::to_value(gate).expect("a gate is JSON");
        self.gates.get(name.as_str().expect("gates are named")).copied().unwrap_or(true)
    }

    /// Writes the folder that `act` finds its behaviour in.
    #[expect(clippy::disallowed_methods, reason = "commands find their world in files")]
    pub(crate) fn lay_out(&self, folder: &Path) {
        for (name, acts) in self.jobs.iter().filter(|(_, acts)| !acts.is_empty()) {
            let folder = folder.join(name);
            std::fs::create_dir_all(&folder).expect("a folder can be made");
            let write = |name: String, text: &str| {
                std::fs::write(folder.join(name), text).expect("a file can be written");
            };
            for (number, act) in (1..).zip(acts) {
                write(number.to_string(), &act.as_shell());
                for (printed, ending) in [(&act.stdout, "out"), (&act.stderr, "err")] {
                    if !printed.is_empty() {
                        write(format!("{number}.{ending}"), printed);
                    }
                }
            }
        }
    }
}

impl Act {
    fn as_shell(&self) -> String {
        let mut text = format!("exit={}\n", self.exit);
        if self.takes_ms > 0 {
            text += &format!("takes={}.{:03}\n", self.takes_ms / 1000, self.takes_ms % 1000);
        }
        for (is_so, name) in [(self.hangs, "hangs"), (self.ignores_term, "ignores_term")] {
            if is_so {
                text += &format!("{name}=1\n");
            }
        }
        text
    }
}

/// The world while a plan runs in it.
pub(crate) struct StageOf<'w> {
    world: &'w Surroundings,
    /// How often each name ran.
    runs: BTreeMap<&'w str, usize>,
    jobs: usize,
    late: fn(usize) -> u64,
    answers: Vec<bool>,
}

impl World for StageOf<'_> {
    fn run(&mut self, launch: &Launch<'_>) -> Behaviour {
        let What::Command(command) = launch.what else { panic!("no world has steps that write files") };
        let name = command.strip_prefix("act ").unwrap_or_else(|| panic!("`{command}` is not `act NAME`"));
        let act = self.world.jobs.get_key_value(name).map(|(name, acts)| {
            let run = self.runs.entry(name).or_default();
            *run += 1;
            acts.get(*run - 1).or(acts.last()).cloned().unwrap_or_default()
        });
        let act = act.unwrap_or_default();
        self.jobs += 1;
        Behaviour {
            exit: act.exit,
            takes_ms: act.takes_ms + (self.late)(self.jobs),
            hangs: act.hangs,
            ignores_term: act.ignores_term,
            stdout: act.stdout,
            stderr: act.stderr,
        }
    }

    fn ask(&mut self, _: &Launch<'_>, words: &str) -> Answer {
        let confirms = self.world.people.get(words).copied().unwrap_or(true);
        self.answers.push(confirms);
        Answer { confirms, takes_ms: 0 }
    }

    fn passes(&mut self, gate: Gate) -> bool {
        self.world.passes(gate)
    }

    fn cancels_at(&self) -> Option<u64> {
        self.world.cancel_at_ms
    }
}
