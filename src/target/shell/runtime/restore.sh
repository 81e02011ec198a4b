# ---- Restore: the state of a run that is resumed, taken up from what its journal says.

# Says in `rulec_reason` how the step that is loaded, number $1, failed.
rulec_recall_reason() {
  eval "rulec_end=\${rulec_ended_$1-} rulec_code=\${rulec_judged_$1-} rulec_recalled=\${rulec_tried_ended_$1-}"
  rulec_attempt_ms=${rulec_limit:-0}
  if [ "$rulec_polls" -gt 0 ]; then
    rulec_end=exited rulec_attempt_ms=${rulec_verify_limit:-0}
  else
    rulec_end=$rulec_recalled
  fi
  case $rulec_end in
    '') rulec_reason='its `when` cannot be decided' ;;
    declined | unasked) rulec_reason='nobody confirmed it' ;;
    *) rulec_explain_end ;;
  esac
  if [ "$rulec_polls" -gt 0 ]; then
    rulec_reason="not verified by $rulec_polls polls, the last: $rulec_reason"
  fi
}

# Says in `rulec_why` why the run was broken off, and in `rulec_cause` by what.
rulec_recall_why() {
  rulec_cause=$rulec_off
  case $rulec_off in
    '') ;;
    failure)
      rulec_why='a step failed'
      if [ -n "$rulec_off_step" ] && [ "$rulec_off_step" -le "$rulec_steps" ]; then
        rulec_defaults
        "rulec_step_$rulec_off_step"
        eval "rulec_polls=\${rulec_polls_$rulec_off_step:-0}"
        rulec_recall_reason "$rulec_off_step"
        rulec_text "$rulec_label"
        rulec_why="step $rulec_off_step of $rulec_steps, $rulec_out: $rulec_reason"
      fi
      ;;
    postcondition) rulec_why='a postcondition does not hold' ;;
    *)
      if [ "$rulec_off" = cancelled ]; then
        rulec_cause=${rulec_off_signal:-cancel}
      fi
      rulec_bound=$rulec_run_limit
      rulec_give_up
      ;;
  esac
}

# Takes up the state of all steps as the journal has it.
rulec_restore() {
  rulec_unload
  rulec_open_steps=$rulec_steps rulec_running=0 rulec_size_freed=0 rulec_size_ready=0 rulec_loaded=0 rulec_under_way=
  rulec_failures=0 rulec_broken_by=
  for rulec_root in $rulec_roots; do
    rulec_frees "$rulec_root"
  done
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_last_step" ]; do
    rulec_at=$((rulec_at + 1))
    eval "rulec_was=\${rulec_stage_$rulec_at-} rulec_was_status=\${rulec_status_$rulec_at-}"
    [ -n "$rulec_was$rulec_was_status" ] || continue
    rulec_restore_step
  done
  rulec_unload
  for rulec_one in $rulec_undone; do
    case $rulec_one in
      *:0:exited) ;;
      *) rulec_failures=$((rulec_failures + 1)) ;;
    esac
  done
  if [ -n "$rulec_broken_by" ]; then
    rulec_note_break failure "$rulec_broken_by"
    rulec_unload
  fi
  if [ -n "$rulec_off" ]; then
    rulec_recall_why
    rulec_phase=stopping rulec_rest_list=steps
    rulec_stop_all
  else
    rulec_phase=steps rulec_rest_list=steps
    for rulec_one_up in $rulec_under_way; do
      rulec_take_up_step "$rulec_one_up"
    done
  fi
}

# Takes up the state of step `rulec_at`.
rulec_restore_step() {
  eval "rulec_verified_$rulec_at=null rulec_reason_$rulec_at= rulec_step_from_$rulec_at= rulec_nth_$rulec_at=
    rulec_code_before_$rulec_at=\${rulec_judged_$rulec_at-} rulec_poll_told_$rulec_at=0 rulec_code_$rulec_at=\${rulec_code_$rulec_at-}
    rulec_remedied_$rulec_at=\"\${rulec_remedied_$rulec_at:+\$rulec_remedied_$rulec_at }\" rulec_remedy_$rulec_at=\${rulec_remedy_$rulec_at:-0}
    rulec_remedy_at_$rulec_at=\${rulec_remedy_at_$rulec_at:-0} rulec_begun_$rulec_at=\${rulec_begun_$rulec_at:-0}
    rulec_tries_$rulec_at=\${rulec_tries_$rulec_at:-0} rulec_polls_$rulec_at=\${rulec_polls_$rulec_at:-0}
    rulec_was_alerted=\${rulec_alerted_$rulec_at-}"
  if [ -n "$rulec_was_status" ] && [ "$rulec_was" = '' ]; then
    rulec_load "$rulec_at"
    if [ "$rulec_was_status:$rulec_on_failure:$rulec_was_alerted:$rulec_off" = failed:alert:: ] &&
      { [ "$rulec_at" -le "$rulec_steps" ] || [ "$rulec_at" -ge "$rulec_final_first" ]; }; then
      # Its alert was never raised.
      rulec_stage=alerting rulec_was=alerting
    fi
  fi
  rulec_load "$rulec_at"
  if [ "$rulec_was_status" = failed ]; then
    if [ "$rulec_at" -gt "$rulec_steps" ]; then
      if [ "$rulec_at" -ge "$rulec_final_first" ]; then
        rulec_degraded=1
      else
        rulec_failures=$((rulec_failures + 1))
      fi
    else
      case $rulec_on_failure in
        continue | alert) rulec_degraded=1 ;;
        *) [ -n "$rulec_off" ] || rulec_broken_by=$rulec_at ;;
      esac
    fi
  fi
  if [ "$rulec_at" -gt "$rulec_steps" ]; then
    return 0
  elif [ -z "$rulec_was" ]; then
    rulec_meets "$rulec_was_status"
  else
    rulec_under_way="$rulec_under_way$rulec_at "
  fi
}

# Ends each step that was under way when the run was broken off.
rulec_stop_all() {
  for rulec_at in $rulec_under_way; do
    rulec_load "$rulec_at"
    rulec_was=$rulec_stage
    rulec_running=$((rulec_running + 1))
    rulec_now
    rulec_step_from=$rulec_ms
    eval "rulec_was_status=\${rulec_status_$rulec_at-}"
    if [ "$rulec_was$rulec_was_status" = waitingok ]; then
      rulec_is_over ok
      continue
    fi
    rulec_find_base
    if [ "$rulec_was" = alerting ]; then
      rulec_recall_reason "$rulec_at"
    fi
    rulec_end=$rulec_cause
    case $rulec_was in
      trying | polling | remedying | alerting)
        if rulec_adopt "$rulec_at" '' "$rulec_grace"; then
          rulec_stop_job "$rulec_at" "$rulec_cause"
          continue
        fi
        rulec_sweep
        if [ "$rulec_was" = alerting ]; then
          rulec_alert_is_over false null
          continue
        fi
        rulec_code=124
        ;;
    esac
    rulec_explain_end
    rulec_is_cancelled
  done
  while [ -n "$rulec_active$rulec_waiting" ]; do
    rulec_turn
  done
}

# Lets step $1, which was under way, go on.
rulec_take_up_step() {
  rulec_at=$1
  rulec_load "$rulec_at"
  eval "rulec_was_ended=\${rulec_ended_$rulec_at-} rulec_was_wait=\${rulec_wait_$rulec_at-}"
  rulec_was=$rulec_stage
  rulec_now
  rulec_step_from=$rulec_ms rulec_attempt_ms=0
  if [ "$rulec_at" -le "$rulec_steps" ]; then
    rulec_running=$((rulec_running + 1))
    rulec_takes
  fi
  rulec_tell "${rulec_bold}goes on$rulec_plain: %b (%b)" "$rulec_label" "$rulec_tag"
  rulec_find_base
  rulec_split='' rulec_show=0
  case $rulec_was in
    started)
      if [ "$rulec_delay_before" -gt 0 ]; then
        rulec_wait_step delayed delay_before "$rulec_delay_before"
      else
        rulec_try
      fi
      ;;
    waiting)
      rulec_find_rest "${rulec_was_wait#* }"
      case ${rulec_was_wait%% *} in
        delay_before) rulec_wait_step delayed delay_before "$rulec_rest_ms" ;;
        backoff) rulec_wait_step backoff backoff "$rulec_rest_ms" ;;
        interval) rulec_wait_step interval interval "$rulec_rest_ms" ;;
        delay_after) rulec_wait_step settling delay_after "$rulec_rest_ms" ;;
      esac
      ;;
    tried | polled | remedied)
      rulec_end=$rulec_was_ended
      case $rulec_was in
        tried) rulec_tried ;;
        polled) rulec_polled ;;
        remedied) rulec_remedy_ended ;;
      esac
      ;;
    *) rulec_take_up ;;
  esac
}

# What is left of a wait of $1 milliseconds that step `rulec_at` began: `rulec_rest_ms`. Where the clock was set
# back, all of it.
rulec_find_rest() {
  rulec_now
  eval "rulec_ago=\$((rulec_epoch + (rulec_ms - rulec_from) / 1000 - rulec_since_$rulec_at))"
  if [ "$rulec_ago" -lt 0 ]; then
    rulec_ago=0
  fi
  rulec_rest_ms=0
  if [ "$rulec_ago" -le "$(($1 / 1000))" ]; then
    rulec_rest_ms=$(($1 - rulec_ago * 1000))
  fi
  if [ "$rulec_rest_ms" -lt 0 ]; then
    rulec_rest_ms=0
  fi
}

# Goes on with the command of the step that was running: it has ended meanwhile, or lives, or is lost.
rulec_take_up() {
  if [ "$rulec_was" = alerting ]; then
    rulec_recall_reason "$rulec_at"
  fi
  if rulec_ended; then
    rulec_job_end=exited
    rulec_step_goes_on "$rulec_at"
    return 0
  fi
  rulec_take_up_limit=$rulec_limit
  case $rulec_was in
    polling) rulec_take_up_limit=$rulec_verify_limit ;;
    alerting) rulec_take_up_limit='' ;;
  esac
  if [ "$rulec_was" != alerting ]; then
    rulec_until_late "$rulec_take_up_limit" || rulec_out=1
    rulec_take_up_limit=$rulec_out
  fi
  if [ "$rulec_job_code" != fenced ] && [ "$rulec_job_code" != full ]; then
    if rulec_adopt "$rulec_at" "$rulec_take_up_limit" "$rulec_grace"; then
      return 0
    fi
    rulec_sweep
  fi
  case $rulec_skipped in
    *" $rulec_at "*)
      rulec_job_end=exited rulec_job_code=0
      rulec_step_goes_on "$rulec_at"
      return 0
      ;;
  esac
  case $rulec_was in
    alerting) rulec_raise ;;
    polling)
      rulec_polls=$((rulec_polls - 1)) rulec_code=$rulec_code_before
      rulec_poll
      ;;
    remedying)
      rulec_remedy_at=$((rulec_remedy_at - 1)) rulec_code=$rulec_code_before
      rulec_next_remedy
      ;;
    *) rulec_attempt_again ;;
  esac
}
