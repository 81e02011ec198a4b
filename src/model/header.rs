//! What every rule file may say about itself, whatever its layer.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::TextOr;
use super::collections::List;
use super::rules::Rule;
use super::spanned::{Spanned, Text};
use crate::scalar::{Date, Version, VersionRequirement};

/// One of the five layers; each may rest only on those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum LayerId {
    /// Meta-goal: what must be achieved, and how success is measured.
    L1,
    /// Understanding: which components exist, and what is required of them.
    L2,
    /// Constraints: what no procedure may exceed or touch.
    L3,
    /// Decisions: which course to take under which facts.
    L4,
    /// Execution: procedures of steps that carry it out.
    L5,
}

impl LayerId {
    /// All layers, in order.
    pub const ALL: [Self; 5] = [Self::L1, Self::L2, Self::L3, Self::L4, Self::L5];

    /// How a file names it: `L1`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            LayerId::L1 => "L1",
            LayerId::L2 => "L2",
            LayerId::L3 => "L3",
            LayerId::L4 => "L4",
            LayerId::L5 => "L5",
        }
    }

    /// What it is called: `meta-goal`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LayerId::L1 => "meta-goal",
            LayerId::L2 => "understanding",
            LayerId::L3 => "constraints",
            LayerId::L4 => "decisions",
            LayerId::L5 => "execution",
        }
    }

    /// The layer of an id such as `L1`.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.id() == id)
    }

    /// The layer that a path's file name implies: `L1` for `rules/L1-goals.yaml`.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (id, _) = name.split_once('-')?;
        Self::of_id(id)
    }
}

impl fmt::Display for LayerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The keys that a file of any layer may have.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Header {
    /// The JSON Schema of this file, for editors: a path or an address. It changes nothing in the meaning.
    #[serde(rename = "$schema")]
    #[schemars(example = &"https://rulec.dev/schemas/1/rules.schema.json")]
    pub schema: Option<Text>,

    /// The layer of this file. May be left out where the file's name starts with it, as in `L5-startup.yaml`.
    #[schemars(example = &"L5")]
    pub layer: Option<Spanned<LayerId>>,

    /// The name of this file's rules.
    #[schemars(example = &"order-service")]
    pub name: Option<Text>,

    /// What this file is for, in a sentence or two.
    pub description: Option<Text>,

    /// The version of this file, as `MAJOR.MINOR.PATCH`.
    #[schemars(example = &"1.0.0")]
    pub version: Option<Spanned<Version>>,

    /// The day of the last change, as `YYYY-MM-DD`.
    #[schemars(example = &"2026-02-09")]
    pub last_updated: Option<Spanned<Date>>,

    /// Other rule sets (folders) or rule files whose content counts as if it stood here: paths from the folder of
    /// this file, or objects that also say which version will do. What is included twice counts once.
    #[serde(default)]
    #[schemars(example = ["../library"])]
    pub include: List<TextOr<Inclusion>>,

    /// Rules that derive decisions from facts. They run in the order of the layers, then of `priority`,
    /// then of the source, and yield `decisions.TARGET` for `when` expressions.
    #[serde(default)]
    pub rules: List<Rule>,
}

/// Another rule set, or a file, that is included.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Inclusion {
    /// Its folder, or the file, from the folder of this file.
    #[schemars(example = &"../library")]
    pub path: Text,

    /// The versions that will do, such as `^1.4` or `>=1.2, <2`: every file of it that states a `version` must have
    /// one of these, and one of them must state it.
    #[schemars(example = &"^1.4")]
    pub version: Option<Spanned<VersionRequirement>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_implies_the_layer() {
        assert_eq!(LayerId::of_path("a/b/L5-start.yaml"), Some(LayerId::L5));
        assert_eq!(LayerId::of_path("L1-.json"), Some(LayerId::L1));
        for other in ["L6-x.json", "L5.json", "l5-x.json", "L5-x/readme.json"] {
            assert_eq!(LayerId::of_path(other), None, "{other}");
        }
        assert!(LayerId::L1 < LayerId::L5);
    }
}
