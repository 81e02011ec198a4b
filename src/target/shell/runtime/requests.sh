# ---- Requests: what is asked of a run from another terminal.

# Asks the living runner for $1, pause or cancel, and wakes it up.
rulec_request() {
  true 2>/dev/null >"$rulec_folder/$1" || rulec_unusable "$rulec_folder"
  if [ -p "$rulec_folder/wake" ]; then
    # Opened for both, so that it never blocks: a runner that died meanwhile does not read.
    { echo '!' 1<>"$rulec_folder/wake"; } 2>/dev/null
  fi
}

# Waits until the runner of the run is gone, where `--wait` asks for it, and says what became of the run.
rulec_await_end() {
  [ "$rulec_wait_wanted" = 1 ] || return 0
  while :; do
    rulec_tell_life
    [ "$rulec_life_of_run" = alive ] || break
    sleep 1
    rulec_read_about
  done
  rulec_survey
  case $rulec_is in
    over)
      rulec_put "$rulec_over$rulec_nl"
      rulec_leave "${rulec_over_code:-70}"
      ;;
    paused)
      rulec_put "paused$rulec_nl"
      rulec_leave 10
      ;;
    *)
      rulec_note 'its runner is gone, and the run is not over'
      rulec_leave 11
      ;;
  esac
}

# Refuses what can't be asked of a run that is over, or that runs elsewhere.
rulec_refuse_request() {
  case $rulec_is in
    over)
      rulec_note 'the run %s is over: %s' "$rulec_run" "$rulec_over"
      rulec_leave 3
      ;;
    elsewhere)
      rulec_note 'the run %s was started on %s: ask there' "$rulec_run" "$rulec_about_host"
      rulec_leave 3
      ;;
  esac
}

rulec_command_pause() {
  rulec_choose
  rulec_survey
  rulec_refuse_request
  case $rulec_is in
    paused)
      rulec_note 'the run %s is paused already; to go on: %s resume' "$rulec_run" "$rulec_again"
      return 0
      ;;
    stopped)
      rulec_note 'the runner of %s is gone; to go on: %s resume' "$rulec_run" "$rulec_again"
      rulec_leave 3
      ;;
  esac
  rulec_request pause
  rulec_note 'run %s pauses once what is under way has ended; to go on: %s resume' "$rulec_run" "$rulec_again"
  rulec_await_end
}

rulec_command_cancel() {
  rulec_choose
  rulec_survey
  rulec_refuse_request
  if [ "$rulec_is" = running ]; then
    rulec_request cancel
    rulec_note 'run %s is cancelled: what is under way is stopped, then what was done is rolled back' "$rulec_run"
    rulec_await_end
  else
    rulec_resume cancel
    rulec_record run_ended ",\"outcome\":\"$rulec_outcome\""
    rulec_finish
  fi
}

# Reads a line from the terminal into `rulec_answer`. A signal ends the script: yash would go on to wait for the line
# if it read it itself.
rulec_read_answer() {
  trap 'rulec_signal=HUP' HUP
  trap 'rulec_signal=INT' INT
  trap 'rulec_signal=TERM' TERM
  rulec_start_reader "$rulec_folder/answer"
  while [ -z "$rulec_signal" ] && rulec_alive "$rulec_reader" "$rulec_reader_birth"; do
    rulec_nap 50
  done
  rulec_answer=
  if [ -z "$rulec_signal" ]; then
    { read -r rulec_answer <"$rulec_folder/answer"; } 2>/dev/null
  else
    kill -s KILL "$rulec_reader" 2>/dev/null
    echo >&2
  fi
  rm -f "$rulec_folder/answer"
  rulec_reader=
  trap 'rulec_leave 129' HUP
  trap 'rulec_leave 130' INT
  trap 'rulec_leave 143' TERM
  if [ -n "$rulec_signal" ]; then
    rulec_end=$rulec_signal
    rulec_cancelled
    rulec_leave "$rulec_exit"
  fi
}

# Puts an end to a run that is not over without doing anything: what it did stays as it is.
rulec_command_abandon() {
  rulec_choose
  rulec_survey
  rulec_refuse_request
  if [ "$rulec_is" = running ]; then
    rulec_note 'the run %s is under way: cancel it, or end process %s first' "$rulec_run" "$rulec_about_pid"
    rulec_leave 3
  fi
  if [ "$rulec_yes" = 0 ]; then
    rulec_note 'what run %s did is left as it is: no undo, no rollback, no final step' "$rulec_run"
    if ! { [ -t 0 ] && [ -t 2 ]; }; then
      rulec_note 'nobody is there to confirm it; to confirm it: %s abandon %s --yes' "$rulec_again" "$rulec_run"
      rulec_leave 3
    fi
    rulec_prepare
    printf 'Abandon it? [y/N] ' >&2
    rulec_read_answer
    case $rulec_answer in
      [yY] | [yY][eE][sS]) ;;
      *)
        rulec_note 'nothing was done'
        rulec_leave 3
        ;;
    esac
  fi
  [ "$rulec_yes" = 0 ] || rulec_prepare
  rulec_folder=$rulec_home/runs/$rulec_run
  # The path of the audit log may be relative to the folder of the run.
  if [ -n "$rulec_about_folder" ] && ! cd -- "$rulec_about_folder" 2>/dev/null; then
    rulec_note 'the folder that run %s was started in is gone: %s' "$rulec_run" "$rulec_about_folder"
    rulec_audit_on=0
  fi
  rulec_execution=${rulec_about_execution:--}
  rulec_audit_open
  # Nobody may resume it meanwhile.
  rulec_cause=
  rulec_take_over
  rulec_survey
  if [ "$rulec_is" = over ]; then
    rulec_unlock
    rulec_refuse_request
  fi
  rulec_audit run_ended ',"outcome":"abandoned","exit_code":4'
  rulec_audit_flush || rulec_unusable "$rulec_audit_file"
  if [ "$rulec_torn" = 1 ]; then
    echo >>"$rulec_folder/journal"
  fi
  rulec_put "v1 $rulec_gen $(date +%s) over abandoned 4 .$rulec_nl" 2>/dev/null >>"$rulec_folder/journal" ||
    rulec_unusable "$rulec_folder/journal"
  # Whatever is wrong with its backups, the run is over.
  rulec_token=${rulec_about_token:-$rulec_run.$rulec_about_birth}
  (rulec_open_backups '' && rulec_close_backups abandoned)
  rm -f "$rulec_home/open/$rulec_run" "$rulec_folder/pause" "$rulec_folder/cancel"
  rulec_survey
  rulec_judge
  rulec_why="it was abandoned${rulec_why:+: }$rulec_why"
  if rulec_print_run >"$rulec_folder/report.new"; then
    mv -f "$rulec_folder/report.new" "$rulec_folder/report.json"
  fi
  rulec_unlock
  rulec_note 'run %s is abandoned' "$rulec_run"
}
