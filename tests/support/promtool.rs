//! Alert rules as Prometheus itself reads them, and what they do with series of samples.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use super::tools::has;

/// What is measured in a trial, from minute to minute, and how many alerts of each name fire at a moment.
pub(crate) struct Trial<'t> {
    /// Series with the samples that they have, in the notation of `promtool`.
    pub(crate) series: &'t [(&'t str, &'t str)],
    /// When it is looked at.
    pub(crate) at: &'t str,
    /// How many alerts of a name fire then.
    pub(crate) firing: &'t [(&'t str, u32)],
}

/// Fails where `promtool` does not take the rules, or other alerts fire than those that are said.
pub(crate) fn assert_alerts(rules: &str, trials: &[Trial<'_>]) {
    let mut text = String::from("rule_files: [alerts.rules.yml]\nevaluation_interval: 1m\ntests:\n");
    for trial in trials {
        text.push_str("  - interval: 1m\n    input_series:\n");
        for (series, values) in trial.series {
            let (series, values) = (json(series), json(values));
            writeln!(text, "      - {{ series: {series}, values: {values} }}")
                .expect("a string takes any text");
        }
        text.push_str("    promql_expr_test:\n");
        for (name, count) in trial.firing {
            let firing =
                format!("count(ALERTS{{alertname={}, alertstate=\"firing\"}}) or vector(0)", json(name));
            let (expr, at) = (json(&firing), trial.at);
            writeln!(
                text,
                "      - {{ expr: {expr}, eval_time: {at}, exp_samples: [{{ value: {count} }}] }}"
            )
            .expect("a string takes any text");
        }
    }
    assert_test(rules, &text);
}

/// Fails where `promtool` does not take the rules, or a test of them in its own form fails; that reads
/// `alerts.rules.yml`.
pub(crate) fn assert_test(rules: &str, test: &str) {
    let folder = tempfile::tempdir().expect("a folder is made");
    fs::write(folder.path().join("alerts.rules.yml"), rules).expect("it is written");
    fs::write(folder.path().join("test.yml"), test).expect("it is written");
    if !has("promtool") {
        return;
    }
    for arguments in [["check", "rules", "alerts.rules.yml"], ["test", "rules", "test.yml"]] {
        let done =
            Command::new("promtool").args(arguments).current_dir(folder.path()).output().expect("it runs");
        let told =
            format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "{told}\n{rules}\n{test}");
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
