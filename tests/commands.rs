//! What the parser of commands says of a text, against shells that read the same text.

use std::process::{Command, Stdio};

use proptest::prelude::*;
use rulec::lint::command::{Fault, parse};

use crate::support::tools;

/// Shells that differ from one another, and must agree on what is no shell at all.
const SHELLS: [&str; 2] = ["dash", "bash"];

/// Texts one by one, so that a proptest need not find them.
const BROKEN: [&str; 24] = [
    "a 'b",
    "a \"b",
    "$(a",
    "\"${a\"",
    "`a",
    "(a",
    "{ a; ",
    "{ a }",
    "if a; then b",
    "if a; b; fi",
    "if a then b; fi",
    "while a; do b; fi",
    "for x in a b; c; done",
    "case x in a) b",
    "a )",
    "a ;; b",
    "a; fi",
    "a && ",
    "a |",
    "| a",
    "a & ; b",
    "a >",
    "a > | b",
    "a (b) c",
];

/// True where a shell that only reads the text has nothing against it.
fn reads(shell: &str, text: &str) -> bool {
    let mut command = Command::new(shell);
    let command = command.args(["-n", "-c", text]).stdin(Stdio::null());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.expect("the shell can be started").success()
}

/// Texts that bash has something against, and reads all the same: it goes on without a failure.
const READ: [&str; 5] =
    ["while [[ for x $x ]]", "if [[ a x $x ]]", "( [[ a b ]]", "[[ a b c ]]; fi", "while [[ ! a b ]]; fi"];

fn is_broken(text: &str) -> bool {
    matches!(parse(text), Err(Fault::Broken(_)))
}

#[test]
fn what_is_called_broken_is() {
    for text in BROKEN {
        assert!(is_broken(text), "{text}: {:?}", parse(text));
        for shell in SHELLS.into_iter().filter(|shell| tools::has(shell)) {
            assert!(!reads(shell, text), "{shell} reads {text}");
        }
    }
}

#[test]
fn what_a_shell_reads_is_not_called_broken() {
    for text in READ {
        assert!(!is_broken(text), "{text}: {:?}", parse(text));
    }
    // What is surely wrong still is, beside a comparison that every shell with `[[` knows.
    for text in ["while [[ $a == b ]]; fi", "if [[ -f x ]]; fi", "if [[ ! $a -lt 3 ]]; fi"] {
        assert!(is_broken(text), "{text}: {:?}", parse(text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    /// No text that a shell reads is called broken.
    #[test]
    fn no_shell_reads_what_is_called_broken(
        text in "(a|b |[ (){}`'\"|&;<>=#!$\n]|x=|\\$\\(|\\$\\{|\\$x|if |then |fi|fi |do |done|for x |in |case x in |esac|;;|&&|\\|\\||<<E\n|E\n|\\[\\[ | \\]\\]|; |while |\\$\\(\\(|\\)\\)|f\\(\\) |:-|\\}){0,14}"
    ) {
        if is_broken(&text) {
            for shell in SHELLS.into_iter().filter(|shell| tools::has(shell)) {
                prop_assert!(!reads(shell, &text), "{} reads {:?}: {:?}", shell, text, parse(&text));
            }
        }
    }

    /// Where a fault has a place, it is in the text.
    #[test]
    fn faults_stay_inside(text in "(\\PC|[ (){}`'\"|&;<>=#!$\n]|if |then |do |<\\(|é){0,20}") {
        match parse(&text) {
            Err(Fault::Broken(broken)) => {
                prop_assert!(text.get(broken.range()).is_some_and(|spelt| !spelt.is_empty()));
            }
            Err(Fault::Extension { at, .. }) => prop_assert!(text.get(at).is_some_and(|spelt| !spelt.is_empty())),
            Ok(_) | Err(Fault::Unknown) => {}
        }
    }
}
