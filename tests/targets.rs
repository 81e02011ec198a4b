//! Every form in which a plan is written: what a good one looks like, and what no text can do to it.

mod generated;
mod markdown;
mod pictures;
mod prometheus;
mod systemd;

use rulec::target::{target, targets};

use super::support::plans::plan;
use super::support::roll_out::roll_out;

/// The plan in the form of that name.
fn emit(name: &str, plan: &rulec::plan::Plan) -> String {
    target(name).expect("the name is of a target").emit(plan).content
}

#[test]
fn the_forms_of_a_roll_out_read_well() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in ["plan", "markdown", "mermaid", "dot"] {
            insta::assert_snapshot!(format!("roll-out.{name}"), emit(name, &roll_out()));
        }
        let units = target("systemd").expect("the name is of a target").files(&roll_out());
        let units: Vec<String> = units.into_iter().map(|unit| unit.content).collect();
        insta::assert_snapshot!("roll-out.systemd", units.join("\n"));
    });
}

#[test]
fn a_plan_without_anything_has_every_form_too() {
    let empty = plan(Vec::new());
    for target in targets() {
        let artifact = target.emit(&empty);
        assert!(artifact.content.ends_with('\n'), "{}", target.name());
        let stem = match target.name() {
            // Names of units are shared with the whole machine.
            "systemd" => "rulec-E1",
            "prometheus" => "alerts",
            _ => "E1",
        };
        assert_eq!(artifact.file_name, format!("{stem}.{}", target.extension()));
        assert_eq!(target.files(&empty), [artifact]);
    }
}
