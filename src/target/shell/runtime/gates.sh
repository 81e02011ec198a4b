# ---- Gates: the hours in which a run may start, and the people who must approve it.
# An approval is a record of who said so, bound to the plan and its inputs; it proves nobody's identity.

# Yields the minute of the day of HH:MM; `08` must not be read as octal.
rulec_minute() {
  rulec_out=$(((1${1%:*} - 100) * 60 + 1${1#*:} - 100))
}

# Yields a duration of $1 minutes, at most a day.
rulec_minutes() {
  rulec_out=$(($1 % 60))m
  if [ "$1" -ge 60 ]; then
    rulec_out=$(($1 / 60))h$rulec_out
  fi
}

# True where the run may start now. The hours are those that `date` shows here, so TZ counts: an hour that the
# clocks skip is never there, one that they repeat is there twice. Equal ends are the whole day.
rulec_window() {
  rulec_why=
  [ -n "$rulec_window_from" ] || return 0
  rulec_time=$(date +%H:%M)
  case $rulec_time in
    [01][0-9]:[0-5][0-9] | 2[0-3]:[0-5][0-9]) ;;
    *)
      rulec_why="the run may start in the window $rulec_window_from-$rulec_window_to only, and \`date\` does not tell the time"
      return 1
      ;;
  esac
  rulec_minute "$rulec_window_from"
  rulec_open_at=$rulec_out
  rulec_minute "$rulec_window_to"
  rulec_shut_at=$rulec_out
  rulec_minute "$rulec_time"
  # How long it has been open if it is, how long it is open, how long until it opens.
  rulec_since_open=$(((rulec_out - rulec_open_at + 1440) % 1440))
  rulec_length=$(((rulec_shut_at - rulec_open_at + 1440) % 1440))
  if [ "$rulec_length" = 0 ]; then
    return 0
  fi
  if [ "$rulec_since_open" -lt "$rulec_length" ]; then
    rulec_left=$((rulec_length - rulec_since_open))
    if [ -n "$rulec_longest" ] && [ "$rulec_left" -lt "$rulec_longest" ]; then
      rulec_minutes "$rulec_left"
      rulec_log "${rulec_yellow}the window %s-%s shuts in %s$rulec_plain, and this run may take longer" \
        "$rulec_window_from" "$rulec_window_to" "$rulec_out"
    fi
    return 0
  fi
  rulec_minutes "$((1440 - rulec_since_open))"
  rulec_why="the window $rulec_window_from-$rulec_window_to opens in $rulec_out: it is $rulec_time here"
  return 1
}

# True where text $1 has no control characters.
rulec_flat() {
  [ "$(rulec_put "$1." | LC_ALL=C tr -d '\000-\037\177')" = "$1." ]
}

# True where $1 can stand for a person; else what is wrong is left in `rulec_flaw`.
rulec_can_sign() {
  rulec_flaw=
  case $1 in
    '') rulec_flaw='it is empty' ;;
    ' '* | *' ') rulec_flaw='it begins or ends with a blank' ;;
    *)
      if [ "${#1}" -gt 200 ]; then
        rulec_flaw='it has more than 200 characters'
      elif ! rulec_flat "$1"; then
        rulec_flaw='it has control characters'
      fi
      ;;
  esac
  [ -z "$rulec_flaw" ]
}

# Finds role $1 among those of the approval that a definition has set; its number is left in `rulec_role_number`.
rulec_has_role() {
  rulec_role_number=0
  while [ "$rulec_role_number" -lt "$rulec_roles" ]; do
    rulec_role_number=$((rulec_role_number + 1))
    eval "rulec_out=\$rulec_role_$rulec_role_number"
    [ "$1" != "$rulec_out" ] || return 0
  done
  rulec_role_number=0
  return 1
}

# Takes a `--as NAME`.
rulec_take_name() {
  rulec_can_sign "$1" || rulec_usage "--as takes a person's name: $rulec_flaw"
  rulec_as=$1
  rulec_json "$1"
  rulec_as_json=",\"name\":$rulec_out"
}

# Reads a line from the terminal after question $1. 1: the run was halted meanwhile. File $2 takes the answer.
rulec_type_in() {
  printf '%b ' "$1" >&2
  rulec_answer=
  rulec_start_reader "$2"
  while rulec_alive "$rulec_reader" "$rulec_reader_birth"; do
    if rulec_halted; then
      kill -s KILL "$rulec_reader" 2>/dev/null
      rulec_reader=
      rm -f "$2"
      echo >&2
      return 1
    fi
    rulec_nap 50
  done
  rulec_reader=
  { read -r rulec_answer <"$2"; } 2>/dev/null
  rm -f "$2"
}

# Shows the gates of a plan without asking for anything.
rulec_show_gates() {
  if [ -n "$rulec_window_from" ]; then
    printf 'window: %s-%s, local time\n' "$rulec_window_from" "$rulec_window_to"
  fi
  rulec_list_approvals 'approval '
}
