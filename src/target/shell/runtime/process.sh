# ---- Processes: one command at a time in a process group of its own, ended with all that came of it.

rulec_find_tools() {
  rulec_missing=
  for rulec_tool in awk cat cut date env head id ln ls mkdir mkfifo mv od rm sed sh sleep sort tail tr uname wc; do
    command -v "$rulec_tool" >/dev/null 2>&1 || rulec_missing="$rulec_missing $rulec_tool"
  done
  if command -v setsid >/dev/null 2>&1; then
    rulec_leader=setsid
  elif command -v perl >/dev/null 2>&1; then
    rulec_leader=perl
  else
    rulec_missing="$rulec_missing setsid"
  fi
  if [ -n "$rulec_missing" ]; then
    rulec_note 'needed, but not found:%s' "$rulec_missing"
    rulec_leave 14
  fi
  # Half a command is worse than none, so this is found out before the first.
  if [ "$rulec_foreign" = 1 ]; then
    rulec_text '\0303\0251'
  fi
  rulec_resets='' rulec_env=
  # busybox takes `--` for a process.
  rulec_dashes=--
  kill -s 0 -- "$$" 2>/dev/null || rulec_dashes=
  rulec_proc=0
  if [ -r /proc/self/environ ] && [ -r /proc/self/stat ]; then
    rulec_proc=1
  fi
}

# Finds out how commands get INT and QUIT, which background jobs ignore. Some shells can undo that, and what a job
# ignores says so; for others it takes an `env` for each command.
rulec_find_resets() {
  rulec_resets=0 rulec_out=
  {
    # Another program has to look: yash ignores them again for what it starts.
    exec </dev/null 2>/dev/null >"$rulec_folder/ignored" && trap - INT QUIT && exec sed -n 's/^SigIgn:.*\(.\)$/\1/p' /proc/self/status
  } &
  wait "$!" 2>/dev/null
  { read -r rulec_out <"$rulec_folder/ignored"; } 2>/dev/null
  case $rulec_out in
    [0189]) rulec_resets=1 ;;
  esac
}

# Yields when process $1 was born, `-` where that can't be known, nothing where it is dead.
rulec_birth() {
  rulec_out=
  if [ "$rulec_proc" = 1 ]; then
    [ -r "/proc/$1/stat" ] || return 0
    rulec_line=
    { read -r rulec_line <"/proc/$1/stat"; } 2>/dev/null
    rulec_line=${rulec_line##*") "}
    case $rulec_line in
      '' | [ZX]*) return 0 ;;
    esac
    # shellcheck disable=SC2086 # fields
    set -- $rulec_line
    rulec_out=${20-}
  elif kill -s 0 "$1" 2>/dev/null; then
    rulec_out=-
  fi
}

# True where process $1, born at $2, lives.
rulec_alive() {
  rulec_birth "$1"
  [ -n "$rulec_out" ] && { [ "$rulec_out" = "$2" ] || [ "$2" = - ]; }
}

rulec_lead() {
  case $rulec_leader in
    setsid) exec setsid "$@" ;;
    perl) exec perl -e 'use POSIX (); POSIX::setsid(); exec { $ARGV[0] } @ARGV; exit 127' "$@" ;;
  esac
}

# ---- Jobs: commands under way, each with a number. That of a step is the step's; 0 is anything else's.

# Lets wrappers wake this runner: they write the number of their job to a pipe, and a ticker does ten times a second.
# Where there can be no pipe, the runner looks by itself.
rulec_open_wake() {
  rulec_wake='' rulec_ticker='' rulec_nap_ms=10
  [ ! -e "$rulec_folder/wake" ] || rm -f "$rulec_folder/wake"
  { mkfifo "$rulec_folder/wake"; } 2>/dev/null || return 0
  rulec_wake=$rulec_folder/wake
  # Read from, and never written to, by this process: where who ticks is killed, the pipe comes to its end. Nobody
  # waits for the other end, since there is one that is open for both.
  exec 8<>"$rulec_wake"
  exec 7<"$rulec_wake"
  {
    # It tells of signals, too, which come to it where they are meant for the whole group. A shell can lose one whose
    # trap is due while it leaves a loop (bash, ksh93) or a function (yash). Some ignore INT in every job.
    rulec_told=t
    trap 'rulec_told=HUP' HUP
    trap 'rulec_told=INT' INT
    trap 'rulec_told=TERM' TERM
    trap '' QUIT PIPE
    exec </dev/null 2>/dev/null >"$rulec_wake" 7<&- 8<&-
    while echo "$rulec_told"; do
      # Some take whole seconds only; one that a signal ended is no reason to wait longer.
      sleep 0.1 >/dev/null || [ "$rulec_told" != t ] || sleep 1 >/dev/null
    done
    # The runner is dead. What was to copy the output of a command that it never came to start waits for a writer.
    set +f
    for rulec_file in "$rulec_folder"/*.pipe; do
      [ ! -p "$rulec_file" ] || true 1<>"$rulec_file"
    done
  } &
  rulec_ticker=$!
  exec 8<&-
  rulec_birth "$rulec_ticker"
  rulec_ticker_birth=${rulec_out:--}
  $rulec_forget "$rulec_ticker" 2>/dev/null
}

rulec_close_wake() {
  if [ -n "$rulec_ticker" ] && rulec_alive "$rulec_ticker" "$rulec_ticker_birth"; then
    kill -s KILL "$rulec_ticker" 2>/dev/null
  fi
  if [ -n "$rulec_wake" ]; then
    exec 7<&-
  fi
  rulec_wake='' rulec_ticker=
}

# Waits until something may have happened. Leaves in `rulec_news` the number of the job that has ended, or nothing.
rulec_hear() {
  # A question that nobody has to be asked is answered at once.
  rulec_news=${rulec_decided%% *}
  [ -z "$rulec_news" ] || return 0
  # Somebody can have killed it, or a signal to the whole group before it had its traps.
  if [ -n "$rulec_wake" ] && ! rulec_alive "$rulec_ticker" "$rulec_ticker_birth"; then
    rulec_close_wake
  fi
  if [ -n "$rulec_wake" ]; then
    # A signal may end it early.
    read -r rulec_news <&7 || rulec_nap 20
    case $rulec_news in
      HUP | INT | TERM) rulec_signal=${rulec_signal:-$rulec_news} rulec_news= ;;
      *[!0-9]*) rulec_news= ;;
    esac
  else
    rulec_nap "$rulec_nap_ms"
    if [ "$rulec_nap_ms" -lt 100 ]; then
      rulec_nap_ms=$((rulec_nap_ms + 10))
    fi
  fi
}

# Starts command $3 as job $1, with files that begin with $2, for at most $4 milliseconds (none: no bound), with a
# grace of $5. `rulec_split` names what is kept apart as well: `out`, `err`, or both.
rulec_launch() {
  rulec_flush
  rulec_base=$2
  rulec_cookie=$rulec_token.${rulec_base##*/}
  if [ -e "$rulec_base.code" ] || [ -e "$rulec_base.out" ] || [ -e "$rulec_base.err" ]; then
    rm -f "$rulec_base.code" "$rulec_base.claim" "$rulec_base.stop" "$rulec_base.out" "$rulec_base.err"
  fi
  rulec_now
  eval "rulec_job_base_$1=\$rulec_base rulec_job_cookie_$1=\$rulec_cookie rulec_job_from_$1=$rulec_ms rulec_job_limit_$1=$4
    rulec_job_grace_$1=$5 rulec_job_stop_$1= rulec_job_why_$1= rulec_job_split_$1=\$rulec_split
    rulec_job_do_$1=\$3 rulec_job_dir_$1=\$rulec_dir rulec_job_envs_$1=$rulec_envs rulec_job_lost_$1=$rulec_times_lost"
  # The text is handed over where `pkill -f` does not look: a pattern in it must not hit the shell that runs it.
  rulec_text_of_command=$3
  rulec_job_started=$1
  [ -n "$rulec_resets" ] || rulec_find_resets
  rulec_plainly=0
  if [ "$rulec_resets" = 1 ] && [ "$rulec_envs$rulec_passed" = 00 ]; then
    rulec_plainly=1
  fi
  if [ "$rulec_plainly$rulec_env" = 0 ]; then
    rulec_env='env'
    if env --default-signal=INT,QUIT >/dev/null 2>&1; then
      rulec_env='env --default-signal=INT,QUIT'
    fi
  fi
  # shellcheck disable=SC2016 # for the shell that is started
  set -- sh -c 'rulec_command=$RULEC_COMMAND; unset RULEC_COMMAND; eval "$rulec_command"'
  rulec_i=$rulec_envs
  while [ "$rulec_i" -gt 0 ]; do
    eval "rulec_job_env_${rulec_job_started}_$rulec_i=\$rulec_env_$rulec_i; set -- \"\$rulec_env_$rulec_i\" \"\$@\""
    rulec_i=$((rulec_i - 1))
  done
  rulec_i=$rulec_passed
  while [ "$rulec_i" -gt 0 ]; do
    eval "set -- \"\$rulec_pass_$rulec_i\" \"\$@\""
    rulec_i=$((rulec_i - 1))
  done
  rulec_pipe=''
  rulec_filters=''
  if [ "$rulec_secrets" -gt 0 ]; then
    rulec_pipe=.pipe
    rulec_filter "$rulec_base.log.pipe" "$rulec_base.log"
    for rulec_part in $rulec_split; do
      rulec_filter "$rulec_base.$rulec_part.pipe" "$rulec_base.$rulec_part"
    done
  fi
  {
    # The runner's own files are none of the command's. mksh keeps copies of what a redirection of the group moves.
    exec </dev/null 5<&- 7<&-
    exec 2>>"$rulec_base.log$rulec_pipe"
    exec >&2
    case $rulec_split in
      *out*) exec >>"$rulec_base.out$rulec_pipe" ;;
    esac
    case $rulec_split in
      *err*) exec 2>>"$rulec_base.err$rulec_pipe" ;;
    esac
    umask "$rulec_umask"
    RULEC_COMMAND=$rulec_text_of_command
    export RULEC_COMMAND
    rulec_pass_secrets
    if [ "$rulec_plainly" = 1 ]; then
      trap - INT QUIT
      RULEC_COOKIE=${RULEC_COOKIE-}$rulec_cookie:
      export RULEC_COOKIE
      rulec_lead sh -c "$rulec_wrap" rulec "$rulec_base" "$rulec_next" "$rulec_dir" "$rulec_wake" "$rulec_job_started" "$@"
    fi
    # shellcheck disable=SC2086 # words
    rulec_lead sh -c "$rulec_wrap" rulec "$rulec_base" "$rulec_next" "$rulec_dir" "$rulec_wake" "$rulec_job_started" \
      $rulec_env "RULEC_COOKIE=${RULEC_COOKIE-}$rulec_cookie:" "$@"
  } &
  rulec_pid=$!
  rulec_birth "$rulec_pid"
  $rulec_forget "$rulec_pid" 2>/dev/null
  eval "rulec_job_pid_$rulec_job_started=\$rulec_pid rulec_job_birth_$rulec_job_started=\${rulec_out:--} rulec_job_filters_$rulec_job_started=\$rulec_filters"
  rulec_active="$rulec_active$rulec_job_started "
  rulec_nap_ms=10
}

# Starts job $1, which is taken and came to an end before its command began: until it leads a group of its own, it
# gets what is sent to ours, such as by Ctrl-C. Where that is not why, the disk is full.
rulec_launch_again() {
  eval "rulec_times_lost=\$((\${rulec_job_lost_$1:-9} + 1))"
  [ "$rulec_times_lost" -le 3 ] || rulec_disk_full
  if [ "$rulec_secrets" -gt 0 ]; then
    rulec_settle
  fi
  rulec_drop active "$1"
  # Nothing else is loaded while job 0 is under way.
  if [ "$1" != 0 ]; then
    rulec_unload
  fi
  rulec_envs_now=$rulec_envs
  eval "rulec_envs=\$rulec_job_envs_$1 rulec_dir=\$rulec_job_dir_$1 rulec_split=\$rulec_job_split_$1"
  rulec_i=$rulec_envs
  while [ "$rulec_i" -gt 0 ]; do
    eval "rulec_env_$rulec_i=\$rulec_job_env_${1}_$rulec_i"
    rulec_i=$((rulec_i - 1))
  done
  eval "rulec_launch $1 \"\$rulec_base\" \"\$rulec_job_do_$1\" \"\$rulec_job_limit\" \"\$rulec_job_grace\""
  rulec_envs=$rulec_envs_now rulec_times_lost=0
}

# Makes job $1 the one that the functions below are about.
rulec_take_job() {
  rulec_job=$1
  eval "rulec_base=\$rulec_job_base_$1 rulec_pid=\$rulec_job_pid_$1 rulec_pid_birth=\$rulec_job_birth_$1
    rulec_cookie=\$rulec_job_cookie_$1 rulec_attempt_from=\$rulec_job_from_$1 rulec_job_limit=\$rulec_job_limit_$1
    rulec_job_grace=\$rulec_job_grace_$1 rulec_job_stop=\$rulec_job_stop_$1 rulec_job_why=\$rulec_job_why_$1
    rulec_job_split=\$rulec_job_split_$1 rulec_filters=\$rulec_job_filters_$1"
}

# Yields the living processes of the running command but for its leader: the members of its group, and those
# that left the group but carry its cookie. With `out`, only the latter. In order of birth, mostly: a shell that
# ends after its child would say so in the log.
rulec_members() {
  for rulec_nth_time in 1 2 3; do
    rulec_out=$(rulec_list_members ${1+"$1"})
    case $rulec_out in
      0*)
        rulec_out=${rulec_out#0}
        rulec_out=${rulec_out#"$rulec_nl"}
        return 0
        ;;
    esac
  done
}

# The same, printed behind a 0, which is there where it was not broken off.
rulec_list_members() {
  # Never a number where there is none: processes of the system are in group 0.
  rulec_group=none
  if rulec_alive "$rulec_pid" "$rulec_pid_birth"; then
    rulec_group=$rulec_pid
  fi
  # Once the command has ended, what the leader starts is its own.
  rulec_own=none
  if [ -e "$rulec_base.code" ]; then
    rulec_own=$rulec_pid
  fi
  {
    if [ "$rulec_proc" = 1 ]; then
      set +f
      cat /proc/[0-9]*/stat | sed -n 's/^\([0-9]*\) (.*) \(.\) \([0-9]*\) \([0-9]*\) .*/\1 \2 \3 \4/p'
      echo environments
      head -c 262144 /proc/[0-9]*/environ | tr '\0' '\n'
    else
      ps -A -o pid= -o stat= -o ppid= -o pgid=
    fi
  } 2>/dev/null | LC_ALL=C awk -v group="$rulec_group" -v own="$rulec_own" -v cookie="$rulec_cookie:" -v only="${1-}" '
    !environments && $1 == "environments" { environments = 1; next }
    !environments {
      if ($2 !~ /^[ZX]/) lives[$1] = 1
      if ($4 == group) inside[$1] = 1
      if ($3 == own) leader[$1] = 1
      next
    }
    /^==> \/proc\/[0-9]+\/environ <==$/ { split($2, part, "/"); pid = part[3]; next }
    index($0, "RULEC_COOKIE=") == 1 && index($0, cookie) { found[pid] = 1 }
    END {
      print 0
      if (only != "out") for (pid in inside) found[pid] = 1
      for (pid in found)
        if (pid > 1 && pid in lives && pid != group && !(pid in leader) && !(only == "out" && pid in inside)) print pid
    }' | sort -n
}

# Sends signal $1 to the group of the running command. The number is only its own while the leader lives.
rulec_kill_group() {
  if rulec_alive "$rulec_pid" "$rulec_pid_birth"; then
    # shellcheck disable=SC2086 # nothing, or one word
    kill -s "$1" $rulec_dashes "-$rulec_pid" 2>/dev/null
  fi
}

rulec_kill_each() {
  for rulec_member in $2; do
    kill -s "$1" "$rulec_member" 2>/dev/null
  done
}

# Begins to end job $1 and all that came of it, since $2: TERM, its grace, KILL. `rulec_look` brings it to its end.
rulec_stop_job() {
  rulec_take_job "$1"
  if [ -n "$rulec_job_stop" ]; then
    # Its KILL comes when it was due, but what ends it is the run.
    [ "$2" = timeout ] || eval "rulec_job_why_$1=$2"
    return 0
  fi
  rulec_now
  eval "rulec_job_stop_$1=$rulec_ms rulec_job_why_$1=$2"
  if [ "$rulec_pid" = person ]; then
    return 0
  fi
  { echo stop >"$rulec_base.stop"; } 2>/dev/null
  # A process between fork and exec can swallow the signal of a trap that it inherited.
  eval "rulec_job_young_$1=0"
  if [ "$((rulec_ms - rulec_attempt_from))" -lt 1000 ]; then
    eval "rulec_job_young_$1=1"
  fi
  if [ "$rulec_job_grace" -gt 0 ]; then
    rulec_kill_group TERM
    rulec_members out
    rulec_kill_each TERM "$rulec_out"
  fi
}

# Goes on ending the job that was taken; true once nothing of it lives.
rulec_is_stopped() {
  rulec_now
  rulec_spent=$((rulec_ms - rulec_job_stop))
  if [ "$rulec_spent" -lt "$rulec_job_grace" ]; then
    rulec_members
    if [ -z "$rulec_out" ]; then
      # Its leader, too: it may not have come to the command yet.
      rulec_kill_all
      return 0
    fi
    eval "rulec_young=\$rulec_job_young_$rulec_job"
    if [ "$rulec_young" = 1 ] && [ "$rulec_spent" -ge 1000 ]; then
      eval "rulec_job_young_$rulec_job=0"
      rulec_kill_group TERM
      rulec_members out
      rulec_kill_each TERM "$rulec_out"
    fi
    return 1
  fi
  rulec_kill_all
}

# What forks meanwhile is found in the next round; what hangs in the kernel is given up.
rulec_kill_all() {
  rulec_i=0
  while [ "$rulec_i" -lt 40 ]; do
    rulec_kill_group KILL
    rulec_members
    [ -n "$rulec_out" ] || break
    rulec_kill_each KILL "$rulec_out"
    rulec_i=$((rulec_i + 1))
    rulec_nap 50
  done
  return 0
}

# True once the command of the job has ended; its exit code is in `rulec_job_code`.
rulec_ended() {
  rulec_job_code='' rulec_dot=
  [ -s "$rulec_base.code" ] || return 1
  { read -r rulec_job_code rulec_dot <"$rulec_base.code"; } 2>/dev/null
  [ "$rulec_dot" = . ] || return 1
  # Some shells read byte by byte, and may see the beginning of what stood there and the end of what comes.
  case $rulec_job_code in
    *[!0-9]*) return 1 ;;
  esac
}

# Shows what came to the log since the last time. Control characters never reach the terminal.
rulec_follow() {
  if [ "$rulec_following" = 0 ] || [ ! -s "$rulec_base.log" ]; then
    return 0
  fi
  LC_ALL=C tr -d '\000-\010\013-\037\177' <&5 | LC_ALL=C awk '{ print "           | " $0 }' >&2
}

# Shows the log of the job that was just started, from now on.
rulec_follow_job() {
  if [ "$rulec_show" = 1 ] && [ "$rulec_quiet" = 0 ] && true 2>/dev/null >>"$rulec_base.log"; then
    exec 5<"$rulec_base.log"
    rulec_following=1
    rulec_shown=0
  fi
}

# Looks after job $1. Once it is over, `rulec_job_end` says how (exited, timeout, lost, or the cause of a halt) and
# `rulec_job_code` its exit code, and whoever waits for it goes on.
rulec_look() {
  rulec_take_job "$1"
  if [ "$rulec_pid" = person ]; then
    rulec_look_at_answer
    return 0
  fi
  if [ -n "$rulec_job_stop" ]; then
    rulec_is_stopped || return 0
    rulec_job_end=$rulec_job_why
    rulec_job_code=124
    if [ "$rulec_job_end" = lost ]; then
      rulec_job_code=137
    fi
    rulec_job_is_over
    return 0
  fi
  # Life is looked at before the result: who ends in between has left a result.
  rulec_lives=0
  if [ "$rulec_news" = "$1" ] || rulec_alive "$rulec_pid" "$rulec_pid_birth"; then
    rulec_lives=1
  fi
  if rulec_ended; then
    rulec_job_end=exited
    rulec_job_is_over
    return 0
  fi
  if [ "$rulec_lives" = 0 ]; then
    # A command is not begun before its files have their room, so this one has done nothing.
    if [ ! -s "$rulec_base.code" ] || [ "$rulec_job_code" = full ]; then
      rulec_launch_again "$1"
      return 0
    fi
    rulec_job_end=lost
    rulec_job_code=137
    rulec_kill_all
    rulec_job_is_over
    return 0
  fi
  if [ "$rulec_secrets" -gt 0 ] && [ ! -e "$rulec_base.code" ]; then
    rulec_mend_filters
  fi
  rulec_now
  rulec_spent=$((rulec_ms - rulec_attempt_from))
  if [ -n "$rulec_job_limit" ] && [ "$rulec_spent" -ge "$rulec_job_limit" ]; then
    rulec_stop_job "$1" timeout
    return 0
  fi
  if [ "$rulec_following" = 1 ] && [ "$((rulec_spent - rulec_shown))" -ge 200 ]; then
    rulec_shown=$rulec_spent
    rulec_follow
  fi
}

# Clears up behind the job that was taken, and tells whoever waits for it.
rulec_job_is_over() {
  if [ "$rulec_secrets" -gt 0 ]; then
    rulec_settle
  fi
  for rulec_part in $rulec_job_split; do
    cat "$rulec_base.$rulec_part" >>"$rulec_base.log" 2>/dev/null
  done
  rulec_follow
  if [ "$rulec_following" = 1 ]; then
    exec 5<&-
    rulec_following=0
  fi
  if [ -n "$rulec_job_stop" ]; then
    rm -f "$rulec_base.stop"
  fi
  rulec_now
  rulec_attempt_ms=$((rulec_ms - rulec_attempt_from))
  rulec_drop active "$rulec_job"
  unset "rulec_job_base_$rulec_job" "rulec_job_cookie_$rulec_job" "rulec_job_from_$rulec_job" "rulec_job_limit_$rulec_job" \
    "rulec_job_grace_$rulec_job" "rulec_job_stop_$rulec_job" "rulec_job_why_$rulec_job" "rulec_job_split_$rulec_job" \
    "rulec_job_pid_$rulec_job" "rulec_job_birth_$rulec_job" "rulec_job_filters_$rulec_job" "rulec_job_young_$rulec_job" \
    "rulec_job_do_$rulec_job" "rulec_job_dir_$rulec_job" "rulec_job_lost_$rulec_job"
  eval "rulec_i=\${rulec_job_envs_$rulec_job-0}"
  while [ "$rulec_i" -gt 0 ]; do
    unset "rulec_job_env_${rulec_job}_$rulec_i"
    rulec_i=$((rulec_i - 1))
  done
  unset "rulec_job_envs_$rulec_job"
  if [ "$rulec_forget" = : ] && [ "$rulec_proc" = 1 ]; then
    rulec_gone="$rulec_gone$rulec_pid " rulec_gone_count=$((rulec_gone_count + 1))
    if [ "$rulec_gone_count" -ge 16 ]; then
      rulec_reap
    fi
  fi
  rulec_goes_on "$rulec_job"
}

# Has the shell forget leaders that are dead. Some keep a list of all that they ever started, and go through it
# for each command. One that lives on, on its way out or stopped by somebody, is not waited for.
rulec_reap() {
  rulec_rest='' rulec_gone_count=0
  for rulec_one_gone in $rulec_gone; do
    rulec_birth "$rulec_one_gone"
    if [ -z "$rulec_out" ]; then
      wait "$rulec_one_gone" 2>/dev/null
    elif [ "$rulec_gone_count" -lt 8 ]; then
      rulec_rest="$rulec_rest$rulec_one_gone " rulec_gone_count=$((rulec_gone_count + 1))
    fi
  done
  rulec_gone=$rulec_rest
}

# Tells whoever waits for job $1 how it ended.
rulec_goes_on() {
  if [ "$1" = 0 ]; then
    rulec_end=$rulec_job_end rulec_code=$rulec_job_code
  else
    rulec_step_goes_on "$1"
  fi
}

# Takes number $2 off list $1.
rulec_drop() {
  eval "rulec_left=\$rulec_$1"
  case $rulec_left in
    "$2 "*) rulec_left=${rulec_left#"$2 "} ;;
    *" $2 "*) rulec_left="${rulec_left%%" $2 "*} ${rulec_left#*" $2 "}" ;;
  esac
  eval "rulec_$1=\$rulec_left"
}

# Waits until something happens, and deals with it.
rulec_turn() {
  rulec_flush
  if [ -n "$rulec_active" ]; then
    rulec_hear
  else
    rulec_news=
    rulec_audit_rest
    rulec_nap_until_due
  fi
  rulec_heed
  if [ -n "$rulec_news" ]; then
    case " $rulec_active" in
      *" $rulec_news "*) rulec_look "$rulec_news" ;;
    esac
    return 0
  fi
  rulec_audit_rest
  for rulec_each in $rulec_active; do
    case " $rulec_active" in
      *" $rulec_each "*) rulec_look "$rulec_each" ;;
    esac
  done
  if [ -n "$rulec_waiting" ]; then
    rulec_look_at_clocks
  fi
}

# Runs command $2 with files that begin with $1, for at most $3 milliseconds (none: no bound), with a grace of
# $4, to its end. Leaves in `rulec_end` how it ended, and the exit code in `rulec_code`.
rulec_attempt() {
  rulec_launch 0 "$@"
  rulec_follow_job
  while [ -n "$rulec_active" ]; do
    rulec_turn
  done
}
