//! The lints, a file each, in order of their codes.

mod background_process;
mod backup_left_out;
mod backup_misplaced;
mod backup_overwritten;
mod backup_required;
mod backup_short_lived;
mod bound_without_time;
mod bounds_do_not_add_up;
mod broad_kill;
mod checklist_cannot_fail;
mod circular_precondition;
mod clock_in_name;
mod command_syntax;
mod constraint_violated;
mod course_drift;
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
mod firewall_drift;
mod flow_too_seldom;
mod goal_unserved;
mod idle_parallelism;
mod idle_undo;
mod impossible_phase;
mod interactive_command;
mod irreversible_step;
mod later_than_priority;
mod limit_contradiction;
mod limit_out_of_reach;
mod masked_failure;
mod metric_without_probe;
mod metric_without_target;
mod missing_rollback;
mod mixed_duration_spellings;
mod mode_conflict;
mod no_such_breaker;
mod not_granted;
mod not_idempotent;
mod not_portable;
mod nothing_to_roll_back;
mod odd_port_out;
mod odd_step_out;
mod open_branches;
mod opposite_course;
mod optional_dependency;
mod orphan_procedure;
mod patch_too_long;
mod path_forbidden;
mod phase_clock_mismatch;
mod phase_overlap;
mod pipe_to_shell;
mod placeholder_value;
mod port_clash;
mod port_drift;
mod port_not_allowed;
mod port_typed_again;
mod port_unsaid;
mod precedence_incomplete;
mod priority_undefined;
mod prose_only_gate;
mod prune_without_proof;
mod reload_unsupported;
mod repeat_once;
mod repeat_out_of_time;
mod requirement_unserved;
mod resource_over_capacity;
mod retry_of_unsafe_step;
mod retry_without_attempts;
mod review_required;
mod risk_below_floor;
mod risk_needs_health_check;
mod risk_needs_rollback;
mod risk_needs_verification;
mod role_not_listed;
mod rollback_as_action;
mod rollback_can_abort;
mod rollback_drift;
mod rollback_mode_conflict;
mod rollback_over_limit;
mod secret_literal;
mod setting_contradiction;
mod setting_misfit;
mod setting_missing;
mod silent_monitor;
mod start_order;
mod step_number_gap;
mod step_over_limit;
mod step_over_procedure;
mod stop_order;
mod task_outside_window;
mod threshold_gap;
mod threshold_overlap;
mod too_many_files;
mod tool_not_of_role;
mod transition_without_evidence;
mod unbounded_step;
mod unclassed_risk;
mod undecided_environment;
mod undo_hides_failure;
mod unfilled_setting;
mod unguarded_delete;
mod unit_mismatch;
mod unknown_argument;
mod unknown_port_asked;
mod unknown_setting;
mod unlike_values;
mod unreachable_step;
mod unread_value;
mod unset_variable;
mod unstated_match;
mod unstated_on_failure;
mod until_cannot_hold;
mod until_is_the_step;
mod unused_checklist;
mod unused_component;
mod unused_product;
mod unused_resource;
mod unverified_start;
mod unwatched_component;
mod use_before_definition;
mod used_before_made;
mod value_drift;
mod verify_cannot_fail;
mod verify_elsewhere;
mod verify_ignores_http_errors;
mod verify_matches_old_files;
mod verify_without_limit;
mod waits_over_bound;
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
    &repeat_once::LINT,
    &repeat_out_of_time::LINT,
    &until_is_the_step::LINT,
    &until_cannot_hold::LINT,
    &window_too_short::LINT,
    &phase_overlap::LINT,
    &phase_clock_mismatch::LINT,
    &task_outside_window::LINT,
    &tool_not_of_role::LINT,
    &transition_without_evidence::LINT,
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
    &port_unsaid::LINT,
    &undecided_environment::LINT,
    &undo_hides_failure::LINT,
    &verify_elsewhere::LINT,
    &metric_without_target::LINT,
    &course_drift::LINT,
    &used_before_made::LINT,
    &unwatched_component::LINT,
    &resource_over_capacity::LINT,
    &unused_resource::LINT,
    &idle_parallelism::LINT,
    &no_such_breaker::LINT,
    &unknown_port_asked::LINT,
    &patch_too_long::LINT,
    &rollback_mode_conflict::LINT,
    &precedence_incomplete::LINT,
    &risk_below_floor::LINT,
    &unknown_setting::LINT,
    &setting_misfit::LINT,
    &setting_missing::LINT,
    &unfilled_setting::LINT,
    &setting_contradiction::LINT,
    &mode_conflict::LINT,
    &reload_unsupported::LINT,
    &firewall_drift::LINT,
    &port_typed_again::LINT,
    &prune_without_proof::LINT,
    &step_over_procedure::LINT,
    &open_branches::LINT,
    &constraint_violated::LINT,
    &backup_misplaced::LINT,
    &backup_overwritten::LINT,
    &backup_left_out::LINT,
    &backup_short_lived::LINT,
    &bounds_do_not_add_up::LINT,
    &waits_over_bound::LINT,
    &bound_without_time::LINT,
    &not_granted::LINT,
];
