//! Boxes, arrows and frames around boxes, and their spelling in Mermaid and in dot.
//!
//! Takes a [`Diagram`] that somebody else has built, of steps or of rules, and gives text. Labels may be any
//! text whatsoever: the writers name nodes by number and escape labels, so that no label can end its quotes,
//! be read as markup or break the drawing. What the nodes mean, and layout, is left to others.

mod dot;
mod mermaid;

pub use dot::dot;
pub use mermaid::mermaid;

/// A directed graph to be drawn from top to bottom, in the order in which things were added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagram {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    clusters: Vec<Cluster>,
}

/// A node of the diagram that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(usize);

/// A cluster of the diagram that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterId(usize);

/// How a node looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A rectangle: something is done.
    Box,
    /// A rectangle with round ends: where it starts or ends.
    Terminal,
    /// A hexagon: something is decided.
    Decision,
    /// A trapezium: a person does something.
    Manual,
    /// A cylinder: something is stored.
    Store,
}

/// How an edge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// The usual way.
    Solid,
    /// The way when something goes wrong, or a weaker relation.
    Dashed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    label: String,
    shape: Shape,
    cluster: Option<ClusterId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edge {
    from: NodeId,
    to: NodeId,
    label: String,
    line: Line,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cluster {
    label: String,
    parent: Option<ClusterId>,
}

impl Diagram {
    /// Adds a node, in a cluster or outside of all. The label's line breaks are kept.
    pub fn node(&mut self, shape: Shape, label: impl Into<String>, cluster: Option<ClusterId>) -> NodeId {
        self.nodes.push(Node { label: label.into(), shape, cluster });
        NodeId(self.nodes.len() - 1)
    }

    /// Adds an edge; an empty label is none.
    pub fn edge(&mut self, from: NodeId, to: NodeId, line: Line, label: impl Into<String>) {
        self.edges.push(Edge { from, to, label: label.into(), line });
    }

    /// Adds a frame, within another one or outside of all.
    pub fn cluster(&mut self, label: impl Into<String>, parent: Option<ClusterId>) -> ClusterId {
        self.clusters.push(Cluster { label: label.into(), parent });
        ClusterId(self.clusters.len() - 1)
    }

    /// The clusters and nodes that stand directly in `parent`, each in order.
    fn children(&self) -> Children {
        let mut children = Children {
            clusters: vec![Vec::new(); self.clusters.len() + 1],
            nodes: vec![Vec::new(); self.clusters.len() + 1],
        };
        for (index, cluster) in self.clusters.iter().enumerate() {
            children.clusters[slot(cluster.parent)].push(ClusterId(index));
        }
        for (index, node) in self.nodes.iter().enumerate() {
            children.nodes[slot(node.cluster)].push(NodeId(index));
        }
        children
    }
}

/// What stands directly in each cluster, and, in front, outside of all.
struct Children {
    clusters: Vec<Vec<ClusterId>>,
    nodes: Vec<Vec<NodeId>>,
}

fn slot(cluster: Option<ClusterId>) -> usize {
    cluster.map_or(0, |cluster| cluster.0 + 1)
}

/// The lines of a label without white space at their ends or in rows, with pictures for control characters;
/// at least one.
fn lines(label: &str) -> Vec<String> {
    let lines: Vec<String> = label
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .map(|line| show_controls(&line))
        .collect();
    if lines.is_empty() { vec![String::from(" ")] } else { lines }
}

/// The text with the pictures that Unicode has for the control characters of ASCII, except for tabs and line
/// feeds, so that a reader sees that they are there.
#[must_use]
pub fn show_controls(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' => c,
            '\0'..='\u{1f}' => {
                char::from_u32(0x2400 + u32::from(c)).expect("U+2400 to U+241F are characters")
            }
            '\u{7f}' => '\u{2421}',
            c => c,
        })
        .collect()
}
