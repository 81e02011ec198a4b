//! One flat arena of nodes for all three formats, in the order of the source but for what aliases (YAML) and
//! scattered tables (TOML) bring together.
//!
//! A container is followed by its whole content and knows where that ends, so that walking, skipping and
//! finding the parent need no pointers. In an object, keys and values alternate. Text is a slice of the
//! source wherever the source spells it as it is; only escaped or folded text is owned.

use std::fmt::Write;

use crate::source::{FileId, Location, Span};

/// The formats that a rule file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML 1.2, core schema.
    Yaml,
    /// TOML 1.1, which takes all of 1.0.
    Toml,
}

impl Format {
    /// The format that a file name's ending names, if any.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let ending = path.rsplit_once('.')?.1;
        if ending.eq_ignore_ascii_case("json") {
            Some(Format::Json)
        } else if ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml") {
            Some(Format::Yaml)
        } else if ending.eq_ignore_ascii_case("toml") {
            Some(Format::Toml)
        } else {
            None
        }
    }
}

/// A node's index in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A number; its text, normalised to JSON's grammar, is [`Tree::text`].
    Number,
    /// A string.
    String,
    /// A key of an object; the next node is its value.
    Key,
    /// A list.
    Array,
    /// A mapping.
    Object,
    /// A value that could not be read (a finding says why). It fits everything and means nothing.
    Hole,
}

/// One node: 20 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The bytes it covers, quotes and brackets included.
    pub span: Span,
    /// Index after its last descendant: where the next sibling is.
    end: u32,
    /// Text nodes: start of the text in the source, or (with `owned`) index into `Tree::owned`.
    /// Containers: number of elements or entries.
    extra: u32,
    owned: bool,
    /// How many bytes of the span's end do not belong to the text: 1 behind a quoted string.
    tail: u8,
}

/// A parsed file.
#[derive(Debug)]
pub struct Tree {
    /// Which file it was.
    pub file: FileId,
    /// Its format.
    pub format: Format,
    nodes: Vec<Node>,
    owned: Vec<Box<str>>,
}

impl Tree {
    /// The root: the whole document.
    pub const ROOT: NodeId = NodeId(0);

    /// Number of nodes; at least one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: there is always a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of an id of this tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// What a node is.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// Where a node is.
    #[must_use]
    pub fn location(&self, id: NodeId) -> Location {
        Location { file: self.file, span: self.node(id).span }
    }

    /// The text of a string, key or number (empty for anything else). `source` is the file's text.
    #[must_use]
    pub fn text<'a>(&'a self, source: &'a str, id: NodeId) -> &'a str {
        let node = self.node(id);
        match node.kind {
            Kind::String | Kind::Key | Kind::Number if node.owned => &self.owned[node.extra as usize],
            Kind::String | Kind::Key | Kind::Number => {
                &source[node.extra as usize..(node.span.end - u32::from(node.tail)) as usize]
            }
            _ => "",
        }
    }

    /// True where the text of a node is a verbatim slice of the source.
    #[must_use]
    pub fn is_verbatim(&self, id: NodeId) -> bool {
        !self.node(id).owned
    }

    /// Number of elements of an array or entries of an object, else 0.
    #[must_use]
    pub fn count(&self, id: NodeId) -> usize {
        match self.node(id).kind {
            Kind::Array | Kind::Object => self.node(id).extra as usize,
            _ => 0,
        }
    }

    /// Number of nodes of a value, itself included.
    #[must_use]
    pub fn size(&self, id: NodeId) -> usize {
        (self.node(id).end - id.0) as usize
    }

    /// How many containers stand in each other in a value, itself included.
    #[must_use]
    pub fn height(&self, id: NodeId) -> usize {
        let (mut open, mut height) = (Vec::new(), 0);
        for index in id.0..self.node(id).end {
            while open.last().is_some_and(|&end| end <= index) {
                open.pop();
            }
            let node = self.node(NodeId(index));
            if matches!(node.kind, Kind::Array | Kind::Object) {
                open.push(node.end);
                height = height.max(open.len());
            }
        }
        height
    }

    /// The elements of an array (nothing for anything else).
    #[must_use]
    pub fn items(&self, id: NodeId) -> Items<'_> {
        let node = self.node(id);
        let inside = node.kind == Kind::Array;
        Items { tree: self, next: id.0 + 1, end: if inside { node.end } else { id.0 + 1 } }
    }

    /// Keys and values of an object, in order of the source (nothing for anything else).
    #[must_use]
    pub fn entries(&self, id: NodeId) -> Entries<'_> {
        let node = self.node(id);
        let inside = node.kind == Kind::Object;
        let end = if inside { node.end } else { id.0 + 1 };
        Entries { children: Items { tree: self, next: id.0 + 1, end } }
    }

    /// The value of a key of an object; the first where a key stands twice.
    #[must_use]
    pub fn get(&self, source: &str, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id).find(|(name, _)| self.text(source, *name) == key).map(|(_, value)| value)
    }

    /// The value at a path of keys.
    #[must_use]
    pub fn get_path(&self, source: &str, id: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(id, |node, key| self.get(source, node, key))
    }

    /// The key whose value a node is, if it is one's.
    #[must_use]
    pub fn key_of(&self, id: NodeId) -> Option<NodeId> {
        let before = NodeId(id.0.checked_sub(1)?);
        (self.kind(before) == Kind::Key).then_some(before)
    }

    /// The JSON pointer (RFC 6901) of a value, found by descending from the root. A key counts as its value.
    /// Costs the siblings on the way; for many nodes of one tree use [`Tree::pointers`].
    #[must_use]
    pub fn pointer(&self, source: &str, id: NodeId) -> String {
        let target = if self.kind(id) == Kind::Key { NodeId(id.0 + 1) } else { id };
        let (mut at, mut path) = (Self::ROOT, String::new());
        while at != target {
            let holds = |value: NodeId| value <= target && target.0 < self.node(value).end;
            let step = match self.kind(at) {
                Kind::Array => {
                    self.items(at).enumerate().find(|(_, item)| holds(*item)).map(|(index, item)| {
                        path.push('/');
                        path.push_str(&index.to_string());
                        item
                    })
                }
                Kind::Object => self.entries(at).find(|(_, value)| holds(*value)).map(|(key, value)| {
                    push_escaped(&mut path, self.text(source, key));
                    value
                }),
                _ => None,
            };
            match step {
                Some(next) => at = next,
                None => break,
            }
        }
        path
    }

    /// Parent and position among its siblings of every node, made in one pass.
    #[must_use]
    pub fn pointers(&self) -> Pointers {
        let mut parents = vec![(Self::ROOT, 0); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            let id = NodeId(index as u32);
            match node.kind {
                Kind::Array => {
                    for (position, item) in self.items(id).enumerate() {
                        parents[item.0 as usize] = (id, position as u32);
                    }
                }
                Kind::Object => {
                    for (key, value) in self.entries(id) {
                        parents[key.0 as usize] = (id, 0);
                        parents[value.0 as usize] = (id, 0);
                    }
                }
                _ => {}
            }
        }
        Pointers { parents }
    }
}

/// Parents of all nodes of a tree: JSON pointers without searching.
#[derive(Debug)]
pub struct Pointers {
    parents: Vec<(NodeId, u32)>,
}

impl Pointers {
    /// The JSON pointer of a value of the tree that these were made of.
    #[must_use]
    pub fn pointer(&self, tree: &Tree, source: &str, id: NodeId) -> String {
        let mut at = if tree.kind(id) == Kind::Key { NodeId(id.0 + 1) } else { id };
        let mut parts = Vec::new();
        while at != Tree::ROOT {
            parts.push(at);
            at = self.parents[at.0 as usize].0;
        }
        let mut path = String::with_capacity(parts.len() * 12);
        for part in parts.into_iter().rev() {
            match tree.key_of(part) {
                Some(key) => push_escaped(&mut path, tree.text(source, key)),
                None => {
                    let position = self.parents[part.0 as usize].1;
                    write!(path, "/{position}").expect("a string takes all");
                }
            }
        }
        path
    }

    /// The container that a node stands in; the root for the root itself.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> NodeId {
        self.parents[id.0 as usize].0
    }
}

fn push_escaped(path: &mut String, key: &str) {
    path.push('/');
    for part in key.split_inclusive(['~', '/']) {
        match part.as_bytes().last() {
            Some(b'~') => path.extend([&part[..part.len() - 1], "~0"]),
            Some(b'/') => path.extend([&part[..part.len() - 1], "~1"]),
            _ => path.push_str(part),
        }
    }
}

/// The children of a container, each once.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    tree: &'a Tree,
    next: u32,
    end: u32,
}

impl Iterator for Items<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end {
            return None;
        }
        let id = NodeId(self.next);
        self.next = self.tree.nodes[self.next as usize].end;
        Some(id)
    }
}

/// The keys and values of an object, each pair once.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    children: Items<'a>,
}

impl Iterator for Entries<'_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<(NodeId, NodeId)> {
        Some((self.children.next()?, self.children.next()?))
    }
}

/// Makes a tree, node by node, in order of the source.
#[derive(Debug)]
pub struct Builder {
    tree: Tree,
    open: Vec<u32>,
}

impl Builder {
    /// An empty tree of a file.
    #[must_use]
    pub fn new(file: FileId, format: Format) -> Self {
        Self { tree: Tree { file, format, nodes: Vec::new(), owned: Vec::new() }, open: Vec::new() }
    }

    /// Makes room for about so many nodes.
    pub fn reserve(&mut self, nodes: usize) {
        self.tree.nodes.reserve(nodes);
    }

    /// How many containers are open.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The innermost open container.
    #[must_use]
    pub fn innermost(&self) -> Option<&Node> {
        self.open.last().map(|&open| &self.tree.nodes[open as usize])
    }

    /// How many containers stand around the innermost open one of a kind.
    #[must_use]
    pub fn depth_of(&self, kind: Kind) -> Option<usize> {
        self.open.iter().rposition(|&open| self.tree.nodes[open as usize].kind == kind)
    }

    fn push(&mut self, kind: Kind, span: Span, extra: u32, owned: bool, tail: u8) -> NodeId {
        if kind != Kind::Key
            && let Some(&open) = self.open.last()
        {
            self.tree.nodes[open as usize].extra += 1;
        }
        let id = self.tree.nodes.len() as u32;
        self.tree.nodes.push(Node { kind, span, end: id + 1, extra, owned, tail });
        NodeId(id)
    }

    /// Adds `null`, `true`, `false` or a hole.
    pub fn atom(&mut self, kind: Kind, span: Span) -> NodeId {
        debug_assert!(matches!(kind, Kind::Null | Kind::True | Kind::False | Kind::Hole));
        self.push(kind, span, 0, false, 0)
    }

    /// Adds a string, key or number whose text is the verbatim slice `text` of the source, inside `span`.
    pub fn verbatim(&mut self, kind: Kind, span: Span, text: Span) -> NodeId {
        debug_assert!(matches!(kind, Kind::String | Kind::Key | Kind::Number));
        match u8::try_from(span.end - text.end) {
            Ok(tail) => self.push(kind, span, text.start, false, tail),
            Err(_) => unreachable!("a verbatim text ends at most 255 bytes before its span: use `owned`"),
        }
    }

    /// Adds a string, key or number whose text differs from the source's spelling.
    pub fn owned(&mut self, kind: Kind, span: Span, text: impl Into<Box<str>>) -> NodeId {
        debug_assert!(matches!(kind, Kind::String | Kind::Key | Kind::Number));
        let index = self.tree.owned.len() as u32;
        self.tree.owned.push(text.into());
        self.push(kind, span, index, true, 0)
    }

    /// Adds a string, key or number with the text of a node that owns its text.
    pub fn shared(&mut self, kind: Kind, span: Span, text: NodeId) -> NodeId {
        let Node { extra, owned, .. } = *self.tree.node(text);
        debug_assert!(owned && matches!(kind, Kind::String | Kind::Key | Kind::Number));
        self.push(kind, span, extra, true, 0)
    }

    /// Adds a copy of an array, an object or an atom with all that is in it. The copy itself stands at `span`,
    /// what is in it where the original is. Nothing happens while the node is open: it would hold itself.
    pub fn copy(&mut self, node: NodeId, span: Span) -> Option<NodeId> {
        if self.open.binary_search(&node.0).is_ok() {
            return None;
        }
        let (start, original) = (node.0 as usize, self.tree.nodes[node.0 as usize]);
        let copy = self.push(original.kind, span, original.extra, original.owned, 0);
        self.tree.nodes.extend_from_within(start + 1..original.end as usize);
        let moved = copy.0 - node.0;
        for node in &mut self.tree.nodes[copy.0 as usize..] {
            node.end += moved;
        }
        self.tree.nodes[copy.0 as usize].end = original.end + moved;
        Some(copy)
    }

    /// What has been built so far.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Opens an array or object that starts at `start`.
    pub fn open(&mut self, kind: Kind, start: u32) -> NodeId {
        debug_assert!(matches!(kind, Kind::Array | Kind::Object));
        let id = self.push(kind, Span::at(start), 0, false, 0);
        self.open.push(id.0);
        id
    }

    /// Closes the innermost open container, which ends at `end`. A key without a value gets a hole.
    pub fn close(&mut self, end: u32) {
        if self.tree.nodes.last().is_some_and(|last| last.kind == Kind::Key) {
            self.atom(Kind::Hole, Span::at(end));
        }
        let open = self.open.pop().expect("close follows open") as usize;
        let next = self.tree.nodes.len() as u32;
        let node = &mut self.tree.nodes[open];
        node.end = next;
        node.span.end = end.max(node.span.start);
    }

    /// Closes whatever is still open and gives the tree; a document without a value becomes a hole.
    #[must_use]
    pub fn finish(mut self, end: u32) -> Tree {
        while !self.open.is_empty() {
            self.close(end);
        }
        if self.tree.nodes.is_empty() {
            self.atom(Kind::Hole, Span::at(end));
        }
        self.tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_and_points() {
        let source = r#"{"a":[1,"x"],"b/c":null}"#;
        let mut builder = Builder::new(FileId(0), Format::Json);
        builder.open(Kind::Object, 0);
        builder.verbatim(Kind::Key, Span::new(1, 4), Span::new(2, 3));
        builder.open(Kind::Array, 5);
        builder.verbatim(Kind::Number, Span::new(6, 7), Span::new(6, 7));
        let x = builder.verbatim(Kind::String, Span::new(8, 11), Span::new(9, 10));
        builder.close(12);
        builder.owned(Kind::Key, Span::new(13, 18), "b/c");
        let null = builder.atom(Kind::Null, Span::new(19, 23));
        let tree = builder.finish(24);

        assert_eq!(tree.count(Tree::ROOT), 2);
        let a = tree.get(source, Tree::ROOT, "a").expect("a is there");
        assert_eq!(tree.items(a).map(|item| tree.text(source, item)).collect::<Vec<_>>(), ["1", "x"]);
        assert_eq!(tree.get(source, Tree::ROOT, "b/c"), Some(null));
        let pointers = tree.pointers();
        for (id, pointer) in [(Tree::ROOT, ""), (a, "/a"), (x, "/a/1"), (null, "/b~1c")] {
            assert_eq!(tree.pointer(source, id), pointer);
            assert_eq!(pointers.pointer(&tree, source, id), pointer);
        }
        assert_eq!(tree.key_of(x), None);
        assert_eq!(std::mem::size_of::<Node>(), 20);
    }
}
