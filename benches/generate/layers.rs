//! The files of a team: what it must achieve, what it runs, what holds it, how it decides and what it does.
//!
//! Everything is named by arithmetic, so that any file can refer to what any other declares.

use super::random::Random;
use super::value::{Value, list, object};

/// A team's own name.
pub(super) fn name(team: usize) -> String {
    const NAMES: [&str; 8] =
        ["harbour", "meadow", "granite", "lantern", "orchard", "copper", "willow", "tide"];
    format!("{}-{team}", NAMES[team % NAMES.len()])
}

/// A team's files, as name without ending and content.
pub(super) fn team(team: usize, random: &mut Random) -> [(&'static str, Value); super::FILES_PER_TEAM] {
    let start = (0..SERVICES.len()).map(|service| call(team, service, "start", random)).collect();
    let stop = (0..SERVICES.len()).rev().map(|service| call(team, service, "stop", random)).collect();
    [
        ("L1-goals", goals(team, random)),
        ("L2-system", system(team, random)),
        ("L2-requirements", requirements(team, random)),
        ("L3-limits", limits(team, random)),
        ("L4-decisions", decisions(team, random)),
        ("L5-start", procedures(team, vec![procedure(team, "start", start, random)], random)),
        ("L5-stop", procedures(team, vec![procedure(team, "stop", stop, random)], random)),
        ("L5-backup", backup(team, random)),
        ("L5-release", release(team, random)),
        ("L5-watch", watch(team, random)),
    ]
}

const SERVICES: [&str; 4] = ["store", "orders", "desk", "mail"];

fn service(team: usize, index: usize) -> String {
    format!("{}-{}", name(team), SERVICES[index])
}

fn port(team: usize, index: usize) -> usize {
    10_000 + team * SERVICES.len() + index
}

fn header(team: usize, layer: &str, what: &str, random: &mut Random) -> Value {
    object()
        .with("$schema", format!("../../schemas/{layer}.schema.json"))
        .with("layer", layer)
        .with("name", format!("{}-{what}", name(team)))
        .with("description", random.sentence(12))
        .with("version", format!("1.{}.0", random.below(20)))
        .with("last_updated", format!("2026-0{}-1{}", 1 + random.below(9), random.below(9)))
}

fn probe(team: usize, index: usize) -> String {
    format!("curl --fail --silent --max-time 5 \"http://localhost:{}/health\"", port(team, index))
}

fn goals(team: usize, random: &mut Random) -> Value {
    let goals = (0..5).map(|goal| {
        let metrics = object().with("availability", random.of(&[">= 99.5%", ">= 99.9%"])).with(
            "latency",
            object()
                .with("target", "<= 500ms")
                .with("alert", "> 500ms")
                .with("probe", format!("./bin/measure --service {}", service(team, goal % SERVICES.len())))
                .with("unit", "ms"),
        );
        object()
            .with("id", format!("G{team}-{goal}"))
            .with("name", random.sentence(6))
            .with("description", random.sentence(16))
            .with("priority", random.of(&["P0", "P1", "P2", "P3"]))
            .with("category", random.of(&["operational", "functional", "quality"]))
            .with("owner", format!("{}-operator", name(team)))
            .with(
                "success_criteria",
                list([
                    random.sentence(9).into(),
                    object()
                        .with("criterion", random.sentence(7))
                        .with("check", probe(team, goal % SERVICES.len())),
                ]),
            )
            .with("metrics", metrics)
    });
    let goals = list(goals.collect::<Vec<_>>());
    let stakeholders = ["operator", "engineer"].map(|role| {
        object()
            .with("role", format!("{}-{role}", name(team)))
            .with("responsibility", random.sentence(8))
            .with("tools", list(["desk", "pager"]))
    });
    header(team, "L1", "goals", random)
        .with("goals", goals)
        .with("stakeholders", list(stakeholders))
        .with("non_goals", list([random.sentence(5)]))
}

fn system(team: usize, random: &mut Random) -> Value {
    let components = (0..SERVICES.len()).map(|index| {
        // The first service of a team rests on the first one of another team, the others on those before.
        let dependencies: Vec<String> = match index {
            0 if team == 0 => Vec::new(),
            0 => vec![service(team / 2, 0)],
            _ => (0..index).map(|before| service(team, before)).collect(),
        };
        let action = |verb: &str, undo: &str| {
            let command =
                |verb: &str| format!("./bin/service {verb} {} --port {}", SERVICES[index], port(team, index));
            let action =
                object().with("command", command(verb)).with("timeout", "10s").with("idempotent", true);
            if undo.is_empty() { action } else { action.with("undo", command(undo)) }
        };
        object()
            .with("name", service(team, index))
            .with("path", format!("services/{}", SERVICES[index]))
            .with("type", random.of(&["backend-service", "worker", "database"]))
            .with("port", port(team, index))
            .with("version", format!("2.{}.1", random.below(9)))
            .with("technology_stack", list(["Rust", "SQLite"]))
            .with("responsibilities", list([random.sentence(7)]))
            .with("dependencies", list(dependencies))
            .with("health", object().with("check", probe(team, index)).with("timeout", "10s"))
            .with("actions", object().with("start", action("start", "stop")).with("stop", action("stop", "")))
    });
    let components = list(components.collect::<Vec<_>>());
    let flows = (1..SERVICES.len()).map(|index| {
        object()
            .with("from", service(team, index))
            .with("to", service(team, index - 1))
            .with("data", list(["orders", "receipts"]))
            .with("protocol", "HTTP")
            .with("frequency", "every 30 seconds")
    });
    let context = object()
        .with("project_structure", object().with("root", ".").with("components", components))
        .with("data_flow", object().with("flows", list(flows)));
    header(team, "L2", "system", random).with("context", context)
}

fn requirements(team: usize, random: &mut Random) -> Value {
    let mut requirement = |kind: &str, index: usize| {
        object()
            .with("id", format!("{kind}{team}-{index}"))
            .with("description", random.sentence(14))
            .with("priority", random.of(&["P0", "P1", "P2"]))
            .with("source", random.of(&["customers", "auditors", "the night shift"]))
            .with("category", random.of(&["operations", "performance"]))
            .with("satisfies", list([format!("G{team}-{}", index % 5)]))
    };
    let functional: Vec<_> = (0..6).map(|index| requirement("FR", index)).collect();
    let non_functional: Vec<_> = (0..4).map(|index| requirement("NFR", index)).collect();
    let risks = (0..3).map(|index| {
        object()
            .with("id", format!("RK{team}-{index}"))
            .with("description", random.sentence(9))
            .with("impact", "high")
            .with("likelihood", random.of(&["low", "medium"]))
            .with("mitigation", random.sentence(6))
            .with("mitigated_by", list([format!("{}-backup", name(team))]))
    });
    let risks = list(risks.collect::<Vec<_>>());
    header(team, "L2", "requirements", random)
        .with(
            "requirements",
            object().with("functional", list(functional)).with("non_functional", list(non_functional)),
        )
        .with("assumptions", list([random.sentence(10), random.sentence(8)]))
        .with("risks", risks)
}

fn limits(team: usize, random: &mut Random) -> Value {
    let roles = ["operator", "engineer"].map(|role| format!("{}-{role}", name(team)));
    let own = (0..8).map(|index| {
        object()
            .with("id", format!("C{team}-{index}"))
            .with("rule", random.sentence(12))
            .with("satisfies", list([format!("NFR{team}-{}", index % 4)]))
            .with("for", "procedures")
            .with("assert", "size(procedure.steps) < 20")
            .with("enforcement", random.of(&["recommended", "advisory"]))
    });
    let own = list(own.collect::<Vec<_>>());
    let mut group = || {
        let limit = |random: &mut Random| {
            object().with("note", random.sentence(10)).with("most", random.below(90) as usize)
        };
        object().with("storage", limit(random)).with("network", limit(random))
    };
    let (technical, performance, business) = (group(), group(), group());
    header(team, "L3", "limits", random)
        .with("technical_constraints", technical)
        .with("performance_constraints", performance)
        .with("security_constraints", object().with("authorization", object().with("roles", list(roles))))
        .with("business_constraints", business)
        .with("constraints", object().with("house", own))
}

fn decisions(team: usize, random: &mut Random) -> Value {
    let rules = (0..5).map(|index| {
        let test = |field: &str, operator: &str, value: usize| {
            object().with("field", field).with("operator", operator).with("value", value)
        };
        let condition = object().with(
            "all",
            list([
                test(&format!("load_{team}"), "greater", 10 * index),
                object().with("not", test(&format!("nights_{team}"), "less", 1 + index)),
            ]),
        );
        object()
            .with("id", format!("R{team}-{index}"))
            .with("description", random.sentence(8))
            .with("condition", condition)
            .with(
                "action",
                object()
                    .with("target", format!("mode_{team}_{index}"))
                    .with("value", random.of(&["calm", "busy"])),
            )
            .with("priority", 1 + index)
    });
    let rules = list(rules.collect::<Vec<_>>());
    let starts = (0..SERVICES.len()).map(|index| {
        object().with("step", index + 1).with("service", service(team, index)).with("action", "start")
    });
    let open = object()
        .with("id", format!("D{team}"))
        .with("name", format!("Open {}", name(team)))
        .with("description", random.sentence(9))
        .with("trigger", random.sentence(5))
        .with("conditions", list([object().with("check", "test -x ./bin/service")]))
        .with("actions", list(starts))
        .with("rollback", object().with("on_failure", format!("{}-stop", name(team))).with("timeout", "10m"))
        .with("priority", "P0")
        .with("satisfies", list([format!("G{team}-0")]));
    header(team, "L4", "decisions", random).with("rules", rules).with("decision_rules", list([open]))
}

fn procedures(team: usize, all: Vec<Value>, random: &mut Random) -> Value {
    header(team, "L5", "procedures", random).with("procedures", list(all))
}

fn procedure(team: usize, verb: &str, steps: Vec<Value>, random: &mut Random) -> Value {
    let input = |name: &str, default: &str, description: String| {
        object()
            .with("name", name)
            .with("type", "path")
            .with("default", default)
            .with("description", description)
    };
    let goals = list((0..5).map(|goal| format!("G{team}-{goal}")));
    let procedure = object()
        .with("id", format!("{}-{verb}", name(team)))
        .with("name", format!("{verb} {}", name(team)))
        .with("description", random.sentence(14))
        .with("tags", list([verb]))
        .with("satisfies", goals)
        .with(
            "inputs",
            list([
                input("data", "data", random.sentence(6)),
                input("archive", "archive.tar.gz", random.sentence(6)),
            ]),
        )
        .with("risk", random.of(&["low", "medium"]))
        .with(
            "preconditions",
            list([
                object().with("check", "test -d \"$data\"").with("timeout", "5s"),
                random.sentence(7).into(),
            ]),
        )
        .with("steps", list(steps))
        .with("estimated_duration", "45 minutes");
    if verb == "stop" {
        procedure
    } else {
        procedure.with("rollback_procedure", format!("{}-stop", name(team)))
    }
}

fn call(team: usize, index: usize, verb: &str, random: &mut Random) -> Value {
    let verify = match verb {
        "start" => probe(team, index),
        _ => format!("! {}", probe(team, index)),
    };
    object()
        .with("id", format!("{verb}-{}", SERVICES[index]))
        .with("name", random.sentence(5))
        .with("uses", format!("{}.{verb}", service(team, index)))
        .with("with", object().with("SHIFT", random.of(&["day", "night"])))
        .with("retry", 1usize)
        .with(
            "on_failure",
            match verb {
                // It is a rollback, which goes on whatever fails.
                "stop" => random.of(&["continue", "alert_and_continue"]),
                _ => random.of(&["abort", "retry_then_abort"]),
            },
        )
        .with(
            "verify",
            object()
                .with("command", verify)
                .with("timeout", "10s")
                .with("attempts", 3usize)
                .with("interval", "2s"),
        )
        .with("owner", format!("{}-operator", name(team)))
}

fn backup(team: usize, random: &mut Random) -> Value {
    let steps = (1..=6).map(|number| {
        object()
            .with("step", number)
            .with("name", random.sentence(6))
            .with("command", format!("tar -czf \"$archive.{number}\" -- \"$data/{number}\""))
            .with("timeout", random.of(&["30s", "2 minutes"]))
            .with("on_failure", "abort")
            .with("idempotent", true)
            .with("undo", format!("rm -f -- \"$archive.{number}\""))
            .with(
                "verify",
                object().with("command", format!("tar -tzf \"$archive.{number}\"")).with("timeout", "30s"),
            )
            .with("owner", format!("{}-engineer", name(team)))
    });
    let steps = steps.collect();
    procedures(team, vec![procedure(team, "backup", steps, random)], random)
}

fn release(team: usize, random: &mut Random) -> Value {
    let owner = format!("{}-engineer", name(team));
    let mut steps = vec![
        object()
            .with("id", "keep")
            .with("name", random.sentence(4))
            .with("run", format!("{}-backup", name(team))),
        object()
            .with("id", "settle")
            .with("name", random.sentence(4))
            .with("file", object().with("path", "config/desk.conf").with("content", "[desk]\nopen = true\n"))
            .with("on_failure", "abort")
            .with("needs", list(["keep"]))
            .with("owner", owner.clone()),
    ];
    for (index, service) in SERVICES.iter().enumerate() {
        steps.push(
            object()
                .with("id", format!("move-{service}"))
                .with("name", random.sentence(5))
                .with(
                    "command",
                    format!(
                        "./bin/release --service {service} --from \"$data\" --port {}",
                        port(team, index)
                    ),
                )
                .with("timeout", "5m")
                .with(
                    "retry",
                    object()
                        .with("retries", 2usize)
                        .with("delay", "10s")
                        .with("on_exit_codes", list([75usize])),
                )
                .with("on_failure", "rollback")
                .with("idempotent", true)
                .with("undo", format!("./bin/release --service {service} --back"))
                .with(
                    "verify",
                    object()
                        .with("command", probe(team, index))
                        .with("timeout", "10s")
                        .with("attempts", 5usize),
                )
                .with("needs", list(["settle"]))
                .with("mutex", "release")
                .with("owner", owner.clone()),
        );
    }
    procedures(team, vec![procedure(team, "release", steps, random)], random)
}

fn watch(team: usize, random: &mut Random) -> Value {
    let (own, stop) = (name(team), format!("{}-stop", name(team)));
    let items = (0..SERVICES.len()).map(|index| {
        object().with("item", random.sentence(7)).with("mandatory", true).with("check", probe(team, index))
    });
    let items = list(items.collect::<Vec<_>>());
    let monitors = (0..SERVICES.len()).map(|index| {
        object()
            .with("id", format!("M{team}-{index}"))
            .with("satisfies", list([format!("G{team}-{index}")]))
            .with("every", "5m")
            .with("check", probe(team, index))
            .with("on_breach", object().with("run", stop.clone()).with("alert", format!("{own}-page")))
    });
    let phase = |number: usize, run: &str| {
        object()
            .with("name", format!("part {number}"))
            .with("start", format!("{}h", number * 4))
            .with("end", format!("{}h", number * 4 + 4))
            .with(
                "tasks",
                list([object().with("run", format!("{own}-{run}")).with("owner", format!("{own}-operator"))]),
            )
    };
    let timeline = object()
        .with("id", format!("T{team}"))
        .with("name", random.sentence(4))
        .with("duration", "12h")
        .with("phases", list([phase(0, "stop"), phase(1, "backup"), phase(2, "start")]))
        .with(
            "checkpoints",
            list([object()
                .with("at", "8h")
                .with("require", list([object().with("health", service(team, 0)), random.sentence(5).into()]))
                .with("on_miss", stop.clone())]),
        );
    let look = (1..=2).map(|number| {
        object()
            .with("step", number)
            .with("name", random.sentence(5))
            .with("command", format!("./bin/look --part {number} \"$data\""))
            .with("timeout", "30s")
            .with("read_only", true)
            .with("on_failure", "continue")
            .with("owner", format!("{own}-operator"))
    });
    let look = look.collect();
    let look = procedure(team, "look", look, random)
        .with("postconditions", list([object().with("checklist", format!("{own}-evening"))]));
    header(team, "L5", "watch", random)
        .with("procedures", list([look]))
        .with("checklists", object().with(&format!("{own}-evening"), items))
        .with(
            "alerts",
            object().with(&format!("{own}-page"), object().with("command", "./bin/page \"$USER\"")),
        )
        .with("monitors", list(monitors))
        .with("timelines", list([timeline]))
}
