# ---- Resume: a run whose runner is gone goes on where its journal ends.

# Goes on with run `rulec_wanted`. $1: `cancel` rolls it back instead.
rulec_resume() {
  trap 'rulec_signal=HUP' HUP
  trap 'rulec_signal=INT' INT
  trap 'rulec_signal=TERM' TERM
  rulec_prepare
  rulec_path=$rulec_full_path
  case $rulec_report in
    '' | -) ;;
    *)
      rulec_absolute "$rulec_report"
      rulec_report=$rulec_out
      ;;
  esac
  rulec_find_run "$rulec_wanted" || rulec_leave 2
  rulec_read_about
  rulec_replay
  rulec_refuse_resume
  rulec_execution=${rulec_about_execution:--} rulec_started=${rulec_about_started:-$rulec_stamp}
  rulec_token=${rulec_about_token:-$rulec_run.$rulec_about_birth}
  rulec_phase=gates rulec_outcome=refused rulec_exit=3
  rulec_problems=
  rulec_take_over
  # Another process may have gone on with it meanwhile.
  rulec_read_about
  rulec_replay
  rulec_outrun
  rulec_audit_open
  rulec_open_backups ''
  if [ -n "$rulec_over" ]; then
    rulec_close_resumed
  fi
  if [ "$rulec_forward" = 1 ] || [ -e "$rulec_folder/inputs" ]; then
    rulec_load_inputs
    rulec_held=$?
    if [ "$rulec_held" != 0 ]; then
      rulec_unlock
      if [ "$rulec_held" = 1 ]; then
        rulec_note '%s' "$rulec_why"
        rulec_tell_abandon
        rulec_leave 9
      fi
      rulec_note 'inputs are missing or wrong:'
      rulec_put "$rulec_problems" | sed 's/^/  /' >&2
      rulec_leave "$rulec_held"
    fi
  else
    rulec_take_inputs
    if [ -z "$rulec_problems" ]; then
      rulec_identify
    fi
  fi
  # After a power cut the claim of a command that ran may be missing.
  if [ "$rulec_about_boot" != "$rulec_this_boot" ] || [ "$rulec_this_boot" = - ]; then
    rulec_append "$rulec_folder/rebooted" "$rulec_this_boot$rulec_nl" || rulec_disk_full
    rulec_sync "$rulec_folder/rebooted"
  fi
  rulec_find_undecided "$1"
  rm -f "$rulec_folder/pause" "$rulec_folder/cancel" "$rulec_folder/report.json"
  rulec_make_reserve || rulec_disk_full
  rulec_starved=0
  rulec_write_about || rulec_disk_full
  rulec_introduce
  if [ "$rulec_torn" != 0 ]; then
    rulec_note 'the last line of the journal was cut off; what it said is done again'
    rulec_append "$rulec_folder/journal" "$rulec_nl" || rulec_disk_full
  fi
  # Since it began; shells with 32-bit arithmetic count no more than 24 days.
  if [ -n "$rulec_begun_at" ] && [ "$((rulec_epoch - rulec_begun_at))" -lt 2000000 ] && [ "$rulec_epoch" -gt "$rulec_begun_at" ]; then
    rulec_lasted_before=$(((rulec_epoch - rulec_begun_at) * 1000))
  fi
  rulec_out=
  if rulec_torn "$rulec_folder/results"; then
    rulec_out=$rulec_nl
  fi
  rulec_append "$rulec_folder/results" "$rulec_out" || rulec_disk_full
  rulec_open_wake
  rulec_append "$rulec_home/open/$rulec_run" '' || rulec_disk_full
  rulec_journal resume
  rulec_audit run_resumed
  rulec_bind_run
  rulec_attestations=$(LC_ALL=C awk '$1 == "attested" && $2 > n { n = $2 } END { print n + 0 }' "$rulec_folder/results")
  rulec_sweep_checks
  if [ "$1" = cancel ] && [ -z "$rulec_off" ] && [ "$rulec_finaling" = 0 ]; then
    rulec_cause=cancel
    rulec_note_break cancelled
  fi
  if [ "$rulec_forward" = 0 ]; then
    if [ -z "$rulec_off" ]; then
      rulec_govern_on
      return 0
    fi
    # It was broken off at its gates: nothing was done.
    rulec_recall_why
    rulec_end=$rulec_cause
    rulec_cancelled
    return 0
  fi
  # Offsets count from when the first step might begin, whatever has happened since. Shells with 32-bit arithmetic count
  # no more than 24 days.
  rulec_out=$((rulec_epoch - ${rulec_forward_at:-$rulec_epoch}))
  if [ "$rulec_out" -lt 0 ]; then
    rulec_out=0
  elif [ "$rulec_out" -gt 2000000 ]; then
    rulec_out=2000000
  fi
  rulec_departed=$((rulec_from - rulec_out * 1000))
  rulec_restore
  if [ -n "$rulec_off" ]; then
    rulec_go_back
    rulec_go_on_to_the_end
  elif [ "$rulec_finaling" = 1 ]; then
    rulec_shield=1 rulec_outcome=succeeded rulec_exit=0
    rulec_go_on_to_the_end
  else
    rulec_go_forward
  fi
}

# Takes the lock for a run of another process; ends where somebody else has it, or a signal ends the wait.
rulec_take_over() {
  rulec_lock
  case $? in
    0) ;;
    1)
      rulec_note 'run %s cannot be taken over: locked by %s' "$rulec_run" "$rulec_holder"
      rulec_leave 7
      ;;
    *)
      rulec_end=$rulec_cause
      rulec_cancelled
      rulec_leave "$rulec_exit"
      ;;
  esac
}

rulec_refuse_over() {
  rulec_note 'run %s is over: %s' "$rulec_run" "$rulec_over"
  rulec_leave 3
}

# Refuses what is no run that could go on.
rulec_refuse_resume() {
  if [ -n "$rulec_over" ] && [ ! -e "$rulec_home/open/$rulec_run" ]; then
    rulec_refuse_over
  fi
  if [ "$rulec_forward" = 0 ] && [ ! -e "$rulec_home/open/$rulec_run" ] && [ -z "$rulec_over" ]; then
    rulec_note 'run %s ended before its first step, or is not there yet: start another one' "$rulec_run"
    rulec_leave 2
  fi
  if [ "$rulec_about_end" != . ]; then
    rulec_note 'what is known of run %s is damaged: %s' "$rulec_run" "$rulec_folder/about"
    rulec_tell_abandon
    rulec_leave 9
  fi
  if [ "$rulec_about_plan" != "$rulec_digest" ]; then
    rulec_note 'run %s is of another plan: use the script that it was started with, %s' "$rulec_run" "${rulec_about_script:-unknown}"
    rulec_leave 2
  fi
  if [ -n "$rulec_about_folder" ] && ! cd -- "$rulec_about_folder" 2>/dev/null; then
    rulec_note 'the folder that run %s was started in is gone: %s' "$rulec_run" "$rulec_about_folder"
    rulec_leave 3
  fi
}

rulec_tell_abandon() {
  rulec_note 'look at what it did, mend that, then: sh %s abandon %s' "$rulec_path" "$rulec_run"
}

# Records of a generation below one that the journal has count for nothing, so ours must be above, even where the
# folder of the lock was lost.
rulec_outrun() {
  [ "$rulec_gen" -le "$rulec_last_gen" ] || return 0
  rulec_out=$((rulec_last_gen + 1))
  if ! rulec_make_generation "$rulec_locks" "$rulec_out" "$rulec_folder/lock.$$"; then
    rulec_unlock
    rulec_unusable "$rulec_locks is older than the journal of run $rulec_run, and no newer lock can be made"
  fi
  rm -f "$rulec_folder/lock.$$"
  rulec_gen=$((rulec_last_gen + 1))
  rulec_next=$rulec_locks/$((rulec_gen + 1))
}

# A run that is over cannot go on. Where its runner died in its last moments, what that left is made up for.
rulec_close_resumed() {
  if [ ! -e "$rulec_home/open/$rulec_run" ]; then
    rulec_unlock
    rulec_refuse_over
  fi
  rulec_outcome=$rulec_over rulec_exit=${rulec_over_code:-70}
  rulec_recall_why
  rulec_note 'run %s was over, but for its report' "$rulec_run"
  rulec_finish
}

# Steps of which nobody can know whether they were done are a person's to decide. $1: `cancel` where the run is to
# be rolled back, as `rulec_resume` has it.
rulec_find_undecided() {
  rulec_undecided=0 rulec_at=0 rulec_skipped=
  while [ "$rulec_at" -lt "$rulec_last_step" ]; do
    rulec_at=$((rulec_at + 1))
    eval "rulec_was=\${rulec_stage_$rulec_at-} rulec_was_status=\${rulec_status_$rulec_at-}"
    case $rulec_was in
      trying | remedying) ;;
      *) continue ;;
    esac
    # What is broken off is undone, whether it was done or not.
    if [ "$rulec_at" -le "$rulec_steps" ] && [ -n "$1$rulec_off" ]; then
      continue
    fi
    rulec_define_step "$rulec_at"
    rulec_find_base
    if [ -z "$rulec_was_status" ] && rulec_is_lost && ! rulec_may_rerun; then
      if rulec_is_named "$rulec_skips"; then
        rulec_skipped="$rulec_skipped $rulec_at "
        continue
      fi
      rulec_undecided=$((rulec_undecided + 1))
      rulec_text "$rulec_tag"
      rulec_note 'step %s was under way, and nobody knows whether it was done; look, then say --rerun %s or --skip-step %s' \
        "$rulec_out" "$rulec_out" "$rulec_out"
    fi
  done
  if [ "$rulec_undecided" -gt 0 ]; then
    rulec_unlock
    rulec_leave 11
  fi
  [ -z "$rulec_skips" ] || rulec_refuse_skips
}

# Nothing but a step of which nobody can know whether it was done can be skipped.
rulec_refuse_skips() {
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_last_step" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_step "$rulec_at"
    case $rulec_skipped in
      *" $rulec_at "*) continue ;;
    esac
    if rulec_is_named "$rulec_skips"; then
      rulec_text "$rulec_tag"
      rulec_note 'refused: step %s cannot be skipped: it is not one of which nobody knows whether it was done' "$rulec_out"
      rulec_unlock
      rulec_leave 2
    fi
  done
}

# Where the files of the command under way begin: `rulec_base`.
rulec_find_base() {
  eval "rulec_tries=\$rulec_tries_$rulec_at rulec_polls=\$rulec_polls_$rulec_at rulec_remedy=\${rulec_remedy_$rulec_at-0}
    rulec_remedy_at=\${rulec_remedy_at_$rulec_at-0} rulec_was=\${rulec_stage_$rulec_at-}"
  case $rulec_was in
    polling) rulec_base=$rulec_folder/$rulec_stem.$rulec_tries.verify$rulec_polls ;;
    remedying) rulec_base=$rulec_folder/$rulec_stem.$rulec_tries.remedy$rulec_remedy-$rulec_remedy_at ;;
    alerting) rulec_base=$rulec_folder/$rulec_stem.alert ;;
    *) rulec_base=$rulec_folder/$rulec_stem.$rulec_tries ;;
  esac
}

# True where the command with files `rulec_base` may have run, has left no exit code, and lives no more. One that
# has made no claim yet never will: it finds our lock.
rulec_is_lost() {
  if rulec_ended || rulec_is_claimed; then
    return 1
  fi
  case $rulec_job_code in
    fenced | full) return 1 ;;
  esac
  [ -s "$rulec_base.claim" ] || [ -e "$rulec_folder/rebooted" ]
}

# True where the command with files `rulec_base` lives; its leader is left in `rulec_owner`.
rulec_is_claimed() {
  rulec_dot=
  { read -r rulec_owner rulec_owner_birth rulec_dot <"$rulec_base.claim"; } 2>/dev/null
  [ "$rulec_dot" = . ] && rulec_alive "$rulec_owner" "$rulec_owner_birth"
}

# True where the step that was defined may run again after a crash.
rulec_may_rerun() {
  case $rulec_kind in
    manual | condition | file) return 0 ;;
  esac
  [ "$rulec_idempotent" = 1 ] || [ "$rulec_read_only" = 1 ] || rulec_is_named "$rulec_reruns"
}

# True where the step, by its id or number, is in list $1, a line each.
rulec_is_named() {
  [ -n "$1" ] || return 1
  rulec_text "$rulec_tag"
  case "$rulec_nl$1" in
    *"$rulec_nl$rulec_out$rulec_nl"* | *"$rulec_nl$rulec_at$rulec_nl"*) return 0 ;;
  esac
  return 1
}

# Lets the command with files `rulec_base` be job $1 again, if it lives.
rulec_adopt() {
  rulec_is_claimed || return 1
  rulec_now
  eval "rulec_job_base_$1=\$rulec_base rulec_job_cookie_$1=\$rulec_token.\${rulec_base##*/}
    rulec_job_from_$1=$rulec_ms rulec_job_limit_$1=$2 rulec_job_grace_$1=$3 rulec_job_stop_$1= rulec_job_why_$1=
    rulec_job_split_$1= rulec_job_pid_$1=\$rulec_owner rulec_job_birth_$1=\$rulec_owner_birth rulec_job_filters_$1="
  rulec_active="$rulec_active$1 "
}

# Ends what a command that is lost may have left behind.
rulec_sweep() {
  rulec_pid=none rulec_pid_birth=none rulec_cookie=$rulec_token.${rulec_base##*/}
  if rulec_is_claimed; then
    rulec_pid=$rulec_owner rulec_pid_birth=$rulec_owner_birth
  fi
  rulec_kill_all
}

# Ends the checks that a dead runner left under way: they are begun anew.
rulec_sweep_checks() {
  set +f
  set -- "$rulec_folder"/pre-*.claim "$rulec_folder"/post-*.claim
  set -f
  for rulec_file in "$@"; do
    rulec_base=${rulec_file%.claim}
    if rulec_is_claimed && ! rulec_ended; then
      rulec_sweep
    fi
  done
}

# Goes on with the undo that was under way; 1 where it has to be begun again.
rulec_undo_on() {
  rulec_undoing=
  rulec_base=$1
  if rulec_ended; then
    rulec_end=exited rulec_code=$rulec_job_code rulec_attempt_ms=0
    return 0
  fi
  if rulec_adopt 0 "$rulec_undo_limit" "$rulec_grace"; then
    while [ -n "$rulec_active" ]; do
      rulec_turn
    done
    return 0
  fi
  rulec_base=$1
  rulec_sweep
  return 1
}
