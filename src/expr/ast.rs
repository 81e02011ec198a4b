//! The tree of an expression. Two trees are equal if they mean the same text; places do not count.

use crate::source::Span;

/// An expression and the bytes that it covers, parentheses around it included.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is.
    pub span: Span,
    depth: u16,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `1`, `"ok"`, `true`, `null`
    Literal(Literal),
    /// `inputs`
    Name(String),
    /// `inputs.port`
    Select {
        /// What has the field.
        operand: Box<Expr>,
        /// The field.
        field: Spanned<String>,
    },
    /// `has(inputs.port)`
    Has {
        /// What may have the field.
        operand: Box<Expr>,
        /// The field.
        field: Spanned<String>,
    },
    /// `list[0]`, `map["key"]`
    Index {
        /// What holds the element.
        operand: Box<Expr>,
        /// Which element.
        index: Box<Expr>,
    },
    /// `size(list)`, `name.startsWith("a")`
    Call {
        /// What stands before the dot of a method.
        target: Option<Box<Expr>>,
        /// The function.
        name: Spanned<String>,
        /// What stands in parentheses.
        arguments: Vec<Expr>,
    },
    /// `list.all(x, x > 0)`
    Comprehension {
        /// Which one.
        kind: Spanned<Macro>,
        /// The list or map that it goes through.
        range: Box<Expr>,
        /// The name that each element (of a map: each key) takes in turn.
        variable: Spanned<String>,
        /// The middle one of a `map` with three arguments: only elements for which it holds are mapped.
        filter: Option<Box<Expr>>,
        /// What is computed for each.
        body: Box<Expr>,
    },
    /// `[1, 2]`
    List(Vec<Expr>),
    /// `{"a": 1}`
    Map(Vec<(Expr, Expr)>),
    /// `!x`, `-x`
    Unary {
        /// The operator.
        op: Spanned<UnaryOp>,
        /// What it applies to.
        operand: Box<Expr>,
    },
    /// `a + b`
    Binary {
        /// The operator.
        op: Spanned<BinaryOp>,
        /// The left side.
        left: Box<Expr>,
        /// The right side.
        right: Box<Expr>,
    },
    /// `a && b && c`: two operands or more, none of them of the same operator, so that a long chain is flat.
    Logic {
        /// The operator.
        op: LogicOp,
        /// What it joins.
        operands: Vec<Expr>,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// What decides.
        condition: Box<Expr>,
        /// The value where it is true.
        then: Box<Expr>,
        /// The value where it is false.
        otherwise: Box<Expr>,
    },
}

/// A value that is written out.
#[derive(Debug, Clone)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `-1`, `0x1f`
    Int(i64),
    /// `1u`
    Uint(u64),
    /// `1.5`, never infinite and never not a number
    Double(f64),
    /// `"text"`, `'text'`, `r"raw"`, `"""long"""`
    String(String),
}

/// A part of an expression with its place, which does not count for equality.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The part.
    pub value: T,
    /// Where it is.
    pub span: Span,
}

/// The macros that go through a list or map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Macro {
    /// True where the body is true for every element.
    All,
    /// True where the body is true for an element.
    Exists,
    /// True where the body is true for exactly one element.
    ExistsOne,
    /// The elements for which the body is true.
    Filter,
    /// The body's value for each element.
    Map,
}

/// An operator before an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// An operator that joins conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogicOp {
    /// `&&`
    And,
    /// `||`
    Or,
}

impl Expr {
    /// An expression from its parts.
    #[must_use]
    pub fn new(kind: ExprKind, span: Span) -> Self {
        let depth = 1 + kind.children().map(|child| child.depth).max().unwrap_or_default();
        Self { kind, span, depth }
    }

    /// How many levels of expressions it has, itself included.
    pub(super) fn depth(&self) -> u16 {
        self.depth
    }

    /// Joins two conditions, flat, in time that does not grow with the left one.
    pub(super) fn joined(op: LogicOp, left: Self, right: Self) -> Self {
        let span = Span::new(left.span.start, right.span.end);
        let level = |side: &Self| side.depth + u16::from(!side.is_chain_of(op));
        let depth = level(&left).max(level(&right));
        let mut operands = left.into_chain_of(op);
        operands.extend(right.into_chain_of(op));
        Self { kind: ExprKind::Logic { op, operands }, span, depth }
    }

    fn is_chain_of(&self, op: LogicOp) -> bool {
        matches!(self.kind, ExprKind::Logic { op: own, .. } if own == op)
    }

    fn into_chain_of(self, op: LogicOp) -> Vec<Self> {
        match self.kind {
            ExprKind::Logic { op: own, operands } if own == op => operands,
            _ => vec![self],
        }
    }

    /// The names of a chain such as `steps.build.status` or `steps["build"].status`, from its root on.
    #[must_use]
    pub fn path(&self) -> Option<Vec<&str>> {
        match &self.kind {
            ExprKind::Name(name) => Some(vec![name]),
            ExprKind::Select { operand, field } => extend(operand.path()?, &field.value),
            ExprKind::Index { operand, index } => match &index.kind {
                ExprKind::Literal(Literal::String(key)) => extend(operand.path()?, key),
                _ => None,
            },
            _ => None,
        }
    }
}

fn extend<'a>(mut path: Vec<&'a str>, name: &'a str) -> Option<Vec<&'a str>> {
    path.push(name);
    Some(path)
}

impl ExprKind {
    /// The expressions directly below, in the order of the text.
    pub(super) fn children(&self) -> impl Iterator<Item = &Expr> {
        type Below<'e> = ([Option<&'e Expr>; 3], &'e [Expr], &'e [(Expr, Expr)]);
        let (few, list, pairs): Below = match self {
            ExprKind::Literal(_) | ExprKind::Name(_) => ([None; 3], &[], &[]),
            ExprKind::Select { operand, .. }
            | ExprKind::Has { operand, .. }
            | ExprKind::Unary { operand, .. } => ([Some(operand), None, None], &[], &[]),
            ExprKind::Index { operand, index } => ([Some(operand), Some(index), None], &[], &[]),
            ExprKind::Call { target, arguments, .. } => ([target.as_deref(), None, None], arguments, &[]),
            ExprKind::Comprehension { range, filter, body, .. } => {
                ([Some(range), filter.as_deref(), Some(body)], &[], &[])
            }
            ExprKind::List(elements) => ([None; 3], elements, &[]),
            ExprKind::Map(entries) => ([None; 3], &[], entries),
            ExprKind::Binary { left, right, .. } => ([Some(left), Some(right), None], &[], &[]),
            ExprKind::Logic { operands, .. } => ([None; 3], operands, &[]),
            ExprKind::Conditional { condition, then, otherwise } => {
                ([Some(condition), Some(then), Some(otherwise)], &[], &[])
            }
        };
        few.into_iter().flatten().chain(list).chain(pairs.iter().flat_map(|(key, value)| [key, value]))
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Literal::Null, Literal::Null) => true,
            (Literal::Bool(a), Literal::Bool(b)) => a == b,
            (Literal::Int(a), Literal::Int(b)) => a == b,
            (Literal::Uint(a), Literal::Uint(b)) => a == b,
            // By its bits: `0.0` and `-0.0` are different texts.
            (Literal::Double(a), Literal::Double(b)) => a.to_bits() == b.to_bits(),
            (Literal::String(a), Literal::String(b)) => a == b,
            _ => false,
        }
    }
}

impl Macro {
    /// The macro of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Macro::All, Macro::Exists, Macro::ExistsOne, Macro::Filter, Macro::Map]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    /// How it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Macro::All => "all",
            Macro::Exists => "exists",
            Macro::ExistsOne => "exists_one",
            Macro::Filter => "filter",
            Macro::Map => "map",
        }
    }
}

impl UnaryOp {
    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            UnaryOp::Not => "!",
            UnaryOp::Negate => "-",
        }
    }
}

impl LogicOp {
    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            LogicOp::And => "&&",
            LogicOp::Or => "||",
        }
    }
}

impl BinaryOp {
    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessOrEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterOrEqual => ">=",
            BinaryOp::In => "in",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Remainder => "%",
        }
    }
}

/// How tightly an expression holds together, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binding {
    Conditional,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Unary,
    Member,
}

impl Binding {
    /// The next tighter one; of the tightest, itself.
    pub(super) fn tighter(self) -> Self {
        match self {
            Binding::Conditional => Binding::Or,
            Binding::Or => Binding::And,
            Binding::And => Binding::Relation,
            Binding::Relation => Binding::Sum,
            Binding::Sum => Binding::Product,
            Binding::Product => Binding::Unary,
            Binding::Unary | Binding::Member => Binding::Member,
        }
    }

    pub(super) fn of_logic(op: LogicOp) -> Self {
        match op {
            LogicOp::And => Binding::And,
            LogicOp::Or => Binding::Or,
        }
    }

    pub(super) fn of_binary(op: BinaryOp) -> Self {
        match op {
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual
            | BinaryOp::In => Binding::Relation,
            BinaryOp::Add | BinaryOp::Subtract => Binding::Sum,
            BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => Binding::Product,
        }
    }
}
