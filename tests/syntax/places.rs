//! A place in a decoded text is found again in the source.

use proptest::prelude::*;
use rulec::syntax::{Format, NodeId, Tree};

use super::{node, read};

/// The source of a part of the text under the key `a`.
fn spelled<'s>(format: Format, source: &'s str, part: &str) -> &'s str {
    let tree = read(format, source).tree;
    let id = node(&tree, source, &["a"]);
    let start = tree.text(source, id).find(part).expect("the part is in the text");
    &source[tree.text_span(source, id, start..start + part.len()).range()]
}

#[test]
fn behind_escapes() {
    let json = r#"{"a": "\"é\" \u00e9\t\ud83d\ude00 rm -rf \/"}"#;
    for (part, source) in
        [("rm -rf", "rm -rf"), ("é\" é", r#"é\" \u00e9"#), ("😀", r"\ud83d\ude00"), ("/", r"\/")]
    {
        assert_eq!(spelled(Format::Json, json, part), source);
    }
    assert_eq!(spelled(Format::Json, r#"{"a": "plain rm"}"#, "rm"), "rm");
    let yaml = r#"a: "\x41 \_ \U0001F600 rm""#;
    for (part, source) in [("A", r"\x41"), ("\u{a0}", r"\_"), ("😀", r"\U0001F600"), ("rm", "rm")] {
        assert_eq!(spelled(Format::Yaml, yaml, part), source);
    }
    assert_eq!(spelled(Format::Yaml, "a: 'it''s rm'", "'s rm"), "''s rm");
    assert_eq!(spelled(Format::Toml, r#"a = "\u00e9\e rm""#, "\u{1b} r"), r"\e r");
}

#[test]
fn behind_line_breaks() {
    let block = "a: |2-  # c\n   one\n\n  two\n";
    assert_eq!(spelled(Format::Yaml, block, " one\n"), " one\n");
    assert_eq!(spelled(Format::Yaml, block, "two"), "two");
    assert_eq!(spelled(Format::Yaml, block, "e\n\ntw"), "e\n\n  tw");
    let folded = "a: >\n  one\n  two\n\n  three\n   more\n  end\n";
    assert_eq!(spelled(Format::Yaml, folded, "one two"), "one\n  two");
    assert_eq!(spelled(Format::Yaml, folded, "three"), "three");
    assert_eq!(spelled(Format::Yaml, folded, " more\nend"), " more\n  end");
    let plain = "a: one\n  two\n\n  three # c\n";
    assert_eq!(spelled(Format::Yaml, plain, "two\nth"), "two\n\n  th");
    let quoted = "a: \"one \\\n  two\n\n  three\"";
    assert_eq!(spelled(Format::Yaml, quoted, "two"), "two");
    assert_eq!(spelled(Format::Yaml, quoted, "three"), "three");
    let basic = "a = \"\"\"\none \\\n\n   two\nthree\"\"\"";
    assert_eq!(spelled(Format::Toml, basic, "two\nth"), "two\nth");
    assert_eq!(spelled(Format::Toml, "a = '''\n\\one'''", "one"), "one");
    let crlf = "a: |\r\n  one\r\n  two\r\nb: 1";
    assert_eq!(spelled(Format::Yaml, crlf, "two"), "two");
}

#[test]
fn a_text_that_stands_elsewhere_is_its_node() {
    assert_eq!(spelled(Format::Yaml, "b: &x some text\na: *x", "text"), "*x");
    assert_eq!(spelled(Format::Yaml, "a: 0x10", "6"), "0x10");
}

/// Checks for each character of a text that its source is that character, an escape of it, or the break that
/// it stands for; and that places only go forward.
fn check_places(format: Format, source: &str, tree: &Tree, id: NodeId) -> Result<(), TestCaseError> {
    let text = tree.text(source, id);
    let mut last = 0;
    for (at, c) in text.char_indices() {
        let span = tree.text_span(source, id, at..at + c.len_utf8());
        let raw = &source[span.range()];
        let escaped = match format {
            Format::Toml => format!("a = \"\"\"{raw}\"\"\""),
            _ => format!("\"{raw}\""),
        };
        let decoded = read(format, &escaped).tree;
        let again =
            if format == Format::Toml { decoded.get(&escaped, Tree::ROOT, "a") } else { Some(Tree::ROOT) };
        let same = raw.chars().eq([c])
            || (raw.starts_with('\\') && again.is_some_and(|id| decoded.text(&escaped, id).chars().eq([c])))
            || (c == '\'' && raw == "''")
            || (c == ' ' && raw.trim_matches([' ', '\t', '\r', '\n']).is_empty() && raw.contains('\n'))
            || (c == '\n' && (raw == "\r\n" || (raw.is_empty() && span.end as usize == source.len())));
        prop_assert!(same, "{c:?} is spelled {raw:?} in {source:?}");
        prop_assert!(span.start as usize >= last, "places go back in {source:?}");
        last = span.start as usize;
    }
    Ok(())
}

fn check_all(format: Format, source: &str) -> Result<(), TestCaseError> {
    let parsed = read(format, source);
    prop_assume!(parsed.diagnostics.iter().all(|found| found.rule.id == "hidden-unicode"));
    for index in 0..parsed.tree.len() as u32 {
        check_places(format, source, &parsed.tree, NodeId(index))?;
    }
    Ok(())
}

/// Lines as they may stand in a block scalar or a folded text.
fn lines() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(
        prop_oneof![Just(String::new()), "[a-zé😀]{1,4}( [a-z]{1,3}){0,2}", " [a-z]{1,3}", "[a-z]{1,3} ?"],
        1..6,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn in_json(pieces in prop::collection::vec(prop::sample::select(&["a", "é", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", " "][..]), 0..12)) {
        check_all(Format::Json, &format!("\"{}\"", pieces.concat()))?;
    }

    #[test]
    fn in_double_quotes(pieces in prop::collection::vec(prop::sample::select(&["a", "é", "😀", "\\n", "\\\"", "\\\\", "\\x41", "\\u00e9", "\\U0001F600", "\\_", " ", "\n  ", "\\\n  ", " \n \n  ", "\\ ", "\r\n "][..]), 0..12)) {
        check_all(Format::Yaml, &format!("a: \"{}\"", pieces.concat()))?;
    }

    #[test]
    fn in_single_quotes_and_plain(pieces in prop::collection::vec(prop::sample::select(&["a", "é", "''", " ", "\n  ", "\n\n  ", "b c", "\\n"][..]), 0..12)) {
        check_all(Format::Yaml, &format!("a: '{}'", pieces.concat()))?;
        check_all(Format::Yaml, &format!("a: x{}x\nb: 1", pieces.concat()))?;
    }

    #[test]
    fn in_block_scalars(lines in lines(), style in "[|>][-+]?", indent in 1..4usize, newline in prop::sample::select(&["\n", "\r\n"][..]), behind in any::<bool>()) {
        let pad = " ".repeat(indent);
        let lines: Vec<String> = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") }).collect();
        let text = format!("a: {style}{newline}{}{}", lines.join(newline), if behind { format!("{newline}b: 1") } else { String::new() });
        check_all(Format::Yaml, &text)?;
    }

    #[test]
    fn in_toml(pieces in prop::collection::vec(prop::sample::select(&["a", "é", "😀", "\\n", "\\\"", "\\\\", "\\u00e9", "\\U0001F600", " ", "\\t"][..]), 0..12)) {
        check_all(Format::Toml, &format!("a = \"{}\"", pieces.concat()))?;
        check_all(Format::Toml, &format!("a = \"\"\"\n{}\n \\\n  {}\"\"\"", pieces.concat(), pieces.concat()))?;
    }
}
