//! How a run is governed: what L3's `executor` says, and what the procedure asks for.

use super::super::paths::{self, Boundary, Verdict};
use super::super::{ir, rules};
use super::context::Context;
use crate::diagnostic::Diagnostic;
use crate::model::{self, At, Executor, Layer, Procedure, RuleSet, Window};
use crate::scalar::{DailyWindow, Duration};

/// The lock that runs take where nothing names one.
const DEFAULT_SCOPE: &str = "ruleset";
/// How long the result of a run stands where the rules do not say.
const DEFAULT_TTL_MS: u64 = 3_600_000;

impl Context<'_, '_> {
    pub(super) fn policy(&mut self, procedure: &Procedure) -> ir::Policy {
        let mut policy = self.bare_policy(procedure.id.at);
        self.gates(procedure, &mut policy);
        policy
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
            Verdict::Forbidden(glob) => Some(glob.to_owned()),
            Verdict::Outside => None,
        };
        self.not_allowed(&path, file.path.at, verdict);
    }

    /// Holds the paths that a procedure says it writes against what may be written.
    pub(super) fn may_touch(&mut self, writes: &model::Texts) {
        for glob in writes {
            let verdict = match self.governance.boundary.judge_glob(&glob.value) {
                Verdict::Allowed => continue,
                Verdict::Forbidden(forbidden) => Some(forbidden.to_owned()),
                Verdict::Outside => None,
            };
            self.not_allowed(&glob.value, glob.at, verdict);
        }
    }

    fn not_allowed(&mut self, path: &str, at: At, forbidden_by: Option<String>) {
        let message = match &forbidden_by {
            Some(glob) => format!("`{path}` is forbidden by `{glob}`"),
            None => format!("`{path}` is not allowed"),
        };
        let mut finding = Diagnostic::new(&rules::PATH_NOT_ALLOWED, self.graph.rules.location(at), message);
        let executor = self.governance.executor;
        let (list, words) = match &forbidden_by {
            Some(glob) => {
                let list = executor.and_then(|it| it.forbidden_paths.iter().find(|it| it.value == *glob));
                (list.map(|it| it.at), "this forbids it")
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
            policy.approvals.push(ir::Approval {
                roles: approval.roles.iter().map(|role| role.value.clone()).collect(),
                reason: super::text(approval.reason.as_ref()),
                source: self.source(approval.at),
            });
        }
        if let Some(window) = procedure.window {
            let Window::Maintenance = window.value;
            match self.governance.allowed_hours {
                Some(hours) => {
                    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
                    let source = self.source(window.at);
                    policy.window =
                        Some(ir::Window { start: clock(hours.start()), end: clock(hours.end()), source });
                }
                None => self.report(
                    &rules::WINDOW_WITHOUT_HOURS,
                    window.at,
                    "no constraint says when maintenance is".into(),
                    "state `operational_constraints.deployment.allowed_hours` in L3, such as `02:00-06:00`",
                ),
            }
        }
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
            let globs =
                |texts: &model::Texts| texts.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
            let allowed =
                executor.allowed_paths.as_ref().map(|paths| globs(&paths.value)).unwrap_or_default();
            governance.boundary = Boundary::new(&allowed, &globs(&executor.forbidden_paths));
        }
        governance
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
