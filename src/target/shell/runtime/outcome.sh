# ---- The end of a step: what is kept of it, whom it frees, the alert that it failed.

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
