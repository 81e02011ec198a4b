//! For build servers: JUnit's XML, in the form that Jenkins' schema `junit-10.xsd` describes.
//!
//! A rule set is a suite, a scenario a test case. What keeps scenarios from being run is a test case with an
//! error, so that a build fails where it can be seen.

use std::fmt::Write;
use std::time::Duration;

use super::{Counts, SetReport, seconds};
use crate::diagnostic::Diagnostic;
use crate::report::{ReportFormat, render, visible};
use crate::scenario::{Tested, Verdict};

const WRITES: &str = "writing to a string succeeds";

/// The report of all rule sets. `elapsed` is how long it took.
#[must_use]
pub fn junit(sets: &[SetReport<'_>], elapsed: Duration) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (tests, failures, errors) = totals(sets);
    writeln!(
        out,
        "<testsuites name=\"rulec test\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{}\">",
        seconds(elapsed)
    )
    .expect(WRITES);
    for set in sets {
        suite(&mut out, set);
    }
    out + "</testsuites>\n"
}

fn totals(sets: &[SetReport<'_>]) -> (usize, usize, usize) {
    let Counts { passed, failed, broken, .. } = Counts::new(sets);
    let found = sets.iter().map(|set| set.findings.len()).sum::<usize>();
    (passed + failed + broken + found, failed, broken + found)
}

fn suite(out: &mut String, set: &SetReport<'_>) {
    let (tests, failures, errors) = totals(std::slice::from_ref(set));
    let name = attribute(set.name);
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
    )
    .expect(WRITES);
    for found in set.findings {
        let title = set.sources.get(found.file()).path.as_str();
        case(out, set, (title, set.name), "error", std::slice::from_ref(found), &[]);
    }
    for tested in set.scenarios {
        let class = format!("{}.{}", set.name, tested.entry);
        let names = (tested.name.as_str(), class.as_str());
        match tested.verdict {
            Verdict::Passed => case(out, set, names, "", &[], &[]),
            Verdict::Failed => case(out, set, names, "failure", &tested.findings, &more(tested)),
            Verdict::Broken => case(out, set, names, "error", &tested.findings, &more(tested)),
        }
    }
    out.push_str("  </testsuite>\n");
}

/// The lines below the findings of a scenario.
fn more(tested: &Tested) -> Vec<String> {
    let notes = tested.notes.iter().map(|note| format!("note: {}", visible(note)));
    notes.chain(tested.timeline.iter().cloned()).collect()
}

fn case(
    out: &mut String,
    set: &SetReport<'_>,
    (name, class): (&str, &str),
    fault: &str,
    found: &[Diagnostic],
    more: &[String],
) {
    write!(out, "    <testcase name=\"{}\" classname=\"{}\"", attribute(name), attribute(class))
        .expect(WRITES);
    let Some(first) = found.first() else {
        out.push_str("/>\n");
        return;
    };
    let told = render(ReportFormat::Short, &set.input(found), crate::report::Style::default());
    let lines: Vec<&str> = told.lines().chain(more.iter().map(String::as_str)).collect();
    writeln!(
        out,
        ">\n      <{fault} type=\"{}\" message=\"{}\">{}</{fault}>\n    </testcase>",
        attribute(first.rule.id),
        attribute(&first.message),
        escaped(&lines.join("\n"))
    )
    .expect(WRITES);
}

/// A text as the value of an attribute.
fn attribute(text: &str) -> String {
    escaped(&visible(text)).replace('\n', "&#10;").replace('\t', "&#9;")
}

/// A text as XML holds it. What no XML may hold is spelt out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\n' | '\t' => safe.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                write!(safe, "&lt;U+{:04X}&gt;", u32::from(c)).expect(WRITES);
            }
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_its_place() {
        assert_eq!(
            escaped("<a b=\"c\" d='e'>&\u{1b}\u{ffff}\n"),
            "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;&lt;U+001B&gt;&lt;U+FFFF&gt;\n"
        );
        assert_eq!(attribute("a\u{1b}]]>"), "a&lt;U+001B&gt;]]&gt;");
        assert!(!attribute("a\nb\tc").contains(['\n', '\t']));
    }
}
