//! The rules of this area are documented, and their examples do what they say.

use std::collections::BTreeSet;

use rulec::diagnostic::Level;
use rulec::syntax::{Format, RULES};

use super::read;

/// Rules about what is no text, which no example can show.
const WITHOUT_EXAMPLE: [&str; 2] = ["invalid-encoding", "unreadable-file"];

#[test]
fn ids_and_codes_are_unique_and_in_order() {
    let codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(codes, ["R0001", "R0002", "R0003", "R0004", "R0005", "R0006"]);
    let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        let warning = rule.id == "hidden-unicode";
        assert_eq!(rule.level, if warning { Level::Warning } else { Level::Error }, "{}", rule.id);
        for heading in ["# What", "# Why", "# Bad", "# Good"] {
            assert!(rule.docs().contains(heading), "{} lacks {heading}", rule.id);
        }
    }
}

#[test]
fn bad_examples_yield_their_rule_and_good_ones_nothing() {
    for rule in RULES {
        for (heading, expected) in [("Bad", BTreeSet::from([rule.id])), ("Good", BTreeSet::new())] {
            let sets = rule.examples(heading);
            assert!(
                !sets.is_empty() || heading == "Bad" && WITHOUT_EXAMPLE.contains(&rule.id),
                "{} {heading}",
                rule.id
            );
            assert!(
                sets.iter().all(|set| set.len() == 1),
                "each example of {} is a rule set of its own",
                rule.id
            );
            for example in sets.concat() {
                let format = Format::of_path(&example.file).expect("an example names its file");
                let found = read(format, &example.text).diagnostics;
                let ids: BTreeSet<_> = found.iter().map(|found| found.rule.id).collect();
                assert_eq!(ids, expected, "{heading} example of {}:\n{}", rule.id, example.text);
            }
        }
    }
}
