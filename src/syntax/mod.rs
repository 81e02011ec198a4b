//! JSON, YAML 1.2 and TOML to one tree with a byte span for every key and value.
//!
//! [`parse`] never fails: it gives the tree of what could be read, and a finding for each thing that could
//! not. What the values mean is left to `schema` and `model`.

mod tree;

pub use tree::{Builder, Format, Kind, Node, NodeId, Tree};
