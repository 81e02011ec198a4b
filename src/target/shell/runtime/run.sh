# ---- The run: gates, steps, rollback, final steps.

# Writes down that the run is broken off. $1 is the cause, $2 the step that failed. Of a signal its name is kept, too.
rulec_note_break() {
  rulec_off=$1 rulec_off_step=${2-} rulec_off_signal=
  case $1:$rulec_cause in
    cancelled:HUP | cancelled:INT | cancelled:TERM) rulec_off_signal=$rulec_cause ;;
  esac
  rulec_journal "off $1${2:+ $2}${rulec_off_signal:+ $rulec_off_signal}"
  rulec_more=
  if [ -n "${2-}" ]; then
    rulec_load "$2"
    rulec_more=",\"step\":$rulec_json_id"
  fi
  rulec_record broken_off ",\"cause\":\"$1\"$rulec_more"
  rulec_audit broken_off ",\"cause\":\"$1\"$rulec_more"
}

# Breaks the run off: no step starts any more, and what is under way is stopped. $1 is the cause, $2 the step that
# failed.
rulec_break_off() {
  rulec_note_break "$@"
  rulec_size_freed=0 rulec_size_ready=0 rulec_size_stop=0
  for rulec_one in $rulec_active $rulec_waiting; do
    rulec_push stop "$rulec_one"
  done
  while [ "$rulec_size_stop" -gt 0 ]; do
    rulec_pop stop
    rulec_stopped=$rulec_out
    case " $rulec_active" in
      *" $rulec_stopped "*)
        # Else a runner that dies now would leave a run that goes on.
        rulec_flush
        rulec_stop_job "$rulec_stopped" "$rulec_cause"
        continue
        ;;
    esac
    rulec_drop waiting "$rulec_stopped"
    rulec_load "$rulec_stopped"
    if [ "$rulec_stage" = settling ]; then
      rulec_journal "wait $rulec_stopped settled 0"
      rulec_is_over ok
    elif [ "$rulec_stage" = scheduled ]; then
      rulec_stage=
    else
      rulec_end=$rulec_cause
      rulec_explain_end
      rulec_is_cancelled
    fi
  done
}

# True where nothing is under way: all that waits, waits for its time.
rulec_is_early() {
  rulec_unload
  for rulec_one in $rulec_waiting; do
    eval "rulec_out=\$rulec_stage_$rulec_one"
    [ "$rulec_out" = scheduled ] || return 1
  done
}

# Runs the steps and the postconditions; 0: all is well, 1: it failed or was broken off, which `rulec_why` tells,
# 2: it is paused.
rulec_run_steps() {
  rulec_phase=steps rulec_rest_list=steps
  while :; do
    rulec_start_ready
    [ -n "$rulec_active$rulec_waiting" ] || break
    if [ -e "$rulec_folder/pause" ] && [ -z "$rulec_active$rulec_off" ] && rulec_is_early; then
      rulec_pausing=1 rulec_waiting=
      break
    fi
    rulec_turn
  done
  if [ -z "$rulec_off" ] && [ "$rulec_pausing" = 1 ]; then
    return 2
  fi
  if [ -n "$rulec_off" ]; then
    if [ "$rulec_off" != failure ]; then
      rulec_give_up
    fi
    return 1
  fi
  # Nothing is left out in silence.
  if [ "$rulec_open_steps" != 0 ]; then
    rulec_note 'internal error: %s steps were not reached' "$rulec_open_steps"
    rulec_leave 70
  fi
  rulec_phase=post
  rulec_journal post
  rulec_hold_all post "$rulec_posts" postcondition
  case $? in
    0) ;;
    1)
      rulec_why=$rulec_reason
      rulec_cause=postcondition
      rulec_break_off postcondition
      return 1
      ;;
    *)
      rulec_give_up
      return 1
      ;;
  esac
  if rulec_halted; then
    rulec_give_up
    return 1
  fi
}

rulec_give_up() {
  rulec_end=$rulec_cause
  rulec_explain_end
  rulec_why=$rulec_reason
}

# Counts what there is to roll back.
rulec_count_undo() {
  rulec_undos=0
  for rulec_at in $rulec_completed; do
    rulec_load "$rulec_at"
    if rulec_is_undoable; then
      rulec_undos=$((rulec_undos + 1))
    fi
  done
  rulec_unload
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
      case " $rulec_completed" in
        *" $rulec_at "*) rulec_due=1 ;;
      esac
    done
    if [ "$rulec_due" = 1 ]; then
      rulec_groups_due="$rulec_groups_due $rulec_g"
    fi
  done
}

# True where the step changes something that can be taken back.
rulec_is_undoable() {
  [ "$rulec_read_only" = 0 ] && { [ -n "$rulec_undo" ] || [ "$rulec_kind" = file ]; }
}

# Takes back what was done; what fails is counted in `rulec_failures`, and the rest still runs.
rulec_roll_back() {
  rulec_phase=undo
  rulec_n_undo=0
  for rulec_undo_at in $rulec_completed; do
    rulec_load "$rulec_undo_at"
    rulec_is_undoable || continue
    rulec_n_undo=$((rulec_n_undo + 1))
    # What a dead runner had undone stays so.
    case " $rulec_undone " in
      *" $rulec_undo_at:"*) continue ;;
    esac
    rulec_head undo "$rulec_n_undo" "$rulec_undos"
    rulec_show=1 rulec_split=
    rulec_journal "undo $rulec_undo_at"
    rulec_envs_own=$rulec_envs rulec_undo_tries=0
    if [ "$rulec_kind" = file ]; then
      rulec_file_environment undo
    fi
    while :; do
      rulec_record undo_started ",\"step\":$rulec_json_id"
      if [ "$rulec_undoing" != "$rulec_undo_at" ] || ! rulec_undo_on "$rulec_folder/$rulec_stem.undo"; then
        rulec_attempt "$rulec_folder/$rulec_stem.undo" "$rulec_undo" "$rulec_undo_limit" "$rulec_grace"
      fi
      if [ "$rulec_end:$rulec_code" = exited:0 ] || [ "$rulec_undo_tries" -ge "$rulec_undo_retries" ]; then
        break
      fi
      rulec_undo_tries=$((rulec_undo_tries + 1))
      rulec_record_end undo_ended ",\"step\":$rulec_json_id"
      rulec_explain_end
      rulec_log "  ${rulec_yellow}failed$rulec_plain: %s; once more, %s of %s" "$rulec_reason" "$((rulec_undo_tries + 1))" "$((rulec_undo_retries + 1))"
    done
    rulec_envs=$rulec_envs_own
    rulec_journal "undone $rulec_undo_at ${rulec_code:--} $rulec_end"
    rulec_record_end undo_ended ",\"step\":$rulec_json_id"
    rulec_audit undo_ended ",\"step\":$rulec_json_id,\"exit_code\":${rulec_code:-null}"
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
    rulec_result undone "$rulec_n_undo" "{\"id\":$rulec_json_id,\"name\":$rulec_json_name,\"status\":\"$rulec_status\",\"exit_code\":${rulec_code:-null},\"duration_ms\":$rulec_attempt_ms,\"reason\":$rulec_out}"
    rulec_loaded=0
  done
  rulec_unload
  rulec_phase=rollback
  for rulec_g in $rulec_groups_due; do
    "rulec_group_$rulec_g"
    rulec_journal "group $rulec_g"
    rulec_record procedure_started ",\"procedure\":$rulec_json_id"
    rulec_run_rest rollback "$rulec_group_first" "$rulec_group_steps" 'rollback step'
  done
}

# Runs $3 steps from number $2, one after another, called $4, whatever fails; $1 is the list of the report.
rulec_run_rest() {
  rulec_unload
  rulec_rest_list=$1 rulec_rest_first=$2 rulec_rest_steps=$3 rulec_rest_name=$4 rulec_live=1
  rulec_rest_at=$2
  while [ "$rulec_rest_at" -lt "$((rulec_rest_first + rulec_rest_steps))" ]; do
    rulec_unload
    eval "rulec_status=\${rulec_status_$rulec_rest_at-} rulec_was=\${rulec_stage_$rulec_rest_at-}"
    case $rulec_was:$rulec_status in
      :)
        rulec_enter "$rulec_rest_at"
        if [ "$rulec_entered" = 1 ]; then
          rulec_start "$rulec_rest_at"
        fi
        ;;
      over:* | :*) ;;
      *) rulec_take_up_step "$rulec_rest_at" ;;
    esac
    while [ -n "$rulec_active$rulec_waiting" ]; do
      rulec_turn
    done
    rulec_rest_at=$((rulec_rest_at + 1))
  done
  rulec_unload
}

# Goes from the gates to the outcome, which is left in `rulec_outcome` and `rulec_exit`.
rulec_govern() {
  rulec_outcome=refused rulec_exit=3 rulec_phase=gates
  # Before anything of the plan is looked at: a name may be none.
  rulec_refused=0 rulec_problems=
  rulec_refusals
  if [ "$rulec_refused" = 0 ]; then
    rulec_take_inputs
    if [ -z "$rulec_problems" ]; then
      rulec_identify
    fi
  fi
  rulec_journal "begin $rulec_digest $rulec_execution"
  rulec_record run_started ",\"version\":1,\"entry\":$rulec_json_tag,\"plan\":\"$rulec_digest\""
  rulec_audit run_started ",\"entry\":$rulec_json_tag"
  rulec_govern_on
}

# Goes on from the gates.
rulec_govern_on() {
  rulec_pass_gates || return 0
  rulec_phase=pre
  rulec_hold_all pre "$rulec_pres" precondition
  case $? in
    0) ;;
    1)
      rulec_why=$rulec_reason
      return 0
      ;;
    *)
      rulec_give_up
      rulec_cancelled
      return 0
      ;;
  esac
  rulec_use_approvals || return 0
  rulec_journal forward
  rulec_departed=$rulec_ms
  rulec_size_freed=0 rulec_size_ready=0
  rulec_roots_left="$rulec_roots "
  rulec_push_root
  rulec_go_forward
}

# Runs the steps, and what follows from how they end.
rulec_go_forward() {
  rulec_run_steps
  case $? in
    0)
      rulec_shield=1 rulec_heard=$rulec_signal
      rulec_outcome=succeeded rulec_exit=0
      ;;
    2)
      rulec_pause_run
      return 0
      ;;
    *) rulec_go_back ;;
  esac
  rulec_go_on_to_the_end
}

# Rolls back.
rulec_go_back() {
  rulec_shield=1 rulec_heard=$rulec_signal
  rulec_ended_by=$rulec_cause
  rulec_count_undo
  rulec_outcome=failed rulec_exit=4
  if [ "$rulec_undos" -gt 0 ] || [ -n "$rulec_groups_due" ]; then
    rulec_log "${rulec_bold}rolling back$rulec_plain, since %s" "$rulec_why"
    rulec_journal rollback
    rulec_record rollback_started
    rulec_audit rollback_started
    rulec_roll_back
    rulec_outcome=rolled_back rulec_exit=5
  fi
  rulec_end=$rulec_ended_by
  rulec_cancelled
  if [ "$rulec_failures" -gt 0 ]; then
    rulec_outcome=rollback_failed rulec_exit=6
  fi
}

# The final steps run, whatever happened.
rulec_go_on_to_the_end() {
  rulec_phase=finals
  if [ "$rulec_finals" -gt 0 ]; then
    rulec_journal final
    rulec_record finally_started
  fi
  rulec_run_rest finally "$rulec_final_first" "$rulec_finals" 'final step'
  if [ "$rulec_degraded" = 1 ] && [ "$rulec_outcome" = succeeded ]; then
    rulec_outcome=degraded
  fi
}

# Stops between two steps: `resume` goes on.
rulec_pause_run() {
  if [ "$rulec_starved" = 1 ]; then
    rulec_journal full
    rulec_outcome=unfinished rulec_exit=9
    rulec_why="the disk is full; make room, then: $rulec_again resume $rulec_run"
  else
    rulec_journal paused
    rulec_outcome=paused rulec_exit=10
    rulec_why="to go on: $rulec_again resume $rulec_run"
  fi
}

# Lets the bound on the run count from now on, and for what earlier runners of it have taken.
rulec_bind_run() {
  rulec_now
  rulec_bound_from=$((rulec_ms - rulec_ran * 1000))
  rulec_bound=$rulec_run_limit
  if [ -n "$rulec_bound" ]; then
    rulec_journal bound
  fi
}

# Asks for the gates in their order; 1 where one is shut.
rulec_pass_gates() {
  rulec_held=0
  if [ -z "$rulec_gen" ]; then
    rulec_lock
    rulec_held=$?
  fi
  if [ -n "$rulec_lock_timeout" ] && [ "$rulec_held" != 2 ]; then
    rulec_record_gate lock "$rulec_held"
  fi
  case $rulec_held in
    1)
      rulec_exit=7
      rulec_why="locked by $rulec_holder"
      return 1
      ;;
    2)
      rulec_give_up
      rulec_cancelled
      return 1
      ;;
  esac
  rulec_find_unfinished || return 1
  rulec_bind_run
  if [ "$rulec_refused" -gt 0 ]; then
    rulec_why='the plan asks for what this script cannot hold'
    return 1
  fi
  rulec_held=0
  if [ -z "$rulec_problems" ]; then
    rulec_earlier
    rulec_held=$?
  fi
  if [ -n "$rulec_ttl" ]; then
    rulec_record_gate earlier "$rulec_held"
  fi
  if [ "$rulec_held" = 1 ]; then
    rulec_outcome=already_done rulec_exit=0
    return 1
  fi
  if [ "$rulec_inputs" -gt 0 ]; then
    rulec_record_gate inputs "${#rulec_problems}"
  fi
  if [ -n "$rulec_problems" ]; then
    rulec_why='inputs are missing or wrong'
    rulec_note '%s:' "$rulec_why"
    rulec_put "$rulec_problems" | sed 's/^/  /' >&2
    return 1
  fi
  if [ -n "$rulec_window_from" ]; then
    rulec_window
    rulec_held=$?
    rulec_record_gate window "$rulec_held"
    if [ "$rulec_held" != 0 ]; then
      rulec_note 'refused: %s' "$rulec_why"
      return 1
    fi
  fi
  if [ "$rulec_approvals" -gt 0 ]; then
    rulec_approve_gate
    rulec_held=$?
    if [ "$rulec_held" = 2 ]; then
      rulec_give_up
      rulec_cancelled
      return 1
    fi
    rulec_record_gate approval "$rulec_held"
    [ "$rulec_held" = 0 ] || return 1
  fi
  rulec_save_inputs || rulec_unusable "$rulec_folder/inputs"
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
      return 1
    fi
  fi
  rulec_begin
}

# From here on the run is one that must be brought to its end, by `resume` if need be.
rulec_begin() {
  rulec_open_backups make
  rulec_write_about || rulec_unusable "$rulec_folder"
  rulec_sync "$rulec_folder/about" "$rulec_folder/inputs" "$rulec_folder"
  rulec_sync_also=$rulec_home/open/$rulec_run
  rulec_append "$rulec_home/open/$rulec_run" "$rulec_entry_id$rulec_nl" || rulec_unusable "$rulec_home/open"
}

# A run of this scope that was not brought to its end stands in the way of another: 1.
rulec_find_unfinished() {
  rulec_has_unfinished || return 0
  rulec_exit=11
  rulec_why="run $rulec_other_run was not brought to its end"
  rulec_note 'refused: %s; nothing was run' "$rulec_why"
  printf '  %-22s%s %s\n' 'to look at it:' "$rulec_again status" "$rulec_other_run" 'to go on with it:' "$rulec_again resume" \
    "$rulec_other_run" 'to take it back:' "$rulec_again cancel" "$rulec_other_run" 'to leave it as it is:' \
    "$rulec_again abandon" "$rulec_other_run" >&2
  return 1
}

# True where there is one; its name is left in `rulec_other_run`.
rulec_has_unfinished() {
  [ -n "$rulec_lock_timeout" ] || return 1
  rulec_other_run=
  set +f
  for rulec_file in "$rulec_home"/open/*; do
    if [ -e "$rulec_file" ] && [ "${rulec_file##*/}" != "$rulec_run" ]; then
      rulec_other_run=${rulec_file##*/}
      break
    fi
  done
  set -f
  [ -n "$rulec_other_run" ]
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
    TERM | cancel) rulec_outcome=cancelled rulec_exit=143 ;;
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
