//! L3, constraints: what no procedure may exceed or touch.
//!
//! The five groups are open: anything may stand in them. Only the leaves that are enforced have types.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::choice::{TextOr, either};
use super::collections::{Entry, List, Map, Texts};
use super::l1_goals::ThresholdText;
use super::spanned::{Open, Spanned, Text};
use crate::scalar::{DailyWindow, Duration, Privilege};

/// The content of a file of layer L3.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Constraints {
    /// Limits of the platform, hardware and software. Anything may stand here.
    pub technical_constraints: Option<Open>,

    /// Limits on time, throughput and resources. Beside the known keys anything may stand.
    pub performance_constraints: Option<Spanned<PerformanceConstraints>>,

    /// What security demands. Beside the known keys anything may stand.
    pub security_constraints: Option<Spanned<SecurityConstraints>>,

    /// What operation demands. Beside the known keys anything may stand.
    pub operational_constraints: Option<Spanned<OperationalConstraints>>,

    /// What law and business demand. Anything may stand here.
    pub business_constraints: Option<Open>,

    /// The execution policy: what a run may touch, how long it may take, what it must bring.
    pub executor: Option<Spanned<Executor>>,

    /// Your own constraints: a list, or groups of lists.
    #[serde(default)]
    pub constraints: OwnConstraints,
}

/// Limits on time, throughput and resources. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct PerformanceConstraints {
    /// The threshold on the time that each run of a procedure takes. Before it may stand which of many runs is meant, as
    /// in `p95 < 30s`. Held against what the procedures do.
    #[schemars(example = &"p95 < 30s")]
    pub procedure_time: Option<Spanned<ThresholdText>>,

    /// The threshold on the time that each step takes, from its first attempt to its last, without the delays before and
    /// after it. Before it may stand which of many is meant, as in `p95 < 10s`. Held against `procedure_time`, and against
    /// the goals that bound procedures.
    #[schemars(example = &"p95 < 10s")]
    pub step_time: Option<Spanned<ThresholdText>>,
}

/// What security demands. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct SecurityConstraints {
    /// What may be reached over the network. Beside the known keys anything may stand.
    pub network_security: Option<Spanned<NetworkSecurity>>,

    /// Who may do what. Beside the known keys anything may stand.
    pub authorization: Option<Spanned<Authorization>>,
}

/// What may be reached over the network. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct NetworkSecurity {
    /// The TCP ports that components, commands and checks may use. Enforced.
    #[schemars(example = [8080, 8081])]
    #[schemars(inner(range(min = 1, max = 65_535)))]
    pub allowed_ports: Option<Spanned<List<u16>>>,
}

/// Who may do what. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct Authorization {
    /// The roles that approvals and owners may name. Enforced.
    pub roles: Option<Spanned<Texts>>,

    /// What each user of a database is granted, by the user's name, in the words of PostgreSQL or of MySQL; `ALL` for an
    /// owner. Enforced: commands and checks that hand SQL to `psql`, `mysql` or `mariadb` as one of these users ask for
    /// nothing else.
    #[serde(default)]
    #[schemars(example = &serde_json::json!({ "shop": ["CONNECT", "SELECT", "INSERT"], "keeper": ["ALL"] }))]
    pub database_users: Map<List<Privilege>>,
}

/// What operation demands. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct OperationalConstraints {
    /// How changes are brought out. Beside the known keys anything may stand.
    pub deployment: Option<Spanned<Deployment>>,
}

/// How changes are brought out. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct Deployment {
    /// The threshold on the worst-case duration of every rollback. Enforced.
    #[schemars(example = &"< 30 minutes")]
    pub rollback_time: Option<Spanned<ThresholdText>>,

    /// The hours, `HH:MM-HH:MM`, in which procedures with `window: maintenance` may run. Enforced.
    #[schemars(example = &"02:00-06:00")]
    pub allowed_hours: Option<Spanned<DailyWindow>>,

    /// Whether procedures of risk `high` or `critical` must first run a procedure tagged `backup`. Enforced.
    #[schemars(extend("default" = false))]
    pub backup_required: Option<Spanned<bool>>,
}

/// The execution policy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Executor {
    /// The paths (globs) that procedures may write to; without any, all that are not forbidden. One that begins with
    /// `/` allows paths from the root, another those from the folder of the run.
    #[schemars(example = ["services/**", "config/*.conf"])]
    pub allowed_paths: Option<Spanned<Texts>>,

    /// The paths (globs) that no procedure may write to.
    #[serde(default)]
    #[schemars(example = ["**/.env", ".git/**"])]
    pub forbidden_paths: Texts,

    /// The paths (globs) that procedures may look at only, where no stronger list says otherwise.
    #[serde(default)]
    #[schemars(example = ["docs/**"])]
    pub read_only_paths: Texts,

    /// The paths (globs) that procedures may write to all the same: exceptions of a weaker list.
    #[serde(default)]
    #[schemars(example = ["docs/generated/**"])]
    pub write_allowed_paths: Texts,

    /// Which list decides of a path that several of them name: the strongest first. `forbidden_paths` must be the
    /// first, and each list that is stated must be here.
    #[schemars(extend("default" = ["forbidden_paths", "read_only_paths", "write_allowed_paths", "allowed_paths"]))]
    pub path_precedence: Option<Spanned<List<PathList>>>,

    /// How risky some changes are at least, whatever a procedure states.
    #[serde(default)]
    pub risk_floors: List<RiskFloor>,

    /// Bounds on every run.
    pub constraints: Option<Spanned<ExecutorLimits>>,

    /// The risks at which a procedure must have a health check.
    #[serde(default)]
    #[schemars(example = ["high", "critical"])]
    pub require_health_checks_for_risk: List<Risk>,

    /// The risks at which every changing step must be verified.
    #[serde(default)]
    #[schemars(example = ["medium", "high", "critical"])]
    pub require_verification_for_risk: List<Risk>,

    /// The risks at which a procedure must have a way back.
    #[serde(default)]
    #[schemars(example = ["high", "critical"])]
    pub require_rollback_for_risk: List<Risk>,

    /// What a procedure may change only with an approval: paths (globs), or objects that say more.
    #[serde(default)]
    #[schemars(example = ["migrations/**"])]
    pub always_review_categories: List<TextOr<ReviewCategory>>,

    /// What of a change is taken back by whom.
    pub rollback: Option<Spanned<RollbackPolicy>>,

    /// Where the old files are kept that a change may be taken back to, and for how long.
    pub backups: Option<Spanned<BackupPolicy>>,

    /// Whether two runs may happen at once.
    pub concurrency: Option<Spanned<Concurrency>>,

    /// Whether a run that has succeeded may run again.
    pub idempotency: Option<Spanned<Idempotency>>,

    /// Where it is recorded what was done.
    pub audit: Option<Spanned<Audit>>,
}

/// A list of paths of the execution policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
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

impl PathList {
    /// All lists, the strongest first where nothing else is said.
    pub const ALL: [Self; 4] =
        [Self::ForbiddenPaths, Self::ReadOnlyPaths, Self::WriteAllowedPaths, Self::AllowedPaths];

    /// Its key.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PathList::ForbiddenPaths => "forbidden_paths",
            PathList::ReadOnlyPaths => "read_only_paths",
            PathList::WriteAllowedPaths => "write_allowed_paths",
            PathList::AllowedPaths => "allowed_paths",
        }
    }
}

impl Executor {
    /// The globs of a list; none where it is not stated.
    #[must_use]
    pub fn paths(&self, list: PathList) -> &[Spanned<String>] {
        match list {
            PathList::ForbiddenPaths => &self.forbidden_paths,
            PathList::ReadOnlyPaths => &self.read_only_paths,
            PathList::WriteAllowedPaths => &self.write_allowed_paths,
            PathList::AllowedPaths => self.allowed_paths.as_ref().map_or(&[], |paths| &paths.value),
        }
    }

    /// The lists, the strongest first. Lists that `path_precedence` leaves out come last.
    #[must_use]
    pub fn precedence(&self) -> Vec<PathList> {
        let stated = self.path_precedence.as_ref().map(|lists| lists.value.iter().map(|list| list.value));
        let mut order: Vec<PathList> = Vec::new();
        for list in stated.into_iter().flatten().chain(PathList::ALL) {
            if !order.contains(&list) {
                order.push(list);
            }
        }
        order
    }
}

/// What a step does to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Operation {
    /// It makes one where none is.
    Create,
    /// It writes to one that is there.
    Update,
    /// It deletes one.
    Delete,
}

/// How risky some changes are at least. A change is meant where it is all that is stated here.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-some-of" = ["paths", "operations", "lines_over"]))]
pub struct RiskFloor {
    /// Paths (globs) of what is changed; without any, all.
    #[serde(default)]
    #[schemars(example = ["migrations/**"])]
    pub paths: Texts,

    /// What is done; without any, all. A step that writes a file counts as `create` and as `update` where
    /// `expect_sha256` does not tell which it is.
    #[serde(default)]
    #[schemars(example = ["delete"])]
    pub operations: List<Operation>,

    /// More lines than these are written by all of these changes together, as far as their content is stated.
    #[schemars(range(min = 0, max = 1_000_000), example = 500)]
    pub lines_over: Option<Spanned<u32>>,

    /// The risk that a procedure with such a change has at least.
    pub at_least: Spanned<Risk>,
}

/// Changes that need an approval. A change is meant where it is all that is stated here.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-some-of" = ["paths", "operations"]))]
pub struct ReviewCategory {
    /// What these changes are called.
    #[schemars(example = &"critical configuration")]
    pub name: Option<Text>,

    /// Paths (globs) of what is changed; without any, all.
    #[serde(default)]
    #[schemars(example = ["config/**"])]
    pub paths: Texts,

    /// What is done; without any, all.
    #[serde(default)]
    #[schemars(example = ["delete"])]
    pub operations: List<Operation>,
}

/// What of a change is taken back by whom.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct RollbackPolicy {
    /// Paths (globs) of files that a run takes back by itself: no others, where any are stated; without any, all that
    /// `manual_paths` does not name.
    #[serde(default)]
    #[schemars(example = ["services/**"])]
    pub automatic_paths: Texts,

    /// Paths (globs) of files that only a person takes back: a rollback leaves them, says so, and has failed in that
    /// part.
    #[serde(default)]
    #[schemars(example = ["migrations/**"])]
    pub manual_paths: Texts,

    /// Whether the checks among the preconditions of a procedure are held again after its rollback.
    #[schemars(extend("default" = false))]
    pub verify_after_rollback: Option<Spanned<bool>>,

    /// How often the `undo` of a step, and a step of a rollback procedure that does not say so itself, are tried at most.
    /// Putting back the old content of a file is tried once.
    #[schemars(range(min = 1, max = 100), extend("default" = 1), example = 3)]
    pub max_attempts: Option<Spanned<u32>>,
}

/// Where the old files are kept that a change may be taken back to, and for how long.
///
/// Every `file` step backs up what it writes over or deletes: its undo is nothing else.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct BackupPolicy {
    /// The folder that holds them, relative to the folder of the run, without `..`; without it, the folder of the run's
    /// own record. It is for the user of the run alone.
    #[schemars(example = &"run/backups")]
    pub location: Option<Text>,

    /// Whether a backup is always made. Only `true` can be held: without its backup no `file` step could be undone.
    #[schemars(extend("default" = true))]
    pub always: Option<Spanned<bool>>,

    /// Whether the backups of a run are removed once it is on record that it has succeeded.
    #[schemars(extend("default" = false))]
    pub delete_on_success: Option<Spanned<bool>>,

    /// How long the backups of a run that has ended are kept: whole seconds, or text such as `7d`; without it, for as
    /// long as the run's record, or for ever in a `location`. What is older goes when a run begins or ends. A run
    /// that was not brought to its end keeps its own.
    #[schemars(example = &"7d")]
    pub max_age: Option<Spanned<Duration>>,
}

/// Bounds on every run.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ExecutorLimits {
    /// How many files a procedure may touch.
    #[schemars(range(min = 0, max = 1_000_000), example = 50)]
    pub max_files_touched: Option<Spanned<u32>>,

    /// How many lines a procedure may write to files. What a step copies from a file is counted when it runs.
    #[schemars(range(min = 0, max = 10_000_000), example = 5000)]
    pub max_patch_lines: Option<Spanned<u32>>,

    /// How long a run may take in the worst case: whole seconds, or text such as `5m`.
    #[schemars(example = &"5m")]
    pub max_execution_time: Option<Spanned<Duration>>,

    /// How long one attempt of a step may take: whole seconds, or text such as `60s`.
    #[schemars(example = &"60s")]
    pub max_step_time: Option<Spanned<Duration>>,
}

/// How risky a procedure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Risk {
    /// Little can go wrong.
    Low,
    /// Something can go wrong, and is easily mended.
    Medium,
    /// Much can go wrong.
    High,
    /// Everything can go wrong.
    Critical,
}

/// Whether two runs may happen at once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Concurrency {
    /// Whether runs lock each other out.
    #[schemars(extend("default" = true))]
    pub enabled: Option<Spanned<bool>>,

    /// What a run locks: runs with the same scope exclude each other.
    #[schemars(extend("default" = "ruleset"), example = &"bakery")]
    pub lock_scope: Option<Text>,

    /// How long a run waits for the lock before it is refused: whole seconds, or text such as `10m`.
    #[schemars(example = &"10m")]
    pub lock_timeout: Option<Spanned<Duration>>,
}

/// Whether a run that has succeeded may run again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Idempotency {
    /// Whether the result of a run is kept, and given again to an equal run.
    #[schemars(extend("default" = false))]
    pub enabled: Option<Spanned<bool>>,

    /// How long a result is kept: whole seconds, or text such as `1h`.
    #[schemars(example = &"1h")]
    pub cached_result_ttl: Option<Spanned<Duration>>,
}

/// Where it is recorded what was done.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Audit {
    /// Whether it is recorded.
    #[schemars(extend("default" = true))]
    pub enabled: Option<Spanned<bool>>,

    /// The file that holds the log, relative to the folder of the run.
    #[schemars(example = &"logs/audit.jsonl")]
    pub path: Option<Text>,

    /// How many days the log is kept.
    #[schemars(range(min = 0, max = 1_000_000), example = 90)]
    pub retention_days: Option<Spanned<u32>>,
}

/// The user's own constraints, groups and all.
#[derive(Debug, Clone, Default)]
pub struct OwnConstraints {
    /// The constraints in order of the source.
    pub items: Vec<OwnConstraint>,
}

/// A constraint of the user's own and the group that it stands in.
#[derive(Debug, Clone)]
pub struct OwnConstraint {
    /// The name of its group, where it has one.
    pub group: Option<Text>,
    /// The constraint.
    pub constraint: Spanned<Constraint>,
}

impl<'de> Deserialize<'de> for OwnConstraints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OwnVisitor;

        impl<'de> Visitor<'de> for OwnVisitor {
            type Value = OwnConstraints;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of constraints, or groups of lists")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<OwnConstraints, A::Error> {
                let list = List::deserialize(SeqAccessDeserializer::new(list))?;
                let items = list.into_iter().map(|constraint| OwnConstraint { group: None, constraint });
                Ok(OwnConstraints { items: items.collect() })
            }

            fn visit_map<A: MapAccess<'de>>(self, groups: A) -> Result<OwnConstraints, A::Error> {
                let groups = Map::<List<Constraint>>::deserialize(MapAccessDeserializer::new(groups))?;
                let of_group = |Entry { name, value }: Entry<List<Constraint>>| {
                    let named = move |constraint| OwnConstraint { group: Some(name.clone()), constraint };
                    value.value.into_iter().map(named)
                };
                Ok(OwnConstraints { items: groups.into_iter().flat_map(of_group).collect() })
            }
        }

        deserializer.deserialize_any(OwnVisitor)
    }
}

impl JsonSchema for OwnConstraints {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OwnConstraints".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = List::<Constraint>::json_schema(generator);
        either(list, Map::<List<Constraint>>::json_schema(generator))
    }
}

/// A constraint of your own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("dependentRequired" = {"assert": ["for"]}))]
pub struct Constraint {
    /// The constraint's id, unique in the rule set.
    #[schemars(example = &"C1")]
    pub id: Text,

    /// The constraint as prose.
    #[schemars(example = &"every procedure has an owner")]
    pub rule: Option<Text>,

    /// Ids of goals or requirements that the constraint serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// What it is held against: each of these in turn.
    #[serde(rename = "for")]
    pub subject: Option<Spanned<Subject>>,

    /// What must be true of each: an expression (CEL) over `procedure`, `step`, `component` or `goal`; of
    /// environments over `settings.NAME`.
    /// Without any expression, the constraint is prose.
    #[schemars(example = &"step.timeout <= duration(\"60s\")")]
    pub assert: Option<Text>,

    /// What must be true in every state of every run, which `rulec verify` proves: an expression (CEL) over
    /// `procedure.id` and `.risk`, `run.phase` and `.outcome`, and `steps.ID.status`, `.begun` and `.undone`. It
    /// holds for the procedures and decisions that have all steps that it names.
    #[schemars(example = &"steps.deploy.status != \"running\" || steps.backup.status == \"ok\"")]
    pub always: Option<Text>,

    /// What must be true in no state of any run, over the same names as `always`.
    #[schemars(example = &"run.outcome == \"failed\" && steps.migrate.begun && !steps.migrate.undone")]
    pub never: Option<Text>,

    /// How grave a violation is.
    #[schemars(extend("default" = "mandatory"))]
    pub enforcement: Option<Spanned<Enforcement>>,
}

impl Constraint {
    /// How grave a violation is.
    #[must_use]
    pub fn enforcement(&self) -> Enforcement {
        self.enforcement.map_or(Enforcement::Mandatory, |enforcement| enforcement.value)
    }
}

/// What a constraint is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Subject {
    /// Every procedure.
    Procedures,
    /// Every step of every procedure.
    Steps,
    /// Every component.
    Components,
    /// Every goal.
    Goals,
    /// Every environment: its values of the settings.
    Environments,
}

/// How grave a violation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Enforcement {
    /// An error.
    Mandatory,
    /// A warning.
    Recommended,
    /// A note.
    Advisory,
}
