//! Mistakes in JSON.

use rulec::syntax::{Format, MAX_BYTES, Parsed};
use serde_json::json;

use super::{node, read, value};

#[track_caller]
fn check(marked: &str, messages: &[&str]) -> Parsed {
    super::check(Format::Json, marked, messages)
}

#[track_caller]
fn reads_as(text: &str, expected: serde_json::Value) {
    assert_eq!(value(&read(Format::Json, text).tree, text), expected, "{text}");
}

#[test]
fn strict_json_is_read_as_it_is() {
    let text = " {\"a\": [1, -2.5e+3, true, false, null, \"\"], \"b\\u00e9\\n\": {}, \"😀\": \"\\ud83d\\ude00\"} \r\n";
    check(text, &[]);
    reads_as(text, json!({"a": [1, -2500.0, true, false, null, ""], "bé\n": {}, "😀": "😀"}));
    check("\u{feff}[]", &[]);
    check("1", &[]);
}

#[test]
fn every_key_and_value_has_its_place() {
    let text = r#"{"a": {"b\n": [10, "x"]}}"#;
    let parsed = read(Format::Json, text);
    let b = node(&parsed.tree, text, &["a", "b\n"]);
    assert_eq!(&text[parsed.tree.node(b).span.range()], r#"[10, "x"]"#);
    let key = parsed.tree.key_of(b).expect("a value of an object");
    assert_eq!(&text[parsed.tree.node(key).span.range()], r#""b\n""#);
    let spans: Vec<_> = parsed.tree.items(b).map(|item| &text[parsed.tree.node(item).span.range()]).collect();
    assert_eq!(spans, ["10", "\"x\""]);
}

#[test]
fn comments() {
    let one = "JSON has no comments";
    check("{«// x»\n\"a\": 1 «/* y */», \"b\": 2\n  «# z»\n}", &[one, one, one]);
    check("{}\n«// x»", &[one]);
    check("«/*» x", &["the comment is never closed"]);
    check(r#"{"a": "//no /* comment"}"#, &[]);
    check("[1«/*x*/»,2]", &[one]);
}

#[test]
fn commas() {
    let trailing = "a comma stands behind the last value";
    check("{\"a\": 1«,»}", &[trailing]);
    check("[1«,»\n]", &[trailing]);
    check("[1,«,»2]", &["nothing stands between two commas"]);
    check("[«,»1]", &["nothing stands before the comma"]);
    check("{«,»\"a\": 1}", &["nothing stands before the comma"]);
    check("[1«» 2]", &["expected `,` behind this value"]);
    check("{\"a\": {}«»\n \"b\": 2}", &["expected `,` behind this value"]);
    check("[1«;»2]", &["expected `,`, found `;`"]);
}

#[test]
fn colons() {
    check("{\"a\"«» 1}", &["expected `:` behind the key"]);
    check("{\"a\" «=>» 1}", &["expected `:`, found `=>`"]);
    check("{«\"a\"», \"b\": 1}", &["the key `a` has no value"]);
    check("{\"a\":«»}", &["expected a value behind the `:`"]);
    check("{\"a\":«», \"b\": 1}", &["expected a value behind the `:`"]);
    check("{«:» 1}", &["no key stands before the `:`"]);
    check("{\"a\":«:» 1}", &["unexpected `:`"]);
    check("[\"a\"«:» 1]", &["a list has no keys"]);
    check("{\"a\": \"b\"«:» \"c\", \"d\": 1}", &["unexpected `:`"]);
}

#[test]
fn quotes() {
    check("{«'a'»: «'it\\'s'»}", &["a string takes double quotes"; 2]);
    reads_as("{'a': 'it\\'s'}", json!({"a": "it's"}));
    reads_as("['say \"x\"']", json!(["say \"x\""]));
    check("[«“a”»]", &["a string takes double quotes"]);
    check("{«a»: 1, «b-c»: 2}", &["the key `a` lacks its quotes", "the key `b-c` lacks its quotes"]);
    check("[«foo bar», 1]", &["the string `foo bar` lacks its quotes"]);
    check("{\"a\": «2024-01-02»}", &["the string `2024-01-02` lacks its quotes"]);
    check("[\"say «\"»hi\" there\", 1]", &["this quote ends the string, but text follows it"]);
    check("[\"a\", «\"»b]", &["the string is never closed"]);
    check("{\"a\": «\"»x,\n\"b\": 1}", &["the string is never closed"]);
    reads_as("{\"a\": \"x,\n\"b\": 1}", json!({"a": "x", "b": 1}));
    check("{«\"»a: 1,\n\"b\": 1}", &["the string is never closed"]);
    reads_as("{\"a: 1,\n\"b\": 1}", json!({"a": 1, "b": 1}));
    check("[\"a«\n»b\"]", &["a string can't go on over the end of a line"]);
}

#[test]
fn words_and_numbers() {
    check(
        "[«True», «None», «NaN», «-Infinity», «undefined»]",
        &[
            "JSON has no `True`",
            "JSON has no `None`",
            "JSON has no number `NaN`",
            "JSON has no number `-Infinity`",
            "JSON has no `undefined`",
        ],
    );
    check(
        "[«01», «+1», «.5», «5.», «0x1F», «1_000», «0b1», «0o7»]",
        &[
            "a number can't start with a zero",
            "a number takes no `+`",
            "a number needs a digit before its point",
            "a number needs a digit behind its point",
            "JSON has no hexadecimal numbers",
            "a number of JSON takes no `_`",
            "JSON has no binary numbers",
            "JSON has no octal numbers",
        ],
    );
    reads_as("[01, +1, .5, 5., 0x1F, 1_000, True, None]", json!([1, 1, 0.5, 5, 31, 1000, true, null]));
    check(
        "[«5%», «10:30», «1.2.3»]",
        &[
            "the string `5%` lacks its quotes",
            "the string `10:30` lacks its quotes",
            "the string `1.2.3` lacks its quotes",
        ],
    );
    let long = "9".repeat(400);
    check(&format!("[{long}, 1e999]"), &[]);
}

#[test]
fn escapes_and_control_characters() {
    check(
        r#"["«\d» «\'» «\u12» «\ud800» «\udc00»"]"#,
        &[
            r"`\d` is no escape of JSON",
            r"`\'` is no escape of JSON",
            r"`\u12` lacks hexadecimal digits",
            r"`\ud800` is half of a surrogate pair",
            r"`\udc00` is half of a surrogate pair",
        ],
    );
    check(
        "[\"a«\t»b«\u{1}»\"]",
        &["a tab stands bare in a string", "the control character U+0001 stands bare in a string"],
    );
    check("[«\u{a0}»1]", &["U+00A0 is no blank of JSON"]);
}

#[test]
fn brackets() {
    let parsed = check("{\"a\": [1, 2«}»", &["expected `]`, found `}`"]);
    assert_eq!(parsed.diagnostics[0].related[0].location.span.start, 6);
    check("[1«}»", &["expected `]`, found `}`"]);
    check("{\"a\": [1«}», \"b\": 2}", &["expected `]`, found `}`"]);
    let parsed = check("{\"a\": «[»1, {}", &["`[` is never closed"]);
    assert_eq!(parsed.diagnostics[0].related[0].text, "the file ends here, with 2 brackets open");
    assert!(!parsed.complete);
    check("[1]«]»", &["`]` closes nothing"]);
    check("[1] «[2]»", &["content stands behind the end of the document"]);
    check("{«{»}}", &["expected a key, found `{`"]);
    check("{\"a\": 1, «{»\"b\": 2}}", &["expected a key, found `{`"]);
}

#[test]
fn documents() {
    check("«»", &["the file is empty"]);
    check(" \n«»", &["the file is empty"]);
    check("«layer: L5»\nname: x", &["a JSON document starts with `{` or `[`"]);
    let why = rulec::host::FileError::TooLarge { size: MAX_BYTES + 1, limit: MAX_BYTES };
    let found = rulec::syntax::unreadable_file(rulec::source::FileId(0), &why);
    assert_eq!(found.message, "this can't be read as a rule file: it has 65 MiB, more than 64 MiB");
}

#[test]
fn duplicate_keys() {
    let parsed = check(r#"{"a": 1, "b": 2, «"\u0061"»: 3}"#, &["the key `a` stands twice in one mapping"]);
    assert_eq!(parsed.diagnostics[0].related[0].location.span, rulec::source::Span::new(1, 4));
    let keys: Vec<String> = (0..100_000).map(|key| format!("\"k{key}\":1")).collect();
    let text = format!("{{{},\"k7\":2}}", keys.join(","));
    let found = read(Format::Json, &text).diagnostics;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "the key `k7` stands twice in one mapping");
}

#[test]
fn depth_is_bounded() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    check(&deep(200), &[]);
    check(&format!("{}«[»{}", "[".repeat(200), &deep(300)[201..]), &["nested more than 200 levels deep"]);
    for levels in [10_000, 1_000_000] {
        for open in ["[", "{\"a\":"] {
            let text = open.repeat(levels);
            let found = read(Format::Json, &text).diagnostics;
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].rule.id, "nested-too-deep");
        }
    }
}

#[test]
fn a_file_of_mistakes_is_cut_short() {
    let text = format!("[{}]", "'x',".repeat(10_000));
    let found = read(Format::Json, &text).diagnostics;
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].message, "more than 100 mistakes in one file: the others are not shown");
}

#[test]
fn hidden_characters() {
    check("{\"a\": \"x«\u{200b}»y\"}", &["a zero-width character (U+200B) can't be seen"]);
    check("[«\u{200b}»1]", &["U+200B is no blank of JSON"]);
}
