# ---- Steps: each is a small machine, moved on by what happens to it: `machine::step` in shell.
#
# `rulec_stage` is where a step stands: started, delayed, trying, polling, interval, remedying, backoff, alerting,
# settling, over. One step is loaded at a time, its definition and its state; the others' state is kept under their
# numbers.

# What a definition need not say.
rulec_defaults() {
  rulec_label='' rulec_tag='' rulec_json_id='""' rulec_json_name='""' rulec_stem='' rulec_kind=command rulec_do=
  rulec_ask='' rulec_json_ask='""' rulec_mandatory=1 rulec_op='' rulec_value='' rulec_unit=
  rulec_dir='' rulec_envs=0 rulec_limit='' rulec_grace=5000 rulec_output=0 rulec_read_only=0 rulec_idempotent=0
  rulec_start_at='' rulec_end_by='' rulec_delay_before=0 rulec_delay_after=0 rulec_has_when=0 rulec_since='' rulec_within=0 rulec_is_since=0 rulec_probe=0 rulec_succ='' rulec_claims='' rulec_breaker='' rulec_owner=
  rulec_retries=0 rulec_retry_delay=0 rulec_backoff=fixed rulec_retry_max='' rulec_retry_codes=
  rulec_verify='' rulec_verify_limit='' rulec_verify_polls=1 rulec_verify_interval=0
  rulec_on_failure=abort rulec_undo='' rulec_undo_limit='' rulec_undo_retries=0 rulec_file_manual=0 rulec_remedies=0 rulec_reads_errors=0
}

# Sets what step $1 is.
rulec_define_step() {
  rulec_defaults
  "rulec_step_$1"
  rulec_stem=${rulec_stem:-$1-$rulec_tag}
}

# Makes step $1 the one that the functions below are about.
rulec_load() {
  [ "$rulec_loaded" != "$1" ] || return 0
  rulec_unload
  rulec_define_step "$1"
  rulec_loaded=$1
  rulec_prefix='  '
  if [ "$rulec_parallel" = 1 ]; then
    rulec_prefix="  $rulec_tag: "
  fi
  eval "rulec_stage=\${rulec_stage_$1-} rulec_was_over=\${rulec_code_$1-} rulec_has_ended=\${rulec_status_$1-}"
  if [ -z "$rulec_stage" ] && [ -n "$rulec_has_ended" ]; then
    rulec_stage=over
  fi
  case $rulec_stage in
    '' | over)
      rulec_tries=0 rulec_polls=0 rulec_code='' rulec_verified=null rulec_reason='' rulec_begun=0 rulec_end='' rulec_step_from=
      rulec_remedied='' rulec_remedy=0 rulec_remedy_at=0 rulec_nth='' rulec_code_before='' rulec_poll_told=0
      if [ "$rulec_stage" = over ]; then
        rulec_code=$rulec_was_over
      fi
      return 0
      ;;
  esac
  eval "rulec_tries=\$rulec_tries_$1 rulec_polls=\$rulec_polls_$1 rulec_code=\$rulec_code_$1 rulec_verified=\$rulec_verified_$1
    rulec_reason=\$rulec_reason_$1 rulec_begun=\$rulec_begun_$1 rulec_step_from=\$rulec_step_from_$1
    rulec_remedied=\$rulec_remedied_$1 rulec_remedy=\$rulec_remedy_$1 rulec_remedy_at=\$rulec_remedy_at_$1
    rulec_nth=\$rulec_nth_$1 rulec_code_before=\$rulec_code_before_$1 rulec_poll_told=\$rulec_poll_told_$1"
}

# Keeps the state of the step that is loaded; its definition may be overwritten then.
rulec_unload() {
  [ "$rulec_loaded" != 0 ] || return 0
  if [ "$rulec_stage" = over ]; then
    # Nobody asks for more than its status and this. Variables cost: some shells go through all of them after each
    # function, or for each process.
    eval "rulec_code_$rulec_loaded=\$rulec_code"
    unset "rulec_stage_$rulec_loaded" "rulec_due_$rulec_loaded" "rulec_tries_$rulec_loaded" "rulec_polls_$rulec_loaded" "rulec_verified_$rulec_loaded" "rulec_reason_$rulec_loaded" \
      "rulec_begun_$rulec_loaded" "rulec_step_from_$rulec_loaded" "rulec_remedied_$rulec_loaded" "rulec_remedy_$rulec_loaded" \
      "rulec_remedy_at_$rulec_loaded" "rulec_nth_$rulec_loaded" "rulec_code_before_$rulec_loaded" "rulec_poll_told_$rulec_loaded"
    rulec_loaded=0
    return 0
  fi
  eval "rulec_stage_$rulec_loaded=\$rulec_stage rulec_tries_$rulec_loaded=\$rulec_tries rulec_polls_$rulec_loaded=\$rulec_polls
    rulec_code_$rulec_loaded=\$rulec_code rulec_verified_$rulec_loaded=\$rulec_verified rulec_reason_$rulec_loaded=\$rulec_reason
    rulec_begun_$rulec_loaded=\$rulec_begun rulec_step_from_$rulec_loaded=\$rulec_step_from
    rulec_remedied_$rulec_loaded=\$rulec_remedied rulec_remedy_$rulec_loaded=\$rulec_remedy
    rulec_remedy_at_$rulec_loaded=\$rulec_remedy_at rulec_nth_$rulec_loaded=\$rulec_nth
    rulec_code_before_$rulec_loaded=\$rulec_code_before rulec_poll_told_$rulec_loaded=\$rulec_poll_told"
  rulec_loaded=0
}

# Says in `rulec_reason` how the last command ended.
rulec_explain_end() {
  case $rulec_end in
    exited) rulec_reason="exit code $rulec_code" ;;
    timeout)
      rulec_took "$rulec_attempt_ms"
      rulec_reason="timed out, stopped after $rulec_out"
      ;;
    deadline)
      rulec_span "$rulec_bound"
      rulec_reason="the run is over its limit of $rulec_out"
      ;;
    late) rulec_reason='not over by the end of its phase' ;;
    lost) rulec_reason='its process was killed, and left no exit code' ;;
    failure) rulec_reason='stopped, since the run had failed' ;;
    cancel) rulec_reason='stopped by a request to cancel' ;;
    *) rulec_reason="stopped by $rulec_end" ;;
  esac
}

# True where the last command, question or wait was stopped, since the run was broken off.
rulec_cut() {
  case $rulec_end in
    INT | TERM | HUP | deadline | cancel | failure) return 0 ;;
  esac
  return 1
}

# Writes down that the last command or question is over: $1 is the event, $2 are members of its JSON.
rulec_record_end() {
  case $rulec_end in
    timeout) rulec_out=timed_out ;;
    lost) rulec_out=exited ;;
    exited | confirmed | declined | unasked | late) rulec_out=$rulec_end ;;
    *) rulec_out=stopped ;;
  esac
  rulec_more=
  if [ -n "$rulec_code" ]; then
    rulec_more=",\"exit_code\":$rulec_code"
  fi
  rulec_record "$1" "$2,\"ended\":\"$rulec_out\"$rulec_more"
}

# Shows the last lines of a log whose command was not shown while it ran.
rulec_tail() {
  LC_ALL=C tail -n 5 "$1" 2>/dev/null | LC_ALL=C tr -d '\000-\010\013-\037\177' |
    LC_ALL=C awk '{ print "           | " $0 }' >&2
}

# Yields how long a job of the step may take that could take $1 milliseconds (none: no bound); 1 where the step is late.
rulec_until_late() {
  rulec_out=$1
  [ -n "$rulec_end_by" ] || return 0
  rulec_now
  rulec_left_ms=$((rulec_departed + rulec_end_by - rulec_ms))
  [ "$rulec_left_ms" -gt 0 ] || return 1
  if [ -z "$1" ] || [ "$rulec_left_ms" -lt "$1" ]; then
    rulec_out=$rulec_left_ms
  fi
}

# Begins what the step is at as a job with files that begin with $1: command $2, for at most $3 milliseconds (none: no
# bound). 1 where the step is late: then nothing is begun, and that is how it ended.
rulec_launch_in_time() {
  if rulec_until_late "$3"; then
    rulec_launch "$rulec_loaded" "$1" "$2" "$rulec_out" "$rulec_grace"
    return 0
  fi
  rulec_end=late rulec_code=124 rulec_attempt_ms=0
  return 1
}

# Lets the person be asked whom the step needs, who has until the step is late.
rulec_ask_in_time() {
  if rulec_until_late "$rulec_limit"; then
    rulec_ask_person "$rulec_loaded" "$rulec_out"
  else
    rulec_end=late rulec_code=124
    rulec_tried
  fi
}

# Lets step $1 take its place.
rulec_start() {
  rulec_load "$1"
  rulec_now
  rulec_stage=started rulec_step_from=$rulec_ms
  if [ "$rulec_is_since" = 1 ]; then
    eval "rulec_began_$1=$rulec_ms"
  fi
  rulec_list_name=step rulec_list_at=$1 rulec_list_of=$rulec_steps
  if [ "$1" -gt "$rulec_steps" ]; then
    rulec_list_name=$rulec_rest_name rulec_list_at=$(($1 - rulec_rest_first + 1)) rulec_list_of=$rulec_rest_steps
  fi
  rulec_head "$rulec_list_name" "$rulec_list_at" "$rulec_list_of"
  rulec_journal "step $1"
  rulec_record step_started ",\"step\":$rulec_json_id"
  if [ "$rulec_delay_before" -gt 0 ]; then
    rulec_wait_step delayed delay_before "$rulec_delay_before"
  else
    rulec_try
  fi
}

# Lets the step wait in stage $1 for $3 milliseconds; $2 says what for.
rulec_wait_step() {
  rulec_stage=$1
  case $1 in
    delayed | settling)
      rulec_span "$3"
      rulec_tell "$rulec_prefix"'waiting for %s' "$rulec_out"
      ;;
  esac
  rulec_journal "wait $rulec_loaded $2 $3"
  rulec_record waiting ",\"step\":$rulec_json_id,\"wait\":\"$2\",\"ms\":$3"
  rulec_now
  eval "rulec_due_$rulec_loaded=$((rulec_ms + $3))"
  rulec_waiting="$rulec_waiting$rulec_loaded "
}

# Moves on the steps whose wait is over.
rulec_look_at_clocks() {
  for rulec_each in $rulec_waiting; do
    rulec_now
    eval "rulec_due=\$rulec_due_$rulec_each"
    if [ "$((rulec_ms - rulec_due))" -ge 0 ]; then
      rulec_drop waiting "$rulec_each"
      rulec_load "$rulec_each"
      case $rulec_stage in
        scheduled)
          rulec_stage=
          rulec_come "$rulec_each"
          if [ "$rulec_entered" = 1 ]; then
            rulec_push ready "$rulec_each"
          fi
          ;;
        delayed | backoff) rulec_try ;;
        interval) rulec_poll ;;
        settling)
          rulec_journal "wait $rulec_each settled 0"
          rulec_is_over ok
          ;;
      esac
    fi
  done
}

# Sleeps until the next wait is over, for a fifth of a second at most; for a second where it is far off, and nothing wakes
# this runner.
rulec_nap_until_due() {
  rulec_nap_now=10000
  rulec_now
  for rulec_each in $rulec_waiting; do
    eval "rulec_due=\$rulec_due_$rulec_each"
    if [ "$((rulec_due - rulec_ms))" -lt "$rulec_nap_now" ]; then
      rulec_nap_now=$((rulec_due - rulec_ms))
    fi
  done
  if [ "$rulec_nap_now" = 10000 ]; then
    rulec_nap_now=1000
  elif [ "$rulec_nap_now" -gt 200 ]; then
    rulec_nap_now=200
  fi
  if [ "$rulec_nap_now" -ge 150 ] && [ -n "$rulec_wake" ]; then
    rulec_hear
  elif [ "$rulec_nap_now" -gt 0 ]; then
    rulec_nap "$rulec_nap_now"
  fi
}
