# ---- Processes: one command at a time in a process group of its own, ended with all that came of it.

rulec_find_tools() {
  rulec_missing=
  for rulec_tool in awk cat cut date env head ln mkdir mkfifo mv od rm sed sh sleep sort tail tr uname; do
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
  # Background jobs ignore INT and QUIT, and a shell can't undo that.
  rulec_env='env'
  if env --default-signal=INT,QUIT true 2>/dev/null; then
    rulec_env='env --default-signal=INT,QUIT'
  fi
  # busybox takes `--` for a process.
  rulec_dashes=--
  kill -s 0 -- "$$" 2>/dev/null || rulec_dashes=
  rulec_proc=0
  if [ -r /proc/self/environ ] && [ -r /proc/self/stat ]; then
    rulec_proc=1
  fi
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

# Copies pipe $1 to the end of file $2, with every secret masked, until its last writer is gone: that may be
# a service that the command has left behind, so it holds nothing of the caller's, and no signal ends it.
rulec_filter() {
  rm -f "$1"
  mkfifo "$1" || return 0
  if [ -z "${rulec_unbuffered+1}" ]; then
    # mawk reads ahead, and would keep what a service writes from the log.
    rulec_unbuffered=
    case $(awk -W version </dev/null 2>&1) in
      mawk*) rulec_unbuffered='-W interactive' ;;
    esac
  fi
  {
    trap '' INT TERM HUP
    exec 2>/dev/null 5<&-
    exec >>"$2"
    exec <"$1"
    rulec_i=0
    while [ "$rulec_i" -lt "$rulec_secrets" ]; do
      rulec_i=$((rulec_i + 1))
      eval "RULEC_MASK_$rulec_i=\$rulec_secret_$rulec_i; export RULEC_MASK_$rulec_i"
    done
    # shellcheck disable=SC2086 # words
    LC_ALL=C exec awk $rulec_unbuffered '
      BEGIN {
        for (i = 1; ("RULEC_MASK_" i) in ENVIRON; i++) {
          parts = split(ENVIRON["RULEC_MASK_" i], part, "\n")
          for (k = 1; k <= parts; k++) if (part[k] != "") mask[++count] = part[k]
        }
        # Longer ones first: one may be part of another.
        for (i = 2; i <= count; i++)
          for (k = i; k > 1 && length(mask[k]) > length(mask[k - 1]); k--) {
            swap = mask[k]
            mask[k] = mask[k - 1]
            mask[k - 1] = swap
          }
      }
      {
        rest = $0
        for (i = 1; i <= count; i++) {
          clean = ""
          while ((at = index(rest, mask[i])) > 0) {
            clean = clean substr(rest, 1, at - 1) "***"
            rest = substr(rest, at + length(mask[i]))
          }
          rest = clean rest
        }
        print rest
        fflush()
      }'
  } &
  rulec_filter_pid=$!
  rulec_birth "$rulec_filter_pid"
  rulec_filters="$rulec_filters $rulec_filter_pid:${rulec_out:--}"
  $rulec_forget "$rulec_filter_pid" 2>/dev/null
}

# Waits until the filters have caught up, for a second at most: where a service still writes, they go on.
rulec_settle() {
  rulec_i=0
  for rulec_one in $rulec_filters; do
    while rulec_alive "${rulec_one%:*}" "${rulec_one#*:}"; do
      # Nothing that was stopped writes any more, and a filter that no writer ever came to waits for ever.
      if [ "$rulec_end" != exited ] && [ "$rulec_i" -ge 20 ]; then
        kill -s KILL "${rulec_one%:*}" 2>/dev/null
      fi
      [ "$rulec_i" -lt 40 ] || break
      rulec_i=$((rulec_i + 1))
      rulec_nap 25
    done
  done
  rm -f "$rulec_base.log.pipe" "$rulec_base.out.pipe"
}

# Starts command $2 with files that begin with $1. `rulec_split` keeps standard output apart.
rulec_launch() {
  rulec_base=$1
  rulec_seq=$((rulec_seq + 1))
  rulec_cookie=$rulec_run.$rulec_life.$rulec_seq
  # The text is handed over where `pkill -f` does not look: a pattern in it must not hit the shell that runs it.
  rulec_text_of_command=$2
  # shellcheck disable=SC2016 # for the shell that is started
  set -- sh -c 'rulec_command=$RULEC_COMMAND; unset RULEC_COMMAND; eval "$rulec_command"'
  rulec_i=$rulec_envs
  while [ "$rulec_i" -gt 0 ]; do
    eval "set -- \"\$rulec_env_$rulec_i\" \"\$@\""
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
    if [ "$rulec_split" = 1 ]; then
      rulec_filter "$rulec_base.out.pipe" "$rulec_base.out"
    fi
  fi
  {
    exec </dev/null 5<&-
    exec 2>>"$rulec_base.log$rulec_pipe"
    if [ "$rulec_split" = 1 ]; then
      exec >>"$rulec_base.out$rulec_pipe"
    else
      exec >&2
    fi
    umask "$rulec_umask"
    RULEC_COMMAND=$rulec_text_of_command
    export RULEC_COMMAND
    rulec_i=0
    while [ "$rulec_i" -lt "$rulec_secrets" ]; do
      rulec_i=$((rulec_i + 1))
      eval "$(eval "rulec_put \"\$rulec_secret_name_$rulec_i\"")=\$rulec_secret_$rulec_i"
      eval "export \$rulec_secret_name_$rulec_i"
    done
    # shellcheck disable=SC2086 # words
    rulec_lead sh -c "$rulec_wrap" rulec "$rulec_base" "$rulec_next" "$rulec_dir" \
      $rulec_env "RULEC_COOKIE=${RULEC_COOKIE-}$rulec_cookie:" "$@"
  } &
  rulec_pid=$!
  rulec_birth "$rulec_pid"
  rulec_pid_birth=${rulec_out:--}
  $rulec_forget "$rulec_pid" 2>/dev/null
}

# Prints the living processes of the running command but for its leader: the members of its group, and those
# that left the group but carry its cookie. With `out`, only the latter. In order of birth, mostly: a shell that
# ends after its child would say so in the log.
rulec_members() {
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

# Ends the running command and all that came of it: TERM, $1 milliseconds of grace, KILL.
rulec_stop() {
  { echo stop >"$rulec_base.stop"; } 2>/dev/null
  rulec_now
  rulec_stop_from=$rulec_ms
  # A process between fork and exec can swallow the signal of a trap that it inherited.
  rulec_young=0
  if [ "$((rulec_stop_from - rulec_attempt_from))" -lt 1000 ]; then
    rulec_young=1
  fi
  if [ "$1" -gt 0 ]; then
    rulec_kill_group TERM
    rulec_kill_each TERM "$(rulec_members out)"
    rulec_step_nap=20
    while :; do
      [ -n "$(rulec_members)" ] || break
      rulec_now
      rulec_spent=$((rulec_ms - rulec_stop_from))
      rulec_left=$(($1 - rulec_spent))
      [ "$rulec_left" -gt 0 ] || break
      if [ "$rulec_young" = 1 ] && [ "$rulec_spent" -ge 1000 ]; then
        rulec_young=0
        rulec_kill_group TERM
        rulec_kill_each TERM "$(rulec_members out)"
      fi
      if [ "$rulec_left" -gt "$rulec_step_nap" ]; then
        rulec_left=$rulec_step_nap
      fi
      rulec_nap "$rulec_left"
      if [ "$rulec_step_nap" -lt 200 ]; then
        rulec_step_nap=$((rulec_step_nap * 2))
      fi
    done
  fi
  # What forks meanwhile is found in the next round; what hangs in the kernel is given up.
  rulec_i=0
  while [ "$rulec_i" -lt 40 ]; do
    rulec_kill_group KILL
    rulec_found=$(rulec_members)
    [ -n "$rulec_found" ] || break
    rulec_kill_each KILL "$rulec_found"
    rulec_i=$((rulec_i + 1))
    rulec_nap 50
  done
}

# True once the command has ended; its exit code is in `rulec_code`.
rulec_ended() {
  [ -s "$rulec_base.code" ] || return 1
  rulec_dot=
  read -r rulec_code rulec_dot <"$rulec_base.code"
  [ "$rulec_dot" = . ]
}

# Shows what came to the log since the last time. Control characters never reach the terminal.
rulec_follow() {
  if [ "$rulec_following" = 0 ] || [ ! -s "$rulec_base.log" ]; then
    return 0
  fi
  LC_ALL=C tr -d '\000-\010\013-\037\177' <&5 | LC_ALL=C awk '{ print "           | " $0 }' >&2
}

# Runs command $2 with files that begin with $1, for at most $3 milliseconds (none: no bound), with a grace of
# $4. Leaves in `rulec_end` how it ended: exited, timeout, lost, or the cause of a halt; the exit code in `rulec_code`.
rulec_attempt() {
  rulec_code=
  rulec_launch "$1" "$2"
  rulec_now
  rulec_attempt_from=$rulec_ms
  if [ "$rulec_show" = 1 ] && [ "$rulec_quiet" = 0 ] && true 2>/dev/null >>"$rulec_base.log"; then
    exec 5<"$rulec_base.log"
    rulec_following=1
  fi
  rulec_tick=10
  rulec_shown=0
  while :; do
    # Life is looked at before the result: who ends in between has left a result.
    rulec_lives=0
    if rulec_alive "$rulec_pid" "$rulec_pid_birth"; then
      rulec_lives=1
    fi
    if rulec_ended; then
      rulec_end=exited
      break
    fi
    if [ "$rulec_lives" = 0 ]; then
      rulec_end=lost
      rulec_code=137
      rulec_stop 0
      break
    fi
    rulec_now
    rulec_spent=$((rulec_ms - rulec_attempt_from))
    if rulec_halted; then
      rulec_end=$rulec_cause
      rulec_stop "$4"
      rulec_code=124
      break
    fi
    if [ -n "$3" ] && [ "$rulec_spent" -ge "$3" ]; then
      rulec_end=timeout
      rulec_stop "$4"
      rulec_code=124
      break
    fi
    if [ "$((rulec_spent - rulec_shown))" -ge 200 ]; then
      rulec_shown=$rulec_spent
      rulec_follow
    fi
    rulec_nap "$rulec_tick"
    if [ "$rulec_spent" -gt 100 ] && [ "$rulec_tick" -lt 200 ]; then
      rulec_tick=$((rulec_tick + 10))
    fi
  done
  if [ "$rulec_secrets" -gt 0 ]; then
    rulec_settle
  fi
  if [ "$rulec_split" = 1 ]; then
    cat "$rulec_base.out" >>"$rulec_base.log" 2>/dev/null
  fi
  rulec_follow
  if [ "$rulec_following" = 1 ]; then
    exec 5<&-
    rulec_following=0
  fi
  rm -f "$rulec_base.claim" "$rulec_base.code" "$rulec_base.stop"
  rulec_now
  rulec_attempt_ms=$((rulec_ms - rulec_attempt_from))
}
