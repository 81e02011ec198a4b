//! How a run is governed: what L3's `executor` says, and what the procedure asks for.

use petgraph::graph::NodeIndex;

use super::super::paths::{self, Boundary, Verdict};
use super::super::{gate, ir, rules};
use super::context::Context;
use super::parts::condition_step;
use crate::diagnostic::Diagnostic;
use crate::model::{self, At, Executor, Layer, PathList, Procedure, RuleSet, Spanned, Window};
use crate::scalar::{DailyWindow, Duration};

/// The lock that runs take where nothing names one.
const DEFAULT_SCOPE: &str = "ruleset";
/// How long the result of a run stands where the rules do not say.
const DEFAULT_TTL_MS: u64 = 3_600_000;

impl Context<'_, '_> {
    pub(super) fn policy(&mut self, index: NodeIndex, procedure: &Procedure) -> ir::Policy {
        let mut policy = self.bare_policy(procedure.id.at);
        policy.gate = gate::of(self.graph, index, procedure, |at| self.source(at));
        self.gates(procedure, &mut policy);
        // Whatever lint was silenced: what is under review does not start without an approval.
        if let Some(gate) = &policy.gate
            && gate.verdict == ir::GateVerdict::NeedsApproval
            && policy.approvals.is_empty()
        {
            let reasons: Vec<&str> = gate.reasons.iter().map(|reason| reason.text.as_str()).collect();
            let source = gate.reasons[0].source.clone();
            policy.approvals.push(ir::Approval { roles: Vec::new(), reason: reasons.join("; "), source });
        }
        policy
    }

    /// The risk of a procedure: what it states, or the floor under it where that is higher.
    pub(super) fn risk(&self, index: NodeIndex, procedure: &Procedure) -> Option<model::Risk> {
        let stated = procedure.risk.map(|risk| risk.value);
        if gate::executors(self.graph.rules).all(|executor| executor.risk_floors.is_empty()) {
            return stated;
        }
        let changes = gate::changes(self.graph, index, procedure);
        stated.max(gate::raised(self.graph.rules, &changes).map(|raised| raised.risk))
    }

    /// The policy of something that asks for nothing itself.
    pub(super) fn bare_policy(&self, entry: At) -> ir::Policy {
        let executor = self.governance.executor;
        let concurrency = executor.and_then(|it| it.concurrency.as_ref());
        let lock = concurrency.and_then(|it| it.enabled).is_none_or(|enabled| enabled.value).then(|| {
            let named = concurrency.and_then(|it| it.lock_scope.as_ref()).map(|scope| scope.value.clone());
            let file =
                self.graph.rules.file(entry.file).and_then(|loaded| loaded.document.header.name.clone());
            let scope = named.or_else(|| self.lock_scope.clone()).or_else(|| file.map(|name| name.value));
            let timeout =
                concurrency.and_then(|it| it.lock_timeout).map_or(Duration::ZERO, |timeout| timeout.value);
            ir::Lock { scope: scope.unwrap_or_else(|| DEFAULT_SCOPE.into()), timeout_ms: timeout.as_millis() }
        });
        let idempotency = executor.and_then(|it| it.idempotency.as_ref());
        let idempotency =
            idempotency.filter(|it| it.enabled.is_some_and(|enabled| enabled.value)).map(|it| {
                ir::Idempotency {
                    ttl_ms: it.cached_result_ttl.map_or(DEFAULT_TTL_MS, |ttl| ttl.value.as_millis()),
                }
            });
        let audit = executor.and_then(|it| it.audit.as_ref());
        let audit = audit.filter(|it| it.enabled.is_none_or(|enabled| enabled.value)).map(|it| ir::Audit {
            path: it.path.as_ref().map(|path| path.value.clone()),
            retention_days: it.retention_days.map(|days| days.value),
        });
        let globs = |texts: &model::Texts| texts.iter().map(|text| text.value.clone()).collect();
        ir::Policy {
            lock,
            idempotency,
            audit,
            window: None,
            approvals: Vec::new(),
            allowed_paths: executor
                .and_then(|it| it.allowed_paths.as_ref())
                .map(|paths| globs(&paths.value))
                .unwrap_or_default(),
            forbidden_paths: executor.map(|it| globs(&it.forbidden_paths)).unwrap_or_default(),
            read_only_paths: executor.map(|it| globs(&it.read_only_paths)).unwrap_or_default(),
            write_allowed_paths: executor.map(|it| globs(&it.write_allowed_paths)).unwrap_or_default(),
            path_precedence: executor
                .filter(|it| it.path_precedence.is_some())
                .map(|it| it.precedence().into_iter().map(path_list).collect())
                .unwrap_or_default(),
            max_patch_lines: executor
                .and_then(|it| it.constraints.as_ref())
                .and_then(|limits| limits.max_patch_lines)
                .map(|limit| limit.value),
            backups: executor.and_then(|it| it.backups.as_ref()).map(|it| backups(it)),
            gate: None,
        }
    }

    /// What L3 says of rollbacks: what a person takes back, how often a step is tried, what is held again.
    pub(super) fn govern_rollback(
        &mut self,
        procedure: &Procedure,
        steps: &mut [ir::Step],
        rollbacks: &mut Vec<ir::Rollback>,
        preconditions: &[ir::Condition],
    ) {
        let Some(policy) = self.governance.executor.and_then(|it| it.rollback.as_ref()) else { return };
        let globs =
            |texts: &model::Texts| -> Vec<String> { texts.iter().map(|path| path.value.clone()).collect() };
        let (automatic, manual) = (globs(&policy.automatic_paths), globs(&policy.manual_paths));
        let (automatic, manual) = (Boundary::new(&automatic, &[]), Boundary::new(&[], &manual));
        let backups = self.governance.executor.and_then(|it| it.backups.as_ref());
        let location = backups.and_then(|it| it.location.as_ref());
        let place = location.map_or("the folder of the run", |location| &location.value);
        for step in steps.iter_mut().filter(|step| step.undo.is_none()) {
            let ir::Action::File { path, .. } = &step.action else { continue };
            let path = paths::written(step.working_dir.as_deref(), path);
            if manual.judge(&path) == Verdict::Allowed && automatic.judge(&path) == Verdict::Allowed {
                continue;
            }
            let words = format!(
                "{path}: only a person takes this back; what was there before is kept in {place}, if it was changed"
            );
            let command = format!("printf '%s\n' '{}' >&2\nexit 1", words.replace('\'', r"'\''"));
            let timeout_ms = Some(ir::CHECK_GRACE_MS);
            step.undo = Some(ir::Undo { command, timeout_ms, retries: 0, manual: true });
        }
        if let Some(attempts) = policy.max_attempts {
            let retries = attempts.value.saturating_sub(1);
            let all = rollbacks.iter_mut().flat_map(|rollback| &mut rollback.steps);
            for step in all.filter(|step| step.retry.retries == 0) {
                step.retry.retries = retries;
                step.retry.delay_ms = ir::ROLLBACK_DELAY_MS;
            }
            for undo in steps.iter_mut().filter_map(|step| step.undo.as_mut()).filter(|undo| !undo.manual) {
                undo.retries = retries;
            }
        }
        let verifies = policy.verify_after_rollback.filter(|verifies| verifies.value);
        let checked = preconditions.iter().filter(|condition| condition.check.is_some());
        let id = format!("{}/after", procedure.id.value);
        let steps: Vec<ir::Step> = (1..)
            .zip(checked)
            .map(|(number, condition)| condition_step(format!("{id}-{number}"), condition.clone()))
            .collect();
        if let Some(verifies) = verifies
            && !steps.is_empty()
        {
            let (name, source) = ("Hold again what held before".to_owned(), self.source(verifies.at));
            rollbacks.push(ir::Rollback { procedure: id, name, after: Vec::new(), steps, source });
        }
    }

    /// Holds the path of a file that a step writes under `dir` against what may be written.
    pub(super) fn may_write(&mut self, file: &model::FileWrite, dir: Option<&str>) {
        let path = paths::written(dir, &file.path.value);
        if let Some(fault) = paths::fault(&file.path.value) {
            self.report(
                &rules::PATH_NOT_ALLOWED,
                file.path.at,
                format!("`{}` {fault}", file.path.value),
                "write the path of a file, from the folder of the run and without `..`",
            );
            return;
        }
        let verdict = match self.governance.boundary.judge(&path) {
            Verdict::Allowed => return,
            Verdict::Forbidden(glob) => Some((PathList::ForbiddenPaths, glob.to_owned())),
            Verdict::ReadOnly(glob) => Some((PathList::ReadOnlyPaths, glob.to_owned())),
            Verdict::Outside => None,
        };
        self.not_allowed(&path, file.path.at, verdict);
    }

    /// Holds the paths that a procedure says it writes against what may be written.
    pub(super) fn may_touch(&mut self, writes: &model::Texts) {
        for glob in writes {
            let verdict = match self.governance.boundary.judge_glob(&glob.value) {
                Verdict::Allowed => continue,
                Verdict::Forbidden(glob) => Some((PathList::ForbiddenPaths, glob.to_owned())),
                Verdict::ReadOnly(glob) => Some((PathList::ReadOnlyPaths, glob.to_owned())),
                Verdict::Outside => None,
            };
            self.not_allowed(&glob.value, glob.at, verdict);
        }
    }

    fn not_allowed(&mut self, path: &str, at: At, decided_by: Option<(PathList, String)>) {
        let message = match &decided_by {
            Some((PathList::ReadOnlyPaths, glob)) => format!("`{path}` is made read-only by `{glob}`"),
            Some((_, glob)) => format!("`{path}` is forbidden by `{glob}`"),
            None => format!("`{path}` is not allowed"),
        };
        let mut finding = Diagnostic::new(&rules::PATH_NOT_ALLOWED, self.graph.rules.location(at), message);
        let executor = self.governance.executor;
        let (list, words) = match &decided_by {
            Some((list, glob)) => {
                let named = executor.and_then(|it| it.paths(*list).iter().find(|it| it.value == *glob));
                let is_forbidden = *list == PathList::ForbiddenPaths;
                let words = if is_forbidden { "this forbids it" } else { "this lets it be looked at only" };
                (named.map(|it| it.at), words)
            }
            None => (executor.and_then(|it| it.allowed_paths.as_ref()).map(|it| it.at), "these are allowed"),
        };
        if let Some(list) = list {
            finding = finding.related(self.graph.rules.location(list), words);
        }
        self.found.push(finding.help("write a path that L3 allows, or change what it allows"));
    }

    /// The approval and the window that a procedure asks for.
    fn gates(&mut self, procedure: &Procedure, policy: &mut ir::Policy) {
        if let Some(approval) = &procedure.approval {
            policy.approvals.push(self.approval(approval));
        }
        if let Some(window) = procedure.window {
            let Window::Maintenance = window.value;
            if let Some((start, end)) = self.hours(window.at) {
                policy.window = Some(ir::Window { start, end, source: self.source(window.at) });
            }
        }
    }

    pub(super) fn approval(&self, approval: &Spanned<model::Approval>) -> ir::Approval {
        ir::Approval {
            roles: approval.roles.iter().map(|role| role.value.clone()).collect(),
            reason: super::text(approval.reason.as_ref()),
            source: self.source(approval.at),
        }
    }

    /// From when to when maintenance is, `HH:MM` each; where nobody says, that is reported at the place that asks.
    pub(super) fn hours(&mut self, at: At) -> Option<(String, String)> {
        let Some(hours) = self.governance.allowed_hours else {
            self.report(
                &rules::WINDOW_WITHOUT_HOURS,
                at,
                "no constraint says when maintenance is".into(),
                "state `operational_constraints.deployment.allowed_hours` in L3, such as `02:00-06:00`",
            );
            return None;
        };
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        Some((clock(hours.start()), clock(hours.end())))
    }
}

/// What the constraints of L3 say for all runs; the first file that says something counts.
#[derive(Default)]
pub(super) struct Governance<'a> {
    executor: Option<&'a Executor>,
    boundary: Boundary,
    allowed_hours: Option<DailyWindow>,
}

impl<'a> Governance<'a> {
    pub(super) fn of(rules: &'a RuleSet) -> Self {
        let mut governance = Self::default();
        for loaded in rules.files() {
            let Layer::Constraints(constraints) = &loaded.document.body else { continue };
            let executor = constraints.executor.as_ref().map(|executor| &executor.value);
            governance.executor = governance.executor.or(executor);
            let operational = constraints.operational_constraints.as_ref();
            let deployment = operational.and_then(|it| it.deployment.as_ref());
            let hours = deployment.and_then(|it| it.allowed_hours.map(|hours| hours.value));
            governance.allowed_hours = governance.allowed_hours.or(hours);
        }
        if let Some(executor) = governance.executor {
            let globs = |list: PathList| -> Vec<String> {
                executor.paths(list).iter().map(|text| text.value.clone()).collect()
            };
            let lists: Vec<_> = executor.precedence().into_iter().map(|list| (list, globs(list))).collect();
            governance.boundary = Boundary::of(lists.iter().map(|(list, globs)| (*list, globs.as_slice())));
        }
        governance
    }
}

/// Where old files are kept; `always` says nothing that is not so in any case.
fn backups(policy: &model::BackupPolicy) -> ir::Backups {
    ir::Backups {
        location: policy.location.as_ref().map(|folder| paths::written(None, &folder.value)),
        delete_on_success: policy.delete_on_success.is_some_and(|deleted| deleted.value),
        max_age_ms: policy.max_age.map(|age| age.value.as_millis()),
    }
}

fn path_list(list: PathList) -> ir::PathList {
    match list {
        PathList::ForbiddenPaths => ir::PathList::ForbiddenPaths,
        PathList::ReadOnlyPaths => ir::PathList::ReadOnlyPaths,
        PathList::WriteAllowedPaths => ir::PathList::WriteAllowedPaths,
        PathList::AllowedPaths => ir::PathList::AllowedPaths,
    }
}

pub(super) fn risk(risk: model::Risk) -> ir::Risk {
    match risk {
        model::Risk::Low => ir::Risk::Low,
        model::Risk::Medium => ir::Risk::Medium,
        model::Risk::High => ir::Risk::High,
        model::Risk::Critical => ir::Risk::Critical,
    }
}
