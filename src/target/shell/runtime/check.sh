# ---- Checks: what a command decides, and what a person decides.

# True where somebody can be asked.
rulec_attended() {
  [ -t 0 ] && [ -t 2 ]
}

rulec_whoami() {
  rulec_who=$(id -un 2>/dev/null) || rulec_who=${LOGNAME:-unknown}
  rulec_node=
  if [ -r /proc/sys/kernel/hostname ]; then
    read -r rulec_node </proc/sys/kernel/hostname
  fi
  : "${rulec_node:=$(uname -n)}"
  rulec_who=$rulec_who@$rulec_node
}

# Asks a person, as job $1, to confirm `rulec_ask` within $2 milliseconds (none: no bound). What comes of it is told
# like the end of a command: confirmed, declined, timeout, or the cause of a halt. One question at a time. What is
# answered without anybody is answered in the next turn, like all that ends: what is ready together with the step
# comes before.
rulec_ask_person() {
  rulec_now
  eval "rulec_job_base_$1=\$rulec_folder/answer rulec_job_cookie_$1=none rulec_job_from_$1=$rulec_ms rulec_job_limit_$1=$2
    rulec_job_grace_$1=0 rulec_job_stop_$1= rulec_job_why_$1= rulec_job_split_$1= rulec_job_pid_$1=person
    rulec_job_birth_$1= rulec_job_filters_$1= rulec_job_ask_$1=\$rulec_ask rulec_job_json_$1=\$rulec_json_ask"
  rulec_active="$rulec_active$1 "
  if [ "$rulec_yes" = 1 ] || ! rulec_attended; then
    rulec_decided="$rulec_decided$1 "
    return 0
  fi
  rulec_questions="$rulec_questions$1 "
  rulec_open_question
}

# Puts the first question that waits, if none is open.
rulec_open_question() {
  [ -z "$rulec_reader" ] && [ -n "$rulec_questions" ] || return 0
  rulec_flush
  rulec_asked=${rulec_questions%% *}
  eval "printf '         %b [y/N] ' \"\$rulec_job_ask_$rulec_asked\"" >&2
  rulec_start_reader "$rulec_folder/answer"
}

# Lets `rulec_reader` read a line from the terminal into file $1. Whoever waits for it empties that variable.
rulec_start_reader() {
  rm -f "$1"
  exec 6<&0
  # In braces, else yash tells the number of another process, and the reader is never ended.
  {
    exec 2>/dev/null 7<&-
    exec head -n 1 <&6 6<&- >"$1"
  } &
  rulec_reader=$!
  $rulec_forget "$rulec_reader" 2>/dev/null
  exec 6<&-
  rulec_birth "$rulec_reader"
  rulec_reader_birth=${rulec_out:--}
}

# Answers the question that was taken, for which nobody is asked.
rulec_answer() {
  if [ "$rulec_yes" = 1 ]; then
    rulec_tell '  attested with --yes by %s' "${rulec_as:-$rulec_who}"
    eval "rulec_json_ask=\$rulec_job_json_$rulec_job"
    rulec_attest_now option
    rulec_job_end=confirmed
  else
    rulec_tell '  nobody is there to confirm it'
    rulec_job_end=declined
  fi
}

# Looks whether the question that was taken is answered, or is to be asked no more.
rulec_look_at_answer() {
  rulec_job_code='' rulec_job_end=
  case " $rulec_decided" in
    *" $rulec_job "*) rulec_out=1 ;;
    *) rulec_out=0 ;;
  esac
  if [ -n "$rulec_job_stop" ]; then
    rulec_job_end=$rulec_job_why
  elif [ "$rulec_out" = 1 ]; then
    rulec_answer
  elif [ "$rulec_job" = "$rulec_asked" ] && [ -n "$rulec_reader" ] && ! rulec_alive "$rulec_reader" "$rulec_reader_birth"; then
    rulec_reader='' rulec_answer='' rulec_job_end=declined
    { read -r rulec_answer <"$rulec_folder/answer"; } 2>/dev/null
    case $rulec_answer in
      [yY] | [yY][eE][sS])
        rulec_job_end=confirmed
        eval "rulec_json_ask=\$rulec_job_json_$rulec_job"
        rulec_attest_now terminal
        ;;
    esac
  else
    rulec_now
    if [ -n "$rulec_job_limit" ] && [ "$((rulec_ms - rulec_attempt_from))" -ge "$rulec_job_limit" ]; then
      rulec_job_end=timeout
    fi
  fi
  [ -n "$rulec_job_end" ] || return 0
  case $rulec_job_end in
    confirmed | declined) ;;
    *)
      rulec_job_code=124
      if [ "$rulec_job" = "$rulec_asked" ] && [ -n "$rulec_reader" ]; then
        kill -s KILL "$rulec_reader" 2>/dev/null
        rulec_reader=
        echo >&2
      fi
      ;;
  esac
  rulec_now
  rulec_attempt_ms=$((rulec_ms - rulec_attempt_from))
  rulec_drop active "$rulec_job"
  rulec_drop questions "$rulec_job"
  rulec_drop decided "$rulec_job"
  rulec_answered_job=$rulec_job
  rulec_open_question
  rulec_goes_on "$rulec_answered_job"
}

# Writes down that somebody confirmed `rulec_json_ask`; $1 says how.
rulec_attest_now() {
  rulec_attestations=$((rulec_attestations + 1))
  rulec_json "$rulec_who"
  rulec_result attested "$rulec_attestations" "{\"text\":$rulec_json_ask,\"by\":$rulec_out$rulec_as_json,\"how\":\"$1\"}"
  rulec_audit attested ",\"text\":$rulec_json_ask$rulec_as_json,\"how\":\"$1\""
}

# Asks, and waits for the answer.
rulec_confirm() {
  rulec_ask_person 0 "$1"
  while [ -n "$rulec_active" ]; do
    rulec_turn
  done
}

# Holds the condition that a definition has set against the world. Leaves in `rulec_status`: held, failed,
# attested, declined, unconfirmed or cancelled; what is to be said about it in `rulec_detail`. $1: path of its files.
rulec_hold() {
  rulec_detail='' rulec_code=
  if [ -z "$rulec_do" ]; then
    rulec_status=unconfirmed rulec_end=unasked
    if [ "$rulec_mandatory" = 0 ]; then
      return 0
    fi
    rulec_confirm "$rulec_limit"
    case $rulec_end in
      confirmed) rulec_status=attested ;;
      declined) rulec_status=declined rulec_detail='nobody confirmed it' ;;
      *)
        rulec_explain_end
        rulec_status=failed rulec_detail=$rulec_reason
        ;;
    esac
    if rulec_cut; then
      rulec_status=cancelled
    fi
    return 0
  fi
  rulec_split=
  if [ -n "$rulec_op" ]; then
    rulec_split=out
  fi
  rulec_attempt "$1" "$rulec_do" "$rulec_limit" "$rulec_grace"
  rulec_split=
  rulec_status=held
  rulec_explain_end
  if [ "$rulec_end" != exited ] || [ "$rulec_code" != 0 ]; then
    rulec_status=failed
    rulec_detail=$rulec_reason
    if rulec_cut; then
      rulec_status=cancelled
    fi
  elif [ -n "$rulec_op" ]; then
    rulec_measure "$1.out"
  fi
}

# Compares the first line of file $1 with the bound.
rulec_measure() {
  for rulec_nth_time in 1 2 3; do
    rulec_compare "$1"
    [ -z "$rulec_detail" ] || break
  done
  rulec_status=${rulec_detail%% *}
  rulec_detail=${rulec_detail#* }
}

rulec_compare() {
  rulec_detail=$(LC_ALL=C awk -v op="$rulec_op" -v bound="$rulec_value" -v unit="$rulec_unit" '
    function space(text) { return text == "" ? "" : " " text }
    NR == 1 {
      sub(/\r$/, "")
      gsub(/^[ \t]+|[ \t]+$/, "")
      text = $0
    }
    END {
      wanted = "wanted " op " " bound space(unit)
      if (text !~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/) {
        gsub(/[^ -~]/, "?", text)
        print "failed printed `" substr(text, 1, 60) "`, which is no number; " wanted
        exit
      }
      number = text + 0
      limit = bound + 0
      holds = op == "<" && number < limit || op == "<=" && number <= limit || op == ">" && number > limit ||
        op == ">=" && number >= limit || op == "==" && number == limit
      print (holds ? "held" : "failed") " measured " text space(unit) ", " wanted
    }' "$1" 2>/dev/null)
}

# Goes through the conditions of list $1 (pre, post, checklist_N), $2 of them, called $3.
# 0: all that are mandatory hold; 1: one does not, said in `rulec_reason`; 2: halted.
rulec_hold_all() {
  rulec_unload
  case $1 in
    pre) rulec_list_key=preconditions ;;
    post) rulec_list_key=postconditions ;;
    *) rulec_list_key=checklist ;;
  esac
  rulec_list_at=0
  while [ "$rulec_list_at" -lt "$2" ]; do
    rulec_list_at=$((rulec_list_at + 1))
    if rulec_halted; then
      return 2
    fi
    rulec_defaults
    "rulec_$1_$rulec_list_at"
    rulec_tell "$rulec_bold%s %s/%s$rulec_plain: %b" "$3" "$rulec_list_at" "$2" "$rulec_ask"
    rulec_show=1
    if [ "$rulec_mandatory" = 1 ] || [ -n "$rulec_do" ]; then
      rulec_record condition_started ",\"list\":\"$3s\",\"number\":$rulec_list_at"
    fi
    rulec_hold "$rulec_folder/$1-$rulec_list_at"
    rulec_record condition_ended ",\"list\":\"$3s\",\"number\":$rulec_list_at,\"status\":\"$rulec_status\""
    rulec_json "$rulec_detail"
    rulec_mandatory_json=true
    if [ "$rulec_mandatory" = 0 ]; then
      rulec_mandatory_json=false
    fi
    rulec_result "$rulec_list_key" "$rulec_list_at" "{\"text\":$rulec_json_ask,\"mandatory\":$rulec_mandatory_json,\"status\":\"$rulec_status\",\"detail\":$rulec_out}"
    case $rulec_status in
      held) rulec_tell "  ${rulec_green}holds$rulec_plain${rulec_detail:+, }%s" "$rulec_detail" ;;
      attested) ;;
      unconfirmed) rulec_tell '  not mandatory, and nothing checks it' ;;
      cancelled) return 2 ;;
      *)
        if [ "$rulec_mandatory" = 0 ]; then
          rulec_log "  ${rulec_yellow}does not hold$rulec_plain, but is not mandatory: %s" "$rulec_detail"
        else
          rulec_log "  ${rulec_red}does not hold$rulec_plain: %s" "$rulec_detail"
          rulec_reason="$3 $rulec_list_at does not hold: $rulec_detail"
          return 1
        fi
        ;;
    esac
  done
}
