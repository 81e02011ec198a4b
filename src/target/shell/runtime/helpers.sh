# ---- Helpers: clock, text, JSON, digests, messages.
# A function that yields a value leaves it in `rulec_out`: a command substitution would cost a process. A signal to
# the whole group, such as that of Ctrl-C, ends one early, and in ksh93 one to the runner does: it yields nothing
# then, and what must not be lost is asked for again.

# Leaves the milliseconds since the start in `rulec_ms`. Only differences are compared, so that shells with
# 32-bit arithmetic may overflow.
rulec_now() {
  if [ "$rulec_clock" = uptime ]; then
    read -r rulec_up rulec_rest </proc/uptime
    rulec_ms=$(((${rulec_up%.*} - rulec_zero) * 1000 + (1${rulec_up#*.} - 100) * 10))
  else
    rulec_ms=$((($(date +%s) - rulec_zero) * 1000))
  fi
}

rulec_start_clock() {
  rulec_clock='date'
  if [ -r /proc/uptime ] && read -r rulec_up rulec_rest </proc/uptime; then
    case $rulec_up in
      *[!0-9.]* | '') ;;
      *.[0-9][0-9])
        rulec_clock=uptime
        rulec_zero=${rulec_up%.*}
        ;;
    esac
  fi
  if [ "$rulec_clock" = date ]; then
    rulec_zero=$(date +%s)
  fi
  rulec_fractions=
  for rulec_nth_time in 1 2 3; do
    rulec_stamp=$(date -u '+%Y-%m-%dT%H:%M:%SZ %s')
    [ -z "$rulec_stamp" ] || break
  done
  rulec_epoch=${rulec_stamp#* }
  rulec_stamp=${rulec_stamp% *}
  rulec_now
  rulec_from=$rulec_ms
}

# Sleeps for $1 milliseconds; to the next whole second where `sleep` takes no fractions.
rulec_nap() {
  rulec_nap_words "$1"
  sleep "$rulec_out"
}

# Yields $1 milliseconds as `sleep` takes them.
rulec_nap_words() {
  if [ -z "$rulec_fractions" ]; then
    rulec_fractions=0
    if sleep 0.0 2>/dev/null; then
      rulec_fractions=1
    fi
  fi
  rulec_out=$((($1 + 999) / 1000))
  if [ "$rulec_fractions" = 1 ]; then
    rulec_part=$((1000 + $1 % 1000))
    rulec_out=$(($1 / 1000)).${rulec_part#1}
  fi
}

# Yields path $1 as one from the root.
rulec_absolute() {
  rulec_out=$1
  case $1:${PWD-} in
    /*) ;;
    *:/*) rulec_out=${PWD%/}/$1 ;;
    *)
      rulec_out=$(pwd && echo .)
      rulec_out=${rulec_out%"$rulec_nl".}/$1
      ;;
  esac
}

# Writes a line to the trace, where one is asked for: $1 has happened, and $2 are further members of its JSON.
rulec_record() {
  [ -n "$rulec_trace" ] || return 0
  rulec_now
  if ! rulec_put "{\"at_ms\":$((rulec_ms - rulec_from)),\"event\":\"$1\"${2-}}$rulec_nl" 2>/dev/null >>"$rulec_trace"; then
    rulec_note 'the trace ends here, it can no longer be written: %s' "$rulec_trace"
    rulec_trace=
  fi
}

# Takes notice of signals, of a request to cancel, and of the bound on the run: what comes first breaks it off.
rulec_heed() {
  if [ "$rulec_shield" = 1 ] || [ -n "$rulec_off" ]; then
    if [ "$rulec_signal" != "$rulec_heard" ]; then
      rulec_heard=$rulec_signal
      rulec_log '  SIG%s is left aside: what is under way runs to its end' "$rulec_signal"
    fi
    return 0
  fi
  if [ -n "$rulec_signal" ]; then
    rulec_heard=$rulec_signal
    rulec_cause=$rulec_signal
    rulec_break_off cancelled
  elif [ -n "$rulec_folder" ] && [ -e "$rulec_folder/cancel" ]; then
    rulec_cause=cancel
    rulec_break_off cancelled
  elif [ -n "$rulec_bound" ]; then
    rulec_now
    if [ "$((rulec_ms - rulec_bound_from))" -ge "$rulec_bound" ]; then
      rulec_cause=deadline
      rulec_break_off deadline
    fi
  fi
}

# True where the run must not go on; `rulec_cause` says why.
rulec_halted() {
  rulec_heed
  [ "$rulec_shield" = 0 ] && [ -n "$rulec_off" ]
}

# Waits for $1 milliseconds; 1 where the run was halted meanwhile.
rulec_wait() {
  rulec_audit_rest
  rulec_now
  rulec_wait_from=$rulec_ms
  while :; do
    if rulec_halted; then
      return 1
    fi
    rulec_now
    rulec_left=$(($1 - (rulec_ms - rulec_wait_from)))
    if [ "$rulec_left" -le 0 ]; then
      return 0
    fi
    if [ "$rulec_left" -gt 200 ]; then
      rulec_left=200
    fi
    rulec_nap "$rulec_left"
  done
}

# Yields a duration of $1 milliseconds for people.
rulec_span() {
  if [ "$1" -lt 60000 ]; then
    rulec_out=$(($1 / 1000))
    if [ "$(($1 % 1000))" -gt 0 ]; then
      rulec_part=$((1000 + $1 % 1000))
      rulec_out=$rulec_out.${rulec_part#1}
      while :; do
        case $rulec_out in
          *0) rulec_out=${rulec_out%0} ;;
          *) break ;;
        esac
      done
    fi
    rulec_out=${rulec_out}s
  elif [ "$1" -lt 3600000 ]; then
    rulec_out=$(($1 / 60000))m$(($1 % 60000 / 1000))s
  else
    rulec_out=$(($1 / 3600000))h$(($1 % 3600000 / 60000))m
  fi
}

# The same, to a tenth of a second: measured times need no more.
rulec_took() {
  if [ "$1" -lt 60000 ]; then
    rulec_out=$(($1 / 1000)).$(($1 % 1000 / 100))s
  else
    rulec_span "$1"
  fi
}

# Yields the text that $1 holds in the escapes of `printf %b`. A shell whose locale can't hold it must not
# run what is left of it.
rulec_text() {
  for rulec_nth_time in 1 2 3; do
    rulec_out=$(rulec_unescape "$1.")
    case $rulec_out in
      *.)
        rulec_out=${rulec_out%.}
        return 0
        ;;
    esac
  done
  rulec_note 'this shell cannot hold the text of the plan in this locale: run it in another shell, or with LC_ALL=C.UTF-8'
  rulec_leave 14
}

# Standard input as a JSON string. What is not UTF-8 becomes U+FFFD.
rulec_json_stream() {
  LC_ALL=C od -An -v -tu1 | LC_ALL=C awk '
    function unit(code) { printf "\\u%04x", code }
    function character(code) {
      if (code >= 65536) {
        unit(55296 + int((code - 65536) / 1024))
        unit(56320 + (code - 65536) % 1024)
      } else unit(code)
    }
    function byte(b) {
      if (need > 0) {
        if (b >= low && b <= high) {
          code = code * 64 + b - 128
          low = 128
          high = 191
          if (--need == 0) character(code)
          return
        }
        unit(65533)
        need = 0
      }
      low = 128
      high = 191
      if (b == 34) printf "\\\""
      else if (b == 92) printf "\\\\"
      else if (b == 10) printf "\\n"
      else if (b < 32 || b == 127) unit(b)
      else if (b < 128) printf "%c", b
      else if (b >= 194 && b <= 223) { need = 1; code = b - 192 }
      else if (b >= 224 && b <= 239) {
        need = 2
        code = b - 224
        if (b == 224) low = 160
        if (b == 237) high = 159
      } else if (b >= 240 && b <= 244) {
        need = 3
        code = b - 240
        if (b == 240) low = 144
        if (b == 244) high = 143
      } else unit(65533)
    }
    BEGIN { printf "\"" }
    { for (i = 1; i <= NF; i++) byte($i + 0) }
    END {
      if (need > 0) unit(65533)
      printf "\""
    }'
}

# Yields $1 as a JSON string.
rulec_json() {
  case $1 in
    *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\ _.,:/=+@%-]*)
      for rulec_nth_time in 1 2 3; do
        rulec_out=$(rulec_put "$1" | rulec_json_stream)
        case $rulec_out in
          '"'*'"') return 0 ;;
        esac
      done
      rulec_out='""'
      ;;
    *) rulec_out="\"$1\"" ;;
  esac
}

# Finds what tells the SHA-256 of its standard input: `rulec_hasher`, as words. The shell runs it as it stands,
# without a process of its own around it.
rulec_find_hasher() {
  rulec_hasher=false
  if command -v sha256sum >/dev/null 2>&1; then
    rulec_hasher=sha256sum
  elif command -v shasum >/dev/null 2>&1; then
    rulec_hasher='shasum -a 256'
  elif command -v openssl >/dev/null 2>&1; then
    rulec_hasher='openssl dgst -sha256'
  fi
}

# Yields the 64 digits in $1, which a hasher printed; nothing where it could not tell. One puts a name before
# them, the others one behind.
rulec_hash_of() {
  rulec_out=${1##*= }
  rulec_out=${rulec_out%% *}
  [ "${#rulec_out}" = 64 ] || rulec_out=
}

# Yields the SHA-256 of text $1 as 64 digits; nothing where it cannot be told. A short text goes through a file of the
# run, which takes one process where a pipe takes three.
rulec_sha_of() {
  if [ -n "$rulec_folder" ] && [ "${#1}" -lt 1000 ] && { rulec_put "$1" >"$rulec_folder/line"; } 2>/dev/null; then
    # shellcheck disable=SC2086 # words
    rulec_hash_of "$($rulec_exec $rulec_hasher <"$rulec_folder/line")"
    [ -z "$rulec_out" ] || return 0
  fi
  # shellcheck disable=SC2086 # words
  rulec_hash_of "$(rulec_put "$1" | $rulec_hasher)"
}

# Names a step whose id $1 and name $2 stand in JSON as they are.
rulec_named() {
  rulec_tag=$1 rulec_label=$2 rulec_json_id="\"$1\"" rulec_json_name="\"$2\""
}

# The same for what a person is asked.
rulec_asking() {
  rulec_ask=$1 rulec_json_ask="\"$1\""
}

rulec_colours() {
  rulec_bold='' rulec_red='' rulec_green='' rulec_yellow='' rulec_dim='' rulec_plain=
  if [ "$rulec_colour" = auto ]; then
    rulec_colour=never
    if [ -t 2 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
      rulec_colour=always
    fi
  fi
  if [ "$rulec_colour" = always ]; then
    rulec_bold='\033[1m' rulec_red='\033[31m' rulec_green='\033[32m' rulec_yellow='\033[33m'
    rulec_dim='\033[2m' rulec_plain='\033[0m'
  fi
}

# A message of the script itself: $1 is a format, the rest its arguments.
rulec_note() {
  rulec_format=$1
  shift
  rulec_print "rulec: $rulec_format\\n" ${1+"$@"} >&2
}

# A line of progress, after the time elapsed.
rulec_log() {
  rulec_now
  rulec_took "$((rulec_ms - rulec_from))"
  while [ "${#rulec_out}" -lt 7 ]; do
    rulec_out=" $rulec_out"
  done
  rulec_format=$1
  shift
  rulec_print "$rulec_dim$rulec_out$rulec_plain  $rulec_format\\n" ${1+"$@"} >&2
}

# The heading of what comes now: $1 of a kind, $2 of $3.
rulec_head() {
  rulec_title="$rulec_label ($rulec_tag)"
  if [ "$rulec_label" = "$rulec_tag" ]; then
    rulec_title=$rulec_tag
  fi
  rulec_tell "$rulec_bold%s %s/%s$rulec_plain: %b" "$1" "$2" "$3" "$rulec_title"
}

# A line of progress that `--quiet` leaves out.
rulec_tell() {
  [ "$rulec_quiet" = 1 ] || rulec_log "$@"
}

# Yields $1 as one word of a shell.
rulec_quote() {
  rulec_out=$1
  case $1 in
    '' | *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/=+@%-]*)
      rulec_rest=$1 rulec_out=$rulec_tick
      while :; do
        case $rulec_rest in
          *"$rulec_tick"*)
            rulec_out=$rulec_out${rulec_rest%%"$rulec_tick"*}$rulec_tick\\$rulec_tick$rulec_tick
            rulec_rest=${rulec_rest#*"$rulec_tick"}
            ;;
          *) break ;;
        esac
      done
      rulec_out=$rulec_out$rulec_rest$rulec_tick
      ;;
  esac
}
