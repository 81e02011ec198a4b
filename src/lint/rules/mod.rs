//! The lints, a file each, in order of their codes.

mod background_process;
mod broad_kill;
mod checklist_cannot_fail;
mod clock_in_name;
mod command_syntax;
mod decision_contradicts_procedure;
mod empty_rollback;
mod estimate_exceeded;
mod execution_over_limit;
mod interactive_command;
mod masked_failure;
mod missing_rollback;
mod not_idempotent;
mod not_portable;
mod nothing_to_roll_back;
mod pipe_to_shell;
mod placeholder_value;
mod port_drift;
mod port_not_allowed;
mod rollback_over_limit;
mod secret_literal;
mod start_order;
mod step_number_gap;
mod step_over_limit;
mod stop_order;
mod unbounded_step;
mod unguarded_delete;
mod unstated_on_failure;
mod verify_cannot_fail;
mod verify_ignores_http_errors;
mod verify_without_limit;

use super::Lint;

/// All lints.
pub static LINTS: &[&Lint] = &[
    &start_order::LINT,
    &stop_order::LINT,
    &missing_rollback::LINT,
    &nothing_to_roll_back::LINT,
    &empty_rollback::LINT,
    &unstated_on_failure::LINT,
    &decision_contradicts_procedure::LINT,
    &estimate_exceeded::LINT,
    &unbounded_step::LINT,
    &step_over_limit::LINT,
    &execution_over_limit::LINT,
    &rollback_over_limit::LINT,
    &verify_ignores_http_errors::LINT,
    &verify_without_limit::LINT,
    &verify_cannot_fail::LINT,
    &checklist_cannot_fail::LINT,
    &masked_failure::LINT,
    &step_number_gap::LINT,
    &port_not_allowed::LINT,
    &port_drift::LINT,
    &command_syntax::LINT,
    &not_portable::LINT,
    &broad_kill::LINT,
    &unguarded_delete::LINT,
    &pipe_to_shell::LINT,
    &interactive_command::LINT,
    &background_process::LINT,
    &not_idempotent::LINT,
    &clock_in_name::LINT,
    &secret_literal::LINT,
    &placeholder_value::LINT,
];
