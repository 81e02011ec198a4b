//! `fmt`: what changes, and that what a file says does not.

use proptest::prelude::*;
use rulec::driver::all_rules;
use rulec::fmt::{Unformatted, format};
use rulec::source::FileId;
use rulec::syntax::{Format, NodeId, parse};

use crate::support::layouts::{documents, written};
use crate::support::{project, read, snapshot};

fn formatted(of: Format, text: &str) -> Result<String, Unformatted> {
    format(FileId(0), of, text)
}

/// The kinds and texts of a document, in order.
fn meaning(of: Format, text: &str) -> Vec<(String, String)> {
    let tree = parse(FileId(0), of, text).tree;
    (0..tree.len() as u32)
        .map(NodeId)
        .map(|id| (format!("{:?} {}", tree.kind(id), tree.count(id)), tree.text(text, id).to_owned()))
        .collect()
}

/// Holds a text to all that formatting promises; false where it has mistakes.
fn assert_formats(of: Format, text: &str) -> bool {
    let new = match formatted(of, text) {
        Ok(new) => new,
        Err(Unformatted::Mistakes(_)) => return false,
        Err(Unformatted::Unusual(why)) => panic!("{why}:\n{text}"),
    };
    assert_eq!(meaning(of, text), meaning(of, &new), "{text}\nbecame\n{new}");
    assert_eq!(formatted(of, &new).expect("it has no mistakes"), new, "a second time changes something");
    assert!(new.ends_with('\n') && !new.starts_with('\u{feff}'), "{new}");
    true
}

/// All rule files of the project: examples, fixtures, rule sets.
fn rule_files() -> Vec<(Format, String)> {
    let mut files = Vec::new();
    let mut add = |path: &str, text: String| files.extend(Format::of_path(path).map(|of| (of, text)));
    for rule in all_rules() {
        for example in ["Bad", "Good"].into_iter().flat_map(|heading| rule.examples(heading)).flatten() {
            add(&example.file, example.text);
        }
        let fixture = read(&project().join(format!("tests/fixtures/lints/{}.txt", rule.id)));
        for file in fixture.split("\n--- ").skip(1) {
            let (path, text) = file.split_once('\n').unwrap_or_default();
            let text = text.split("\n### ").next().unwrap_or_default();
            add(path, text.replace(['«', '»'], "") + "\n");
        }
    }
    for folder in ["rules/studio", "src/cli/commands/template", "tests/fixtures/complete"] {
        for entry in std::fs::read_dir(project().join(folder)).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            add(&path.to_string_lossy(), read(&path));
        }
    }
    files
}

#[test]
fn every_rule_file_here_has_a_canonical_form() {
    let files = rule_files();
    assert!(files.len() > 300, "{}", files.len());
    let sound = files.iter().filter(|(of, text)| assert_formats(*of, text)).count();
    assert!(sound > 290, "{sound} of {}", files.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_layout_becomes_one(value in documents(), seed in any::<u64>()) {
        for of in [Format::Json, Format::Yaml, Format::Toml] {
            let text = written(of, &value, seed);
            prop_assert!(assert_formats(of, &text), "{:?}", parse(FileId(0), of, &text).diagnostics);
        }
    }

    #[test]
    fn any_text_is_formatted_or_left(text in "[-a:#,'\"|> \n\\[\\]{}&*!1]{0,30}") {
        for of in [Format::Json, Format::Yaml, Format::Toml] {
            if let Ok(new) = formatted(of, &text) {
                prop_assert_eq!(meaning(of, &text), meaning(of, &new));
                prop_assert_eq!(formatted(of, &new).expect("it has no mistakes"), new);
            }
        }
    }
}

#[test]
fn looks_like_this() {
    for (name, of, text) in [
        ("json", Format::Json, include_str!("fixtures/fmt/before.json")),
        ("yaml", Format::Yaml, include_str!("fixtures/fmt/before.yaml")),
        ("toml", Format::Toml, include_str!("fixtures/fmt/before.toml")),
    ] {
        assert!(assert_formats(of, text));
        snapshot(&format!("fmt_{name}"), &formatted(of, text).expect("it has no mistakes"));
    }
}

#[test]
fn mistakes_leave_a_text_as_it_is() {
    for (of, text) in [
        (Format::Json, "{\"a\": 1,}"),
        (Format::Json, "{\"a\": 1, \"a\": 2}"),
        (Format::Yaml, "a: [1\n"),
        (Format::Yaml, "a: 1\n---\nb: 1\n"),
        (Format::Toml, "a = 1\na = 2\n"),
        (Format::Toml, ""),
    ] {
        let left = formatted(of, text);
        assert!(matches!(&left, Err(Unformatted::Mistakes(found)) if !found.is_empty()), "{text}: {left:?}");
    }
}
