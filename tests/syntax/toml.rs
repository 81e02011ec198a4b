//! Mistakes in TOML, and what TOML means.

use rulec::source::Span;
use rulec::syntax::{Format, Parsed, Tree};
use serde_json::json;

use super::{node, read, value};

#[track_caller]
fn check(marked: &str, messages: &[&str]) -> Parsed {
    super::check(Format::Toml, marked, messages)
}

#[track_caller]
fn reads_as(text: &str, expected: serde_json::Value) {
    let parsed = check(text, &[]);
    assert_eq!(value(&parsed.tree, text), expected, "{text}");
}

const SCATTERED: &str = r#"
a = 1
b.c = "x"
b.d = [1, { y.z = 2 }]
[x.y]
k = '''
lit'''
[[s]]
n = "a\tb"
[s.sub]
m = true
[[s]]
n = 0x1F
[x]
"q k" = +1.5
"#;

#[test]
fn tables_come_together() {
    reads_as(
        SCATTERED,
        json!({"a": 1, "b": {"c": "x", "d": [1, {"y": {"z": 2}}]}, "x": {"y": {"k": "lit"}, "q k": 1.5},
               "s": [{"n": "a\tb", "sub": {"m": true}}, {"n": 31}]}),
    );
    reads_as(
        "t = 1979-05-27T07:32:00Z\nd = 2030-01-31",
        json!({"t": "1979-05-27T07:32:00Z", "d": "2030-01-31"}),
    );
    reads_as("\u{feff}a = \"é\"\r\nb = 1\r\n", json!({"a": "é", "b": 1}));
    reads_as("a = { x = 1,\n # c\n y = 2, }", json!({"a": {"x": 1, "y": 2}}));
}

#[test]
fn every_key_and_value_has_its_place() {
    let tree = check(SCATTERED, &[]).tree;
    let place = |path: &[&str]| &SCATTERED[tree.node(node(&tree, SCATTERED, path)).span.range()];
    assert_eq!(place(&["x"]), "[x]");
    assert_eq!(place(&["x", "y"]), "[x.y]");
    assert_eq!(place(&["b"]), "b");
    assert_eq!(place(&["b", "d"]), "[1, { y.z = 2 }]");
    assert_eq!(place(&["s"]), "[[s]]");
    let keys: Vec<_> = tree.entries(Tree::ROOT).map(|(key, _)| tree.node(key).span.start).collect();
    let at = |text| SCATTERED.find(text).expect("it is there") as u32;
    assert_eq!(keys, [at("a = 1"), at("b.c"), at("x]\n\"q"), at("s]]")]);
}

#[test]
fn duplicates() {
    let twice = "the key `a` stands twice in one mapping";
    let parsed = check("a = 1\n«a» = 2", &[twice]);
    assert_eq!(parsed.diagnostics[0].related[0].location.span, Span::new(0, 1));
    let parsed = check("[a]\nx = 1\n[«a»]\nx = 2\ny = 3", &[twice]);
    assert_eq!(parsed.diagnostics[0].related[0].location.span, Span::new(1, 2));
    check("b = {a = 1, «a» = 2}", &[twice]);
    check("[a]\n[[«a»]]", &[twice]);
    check("[[a]]\n[«a»]", &[twice]);
    check("b.a = 1\nb.«a» = 2", &[twice]);
    check("a.b = 1\n[«a»]", &[twice]);
    check("[a.b.c]\n[a]\nb.«c».d = 1\n", &["the key `c` stands twice in one mapping"]);
}

#[test]
fn tables_that_can_not_be_extended() {
    check("a = 1\n«a».b = 2", &["`a` is a number: no key can be added to it"]);
    check("a = [1]\n[[«a»]]", &["the key `a` stands twice in one mapping"]);
    check("a = {x = 1}\n[«a».b]", &["`a` is a table in braces: no key can be added to it"]);
    check("a = {x = 1}\n«a».y = 2", &["`a` is a table in braces: no key can be added to it"]);
    check("a = true\n[«a».b]\nc = 1", &["`a` is a boolean: no key can be added to it"]);
}

#[test]
fn keys() {
    check("a«:» 1", &["expected `=`, found `:`"]);
    check("a«»\nb = 1", &["expected `=` behind the key"]);
    check("«=» 1", &["no key stands here"]);
    check("«é» = 1", &["a key without quotes can't hold `é`"]);
    check("«//» c\na = 1", &["a comment of TOML starts with `#`"]);
    check("[«]»", &["no key stands here"]);
    check("«[»a\nb = 1", &["the header is never closed"]);
    check("[a]«]»", &["text stands behind the value"]);
    check("a = {x«:» 1}", &["expected `=`, found `:`"]);
}

#[test]
fn values() {
    for (marked, message) in [
        ("a = «»\nb = 1", "expected a value behind the `=`"),
        ("a = «foo»", "the string `foo` lacks its quotes"),
        ("a = «info»", "the string `info` lacks its quotes"),
        ("a = «5%»", "the string `5%` lacks its quotes"),
        ("a = «True»", "TOML has no `True`"),
        ("a = «null»", "TOML has no null"),
        ("a = «01»", "a number can't start with a zero"),
        ("a = «1.»", "a number needs a digit behind its point"),
        ("a = «.5»", "a number needs a digit before its point"),
        ("a = «1__0»", "`_` may only stand between two digits"),
        ("a = «0xZZ»", "`0xZZ` is no number"),
        ("a = «inf»", "`inf` is no finite number"),
        ("a = «-nan»", "`-nan` is no finite number"),
        ("a = «2024-13-01»", "`2024-13-01` is no date or time"),
        ("a = 1 «b» = 2", "text stands behind the value"),
        ("a = 'it'«s'»", "text stands behind the value"),
        ("a = «'»x\nb = 1", "the string is never closed"),
        ("a = «\"»x\nb = 1", "the string is never closed"),
        ("a = «\"\"\"»x\nb = 1", "the string is never closed"),
        ("a = «'''»\n\\\\oé''", "the string is never closed"),
        ("a = \"«\\q»\"", "`\\q` is no escape of TOML"),
        ("a = \"x«\\u12»\"", "`\\u12` stands for no character"),
        ("a = \"x«\\ud800»\"", "`\\ud800` stands for no character"),
    ] {
        check(marked, &[message]);
    }
    let text = "a = foo\nb = 01\nc = True";
    assert_eq!(value(&read(Format::Toml, text).tree, text), json!({"a": "foo", "b": 1, "c": true}));
}

#[test]
fn lists_and_braces() {
    check("a = «[»1, 2\nb = 1", &["`[` is never closed"]);
    check("a = «{»x = 1\nb = 2", &["`{` is never closed"]);
    check("a = [1«» \"x\"]", &["expected `,` behind this value"]);
    check("a = [1 «2»]", &["text stands behind the value"]);
    check("a = [1,«,»2]", &["nothing stands before the comma"]);
    check("a = {x = \"1\"«» y = 2}", &["expected `,` behind this value"]);
    check("a = «]»", &["unexpected `]`"]);
    check("a = [b «=» 2]", &["a list has no keys"]);
}

#[test]
fn documents() {
    check("«»", &["the document is empty"]);
    check("# only a comment\n«»", &["the document is empty"]);
    check("«{»\"a\": 1}", &["unexpected `{`"]);
    let found = read(Format::Toml, "layer: L5\nname: x\n- y").diagnostics;
    assert_eq!(found.len(), 3);
}

#[test]
fn depth_is_bounded() {
    let deep = ["a = ".to_owned() + &"[".repeat(10_000), "a = ".to_owned() + &"{a = ".repeat(10_000)];
    let header = format!("[{}a]\nx = 1", "a.".repeat(10_000));
    let closed = format!("a = {}{}\nb = 1", "[".repeat(300), "]".repeat(300));
    for text in deep.into_iter().chain([header, closed]) {
        let found = read(Format::Toml, &text).diagnostics;
        assert_eq!(
            found.iter().map(|found| found.rule.id).collect::<Vec<_>>(),
            ["nested-too-deep"],
            "{:.20}",
            text
        );
    }
    let keys: String = (0..100_000).map(|key| format!("k{key} = 1\n")).collect();
    assert_eq!(read(Format::Toml, &(keys + "k7 = 1")).diagnostics.len(), 1);
}

#[test]
fn hidden_characters() {
    check("a = \"x«\u{200b}»y\"", &["a zero-width character (U+200B) can't be seen"]);
}
