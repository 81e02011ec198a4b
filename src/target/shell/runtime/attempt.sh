# ---- Attempts of a step, its circuit breaker, and the polls of its verification.

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
