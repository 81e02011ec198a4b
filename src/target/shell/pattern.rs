//! A regular expression as states that a script goes through.
//!
//! What stands where is read here; what a character or class holds is asked of `regex` itself, so that both
//! agree on every letter of Unicode.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;

/// The most states of one expression.
const MOST: usize = 2000;

/// Every character there is, in order.
fn every() -> &'static str {
    static EVERY: OnceLock<String> = OnceLock::new();
    EVERY.get_or_init(|| ('\0'..=char::MAX).collect())
}

/// Runs of characters, in order, both ends included.
pub(super) type Class = Vec<(u32, u32)>;

/// One state.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Any character of a class leads to the next state.
    One(Class),
    /// Both states come at once.
    Both(usize, usize),
    /// The next state, at a place of a kind: `S`tart, `E`nd, `L`ine's start, `l`ine's end, `B`order of a word,
    /// `N`o such border.
    At(char),
    /// It is found.
    Found,
}

/// What `\w` holds, which tells where words end.
pub(super) fn word() -> Class {
    class("\\w", Flags::default()).expect("it is a class")
}

/// The states of an expression that `regex` takes, or what of it there is none for.
pub(super) fn states(pattern: &str) -> Result<Vec<State>, String> {
    let mut reader = Reader { rest: pattern, flags: Flags::default() };
    let node = reader.alternatives()?;
    if !reader.rest.is_empty() {
        return Err(reader.unknown());
    }
    let mut laid = Laid { states: Vec::new(), work: 0 };
    laid.lay(&node)?;
    laid.states.push(State::Found);
    Ok(laid.states)
}

#[derive(Debug, Clone)]
enum Node {
    One(Class),
    At(char),
    All(Vec<Node>),
    Any(Vec<Node>),
    Times(Box<Node>, usize, Option<usize>),
}

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    any_case: bool,
    lines: bool,
    all: bool,
}

struct Reader<'p> {
    rest: &'p str,
    flags: Flags,
}

impl<'p> Reader<'p> {
    fn unknown(&self) -> String {
        let shown: String = self.rest.chars().take(12).collect();
        format!("`{shown}` in a regular expression")
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take(&mut self, length: usize) -> &'p str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// Up to the end, or to the parenthesis that ends a group.
    fn alternatives(&mut self) -> Result<Node, String> {
        let mut any = Vec::new();
        loop {
            let mut all = Vec::new();
            while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
                if let Some(node) = self.atom()? {
                    all.push(self.repeated(node)?);
                }
            }
            any.push(Node::All(all));
            if !self.eat("|") {
                return Ok(Node::Any(any));
            }
        }
    }

    fn repeated(&mut self, mut node: Node) -> Result<Node, String> {
        loop {
            let (least, most) = match self.rest.as_bytes().first() {
                Some(b'*') => (0, None),
                Some(b'+') => (1, None),
                Some(b'?') => (0, Some(1)),
                Some(b'{') => {
                    let bounds = self.rest[1..].split_once('}').ok_or_else(|| self.unknown())?;
                    let (least, most) = bounds.0.split_once(',').unwrap_or((bounds.0, bounds.0));
                    let number = |text: &str, missing| match text.trim() {
                        "" => Some(missing),
                        text => text.parse().ok().map(Some),
                    };
                    let (Some(least), Some(most)) = (number(least, Some(0)), number(most, None)) else {
                        return Err(self.unknown());
                    };
                    self.take(bounds.0.len() + 1);
                    (least.unwrap_or(0), most)
                }
                _ => return Ok(node),
            };
            self.take(1);
            self.eat("?");
            node = Node::Times(Box::new(node), least, most);
        }
    }

    /// What comes next; nothing for flags.
    fn atom(&mut self) -> Result<Option<Node>, String> {
        let first = self.rest.chars().next().expect("callers have seen that something is left");
        let at = |kind| Ok(Some(Node::At(kind)));
        match first {
            '(' => self.group(),
            '^' => {
                self.take(1);
                at(if self.flags.lines { 'L' } else { 'S' })
            }
            '$' => {
                self.take(1);
                at(if self.flags.lines { 'l' } else { 'E' })
            }
            '\\' => self.escape(),
            '[' => {
                let length = class_length(self.rest).ok_or_else(|| self.unknown())?;
                self.one(length)
            }
            _ => self.one(first.len_utf8()),
        }
    }

    fn one(&mut self, length: usize) -> Result<Option<Node>, String> {
        let flags = self.flags;
        let error = self.unknown();
        class(self.take(length), flags).map(|class| Some(Node::One(class))).ok_or(error)
    }

    fn escape(&mut self) -> Result<Option<Node>, String> {
        let kind = self.rest[1..].chars().next().ok_or_else(|| self.unknown())?;
        let at = match kind {
            'A' => Some('S'),
            'z' => Some('E'),
            'b' if !self.rest.starts_with("\\b{") => Some('B'),
            'B' => Some('N'),
            _ => None,
        };
        if let Some(at) = at {
            self.take(2);
            return Ok(Some(Node::At(at)));
        }
        let braced = || self.rest[2..].starts_with('{').then(|| self.rest.find('}')).flatten();
        let length = match kind {
            'p' | 'P' | 'x' | 'u' | 'U' if braced().is_some() => braced().map(|end| end + 1),
            'p' | 'P' => self.rest[2..].chars().next().map(|name| 2 + name.len_utf8()),
            'x' => Some(4),
            'u' => Some(6),
            'U' => Some(10),
            '<' | '>' | 'b' => None,
            kind => Some(1 + kind.len_utf8()),
        };
        match length.filter(|length| self.rest.is_char_boundary(*length)) {
            Some(length) => self.one(length),
            None => Err(self.unknown()),
        }
    }

    fn group(&mut self) -> Result<Option<Node>, String> {
        let outer = self.flags;
        let whole = self.unknown();
        self.take(1);
        if self.eat("?P<") || self.eat("?<") {
            let end = self.rest.find('>').ok_or_else(|| whole.clone())?;
            self.take(end + 1);
        } else if self.eat("?") {
            let end = self.rest.find([':', ')']).ok_or_else(|| whole.clone())?;
            let mut on = true;
            for flag in self.take(end).chars() {
                match flag {
                    '-' => on = false,
                    'i' => self.flags.any_case = on,
                    'm' => self.flags.lines = on,
                    's' => self.flags.all = on,
                    'u' if on => {}
                    // Which of several texts is found is not asked for.
                    'U' => {}
                    _ => return Err(whole),
                }
            }
            if self.eat(")") {
                return Ok(None);
            }
            self.take(1);
        }
        let node = self.alternatives()?;
        if !self.eat(")") {
            return Err(whole);
        }
        self.flags = outer;
        Ok(Some(node))
    }
}

/// How many bytes the class has that a text starts with.
fn class_length(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '[' => {
                depth += 1;
                // A bracket that comes first stands for itself.
                chars.next_if(|(_, c)| *c == '^');
                while chars.next_if(|(_, c)| *c == '-').is_some() {}
                chars.next_if(|(_, c)| *c == ']');
            }
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The characters that a part of an expression stands for, which is that of one character.
fn class(item: &str, flags: Flags) -> Option<Class> {
    let mut chars = item.chars();
    if let (Some(c), None, false) = (chars.next(), chars.next(), flags.any_case || item == ".") {
        return Some(vec![(u32::from(c), u32::from(c))]);
    }
    if let [b'\\', sign] = item.as_bytes()
        && sign.is_ascii_punctuation()
    {
        return Some(vec![(u32::from(*sign), u32::from(*sign))]);
    }
    let on = if flags.any_case { "i" } else { "" };
    let all = if flags.all { "s" } else { "" };
    let wanted = format!("(?{on}{all}:{item})+");
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&wanted).cloned()) {
        return Some(known);
    }
    let regex = Regex::new(&wanted).ok()?;
    let runs = regex.find_iter(every()).map(|run| {
        let end = |c: Option<char>| c.map_or(0, u32::from);
        (end(run.as_str().chars().next()), end(run.as_str().chars().next_back()))
    });
    let class: Class = runs.collect();
    KNOWN.with_borrow_mut(|known| known.insert(wanted, class.clone()));
    Some(class)
}

thread_local! {
    /// Classes that were asked for before: going through all characters takes a while.
    static KNOWN: RefCell<BTreeMap<String, Class>> = const { RefCell::new(BTreeMap::new()) };
}

struct Laid {
    states: Vec<State>,
    work: usize,
}

impl Laid {
    fn lay(&mut self, node: &Node) -> Result<(), String> {
        self.work += 1;
        if self.states.len() > MOST || self.work > 10 * MOST {
            return Err(format!("a regular expression of more than {MOST} states"));
        }
        self.add(node)
    }

    fn add(&mut self, node: &Node) -> Result<(), String> {
        match node {
            Node::One(class) => self.states.push(State::One(class.clone())),
            Node::At(kind) => self.states.push(State::At(*kind)),
            Node::All(nodes) => nodes.iter().try_for_each(|node| self.lay(node))?,
            Node::Any(nodes) => {
                let mut ends = Vec::new();
                for (i, node) in nodes.iter().enumerate() {
                    let split = self.states.len();
                    let is_last = i + 1 == nodes.len();
                    if !is_last {
                        self.states.push(State::Both(split + 1, 0));
                    }
                    self.lay(node)?;
                    if !is_last {
                        ends.push(self.states.len());
                        self.states.push(State::Both(0, 0));
                        let next = self.states.len();
                        self.states[split] = State::Both(split + 1, next);
                    }
                }
                let next = self.states.len();
                ends.into_iter().for_each(|end| self.states[end] = State::Both(next, next));
            }
            Node::Times(node, least, most) => {
                for _ in 0..*least {
                    self.lay(node)?;
                }
                let Some(most) = most else {
                    let split = self.states.len();
                    self.states.push(State::Both(0, 0));
                    self.lay(node)?;
                    self.states.push(State::Both(split, split));
                    self.states[split] = State::Both(split + 1, self.states.len());
                    return Ok(());
                };
                let mut splits = Vec::new();
                for _ in *least..*most {
                    splits.push(self.states.len());
                    self.states.push(State::Both(0, 0));
                    self.lay(node)?;
                }
                let next = self.states.len();
                splits.into_iter().for_each(|split| self.states[split] = State::Both(split + 1, next));
            }
        }
        Ok(())
    }
}
