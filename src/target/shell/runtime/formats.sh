# ---- Reports: what the files of a run say about it, as JSON, JUnit or for Prometheus.

# Prints the report of a run from the files in its folder. `rulec_outcome`, `rulec_exit` (empty: none yet),
# `rulec_why`, `rulec_stamp`, `rulec_finished` (empty: not yet) and `rulec_lasted` (milliseconds) say how it went.
rulec_print_run() {
  rulec_tell_report | LC_ALL=C awk "$rulec_report_awk"
}

# Tells all that the report is made of: `= KEY JSON` for its head, `group FIRST LAST MEMBERS` for its rollback,
# and `LIST KEY JSON` for each result, the last of which counts.
rulec_tell_report() {
  rulec_json "$rulec_folder"
  rulec_put "= version 1
= plan \"$rulec_digest\"
= execution \"$rulec_execution\"
= entry $rulec_json_entry
= run \"$rulec_run\"
= folder $rulec_out
= outcome \"$rulec_outcome\"
= exit_code ${rulec_exit:-null}
"
  rulec_json "$rulec_why"
  rulec_put "= reason $rulec_out
= started \"$rulec_started\"
= finished ${rulec_finished:+\"}${rulec_finished:-null}${rulec_finished:+\"}
= duration_ms $rulec_lasted
"
  rulec_audit_head
  rulec_put "= audit $rulec_out$rulec_nl"
  if [ -n "$rulec_checklist" ]; then
    rulec_put "checklist$rulec_nl"
  fi
  rulec_n=$rulec_steps rulec_g=0
  while [ "$rulec_g" -lt "$rulec_groups" ]; do
    rulec_g=$((rulec_g + 1))
    "rulec_group_$rulec_g"
    rulec_put "group $((rulec_n + 1)) $((rulec_n + rulec_group_steps)) \"procedure\":$rulec_json_id,\"name\":$rulec_json_name$rulec_nl"
    rulec_n=$((rulec_n + rulec_group_steps))
  done
  rulec_told=" $(LC_ALL=C sed -n 's/^steps \([0-9]*\) {.*}$/\1/p' "$rulec_folder/results" 2>/dev/null | LC_ALL=C tr '\n' ' ')"
  rulec_n=0
  while [ "$rulec_n" -lt "$rulec_steps" ]; do
    rulec_n=$((rulec_n + 1))
    case $rulec_told in
      *" $rulec_n "*) continue ;;
    esac
    # A step without a result has not run, or the runner came to its end before it could write one.
    eval "rulec_status=\${rulec_status_$rulec_n-} rulec_stage=\${rulec_stage_$rulec_n-} rulec_tries=\${rulec_tries_$rulec_n-} rulec_code=\${rulec_code_$rulec_n-}"
    if [ -z "$rulec_status" ]; then
      rulec_status=not_run
      if [ -n "$rulec_stage" ]; then
        rulec_status=unfinished
      fi
    fi
    rulec_defaults
    "rulec_step_$rulec_n"
    rulec_put "steps $rulec_n {\"id\":$rulec_json_id,\"name\":$rulec_json_name,\"kind\":\"$rulec_kind\",\"status\":\"$rulec_status\",\"attempts\":${rulec_tries:-0},\"exit_code\":${rulec_code:-null},\"duration_ms\":0,\"verified\":null,\"polls\":0,\"reason\":\"\"}$rulec_nl"
  done
  LC_ALL=C cat "$rulec_folder/results" 2>/dev/null
  echo
}

# Says how a run went whose journal was replayed and whose runner wrote no report, for `rulec_print_run`.
rulec_judge() {
  rulec_execution=${rulec_about_execution:-$rulec_of_execution}
  rulec_started=$rulec_about_started rulec_finished='' rulec_lasted=0 rulec_exit='' rulec_why='' rulec_checklist=
  case $rulec_is in
    over) rulec_outcome=$rulec_over rulec_exit=$rulec_over_code ;;
    paused) rulec_outcome=paused rulec_why='it was paused' ;;
    running) rulec_outcome=unfinished rulec_why='it is under way' ;;
    elsewhere) rulec_outcome=unfinished rulec_why='it is under way on another machine, or its runner is gone' ;;
    stopped)
      rulec_outcome=unfinished rulec_why='its runner is gone'
      if [ "$rulec_full" = 1 ]; then
        rulec_why='it was stopped, since the disk was full'
      fi
      ;;
  esac
  if [ -n "$rulec_off" ]; then
    rulec_out=
    case $rulec_off in
      failure)
        if [ -n "$rulec_off_step" ] && [ "$rulec_off_step" -le "$rulec_steps" ]; then
          rulec_defaults
          "rulec_step_$rulec_off_step"
          rulec_text "$rulec_label"
          rulec_out="step $rulec_off_step of $rulec_steps, $rulec_out: "
          eval "rulec_end=\${rulec_ended_$rulec_off_step-} rulec_code=\${rulec_code_$rulec_off_step-}"
          if [ "$rulec_end" = exited ]; then
            rulec_out="${rulec_out}exit code $rulec_code"
          else
            rulec_out="$rulec_out${rulec_end:-failed}"
          fi
        else
          rulec_out='a step failed'
        fi
        ;;
      postcondition) rulec_out='a postcondition does not hold' ;;
      deadline) rulec_out='the run is over its limit' ;;
      *) rulec_out='it was cancelled' ;;
    esac
    rulec_why=$rulec_out${rulec_why:+; }$rulec_why
  fi
  if [ -n "$rulec_begun_at" ]; then
    rulec_out=$rulec_last_at
    if [ "$rulec_is" = running ]; then
      rulec_out=$(date +%s)
    fi
    rulec_lasted=$((rulec_out - rulec_begun_at))
    if [ "$rulec_lasted" -gt 0 ]; then
      rulec_lasted=${rulec_lasted}000
    else
      rulec_lasted=0
    fi
    rulec_out=$(LC_ALL=C awk -v json=stamp -v a="$rulec_begun_at" -v b="$rulec_last_at" "$rulec_panel_awk" </dev/null)
    rulec_started=${rulec_started:-${rulec_out% *}}
    if [ "$rulec_is" = over ]; then
      rulec_finished=${rulec_out#* }
    fi
  fi
}

# Prints the report of the chosen run as JSON: the one that its runner wrote, or one made of its files.
rulec_print_json() {
  # Who resumes a run removes the report of its pause first.
  if [ -s "$rulec_folder/report.json" ] &&
    { [ "$rulec_is" = paused ] || { [ "$rulec_is" = over ] && [ ! -e "$rulec_home/open/$rulec_run" ]; }; }; then
    cat "$rulec_folder/report.json"
    return
  fi
  rulec_judge
  rulec_print_run
}

rulec_command_report() {
  rulec_choose
  rulec_survey
  rulec_out=${rulec_about_plan:-$rulec_of_plan}
  if [ "$rulec_is" != over ] && [ -n "$rulec_out" ] && [ "$rulec_out" != "$rulec_digest" ]; then
    rulec_note 'the run %s is of another plan than this script, which cannot name its steps' "$rulec_run"
    rulec_note 'ask the script that it was started with: %s' "${rulec_about_script:-unknown}"
    rulec_leave 2
  fi
  rulec_save rulec_print_report_as
}

rulec_print_report_as() {
  case $rulec_format in
    json) rulec_print_json ;;
    junit) rulec_print_json | LC_ALL=C awk -v format=junit "$rulec_formats_awk" ;;
    prometheus)
      # Labels hold any text, and not every awk can print any byte.
      rulec_out=$(rulec_print_json | LC_ALL=C awk -v format=prometheus -v limit="$rulec_run_most" "$rulec_formats_awk") || return 1
      rulec_unescape "$rulec_out$rulec_nl"
      ;;
  esac
}

# Prints with function $1 to where `--output` says: a file is there as a whole or not at all.
rulec_save() {
  case $rulec_file in
    '' | -) "$1" || rulec_leave 70 ;;
    *)
      if ! { "$1" >"$rulec_file.$$.new" && mv -f "$rulec_file.$$.new" "$rulec_file"; } 2>/dev/null; then
        rm -f "$rulec_file.$$.new"
        rulec_note 'cannot be written: %s' "$rulec_file"
        rulec_leave 9
      fi
      ;;
  esac
}
