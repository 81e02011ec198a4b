# ---- `audit verify`: whether the audit log is what was written.
# It shows what was changed, removed, put in or put in another order, and a last line that was cut off. It cannot
# show that the last lines were removed together with what `FILE.lock/` says of them, nor that somebody wrote the
# whole log anew from some line on: hold the last hash, which the report of each run tells, against what is printed.

# Verifies the log. 0: all of it is whole; 8: it is not, and what is wrong was said; 2: there is none to verify.
rulec_audit_verify() {
  if [ "$rulec_audit_on" != 1 ]; then
    rulec_note 'this plan keeps no audit log: the rules ask for none (executor.audit)'
    return 2
  fi
  rulec_audit_find
  if [ ! -f "$rulec_audit_file" ]; then
    rulec_segments "$rulec_audit_file"
    if [ -n "$rulec_segment" ] || [ -d "$rulec_audit_file.lock" ]; then
      rulec_note 'removed: the audit log is gone: %s' "$rulec_audit_file"
      return 8
    fi
    rulec_note 'there is no audit log yet: %s' "$rulec_audit_file"
    return 0
  fi
  rulec_sha_of ''
  if [ -z "$rulec_out" ]; then
    rulec_note '%s yields no SHA-256' "$rulec_hasher"
    return 8
  fi
  rulec_scratch=${TMPDIR:-/tmp}/rulec-verify.$$
  if ! mkdir "$rulec_scratch" 2>/dev/null; then
    rulec_scratch=$rulec_audit_file.lock/verify.$$
    if ! mkdir "$rulec_scratch" 2>/dev/null; then
      rulec_note 'a folder for the work cannot be made: %s' "$rulec_scratch"
      return 9
    fi
  fi
  rulec_audit_copy
  rulec_found=$?
  if [ "$rulec_found" = 0 ]; then
    rulec_found=$(cd "$rulec_scratch" && rulec_audit_judge)
    rulec_audit_tell
    rulec_found=$?
  fi
  rm -rf "$rulec_scratch"
  return "$rulec_found"
}

# Copies the log while nobody writes it: the verification takes its time.
rulec_audit_copy() {
  rulec_audit_seq='' rulec_audit_hash='' rulec_audit_gen=
  if [ -d "$rulec_audit_file.lock" ] && ! rulec_audit_take; then
    case $rulec_state in
      held | unknown)
        rulec_note 'the audit log cannot be read: %s' "$rulec_fault"
        return 9
        ;;
    esac
    # Where nothing can be written, nobody else writes.
    rulec_audit_gen=
  fi
  rulec_segments "$rulec_audit_file"
  rulec_copied=0
  {
    for rulec_name in $rulec_segment_names; do
      cat "$rulec_audit_file.$rulec_name" || exit 9
    done
    # One line more, which is empty where the last one is whole.
    cat "$rulec_audit_file" && echo
  } 2>/dev/null >"$rulec_scratch/all" || rulec_copied=9
  rulec_last_seq=$rulec_audit_seq rulec_last_hash=$rulec_audit_hash
  if [ -n "$rulec_audit_gen" ]; then
    rulec_audit_release
  fi
  [ "$rulec_copied" = 0 ] || rulec_note 'the audit log cannot be copied to %s' "$rulec_scratch"
  return "$rulec_copied"
}

# Prints what is found in the file `all`: `whole LINES HASH`, or what is wrong, the line, and words about it.
rulec_audit_judge() {
  tr '\0' '\1' <all | LC_ALL=C awk -v tool="$rulec_hasher" -v zeros="$rulec_audit_zeros" -v left="$rulec_last_seq" -v left_hash="$rulec_last_hash" '
    # The digests of the files 1 to n, many with one process.
    function digest(n,   i, k, command, answer, parts, part) {
      command = tool
      for (i = 1; i <= n; i++) command = command " " i
      i = 0
      while ((command | getline answer) > 0) {
        parts = split(answer, part, " ")
        for (k = 1; k <= parts; k++) if (length(part[k]) == 64) sum[++i] = part[k]
      }
      close(command)
      return i == n
    }
    function keep(name, text) {
      ORS = ""
      print text > name
      close(name)
      ORS = "\n"
    }
    function wrong(what, line, words) {
      if (fault == "") {
        fault = what
        place = line
        about = words
      }
    }
    # What is no line of the log, and what follows decides what became of it.
    function doubt(line, text) {
      if (!doubts++) doubtful = line
      junk = junk text "\n"
    }
    function settle(seq, prev, is_torn, stated) {
      if (is_torn && seq == last + 1 && prev == hash) {
        keep("1", junk)
        if (digest(1) && sum[1] == stated) {
          doubts = 0
          junk = ""
          return
        }
      }
      if (!is_torn && seq == last + 1 && prev == hash) wrong("inserted", doubtful, "it is not of the log")
      else wrong("changed", doubtful, "it is not as it was written")
      doubts = 0
      junk = ""
    }
    function examine(line, text, own,   seq, prev, at) {
      if (!shape(text) || !own) {
        doubt(line, text)
        return
      }
      at = match(text, /,"prev":"[0-9a-f]+","hash":"[0-9a-f]+"\}$/)
      seq = substr(text, 8) + 0
      prev = substr(text, at + 9, 64)
      if (doubts) settle(seq, prev, index(text, ",\"event\":\"torn\",\"sha256\":\"") > 0, substr(text, at - 65, 64))
      if (fault != "") return
      if (!lines) {
        first = seq - 1
        from = prev
        if (first == 0 && prev != zeros) wrong("changed", line, "the first line follows another")
      } else if (seq > last + 1) {
        wrong("removed", line, "before it " (seq - last - 1) " are missing, from number " (last + 1))
        missing = last + 1
      } else if (seq <= last) wrong("inserted", line, "number " seq " was there before")
      else if (prev != hash) wrong("changed", line - 1, "the line after it follows another")
      if (index(text, ",\"event\":\"anchor\",\"removed_to\":" first ",\"removed\":\"" from "\"")) anchored = 1
      if (index(text, ",\"event\":\"broken\",\"left_at\":")) wrong("removed", line, "the next run has found the log cut or changed here")
      lines++
      last = seq
      hash = substr(text, length(text) - 65, 64)
    }
    function shape(text) {
      return text ~ /^\{"seq":[1-9][0-9]*,"at":"/ && match(text, /,"prev":"[0-9a-f]+","hash":"[0-9a-f]+"\}$/) && RLENGTH == 149
    }
    # What is missing may stand further behind.
    function seek(text) {
      if (missing && index(text, "{\"seq\":" missing ",") == 1) {
        fault = "reordered"
        about = "number " missing " stands behind it"
        missing = 0
      }
    }
    function work(   i, n) {
      n = 0
      for (i = 1; i <= batch; i++) if (shape(text[i])) keep(++n, substr(text[i], 1, length(text[i]) - 75))
      if (n && !digest(n)) {
        print "unread 0 the digests cannot be computed"
        failed = 1
        exit
      }
      n = 0
      for (i = 1; i <= batch; i++) {
        if (fault != "") {
          seek(text[i])
          continue
        }
        own = 0
        if (shape(text[i])) own = sum[++n] == substr(text[i], length(text[i]) - 65, 64)
        examine(before + i, text[i], own)
      }
      before += batch
      batch = 0
    }
    # The last line is known only when the next has come.
    NR > 1 {
      if (fault != "") seek(ahead)
      else {
        text[++batch] = ahead
        if (batch == 500) work()
      }
    }
    { ahead = $0 }
    END {
      if (failed) exit
      if (fault == "") work()
      if (failed) exit
      if (fault == "" && doubts) wrong("changed", doubtful, "it is not as it was written")
      if (fault == "" && ahead != "") wrong("torn", before + 1, "it has no end; the next run notes that, and goes on behind it")
      if (fault == "" && first > 0 && !anchored) wrong("removed", 1, first " are missing before it, and no event tells that they were too old")
      if (fault == "" && left != "" && left + 0 > last + 0) wrong("removed", before + 1, (left - last) " are missing at the end")
      if (fault == "" && left != "" && (left + 0 != last + 0 || (last && left_hash != hash))) wrong("changed", before, "the log was left at line " left " with another hash")
      if (fault == "") print "whole " lines + 0 " " (lines ? hash : zeros)
      else print fault " " place " " about
    }'
}

# Says what was found.
rulec_audit_tell() {
  rulec_line=${rulec_found#* }
  case $rulec_found in
    'whole '*)
      printf 'the audit log is whole: %s lines, the last hash is %s\n' "${rulec_line%% *}" "${rulec_line#* }"
      return 0
      ;;
    'unread '*)
      rulec_note 'the audit log was not verified: %s' "${rulec_line#* }"
      return 9
      ;;
    ?*)
      rulec_note 'the audit log is not whole: %s: line %s: %s' "${rulec_found%% *}" "${rulec_line%% *}" "${rulec_line#* }"
      rulec_segments "$rulec_audit_file"
      rulec_i=${rulec_line%% *}
      for rulec_name in $rulec_segment_names; do
        rulec_out=$(wc -l <"$rulec_audit_file.$rulec_name")
        if [ "$rulec_i" -le "$rulec_out" ]; then
          rulec_note 'it is line %s of %s' "$rulec_i" "$rulec_audit_file.$rulec_name"
          return 8
        fi
        rulec_i=$((rulec_i - rulec_out))
      done
      rulec_note 'it is line %s of %s' "$rulec_i" "$rulec_audit_file"
      return 8
      ;;
  esac
  rulec_note 'the audit log was not verified: awk failed'
  return 9
}
