//! Suites of cases that passed or did not, as JUnit's XML: what nearly every CI system shows.
//!
//! Knows nothing of what was tried. The document fits the schema that Jenkins reads by, which most others
//! agree with: attributes that only some know, such as a case's file, are left out.

use std::time::Duration;

use super::xml::Xml;

/// Cases that belong together, such as those of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suite {
    /// What it is called.
    pub name: String,
    /// What was tried, in the order to show it.
    pub cases: Vec<Case>,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it is called; best unique in its group.
    pub name: String,
    /// What it is shown below: readers take dots for levels, as in the name of a class.
    pub group: String,
    /// How long it took, where that was measured.
    pub took: Option<Duration>,
    /// How it went.
    pub outcome: Outcome,
    /// What it printed; empty where it printed nothing.
    pub output: String,
}

/// How a case went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed(Fault),
    /// It could not be tried.
    Broken(Fault),
    /// It was not tried; the reason.
    Skipped(String),
}

/// What went wrong in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault it is, such as the name of a rule.
    pub kind: String,
    /// What is wrong, in one line.
    pub message: String,
    /// All that is to be said about it, in any number of lines.
    pub details: String,
}

impl Case {
    /// A case that passed.
    #[must_use]
    pub fn passed(group: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            group: group.into(),
            took: None,
            outcome: Outcome::Passed,
            output: String::new(),
        }
    }

    /// A case that failed.
    #[must_use]
    pub fn failed(group: impl Into<String>, name: impl Into<String>, fault: Fault) -> Self {
        Self { outcome: Outcome::Failed(fault), ..Self::passed(group, name) }
    }
}

/// The XML document of all suites, `name` being that of the whole. It ends with a line break.
#[must_use]
pub fn junit_xml(name: &str, suites: &[Suite]) -> String {
    let mut xml = Xml::new();
    let all = Totals::of(suites.iter().flat_map(|suite| &suite.cases));
    xml.element("testsuites", &all.attributes(name), |xml| {
        for suite in suites {
            let totals = Totals::of(&suite.cases);
            let mut attributes = totals.attributes(&suite.name);
            attributes.push(("skipped", totals.skipped.to_string()));
            xml.element("testsuite", &attributes, |xml| {
                suite.cases.iter().for_each(|case| push_case(xml, case));
            });
        }
    });
    xml.finish()
}

fn push_case(xml: &mut Xml, case: &Case) {
    let mut attributes = vec![("classname", case.group.clone()), ("name", case.name.clone())];
    attributes.extend(case.took.map(|took| ("time", seconds(took))));
    xml.element("testcase", &attributes, |xml| {
        match &case.outcome {
            Outcome::Passed => {}
            Outcome::Failed(fault) => push_fault(xml, "failure", fault),
            Outcome::Broken(fault) => push_fault(xml, "error", fault),
            Outcome::Skipped(reason) => xml.leaf("skipped", &[], reason),
        }
        if !case.output.is_empty() {
            xml.leaf("system-out", &[], &case.output);
        }
    });
}

fn push_fault(xml: &mut Xml, name: &'static str, fault: &Fault) {
    xml.leaf(name, &[("type", fault.kind.clone()), ("message", fault.message.clone())], &fault.details);
}

/// How many cases there are, and how many of each outcome.
#[derive(Debug, Default)]
struct Totals {
    cases: usize,
    failed: usize,
    broken: usize,
    skipped: usize,
    took: Option<Duration>,
}

impl Totals {
    fn of<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Self {
        let mut totals = Self::default();
        for case in cases {
            totals.cases += 1;
            match case.outcome {
                Outcome::Passed => {}
                Outcome::Failed(_) => totals.failed += 1,
                Outcome::Broken(_) => totals.broken += 1,
                Outcome::Skipped(_) => totals.skipped += 1,
            }
            if let Some(took) = case.took {
                totals.took = Some(totals.took.unwrap_or_default().saturating_add(took));
            }
        }
        totals
    }

    fn attributes(&self, name: &str) -> Vec<(&'static str, String)> {
        let mut attributes = vec![
            ("name", name.to_owned()),
            ("tests", self.cases.to_string()),
            ("failures", self.failed.to_string()),
            ("errors", self.broken.to_string()),
        ];
        attributes.extend(self.took.map(|took| ("time", seconds(took))));
        attributes
    }
}

/// Seconds with thousandths.
#[must_use]
pub fn seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_adds_up() {
        let fault = |kind: &str| Fault {
            kind: kind.to_owned(),
            message: "1 < 2".to_owned(),
            details: "said \"no\"\nand ended".to_owned(),
        };
        let mut slow = Case::failed("baking.E1", "rises", fault("expectation"));
        slow.took = Some(Duration::from_millis(61_005));
        slow.output = "hot\n".to_owned();
        let broken = Case { outcome: Outcome::Broken(fault("setup")), ..Case::passed("baking.E1", "falls") };
        let skipped = Case { outcome: Outcome::Skipped("no oven".to_owned()), ..Case::passed("b", "waits") };
        let suites = [
            Suite { name: "baking".to_owned(), cases: vec![slow, broken] },
            Suite { name: "selling".to_owned(), cases: vec![Case::passed("b", "sells"), skipped] },
            Suite { name: "nothing".to_owned(), cases: vec![] },
        ];
        assert_eq!(
            junit_xml("shop", &suites),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop" tests="4" failures="1" errors="1" time="61.005">
  <testsuite name="baking" tests="2" failures="1" errors="1" time="61.005" skipped="0">
    <testcase classname="baking.E1" name="rises" time="61.005">
      <failure type="expectation" message="1 &lt; 2">said "no"
and ended</failure>
      <system-out>hot
</system-out>
    </testcase>
    <testcase classname="baking.E1" name="falls">
      <error type="setup" message="1 &lt; 2">said "no"
and ended</error>
    </testcase>
  </testsuite>
  <testsuite name="selling" tests="2" failures="0" errors="0" skipped="1">
    <testcase classname="b" name="sells"/>
    <testcase classname="b" name="waits">
      <skipped>no oven</skipped>
    </testcase>
  </testsuite>
  <testsuite name="nothing" tests="0" failures="0" errors="0" skipped="0"/>
</testsuites>
"#
        );
    }
}
