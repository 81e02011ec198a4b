//! Alert rules: what they say of metrics, that `promtool` takes them whatever the rules have in their texts, and that they
//! fire where a threshold is broken and nowhere else.

use rulec::driver::entries;
use rulec::graph::resolve;
use rulec::plan::{Options, Plan, lower};
use rulec::target::{Loss, target};

use crate::support::promtool::{Trial, assert_alerts, assert_test};
use crate::support::rules::rule_set;
use crate::support::snapshot;

/// The least that can be compiled.
const ENTRY: &str = "procedures:\n  - id: E1\n    steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]\n";

/// Metrics of every kind.
const GOALS: &str = r#"
goals:
  - id: G1
    name: Bread is there
    priority: P0
    owner: baker
    metrics:
      wait: { target: p95 < 500ms, query: wait_seconds, for: 5m }
      ovens: { target: "3 ovens", query: ovens_running }
      sold: { target: ">= 95%", alert: "< 85%", query: sold_loaves / baked_loaves }
      dough: { target: <= 2GB, query: "dough_bytes # of all machines" }
      orders: { target: "> 100 requests/min", query: "rate(orders_total[5m])", for: 90s }
      heat: { target: "<= 250", unit: ms, query: heat_seconds }
      joy: { target: as much as can be, query: joy }
      crumbs: "< 3"
      hearsay: nobody complains
  - { id: G2, name: Nothing burns, priority: P3, metrics: { smoke: { target: "0", query: smoke, for: 500ms } } }
  - { id: G3, metrics: { rest: { target: "> 0.5", query: rest } } }
stakeholders: [{ role: baker, responsibility: bread }]
"#;

fn plan(goals: &str) -> Plan {
    let rules = rule_set(&[("L1-goals.yaml", goals), ("L5-execution.yaml", ENTRY)]);
    let (graph, found) = resolve(&rules);
    assert!(found.is_empty(), "{found:?}");
    let (entry, _) = entries(&graph).next().expect("there is an entry");
    lower(&graph, entry, &Options::default()).plan
}

fn emitted(goals: &str) -> (String, Vec<Loss>) {
    let (target, plan) = (target("prometheus").expect("it is a target"), plan(goals));
    (target.emit(&plan).content, target.losses(&plan))
}

#[test]
fn each_metric_with_a_query_has_a_rule_and_the_others_are_told() {
    let (rules, losses) = emitted(GOALS);
    snapshot("prometheus", &rules);
    assert_eq!(rules, emitted(GOALS).0);
    let told: Vec<_> = losses.iter().map(|loss| (loss.what.as_str(), loss.source.pointer.as_str())).collect();
    let expected = [
        ("the query of `G1.joy`, whose threshold is prose", "/goals/0/metrics/joy"),
        ("the threshold of `G1.crumbs`, which has no `query`", "/goals/0/metrics/crumbs"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn they_fire_where_a_threshold_is_broken_and_nowhere_else() {
    let (rules, _) = emitted(GOALS);
    let just: &[(&str, &str)] = &[
        ("wait_seconds", "0.499x20"),
        ("ovens_running", "3x20"),
        ("sold_loaves", "85x20"),
        ("baked_loaves", "100x20"),
        ("dough_bytes", "2000000000x20"),
        ("orders_total", "0+101x20"),
        ("heat_seconds", "0.25x20"),
        ("smoke", "0x20"),
        ("rest", "0.51x20"),
    ];
    let broken: &[(&str, &str)] = &[
        ("wait_seconds", "0.5x20"),
        ("ovens_running", "2x20"),
        ("sold_loaves", "84x20"),
        ("baked_loaves", "100x20"),
        ("dough_bytes", "2000000001x20"),
        ("orders_total", "0+100x20"),
        ("heat_seconds", "0.251x20"),
        ("smoke", "1x20"),
        ("rest", "0.5x20"),
    ];
    let names = ["wait", "ovens", "sold", "dough", "orders", "heat"].map(|name| format!("G1.{name}"));
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["G2.smoke", "G3.rest"]).collect();
    let all = |count: u32| names.iter().map(|name| (*name, count)).collect::<Vec<_>>();
    let at_first: Vec<_> = all(1).into_iter().map(|(name, _)| (name, u32::from(name != "G1.wait"))).collect();
    assert_alerts(
        &rules,
        &[
            Trial { series: just, at: "15m", firing: &all(0) },
            Trial { series: broken, at: "15m", firing: &all(1) },
            // It must be broken for five minutes.
            Trial { series: broken, at: "4m", firing: &at_first },
            // What is not measured is not known to be broken.
            Trial { series: &[("up", "1x20")], at: "15m", firing: &all(0) },
        ],
    );
}

#[test]
fn runs_that_went_wrong_are_told() {
    let (rules, losses) = emitted("goals: []\n");
    assert_eq!(losses, []);
    let outcomes = |outcome: &'static str| {
        let all =
            ["succeeded", "failed", "rolled_back", "refused", "rollback_failed", "cancelled", "unfinished"];
        let series = all.map(|name| {
            let series = format!("rulec_run_outcome{{entry=\"E1\",outcome=\"{name}\"}}");
            (series, if name == outcome { "1x20" } else { "0x20" })
        });
        Vec::from(series)
    };
    for (outcome, lasted, firing) in [
        ("succeeded", "9", [0, 0, 0]),
        ("cancelled", "9", [0, 0, 0]),
        ("failed", "9", [1, 0, 0]),
        ("rolled_back", "9", [1, 0, 0]),
        ("refused", "0", [1, 0, 0]),
        ("rollback_failed", "9", [0, 1, 0]),
        ("unfinished", "10", [0, 0, 0]),
        ("unfinished", "11", [0, 0, 1]),
        ("succeeded", "11", [0, 0, 0]),
    ] {
        let mut series = outcomes(outcome);
        series.push((String::from("rulec_run_duration_seconds{entry=\"E1\"}"), lasted));
        series.push((String::from("rulec_run_limit_seconds{entry=\"E1\"}"), "10"));
        // Another entry, of which no limit is known.
        series.push((String::from("rulec_run_outcome{entry=\"E2\",outcome=\"unfinished\"}"), "1x20"));
        series.push((String::from("rulec_run_duration_seconds{entry=\"E2\"}"), "99"));
        let series: Vec<_> = series.iter().map(|(name, values)| (name.as_str(), *values)).collect();
        let names = ["RunFailed", "RollbackFailed", "RunNotEnded"];
        let firing: Vec<_> = names.into_iter().zip(firing).collect();
        assert_alerts(&rules, &[Trial { series: &series, at: "0m", firing: &firing }]);
    }
}

#[test]
fn no_text_breaks_out() {
    let odd = "{{ $labels.x }} {{{ }} \"q\" \\ 'x' # y: z\n  - alert: other\u{85}\u{2028}\u{feff}é\u{7f}";
    let goals = serde_json::json!({ "goals": [{
        "id": "a \"b\" {{.}}\n- x", "description": odd, "owner": odd, "priority": "P2",
        "metrics": { "m {{ $value }}": { "target": "< 5 (really)", "query": "x{a=\"# (\"} # (" } },
    }], "stakeholders": [{ "role": odd, "responsibility": "all" }] });
    let (rules, losses) = emitted(&ascii(&goals.to_string()));
    assert_eq!(losses, []);
    let id = "a \"b\" {{.}}\n- x";
    let name = format!("{id}.m {{{{ $value }}}}");
    let test = serde_json::json!({
        "rule_files": ["alerts.rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m",
            "input_series": [{ "series": "x{a=\"# (\"}", "values": "7x5" }],
            "alert_rule_test": [{
                "eval_time": "3m",
                "alertname": name,
                "exp_alerts": [{
                    "exp_labels": { "a": "# (", "severity": "info", "goal": id, "priority": "P2", "owner": odd },
                    "exp_annotations": {
                        "summary": format!("{name} is 7, and the rules say: target < 5 (really)"),
                        "description": odd,
                    },
                }],
            }],
        }],
    });
    assert_test(&rules, &ascii(&test.to_string()));
}

/// JSON without a letter that some reader of YAML might not take as it is.
fn ascii(json: &str) -> String {
    let mut units = [0; 2];
    let escaped = json.chars().map(|c| match c {
        ' '..='~' | '\n' => c.to_string(),
        _ => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    });
    escaped.collect()
}
