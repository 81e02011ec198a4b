# ---- The run: steps one after another, rollback, final steps.

# Runs the steps and the postconditions; 0: all is well, 1: it failed or was cancelled, which `rulec_why` tells.
rulec_run_steps() {
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_steps" ]; do
    rulec_at=$((rulec_at + 1))
    if rulec_halted; then
      rulec_give_up
      return 1
    fi
    rulec_defaults
    "rulec_step_$rulec_at"
    rulec_head step "$rulec_at" "$rulec_steps"
    rulec_run_step "$rulec_folder/$rulec_stem"
    eval "rulec_json_step_$rulec_at=\$rulec_json_step"
    if [ "$rulec_begun" = 1 ]; then
      rulec_undoable="$rulec_at $rulec_undoable"
    fi
    case $rulec_status:$rulec_on_failure in
      ok:*) ;;
      failed:continue) rulec_degraded=1 ;;
      failed:alert)
        rulec_degraded=1
        rulec_raise
        ;;
      *)
        if [ "$rulec_status" = failed ]; then
          rulec_record broken_off ",\"cause\":\"failure\",\"step\":$rulec_json_id"
        fi
        rulec_text "$rulec_label"
        rulec_why="step $rulec_at of $rulec_steps, $rulec_out: $rulec_reason"
        return 1
        ;;
    esac
  done
  rulec_hold_all post "$rulec_posts" postcondition
  rulec_held=$?
  rulec_json_posts=$rulec_json_held
  case $rulec_held in
    1)
      rulec_record broken_off ',"cause":"postcondition"'
      rulec_why=$rulec_reason
      ;;
    2) rulec_give_up ;;
  esac
  if [ "$rulec_held" = 0 ] && rulec_halted; then
    rulec_give_up
    return 1
  fi
  return "$rulec_held"
}

rulec_give_up() {
  rulec_end=$rulec_cause
  rulec_explain_end
  rulec_why=$rulec_reason
}

# Counts what there is to roll back.
rulec_count_undo() {
  rulec_undos=0
  for rulec_at in $rulec_undoable; do
    rulec_defaults
    "rulec_step_$rulec_at"
    if [ -n "$rulec_undo" ] && [ "$rulec_read_only" = 0 ]; then
      rulec_undos=$((rulec_undos + 1))
    fi
  done
  rulec_groups_due='' rulec_g=0
  while [ "$rulec_g" -lt "$rulec_groups" ]; do
    rulec_g=$((rulec_g + 1))
    rulec_after=
    "rulec_group_$rulec_g"
    rulec_due=0
    if [ -z "$rulec_after" ]; then
      rulec_due=1
    fi
    for rulec_at in $rulec_after; do
      case " $rulec_undoable" in
        *" $rulec_at "*) rulec_due=1 ;;
      esac
    done
    if [ "$rulec_due" = 1 ]; then
      rulec_groups_due="$rulec_groups_due $rulec_g"
    fi
  done
}

# Takes back what was done; what fails is counted in `rulec_failures`, and the rest still runs.
rulec_roll_back() {
  rulec_failures=0
  rulec_n=0
  for rulec_at in $rulec_undoable; do
    rulec_defaults
    "rulec_step_$rulec_at"
    if [ -z "$rulec_undo" ] || [ "$rulec_read_only" = 1 ]; then
      continue
    fi
    rulec_n=$((rulec_n + 1))
    rulec_head undo "$rulec_n" "$rulec_undos"
    rulec_show=1
    rulec_record undo_started ",\"step\":$rulec_json_id"
    rulec_attempt "$rulec_folder/$rulec_stem.undo" "$rulec_undo" "$rulec_undo_limit" "$rulec_grace"
    rulec_record_end undo_ended ",\"step\":$rulec_json_id"
    rulec_explain_end
    rulec_took "$rulec_attempt_ms"
    if [ "$rulec_end" = exited ] && [ "$rulec_code" = 0 ]; then
      rulec_status=ok rulec_reason=
      rulec_tell "  ${rulec_green}ok$rulec_plain after %s" "$rulec_out"
    else
      rulec_status=failed
      rulec_failures=$((rulec_failures + 1))
      rulec_log "  ${rulec_red}failed$rulec_plain: %s" "$rulec_reason"
    fi
    rulec_json "$rulec_reason"
    rulec_json_undone="$rulec_json_undone${rulec_json_undone:+,}$rulec_nl    {\"id\":$rulec_json_id,\"name\":$rulec_json_name,\"status\":\"$rulec_status\",\"exit_code\":${rulec_code:-null},\"duration_ms\":$rulec_attempt_ms,\"reason\":$rulec_out}"
  done
  for rulec_g in $rulec_groups_due; do
    "rulec_group_$rulec_g"
    rulec_record procedure_started ",\"procedure\":$rulec_json_id"
    rulec_json_group="{\"procedure\":$rulec_json_id,\"name\":$rulec_json_name,\"steps\":["
    rulec_run_rest "group_$rulec_g" "$rulec_group_steps" 'rollback step'
    rulec_json_rollback="$rulec_json_rollback${rulec_json_rollback:+,}$rulec_nl    $rulec_json_group$rulec_json_rest]}"
  done
}

# Runs all steps of list $1, $2 of them, called $3, whatever fails. Counts failures; their JSON is left in `rulec_json_rest`.
rulec_run_rest() {
  rulec_json_rest='' rulec_at=0
  while [ "$rulec_at" -lt "$2" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_defaults
    "rulec_$1_$rulec_at"
    rulec_head "$3" "$rulec_at" "$2"
    rulec_run_step "$rulec_folder/$rulec_stem"
    rulec_json_rest="$rulec_json_rest${rulec_json_rest:+,}$rulec_nl      $rulec_json_step"
    if [ "$rulec_status" != ok ]; then
      rulec_failures=$((rulec_failures + 1))
      if [ "$rulec_on_failure" = alert ]; then
        rulec_raise
      fi
    fi
  done
}

# Goes from the gates to the outcome, which is left in `rulec_outcome` and `rulec_exit`.
rulec_govern() {
  rulec_outcome=refused rulec_exit=3
  rulec_record run_started ",\"version\":1,\"entry\":$rulec_json_tag,\"plan\":\"$rulec_digest\""
  rulec_lock
  rulec_held=$?
  if [ -n "$rulec_lock_timeout" ] && [ "$rulec_held" != 2 ]; then
    rulec_record_gate lock "$rulec_held"
  fi
  case $rulec_held in
    1)
      rulec_exit=7
      rulec_why="locked by $rulec_holder"
      return
      ;;
    2)
      rulec_give_up
      rulec_cancelled
      return
      ;;
  esac
  rulec_now
  rulec_bound_from=$rulec_ms
  rulec_bound=$rulec_run_limit
  rulec_refused=0
  rulec_refusals
  if [ "$rulec_refused" -gt 0 ]; then
    rulec_why='the plan asks for what this script cannot hold'
    return
  fi
  rulec_take_inputs
  if [ "$rulec_inputs" -gt 0 ]; then
    rulec_record_gate inputs "${#rulec_problems}"
  fi
  if [ -n "$rulec_problems" ]; then
    rulec_why='inputs are missing or wrong'
    rulec_note '%s:' "$rulec_why"
    rulec_put "$rulec_problems" | sed 's/^/  /' >&2
    return
  fi
  if [ "$rulec_prose" -gt 0 ]; then
    rulec_held=0
    if [ "$rulec_yes" = 0 ] && ! rulec_attended; then
      rulec_held=1
    fi
    rulec_record_gate attendance "$rulec_held"
    if [ "$rulec_held" = 1 ]; then
      rulec_why='nobody is there to confirm what only a person can'
      rulec_note '%s; to attest all of it, run again with --yes:' "$rulec_why"
      rulec_must_attest
      return
    fi
  fi
  rulec_hold_all pre "$rulec_pres" precondition
  rulec_held=$?
  rulec_json_pres=$rulec_json_held
  case $rulec_held in
    1)
      rulec_why=$rulec_reason
      return
      ;;
    2)
      rulec_give_up
      rulec_cancelled
      return
      ;;
  esac
  rulec_failures=0
  if rulec_run_steps; then
    rulec_outcome=succeeded rulec_exit=0
    if [ "$rulec_degraded" = 1 ]; then
      rulec_outcome=degraded
    fi
    rulec_shield=1 rulec_heard=$rulec_signal
  else
    rulec_shield=1 rulec_heard=$rulec_signal
    rulec_ended_by=$rulec_end
    rulec_count_undo
    rulec_outcome=failed rulec_exit=4
    if [ "$rulec_undos" -gt 0 ] || [ -n "$rulec_groups_due" ]; then
      rulec_log "${rulec_bold}rolling back$rulec_plain, since %s" "$rulec_why"
      rulec_record rollback_started
      rulec_roll_back
      rulec_outcome=rolled_back rulec_exit=5
    fi
    rulec_end=$rulec_ended_by
    rulec_cancelled
    if [ "$rulec_failures" -gt 0 ]; then
      rulec_outcome=rollback_failed rulec_exit=6
    fi
  fi
  rulec_failures=0
  if [ "$rulec_finals" -gt 0 ]; then
    rulec_record finally_started
  fi
  rulec_run_rest finally "$rulec_finals" 'final step'
  rulec_json_finally=$rulec_json_rest
  if [ "$rulec_failures" -gt 0 ] && [ "$rulec_outcome" = succeeded ]; then
    rulec_outcome=degraded
  fi
}

# Writes down whether gate $1 was passed: it was where $2 is 0.
rulec_record_gate() {
  rulec_out=false
  if [ "$2" = 0 ]; then
    rulec_out=true
  fi
  rulec_record gate ",\"gate\":\"$1\",\"passed\":$rulec_out"
}

# A run that a signal ended is cancelled, however far it had come.
rulec_cancelled() {
  case $rulec_end in
    HUP) rulec_outcome=cancelled rulec_exit=129 ;;
    INT) rulec_outcome=cancelled rulec_exit=130 ;;
    TERM) rulec_outcome=cancelled rulec_exit=143 ;;
  esac
}

# Says one thing that forbids this script to start.
rulec_refuse() {
  rulec_refused=$((rulec_refused + 1))
  rulec_note 'this script cannot hold %b' "$1"
}

# Says one thing that only a person can confirm.
rulec_attest() {
  printf '  - %b\n' "$1" >&2
}
