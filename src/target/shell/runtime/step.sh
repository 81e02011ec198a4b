# ---- Steps: attempts, verification, delays. A definition has set what the step is.

# What a definition need not say.
rulec_defaults() {
  rulec_label='' rulec_tag='' rulec_json_id='""' rulec_json_name='""' rulec_stem='' rulec_kind=command rulec_do=
  rulec_ask='' rulec_json_ask='""' rulec_mandatory=1 rulec_op='' rulec_value='' rulec_unit=
  rulec_dir='' rulec_envs=0 rulec_limit='' rulec_grace=5000 rulec_output=0 rulec_read_only=0
  rulec_delay_before=0 rulec_delay_after=0
  rulec_retries=0 rulec_retry_delay=0 rulec_backoff=fixed rulec_retry_max='' rulec_retry_codes=
  rulec_verify='' rulec_verify_limit='' rulec_verify_polls=1 rulec_verify_interval=0
  rulec_on_failure=abort rulec_undo='' rulec_undo_limit=
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
    lost) rulec_reason='its process was killed, and left no exit code' ;;
    *) rulec_reason="stopped by $rulec_end" ;;
  esac
}

# True where the last command, question or wait was stopped, since the run was broken off.
rulec_cut() {
  case $rulec_end in
    INT | TERM | HUP | deadline) return 0 ;;
  esac
  return 1
}

# Writes down that the last command or question is over: $1 is the event, $2 are members of its JSON.
rulec_record_end() {
  case $rulec_end in
    timeout) rulec_out=timed_out ;;
    lost) rulec_out=exited ;;
    exited | confirmed | declined | unasked) rulec_out=$rulec_end ;;
    *) rulec_out=stopped ;;
  esac
  rulec_more=
  if [ -n "$rulec_code" ]; then
    rulec_more=",\"exit_code\":$rulec_code"
  fi
  rulec_record "$1" "$2,\"ended\":\"$rulec_out\"$rulec_more"
}

# Waits for $2 milliseconds; $1 says what for. 1 where the run was halted meanwhile.
rulec_pause() {
  if [ "$2" -gt 0 ]; then
    rulec_record waiting ",\"step\":$rulec_json_id,\"wait\":\"$1\",\"ms\":$2"
  fi
  rulec_wait "$2"
}

# Polls the verification. 0 verified, 1 not. Files begin with $1. The exit code is that of the attempt, unless
# the last poll failed it.
rulec_poll() {
  rulec_polls=0
  rulec_code_before=$rulec_code
  rulec_now
  rulec_poll_from=$rulec_ms
  rulec_span "$rulec_verify_interval"
  rulec_tell "  verifying, up to %s polls, one every %s" "$rulec_verify_polls" "$rulec_out"
  rulec_show=0
  while [ "$rulec_polls" -lt "$rulec_verify_polls" ]; do
    if [ "$rulec_polls" -gt 0 ] && ! rulec_pause interval "$rulec_verify_interval"; then
      rulec_end=$rulec_cause rulec_code=$rulec_code_before
      rulec_explain_end
      return 1
    fi
    rulec_polls=$((rulec_polls + 1))
    rm -f "$1.verify.log"
    rulec_this=",\"step\":$rulec_json_id,\"attempt\":$rulec_tries,\"poll\":$rulec_polls"
    rulec_record poll_started "$rulec_this"
    rulec_attempt "$1.verify" "$rulec_verify" "$rulec_verify_limit" "$rulec_grace"
    rulec_record_end poll_ended "$rulec_this"
    rulec_explain_end
    if [ "$rulec_end" = exited ] && [ "$rulec_code" = 0 ]; then
      rulec_code=$rulec_code_before
      return 0
    fi
    if rulec_cut; then
      return 1
    fi
    rulec_now
    # A line every ten seconds says that it is still at it.
    if [ "$((rulec_ms - rulec_poll_from))" -ge 10000 ]; then
      rulec_poll_from=$rulec_ms
      rulec_tell '  poll %s of %s: %s' "$rulec_polls" "$rulec_verify_polls" "$rulec_reason"
    fi
  done
  rulec_reason="not verified by $rulec_polls polls, the last: $rulec_reason"
  rulec_tail "$1.verify.log"
  return 1
}

# Shows the last lines of a log whose command was not shown while it ran.
rulec_tail() {
  LC_ALL=C tail -n 5 "$1" 2>/dev/null | LC_ALL=C tr -d '\000-\010\013-\037\177' |
    LC_ALL=C awk '{ print "           | " $0 }' >&2
}

# One attempt. Files begin with $1. Leaves `rulec_status`: ok, failed or cancelled.
rulec_try() {
  rulec_verified=null rulec_show=1 rulec_end=exited rulec_reason=
  rulec_this=",\"step\":$rulec_json_id,\"attempt\":$rulec_tries"
  rulec_record attempt_started "$rulec_this"
  case $rulec_kind in
    command)
      rulec_split=$rulec_output
      rulec_attempt "$1" "$rulec_do" "$rulec_limit" "$rulec_grace"
      rulec_split=0
      rulec_explain_end
      rulec_status=failed
      if [ "$rulec_end" = exited ] && [ "$rulec_code" = 0 ]; then
        rulec_status=ok
      fi
      ;;
    manual)
      rulec_confirm "$rulec_ask" "$rulec_json_ask" "$rulec_limit"
      rulec_status=failed
      case $rulec_end in
        confirmed) rulec_status=ok ;;
        declined) rulec_reason='nobody confirmed it' ;;
        *) rulec_explain_end ;;
      esac
      ;;
    condition)
      rulec_hold "$1"
      rulec_reason=$rulec_detail
      case $rulec_status in
        held | attested)
          rulec_status=ok
          [ -z "$rulec_detail" ] || rulec_tell '  %s' "$rulec_detail"
          ;;
        unconfirmed) rulec_status=ok ;;
        cancelled) ;;
        *)
          rulec_status=failed
          if [ "$rulec_mandatory" = 0 ]; then
            rulec_tell "  ${rulec_yellow}does not hold$rulec_plain, but is not mandatory: %s" "$rulec_detail"
            rulec_status=ok
          fi
          ;;
      esac
      ;;
  esac
  rulec_record_end attempt_ended "$rulec_this"
  if rulec_cut; then
    rulec_status=cancelled
  elif [ "$rulec_status" = ok ] && [ -n "$rulec_verify" ]; then
    rulec_verified=true
    if ! rulec_poll "$1"; then
      rulec_verified=false
      rulec_status=failed
      if rulec_cut; then
        rulec_status=cancelled
      fi
    fi
  fi
}

# True where exit code `rulec_code` is worth another attempt.
rulec_worth() {
  [ -n "$rulec_retry_codes" ] || return 0
  case " $rulec_retry_codes " in
    *" ${rulec_code:-none} "*) return 0 ;;
  esac
  return 1
}

# Runs the step to its end. Files begin with $1. Leaves `rulec_status` (ok, failed, cancelled), `rulec_reason`
# and the step's JSON in `rulec_json_step`.
rulec_run_step() {
  rulec_now
  rulec_step_from=$rulec_ms
  rulec_tries=0 rulec_polls=0 rulec_status=ok rulec_code='' rulec_verified=null rulec_reason='' rulec_begun=0
  rulec_next_delay=$rulec_retry_delay
  rulec_record step_started ",\"step\":$rulec_json_id"
  if [ "$rulec_delay_before" -gt 0 ]; then
    rulec_span "$rulec_delay_before"
    rulec_tell '  waiting for %s' "$rulec_out"
  fi
  rulec_end=exited rulec_nth=
  if ! rulec_pause delay_before "$rulec_delay_before"; then
    rulec_end=$rulec_cause rulec_status=cancelled
    rulec_explain_end
  fi
  while [ "$rulec_status" != cancelled ]; do
    rulec_tries=$((rulec_tries + 1))
    rulec_begun=1
    rulec_try "$1.$rulec_tries"
    [ "$rulec_status" = failed ] || break
    if [ "$rulec_retries" -gt 0 ]; then
      rulec_nth=" (attempt $rulec_tries of $((rulec_retries + 1)))"
    fi
    if [ "$rulec_tries" -gt "$rulec_retries" ] || ! rulec_worth; then
      break
    fi
    if [ -n "$rulec_retry_max" ] && [ "$rulec_next_delay" -gt "$rulec_retry_max" ]; then
      rulec_next_delay=$rulec_retry_max
    fi
    rulec_span "$rulec_next_delay"
    rulec_log "  ${rulec_yellow}failed$rulec_plain: %s%s; next attempt in %s" "$rulec_reason" "$rulec_nth" "$rulec_out"
    if ! rulec_pause backoff "$rulec_next_delay"; then
      rulec_end=$rulec_cause rulec_status=cancelled
      rulec_explain_end
      break
    fi
    if [ "$rulec_backoff" = exponential ] && [ "$rulec_next_delay" -lt 1000000000 ]; then
      rulec_next_delay=$((rulec_next_delay * 2))
    fi
  done
  rulec_now
  rulec_step_ms=$((rulec_ms - rulec_step_from))
  rulec_took "$rulec_step_ms"
  case $rulec_status in
    ok)
      rulec_more=
      if [ "$rulec_verified" = true ]; then
        rulec_more=", verified by poll $rulec_polls"
      fi
      rulec_tell "  ${rulec_green}ok$rulec_plain after %s%s" "$rulec_out" "$rulec_more"
      ;;
    failed) rulec_log "  ${rulec_red}failed$rulec_plain: %s%s" "$rulec_reason" "$rulec_nth" ;;
    cancelled) rulec_log "  ${rulec_red}cancelled$rulec_plain: %s" "$rulec_reason" ;;
  esac
  rulec_keep_step "$1"
  if [ "$rulec_status" = ok ] && [ "$rulec_delay_after" -gt 0 ]; then
    rulec_span "$rulec_delay_after"
    rulec_tell '  waiting for %s' "$rulec_out"
    rulec_pause delay_after "$rulec_delay_after"
  fi
}

# Writes down what came of the step, and keeps its trimmed output where it is wanted.
rulec_keep_step() {
  rulec_more=
  if [ -n "$rulec_code" ]; then
    rulec_more=",\"exit_code\":$rulec_code"
  fi
  rulec_record step_ended ",\"step\":$rulec_json_id,\"status\":\"$rulec_status\",\"attempts\":$rulec_tries$rulec_more"
  if [ "$rulec_status" = ok ]; then
    rulec_reason=
  fi
  rulec_json "$rulec_reason"
  rulec_json_step="{\"id\":$rulec_json_id,\"name\":$rulec_json_name,\"kind\":\"$rulec_kind\",\"status\":\"$rulec_status\",\"attempts\":$rulec_tries,\"exit_code\":${rulec_code:-null},\"duration_ms\":$rulec_step_ms,\"verified\":$rulec_verified,\"polls\":$rulec_polls,\"reason\":$rulec_out"
  if [ "$rulec_output" = 1 ] && [ "$rulec_status" = ok ]; then
    LC_ALL=C awk '
      { text = text $0 "\n" }
      END {
        gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", text)
        printf "%s", text
      }' "$1.$rulec_tries.out" >"$1.output"
    rulec_json_step="$rulec_json_step,\"output\":$(rulec_json_stream <"$1.output")"
  fi
  rulec_json_step="$rulec_json_step}"
}

# Raises the alert that step `rulec_id` failed with `rulec_reason`.
rulec_raise() {
  rulec_alert_code=null rulec_delivered=true rulec_alert_id=$rulec_json_id
  rulec_record alert_started ",\"step\":$rulec_alert_id"
  rulec_json "$rulec_reason"
  rulec_json_alert="{\"step\":$rulec_json_id,\"message\":$rulec_out"
  rulec_message=$rulec_reason
  rulec_text "$rulec_tag"
  rulec_alert_step=$rulec_out
  rulec_text "$rulec_label"
  rulec_alert_name=$rulec_out
  rulec_defaults
  rulec_alert
  if [ -z "$rulec_do" ]; then
    rulec_log "  ${rulec_red}ALERT$rulec_plain: step %s failed: %s" "$rulec_alert_step" "$rulec_message"
  else
    rulec_env_1=RULEC_ALERT_STEP=$rulec_alert_step
    rulec_env_2=RULEC_ALERT_NAME=$rulec_alert_name
    rulec_env_3=RULEC_ALERT_MESSAGE=$rulec_message
    rulec_envs=3
    rulec_tell '  raising the alert'
    rulec_alerts=$((rulec_alerts + 1))
    rulec_show=1
    rulec_attempt "$rulec_folder/alert-$rulec_alerts" "$rulec_do" "$rulec_limit" "$rulec_grace"
    rulec_alert_code=$rulec_code
    if [ "$rulec_end" != exited ] || [ "$rulec_code" != 0 ]; then
      rulec_explain_end
      rulec_delivered=false
      rulec_log "  ${rulec_red}the alert could not be raised$rulec_plain: %s" "$rulec_reason"
    fi
  fi
  rulec_record alert_ended ",\"step\":$rulec_alert_id,\"delivered\":$rulec_delivered"
  rulec_json_alerts="$rulec_json_alerts${rulec_json_alerts:+,}$rulec_nl    $rulec_json_alert,\"delivered\":$rulec_delivered,\"exit_code\":$rulec_alert_code}"
}
