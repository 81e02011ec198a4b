//! The baseline: findings that were there before anybody looked, accepted for now. New ones fail, these are
//! counted, and those that are gone are told.
//!
//! A finding is known by its fingerprint, in which there are no lines: what is edited around it does not make
//! a new one of it. The file has a line a finding, sorted, so that it merges like a list.

use std::borrow::Cow;
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check::Checked;
use super::config::BaselinePath;
use super::entry::Refusal;
use super::index::Indexes;
use super::levels::{Levels, Overrides};
use super::{all_rules, invalid_config};
use crate::diagnostic::{Diagnostic, Level, Silence, Silenced};
use crate::host::{FileError, Host, Mode, absolute};
use crate::model::{List, Spanned, Text};
use crate::report::{Marks, fingerprints};
use crate::schema::{Checker, schema_of};
use crate::source::{FileId, Location, Source};
use crate::syntax::de::from_tree;
use crate::syntax::{Format, MAX_BYTES, decode_text, parse};

/// What the file is called where nobody says otherwise. It stands in the folder of the rule set.
pub const BASELINE_NAME: &str = ".rulec-baseline.json";

/// The version of the file's form, and of how fingerprints are made.
const VERSION: u32 = 1;

/// Hexadecimal digits of a fingerprint that are kept: more than enough to tell findings apart.
const DIGITS: usize = 16;

/// Findings that are accepted for now: `rulec check` leaves them out. `rulec baseline write` makes this file, and
/// `rulec baseline prune` takes out what is gone.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("x-required" = ["version", "findings"]))]
struct BaselineFile {
    /// The JSON Schema of this file, for editors. It changes nothing in the meaning.
    #[serde(rename = "$schema")]
    #[schemars(example = &"https://rulec.dev/schemas/1/baseline.schema.json")]
    #[expect(dead_code, reason = "it is for editors")]
    schema: Option<Text>,

    /// The version of this form.
    #[schemars(extend("maximum" = VERSION, "minimum" = 1))]
    #[expect(dead_code, reason = "the schema knows which there are")]
    version: Option<Spanned<u32>>,

    /// The findings, by file and place.
    #[serde(default)]
    findings: List<WrittenEntry>,
}

/// A finding that is accepted for now.
#[derive(Debug, Deserialize, JsonSchema)]
struct WrittenEntry {
    /// The file, from the folder of the rule set.
    file: Text,
    /// The way to the value that it is about.
    at: Text,
    /// The rule.
    rule: Text,
    /// What it is known by.
    #[schemars(extend("pattern" = "^[0-9a-f]{16}$"))]
    fingerprint: Text,
}

/// A finding of a baseline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BaselineEntry {
    /// The file, from the folder of the rule set.
    pub file: String,
    /// The way to the value that it is about.
    pub at: String,
    /// The rule.
    pub rule: String,
    /// What it is known by.
    pub fingerprint: String,
}

/// Which file is meant.
#[derive(Debug, Clone, Copy)]
pub enum BaselineChoice<'a> {
    /// The one that `rulec.toml` names, if it does.
    Named,
    /// The one that `rulec.toml` names, else [`BASELINE_NAME`] beside it.
    Beside,
    /// This one.
    File(&'a Utf8Path),
}

/// What a baseline says about a rule set.
#[derive(Debug, Default)]
pub struct Compared {
    /// The findings that it has and the rule set has not any more.
    pub gone: Vec<BaselineEntry>,
    /// The others, in order.
    pub kept: Vec<BaselineEntry>,
}

/// The JSON Schema of the file.
#[must_use]
pub fn baseline_schema() -> Value {
    schema_of::<BaselineFile>("baseline.schema.json", "Baseline")
}

/// The path of the baseline of a rule set; none where nothing names one.
#[must_use]
pub fn baseline_path(checked: &Checked, choice: BaselineChoice<'_>) -> Option<Utf8PathBuf> {
    let inside = |path: &Utf8Path| match checked.root.as_str() {
        "." => path.to_owned(),
        _ => checked.root.join(path),
    };
    let named = checked.config.baseline.as_ref().map(|named| inside(&named.path));
    match choice {
        BaselineChoice::Named => named,
        BaselineChoice::Beside => Some(named.unwrap_or_else(|| inside(Utf8Path::new(BASELINE_NAME)))),
        BaselineChoice::File(path) => Some(path.to_owned()),
    }
}

/// Takes the findings that a baseline knows out of those of a rule set, and says what became of the others.
/// What is wrong with the file joins the findings.
///
/// # Errors
/// Where there is no such file, and `rulec.toml` does not name it.
pub fn compare_with_baseline(
    host: &dyn Host,
    checked: &mut Checked,
    choice: BaselineChoice<'_>,
    overrides: &Overrides,
) -> Result<Compared, Refusal> {
    let Some(path) = baseline_path(checked, choice) else { return Ok(Compared::default()) };
    let bytes = match host.read(&path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(why) => {
            let named =
                checked.config.baseline.clone().filter(|_| !matches!(choice, BaselineChoice::File(_)));
            let named = named.ok_or_else(|| unreadable(&path, &why))?;
            checked.findings.insert(0, missing(&named, &why));
            return Ok(Compared::default());
        }
    };
    let entries = read(host, checked, &path, bytes);
    let known: FxHashSet<&str> = entries.iter().map(|entry| entry.fingerprint.as_str()).collect();
    let mut met = FxHashSet::default();
    let mut prints = known_by(checked).into_iter();
    let mut found = Vec::new();
    for finding in std::mem::take(&mut checked.findings) {
        let entry =
            prints.next().expect("each finding has an entry").filter(|it| known.contains(it.as_str()));
        match entry {
            Some(print) => {
                met.insert(print);
                checked.silenced.push(Silenced { finding, by: Silence::Baseline });
            }
            None => found.push(finding),
        }
    }
    checked.findings = found;
    checked.silenced = Silenced::sorted(std::mem::take(&mut checked.silenced));
    let levels = Levels { config: &checked.config, overrides };
    let rules = all_rules();
    // What nobody looked for may still be there.
    let is_looked_for = |entry: &BaselineEntry| {
        let rule = rules.iter().find(|rule| rule.id == entry.rule);
        !checked.is_partial && rule.is_none_or(|rule| levels.of(rule, &entry.file, rule.level) != Level::Off)
    };
    let is_gone = |entry: &BaselineEntry| !met.contains(&entry.fingerprint) && is_looked_for(entry);
    let (gone, kept) = entries.iter().cloned().partition(is_gone);
    Ok(Compared { gone, kept })
}

/// What a baseline of all findings of a rule set holds.
#[must_use]
pub fn baseline_entries(checked: &Checked) -> Vec<BaselineEntry> {
    let indexes = Indexes::default();
    let mut entries = Vec::new();
    for (finding, print) in checked.findings.iter().zip(known_by(checked)) {
        let Some(fingerprint) = print else { continue };
        let file = checked.rules.sources.get(finding.file()).path.clone();
        let at = trail(checked, &indexes, finding.primary.location).unwrap_or_default();
        entries.push(BaselineEntry { file, at, rule: finding.rule.id.to_owned(), fingerprint });
    }
    entries
}

/// Writes a baseline as a whole.
///
/// # Errors
/// Where the machine can't write it.
pub fn write_baseline(
    host: &dyn Host,
    path: &Utf8Path,
    mut entries: Vec<BaselineEntry>,
) -> Result<(), Refusal> {
    entries.sort();
    entries.dedup();
    let lines = entries.iter().map(|entry| serde_json::to_string(entry).expect("an entry is JSON"));
    let lines: Vec<String> = lines.map(|line| format!("\n    {line}")).collect();
    let end = if lines.is_empty() { "" } else { "\n  " };
    let text = format!(
        "{{\n  \"$schema\": \"https://rulec.dev/schemas/1/baseline.schema.json\",\n  \"version\": {VERSION},\n  \
         \"findings\": [{}{end}]\n}}\n",
        lines.join(",")
    );
    host.write(path, text.as_bytes(), Mode::Keep).map_err(|why| {
        Refusal::new(
            format!("`{path}` can't be written: {why}"),
            "choose another place with `--baseline FILE`",
        )
    })
}

fn unreadable(path: &Utf8Path, why: &FileError) -> Refusal {
    Refusal::new(format!("the baseline `{path}` can't be read: {why}"), "`rulec baseline write` makes one")
}

fn missing(named: &BaselinePath, why: &FileError) -> Diagnostic {
    let message = format!("the baseline can't be read: {why}");
    Diagnostic::new(&invalid_config::RULE, named.place, message).help("`rulec baseline write` makes it")
}

/// The entries of a file. Where it has a mistake, that is found, and it has none.
fn read(host: &dyn Host, checked: &mut Checked, path: &Utf8Path, bytes: Vec<u8>) -> Vec<BaselineEntry> {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    let file = FileId(checked.rules.sources.iter().count() as u32);
    let (text, fault) = decode_text(bytes);
    let mut found: Vec<Diagnostic> = fault.map(|fault| fault.diagnostic(file)).into_iter().collect();
    let mut parsed = parse(file, Format::Json, &text);
    found.append(&mut parsed.diagnostics);
    let (of_shape, bad) = CHECKER.get_or_init(|| Checker::new(baseline_schema())).check(&parsed, &text);
    found.extend(of_shape);
    let read = from_tree::<BaselineFile>(&parsed.tree, &text, &bad).ok().filter(|_| found.is_empty());
    if !found.is_empty() {
        // Seen from the folder of the rule set, as all other files.
        let root = absolute(host, &checked.root).unwrap_or_default();
        let place = absolute(host, path).unwrap_or_else(|_| path.to_owned());
        let shown = place.strip_prefix(&root).map(Utf8Path::to_owned).unwrap_or(place);
        checked.rules.sources.add(Source::new(shown.as_str().replace('\\', "/"), text));
        checked.baseline_file = Some(file);
        checked.findings.extend(found);
    }
    let entries = read.iter().flat_map(|read| read.findings.iter()).map(|entry| BaselineEntry {
        file: entry.value.file.value.clone(),
        at: entry.value.at.value.clone(),
        rule: entry.value.rule.value.clone(),
        fingerprint: entry.value.fingerprint.value.clone(),
    });
    entries.collect()
}

/// The fingerprint of each finding, but for what no baseline may hold: mistakes in settings, and in scenarios.
fn known_by(checked: &Checked) -> Vec<Option<String>> {
    let indexes = Indexes::default();
    let sources = &checked.rules.sources;
    let marks = Marks {
        sources,
        path: &|file| Cow::Borrowed(sources.get(file).path.as_str()),
        trail: &|place| trail(checked, &indexes, place),
    };
    // What is suppressed counts, so that suppressing one finding does not make others of the rest.
    let silenced = checked.silenced.iter().map(|silenced| &silenced.finding);
    let mut all: Vec<(usize, &Diagnostic)> = checked.findings.iter().chain(silenced).enumerate().collect();
    all.sort_by(|(_, a), (_, b)| a.order(b));
    let prints = fingerprints(&marks, all.iter().map(|(_, found)| *found));
    let mut in_order = vec![None; all.len()];
    for ((at, found), mut print) in all.into_iter().zip(prints) {
        let is_setting = [checked.config_file, checked.baseline_file].contains(&Some(found.file()));
        let is_scenario = checked.suites.iter().any(|suite| suite.tree.file == found.file());
        print.truncate(DIGITS);
        in_order[at] = Some(print).filter(|_| !is_setting && !is_scenario);
    }
    in_order.truncate(checked.findings.len());
    in_order
}

fn trail(checked: &Checked, indexes: &Indexes, place: Location) -> Option<String> {
    let tree = &checked.rules.file(place.file)?.tree;
    let source = checked.rules.source(place.file);
    Some(indexes.ask(place.file, tree, |index| index.trail(tree, source, index.innermost(tree, place))))
}
