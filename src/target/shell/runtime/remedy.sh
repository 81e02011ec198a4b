# ---- What comes after a failed attempt: remedies, another attempt, the fallback.

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
