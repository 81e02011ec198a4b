# ---- The report: JSON at the end of every run.

# Prints the report.
rulec_print_report() {
  rulec_json "$rulec_why"
  rulec_json_why=$rulec_out
  rulec_json "$rulec_folder"
  echo '{'
  echo '  "version": 1,'
  echo "  \"plan\": \"$rulec_digest\","
  echo "  \"entry\": $rulec_json_entry,"
  echo "  \"run\": \"$rulec_run\","
  echo "  \"folder\": $rulec_out,"
  echo "  \"outcome\": \"$rulec_outcome\","
  echo "  \"exit_code\": $rulec_exit,"
  rulec_put "  \"reason\": $rulec_json_why,$rulec_nl"
  echo "  \"started\": \"$rulec_stamp\","
  echo "  \"finished\": \"$rulec_finished\","
  echo "  \"duration_ms\": $((rulec_ms - rulec_from)),"
  rulec_list attested "$rulec_json_attested"
  if [ -n "$rulec_checklist" ]; then
    rulec_list checklist "$rulec_json_held"
  fi
  rulec_list preconditions "$rulec_json_pres"
  echo '  "steps": ['
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_steps" ]; do
    rulec_at=$((rulec_at + 1))
    eval "rulec_json_step=\${rulec_json_step_$rulec_at-}"
    if [ -z "$rulec_json_step" ]; then
      rulec_defaults
      "rulec_step_$rulec_at"
      rulec_json_step="{\"id\":$rulec_json_id,\"name\":$rulec_json_name,\"kind\":\"$rulec_kind\",\"status\":\"not_run\",\"attempts\":0,\"exit_code\":null,\"duration_ms\":0,\"verified\":null,\"polls\":0,\"reason\":\"\"}"
    fi
    rulec_comma=,
    if [ "$rulec_at" = "$rulec_steps" ]; then
      rulec_comma=
    fi
    rulec_put "    $rulec_json_step$rulec_comma$rulec_nl"
  done
  echo '  ],'
  rulec_list postconditions "$rulec_json_posts"
  rulec_list undone "$rulec_json_undone"
  rulec_list rollback "$rulec_json_rollback"
  rulec_list finally "$rulec_json_finally"
  rulec_put "  \"alerts\": [$rulec_json_alerts]$rulec_nl}$rulec_nl"
}

rulec_list() {
  rulec_put "  \"$1\": [$2],$rulec_nl"
}

# Writes the report, gives the lock back, says how it went, and ends.
rulec_finish() {
  trap '' INT TERM HUP
  rulec_finished=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  rulec_now
  rulec_ended_ms=$rulec_ms
  if ! rulec_print_report >"$rulec_folder/report.new" || ! mv -f "$rulec_folder/report.new" "$rulec_folder/report.json"; then
    rulec_note 'the report could not be written: %s' "$rulec_folder/report.json"
  fi
  rulec_unlock
  case $rulec_report in
    '') ;;
    -) cat "$rulec_folder/report.json" ;;
    *)
      cat "$rulec_folder/report.json" 2>/dev/null >"$rulec_report" ||
        rulec_note 'the report could not be written: %s' "$rulec_report"
      ;;
  esac
  case $rulec_exit in
    0) rulec_hue=$rulec_green ;;
    *) rulec_hue=$rulec_red ;;
  esac
  rulec_took "$((rulec_ended_ms - rulec_from))"
  printf "$rulec_bold$rulec_hue%s$rulec_plain after %s%s%s\\n" \
    "$rulec_outcome" "$rulec_out" "${rulec_why:+: }" "$rulec_why" >&2
  printf 'report: %s\n' "$rulec_folder/report.json" >&2
  printf 'logs:   %s\n' "$rulec_folder" >&2
  rulec_leave "$rulec_exit"
}

# Ends with exit code $1; nothing else ends this script once it is whole.
rulec_leave() {
  trap - EXIT
  exit "$1"
}
