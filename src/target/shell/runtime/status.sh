# ---- Status: how far a run has come. Only reads, so it may be asked while the run goes on.

rulec_command_status() {
  rulec_choose
  if [ "$rulec_watch" = 1 ]; then
    # Nothing of the terminal is changed that would have to be put back.
    trap 'rulec_leave 0' INT
    rulec_follow_status
  else
    rulec_survey
    rulec_show_status
    rulec_print_status
  fi
  [ "$rulec_own_code" = 1 ] || return 0
  case $rulec_is in
    over) rulec_leave "${rulec_over_code:-70}" ;;
    paused) rulec_leave 10 ;;
    stopped) rulec_leave 11 ;;
  esac
}

# Shows the status every second until the run is over, paused or stopped: on a terminal in place, else where
# something has changed.
rulec_follow_status() {
  rulec_shown='' rulec_lines=0
  while :; do
    rulec_read_about
    rulec_survey
    rulec_show_status
    if [ -t 1 ]; then
      if [ "$rulec_lines" -gt 0 ]; then
        printf '\033[%sA\033[J' "$rulec_lines"
      fi
      rulec_print_status
      rulec_lines=0
      while :; do
        rulec_lines=$((rulec_lines + 1))
        case $rulec_out in
          *"$rulec_nl"*) rulec_out=${rulec_out#*"$rulec_nl"} ;;
          *) break ;;
        esac
      done
    elif [ "$rulec_records$rulec_is$rulec_asked" != "$rulec_shown" ]; then
      rulec_shown=$rulec_records$rulec_is$rulec_asked
      rulec_print_status
    fi
    case $rulec_is in
      running | elsewhere) sleep 1 ;;
      *) return 0 ;;
    esac
  done
}

rulec_print_status() {
  if [ "$rulec_json_wanted" = 1 ]; then
    rulec_put "$rulec_out$rulec_nl"
  else
    rulec_unescape "$rulec_out$rulec_nl"
  fi
}

# Leaves in `rulec_width` how many columns the terminal has; nothing where nobody says.
rulec_find_width() {
  rulec_width=${COLUMNS:-}
  case $rulec_width in
    '' | *[!0-9]* | 0* | ?????*)
      rulec_width=
      if [ -t 1 ] && rulec_out=$(stty size 2>/dev/null <&1); then
        rulec_width=${rulec_out#* }
      fi
      ;;
  esac
}

# Yields the status: one JSON object, or a panel as wide as the terminal for `printf %b`.
rulec_show_status() {
  rulec_find_width
  : "${rulec_width:=80}"
  rulec_asked=
  for rulec_one in pause cancel; do
    if [ -e "$rulec_folder/$rulec_one" ]; then
      rulec_asked=$rulec_one
    fi
  done
  rulec_out=$(rulec_tell_status | LC_ALL=C awk -v json="$rulec_json_wanted" "$rulec_panel_awk")
}

# What the run is at.
rulec_find_phase() {
  rulec_phase='gates'
  case over$rulec_over,final$rulec_finaling,roll$rulec_rolling,off$rulec_off,post$rulec_posting,forward$rulec_forward in
    over?*,final*) rulec_phase=over ;;
    *,final1,*) rulec_phase=finally ;;
    *,roll1,*) rulec_phase=rollback ;;
    *,off?*,post*) rulec_phase=stopping ;;
    *,post1,*) rulec_phase=postconditions ;;
    *,forward1) rulec_phase=steps ;;
  esac
}

# Sets the definition of step $1, and puts `known` to 0 where this script has none.
rulec_define() {
  rulec_defaults
  rulec_owner=
  if [ "$rulec_known" = 1 ]; then
    "rulec_step_$1" 2>/dev/null
  fi
  if [ -z "$rulec_tag" ]; then
    rulec_tag="step $1" rulec_label="step $1" rulec_json_id=null rulec_json_name=null
  fi
}

# Tells all that is shown, a line each: a key and its value.
rulec_tell_status() {
  rulec_find_phase
  rulec_known=1
  if [ -n "$rulec_about_plan$rulec_of_plan" ] && [ "${rulec_about_plan:-$rulec_of_plan}" != "$rulec_digest" ]; then
    rulec_known=0
  fi
  rulec_json "$rulec_folder"
  rulec_folder_json=$rulec_out
  rulec_json "$rulec_about_host"
  rulec_host_json=$rulec_out
  rulec_ok=0 rulec_failed=0 rulec_skipped=0 rulec_stopped=0 rulec_undoable=0 rulec_current=
  for rulec_n in $rulec_seen; do
    eval "rulec_status=\$rulec_status_$rulec_n rulec_stage=\$rulec_stage_$rulec_n"
    if [ "$rulec_n" -le "$rulec_steps" ]; then
      case $rulec_status in
        ok) rulec_ok=$((rulec_ok + 1)) ;;
        failed) rulec_failed=$((rulec_failed + 1)) ;;
        skipped) rulec_skipped=$((rulec_skipped + 1)) ;;
        cancelled) rulec_stopped=$((rulec_stopped + 1)) ;;
      esac
    fi
    if [ -n "$rulec_stage" ] && [ "$rulec_is" != over ]; then
      rulec_current="$rulec_current $rulec_n"
    fi
  done
  for rulec_one in now:"$(date +%s)" width:"$rulec_width" bold:"$rulec_bold" plain:"$rulec_plain" dim:"$rulec_dim" \
    red:"$rulec_red" green:"$rulec_green" yellow:"$rulec_yellow" is:"$rulec_is" outcome:"$rulec_over" \
    code:"$rulec_over_code" phase:"$rulec_phase" run:"$rulec_run" total:"$rulec_steps" ok:"$rulec_ok" failed:"$rulec_failed" \
    skipped:"$rulec_skipped" cancelled:"$rulec_stopped" begun:"$rulec_begun_at" last:"$rulec_last_at" \
    estimate:"$rulec_estimate" asked:"$rulec_asked" off:"$rulec_off" full:"$rulec_full" \
    folder_json:"$rulec_folder_json" host_json:"$rulec_host_json" entry:"$rulec_json_entry" title:"$rulec_entry_label" \
    tag:"$rulec_entry_tag" known:"$rulec_known" records:"$rulec_records" undone_codes:"$rulec_undone"; do
    rulec_put "${rulec_one%%:*} ${rulec_one#*:}$rulec_nl"
  done
  case $rulec_about_pid in
    *[!0-9]*) ;;
    *) rulec_put "pid $rulec_about_pid$rulec_nl" ;;
  esac
  if [ -n "$rulec_about_plan" ]; then
    rulec_json "$rulec_about_plan"
    rulec_put "plan $rulec_out$rulec_nl"
  fi
  rulec_json "${rulec_about_execution:-$rulec_of_execution}"
  rulec_put "execution $rulec_out$rulec_nl"
  if [ -n "$rulec_horizon" ] && [ "$rulec_known" = 1 ]; then
    rulec_tell_times
  fi
  for rulec_n in $rulec_current; do
    rulec_tell_step "$rulec_n"
  done
  if [ -n "$rulec_undoing" ] && [ "$rulec_is" != over ]; then
    rulec_define "$rulec_undoing"
    rulec_put "undoing $rulec_undoing$rulec_nl${rulec_nl}json_id $rulec_json_id${rulec_nl}label $rulec_label$rulec_nl"
  fi
  if [ "$rulec_phase" = rollback ]; then
    for rulec_n in $rulec_completed; do
      rulec_define "$rulec_n"
      if [ -n "$rulec_undo" ] && [ "$rulec_read_only" = 0 ]; then
        rulec_undoable=$((rulec_undoable + 1))
      fi
    done
    rulec_put "undoable $rulec_undoable$rulec_nl"
  fi
  if [ -n "$rulec_off$rulec_over" ] || [ "$rulec_known" = 0 ]; then
    return 0
  fi
  rulec_n=0 rulec_i=0 rulec_asks=''
  while [ "$rulec_n" -lt "$rulec_steps" ] && { [ "$rulec_i" -lt 3 ] || [ -z "$rulec_asks" ]; }; do
    rulec_n=$((rulec_n + 1))
    eval "rulec_out=\${rulec_status_$rulec_n-}\${rulec_stage_$rulec_n-}"
    [ -z "$rulec_out" ] || continue
    rulec_define "$rulec_n"
    rulec_i=$((rulec_i + 1))
    if [ "$rulec_i" -le 3 ]; then
      rulec_put "next $rulec_n${rulec_nl}json_id $rulec_json_id${rulec_nl}label $rulec_label$rulec_nl"
    fi
    if [ -z "$rulec_do" ] && [ "$rulec_kind" != command ] && [ "$rulec_mandatory" = 1 ]; then
      rulec_asks=$rulec_n
      rulec_put "asks $rulec_n${rulec_nl}json_id $rulec_json_id${rulec_nl}label $rulec_label$rulec_nl"
    fi
  done
}

# Tells how far each task of the timeline is, and when its checkpoints are.
rulec_tell_times() {
  rulec_put "horizon $rulec_horizon${rulec_nl}departed $rulec_forward_at${rulec_nl}rehearsal $rulec_rehearsal$rulec_nl"
  rulec_i=0
  while [ "$rulec_i" -lt "$rulec_tasks" ]; do
    rulec_i=$((rulec_i + 1))
    rulec_defaults
    rulec_owner=
    "rulec_task_$rulec_i"
    rulec_task_all=0 rulec_task_begun=0 rulec_task_over=0 rulec_task_failed=0
    for rulec_n in $rulec_task_steps; do
      rulec_task_all=$((rulec_task_all + 1))
      eval "rulec_status=\${rulec_status_$rulec_n-} rulec_stage=\${rulec_stage_$rulec_n-}"
      case $rulec_status in
        ok | skipped) rulec_task_over=$((rulec_task_over + 1)) ;;
        failed | cancelled) rulec_task_over=$((rulec_task_over + 1)) rulec_task_failed=$((rulec_task_failed + 1)) ;;
      esac
      if [ -n "$rulec_status$rulec_stage" ]; then
        rulec_task_begun=1
      fi
    done
    rulec_out=in_progress
    if [ "$rulec_task_begun" = 0 ]; then
      rulec_out=pending
    elif [ "$rulec_task_failed" -gt 0 ] && [ -n "$rulec_off" ]; then
      rulec_out=failed
    elif [ "$rulec_task_over" = "$rulec_task_all" ]; then
      rulec_out=resolved
      if [ "$rulec_task_failed" = "$rulec_task_all" ]; then
        rulec_out=failed
      elif [ "$rulec_task_failed" -gt 0 ]; then
        rulec_out=partially_resolved
      fi
    fi
    rulec_owner_json=null
    if [ -n "$rulec_owner" ]; then
      rulec_task_state=$rulec_out
      rulec_text "$rulec_owner"
      rulec_json "$rulec_out"
      rulec_owner_json=$rulec_out
      rulec_out=$rulec_task_state
    fi
    rulec_put "task $rulec_out${rulec_nl}json_id $rulec_json_id${rulec_nl}json_name $rulec_json_name${rulec_nl}label $rulec_label${rulec_nl}owner $rulec_owner${rulec_nl}owner_json $rulec_owner_json$rulec_nl"
  done
  rulec_i=0
  while [ "$rulec_i" -lt "$rulec_marks" ]; do
    rulec_i=$((rulec_i + 1))
    rulec_defaults
    "rulec_mark_$rulec_i"
    rulec_put "mark $rulec_at_ms${rulec_nl}json_id $rulec_json_id${rulec_nl}json_name $rulec_json_name${rulec_nl}label $rulec_label$rulec_nl"
  done
}

# Tells where step $1 is, which is under way.
rulec_tell_step() {
  rulec_define "$1"
  eval "rulec_stage=\$rulec_stage_$1 rulec_since=\$rulec_since_$1 rulec_tries=\$rulec_tries_$1 rulec_polls=\$rulec_polls_$1"
  eval "rulec_waits=\$rulec_wait_$1 rulec_status=\$rulec_status_$1 rulec_remedy=\"\$rulec_remedy_$1 \$rulec_remedy_at_$1\""
  rulec_owner_json=null
  if [ -n "$rulec_owner" ]; then
    rulec_text "$rulec_owner"
    rulec_json "$rulec_out"
    rulec_owner_json=$rulec_out
  fi
  for rulec_one in step:"$1" json_id:"$rulec_json_id" json_name:"$rulec_json_name" label:"$rulec_label" step_tag:"$rulec_tag" \
    owner:"$rulec_owner" owner_json:"$rulec_owner_json" kind:"$rulec_kind" does:"${rulec_do:+1}" stage:"$rulec_stage" \
    since:"$rulec_since" tries:"$rulec_tries" most:"$((rulec_retries + 1))" polls:"$rulec_polls" polls_most:"$rulec_verify_polls" \
    waits:"$rulec_waits" status:"$rulec_status" remedy:"$rulec_remedy"; do
    rulec_put "${rulec_one%%:*} ${rulec_one#*:}$rulec_nl"
  done
}
