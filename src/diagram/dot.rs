//! A diagram in the language of Graphviz.

use std::fmt::Write as _;

use super::{Children, ClusterId, Diagram, Line, NodeId, Shape, lines, slot};

/// The diagram in the dot language.
#[must_use]
pub fn dot(diagram: &Diagram) -> String {
    let mut out = String::from(
        "digraph {\n  graph [fontname=\"sans-serif\"]\n  node [fontname=\"sans-serif\" shape=box]\n  edge [fontname=\"sans-serif\"]\n",
    );
    write_children(&mut out, diagram, &diagram.children(), None, 1);
    for edge in &diagram.edges {
        let mut attributes = Vec::new();
        if !edge.label.is_empty() {
            attributes.push(format!("label={}", quote(&edge.label)));
        }
        if edge.line == Line::Dashed {
            attributes.push("style=dashed".to_owned());
        }
        let attributes = match attributes.is_empty() {
            true => String::new(),
            false => format!(" [{}]", attributes.join(" ")),
        };
        let _ = writeln!(out, "  n{} -> n{}{attributes}", edge.from.0, edge.to.0);
    }
    out.push_str("}\n");
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
        let shape = match node.shape {
            Shape::Box => "",
            Shape::Terminal => " shape=box style=rounded",
            Shape::Decision => " shape=hexagon",
            Shape::Manual => " shape=trapezium",
            Shape::Store => " shape=cylinder",
        };
        let _ = writeln!(out, "{indent}n{id} [label={}{shape}]", quote(&node.label));
    }
    for &ClusterId(id) in &children.clusters[slot(parent)] {
        // Graphviz draws a frame around subgraphs whose name starts with `cluster`.
        let _ = writeln!(out, "{indent}subgraph cluster{id} {{");
        let _ = writeln!(out, "{indent}  label={}", quote(&diagram.clusters[id].label));
        write_children(out, diagram, children, Some(ClusterId(id)), depth + 1);
        let _ = writeln!(out, "{indent}}}");
    }
}

/// A label as a quoted string. Graphviz knows escapes such as `\N` and entities such as `&lt;` in it.
fn quote(label: &str) -> String {
    let lines: Vec<String> = lines(label)
        .iter()
        .map(|line| line.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;"))
        .collect();
    format!("\"{}\"", lines.join("\\n"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn nothing_in_a_label_is_an_escape() {
        for (label, text) in [
            ("Start \"it\"", r#""Start \"it\"""#),
            (r"a\N \", r#""a\\N \\""#),
            ("a\n b", r#""a\nb""#),
            ("&lt;<b>", r#""&amp;lt;<b>""#),
            ("", r#"" ""#),
        ] {
            assert_eq!(quote(label), text);
        }
    }
}
