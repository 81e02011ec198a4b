//! From two versions of rules to what changes in their plans.
//!
//! A version is a rule set, or a plan that was compiled before. What is wrong with rules beside keeps nothing from
//! being compared, as long as every file can be read and the entry itself can be lowered.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::compile::{Bar, Entries, PlanRequest, lower_each};
use super::entry::Refusal;
use super::levels::Overrides;
use crate::compare::compare;
use crate::compare::report::{Compared, Comparison, Fate};
use crate::decide::Facts;
use crate::diagnostic::Level;
use crate::host::{Host, Kind};
use crate::plan::ir::EntryKind;
use crate::plan::{Plan, canonical, draft};
use crate::syntax::MAX_BYTES;

/// A version of rules.
#[derive(Clone, Copy)]
pub struct Version<'a> {
    /// The machine that it is on.
    pub host: &'a dyn Host,
    /// A folder, a file in it, or a plan as JSON.
    pub path: &'a Utf8Path,
    /// What it is called in reports.
    pub label: &'a str,
}

/// What is to be compared, and how.
#[derive(Clone, Copy)]
pub struct CompareRequest<'a> {
    /// The old version.
    pub old: Version<'a>,
    /// The new version.
    pub new: Version<'a>,
    /// The procedure or decision; without one, all.
    pub entry: Option<&'a str>,
    /// The environment whose values are fixed.
    pub environment: Option<&'a str>,
    /// Facts and values of inputs that are fixed.
    pub facts: &'a Facts,
    /// Levels of rules.
    pub overrides: &'a Overrides,
}

/// Compares the plans of two versions, entry by entry. Where one of them is a plan, the other is lowered to plans of
/// that entry alone, under the environment and facts that it was made with, unless others are asked for.
///
/// # Errors
/// Where a version is no rule set and no plan, where files of it can't be read to the end, or where neither has the
/// entry, the environment or a fact that is asked for.
pub fn comparison(request: &CompareRequest<'_>) -> Result<Comparison, Refusal> {
    let CompareRequest { old, new, .. } = *request;
    let (of_old, of_new) = (plan_file(old)?, plan_file(new)?);
    let like = of_new.as_ref().or(of_old.as_ref());
    let sides = |drafts| -> Result<(Side, Side), Refusal> {
        Ok((
            side(old, of_old.clone(), like, drafts, request)?,
            side(new, of_new.clone(), like, drafts, request)?,
        ))
    };
    let (mut before, mut after) = sides(Drafts::No)?;
    if before.iter().chain(&after).any(|(_, lowering)| !lowering.is_good) {
        (before, after) = sides(Drafts::Yes)?;
    }
    if let Some(asked) = request.entry
        && before.is_empty()
        && after.is_empty()
    {
        let message = format!("no procedure or decision is called `{asked}` in either version");
        return Err(Refusal::new(message, "`rulec list` shows what there is"));
    }
    Ok(Comparison {
        old: old.label.to_owned(),
        new: new.label.to_owned(),
        entries: joined(old, new, before, after),
    })
}

/// What is known of an entry of one version.
struct Lowering {
    plan: Plan,
    /// True where the plan is worth something.
    is_good: bool,
    /// The plan as far as it is known without facts, where that was asked for.
    draft: Option<Draft>,
}

/// A plan as far as it is known without facts.
struct Draft {
    plan: Plan,
    /// True where it lacks nothing but what facts decide.
    is_good: bool,
}

/// Whether drafts are wanted too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drafts {
    No,
    Yes,
}

/// The entries of a version, by kind and id, in order.
type Side = Vec<((EntryKind, String), Lowering)>;

fn side(
    version: Version<'_>,
    plan: Option<Plan>,
    like: Option<&Plan>,
    drafts: Drafts,
    request: &CompareRequest<'_>,
) -> Result<Side, Refusal> {
    if let Some(plan) = plan {
        let lowering = Lowering { plan: plan.clone(), is_good: true, draft: None };
        return Ok(vec![((plan.entry.kind, plan.entry.id), lowering)]);
    }
    let given: Facts = like.map(|plan| plan.facts.clone().into_iter().collect()).unwrap_or_default();
    let is_asked = request.environment.is_some() || !request.facts.is_empty();
    let (environment, facts) = match like {
        Some(plan) if !is_asked => (plan.environment.as_deref(), &given),
        _ => (request.environment, request.facts),
    };
    let plan_request = PlanRequest {
        rule_set: Some(version.path),
        entries: Entries::All,
        environment,
        facts,
        rehearse: None,
        overrides: request.overrides,
        deny: Level::Error,
    };
    let mut all = Side::new();
    let lowered = lower_each(version.host, &plan_request, Bar::BrokenFiles, |plan, around| {
        let draft = (drafts == Drafts::Yes).then(|| {
            let drafted = draft(around.graph, around.entry);
            let is_sound = drafted.diagnostics.iter().all(|found| found.level < Level::Error);
            Draft { plan: drafted.plan, is_good: drafted.is_whole && is_sound }
        });
        let key = (plan.entry.kind, plan.entry.id.clone());
        all.push((key, Lowering { plan, is_good: true, draft }));
        ((), Vec::new())
    })?;
    let Some(lowered) = lowered.filter(|lowered| lowered.checked.files > 0) else {
        return Err(Refusal::new(
            format!("there are no rule files in `{}`", version.label),
            "give a folder with rule files, a file in one, or a plan that `rulec compile` made",
        ));
    };
    if lowered.checked.is_partial {
        let message = format!("`{}` has errors that hide what its files say", version.label);
        return Err(Refusal::new(message, "mend what `rulec check` finds there first"));
    }
    for ((_, id), lowering) in &mut all {
        lowering.is_good = !lowered.left_out.contains(id);
    }
    let is_meant = |(kind, id): &(EntryKind, String), name: &str| {
        let of_plan = like.is_none_or(|plan| plan.entry.kind == *kind && plan.entry.id == *id);
        of_plan && request.entry.is_none_or(|asked| asked == id || asked == name)
    };
    all.retain(|(key, lowering)| is_meant(key, &lowering.plan.entry.name));
    Ok(all)
}

/// The entries of both versions: those of the new one in its order, then what it has not.
fn joined(old: Version<'_>, new: Version<'_>, before: Side, after: Side) -> Vec<Compared> {
    let mut before: BTreeMap<(EntryKind, String), (usize, Lowering)> =
        before.into_iter().enumerate().map(|(turn, (key, lowering))| (key, (turn, lowering))).collect();
    let mut entries = Vec::new();
    for (key, lowering) in after {
        let fate = match before.remove(&key) {
            Some((_, previous)) => both(old, new, previous, &lowering),
            None if lowering.is_good => Fate::Added(Box::new(lowering.plan.clone())),
            None => unknown(new),
        };
        entries.push(entry(key, &lowering.plan, fate));
    }
    let mut gone: Vec<_> = before.into_iter().map(|(key, (turn, lowering))| (turn, key, lowering)).collect();
    gone.sort_by_key(|(turn, ..)| *turn);
    entries.extend(gone.into_iter().map(|(_, key, lowering)| {
        let fate =
            if lowering.is_good { Fate::Removed(Box::new(lowering.plan.clone())) } else { unknown(old) };
        entry(key, &lowering.plan, fate)
    }));
    entries
}

fn entry((kind, id): (EntryKind, String), plan: &Plan, fate: Fate) -> Compared {
    Compared { kind, id, name: plan.entry.name.clone(), fate }
}

fn both(old: Version<'_>, new: Version<'_>, before: Lowering, after: &Lowering) -> Fate {
    let kept = |before: Plan, after: Plan, is_draft| Fate::Kept {
        diff: Box::new(compare(&before, &after)),
        plans: Box::new((before, after)),
        is_draft,
    };
    if before.is_good && after.is_good {
        return kept(before.plan, after.plan.clone(), false);
    }
    // What neither version can compile yet is compared as far as it goes; a plan that was compiled has no draft.
    let is_part_of_both = !before.is_good && !after.is_good;
    match (before.draft, &after.draft) {
        (Some(before), Some(after)) if is_part_of_both || (before.is_good && after.is_good) => {
            kept(before.plan, after.plan.clone(), true)
        }
        _ if after.is_good => unknown(old),
        _ => unknown(new),
    }
}

fn unknown(version: Version<'_>) -> Fate {
    Fate::Unknown { of: version.label.to_owned() }
}

/// The plan that a path leads to, if it is one. A file of rules is none.
fn plan_file(version: Version<'_>) -> Result<Option<Plan>, Refusal> {
    let Version { host, path, label } = version;
    if path.extension() != Some("json") || host.kind(path) != Ok(Kind::File) {
        return Ok(None);
    }
    let Ok(bytes) = host.read(path, MAX_BYTES) else { return Ok(None) };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(&bytes) else { return Ok(None) };
    if value.get("digest").is_none() || value.get("entry").is_none() {
        return Ok(None);
    }
    let plan: Plan = serde_json::from_value(value).map_err(|why| {
        let message = format!("`{label}` is no plan that this version of rulec reads: {why}");
        Refusal::new(message, "compile it again with `rulec compile`")
    })?;
    if !canonical::verify(&plan) {
        let message = format!("`{label}` was changed after it was compiled: its digest does not match");
        return Err(Refusal::new(message, "compile it again with `rulec compile`"));
    }
    Ok(Some(plan))
}
