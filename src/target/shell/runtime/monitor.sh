# ---- Monitors: the watch, that is which monitor is due when, and how the watch ends.

# Adds monitor $1 to those that are looked after.
rulec_watch_add() {
  rulec_watches
  rulec_w=0
  while [ "$rulec_w" -lt "$rulec_monitors" ]; do
    rulec_w=$((rulec_w + 1))
    "rulec_monitor_$rulec_w"
    if [ "$rulec_watch" = "$1" ]; then
      case " $rulec_chosen " in
        *" $rulec_w "*) ;;
        *) rulec_chosen="$rulec_chosen $rulec_w" ;;
      esac
      return 0
    fi
  done
  rulec_usage "there is no monitor $1"
}

# The command `monitor`: looks after the monitors in `rulec_chosen` (none: all), until it is ended or, where
# `rulec_once` is 1, once.
rulec_monitor() {
  rulec_watches
  [ "$rulec_monitors" -gt 0 ] || rulec_usage 'the rules have no monitors'
  if [ -z "$rulec_chosen" ]; then
    rulec_w=0
    while [ "$rulec_w" -lt "$rulec_monitors" ]; do
      rulec_w=$((rulec_w + 1))
      rulec_chosen="$rulec_chosen $rulec_w"
    done
  fi
  rulec_refused=0
  rulec_refusals
  [ "$rulec_refused" = 0 ] || rulec_leave 3
  rulec_take_inputs
  if [ -n "$rulec_problems" ]; then
    rulec_note 'inputs are missing or wrong:'
    rulec_put "$rulec_problems" | sed 's/^/  /' >&2
    rulec_leave 3
  fi
  rulec_watch_cures
  rulec_audit_open
  rulec_watches_home=$rulec_home/monitors
  mkdir -p "$rulec_watches_home" 2>/dev/null || rulec_unusable "$rulec_watches_home"
  rulec_run=watch-$$
  rulec_token=$rulec_run.$rulec_life
  rulec_exit=0
  if [ "$rulec_once" = 1 ]; then
    rulec_watch_once
  else
    rulec_watch_on
  fi
  rulec_watch_end
}

# Refuses where a breach would run a procedure whose script is not there.
rulec_watch_cures() {
  rulec_refused=0
  for rulec_w in $rulec_chosen; do
    rulec_watch_set "$rulec_w"
    if [ -n "$rulec_cure_script" ] && [ ! -r "${rulec_path%/*}/$rulec_cure_script" ]; then
      rulec_refused=1
      rulec_note 'refused: a breach of monitor %s runs %s, but its script is not there: %s' \
        "$rulec_watch" "$rulec_cure" "${rulec_path%/*}/$rulec_cure_script"
      rulec_note 'compile it to that place, or name the monitors that are to be looked after'
    fi
  done
  [ "$rulec_refused" = 0 ] || rulec_leave 3
}

# Sets the definition of monitor $1.
rulec_watch_set() {
  rulec_defaults
  rulec_json_alert='' rulec_page='' rulec_page_limit='' rulec_cure='' rulec_cure_script=
  "rulec_monitor_$1"
}

# Looks once after each; a breach makes 1, a monitor that another process looks after 7.
rulec_watch_once() {
  rulec_breaches=0 rulec_passed_over=0
  for rulec_w in $rulec_chosen; do
    rulec_watch_look "$rulec_w"
    case $rulec_watch_seen in
      breach) rulec_breaches=1 ;;
      held) rulec_passed_over=1 ;;
    esac
    [ -z "$rulec_signal" ] || break
  done
  if [ -n "$rulec_signal" ]; then
    rulec_watch_stopped 143
  elif [ "$rulec_breaches" = 1 ]; then
    rulec_exit=1
  elif [ "$rulec_passed_over" = 1 ]; then
    rulec_exit=7
  fi
}

# Looks after them over and over, each at its own pace, one at a time.
rulec_watch_on() {
  rulec_watch_clock
  rulec_now
  for rulec_w in $rulec_chosen; do
    eval "rulec_watch_due_$rulec_w=\$rulec_ms"
  done
  while [ -z "$rulec_signal" ]; do
    rulec_now
    rulec_soonest='' rulec_first=
    for rulec_w in $rulec_chosen; do
      eval "rulec_left=\$((rulec_watch_due_$rulec_w - rulec_ms))"
      if [ -z "$rulec_first" ] || [ "$rulec_left" -lt "$rulec_soonest" ]; then
        rulec_soonest=$rulec_left rulec_first=$rulec_w
      fi
    done
    if [ "$rulec_soonest" -gt 0 ]; then
      rulec_watch_sleep "$rulec_soonest"
      continue
    fi
    rulec_watch_look "$rulec_first"
    # From start to start, so that nothing adds up; what was missed is not made up for.
    rulec_now
    eval "rulec_watch_due=\$((rulec_watch_due_$rulec_first + rulec_every))"
    rulec_missed=$(((rulec_ms - rulec_watch_due) / rulec_every))
    if [ "$rulec_missed" -gt 0 ]; then
      rulec_watch_due=$((rulec_watch_due + rulec_missed * rulec_every))
      rulec_watch_say 'looks that there was no time for: %s' "$rulec_missed"
    fi
    eval "rulec_watch_due_$rulec_first=\$rulec_watch_due"
  done
  rulec_watch_stopped 0
}

# What a signal comes to; TERM, by which a service is stopped, to $1.
rulec_watch_stopped() {
  case $rulec_signal in
    HUP) rulec_exit=129 ;;
    INT) rulec_exit=130 ;;
    *) rulec_exit=$1 ;;
  esac
}

# Sleeps for $1 milliseconds at most, less where a signal comes. One that comes just before the sleep begins is
# heard at its end, so that is never far.
rulec_watch_sleep() {
  rulec_left=$1
  if [ "$rulec_left" -gt 2000 ]; then
    rulec_left=2000
  fi
  rulec_nap_words "$rulec_left"
  {
    exec </dev/null >/dev/null 2>&1
    exec sleep "$rulec_out"
  } &
  wait "$!" 2>/dev/null
}

# Gives back what is held, and ends with `rulec_exit`.
rulec_watch_end() {
  trap '' INT TERM HUP
  for rulec_w in $rulec_chosen; do
    rulec_watch_set "$rulec_w"
    rulec_watch_place
    eval "rulec_gen=\${rulec_watch_gen_$rulec_w-}"
    rulec_unlock
    rm -rf "$rulec_folder"
  done
  rulec_leave "$rulec_exit"
}
