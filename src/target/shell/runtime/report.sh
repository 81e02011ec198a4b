# ---- The report: JSON at the end of every run.

# Writes the report, gives the lock back, says how it went, and ends.
rulec_finish() {
  trap '' INT TERM HUP
  case $rulec_outcome in
    paused | unfinished) ;;
    *) rulec_journal "over $rulec_outcome $rulec_exit" ;;
  esac
  rulec_audit run_ended ",\"outcome\":\"$rulec_outcome\",\"exit_code\":$rulec_exit"
  rulec_flush
  rulec_audit_rest
  rulec_unload
  rulec_iso
  rulec_finished=$rulec_out
  rulec_lasted=$((rulec_ms - rulec_from + rulec_lasted_before))
  rulec_masked "$rulec_why"
  rulec_why=$rulec_out
  if ! rulec_print_run 2>/dev/null >"$rulec_folder/report.new" || ! mv -f "$rulec_folder/report.new" "$rulec_folder/report.json"; then
    rulec_spend_reserve
    if ! rulec_print_run 2>/dev/null >"$rulec_folder/report.new" || ! mv -f "$rulec_folder/report.new" "$rulec_folder/report.json"; then
      rulec_note 'the report could not be written: %s' "$rulec_folder/report.json"
    fi
  fi
  rulec_remember "$rulec_outcome"
  rulec_close_wake
  case $rulec_outcome in
    paused | unfinished) ;;
    *)
      rulec_close_backups "$rulec_outcome"
      set +f
      rm -f "$rulec_home/open/$rulec_run" "$rulec_folder/wake" "$rulec_folder/line" "$rulec_folder/ignored" "$rulec_folder/reserve" "$rulec_folder/pause" "$rulec_folder/cancel" \
        "$rulec_folder"/*.claim "$rulec_folder"/*.code "$rulec_folder"/*.stop
      set -f
      ;;
  esac
  rulec_unlock
  rulec_prune_runs
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
  rulec_took "$rulec_lasted"
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
