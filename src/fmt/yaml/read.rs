//! A YAML document as it is written: nodes with the places of their parts, and the comments between them.

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, options};

use crate::source::Span;

/// A document.
pub(super) struct Document {
    /// Directives, and the line that starts the document, where there is one.
    pub(super) head: Option<Span>,
    pub(super) root: Node,
    /// In order.
    pub(super) comments: Vec<Span>,
}

/// A node with its properties.
pub(super) struct Node {
    /// Anchor and tag, in order.
    pub(super) properties: Vec<Span>,
    pub(super) is_tagged: bool,
    pub(super) content: Content,
}

/// What a node is.
pub(super) enum Content {
    /// A scalar or an alias; nothing at all has an empty span.
    Scalar {
        style: Style,
        text: String,
        at: Span,
    },
    List {
        items: Vec<Node>,
        bracket: Option<Span>,
    },
    Map {
        entries: Vec<(Node, Node)>,
        bracket: Option<Span>,
    },
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Block,
    Alias,
}

impl Node {
    /// Where it starts. A list without brackets and properties starts at its first item, behind the dash.
    pub(super) fn start(&self) -> u32 {
        self.properties.first().map_or_else(|| self.content.start(), |first| first.start)
    }
}

impl Content {
    fn start(&self) -> u32 {
        match self {
            Content::Scalar { at, .. } => at.start,
            Content::List { bracket: Some(at), .. } | Content::Map { bracket: Some(at), .. } => at.start,
            Content::List { items, .. } => items.first().map_or(0, Node::start),
            Content::Map { entries, .. } => entries.first().map_or(0, |(key, _)| key.start()),
        }
    }
}

/// Reads a text without mistakes; or says what is unusual about it.
pub(super) fn read(source: &str) -> Result<Document, &'static str> {
    let options = options! { emit_anchor_events: true, emit_comments: true };
    let mut reader =
        Reader { source, open: Vec::new(), root: None, comments: Vec::new(), head: None, last_end: 0 };
    for next in Parser::new_from_str_with_options(source, options) {
        let (event, place) = next.map_err(|_| "it can't be read twice")?;
        let bytes = place.byte_range().unwrap_or_default();
        let at = Span::new(bytes.start as u32, bytes.end.max(bytes.start) as u32);
        let tag = place.tag_span().and_then(|tag| tag.byte_range());
        let tag = tag.map(|tag| Span::new(tag.start as u32, tag.end as u32));
        reader.take(event, at, tag)?;
    }
    let Reader { root, comments, head, .. } = reader;
    Ok(Document { head, root: root.ok_or("it holds nothing")?, comments })
}

struct Reader<'s> {
    source: &'s str,
    /// Open collections; of a mapping, with the key whose value is next.
    open: Vec<(Node, Option<Node>)>,
    root: Option<Node>,
    comments: Vec<Span>,
    head: Option<Span>,
    /// Where the last scalar or bracket ended.
    last_end: u32,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, at: Span, tag: Option<Span>) -> Result<(), &'static str> {
        let node =
            |content| Node { properties: tag.into_iter().collect(), is_tagged: tag.is_some(), content };
        let bracket = |style| (style == StructureStyle::Flow).then_some(at);
        match event {
            Event::Comment(..) => self.comments.push(at),
            Event::DocumentStart(true, _) => {
                let behind = self.source[at.end as usize..].lines().next().unwrap_or_default().trim();
                if !behind.is_empty() && !behind.starts_with('#') {
                    return Err("the document starts on the line of its `---`");
                }
                self.head = Some(Span::new(0, at.end));
            }
            Event::Scalar(text, style, ..) => {
                let style = match style {
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                    _ => Style::Plain,
                };
                let at = if style == Style::Block { Span::new(self.indicator(at), at.end) } else { at };
                self.last_end = self.last_end.max(at.end);
                self.complete(node(Content::Scalar { style, text: text.into_owned(), at }))?;
            }
            Event::Alias(_) => {
                self.last_end = at.end;
                self.complete(node(Content::Scalar { style: Style::Alias, text: String::new(), at }))?;
            }
            Event::SequenceStart(style, ..) => {
                self.open.push((node(Content::List { items: Vec::new(), bracket: bracket(style) }), None));
            }
            Event::MappingStart(style, ..) => {
                // A pair in a list, `[a: b]`, has no braces of its own.
                let braces = bracket(style);
                self.open.push((node(Content::Map { entries: Vec::new(), bracket: braces }), None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((mut node, _)) = self.open.pop() else { return Err("its brackets do not match") };
                if !at.is_empty() {
                    self.last_end = at.end;
                }
                if let Content::List { bracket: Some(whole), .. }
                | Content::Map { bracket: Some(whole), .. } = &mut node.content
                {
                    whole.end = at.end.max(whole.start);
                }
                self.complete(node)?;
            }
            Event::Anchor(..) => self.anchored(at),
            _ => {}
        }
        Ok(())
    }

    /// Where the `|` or `>` of a block scalar stands: the parser places one at its content.
    fn indicator(&self, content: Span) -> u32 {
        let mut comments =
            self.comments.iter().skip(self.comments.partition_point(|it| it.start < self.last_end));
        let mut at = self.last_end as usize;
        while let Some(offset) = self.source[at..content.end as usize].find(['|', '>', '#']) {
            at += offset;
            if self.source.as_bytes()[at] != b'#' {
                return at as u32;
            }
            at = comments.next().map_or(at + 1, |comment| (comment.end as usize).max(at + 1));
        }
        content.start
    }

    /// The anchor of the node that was just told of.
    fn anchored(&mut self, at: Span) {
        let node = match self.open.last_mut() {
            None => self.root.as_mut(),
            Some((node, key)) => match (&mut node.content, key) {
                (Content::List { items, .. }, _) if items.is_empty() => Some(node),
                (Content::Map { entries, .. }, None) if entries.is_empty() => Some(node),
                (Content::Map { .. }, Some(key)) => Some(key),
                (Content::List { items, .. }, _) => items.last_mut(),
                (Content::Map { entries, .. }, None) => entries.last_mut().map(|(_, value)| value),
                (Content::Scalar { .. }, _) => None,
            },
        };
        if let Some(node) = node {
            node.properties.push(at);
            node.properties.sort_unstable();
        }
    }

    fn complete(&mut self, node: Node) -> Result<(), &'static str> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((Node { content: Content::List { items, .. }, .. }, _)) => items.push(node),
            Some((Node { content: Content::Map { entries, .. }, .. }, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let is_simple = match &node.content {
                        Content::Scalar { style, at, .. } => {
                            *style != Style::Block && !self.source[at.range()].contains('\n')
                        }
                        _ => false,
                    };
                    if !is_simple {
                        return Err("a key takes several lines");
                    }
                    *key = Some(node);
                }
            },
            Some((Node { content: Content::Scalar { .. }, .. }, _)) => {
                return Err("a scalar holds something");
            }
        }
        Ok(())
    }
}
