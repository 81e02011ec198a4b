//! How the values of a plan are compared: which are records, which are lists, and what makes two items of a list one.
//!
//! What is not named here is compared as a whole, so a field that plans get later is never passed over.

/// How a value is compared.
#[derive(Debug)]
pub(super) enum Shape {
    /// As a whole.
    Whole,
    /// Field by field; a field that is not named is compared as a whole.
    Record(&'static [(&'static str, &'static Shape)]),
    /// Entry by entry, each in this shape.
    Map(&'static Shape),
    /// Item by item, each in this shape.
    List(Identity, &'static Shape),
}

/// What makes two items of a list one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// A key.
    Key(&'static str),
    /// A key; of what is left, as many on both sides, those that come at the same turn.
    KeyOrTurn(&'static str),
    /// An id, together with a name where ids are only numbers.
    Step,
}

use Identity::{Key, KeyOrTurn, Step};
use Shape::{List, Map, Record, Whole};

/// A plan.
pub(super) static PLAN: Shape = Record(&[
    ("entry", &FIELDS),
    ("facts", &Map(&Whole)),
    ("decisions", &Map(&Whole)),
    ("inputs", &List(Key("name"), &FIELDS)),
    ("policy", &POLICY),
    ("preconditions", &CONDITIONS),
    ("steps", &STEPS),
    (
        "timeline",
        &Record(&[("phases", &List(Key("name"), &FIELDS)), ("checkpoints", &List(Key("id"), &FIELDS))]),
    ),
    ("postconditions", &CONDITIONS),
    ("rollbacks", &List(Key("procedure"), &Record(&[("steps", &STEPS)]))),
    ("finally", &STEPS),
    ("alerts", &Map(&FIELDS)),
    ("checklists", &Map(&CONDITIONS)),
    ("monitors", &List(Key("id"), &Record(&[("check", &CHECK), ("on_breach", &FIELDS)]))),
    ("metrics", &List(Key("id"), &Record(&[("alarm", &FIELDS)]))),
    ("bounds", &FIELDS),
    ("dropped", &List(Key("what"), &FIELDS)),
]);

static FIELDS: Shape = Record(&[]);

static POLICY: Shape = Record(&[
    ("lock", &FIELDS),
    ("idempotency", &FIELDS),
    ("audit", &FIELDS),
    ("window", &FIELDS),
    ("approvals", &List(KeyOrTurn("roles"), &FIELDS)),
]);

static CHECK: Shape = Record(&[("measure", &FIELDS)]);
static CONDITION: Shape = Record(&[("check", &CHECK)]);
static CONDITIONS: Shape = List(KeyOrTurn("text"), &CONDITION);

static STEPS: Shape = List(
    Step,
    &Record(&[
        ("action", &Record(&[("condition", &CONDITION)])),
        ("retry", &FIELDS),
        ("verify", &FIELDS),
        ("undo", &FIELDS),
        ("env", &Map(&Whole)),
        ("remedies", &List(KeyOrTurn("run"), &FIELDS)),
    ]),
);
