//! Which findings the rules say to leave out, and which not.

use rulec::diagnostic::{Level, Silence, Silenced};
use rulec::driver::{Checked, check_files};
use rulec::source::FileId;
use rulec::syntax::{Format, Kind, NodeId, Tree, parse};
use serde_json::{Map, Value, json};

use crate::support::{project, read};

/// What is found and what is left out, as `rule line`, notes left aside.
fn sorted(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let checked = check_files(files);
    let Checked { rules, findings, silenced, .. } = &checked;
    let told = |found: &rulec::diagnostic::Diagnostic| {
        let line = rules.sources.position(found.primary.location).line;
        format!("{} {line}", found.rule.id)
    };
    let is_told = |found: &&rulec::diagnostic::Diagnostic| found.rule.level != Level::Note;
    let of_silenced = silenced.iter().map(|silenced| &silenced.finding);
    (findings.iter().filter(is_told).map(told).collect(), of_silenced.filter(is_told).map(told).collect())
}

fn assert_left_out(file: &str, text: &str, found: &[&str], left_out: &[&str]) {
    let (is_found, is_left_out) = sorted(&[(file, text)]);
    assert_eq!((is_found, is_left_out), (strings(found), strings(left_out)), "{text}");
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

const STEPS: &str = "undo: ./b, timeout: 5, on_failure: abort";

#[test]
fn a_comment_on_a_line_covers_what_starts_there() {
    let text = |comment: &str| {
        format!(
            "procedures:\n- id: E1\n  steps:\n  - {{ {STEPS}, step: 1, command: ./a || true }}{comment}\n  - {{ {STEPS}, step: 2, command: ./a || true }}\n"
        )
    };
    assert_left_out("L5-a.yaml", &text(""), &["masked-failure 4", "masked-failure 5"], &[]);
    let comment = " # rulec: allow masked-failure -- it may";
    assert_left_out("L5-a.yaml", &text(comment), &["masked-failure 5"], &["masked-failure 4"]);
    assert_left_out(
        "L5-a.yaml",
        &text(&comment.replace("masked-failure", "R0081")),
        &["masked-failure 5"],
        &["masked-failure 4"],
    );
}

#[test]
fn a_comment_beside_a_text_of_several_lines_covers_it() {
    let rest = "    undo: ./b\n    timeout: 5\n    on_failure: abort\n";
    let head = "procedures:\n- id: E1\n  steps:\n  - step: 1\n";
    let text = format!(
        "{head}    command: | # rulec: allow masked-failure -- it may\n      ./c\n      ./a || true\n{rest}"
    );
    assert_left_out("L5-a.yaml", &text, &[], &["masked-failure 7"]);
    let text = format!(
        "{head}    command: \"./c;\n      ./a || true\" # rulec: allow masked-failure -- it may\n{rest}"
    );
    assert_left_out("L5-a.yaml", &text, &[], &["masked-failure 6"]);
    let text = "[[procedures]]\nid = \"E1\"\n[[procedures.steps]]\nstep = 1\ncommand = '''\n./c\n./a || true\n''' # rulec: allow masked-failure -- it may\nundo = \"b\"\ntimeout = 5\non_failure = \"abort\"\n";
    assert_left_out("L5-a.toml", text, &[], &["masked-failure 7"]);
}

#[test]
fn a_comment_alone_covers_the_entry_below_and_no_more() {
    let step = |number: u8| {
        format!(
            "  - step: {number}\n    command: ./a || true\n    undo: ./b\n    timeout: 5\n    on_failure: abort\n"
        )
    };
    let comment = "# rulec: allow masked-failure -- it may\n";
    let text = format!("procedures:\n- id: E1\n  steps:\n  {comment}\n  # more\n{}{}", step(1), step(2));
    assert_left_out("L5-a.yaml", &text, &["masked-failure 13"], &["masked-failure 8"]);
    // Above a key: its value, wherever that ends.
    let text = format!("procedures:\n- id: E1\n  {comment}  steps:\n{}{}", step(1), step(2));
    assert_left_out("L5-a.yaml", &text, &[], &["masked-failure 6", "masked-failure 11"]);
    let text = format!("procedures:\n- id: E1\n  steps:\n{}    {comment}{}", step(1), step(2));
    assert_left_out("L5-a.yaml", &text, &["masked-failure 5"], &["masked-failure 11"]);
    // Between the keys of a step: the next one.
    let text = format!("procedures:\n- id: E1\n  steps:\n{}", step(1));
    let text = text.replace("    command", &format!("    {comment}    command"));
    assert_left_out("L5-a.yaml", &text, &[], &["masked-failure 6"]);
    let text = text
        .replace("    command: ./a || true\n", "")
        .replace("    undo", "    undo: ./b\n    command: ./a || true\n    x-undo");
    assert_left_out("L5-a.yaml", &text, &["unused-suppression 5", "masked-failure 7"], &[]);
    // Below it nothing.
    assert_left_out("L5-a.yaml", &format!("procedures: []\n{comment}"), &["unused-suppression 2"], &[]);
}

#[test]
fn tables_have_comments_too() {
    let step = |number: u8| {
        format!(
            "[[procedures.steps]]\nstep = {number}\ncommand = \"./a || true\"\nundo = \"b\"\ntimeout = 5\non_failure = \"abort\"\n"
        )
    };
    let comment = "# rulec: allow masked-failure -- it may\n";
    let head = "[[procedures]]\nid = \"E1\"\n";
    let text = format!("{head}{comment}{}{}", step(1), step(2));
    assert_left_out("L5-a.toml", &text, &["masked-failure 12"], &["masked-failure 6"]);
    let text = format!("{comment}{head}{}{}[[procedures]]\nid = \"E2\"\n{}", step(1), step(2), step(1));
    assert_left_out("L5-a.toml", &text, &["masked-failure 20"], &["masked-failure 6", "masked-failure 12"]);
    let text = format!("{head}{}{}", step(1), step(2)).replacen("command", &format!("{comment}command"), 1);
    assert_left_out("L5-a.toml", &text, &["masked-failure 12"], &["masked-failure 6"]);
    let list = format!(
        "{head}steps = [\n  {comment}  {{ step = 1, command = \"./a || true\", undo = \"b\", timeout = 5, on_failure = \"abort\" }},\n]\n"
    );
    assert_left_out("L5-a.toml", &list, &[], &["masked-failure 5"]);
    let dotted = "actions.one.command = \"a\"\n# rulec: allow masked-failure -- it may\nactions.two.command = \"./a || true\"\nactions.three.command = \"./a || true\"\n";
    let (found, left_out) = sorted(&[("L5-a.toml", dotted)]);
    assert!(found.contains(&"masked-failure 4".to_owned()), "{found:?}");
    assert_eq!(left_out, ["masked-failure 3"]);
}

#[test]
fn an_object_covers_all_that_is_in_it_in_every_format() {
    let allow = "[{ lint: masked-failure, reason: it may }]";
    let yaml = format!(
        "procedures:\n- id: E1\n  x-rulec-allow: {allow}\n  steps:\n  - {{ {STEPS}, step: 1, command: ./a || true }}\n- id: E2\n  steps:\n  - {{ {STEPS}, step: 1, command: ./a || true }}\n"
    );
    assert_left_out("L5-a.yaml", &yaml, &["masked-failure 8"], &["masked-failure 5"]);
    // A table of TOML ends where its header does; what is in it does not.
    let toml = "[[procedures]]\nid = \"E1\"\nx-rulec-allow = [{ lint = \"masked-failure\", reason = \"it may\" }]\n[[procedures.steps]]\nstep = 1\ncommand = \"./a || true\"\nundo = \"b\"\ntimeout = 5\non_failure = \"abort\"\n[[procedures]]\nid = \"E2\"\n[[procedures.steps]]\nstep = 1\ncommand = \"./a || true\"\nundo = \"b\"\ntimeout = 5\non_failure = \"abort\"\n";
    assert_left_out("L5-a.toml", toml, &["masked-failure 14"], &["masked-failure 6"]);
}

#[test]
fn a_finding_at_a_key_belongs_to_its_value() {
    let text = "procedures:\n- id: E1\n  x-rulec-allow: [{ lint: unknown-key, reason: for another tool }]\n  bread: rye\n  steps: [{ step: 1, command: ./a, read_only: true, timeout: 5, on_failure: abort }]\n";
    assert_left_out("L5-a.yaml", text, &[], &["unknown-key 4"]);
    let text =
        "procedures: []\nbread: { x-rulec-allow: [{ lint: unknown-key, reason: for another tool }] }\n";
    assert_left_out("L5-a.yaml", text, &[], &["unknown-key 2"]);
}

/// A mistake in a file's shape that is left out hides nothing.
#[test]
fn what_is_left_out_keeps_nothing_from_being_judged() {
    let text = "procedures:\n- id: E1\n  bread: rye # rulec: allow unknown-key -- for another tool\n  steps: [{ step: 1, command: ./a || true, undo: b, timeout: 5, on_failure: abort }]\n";
    assert_left_out("L5-a.yaml", text, &["masked-failure 4"], &["unknown-key 3"]);
}

#[test]
fn an_alias_brings_the_suppression_along() {
    let text = format!(
        "procedures:\n- id: E1\n  steps: &steps\n  - {{ {STEPS}, step: 1, command: ./a || true, x-rulec-allow: [{{ lint: masked-failure, reason: it may }}] }}\n- id: E2\n  steps: *steps\n"
    );
    assert_left_out("L5-a.yaml", &text, &[], &["masked-failure 4"]);
    let text = format!(
        "procedures:\n- id: E1\n  steps: &steps\n  # rulec: allow masked-failure -- it may\n  - {{ {STEPS}, step: 1, command: ./a || true }}\n- id: E2\n  steps: *steps\n"
    );
    assert_left_out("L5-a.yaml", &text, &[], &["masked-failure 5"]);
}

#[test]
fn the_nearest_one_gives_the_reason_and_all_are_used() {
    let text = format!(
        "x-rulec-allow: [{{ lint: masked-failure, reason: outer }}]\nprocedures:\n- id: E1\n  x-rulec-allow: [{{ lint: masked-failure, reason: inner, until: 2026-01-01 }}]\n  steps:\n  - {{ {STEPS}, step: 1, command: ./a || true }}\n"
    );
    let checked = check_files(&[("L5-a.yaml", &text)]);
    assert_eq!(checked.findings.len(), 0, "{:?}", checked.findings);
    let [Silenced { by: Silence::InSource { reason, until, .. }, .. }] = &checked.silenced[..] else {
        panic!("{:?}", checked.silenced)
    };
    assert_eq!((reason.as_deref(), until.as_deref()), (Some("inner"), Some("2026-01-01")));
}

/// Does not take for ever: many suppressions for many findings.
#[test]
fn many_suppressions_cost_little() {
    let count = 5_000;
    let mut text = String::from("procedures:\n- id: E1\n  steps:\n");
    for step in 1..=count {
        text += &format!(
            "  - {{ {STEPS}, step: {step}, command: ./a || true }} # rulec: allow masked-failure -- it may\n"
        );
    }
    let (found, left_out) = sorted(&[("L5-a.yaml", &text)]);
    assert_eq!((found.len(), left_out.len()), (0, count), "{:?}", found.first());
}

/// A tree as JSON, with a key of the user's own in every object.
fn with_own_keys(tree: &Tree, source: &str, node: NodeId) -> Value {
    match tree.kind(node) {
        Kind::Object => {
            let mut object = Map::new();
            object.insert("x-note".to_owned(), json!({ "a": [1, "b"] }));
            object.insert("x-rulec-allow".to_owned(), json!([]));
            for (key, value) in tree.entries(node) {
                object.insert(tree.text(source, key).to_owned(), with_own_keys(tree, source, value));
            }
            Value::Object(object)
        }
        Kind::Array => tree.items(node).map(|item| with_own_keys(tree, source, item)).collect(),
        Kind::String => json!(tree.text(source, node)),
        Kind::Number => serde_json::from_str(tree.text(source, node)).expect("a number of JSON"),
        Kind::True => json!(true),
        Kind::False => json!(false),
        Kind::Null | Kind::Hole | Kind::Key => Value::Null,
    }
}

#[test]
fn keys_of_the_users_own_are_taken_everywhere() {
    for folder in ["rules/studio", "tests/fixtures/complete"] {
        let mut files: Vec<(String, Format, String)> = Vec::new();
        #[expect(clippy::disallowed_methods, reason = "tests read the project itself")]
        for entry in std::fs::read_dir(project().join(folder)).expect("the rules are there") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
            if let Some(format) = Format::of_path(&name).filter(|_| name.starts_with('L')) {
                files.push((name, format, read(&path)));
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        assert!(files.len() >= 5, "{folder}");
        let told = |files: &[(String, String)]| {
            let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            let found = check_files(&files).findings;
            let mut told: Vec<_> = found.iter().map(|it| format!("{}: {}", it.rule.id, it.message)).collect();
            told.sort();
            told
        };
        let plain: Vec<_> = files.iter().map(|(name, _, text)| (name.clone(), text.clone())).collect();
        for ending in ["json", "yaml", "toml"] {
            let own = files.iter().map(|(name, format, text)| {
                let tree = parse(FileId(0), *format, text).tree;
                let value = with_own_keys(&tree, text, Tree::ROOT);
                let text = match ending {
                    "toml" => toml::to_string(&value).expect("rules are no lists of nothing"),
                    _ => serde_json::to_string_pretty(&value).expect("it is JSON"),
                };
                (format!("{}.{ending}", name.split('.').next().expect("a name")), text)
            });
            assert_eq!(told(&own.collect::<Vec<_>>()), told(&plain), "{folder} in {ending}");
        }
    }
}
