//! The phases of a check, each over all files of a rule set, so that each can be measured by itself.
//!
//! [`Work`] is a rule set with what every phase starts from; a phase takes nothing else with it. What a phase
//! makes is dropped by whoever measures it, inside the measurement, as that of the reference is.

use camino::Utf8PathBuf;
use petgraph::graph::NodeIndex;
use rulec::decide;
use rulec::diagnostic::Diagnostic;
use rulec::driver::{Checked, Overrides, check, entries};
use rulec::graph::{Graph, resolve};
use rulec::host::{Host, Memory};
use rulec::model::{self, Document, LayerId, Loaded, RuleSet};
use rulec::plan::{self, Drafter, Plan};
use rulec::schema;
use rulec::source::{FileId, Source, Sources};
use rulec::syntax::{self, Format, NodeSet, Parsed};
use rulec::target::{Artifact, target};
use serde_json::Value;

use crate::generate::File;

/// A rule set, ready for every phase.
pub(crate) struct Work {
    files: Vec<Input>,
    parsed: Vec<Parsed>,
    rules: RuleSet,
}

struct Input {
    file: FileId,
    format: Format,
    layer: LayerId,
    text: String,
}

impl Work {
    /// The phases' work for these files.
    pub(crate) fn new(files: &[File]) -> Self {
        let inputs = files.iter().enumerate().map(|(index, file)| Input {
            file: FileId(index as u32),
            format: Format::of_path(&file.path).expect("a generated file has a format"),
            layer: LayerId::of_path(&file.path).expect("a generated file names its layer"),
            text: file.text.clone(),
        });
        let files_of_work: Vec<_> = inputs.collect();
        let mut sources = Sources::default();
        let (mut parsed, mut loaded) = (Vec::new(), Vec::new());
        for (file, input) in files.iter().zip(&files_of_work) {
            sources.add(Source::new(file.path.clone(), file.text.clone()));
            let read = || syntax::parse(input.file, input.format, &input.text);
            let (tree, document) = (read().tree, decode(input, &read()));
            loaded.push(Loaded { file: input.file, layer: input.layer, tree, document });
            parsed.push(read());
        }
        Self { files: files_of_work, parsed, rules: RuleSet::new("generated", sources, loaded) }
    }

    /// How many bytes the files have.
    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }

    /// The reference: every file by `serde_json` into a value. Only for files in JSON.
    pub(crate) fn values(&self) -> Vec<Value> {
        let value = |file: &Input| serde_json::from_slice(file.text.as_bytes()).expect("the file is JSON");
        self.files.iter().map(value).collect()
    }

    /// Texts to trees.
    pub(crate) fn parse(&self) -> Vec<Parsed> {
        self.files.iter().map(|input| syntax::parse(input.file, input.format, &input.text)).collect()
    }

    /// Trees held against the schemas; gives the nodes that do not fit.
    pub(crate) fn validate(&self) -> Vec<NodeSet> {
        let validate = |(input, parsed): (&Input, &Parsed)| {
            let (found, bad) = schema::validate(parsed, &input.text, input.layer);
            assert!(found.is_empty(), "a generated rule set has the right shape");
            bad
        };
        self.files.iter().zip(&self.parsed).map(validate).collect()
    }

    /// Trees to documents.
    pub(crate) fn decode(&self) -> Vec<Document> {
        self.files.iter().zip(&self.parsed).map(|(input, parsed)| decode(input, parsed)).collect()
    }

    /// The rules of all decisions held against each other; gives how often boxes were compared.
    pub(crate) fn judge(&self) -> u64 {
        let found = decide::tables(&self.rules, &decide::Domains::default());
        assert!(found.flaws.is_empty() && found.not_judged.is_empty(), "generated rules are sound");
        found.work
    }

    /// Documents to the graph.
    pub(crate) fn resolve(&self) -> Graph<'_> {
        let (graph, found) = resolve(&self.rules);
        assert!(found.is_empty(), "the names of a generated rule set are right");
        graph
    }
}

fn decode(input: &Input, parsed: &Parsed) -> Document {
    model::decode(&parsed.tree, &input.text, input.layer, &NodeSet::default())
}

/// All that can be compiled, lowered as far as is known without facts, as a check does it.
pub(crate) fn draft(graph: &Graph<'_>) -> Vec<Plan> {
    let mut drafter = Drafter::new(graph);
    entries(graph).map(|(entry, _)| drafter.draft(entry).plan).collect()
}

/// What all lints find.
pub(crate) fn lint(graph: &Graph<'_>) -> Vec<Diagnostic> {
    rulec::lint::run(&rulec::lint::Context::new(graph), &|rule| rule.level)
}

/// The last entry of a rule set.
pub(crate) fn last_entry(graph: &Graph<'_>) -> NodeIndex {
    entries(graph).last().expect("a generated rule set has entries").0
}

/// One entry lowered and sealed.
pub(crate) fn lower(graph: &Graph<'_>, entry: NodeIndex) -> Plan {
    plan::lower(graph, entry, &plan::Options::default()).plan
}

/// A plan in the form of a target.
pub(crate) fn emit(plan: &Plan, name: &str) -> Artifact {
    target(name).expect("the target is there").emit(plan)
}

/// A machine in memory that holds these files.
pub(crate) fn memory(files: &[File]) -> Memory {
    let host = Memory::new().file("rulec.toml", "");
    files.iter().fold(host, |host, file| host.file(&file.path, file.text.clone()))
}

/// The whole way, from what stands in a folder to sorted findings.
pub(crate) fn whole_check(host: &dyn Host, folder: &str) -> Vec<Checked> {
    check(host, &[Utf8PathBuf::from(folder)], &Overrides::default()).expect("the folder is there")
}
