# ---- One look of a monitor: the check, what it was before, and what is done about a change.
#
# `monitors/ID/state` is one line: `v1 STATE SINCE LOOKS TOLD CURED .`, with STATE ok or breach, and moments in
# seconds since 1970. It counts only with the final dot.

# How long a breach lasts, in seconds, before it is told again, and its cure tried again.
rulec_watch_again=3600

# Leaves the moment in `rulec_watch_now`, and for people in `rulec_iso`.
rulec_watch_clock() {
  rulec_out=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')
  rulec_watch_now=${rulec_out%% *} rulec_iso=${rulec_out#* }
}

# A line about the monitor that is set.
rulec_watch_say() {
  rulec_format=$1
  shift
  # shellcheck disable=SC2059 # the format is never data
  printf "$rulec_dim%s$rulec_plain  $rulec_bold%b$rulec_plain: $rulec_format\\n" "$rulec_iso" "$rulec_tag" ${1+"$@"} >&2
}

# Yields a duration of $1 seconds for people.
rulec_watch_span() {
  if [ "$1" -ge 172800 ]; then
    rulec_out=$(($1 / 86400))d
  else
    rulec_span "$(($1 * 1000))"
  fi
}

# Where the files of the monitor that is set are.
rulec_watch_place() {
  rulec_home=$rulec_watches_home/$rulec_watch_folder
  rulec_folder=$rulec_home/runs/$rulec_run
}

# Makes sure that nobody else looks after monitor $1, which is set; 1 where somebody does. What is taken is kept
# until the watch ends.
rulec_watch_hold() {
  rulec_watch_place
  rulec_next=
  eval "rulec_gen=\${rulec_watch_gen_$1-}"
  if [ -z "$rulec_gen" ]; then
    mkdir -p "$rulec_home/lock" "$rulec_folder" 2>/dev/null || rulec_unusable "$rulec_home"
    rulec_lock_timeout=0
    if ! rulec_lock; then
      eval "rulec_said=\${rulec_watch_said_$1-}"
      if [ "$rulec_said" != "$rulec_holder" ]; then
        eval "rulec_watch_said_$1=\$rulec_holder"
        rulec_watch_say 'passed over, it is looked after by %s' "$rulec_holder"
      fi
      rulec_gen=
      return 1
    fi
    eval "rulec_watch_gen_$1=\$rulec_gen; rulec_watch_said_$1="
    rulec_watch_tidy
    rulec_watch_recall "$1"
  fi
  rulec_next=$rulec_home/lock/$((rulec_gen + 1))
}

# Removes the folders of watches that died.
rulec_watch_tidy() {
  set +f
  for rulec_file in "$rulec_home"/runs/watch-*; do
    rulec_birth "${rulec_file##*-}"
    [ -n "$rulec_out" ] || rm -rf "$rulec_file"
  done
  set -f
}

# Recalls what was seen of monitor $1 the last time.
rulec_watch_recall() {
  rulec_watch_was='' rulec_watch_since='' rulec_watch_looks='' rulec_watch_told='' rulec_cured='' rulec_dot='' rulec_mark=
  { read -r rulec_mark rulec_watch_was rulec_watch_since rulec_watch_looks rulec_watch_told rulec_cured rulec_dot <"$rulec_home/state"; } 2>/dev/null
  case $rulec_mark$rulec_watch_was$rulec_watch_since$rulec_watch_looks$rulec_watch_told$rulec_cured$rulec_dot in
    v1ok*. | v1breach*.) ;;
    *) rulec_watch_was=unknown ;;
  esac
  case $rulec_watch_since$rulec_watch_looks$rulec_watch_told$rulec_cured in
    '' | *[!0-9]*) rulec_watch_was=unknown ;;
  esac
  eval "rulec_watch_past_$1='unknown 0 0 0 0'"
  if [ "$rulec_watch_was" != unknown ]; then
    eval "rulec_watch_past_$1=\"\$rulec_watch_was \$rulec_watch_since \$rulec_watch_looks \$rulec_watch_told \$rulec_cured\""
  fi
}

# Keeps what is known of monitor $1, here and for the next watch.
rulec_watch_keep() {
  eval "rulec_watch_past_$1=\"\$rulec_watch_seen \$rulec_watch_since \$rulec_watch_looks \$rulec_watch_told \$rulec_cured\""
  rulec_out="v1 $rulec_watch_seen $rulec_watch_since $rulec_watch_looks $rulec_watch_told $rulec_cured .$rulec_nl"
  if ! rulec_put "$rulec_out" 2>/dev/null >"$rulec_folder/state" || ! mv -f "$rulec_folder/state" "$rulec_home/state" 2>/dev/null; then
    rulec_watch_say 'what was seen cannot be kept: %s' "$rulec_home/state"
  fi
}

# Looks once after monitor $1. Leaves in `rulec_watch_seen`: ok, breach, held (another process looks after it), or cut.
rulec_watch_look() {
  rulec_watch_set "$1"
  rulec_watch_clock
  rulec_watch_seen=held
  rulec_watch_hold "$1" || return 0
  rulec_watch_seen=ok rulec_detail='' rulec_show=0
  { true >"$rulec_folder/look.log"; } 2>/dev/null
  if [ -n "$rulec_op" ]; then
    rulec_split=out
    { true >"$rulec_folder/look.out"; } 2>/dev/null
  fi
  rulec_attempt "$rulec_folder/look" "$rulec_do" "$rulec_limit" "$rulec_grace"
  rulec_split=
  rulec_explain_end
  if rulec_cut; then
    rulec_watch_seen='cut'
    return 0
  fi
  if [ "$rulec_end" != exited ] || [ "$rulec_code" != 0 ]; then
    rulec_watch_seen=breach rulec_detail=$rulec_reason
  elif [ -n "$rulec_op" ]; then
    rulec_measure "$rulec_folder/look.out"
    [ "$rulec_status" = held ] || rulec_watch_seen=breach
  fi
  rulec_watch_weigh "$1"
}

# Holds what was seen of monitor $1 against what was seen before, and does what there is to do.
rulec_watch_weigh() {
  eval "rulec_out=\$rulec_watch_past_$1"
  # shellcheck disable=SC2086 # fields
  set -- "$1" $rulec_out
  rulec_watch_was=$2 rulec_watch_since=$3 rulec_watch_looks=$(($4 + 1)) rulec_watch_told=$5 rulec_cured=$6
  rulec_watch_span "$((rulec_watch_now - rulec_watch_since))"
  rulec_lasted=$rulec_out
  if [ "$rulec_watch_seen" != "$rulec_watch_was" ]; then
    rulec_watch_since=$rulec_watch_now rulec_watch_looks=1 rulec_watch_told=0 rulec_cured=0
  fi
  case $rulec_watch_was:$rulec_watch_seen in
    breach:ok)
      rulec_watch_say "${rulec_green}well again$rulec_plain after %s${rulec_detail:+, %s}" "$rulec_lasted" ${rulec_detail:+"$rulec_detail"}
      rulec_watch_alert ok "well again after $rulec_lasted${rulec_detail:+: $rulec_detail}"
      ;;
    *:ok)
      if [ "$rulec_watch_was" = unknown ] || [ "$rulec_once" = 1 ]; then
        [ "$rulec_quiet" = 1 ] || rulec_watch_say "${rulec_green}ok$rulec_plain${rulec_detail:+, %s}" ${rulec_detail:+"$rulec_detail"}
      fi
      ;;
    breach:breach)
      rulec_watch_breach "$1" "still in breach after $rulec_lasted: $rulec_detail"
      return 0
      ;;
    *)
      rulec_watch_breach "$1" "breach: $rulec_detail"
      return 0
      ;;
  esac
  rulec_watch_keep "$1"
}

# True where moment $1 is so long ago that a breach is told again. A clock that was set back is no reason to wait.
rulec_watch_old() {
  [ "$((rulec_watch_now - $1))" -ge "$rulec_watch_again" ] || [ "$rulec_watch_now" -lt "$1" ]
}

# A breach of monitor $1, which $2 tells: the alert, then the cure.
rulec_watch_breach() {
  rulec_watch_say "${rulec_red}%s$rulec_plain" "$2"
  if rulec_watch_old "$rulec_watch_told"; then
    rulec_tail "$rulec_folder/look.log"
    mv -f "$rulec_folder/look.log" "$rulec_home/breach.log" 2>/dev/null
    rulec_watch_told=$rulec_watch_now
    # One that nobody heard is raised again at the next look.
    rulec_watch_alert breach "$2" || rulec_watch_told=0
  fi
  rulec_watch_due_cure=0
  if [ -n "$rulec_cure" ] && [ -z "$rulec_signal" ] && rulec_watch_old "$rulec_cured"; then
    rulec_watch_due_cure=1
    rulec_cured=$rulec_watch_now
  fi
  rulec_watch_keep "$1"
  [ "$rulec_watch_due_cure" = 1 ] || return 0
  rulec_watch_cure
  [ "$rulec_code" != 0 ] || return 0
  rulec_watch_clock
  rulec_watch_alert breach "$rulec_detail"
}

# Raises the alert of the monitor that is set: $1 is breach or ok, $2 the message. 1 where it could not be raised.
rulec_watch_alert() {
  [ -n "$rulec_json_alert" ] || return 0
  rulec_json "$2"
  rulec_audit alert ",\"monitor\":$rulec_json_id,\"alert\":$rulec_json_alert,\"state\":\"$1\",\"message\":$rulec_out"
  # What cannot be written now is kept for the next time.
  rulec_audit_flush || rulec_watch_say "${rulec_red}the audit log cannot be written$rulec_plain: %s" "$rulec_audit_file"
  if [ -z "$rulec_page" ]; then
    rulec_watch_say "${rulec_red}ALERT$rulec_plain: %s" "$2"
    return 0
  fi
  rulec_env_1=RULEC_ALERT_STEP=monitor/$rulec_watch
  rulec_env_2=RULEC_ALERT_NAME=$rulec_watch_text
  rulec_env_3=RULEC_ALERT_MESSAGE=$2
  rulec_env_4=RULEC_ALERT_STATE=$1
  rulec_envs=4
  { true >"$rulec_folder/alert.log"; } 2>/dev/null
  rulec_attempt "$rulec_folder/alert" "$rulec_page" "$rulec_page_limit" "$rulec_grace"
  rulec_envs=0
  if [ "$rulec_end" = exited ] && [ "$rulec_code" = 0 ]; then
    return 0
  fi
  rulec_explain_end
  rulec_watch_say "${rulec_red}the alert could not be raised$rulec_plain: %s" "$rulec_reason"
  rulec_tail "$rulec_folder/alert.log"
  return 1
}

# Runs the procedure that is to mend it, as anybody would, and waits. Leaves its exit code in `rulec_code`, and what
# there is to say about it in `rulec_detail`. A signal is passed on, so that the run rolls back.
rulec_watch_cure() {
  rulec_script=$rulec_path
  # A breach is the proof that what an earlier run has done does not stand.
  set -- run --color=never --anew
  if [ "$rulec_yes" = 1 ]; then
    set -- "$@" --yes
  fi
  if [ -n "$rulec_cure_script" ]; then
    rulec_script=${rulec_path%/*}/$rulec_cure_script
  else
    rulec_at=0
    while [ "$rulec_at" -lt "$rulec_inputs" ]; do
      rulec_at=$((rulec_at + 1))
      "rulec_input_$rulec_at"
      eval "rulec_given=\${rulec_given_$rulec_at+1}"
      if [ "$rulec_given" = 1 ]; then
        eval "set -- \"\$@\" --input \"\$rulec_in_name=\$rulec_given_$rulec_at\""
      fi
    done
  fi
  rulec_watch_say 'running %s' "$rulec_cure"
  {
    exec </dev/null
    umask "$rulec_umask"
    exec sh "$rulec_script" "$@"
  } &
  rulec_curing=$!
  rulec_birth "$rulec_curing"
  rulec_cure_birth=${rulec_out:--}
  wait "$rulec_curing"
  rulec_code=$?
  if [ -n "$rulec_signal" ]; then
    rulec_watch_say '%s is being cancelled, since SIG%s came' "$rulec_cure" "$rulec_signal"
    if rulec_alive "$rulec_curing" "$rulec_cure_birth"; then
      kill -s TERM "$rulec_curing" 2>/dev/null
    fi
    while rulec_alive "$rulec_curing" "$rulec_cure_birth"; do
      rulec_nap 100
    done
    rulec_code=143
  elif [ "$rulec_code" -gt 255 ]; then
    rulec_code=$((128 + rulec_code % 128))
  fi
  rulec_watch_clock
  case $rulec_code in
    0) rulec_detail="$rulec_cure was run" ;;
    3) rulec_detail="$rulec_cure was refused, exit code 3: a person, an input or a condition is missing" ;;
    7) rulec_detail="$rulec_cure was not run, exit code 7: another run holds the lock" ;;
    *) rulec_detail="$rulec_cure was run and failed: exit code $rulec_code" ;;
  esac
  rulec_watch_say '%s' "$rulec_detail"
}
