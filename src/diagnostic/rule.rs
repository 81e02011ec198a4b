//! What is known of a rule: its name, code, default level and documentation.
//!
//! The documentation of a rule is the `//!` comment of the file that implements it, so that `rulec explain`,
//! the README's table and the rustdoc page can't differ. Its headings are What, Why, Bad, Good and, where
//! there are any, Exceptions; the fenced blocks under Bad and Good are run by a test.

use std::fmt;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not reported at all.
    Off,
    /// Worth knowing; reported only when asked for.
    Note,
    /// Will go wrong in operation.
    Warning,
    /// Contradicts itself or can't be compiled: no plan is made.
    Error,
}

impl Level {
    /// The level's name as configuration and messages spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule: one kind of finding.
#[derive(Debug)]
pub struct RuleInfo {
    /// Kebab-case name of the fault, stable: `missing-rollback`.
    pub id: &'static str,
    /// Short code, stable: `R0401`. Accepted wherever the id is.
    pub code: &'static str,
    /// The level it has when the configuration says nothing.
    pub level: Level,
    /// One line for lists.
    pub summary: &'static str,
    /// Either a Rust source whose leading `//!` lines are the documentation, or the documentation itself.
    pub source: &'static str,
}

/// A fenced block of a rule's documentation: a rule file that shows the fault, or its absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// File name in the example's rule set, such as `L5-execution.yaml`.
    pub file: String,
    /// Its content.
    pub text: String,
}

impl RuleInfo {
    /// The address of the page about it.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("https://rulec.dev/rules/{}", self.id)
    }

    /// The documentation as Markdown.
    #[must_use]
    pub fn docs(&self) -> String {
        if !self.source.starts_with("//!") {
            return self.source.trim().to_owned() + "\n";
        }
        let mut docs = String::new();
        for line in self.source.lines().map_while(|line| line.strip_prefix("//!")) {
            docs.push_str(line.strip_prefix(' ').unwrap_or(line));
            docs.push('\n');
        }
        docs
    }

    /// The rule sets of one heading (`Bad` or `Good`): consecutive fences are files of one rule set, prose
    /// between them starts another. A fence's info string is the format, then the file name.
    #[must_use]
    pub fn examples(&self, heading: &str) -> Vec<Vec<Example>> {
        let docs = self.docs();
        let mut sets: Vec<Vec<Example>> = Vec::new();
        let (mut inside, mut fresh) = (false, true);
        let mut lines = docs.lines();
        while let Some(line) = lines.next() {
            if let Some(title) = line.strip_prefix('#') {
                inside = title.trim_start_matches('#').trim() == heading;
                fresh = true;
            } else if let Some(info) = line.strip_prefix("```") {
                let file = info.split_whitespace().nth(1).unwrap_or_default().to_owned();
                let text = lines
                    .by_ref()
                    .take_while(|line| !line.starts_with("```"))
                    .fold(String::new(), |text, line| text + line + "\n");
                if inside {
                    if fresh {
                        sets.push(Vec::new());
                    }
                    fresh = false;
                    sets.last_mut().expect("a set was started above").push(Example { file, text });
                }
            } else if !line.trim().is_empty() {
                fresh = true;
            }
        }
        sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_and_examples_come_from_the_file_comment() {
        let rule = RuleInfo {
            id: "x",
            code: "R0000",
            level: Level::Warning,
            summary: "",
            source: "//! # What\n//! text\n//! # Bad\n//! ```yaml L5-a.yaml\n//! a: 1\n//! ```\n//! ```json L2-b.json\n//! {}\n//! ```\n//! or\n//! ```yaml L5-c.yaml\n//! ```\nuse x;\n",
        };
        assert!(rule.docs().starts_with("# What\ntext\n# Bad\n"));
        let sets = rule.examples("Bad");
        assert_eq!(sets.len(), 2);
        assert_eq!(sets[0][0], Example { file: "L5-a.yaml".into(), text: "a: 1\n".into() });
        assert_eq!(sets[0][1].file, "L2-b.json");
        assert!(rule.examples("Good").is_empty());
    }
}
