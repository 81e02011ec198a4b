//! A plan to look at: what an operator would write, with something of everything that a plan can say.

use rulec::plan::ir::*;

use super::plans::{finish, plan, source, step};

/// A place on a line of the rules.
fn at(file: &str, pointer: &str, line: u32) -> Source {
    Source { file: file.into(), pointer: pointer.into(), line }
}

fn run(id: &str, name: &str, command: &str, needs: &[&str]) -> Step {
    Step {
        name: name.into(),
        action: Action::Command { command: command.into() },
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        ..step(id)
    }
}

fn hold(text: &str, command: Option<&str>) -> Condition {
    let check = command.map(|command| Check {
        command: command.into(),
        timeout_ms: Some(10_000),
        measure: None,
        says: None,
    });
    Condition { text: text.into(), check, mandatory: true, source: source("/procedures/0/preconditions") }
}

/// A roll-out as an operator would write it, with something of everything that a plan can say.
pub(crate) fn roll_out() -> Plan {
    let backup = Step {
        timeout_ms: Some(600_000),
        read_only: true,
        owner: Some("database administrator".into()),
        output: true,
        env: [("PGDATABASE".into(), "ledger".into())].into(),
        ..run("backup", "Back up the ledger", "pg_dump --format=custom > \"backup/$RELEASE.dump\"", &[])
    };
    let config = Step {
        name: "Write the new configuration".into(),
        action: Action::File {
            path: "config/ledger.toml".into(),
            content: Some("[server]\nport = 8443\n".into()),
            from: None,
            expect_sha256: Some("5e".repeat(32)),
            mode: Some("0640".into()),
            absent: false,
        },
        needs: vec!["backup".into()],
        timeout_ms: None,
        ..step("config")
    };
    let migrate = Step {
        timeout_ms: Some(300_000),
        estimated_ms: Some(45_000),
        grace_ms: 30_000,
        owner: Some("database administrator".into()),
        working_dir: Some("services/ledger".into()),
        undo: Some(Undo {
            command: "./migrate down --to \"$FROM_SCHEMA\"".into(),
            timeout_ms: Some(300_000),
            ..Default::default()
        }),
        on_failure: OnFailure::Rollback,
        mutex: Some("schema".into()),
        remedies: vec![
            Remedy {
                exit_codes: vec![75],
                stderr_matches: Some("lock (held|timeout)".into()),
                run: vec!["./migrate unlock --if-stale".into()],
                then: RemedyThen::Retry,
                max: 2,
                fallback: false,
            },
            Remedy {
                exit_codes: vec![3],
                stderr_matches: None,
                run: Vec::new(),
                then: RemedyThen::Continue,
                max: 1,
                fallback: false,
            },
        ],
        retry: Retry {
            retries: 3,
            delay_ms: 5_000,
            backoff: Backoff::Exponential,
            max_delay_ms: Some(60_000),
            on_exit_codes: vec![75, 124],
        },
        ..run("migrate", "Migrate the schema", "./migrate up \\\n  --release \"$RELEASE\"", &["backup"])
    };
    let deploy = |id: &str, node: &str, needs: &[&str]| Step {
        timeout_ms: Some(120_000),
        grace_ms: 10_000,
        owner: Some("operator".into()),
        undo: Some(Undo {
            command: format!("ledgerctl deploy {node} --release \"$(cat releases/{node}.last)\""),
            timeout_ms: Some(120_000),
            ..Default::default()
        }),
        idempotent: true,
        verify: Some(Verify {
            command: format!("curl --fail --silent --max-time 3 https://{node}.ledger.internal/health"),
            timeout_ms: Some(5_000),
            attempts: 12,
            interval_ms: 5_000,
            says: None,
        }),
        on_failure: OnFailure::RetryThenAbort,
        retry: Retry { retries: 1, delay_ms: 10_000, ..step("").retry },
        delay_after_ms: 15_000,
        ..run(
            id,
            &format!("Deploy to {node}"),
            &format!("ledgerctl deploy {node} --release \"$RELEASE\""),
            needs,
        )
    };
    let look = Step {
        name: "Look at the balance report".into(),
        action: Action::Manual {
            instruction:
                "Open the balance report of today.\n1. The two totals must be equal.\n2. No line may be red."
                    .into(),
        },
        needs: vec!["web-1".into(), "web-2".into()],
        when: Some("steps.backup.status == \"ok\"".into()),
        timeout_ms: Some(900_000),
        estimated_ms: Some(120_000),
        owner: Some("accountant".into()),
        ..step("look")
    };
    let caches = Step {
        on_failure: OnFailure::AlertAndContinue,
        delay_before_ms: 5_000,
        irreversible: Some("a cache fills again by itself".into()),
        ..run("caches", "Clear the caches", "ledgerctl cache clear --all", &["web-1", "web-2"])
    };
    let mut all = plan(vec![
        backup,
        config,
        migrate,
        deploy("web-1", "web-1", &["config", "migrate"]),
        deploy("web-2", "web-2", &["config", "migrate"]),
        look,
        caches,
    ]);
    for (step, line) in all.steps.iter_mut().zip((40..).step_by(12)) {
        step.source.line = line;
    }
    all.entry = Entry {
        kind: EntryKind::Procedure,
        id: "roll-out".into(),
        name: "Roll out a release of the ledger".into(),
        description:
            "Brings a tested release of the ledger to production, one node beside the other.\n\nThe old \
                      release stays on the nodes until the next one."
                .into(),
        risk: Some(Risk::High),
        satisfies: vec!["G2".into(), "NFR-7".into()],
        source: at("L5-execution.yaml", "/procedures/0", 31),
    };
    all.sources = vec![
        SourceFile { file: "L3-constraints.toml".into(), sha256: "3c".repeat(32) },
        SourceFile { file: "L5-execution.yaml".into(), sha256: "a7".repeat(32) },
    ];
    all.environment = Some("production".into());
    all.facts = [("release_kind".into(), "minor".into())].into();
    all.decisions = [("nodes_at_once".into(), 2.into())].into();
    let input = |name: &str, kind, description: &str| Input {
        name: name.into(),
        kind,
        values: Vec::new(),
        min: None,
        max: None,
        value: None,
        default: None,
        required: true,
        description: description.into(),
        source: source("/procedures/0/inputs"),
    };
    all.inputs = vec![
        input("RELEASE", InputType::String, "the release, such as `2024.3`"),
        Input {
            default: Some("41".into()),
            required: false,
            ..input("FROM_SCHEMA", InputType::Int, "the schema to go back to")
        },
        Input {
            values: vec!["eu".into(), "us".into()],
            value: Some("eu".into()),
            ..input("REGION", InputType::Enum, "")
        },
        input("PGPASSWORD", InputType::Secret, "password of the role that migrates"),
    ];
    all.policy = Policy {
        lock: Some(Lock { scope: "ledger".into(), timeout_ms: 60_000 }),
        idempotency: Some(Idempotency { ttl_ms: 3_600_000 }),
        audit: Some(Audit { path: Some("audit/ledger.jsonl".into()), retention_days: Some(365) }),
        window: Some(Window {
            start: "22:00".into(),
            end: "04:00".into(),
            source: at("L3-constraints.toml", "/operational_constraints/deployment/allowed_hours", 12),
        }),
        approvals: vec![Approval {
            roles: vec!["release manager".into(), "head of operations".into()],
            reason: "the schema changes".into(),
            source: source("/procedures/0/approval"),
        }],
        allowed_paths: vec!["config/**".into(), "backup/**".into()],
        forbidden_paths: vec!["**/*.pem".into()],
        ..Policy::default()
    };
    all.preconditions = vec![
        hold("The release was tested in staging", None),
        Condition {
            check: Some(Check {
                command: "df --output=avail -BG backup | tail -n 1 | tr -dc 0-9".into(),
                timeout_ms: Some(10_000),
                measure: Some(Measure {
                    op: Comparison::GreaterOrEqual,
                    value: "50".into(),
                    unit: "GB".into(),
                }),
                says: None,
            }),
            ..hold("There is room for the backup", None)
        },
    ];
    all.max_parallel = Some(2);
    all.timeout_ms = Some(7_200_000);
    all.postconditions = vec![
        hold(
            "Both nodes answer",
            Some(
                "for node in web-1 web-2; do\n  curl --fail --silent \"https://$node.ledger.internal/health\" || exit 1\ndone",
            ),
        ),
        Condition { mandatory: false, ..hold("The status page says so", None) },
    ];
    all.rollbacks = vec![Rollback {
        procedure: "restore".into(),
        name: "Restore the ledger".into(),
        after: vec!["migrate".into()],
        steps: vec![
            Step {
                timeout_ms: Some(30_000),
                owner: Some("operator".into()),
                ..run("restore/stop", "Stop the ledger", "ledgerctl stop --all", &[])
            },
            Step {
                timeout_ms: Some(1_200_000),
                owner: Some("database administrator".into()),
                ..run(
                    "restore/load",
                    "Load the backup",
                    "pg_restore --clean \"backup/$RELEASE.dump\"",
                    &["restore/stop"],
                )
            },
        ],
        source: at("L5-execution.yaml", "/procedures/0/rollback_procedure", 36),
    }];
    all.finally = vec![Step {
        timeout_ms: Some(15_000),
        on_failure: OnFailure::Continue,
        ..run("finally/tell", "Tell the channel", "ledgerctl notify \"release $RELEASE: done\"", &[])
    }];
    all.alerts = [(
        "default".into(),
        Alert { command: "pager send \"$RULEC_ALERT_MESSAGE\"".into(), timeout_ms: Some(20_000) },
    )]
    .into();
    all.checklists = [("Hand-over".into(), vec![hold("The next shift knows", None)])].into();
    all.monitors = vec![
        Monitor {
            id: "M1".into(),
            text: "orders.latency <= 800 ms".into(),
            every_ms: 300_000,
            check: Check {
                command: "ledgerctl latency --last 5m".into(),
                timeout_ms: Some(300_000),
                measure: Some(Measure {
                    op: Comparison::LessOrEqual,
                    value: "800".into(),
                    unit: "ms".into(),
                }),
                says: None,
            },
            on_breach: Some(Reaction { alert: Some("default".into()), run: Some("restore".into()) }),
            satisfies: vec!["G1".into()],
            source: at("L5-execution.yaml", "/monitors/0", 140),
        },
        Monitor {
            id: "M2".into(),
            text: "ledgerctl ping".into(),
            every_ms: 30_000,
            check: Check {
                command: "ledgerctl ping".into(),
                timeout_ms: Some(30_000),
                measure: None,
                says: None,
            },
            on_breach: None,
            satisfies: Vec::new(),
            source: at("L5-execution.yaml", "/monitors/1", 145),
        },
    ];
    all.bounds.estimated_ms = Some(1_800_000);
    all.dropped = vec![Dropped {
        what: "step `canary`".into(),
        reason: "`decisions.nodes_at_once == 1` is false".into(),
        source: at("L5-execution.yaml", "/procedures/0/steps/7", 130),
    }];
    finish(all)
}
