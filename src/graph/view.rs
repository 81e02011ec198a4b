//! The graph, or the neighbourhood of one entity in it, as plain data to draw or to write as JSON.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;

use super::{EdgeKind, EntityKind, Graph};
use crate::source::Location;

/// A part of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The entities, in order of file and place.
    pub nodes: Vec<ViewNode>,
    /// The references between them, in order of the source.
    pub edges: Vec<ViewEdge>,
}

/// An entity of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewNode {
    /// What it is.
    pub kind: EntityKind,
    /// Its id.
    pub id: String,
    /// Its name, where it has one beside the id.
    pub name: Option<String>,
    /// Where it is declared.
    pub location: Location,
}

/// A reference of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewEdge {
    /// Position of the referring entity among the nodes.
    pub from: usize,
    /// Position of the entity that is referred to.
    pub to: usize,
    /// What the reference says.
    pub kind: EdgeKind,
    /// Where it is written.
    pub location: Location,
}

impl Graph<'_> {
    /// The whole graph; or, with a focus, what lies within `depth` references of it, in either direction.
    #[must_use]
    pub fn view(&self, focus: Option<(NodeIndex, usize)>) -> View {
        let shown: Vec<NodeIndex> = match focus {
            None => self.nodes.node_indices().collect(),
            Some((center, depth)) => self.around(center, depth),
        };
        let positions: FxHashMap<NodeIndex, usize> =
            shown.iter().enumerate().map(|(position, index)| (*index, position)).collect();
        let nodes = shown.iter().map(|index| {
            let entity = self.entity(*index);
            ViewNode {
                kind: entity.kind,
                id: entity.id.to_string(),
                name: entity.name.map(str::to_owned),
                location: self.rules.location(entity.at),
            }
        });
        let edges = shown.iter().flat_map(|from| {
            self.references(*from).filter_map(|(edge, to)| {
                let location = self.rules.location(edge.at);
                Some(ViewEdge { from: positions[from], to: *positions.get(&to)?, kind: edge.kind, location })
            })
        });
        View { nodes: nodes.collect(), edges: edges.collect() }
    }

    fn around(&self, center: NodeIndex, depth: usize) -> Vec<NodeIndex> {
        let mut shown = vec![center];
        let mut seen: rustc_hash::FxHashSet<NodeIndex> = shown.iter().copied().collect();
        let mut edge = 0..1;
        for _ in 0..depth {
            for position in edge.clone() {
                let next: Vec<NodeIndex> = self.nodes.neighbors_undirected(shown[position]).collect();
                shown.extend(next.into_iter().filter(|next| seen.insert(*next)));
            }
            if edge.end == shown.len() {
                break;
            }
            edge = edge.end..shown.len();
        }
        shown.sort_unstable();
        shown
    }
}
