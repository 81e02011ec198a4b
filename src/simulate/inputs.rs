//! The values that expressions find under `inputs` in a run that nobody answers questions in.

use std::collections::BTreeMap;

use crate::expr::Value;
use crate::plan::Plan;
use crate::plan::ir::{Input, InputType};
use crate::plan::values::typed;

/// The inputs of a plan that have a value: the one that is fixed, else the default, as the type says that
/// expressions see it. What has neither, such as a secret, is not there.
#[must_use]
pub fn inputs(plan: &Plan) -> BTreeMap<String, Value> {
    let known = |input: &Input| {
        let text = input.value.as_ref().or(input.default.as_ref())?;
        Some((input.name.clone(), typed(input.kind, text)))
    };
    plan.inputs.iter().filter(|input| input.kind != InputType::Secret).filter_map(known).collect()
}
