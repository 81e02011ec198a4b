# ---- Checks: what a command decides, and what a person decides.

# True where somebody can be asked.
rulec_attended() {
  [ -t 0 ] && [ -t 2 ]
}

rulec_whoami() {
  rulec_who=$(id -un 2>/dev/null) || rulec_who=${LOGNAME:-unknown}
  rulec_who=$rulec_who@$(uname -n)
}

# Asks a person to confirm $1 (a text for `printf %b`), which is $2 as JSON, within $3 milliseconds (none: no
# bound). Leaves in `rulec_end` what came of it: confirmed, declined, timeout, or the cause of a halt.
rulec_confirm() {
  rulec_how='' rulec_code='' rulec_end=declined
  if [ "$rulec_yes" = 1 ]; then
    rulec_how=option
    rulec_tell '  attested with --yes by %s' "$rulec_who"
  elif rulec_attended; then
    printf '         %b [y/N] ' "$1" >&2
    rulec_answer=
    exec 6<&0
    # In braces, else yash tells the number of another process, and the reader is never ended.
    {
      exec 2>/dev/null
      exec head -n 1 <&6 6<&- >"$rulec_folder/answer"
    } &
    rulec_reader=$!
    $rulec_forget "$rulec_reader" 2>/dev/null
    exec 6<&-
    rulec_birth "$rulec_reader"
    rulec_reader_birth=$rulec_out
    rulec_now
    rulec_asked_at=$rulec_ms
    while rulec_alive "$rulec_reader" "$rulec_reader_birth"; do
      rulec_now
      rulec_attempt_ms=$((rulec_ms - rulec_asked_at))
      if rulec_halted; then
        rulec_end=$rulec_cause
      elif [ -n "$3" ] && [ "$rulec_attempt_ms" -ge "$3" ]; then
        rulec_end=timeout
      fi
      if [ "$rulec_end" != declined ]; then
        rulec_code=124
        kill -s KILL "$rulec_reader" 2>/dev/null
        echo >&2
        return 0
      fi
      rulec_nap 50
    done
    { read -r rulec_answer <"$rulec_folder/answer"; } 2>/dev/null
    rm -f "$rulec_folder/answer"
    case $rulec_answer in
      [yY] | [yY][eE][sS]) rulec_how=terminal ;;
    esac
  else
    rulec_tell '  nobody is there to confirm it'
  fi
  [ -n "$rulec_how" ] || return 0
  rulec_end=confirmed
  rulec_json "$rulec_who"
  rulec_json_attested="$rulec_json_attested${rulec_json_attested:+,}{\"text\":$2,\"by\":$rulec_out,\"how\":\"$rulec_how\"}"
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
    rulec_confirm "$rulec_ask" "$rulec_json_ask" "$rulec_limit"
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
  rulec_split=0
  if [ -n "$rulec_op" ]; then
    rulec_split=1
  fi
  rulec_attempt "$1" "$rulec_do" "$rulec_limit" "$rulec_grace"
  rulec_split=0
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
  rulec_status=${rulec_detail%% *}
  rulec_detail=${rulec_detail#* }
}

# Goes through the conditions of list $1 (pre, post, list_N), $2 of them, called $3. Their JSON is left in `rulec_json_held`.
# 0: all that are mandatory hold; 1: one does not, said in `rulec_reason`; 2: halted.
rulec_hold_all() {
  rulec_json_held=
  rulec_n=0
  while [ "$rulec_n" -lt "$2" ]; do
    rulec_n=$((rulec_n + 1))
    if rulec_halted; then
      return 2
    fi
    rulec_defaults
    "rulec_$1_$rulec_n"
    rulec_tell "$rulec_bold%s %s/%s$rulec_plain: %b" "$3" "$rulec_n" "$2" "$rulec_ask"
    rulec_show=1
    if [ "$rulec_mandatory" = 1 ] || [ -n "$rulec_do" ]; then
      rulec_record condition_started ",\"list\":\"$3s\",\"number\":$rulec_n"
    fi
    rulec_hold "$rulec_folder/$1-$rulec_n"
    rulec_record condition_ended ",\"list\":\"$3s\",\"number\":$rulec_n,\"status\":\"$rulec_status\""
    rulec_json "$rulec_detail"
    rulec_mandatory_json=true
    if [ "$rulec_mandatory" = 0 ]; then
      rulec_mandatory_json=false
    fi
    rulec_json_held="$rulec_json_held${rulec_json_held:+,}$rulec_nl    {\"text\":$rulec_json_ask,\"mandatory\":$rulec_mandatory_json,\"status\":\"$rulec_status\",\"detail\":$rulec_out}"
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
          rulec_reason="$3 $rulec_n does not hold: $rulec_detail"
          return 1
        fi
        ;;
    esac
  done
}
