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
  rulec_on_failure=abort rulec_undo='' rulec_undo_limit='' rulec_remedies=0 rulec_reads_errors=0
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

# Sleeps until the next wait is over, for a fifth of a second at most; for a second where it is far off.
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
  if [ "$rulec_nap_now" -gt 0 ]; then
    rulec_nap "$rulec_nap_now"
  fi
}

# One more attempt.
rulec_try() {
  if rulec_is_open; then
    rulec_refused
    return 0
  fi
  rulec_tries=$((rulec_tries + 1))
  rulec_begun=1
  rulec_attempt_again
}

# True where the circuit breaker of the step lets no attempt begin any more.
rulec_is_open() {
  [ -n "$rulec_breaker" ] || return 1
  eval "[ \"\$rulec_fails_$rulec_breaker\" -ge \"\$rulec_trips_$rulec_breaker\" ]"
}

rulec_refused() {
  eval "rulec_text \"\$rulec_circuit_$rulec_breaker\"; rulec_more=\$rulec_json_circuit_$rulec_breaker rulec_i=\$rulec_trips_$rulec_breaker"
  rulec_reason="the circuit breaker of $rulec_out is open, after $rulec_i failed attempts in a row"
  rulec_nth=
  rulec_more=",\"step\":$rulec_json_id,\"breaker\":$rulec_more"
  rulec_record circuit_open "$rulec_more"
  rulec_audit circuit_open "$rulec_more"
  rulec_exhausted
}

# The circuit breaker of the step counts an attempt: that it $1, `failed` or `worked`. After a crash none is counted twice.
rulec_count_attempt() {
  [ -n "$rulec_breaker" ] || return 0
  eval "rulec_counted=\${rulec_counted_$rulec_loaded-} rulec_fails=\$rulec_fails_$rulec_breaker rulec_trips=\$rulec_trips_$rulec_breaker"
  if [ "$rulec_counted" = "$rulec_tries" ] || [ "$rulec_fails" -ge "$rulec_trips" ]; then
    return 0
  fi
  case $1 in
    failed) rulec_fails=$((rulec_fails + 1)) ;;
    *) rulec_fails=0 ;;
  esac
  eval "rulec_fails_$rulec_breaker=$rulec_fails rulec_counted_$rulec_loaded=$rulec_tries"
  rulec_journal "circuit $rulec_loaded $rulec_tries $rulec_breaker $rulec_fails"
}

# Begins the attempt whose number is in `rulec_tries`.
rulec_attempt_again() {
  rulec_stage=trying rulec_polls=0 rulec_verified=null rulec_end=exited rulec_reason='' rulec_show=$rulec_live
  if [ "$rulec_retries" -gt 0 ]; then
    rulec_nth=" (attempt $rulec_tries of $((rulec_retries + 1)))"
  fi
  rulec_journal "try $rulec_loaded $rulec_tries"
  rulec_record attempt_started ",\"step\":$rulec_json_id,\"attempt\":$rulec_tries"
  rulec_split='' rulec_envs_own=$rulec_envs
  case $rulec_kind in
    manual)
      rulec_ask_in_time
      return 0
      ;;
    condition)
      if [ -z "$rulec_do" ]; then
        if [ "$rulec_mandatory" = 0 ]; then
          rulec_end=unasked rulec_code=
          rulec_tried
        else
          rulec_ask_in_time
        fi
        return 0
      fi
      if [ -n "$rulec_op" ]; then
        rulec_split=out
      fi
      ;;
    file)
      if ! rulec_file_environment write; then
        rulec_do='echo "rulec: the state folder cannot take the new content" >&2; exit 1'
      fi
      ;;
    *)
      if [ "$rulec_output" = 1 ]; then
        rulec_split=out
      fi
      ;;
  esac
  if [ "$rulec_reads_errors" = 1 ]; then
    rulec_split="$rulec_split err"
  fi
  if rulec_launch_in_time "$rulec_folder/$rulec_stem.$rulec_tries" "$rulec_do" "$rulec_limit"; then
    rulec_envs=$rulec_envs_own
    rulec_follow_job
  else
    rulec_envs=$rulec_envs_own
    rulec_tried
  fi
}

# The job of step $1 is over: `rulec_job_end` and `rulec_job_code` say how.
rulec_step_goes_on() {
  rulec_load "$1"
  rulec_end=$rulec_job_end rulec_code=$rulec_job_code
  if [ "$rulec_end" = timeout ] && [ "$rulec_stage" != alerting ] && ! rulec_until_late ''; then
    rulec_end=late
  fi
  case $rulec_stage in
    trying) rulec_tried ;;
    polling) rulec_polled ;;
    remedying) rulec_remedy_ended ;;
    alerting) rulec_alert_ended ;;
  esac
}

# What an attempt runs is over.
rulec_tried() {
  rulec_explain_end
  rulec_status=failed
  case $rulec_kind:$rulec_end in
    *:unasked | *:confirmed) rulec_status=ok ;;
    *:declined) rulec_reason='nobody confirmed it' ;;
    *:exited)
      if [ "$rulec_code" = 0 ]; then
        rulec_status=ok
        if [ -n "$rulec_op" ] && [ "$rulec_kind" = condition ]; then
          rulec_measure "$rulec_folder/$rulec_stem.$rulec_tries.out"
          rulec_reason=$rulec_detail
          if [ "$rulec_status" = held ]; then
            rulec_status=ok
            rulec_tell "$rulec_prefix%s" "$rulec_detail"
          fi
        fi
      fi
      ;;
  esac
  rulec_journal "tried $rulec_loaded $rulec_tries ${rulec_code:--} $rulec_end"
  rulec_record_end attempt_ended ",\"step\":$rulec_json_id,\"attempt\":$rulec_tries"
  if rulec_cut; then
    rulec_is_cancelled
    return 0
  fi
  if [ "$rulec_end" = late ]; then
    rulec_failed
    return 0
  fi
  if [ "$rulec_probe" = 1 ]; then
    # Whatever it ended with is the answer; what it printed until it was stopped is none.
    if [ "$rulec_end" = timeout ] && [ "$rulec_output" = 1 ]; then
      : >"$rulec_folder/$rulec_stem.$rulec_tries.out"
    fi
    # Where a person was asked, or what was printed is not within its bound, the answer is a 0 or a 1.
    case $rulec_status:$rulec_mandatory:$rulec_code in
      ok:?: | *:0:) rulec_code=0 ;;
      failed:1: | failed:1:0) rulec_code=1 ;;
    esac
    if [ "$rulec_status$rulec_kind" = failedcondition ]; then
      rulec_tell "$rulec_prefix"'does not hold: %s' "$rulec_reason"
    fi
    rulec_status=ok
  fi
  if [ "$rulec_status" != ok ] && [ "$rulec_kind" = condition ] && [ "$rulec_mandatory" = 0 ]; then
    rulec_tell "$rulec_prefix${rulec_yellow}does not hold$rulec_plain, but is not mandatory: %s" "$rulec_reason"
    rulec_status=ok
  fi
  if [ "$rulec_status" != ok ]; then
    rulec_attempt_failed
  elif [ -z "$rulec_verify" ]; then
    rulec_count_attempt worked
    rulec_succeeded
  else
    if [ "$rulec_verify_polls" = 1 ]; then
      rulec_tell "$rulec_prefix"'verifying'
    else
      rulec_span "$rulec_verify_interval"
      rulec_tell "$rulec_prefix"'verifying, up to %s polls, one every %s' "$rulec_verify_polls" "$rulec_out"
    fi
    rulec_code_before=$rulec_code rulec_poll_told=$rulec_ms
    rulec_poll
  fi
}

# One more poll of the verification.
rulec_poll() {
  rulec_polls=$((rulec_polls + 1))
  rulec_stage=polling rulec_show=0 rulec_split=
  rulec_journal "poll $rulec_loaded $rulec_tries $rulec_polls"
  rulec_record poll_started ",\"step\":$rulec_json_id,\"attempt\":$rulec_tries,\"poll\":$rulec_polls"
  rulec_launch_in_time "$rulec_folder/$rulec_stem.$rulec_tries.verify$rulec_polls" "$rulec_verify" "$rulec_verify_limit" || rulec_polled
}

rulec_polled() {
  rulec_explain_end
  rulec_journal "polled $rulec_loaded $rulec_tries $rulec_polls ${rulec_code:--} $rulec_end"
  rulec_record_end poll_ended ",\"step\":$rulec_json_id,\"attempt\":$rulec_tries,\"poll\":$rulec_polls"
  if [ "$rulec_end" = exited ] && [ "$rulec_code" = 0 ]; then
    rulec_code=$rulec_code_before rulec_verified=true
    rulec_count_attempt worked
    rulec_succeeded
  elif rulec_cut; then
    rulec_verified=false
    rulec_is_cancelled
  elif [ "$rulec_end" = late ]; then
    rulec_verified=false
    rulec_failed
  elif [ "$rulec_polls" -ge "$rulec_verify_polls" ]; then
    rulec_verified=false
    rulec_reason="not verified by $rulec_polls polls, the last: $rulec_reason"
    rulec_tail "$rulec_folder/$rulec_stem.$rulec_tries.verify$rulec_polls.log"
    rulec_attempt_failed polls
  else
    # A line every ten seconds says that it is still at it.
    if [ "$((rulec_ms - rulec_poll_told))" -ge 10000 ]; then
      rulec_poll_told=$rulec_ms
      rulec_tell "$rulec_prefix"'poll %s of %s: %s' "$rulec_polls" "$rulec_verify_polls" "$rulec_reason"
    fi
    rulec_code=$rulec_code_before
    if [ "$rulec_verify_interval" -gt 0 ]; then
      rulec_wait_step interval interval "$rulec_verify_interval"
    else
      rulec_poll
    fi
  fi
}

# An attempt has failed: the first remedy that matches runs, then comes the next attempt, if one is left. With
# `polls`, the verification failed it.
rulec_attempt_failed() {
  if [ "$rulec_live" = 0 ] && [ -z "${1-}" ]; then
    rulec_tail "$rulec_folder/$rulec_stem.$rulec_tries.log"
  fi
  rulec_count_attempt failed
  rulec_remedy=0
  while [ "$rulec_remedy" -lt "$rulec_remedies" ]; do
    rulec_remedy=$((rulec_remedy + 1))
    rulec_find_remedy
    case " $rulec_remedied" in
      *" $rulec_remedy:"*)
        rulec_used=" $rulec_remedied"
        rulec_used=${rulec_used##*" $rulec_remedy:"}
        rulec_used=${rulec_used%% *}
        ;;
      *) rulec_used=0 ;;
    esac
    if [ "$rulec_remedy_last" = 0 ] && [ "$rulec_used" -lt "$rulec_remedy_max" ] && rulec_among "$rulec_remedy_codes" && rulec_reads_match "${1-}" &&
      { [ "$rulec_remedy_then" != retry ] || rulec_worth; }; then
      rulec_remedied="$rulec_remedied$rulec_remedy:$((rulec_used + 1)) "
      rulec_remedy_at=0 rulec_stage=remedying
      rulec_tell "$rulec_prefix${rulec_yellow}failed$rulec_plain: %s%s; remedy %s" "$rulec_reason" "$rulec_nth" "$rulec_remedy"
      rulec_next_remedy
      return 0
    fi
  done
  rulec_retry_or_fail
}

# Sets what the remedy `rulec_remedy` of the step is.
rulec_find_remedy() {
  rulec_remedy_codes='' rulec_remedy_match='' rulec_remedy_then=retry rulec_remedy_max=1 rulec_remedy_runs=0 rulec_remedy_last=0
  "rulec_remedy_${rulec_loaded}_$rulec_remedy"
}

# True where the standard error of the attempt matches the remedy's expression, if it has one; that of polls never does.
rulec_reads_match() {
  [ -n "$rulec_remedy_match" ] || return 0
  [ -z "$1" ] || return 1
  rulec_errors=$rulec_folder/$rulec_stem.$rulec_tries.err
  [ -e "$rulec_errors" ] || return 1
  LC_ALL=C grep -E -q -e "$rulec_remedy_match" -- "$rulec_errors" 2>/dev/null
}

# The next command of the remedy, or what comes behind the last.
rulec_next_remedy() {
  rulec_find_remedy
  if [ "$rulec_remedy_at" -lt "$rulec_remedy_runs" ]; then
    rulec_remedy_at=$((rulec_remedy_at + 1))
    rulec_stage=remedying rulec_show=$rulec_live rulec_split=
    rulec_code_before=$rulec_code
    rulec_journal "remedy $rulec_loaded $rulec_tries $rulec_remedy $rulec_remedy_at"
    rulec_record remedy_started ",\"step\":$rulec_json_id,\"attempt\":$rulec_tries,\"remedy\":$rulec_remedy,\"command\":$rulec_remedy_at"
    eval "rulec_remedy_do=\$rulec_remedy_run_$rulec_remedy_at"
    if rulec_launch_in_time "$rulec_folder/$rulec_stem.$rulec_tries.remedy$rulec_remedy-$rulec_remedy_at" "$rulec_remedy_do" "$rulec_limit"; then
      rulec_follow_job
    else
      rulec_remedy_ended
    fi
    return 0
  fi
  case $rulec_remedy_last:$rulec_remedy_then in
    1:*) rulec_succeeded 1 ;;
    *:continue) rulec_succeeded ;;
    *:abort) rulec_failed ;;
    *) rulec_retry_or_fail ;;
  esac
}

rulec_remedy_ended() {
  rulec_record_end remedy_ended ",\"step\":$rulec_json_id,\"attempt\":$rulec_tries,\"remedy\":$rulec_remedy,\"command\":$rulec_remedy_at"
  rulec_journal "remedied $rulec_loaded $rulec_tries $rulec_remedy $rulec_remedy_at ${rulec_code:--} $rulec_end"
  rulec_remedy_code=$rulec_code
  rulec_code=$rulec_code_before
  if rulec_cut; then
    rulec_explain_end
    rulec_is_cancelled
  elif [ "$rulec_end" = late ]; then
    rulec_explain_end
    rulec_failed
  elif [ "$rulec_end" = exited ] && [ "$rulec_remedy_code" = 0 ]; then
    rulec_next_remedy
  else
    rulec_find_remedy
    rulec_more="remedy $rulec_remedy"
    if [ "$rulec_remedy_last" = 1 ]; then
      rulec_more='the fallback'
    fi
    rulec_tell "$rulec_prefix"'%s failed' "$rulec_more"
    # A remedy that failed has not helped: it is as if none had matched.
    if [ "$rulec_remedy_then" = abort ] || [ "$rulec_remedy_last" = 1 ]; then
      rulec_failed
    else
      rulec_retry_or_fail
    fi
  fi
}

# No attempt is left: the fallback runs, if there is one that has not; else the step has failed.
rulec_exhausted() {
  rulec_remedy=$rulec_remedies rulec_remedy_last=0
  if [ "$rulec_remedies" -gt 0 ]; then
    rulec_find_remedy
    case "$rulec_remedy_max: $rulec_remedied" in
      0:* | *" $rulec_remedy:"*) rulec_remedy_last=0 ;;
    esac
    if [ "$rulec_remedy_runs" = 0 ]; then
      rulec_remedy_last=0
    fi
  fi
  if [ "$rulec_remedy_last" = 1 ]; then
    rulec_begun=1
    rulec_remedied="$rulec_remedied$rulec_remedy:1 "
    rulec_remedy_at=0 rulec_stage=remedying
    rulec_tell "$rulec_prefix${rulec_yellow}failed$rulec_plain: %s%s; its fallback comes" "$rulec_reason" "$rulec_nth"
    rulec_next_remedy
    return 0
  fi
  if [ "$rulec_begun" = 0 ]; then
    # It never began, so it gives up its place before an alert.
    if [ "$rulec_loaded" -le "$rulec_steps" ]; then
      rulec_gives_up_place
    fi
    rulec_step_from=
  fi
  rulec_failed
}

rulec_retry_or_fail() {
  if ! rulec_worth; then
    rulec_exhausted
    return 0
  fi
  if rulec_is_open; then
    rulec_refused
    return 0
  fi
  rulec_wait_ms=$rulec_retry_delay
  if [ "$rulec_backoff" = exponential ]; then
    rulec_i=1
    while [ "$rulec_i" -lt "$rulec_tries" ] && [ "$rulec_wait_ms" -lt 1000000000 ] && [ "$rulec_wait_ms" -gt 0 ]; do
      rulec_wait_ms=$((rulec_wait_ms * 2))
      rulec_i=$((rulec_i + 1))
    done
  fi
  if [ -n "$rulec_retry_max" ] && [ "$rulec_wait_ms" -gt "$rulec_retry_max" ]; then
    rulec_wait_ms=$rulec_retry_max
  fi
  rulec_span "$rulec_wait_ms"
  rulec_log "$rulec_prefix${rulec_yellow}failed$rulec_plain: %s%s; next attempt in %s" "$rulec_reason" "$rulec_nth" "$rulec_out"
  if [ "$rulec_wait_ms" -gt 0 ]; then
    rulec_wait_step backoff backoff "$rulec_wait_ms"
  else
    rulec_try
  fi
}

# True where exit code `rulec_code` is worth another attempt, and one is left.
rulec_worth() {
  [ "$rulec_tries" -le "$rulec_retries" ] || return 1
  rulec_among "$rulec_retry_codes"
}

# True where list $1 is empty, or has the exit code.
rulec_among() {
  [ -n "$1" ] || return 0
  case " $1 " in
    *" ${rulec_code:-none} "*) return 0 ;;
  esac
  return 1
}

# With 1 as $1, its fallback has.
rulec_succeeded() {
  rulec_now
  rulec_took "$((rulec_ms - rulec_step_from))"
  rulec_more=
  if [ "$rulec_verified" = true ]; then
    rulec_more=", verified by poll $rulec_polls"
  elif [ "$rulec_probe" = 1 ]; then
    rulec_more=", the answer is exit code $rulec_code"
  fi
  if [ "${1-0}" = 1 ]; then
    rulec_more=', by its fallback'
  fi
  rulec_tell "$rulec_prefix${rulec_green}ok$rulec_plain after %s%s" "$rulec_out" "$rulec_more"
  rulec_reason=
  if [ "${1-0}" = 1 ]; then
    rulec_reason='its fallback succeeded'
  fi
  rulec_keep_step ok
  if [ "$rulec_delay_after" -gt 0 ]; then
    rulec_wait_step settling delay_after "$rulec_delay_after"
  else
    rulec_is_over ok
  fi
}

# The attempts are used up.
rulec_failed() {
  rulec_log "$rulec_prefix${rulec_red}failed$rulec_plain: %s%s" "$rulec_reason" "$rulec_nth"
  rulec_keep_step failed
  case $rulec_phase:$rulec_on_failure in
    rollback:*) rulec_failures=$((rulec_failures + 1)) ;;
    finals:* | *:continue | *:alert) rulec_degraded=1 ;;
    *)
      rulec_text "$rulec_label"
      rulec_why="step $rulec_loaded of $rulec_steps, $rulec_out: $rulec_reason"
      rulec_broken_by=$rulec_loaded
      rulec_is_over failed
      if [ -z "$rulec_off" ]; then
        rulec_cause=failure
        rulec_break_off failure "$rulec_broken_by"
      fi
      return 0
      ;;
  esac
  if [ "$rulec_on_failure" = alert ]; then
    rulec_raise
  else
    rulec_is_over failed
  fi
}

rulec_is_cancelled() {
  rulec_log "$rulec_prefix${rulec_red}cancelled$rulec_plain: %s" "$rulec_reason"
  rulec_keep_step cancelled
  rulec_is_over cancelled
}

# Writes down what came of the step, and keeps its trimmed output where it is wanted. $1: ok, failed, cancelled, skipped.
rulec_keep_step() {
  rulec_now
  if [ "$rulec_begun" = 1 ] && [ "$rulec_loaded" -le "$rulec_steps" ]; then
    rulec_completed="$rulec_loaded $rulec_completed"
  fi
  eval "rulec_status_$rulec_loaded=$1"
  rulec_more=
  if [ -n "$rulec_code" ]; then
    rulec_more=",\"exit_code\":$rulec_code"
  fi
  rulec_journal "end $rulec_loaded $1 $rulec_tries ${rulec_code:--}"
  rulec_more=",\"step\":$rulec_json_id,\"status\":\"$1\",\"attempts\":$rulec_tries$rulec_more"
  rulec_record step_ended "$rulec_more"
  rulec_audit step_ended "$rulec_more"
  rulec_json "$rulec_reason"
  rulec_step_ms=0
  if [ -n "$rulec_step_from" ]; then
    rulec_step_ms=$((rulec_ms - rulec_step_from))
  fi
  rulec_json_step="{\"id\":$rulec_json_id,\"name\":$rulec_json_name,\"kind\":\"$rulec_kind\",\"status\":\"$1\",\"attempts\":$rulec_tries,\"exit_code\":${rulec_code:-null},\"duration_ms\":$rulec_step_ms,\"verified\":$rulec_verified,\"polls\":$rulec_polls,\"reason\":$rulec_out"
  if [ "$rulec_output" = 1 ] && [ "$1" = ok ] && [ "$rulec_stage" != remedying ] && [ -e "$rulec_folder/$rulec_stem.$rulec_tries.out" ]; then
    LC_ALL=C awk '
      { text = text $0 "\n" }
      END {
        gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", text)
        printf "%s", text
      }' "$rulec_folder/$rulec_stem.$rulec_tries.out" >"$rulec_folder/$rulec_stem.output"
    rulec_json_step="$rulec_json_step,\"output\":$(rulec_json_stream <"$rulec_folder/$rulec_stem.output")"
  fi
  rulec_result "$rulec_rest_list" "$rulec_loaded" "$rulec_json_step}"
}

# The step is over, as $1 says, and gives up its place; others may go on.
rulec_is_over() {
  rulec_stage=over
  if [ "$rulec_loaded" -gt "$rulec_steps" ]; then
    return 0
  fi
  if [ -n "$rulec_step_from" ]; then
    rulec_gives_up_place
  fi
  rulec_meets "$1"
}

rulec_gives_up_place() {
  rulec_running=$((rulec_running - 1))
  if [ -n "$rulec_claims" ]; then
    for rulec_taking in $rulec_claims; do
      eval "rulec_left_${rulec_taking%:*}=\$((rulec_left_${rulec_taking%:*} + ${rulec_taking#*:}))"
    done
    rulec_wakes
  fi
}

# The step ended as $1 says: what needs it may start, if it may go on behind that.
rulec_meets() {
  rulec_open_steps=$((rulec_open_steps - 1))
  case $1:$rulec_on_failure in
    ok:* | skipped:* | failed:continue | failed:alert) ;;
    *) return 0 ;;
  esac
  [ -z "$rulec_off" ] || return 0
  if [ "$rulec_chain" = 1 ]; then
    if [ "$rulec_loaded" -lt "$rulec_steps" ]; then
      rulec_frees "$((rulec_loaded + 1))"
    fi
    return 0
  fi
  for rulec_one in $rulec_succ; do
    rulec_other=${rulec_one%:*}
    eval "rulec_unmet=\${rulec_unmet_$rulec_other:-${rulec_one#*:}}"
    rulec_unmet=$((rulec_unmet - 1))
    eval "rulec_unmet_$rulec_other=$rulec_unmet"
    if [ "$rulec_unmet" = 0 ]; then
      unset "rulec_unmet_$rulec_other"
      rulec_frees "$rulec_other"
    fi
  done
}

# All that step $1 needs is done. In a run that was resumed it may have begun already.
rulec_frees() {
  eval "rulec_was_begun=\${rulec_stage_$1-}\${rulec_status_$1-}"
  [ -z "$rulec_was_begun" ] || return 0
  rulec_push "$rulec_entrance" "$1"
}

# Raises the alert that the step failed with `rulec_reason`; it keeps its place meanwhile.
rulec_raise() {
  rulec_journal "alert $rulec_loaded"
  rulec_record alert_started ",\"step\":$rulec_json_id"
  rulec_alert_do='' rulec_alert_limit=
  rulec_alert
  if [ -z "$rulec_alert_do" ]; then
    rulec_text "$rulec_tag"
    rulec_log "$rulec_prefix${rulec_red}ALERT$rulec_plain: step %s failed: %s" "$rulec_out" "$rulec_reason"
    rulec_alert_is_over true null
    return 0
  fi
  rulec_text "$rulec_tag"
  rulec_env_1=RULEC_ALERT_STEP=$rulec_out
  rulec_text "$rulec_label"
  rulec_env_2=RULEC_ALERT_NAME=$rulec_out
  rulec_env_3=RULEC_ALERT_MESSAGE=$rulec_reason
  rulec_envs=3 rulec_dir=
  rulec_tell "$rulec_prefix"'raising the alert'
  rulec_stage=alerting rulec_show=$rulec_live rulec_split=
  rulec_launch "$rulec_loaded" "$rulec_folder/$rulec_stem.alert" "$rulec_alert_do" "$rulec_alert_limit" 5000
  rulec_follow_job
  # What the alert was given is none of the step's.
  rulec_unload
}

rulec_alert_ended() {
  rulec_alert_code=$rulec_code
  rulec_delivered=true
  if [ "$rulec_end" != exited ] || [ "$rulec_code" != 0 ]; then
    rulec_message=$rulec_reason
    rulec_explain_end
    rulec_delivered=false
    rulec_log "$rulec_prefix${rulec_red}the alert could not be raised$rulec_plain: %s" "$rulec_reason"
    rulec_reason=$rulec_message
  fi
  rulec_alert_is_over "$rulec_delivered" "$rulec_alert_code"
}

# $1: whether the alert was delivered; $2: its exit code.
rulec_alert_is_over() {
  rulec_json "$rulec_reason"
  rulec_result alerts "$rulec_loaded" "{\"step\":$rulec_json_id,\"message\":$rulec_out,\"delivered\":$1,\"exit_code\":$2}"
  rulec_journal "alerted $rulec_loaded $1"
  rulec_is_over failed
  rulec_record alert_ended ",\"step\":$rulec_json_id,\"delivered\":$1"
}
