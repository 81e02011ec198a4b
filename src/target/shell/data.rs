//! The plan as shell functions, one for each step, condition, input and group: the part of a script that is
//! not the same in all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::file;
use super::gates;
use super::losses::{LONGEST_MS, Lost};
use super::order::Graph;
use super::quote::{assign, block, comment, json, line, single, slug};
use crate::plan::ir::{
    Action, Backoff, Comparison, Condition, Idempotency, Input, InputType, OnFailure, Plan, Remedy,
    RemedyThen, Rollback, Source, Step,
};

/// All functions of the plan.
pub(super) fn functions(plan: &Plan, losses: &[Lost]) -> String {
    let mut out = Functions { numbers: numbers(plan), ..Functions::default() };
    let steps: Vec<&Step> = plan.steps.iter().collect();
    let graph = Graph::of(plan);
    out.add("", "rulec_plan", constants(plan, &graph).into_iter().chain(file::boundary(plan)));
    let refused = losses.iter().filter(|lost| lost.refuses);
    out.add("", "rulec_refusals", refused.map(|lost| format!("rulec_refuse {}", line(&lost.loss.what))));
    out.add(
        "",
        "rulec_must_attest",
        attested(plan, &steps).map(|text| format!("rulec_attest {}", line(text))),
    );
    for (i, input) in (1..).zip(&plan.inputs) {
        out.add(&place(&input.name, &input.source), &format!("rulec_input_{i}"), self::input(input));
    }
    out.conditions("pre", &plan.preconditions);
    for (i, step) in (1..).zip(&steps) {
        out.step("", i, i, step, graph.lines(i - 1));
    }
    out.conditions("post", &plan.postconditions);
    // One number for each step, whatever list it stands in.
    let mut number = plan.steps.len();
    for (g, rollback) in (1..).zip(&plan.rollbacks) {
        out.add(
            &place(&rollback.procedure, &rollback.source),
            &format!("rulec_group_{g}"),
            group(rollback, &steps, number + 1),
        );
        for (i, step) in (1..).zip(&rollback.steps) {
            number += 1;
            out.step(&format!("rollback-{g}."), i, number, step, Vec::new());
        }
    }
    for (i, step) in (1..).zip(&plan.finally) {
        number += 1;
        out.step("finally-", i, number, step, Vec::new());
    }
    for (i, (name, items)) in (1..).zip(&plan.checklists) {
        let prose: Vec<_> = items.iter().filter(|item| is_attested(item)).collect();
        let list = format!("checklist_{i}");
        let lines = [
            assign("rulec_list", name),
            format!("rulec_tag={}", line(name)),
            format!("rulec_items={}", items.len()),
            format!("rulec_items_prose={}", prose.len()),
        ];
        out.add(&format!("checklist {}", comment(name)), &format!("rulec_{list}"), lines);
        let lines = prose.iter().map(|item| format!("rulec_attest {}", line(&item.text)));
        out.add("", &format!("rulec_{list}_attest"), lines);
        out.conditions(&list, items);
    }
    let alert = plan.alerts.get("default");
    let command = alert.map_or("", |alert| alert.command.as_str());
    let mut lines = vec![assign("rulec_alert_do", command)];
    lines
        .extend(alert.and_then(|alert| alert.timeout_ms).map(|ms| format!("rulec_alert_limit={}", time(ms))));
    out.add("", "rulec_alert", lines);
    for (i, approval) in (1..).zip(&plan.policy.approvals) {
        out.add(&place("", &approval.source), &format!("rulec_approval_{i}"), gates::approval(approval));
    }
    super::watch::functions(plan, &mut out);
    super::times::functions(plan, &mut out);
    let foreign = u8::from(out.text.contains("rulec_text "));
    out.add("", "rulec_locale", [format!("rulec_foreign={foreign}")]);
    out.text
}

/// Shell functions, one after another.
#[derive(Default)]
pub(super) struct Functions {
    text: String,
    /// The number of each step from whose start that of another one counts.
    numbers: BTreeMap<String, usize>,
}

impl Functions {
    pub(super) fn add(&mut self, remark: &str, name: &str, lines: impl IntoIterator<Item = String>) {
        let mut lines = lines.into_iter().peekable();
        self.text.push('\n');
        if !remark.is_empty() {
            writeln!(self.text, "# {remark}").expect("a string takes any text");
        }
        writeln!(self.text, "{name}() {{").expect("a string takes any text");
        if lines.peek().is_none() {
            self.text.push_str("  :\n");
        }
        for line in lines {
            // Only the first line of a text is indented: the others may be inside quotes.
            let line = line.replacen("\nrulec_", "\n  rulec_", usize::from(line.starts_with("rulec_text ")));
            writeln!(self.text, "  {line}").expect("a string takes any text");
        }
        self.text.push_str("}\n");
    }

    fn conditions(&mut self, list: &str, conditions: &[Condition]) {
        for (i, condition) in (1..).zip(conditions) {
            let mut lines = vec!["rulec_kind=condition".to_owned()];
            lines.extend(self::condition(condition, None));
            self.add(&place("", &condition.source), &format!("rulec_{list}_{i}"), lines);
        }
    }

    /// The `i`th step of its list, whose number in the script is `number`.
    fn step(&mut self, stem: &str, i: usize, number: usize, step: &Step, graph: Vec<String>) {
        let mut lines = names(&step.id, &step.name);
        // `rulec_define_step` makes it of number and id, where nothing stands against that.
        if !(stem.is_empty() && i == number && slug(&step.id) == step.id) {
            lines.push(format!("rulec_stem={}", self::stem(stem, i, step)));
        }
        lines.extend(self::step(step));
        if let Some(before) = &step.start_before {
            lines.push(format!("rulec_since={}", self.numbers.get(&before.since).copied().unwrap_or(0)));
            lines.push(format!("rulec_within={}", time(before.ms)));
        }
        if self.numbers.contains_key(&step.id) {
            lines.push("rulec_is_since=1".to_owned());
        }
        lines.extend(graph);
        self.add(&place(&step.id, &step.source), &format!("rulec_step_{number}"), lines);
        for (r, remedy) in (1..).zip(&step.remedies) {
            self.add("", &format!("rulec_remedy_{number}_{r}"), self::remedy(remedy));
        }
    }
}

/// What the files of a step are named after.
fn stem(list: &str, i: usize, step: &Step) -> String {
    format!("{list}{i}-{}", slug(&step.id)).trim_end_matches('-').to_owned()
}

/// The steps from whose start that of another one counts, each with its number.
fn numbers(plan: &Plan) -> BTreeMap<String, usize> {
    let rollbacks = plan.rollbacks.iter().flat_map(|rollback| &rollback.steps);
    let steps = || plan.steps.iter().chain(rollbacks.clone()).chain(&plan.finally);
    let since = steps().filter_map(|step| step.start_before.as_ref());
    let since: BTreeSet<&str> = since.map(|before| before.since.as_str()).collect();
    let numbered = (1..).zip(steps()).filter(|(_, step)| since.contains(step.id.as_str()));
    numbered.map(|(number, step)| (step.id.clone(), number)).collect()
}

/// The stems of all steps, in the order of their numbers: those of the plan, of each rollback, the final ones.
pub(super) fn stems(plan: &Plan) -> Vec<String> {
    let mut stems: Vec<String> = (1..).zip(&plan.steps).map(|(i, step)| stem("", i, step)).collect();
    for (g, rollback) in (1..).zip(&plan.rollbacks) {
        stems.extend((1..).zip(&rollback.steps).map(|(i, step)| stem(&format!("rollback-{g}."), i, step)));
    }
    stems.extend((1..).zip(&plan.finally).map(|(i, step)| stem("finally-", i, step)));
    stems
}

fn constants(plan: &Plan, graph: &Graph) -> Vec<String> {
    let entry = &plan.entry;
    let object =
        serde_json::json!({ "kind": entry.kind, "id": entry.id, "name": entry.name, "source": entry.source });
    let steps: Vec<&Step> = plan.steps.iter().collect();
    let lock = plan.policy.lock.as_ref();
    // No scope has a folder with this ending: runs that may overlap share none with runs that may not.
    let scope = lock.map_or_else(|| folder(&entry.id) + "+free", |lock| folder(&lock.scope));
    let audit = plan.policy.audit.as_ref();
    let audit_path = audit.and_then(|audit| audit.path.as_deref()).unwrap_or_default();
    let audit_days = audit.and_then(|audit| audit.retention_days).map(|days| days.to_string());
    let mut lines = vec![
        format!("rulec_version={}", env!("CARGO_PKG_VERSION")),
        format!("rulec_digest={}", single(&comment(&plan.digest))),
        format!("rulec_entry_tag={}", line(&entry.id)),
        format!("rulec_entry_id={}", single(&comment(&entry.id))),
        format!("rulec_entry_label={}", line(&entry.name)),
        format!("rulec_json_tag={}", json(&entry.id)),
        format!("rulec_json_entry={}", single(&ascii_json(&object))),
        format!("rulec_scope={}", single(&scope)),
        format!("rulec_lock_timeout={}", lock.map(|lock| time(lock.timeout_ms)).unwrap_or_default()),
        format!("rulec_ttl={}", plan.policy.idempotency.as_ref().map(seconds).unwrap_or_default()),
        format!("rulec_audit_on={}", u8::from(audit.is_some())),
        assign("rulec_audit_path", audit_path),
        format!("rulec_audit_days={}", audit_days.unwrap_or_default()),
        format!("rulec_run_limit={}", plan.timeout_ms.map(time).unwrap_or_default()),
        format!("rulec_estimate={}", plan.bounds.estimated_ms.map(time).unwrap_or_default()),
        format!(
            "rulec_run_most={}",
            plan.bounds.worst_case_ms.filter(|ms| *ms <= LONGEST_MS).map(time).unwrap_or_default()
        ),
        format!("rulec_rehearsal={}", plan.rehearsal.map(|factor| factor.to_string()).unwrap_or_default()),
        format!("rulec_inputs={}", plan.inputs.len()),
        format!("rulec_pres={}", plan.preconditions.len()),
        format!("rulec_steps={}", plan.steps.len()),
        format!("rulec_posts={}", plan.postconditions.len()),
        format!("rulec_groups={}", plan.rollbacks.len()),
        format!("rulec_finals={}", plan.finally.len()),
        format!("rulec_final_first={}", number_of_finals(plan)),
        format!("rulec_last_step={}", number_of_finals(plan) - 1 + plan.finally.len()),
        format!("rulec_chain={}", u8::from(graph.is_chain)),
        format!("rulec_parallel={}", u8::from(graph.is_parallel(plan))),
        format!("rulec_places={}", plan.max_parallel.map(|n| count(n).to_string()).unwrap_or_default()),
        format!("rulec_entrance={}", if plan.steps.iter().any(has_entrance) { "freed" } else { "ready" }),
        format!("rulec_roots={}", single(&graph.roots())),
        format!("rulec_checklists={}", plan.checklists.len()),
        format!("rulec_prose={}", attested(plan, &steps).count()),
    ];
    lines.extend(graph.pools());
    let breakers = (1..).zip(&plan.breakers);
    lines.extend(breakers.map(|(number, (name, breaker)): (usize, _)| {
        let (tag, json) = (line(name), json(name));
        format!("rulec_trips_{number}={} rulec_fails_{number}=0 rulec_circuit_{number}={tag} rulec_json_circuit_{number}={json}", count(breaker.failures))
    }));
    lines.extend(gates::constants(plan));
    lines.extend(super::times::constants(plan));
    lines
}

/// True where something is asked of a step before it is ready, once its needs are met.
fn has_entrance(step: &Step) -> bool {
    step.when.is_some() || step.start_before.is_some() || step.start_at_ms.is_some()
}

/// JSON of which no byte is outside ASCII: only strings can hold such, so an escape is right anywhere.
fn ascii_json(value: &serde_json::Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        if matches!(c, ' '..='~') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("a string takes any text");
            }
        }
    }
    out
}

/// A folder's name for a lock scope: scopes that differ never share one.
pub(super) fn folder(scope: &str) -> String {
    let slug = slug(scope);
    if slug == scope {
        return slug;
    }
    let digest = Sha256::digest(scope.as_bytes());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{slug}-{hex}")
}

/// What a person must attest before the run can start unattended, in order.
fn attested<'a>(plan: &'a Plan, steps: &[&'a Step]) -> impl Iterator<Item = &'a str> {
    let before = plan.preconditions.iter().filter(|c| is_attested(c)).map(|c| c.text.as_str());
    let after = plan.postconditions.iter().filter(|c| is_attested(c)).map(|c| c.text.as_str());
    let steps: Vec<&str> = steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Manual { instruction } => Some(instruction.as_str()),
            Action::Condition { condition } if is_attested(condition) => Some(condition.text.as_str()),
            _ => None,
        })
        .collect();
    before.chain(steps).chain(after)
}

fn is_attested(condition: &Condition) -> bool {
    condition.mandatory && condition.check.is_none()
}

pub(super) fn place(id: &str, source: &Source) -> String {
    // The pointer stands in the plan; with a thousand steps it would be 24 kB more.
    comment(&format!("{id} {}:{}", source.file, source.line))
}

pub(super) fn names(id: &str, name: &str) -> Vec<String> {
    if is_same_in_all_forms(id) && is_same_in_all_forms(name) {
        return vec![format!("rulec_named {} {}", single(id), single(name))];
    }
    vec![
        format!("rulec_tag={}", line(id)),
        format!("rulec_label={}", line(name)),
        format!("rulec_json_id={}", json(id)),
        format!("rulec_json_name={}", json(name)),
    ]
}

/// What a person is asked, or told about a condition.
fn question(text: &str) -> Vec<String> {
    if is_same_in_all_forms(text) {
        return vec![format!("rulec_asking {}", single(text))];
    }
    vec![format!("rulec_ask={}", block(text)), format!("rulec_json_ask={}", json(text))]
}

/// True where text for people and the inside of a JSON string are the text itself.
fn is_same_in_all_forms(text: &str) -> bool {
    line(text) == single(text) && json(text) == single(&format!("\"{text}\""))
}

pub(super) fn time(ms: u64) -> String {
    ms.min(LONGEST_MS).to_string()
}

/// How long a success stands, in seconds: some shells can't count a month of milliseconds.
fn seconds(idempotency: &Idempotency) -> String {
    idempotency.ttl_ms.div_ceil(1000).to_string()
}

fn count(number: u32) -> u32 {
    number.min(i32::MAX as u32)
}

fn codes(codes: &[u8]) -> String {
    single(&codes.iter().map(u8::to_string).collect::<Vec<_>>().join(" "))
}

fn input(input: &Input) -> Vec<String> {
    let kind = serde_json::to_value(input.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).expect("types are written as strings");
    let mut lines = vec![
        format!("rulec_in_name={}", single(&comment(&input.name))),
        format!("rulec_in_type={kind}"),
        format!("rulec_in_required={}", u8::from(input.required)),
        format!("rulec_in_label={}", line(&input.description)),
    ];
    let known = input.value.as_ref().map(|value| ("fixed", value));
    if let Some((from, value)) = known.or(input.default.as_ref().map(|value| ("default", value)))
        && input.kind != InputType::Secret
    {
        lines.push(format!("rulec_in_from={from}"));
        lines.push(assign("rulec_in_default", value));
    }
    let limits = [("rulec_min", &input.min), ("rulec_max", &input.max)];
    lines.extend(limits.into_iter().filter_map(|(name, limit)| Some(assign(name, limit.as_ref()?))));
    if input.kind == InputType::Enum {
        lines.push(format!("rulec_choices={}", input.values.len()));
        lines.extend((1..).zip(&input.values).map(|(i, value)| assign(&format!("rulec_choice_{i}"), value)));
    }
    lines
}

pub(super) fn condition(condition: &Condition, limit: Option<u64>) -> Vec<String> {
    let mut lines = question(&condition.text);
    if !condition.mandatory {
        lines.push("rulec_mandatory=0".to_owned());
    }
    let limit = condition.check.as_ref().and_then(|check| check.timeout_ms).or(limit);
    lines.extend(limit.map(|ms| format!("rulec_limit={}", time(ms))));
    let Some(check) = &condition.check else { return lines };
    lines.push(assign("rulec_do", &check.command));
    if let Some(measure) = &check.measure {
        let op = match measure.op {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Equal => "==",
        };
        lines.push(format!("rulec_op='{op}'"));
        lines.push(assign("rulec_value", &measure.value));
        if !measure.unit.is_empty() {
            lines.push(assign("rulec_unit", &measure.unit));
        }
    }
    lines
}

fn step(step: &Step) -> Vec<String> {
    let mut lines = match &step.action {
        Action::Command { command } => {
            let mut lines = vec![assign("rulec_do", command)];
            lines.extend(step.timeout_ms.map(|ms| format!("rulec_limit={}", time(ms))));
            lines
        }
        Action::Manual { instruction } => {
            let mut lines = vec!["rulec_kind=manual".to_owned()];
            lines.extend(question(instruction));
            lines.extend(step.timeout_ms.map(|ms| format!("rulec_limit={}", time(ms))));
            lines
        }
        Action::Condition { condition } => {
            let mut lines = vec!["rulec_kind=condition".to_owned()];
            lines.extend(self::condition(condition, step.timeout_ms));
            lines
        }
        Action::Fail { reason } => {
            vec![assign("rulec_do", &format!("printf '%s\\n' {} >&2; exit 1", single(reason)))]
        }
        Action::File { .. } => file::step(step),
    };
    lines.extend(step.start_at_ms.map(|ms| format!("rulec_start_at={}", time(ms))));
    lines.extend(step.end_by_ms.map(|ms| format!("rulec_end_by={}", time(ms))));
    let mut number = |name: &str, value: u64, usual: u64| {
        if value != usual {
            lines.push(format!("rulec_{name}={}", time(value)));
        }
    };
    number("grace", step.grace_ms, 5000);
    number("delay_before", step.delay_before_ms, 0);
    number("delay_after", step.delay_after_ms, 0);
    number("output", u64::from(step.output), 0);
    number("read_only", u64::from(step.read_only), 0);
    number("idempotent", u64::from(step.idempotent), 0);
    number("probe", u64::from(step.probe), 0);
    number("has_when", u64::from(step.when.is_some()), 0);
    number("remedies", step.remedies.len() as u64, 0);
    let reads_errors = step.remedies.iter().any(|remedy| remedy.stderr_matches.is_some());
    number("reads_errors", u64::from(reads_errors), 0);
    number("envs", step.env.len() as u64, 0);
    lines.extend(
        (1..)
            .zip(&step.env)
            .map(|(i, (name, value))| assign(&format!("rulec_env_{i}"), &format!("{name}={value}"))),
    );
    lines.extend(step.working_dir.as_ref().map(|dir| {
        let dir = if dir.starts_with('/') { dir.clone() } else { format!("./{dir}") };
        assign("rulec_dir", &dir)
    }));
    lines.extend(step.owner.as_ref().map(|role| format!("rulec_owner={}", line(role))));
    lines.extend(retry(step));
    if let Some(verify) = &step.verify {
        lines.push(assign("rulec_verify", &verify.command));
        lines.extend(verify.timeout_ms.map(|ms| format!("rulec_verify_limit={}", time(ms))));
        lines.push(format!("rulec_verify_polls={}", count(verify.attempts)));
        lines.push(format!("rulec_verify_interval={}", time(verify.interval_ms)));
    }
    match step.on_failure {
        OnFailure::Abort | OnFailure::RetryThenAbort | OnFailure::Rollback => {}
        // Quoted, since it is the name of a command, which a reader might think is run.
        OnFailure::Continue => lines.push("rulec_on_failure='continue'".to_owned()),
        OnFailure::AlertAndContinue => lines.push("rulec_on_failure=alert".to_owned()),
    }
    if let Some(undo) = &step.undo {
        // The program that writes a file knows whether there is anything that a person must take back.
        lines.push(match (&step.action, undo.manual) {
            (Action::File { .. }, true) => "rulec_undo=$rulec_file_program rulec_file_manual=1".to_owned(),
            _ => assign("rulec_undo", &undo.command),
        });
        lines.extend(undo.timeout_ms.map(|ms| format!("rulec_undo_limit={}", time(ms))));
        if undo.retries > 0 {
            lines.push(format!("rulec_undo_retries={}", count(undo.retries)));
        }
    }
    lines
}

fn retry(step: &Step) -> Vec<String> {
    let retry = &step.retry;
    if retry.retries == 0 {
        return Vec::new();
    }
    let mut lines = vec![
        format!("rulec_retries={}", count(retry.retries)),
        format!("rulec_retry_delay={}", time(retry.delay_ms)),
    ];
    if retry.backoff == Backoff::Exponential {
        lines.push("rulec_backoff=exponential".to_owned());
    }
    lines.extend(retry.max_delay_ms.map(|ms| format!("rulec_retry_max={}", time(ms))));
    if !retry.on_exit_codes.is_empty() {
        lines.push(format!("rulec_retry_codes={}", codes(&retry.on_exit_codes)));
    }
    lines
}

fn remedy(remedy: &Remedy) -> Vec<String> {
    let then = match remedy.then {
        RemedyThen::Retry => "retry",
        RemedyThen::Continue => "'continue'",
        RemedyThen::Abort => "abort",
    };
    let mut lines = vec![
        format!("rulec_remedy_then={then}"),
        format!("rulec_remedy_max={}", count(remedy.max)),
        format!("rulec_remedy_runs={}", remedy.run.len()),
    ];
    if remedy.fallback {
        lines.push("rulec_remedy_last=1".to_owned());
    }
    if !remedy.exit_codes.is_empty() {
        lines.push(format!("rulec_remedy_codes={}", codes(&remedy.exit_codes)));
    }
    lines.extend(remedy.stderr_matches.as_ref().map(|pattern| assign("rulec_remedy_match", pattern)));
    lines
        .extend((1..).zip(&remedy.run).map(|(i, command)| assign(&format!("rulec_remedy_run_{i}"), command)));
    lines
}

/// The number of the first final step: they come behind those of the plan and of its rollbacks.
fn number_of_finals(plan: &Plan) -> usize {
    1 + plan.steps.len() + plan.rollbacks.iter().map(|rollback| rollback.steps.len()).sum::<usize>()
}

fn group(rollback: &Rollback, steps: &[&Step], first: usize) -> Vec<String> {
    let mut lines = names(&rollback.procedure, &rollback.name);
    lines.push(format!("rulec_group_first={first}"));
    lines.push(format!("rulec_group_steps={}", rollback.steps.len()));
    if !rollback.after.is_empty() {
        let numbers = (1..).zip(steps).filter(|(_, step)| rollback.after.contains(&step.id));
        // A group whose steps are all unknown must not become one that always runs.
        let numbers: Vec<String> =
            numbers.map(|(i, _): (usize, _)| i.to_string()).chain(["0".to_owned()]).collect();
        lines.push(format!("rulec_after={}", single(&numbers.join(" "))));
    }
    lines
}
