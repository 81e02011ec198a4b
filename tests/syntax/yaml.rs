//! Mistakes in YAML, and what YAML means.

use rulec::source::Span;
use rulec::syntax::{Format, Parsed};
use serde_json::json;

use super::{node, read, value};

#[track_caller]
fn check(marked: &str, messages: &[&str]) -> Parsed {
    super::check(Format::Yaml, marked, messages)
}

#[track_caller]
fn reads_as(text: &str, expected: serde_json::Value) {
    let parsed = check(text, &[]);
    assert_eq!(value(&parsed.tree, text), expected, "{text}");
}

#[test]
fn the_core_schema_holds() {
    reads_as(
        "a: no\nb: [yes, On, y]\nc: ~\nd:\ne: True\nf: 0x1F\ng: 0o17\nh: 010\ni: +1.5\nj: .5\nk: '1'\nl: 1_000\n",
        json!({"a": "no", "b": ["yes", "On", "y"], "c": null, "d": null, "e": true, "f": 31, "g": 15, "h": 10,
               "i": 1.5, "j": 0.5, "k": "1", "l": "1_000"}),
    );
    reads_as("1: a\ntrue: b\n~: c\n0x10: d", json!({"1": "a", "true": "b", "~": "c", "0x10": "d"}));
    reads_as("a: !!str 1\nb: !!int '1'\nc: ! 2\nd: !!seq []", json!({"a": "1", "b": 1, "c": "2", "d": []}));
}

#[test]
fn scalars_of_all_styles() {
    reads_as(
        "a: plain\n  text\n\n  more # comment\nb: 'it''s\n  on'\nc: \"x\\n\\x41\\\n  y\"\nd: |\n  x\n   y\n\ne: >-\n  x\n  y\n\n  z\nf: |+\n  k\n\n",
        json!({"a": "plain text\nmore", "b": "it's on", "c": "x\nAy", "d": "x\n y\n", "e": "x y\nz", "f": "k\n\n"}),
    );
    reads_as("a: 1\r\nb:\r\n  - x\r\n  - |\r\n    y\r\n", json!({"a": 1, "b": ["x", "y\n"]}));
    reads_as("\u{feff}a: é", json!({"a": "é"}));
}

#[test]
fn every_key_and_value_has_its_place() {
    let text = "a:\n- b: |  # x | y\n\n    text\n  c: [1, 'd']\n- e\nf: g\n";
    let parsed = check(text, &[]);
    let tree = &parsed.tree;
    let slice = |id| &text[tree.node(id).span.range()];
    let a = node(tree, text, &["a"]);
    assert_eq!(slice(a), "- b: |  # x | y\n\n    text\n  c: [1, 'd']\n- e");
    let first = tree.items(a).next().expect("an item");
    assert_eq!(slice(first), "b: |  # x | y\n\n    text\n  c: [1, 'd']");
    assert_eq!(slice(tree.get(text, first, "b").expect("b")), "|  # x | y\n\n    text");
    assert_eq!(slice(tree.get(text, first, "c").expect("c")), "[1, 'd']");
    assert_eq!(slice(rulec::syntax::Tree::ROOT), text.trim_end());
}

#[test]
fn aliases_are_expanded() {
    let text = "a: &x {b: 1, c: \"d\"}\ne: *x\nf: &n 0x10\ng: *n\n*n : 3\nh: [&t text, *t, *t]\n&k k: *k";
    reads_as(
        text,
        json!({"a": {"b": 1, "c": "d"}, "e": {"b": 1, "c": "d"}, "f": 16, "g": 16, "16": 3,
               "h": ["text", "text", "text"], "k": "k"}),
    );
    let tree = read(Format::Yaml, text).tree;
    let alias = node(&tree, text, &["e"]);
    assert_eq!(&text[tree.node(alias).span.range()], "*x");
    let inner = node(&tree, text, &["e", "c"]);
    assert_eq!(tree.node(inner).span, tree.node(node(&tree, text, &["a", "c"])).span);
    check("a: «*nope»", &["no anchor `&nope` stands before this alias"]);
    check("a: &a [«*a»]", &["this alias stands inside its own anchor"]);
    check("a: &a [x]\n«*a» : 1", &["this alias can't be a key: it stands for no text"]);
}

#[test]
fn alias_bombs_do_not_go_off() {
    let mut text = String::from("a0: &a0 [x, x]\n");
    for level in 1..40 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    let parsed = read(Format::Yaml, &text);
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(parsed.diagnostics[0].message, "the aliases of this file expand to more than 100000 values");
    let at = parsed.diagnostics[0].primary.location.span;
    assert_eq!(&text[at.range()], "*a4");

    let long = format!("a: &a {}\nb: [{}]", "x".repeat(1_000_000), vec!["*a"; 100_000].join(","));
    assert!(read(Format::Yaml, &long).tree.len() > 100_000);
    let deep =
        (1..300).fold("a0: &a0 [x]\n".to_owned(), |text, n| format!("{text}a{n}: &a{n} [*a{}]\n", n - 1));
    let found = read(Format::Yaml, &deep).diagnostics;
    assert_eq!(found.iter().map(|found| found.rule.id).collect::<Vec<_>>(), ["nested-too-deep"]);
}

#[test]
fn tabs() {
    let tab = "a tab indents this line";
    check("a:\n«\t»b: 1", &[tab]);
    check("a:\n  b: 1\n«\t»c: 2", &[tab]);
    check("a:\n  b: 1\n «\t»c: 2", &[tab]);
    check("a: [\n«\t»x,\n\ty]", &[tab]);
    check("a: [\n  x,\t# c\n  y ]", &[]);
}

#[test]
fn documents() {
    check("«»", &["the document is empty"]);
    check("# only a comment\n«»", &["the document is empty"]);
    check("---«»\n", &["the document is empty"]);
    check("---\na: 1\n...\n", &[]);
    check("a: 1\n«---»\nb: 2", &["a second document starts in this file"]);
    check("«%YAML 1.1»\n---\na: no", &["this file asks for an older YAML, but is read as YAML 1.2"]);
}

#[test]
fn keys() {
    let parsed = check("a: 1\nb: 2\n«\"a\"»: 3", &["the key `a` stands twice in one mapping"]);
    assert_eq!(parsed.diagnostics[0].related[0].location.span, Span::new(0, 1));
    check("a: &x {b: 1, «b»: 2}\nc: *x\nd: *x", &["the key `b` stands twice in one mapping"]);
    check("? «[»a]\n: 1\nb: 2", &["a list can't be a key"]);
    check("«{»a: 1}: {x: [2]}\nb: 2", &["a mapping can't be a key"]);
    check("«»: 1", &["no key stands before the `:`"]);
    let text = "b: &b {x: 1}\nc:\n  <<: *b\n  y: 2";
    check(&text.replace("<<", "«<<»"), &["`<<` merges nothing: YAML 1.2 has no merge keys"]);
    assert_eq!(value(&read(Format::Yaml, text).tree, text), json!({"b": {"x": 1}, "c": {"y": 2}}));
    reads_as("'<<': 1", json!({"<<": 1}));
}

#[test]
fn values() {
    check(
        "a: «.inf»\nb: [«-.INF», «.nan»]",
        &["`.inf` is no finite number", "`-.INF` is no finite number", "`.nan` is no finite number"],
    );
    check(
        "a: «!foo» 1\nb: «!!binary» x\nc: «!!int» x\nd: «!!map» []",
        &[
            "unknown tag `!foo`",
            "unknown tag `!!binary`",
            "the tag `!!int` does not fit `x`",
            "the tag `!!map` does not fit a list",
        ],
    );
    check("a: «!e!x» y", &["this tag is unknown"]);
}

#[test]
fn what_the_parser_refuses() {
    for (marked, message) in [
        ("a: b«:» c", "a second `:` stands in one line"),
        ("a: 1\n «b»: 2", "`b` is read as part of the text that starts above"),
        ("key:value\n«b»: 1", "`b` is read as part of the text that starts above"),
        ("a: 1\n«foo»\nb: 2", "expected a key and `:`, found `foo`"),
        ("- a\n«b:» 1", "expected `-`, found `b:`"),
        ("a: «@»x", "a text without quotes can't start with `@`"),
        ("a: «`»x`", "a text without quotes can't start with a backtick"),
        ("a: «\u{1}»", "the control character U+0001 can't stand in YAML"),
        ("a: «%»x", "a text without quotes can't start with `%`"),
        ("a: «-» 1", "a list can't start here"),
        ("a: «{»x: 1", "`{` is never closed"),
        ("a: «[»1}", "`[` is closed by `}`"),
        ("a: «]»", "`]` closes nothing"),
        ("a: [1, 2\nb«:» 3", "unexpected `:`"),
        ("a: [x, é: ~\nd«:»\n", "expected `,` or `]`, found `:`"),
        ("a: [1, «,» 2]", "nothing stands before the comma"),
        ("a: «\"»x\nb: 1", "the string is never closed"),
        ("a: «'»x\n", "the string is never closed"),
        ("a: 'it'«s'»", "text stands behind the closing quote"),
        ("a: \"b\" «c»", "text stands behind the closing quote"),
        ("a: \"x «\\q»\"", "`\\q` is no escape of YAML"),
        ("a: \"\\n«\\x4»\"", "`\\x4` is no escape of YAML"),
        ("a: \"\\ud83d\\ude00 «\\ud800»\"", "`\\ud800` is no escape of YAML"),
        ("\"é«\\»", "`\\` is no escape of YAML"),
        ("a: «*» x", "`*` needs a name behind it"),
        ("y: «,»", "unexpected `,`"),
    ] {
        let parsed = check(marked, &[message]);
        assert!(!parsed.complete, "{marked}");
    }
}

#[test]
fn depth_is_bounded() {
    let levels = 10_000;
    let indented: String = (0..600).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    let texts =
        ["[".repeat(levels), "{a: ".repeat(levels), "- ".repeat(levels), "[".repeat(1_000_000), indented];
    for text in texts {
        let found = read(Format::Yaml, &text).diagnostics;
        assert_eq!(found.iter().map(|found| found.rule.id).collect::<Vec<_>>(), ["nested-too-deep"]);
    }
    let fine = format!("{}{}", "[".repeat(200), "]".repeat(200));
    check(&fine, &[]);
    let deeper = format!("{}«[»]{}", "[".repeat(200), "]".repeat(200));
    check(&deeper, &["nested more than 200 levels deep"]);
    let blocks = format!("{}«-» x", "- ".repeat(200));
    check(&blocks, &["nested more than 200 levels deep"]);
}

#[test]
fn hidden_characters() {
    check("a: x«\u{202e}»y", &["a bidirectional control (U+202E) can't be seen"]);
    check("a: 👩\u{200d}💻", &[]);
}
