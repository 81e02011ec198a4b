# ---- The journal: each transition is on disk before it takes effect, and after.

# Writes down a transition: `EVENT ARGUMENTS`, safe words only. It is on disk after `rulec_flush`.
rulec_journal() {
  rulec_now
  rulec_j="${rulec_j}v1 ${rulec_gen:-0} $((rulec_epoch + (rulec_ms - rulec_from) / 1000)) $1 .$rulec_nl"
}

# Keeps a result for the report: list $1, key $2, JSON $3.
rulec_result() {
  rulec_masked "$3"
  rulec_r="$rulec_r$1 $2 $rulec_out$rulec_nl"
}

# Brings to disk what was written down. Called before every effect.
rulec_flush() {
  [ -n "$rulec_j$rulec_r" ] || return 0
  rulec_due_now=$rulec_j
  rulec_j=
  if [ -n "$rulec_r" ]; then
    rulec_append "$rulec_folder/results" "$rulec_r" || rulec_disk_full
    rulec_r='' rulec_sync_results=$rulec_folder/results
  fi
  [ -n "$rulec_due_now" ] || return 0
  rulec_append "$rulec_folder/journal" "$rulec_due_now" || rulec_disk_full
  if [ "$rulec_audit_on" = 1 ]; then
    rulec_audit_flush keep || rulec_disk_full
    set -- "$rulec_audit_file"
  else
    set --
  fi
  # All in one process: what the journal says has ended is in the report as well.
  rulec_sync "$rulec_folder/journal" ${1+"$1"} ${rulec_sync_results:+"$rulec_sync_results"} ${rulec_sync_also:+"$rulec_sync_also"}
  rulec_sync_also='' rulec_sync_results=
}

# Nothing more can be written down, so nothing more may be done: what runs is left to `resume`.
rulec_disk_full() {
  trap '' INT TERM HUP
  rulec_note 'the disk is full, or cannot be written: %s' "$rulec_folder"
  rulec_note 'nothing was undone; make room, then: %s resume %s' "$rulec_again" "$rulec_run"
  rulec_close_wake
  rulec_audit_rest
  rulec_unlock
  rulec_leave 9
}

# Writes text $2 to file $1 of the run, of which nobody knows before it has begun; later, whoever reads it sees the
# old text or the new one.
rulec_begin_file() {
  if [ -e "$1" ]; then
    rulec_replace "$1" "$2"
  else
    rulec_append "$1" "$2"
  fi
}

# Says who runs this run, for other terminals and for `resume`.
rulec_write_about() {
  # Through a file, which takes no process.
  { pwd -P >"$rulec_folder/line"; } 2>/dev/null || return 1
  rulec_cwd=
  while IFS= read -r rulec_line; do
    rulec_cwd=$rulec_cwd$rulec_nl$rulec_line
  done <"$rulec_folder/line"
  rulec_cwd=${rulec_cwd#"$rulec_nl"}
  rulec_begin_file "$rulec_folder/about" "plan=$rulec_digest
execution=$rulec_execution
entry=$rulec_entry_id
script=$rulec_full_path
started=$rulec_started
pid=$$
birth=$rulec_life
host=$rulec_here_host
boot=$rulec_this_boot
token=$rulec_token
folder=$rulec_cwd
end=.
"
}
