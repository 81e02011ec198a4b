//! The lints, a file each, in order of their codes.

mod background_process;
mod backup_required;
mod broad_kill;
mod checklist_cannot_fail;
mod circular_precondition;
mod clock_in_name;
mod command_syntax;
mod decision_conflict;
mod decision_contradicts_procedure;
mod decision_gap;
mod decision_impossible;
mod decision_not_judged;
mod decision_shadowed;
mod decision_unrealised;
mod delay_drift;
mod empty_rollback;
mod estimate_exceeded;
mod estimate_over_limit;
mod execution_over_limit;
mod flow_too_seldom;
mod goal_unserved;
mod idle_undo;
mod impossible_phase;
mod interactive_command;
mod irreversible_step;
mod later_than_priority;
mod limit_contradiction;
mod limit_out_of_reach;
mod masked_failure;
mod metric_without_probe;
mod missing_rollback;
mod mixed_duration_spellings;
mod not_idempotent;
mod not_portable;
mod nothing_to_roll_back;
mod odd_port_out;
mod odd_step_out;
mod opposite_course;
mod optional_dependency;
mod orphan_procedure;
mod path_forbidden;
mod phase_overlap;
mod pipe_to_shell;
mod placeholder_value;
mod port_clash;
mod port_drift;
mod port_not_allowed;
mod priority_undefined;
mod prose_only_gate;
mod requirement_unserved;
mod retry_of_unsafe_step;
mod retry_without_attempts;
mod review_required;
mod risk_needs_health_check;
mod risk_needs_rollback;
mod risk_needs_verification;
mod role_not_listed;
mod rollback_as_action;
mod rollback_can_abort;
mod rollback_drift;
mod rollback_over_limit;
mod secret_literal;
mod silent_monitor;
mod start_order;
mod step_number_gap;
mod step_over_limit;
mod stop_order;
mod threshold_gap;
mod threshold_overlap;
mod too_many_files;
mod unbounded_step;
mod unclassed_risk;
mod unguarded_delete;
mod unit_mismatch;
mod unknown_argument;
mod unlike_values;
mod unreachable_step;
mod unread_value;
mod unset_variable;
mod unstated_match;
mod unstated_on_failure;
mod unused_checklist;
mod unused_component;
mod unused_product;
mod unverified_start;
mod use_before_definition;
mod value_drift;
mod verify_cannot_fail;
mod verify_ignores_http_errors;
mod verify_matches_old_files;
mod verify_without_limit;
mod window_too_short;
mod zero_timeout;

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
    &unreachable_step::LINT,
    &orphan_procedure::LINT,
    &use_before_definition::LINT,
    &rollback_can_abort::LINT,
    &irreversible_step::LINT,
    &retry_of_unsafe_step::LINT,
    &retry_without_attempts::LINT,
    &window_too_short::LINT,
    &phase_overlap::LINT,
    &impossible_phase::LINT,
    &delay_drift::LINT,
    &circular_precondition::LINT,
    &prose_only_gate::LINT,
    &unused_product::LINT,
    &verify_matches_old_files::LINT,
    &unverified_start::LINT,
    &decision_conflict::LINT,
    &decision_shadowed::LINT,
    &decision_impossible::LINT,
    &decision_gap::LINT,
    &decision_unrealised::LINT,
    &priority_undefined::LINT,
    &unstated_match::LINT,
    &rollback_as_action::LINT,
    &later_than_priority::LINT,
    &decision_not_judged::LINT,
    &port_clash::LINT,
    &path_forbidden::LINT,
    &risk_needs_verification::LINT,
    &risk_needs_rollback::LINT,
    &risk_needs_health_check::LINT,
    &review_required::LINT,
    &backup_required::LINT,
    &too_many_files::LINT,
    &limit_contradiction::LINT,
    &value_drift::LINT,
    &threshold_gap::LINT,
    &threshold_overlap::LINT,
    &unit_mismatch::LINT,
    &goal_unserved::LINT,
    &requirement_unserved::LINT,
    &metric_without_probe::LINT,
    &unused_component::LINT,
    &unused_checklist::LINT,
    &limit_out_of_reach::LINT,
    &optional_dependency::LINT,
    &mixed_duration_spellings::LINT,
    &flow_too_seldom::LINT,
    &odd_step_out::LINT,
    &unset_variable::LINT,
    &zero_timeout::LINT,
    &idle_undo::LINT,
    &rollback_drift::LINT,
    &role_not_listed::LINT,
    &estimate_over_limit::LINT,
    &opposite_course::LINT,
    &unclassed_risk::LINT,
    &silent_monitor::LINT,
    &unlike_values::LINT,
    &unread_value::LINT,
    &odd_port_out::LINT,
    &unknown_argument::LINT,
];
