//! A diagram as a Mermaid flowchart.

use std::fmt::Write as _;

use super::{Children, ClusterId, Diagram, Line, NodeId, Shape, lines, slot};

/// The diagram in Mermaid's language.
#[must_use]
pub fn mermaid(diagram: &Diagram) -> String {
    let mut out = String::from("flowchart TD\n");
    write_children(&mut out, diagram, &diagram.children(), None, 1);
    for edge in &diagram.edges {
        let arrow = match edge.line {
            Line::Solid => "-->",
            Line::Dashed => "-.->",
        };
        let label = match edge.label.as_str() {
            "" => String::new(),
            label => format!("|\"{}\"|", quote(label)),
        };
        let _ = writeln!(out, "  n{} {arrow}{label} n{}", edge.from.0, edge.to.0);
    }
    out
}

fn write_children(
    out: &mut String,
    diagram: &Diagram,
    children: &Children,
    parent: Option<ClusterId>,
    depth: usize,
) {
    let indent = "  ".repeat(depth);
    for &NodeId(id) in &children.nodes[slot(parent)] {
        let node = &diagram.nodes[id];
        let (open, close) = match node.shape {
            Shape::Box => ("[", "]"),
            Shape::Terminal => ("([", "])"),
            Shape::Decision => ("{{", "}}"),
            Shape::Manual => ("[/", "\\]"),
            Shape::Store => ("[(", ")]"),
        };
        let _ = writeln!(out, "{indent}n{id}{open}\"{}\"{close}", quote(&node.label));
    }
    for &ClusterId(id) in &children.clusters[slot(parent)] {
        let _ = writeln!(out, "{indent}subgraph c{id}[\"{}\"]", quote(&diagram.clusters[id].label));
        write_children(out, diagram, children, Some(ClusterId(id)), depth + 1);
        let _ = writeln!(out, "{indent}end");
    }
}

/// A label as it stands between double quotes. Mermaid reads such text as Markdown (a list, a link or a fence
/// is "unsupported" there) and as HTML, so whatever either knows is written as an entity code, `#35;`.
fn quote(label: &str) -> String {
    let lines: Vec<String> = lines(label).iter().map(|line| quote_line(line)).collect();
    lines.join("<br/>")
}

fn quote_line(line: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let after_digit = before.is_some_and(|c: char| c.is_ascii_digit());
        let safe = match c {
            ' ' | ',' | '/' | '\'' | '?' | '!' | '(' => true,
            ')' => !after_digit,
            '.' => after_digit && rest.peek().is_some_and(char::is_ascii_digit),
            '-' => before.is_some(),
            c => c.is_alphanumeric() || !c.is_ascii() && !c.is_whitespace() && !c.is_control(),
        };
        match safe {
            true => out.push(c),
            false => {
                let _ = write!(out, "#{};", u32::from(c));
            }
        }
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn nothing_in_a_label_is_markup() {
        for (label, text) in [
            ("Start the API, then wait (5 s)", "Start the API, then wait (5 s)"),
            ("é \"x\"", "é #34;x#34;"),
            ("#quot; <b>&amp;", "#35;quot#59; #60;b#62;#38;amp#59;"),
            ("1. one", "1#46; one"),
            ("v1.2.3", "v1.2.3"),
            ("- a-b", "#45; a-b"),
            (" a\n\n  b\t c ", "a<br/>b c"),
            ("https://x.y", "https#58;//x#46;y"),
            ("`*a_`", "#96;#42;a#95;#96;"),
            ("", " "),
            ("a\u{7}", "a\u{2407}"),
        ] {
            assert_eq!(quote(label), text);
        }
    }
}
