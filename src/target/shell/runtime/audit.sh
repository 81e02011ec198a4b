# ---- The audit log: one JSON object a line, each with the hash of the one before it.
#
#   {"seq":N,"at":"UTC","run":"...","execution":"...","plan":"sha256:...","by":"USER@HOST","event":"...",...,"prev":"HEX","hash":"HEX"}
#
# `hash` is the SHA-256 of the line's text before `,"hash":`, `prev` the `hash` of the line with the number before;
# 64 zeros for the first of all. One file is one chain, whoever writes: a lock of its own beside it, `FILE.lock/`,
# is held for each writing, since runs without a lock, or of other scopes, may share the file. A runner whose steps
# follow each other at once keeps it from one writing to the next, and gives it back as soon as it has to wait: others
# get their turn within a tenth of a second. A generation says in a second line how far the chain had come when it was
# released.
#
# What is left of a line that a crash or a full disk cut off stays where it is; the next line is an event `torn`
# with the SHA-256 of what stands between it and the last whole line. Where lines are kept for some days only, the
# file is put aside at the first run of a day as `FILE.NUMBER-DAY` (1000000000 and the number of its first line; the
# day of its last), and whole files that are too old are removed, after an event `anchor` that names the last line
# removed.

rulec_audit_zeros=0000000000000000000000000000000000000000000000000000000000000000

rulec_audit_unusable() {
  rulec_note 'the audit log cannot be kept, so nothing was run: %s' "$1"
  rulec_note '%s' "$2"
  rulec_leave 9
}

# Finds the file, in `rulec_audit_file`, makes sure that it can be written, and does what is due before a run.
rulec_audit_open() {
  [ "$rulec_audit_on" = 1 ] || return 0
  rulec_audit_find
  rulec_json "$rulec_who"
  rulec_audit_by=$rulec_out
  if [ -n "$rulec_audit_path" ]; then
    rulec_out=${rulec_audit_file%/*}
    [ -d "${rulec_out:=/}" ] || mkdir -p -- "$rulec_out" 2>/dev/null
    rulec_lax=1
    rulec_examine "$rulec_out" || rulec_audit_unusable "$rulec_fault" "$rulec_mend (the rules say where: executor.audit.path)"
    rulec_lax=0
  fi
  for rulec_out in "$rulec_audit_file" "$rulec_audit_file.lock"; do
    [ ! -h "$rulec_out" ] || rulec_audit_unusable "$rulec_out is a link" 'put a file in its place, or change executor.audit.path in the rules'
  done
  if [ -e "$rulec_audit_file" ] && [ ! -f "$rulec_audit_file" ]; then
    rulec_audit_unusable "$rulec_audit_file is not a file" 'move it away, or change executor.audit.path in the rules'
  fi
  if ! { true >>"$rulec_audit_file"; } 2>/dev/null || { [ ! -d "$rulec_audit_file.lock" ] && ! mkdir "$rulec_audit_file.lock" 2>/dev/null && [ ! -d "$rulec_audit_file.lock" ]; }; then
    rulec_audit_unusable "$rulec_audit_file cannot be written" 'give its folder to the user of this script, or make room on the disk'
  fi
  if [ -n "$rulec_audit_path" ]; then
    # shellcheck disable=SC2012,SC2046 # mode and owner stand before the name
    set -- $(LC_ALL=C ls -ldn "$rulec_audit_file" 2>/dev/null)
    case ${1-}:${3-} in
      ?????w*:* | ????????w*:*) rulec_audit_unusable "others may write $rulec_audit_file" "run: chmod go-w '$rulec_audit_file'" ;;
      *:"$rulec_user") ;;
      *) rulec_audit_unusable "$rulec_audit_file belongs to user ${3-?}" 'run this script as that user, or change executor.audit.path in the rules' ;;
    esac
  fi
  rulec_fault=
  if rulec_audit_take; then
    rulec_made=0
    { rulec_audit_check_tail && rulec_audit_retire; } || rulec_made=1
    rulec_audit_release
    [ "$rulec_made" = 1 ] || return 0
  fi
  rulec_audit_unusable "${rulec_fault:-$rulec_audit_file cannot be written}" 'mend that, and run it again'
}

rulec_audit_find() {
  case $rulec_audit_path in
    '') rulec_audit_file=$rulec_home/audit.jsonl ;;
    *)
      rulec_absolute "$rulec_audit_path"
      rulec_audit_file=$rulec_out
      ;;
  esac
}

# Writes down that event $1 has happened; $2: members of its JSON. It is in the file after `rulec_audit_flush`.
rulec_audit() {
  [ "$rulec_audit_on" = 1 ] || return 0
  rulec_audit_body "$1" "${2-}"
  rulec_audit_due=$rulec_audit_due$rulec_out$rulec_nl
}

# Yields the middle of a line.
rulec_audit_body() {
  rulec_audit_members=${2#,}
  while :; do
    case $rulec_audit_members in
      *"$rulec_nl"*) rulec_audit_members="${rulec_audit_members%%"$rulec_nl"*} ${rulec_audit_members#*"$rulec_nl"}" ;;
      *) break ;;
    esac
  done
  rulec_iso
  rulec_out="\"at\":\"$rulec_out\",\"run\":\"${rulec_run:--}\",\"execution\":\"${rulec_execution:--}\",\"plan\":\"$rulec_digest\",\"by\":$rulec_audit_by,\"event\":\"$1\"${rulec_audit_members:+,}$rulec_audit_members"
}

# Puts what has happened since the last time into the file. 1: it cannot be written, and is left for another try.
# With `keep`, the lock is kept until `rulec_audit_rest`.
rulec_audit_flush() {
  [ -n "$rulec_audit_due" ] || return 0
  if [ "$rulec_audit_kept" = 0 ]; then
    rulec_audit_take || return 1
  fi
  if { [ -n "$rulec_audit_seq" ] || rulec_audit_read_tail; } && rulec_audit_write; then
    rulec_audit_due=
  fi
  if [ "${1-}" = keep ] && [ -z "$rulec_audit_due" ]; then
    rulec_audit_kept=1 rulec_audit_last=$rulec_audit_seq rulec_audit_last_hash=$rulec_audit_hash
  else
    rulec_audit_release
  fi
  [ -z "$rulec_audit_due" ]
}

# Gives the lock back where it was kept.
rulec_audit_rest() {
  [ "$rulec_audit_kept" = 0 ] || rulec_audit_release
}

# Yields as JSON how far the chain has come; `null` where there is none, or where it was not opened.
rulec_audit_head() {
  rulec_out=null
  [ "$rulec_audit_on" = 1 ] && [ -n "${rulec_audit_file-}" ] || return 0
  rulec_json "$rulec_audit_file"
  rulec_out="{\"file\":$rulec_out,\"lines\":${rulec_audit_last:-0},\"hash\":\"${rulec_audit_last_hash:-$rulec_audit_zeros}\"}"
}

# Takes the lock of the file, for moments only. What the last one left is in `rulec_audit_seq` and `rulec_audit_hash`;
# nothing, where that must be read from the file. 1: it is not to be had, said in `rulec_fault`.
rulec_audit_take() {
  rulec_now
  rulec_audit_from=$rulec_ms
  while :; do
    rulec_read_lock "$rulec_audit_file.lock"
    rulec_audit_seq='' rulec_audit_hash='' rulec_dot=
    case $rulec_state in
      held | stale)
        { read -r rulec_out && read -r rulec_out rulec_audit_seq rulec_audit_hash rulec_dot; } 2>/dev/null <"$rulec_audit_file.lock/$rulec_latest"
        if [ "$rulec_dot" = . ]; then
          rulec_state=released
        else
          rulec_audit_seq=
          if [ "$rulec_dot" = - ] || [ "$rulec_owner $rulec_owner_birth $rulec_host $rulec_space" = "$$ $rulec_life $rulec_here" ]; then
            rulec_state=stale
          fi
        fi
        ;;
    esac
    case $rulec_state in
      free | released | stale)
        rulec_audit_gen=$((rulec_latest + 1)) rulec_made=0
        rulec_make_generation "$rulec_audit_file.lock" "$rulec_audit_gen" "$rulec_audit_file.lock/t.$rulec_audit_gen.$$" || rulec_made=$?
        case $rulec_made in
          0) return 0 ;;
          2) return 1 ;;
        esac
        continue
        ;;
    esac
    # Many who live may each have their turn first; one of whom nothing is known may never end.
    rulec_left=10000
    if [ "$rulec_state" = held ] && [ "$rulec_host $rulec_space" = "$rulec_here" ]; then
      rulec_left=60000
    fi
    rulec_now
    if [ "$((rulec_ms - rulec_audit_from))" -gt "$rulec_left" ]; then
      rulec_fault="it is being written by process $rulec_owner on $rulec_host; if that one is dead, remove $rulec_audit_file.lock/$rulec_latest"
      if [ "$rulec_state" = unknown ]; then
        rulec_fault="its lock is unreadable; if nobody uses it, remove $rulec_audit_file.lock/$rulec_latest"
      fi
      return 1
    fi
    rulec_nap 20
  done
}

rulec_audit_release() {
  rulec_audit_kept=0
  if [ -n "$rulec_audit_seq" ]; then
    rulec_audit_last=$rulec_audit_seq rulec_audit_last_hash=$rulec_audit_hash
    { rulec_put "left $rulec_audit_seq $rulec_audit_hash .$rulec_nl" >>"$rulec_audit_file.lock/$rulec_audit_gen"; } 2>/dev/null
  else
    { rulec_put "left - - -$rulec_nl" >>"$rulec_audit_file.lock/$rulec_audit_gen"; } 2>/dev/null
  fi
  [ "$((rulec_audit_gen % 8))" = 0 ] || return 0
  rulec_prune_generations "$rulec_audit_file.lock" 8
  set +f
  set -- "$rulec_audit_file.lock"/t.*
  set -f
  for rulec_file in "$@"; do
    shift
    rulec_out=${rulec_file##*/t.}
    rulec_out=${rulec_out%%.*}
    case $rulec_out in
      '' | *[!0-9]* | ???????????*) continue ;;
    esac
    [ "$rulec_out" -ge "$((rulec_audit_gen - 8))" ] || set -- "$@" "$rulec_file"
  done
  [ "$#" = 0 ] || rm -f "$@"
}

# Takes number and hash out of line $1; 1: it is none.
rulec_audit_parse() {
  case $1 in
    '{"seq":'[1-9]*',"prev":"'*'","hash":"'*'"}') ;;
    *) return 1 ;;
  esac
  rulec_audit_hash=${1##*',"hash":"'}
  rulec_audit_hash=${rulec_audit_hash%'"}'}
  rulec_audit_seq=${1#'{"seq":'}
  rulec_audit_seq=${rulec_audit_seq%%,*}
  case ${#rulec_audit_hash}:$rulec_audit_hash:$rulec_audit_seq in
    64:*[!0-9a-f]*:* | *:*:*[!0-9]* | *:*:??????????*) ;;
    64:*) return 0 ;;
  esac
  rulec_audit_seq=
  return 1
}

# Reads from the file how far the chain has come. What a crash cut off is ended, and `torn` goes before what is due.
rulec_audit_read_tail() {
  rulec_audit_seq=0 rulec_audit_hash=$rulec_audit_zeros rulec_audit_line=
  rulec_tail=
  if [ -s "$rulec_audit_file" ]; then
    rulec_tail=$(tail -n 1 "$rulec_audit_file" 2>/dev/null | tr '\0' '\1' && echo .)
    rulec_tail=${rulec_tail%.}
  fi
  if [ -z "$rulec_tail" ]; then
    # Nothing was written since the file before was put aside.
    rulec_segments "$rulec_audit_file"
    [ -n "$rulec_segment" ] || return 0
    rulec_audit_line=$(tail -n 1 "$rulec_segment")
    rulec_audit_parse "$rulec_audit_line"
    return 0
  fi
  case $rulec_tail in
    *"$rulec_nl") ;;
    *) { rulec_put "$rulec_nl" >>"$rulec_audit_file"; } 2>/dev/null || return 1 ;;
  esac
  rulec_audit_line=${rulec_tail%"$rulec_nl"}
  rulec_audit_parse "$rulec_audit_line" && return 0
  rulec_out=$(LC_ALL=C awk '
    /^\{"seq":[1-9][0-9]*,/ && match($0, /,"prev":"[0-9a-f]+","hash":"[0-9a-f]+"\}$/) && RLENGTH == 149 {
      number = NR
      line = $0
    }
    END { print number + 0 " " line }' "$rulec_audit_file")
  rulec_audit_seq=0 rulec_audit_hash=$rulec_audit_zeros rulec_audit_line=${rulec_out#* }
  rulec_audit_parse "$rulec_audit_line" || rulec_audit_seq=0
  # shellcheck disable=SC2086 # words
  rulec_hash_of "$(tail -n "+$((${rulec_out%% *} + 1))" "$rulec_audit_file" | tr '\0' '\1' | $rulec_hasher)"
  rulec_audit_torn=$rulec_out
  rulec_note 'the audit log has a line that was cut off; it stays there: %s' "$rulec_audit_file"
  rulec_audit_body torn "\"sha256\":\"$rulec_audit_torn\""
  rulec_audit_due=$rulec_out$rulec_nl$rulec_audit_due
}

# What stands in the file must be as far as it was left: else it was cut, and that is an event.
rulec_audit_check_tail() {
  rulec_left_seq=$rulec_audit_seq rulec_left_hash=$rulec_audit_hash
  rulec_audit_read_tail || return 1
  if [ -n "$rulec_left_seq" ] && [ "$rulec_left_seq $rulec_left_hash" != "$rulec_audit_seq $rulec_audit_hash" ]; then
    rulec_note 'the audit log was changed: it was left at line %s, and is now at %s: %s' "$rulec_left_seq" "$rulec_audit_seq" "$rulec_audit_file"
    rulec_audit_body broken "\"left_at\":$rulec_left_seq,\"left\":\"$rulec_left_hash\""
    rulec_audit_due=$rulec_audit_due$rulec_out$rulec_nl
  fi
  rulec_audit_write
}

# Appends what is due, under the lock. 1: it cannot be written.
rulec_audit_write() {
  [ -n "$rulec_audit_due" ] || return 0
  rulec_audit_before=$rulec_audit_seq
  rulec_audit_chain || return 1
  if ! { rulec_write "$rulec_audit_text" >>"$rulec_audit_file"; } 2>/dev/null; then
    # A part of it may be there: what is whole stays, and the rest is chained to it once more.
    rulec_spend_reserve
    rulec_audit_gone=$rulec_audit_due
    rulec_audit_due=
    if ! rulec_audit_read_tail; then
      rulec_audit_due=$rulec_audit_gone rulec_audit_seq=
      return 1
    fi
    while [ "$rulec_audit_before" -lt "$rulec_audit_seq" ]; do
      rulec_audit_before=$((rulec_audit_before + 1))
      rulec_audit_gone=${rulec_audit_gone#*"$rulec_nl"}
    done
    rulec_audit_due=$rulec_audit_due$rulec_audit_gone
    rulec_audit_chain || return 1
    if ! { rulec_write "$rulec_audit_text" >>"$rulec_audit_file"; } 2>/dev/null; then
      rulec_audit_due=$rulec_audit_gone rulec_audit_seq=
      return 1
    fi
  fi
  rulec_audit_due=
}

# Chains what is due: the lines are left in `rulec_audit_text`.
rulec_audit_chain() {
  rulec_audit_text='' rulec_rest=$rulec_audit_due
  while [ -n "$rulec_rest" ]; do
    rulec_audit_line="{\"seq\":$((rulec_audit_seq + 1)),${rulec_rest%%"$rulec_nl"*},\"prev\":\"$rulec_audit_hash\""
    rulec_rest=${rulec_rest#*"$rulec_nl"}
    rulec_sha_of "$rulec_audit_line"
    if [ -z "$rulec_out" ]; then
      rulec_fault="$rulec_hasher yields no SHA-256"
      return 1
    fi
    rulec_audit_seq=$((rulec_audit_seq + 1)) rulec_audit_hash=$rulec_out
    rulec_audit_text="$rulec_audit_text$rulec_audit_line,\"hash\":\"$rulec_out\"}$rulec_nl"
  done
}
