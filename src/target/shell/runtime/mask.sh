# ---- Secrets: masked wherever what a command prints, or what is said about it, would show one.
#
# Masked is each secret as a whole and each of its lines, without the blanks around them: `***` stands for each
# line. What is shorter than three bytes is not masked by itself: a log without any `a` could not be read, and
# would tell the secret. Masked as well is a whole secret in base 64 (also that of addresses, and with an end of line
# behind it), percent-encoded, escaped for JSON, and, where it is one line, quoted for a shell; not a part of it in one
# of these, nor what is broken into lines, nor other forms.

# Makes every secret a variable of the command that is about to be started. Only ever called in a process of its own.
rulec_pass_secrets() {
  rulec_i=0
  while [ "$rulec_i" -lt "$rulec_secrets" ]; do
    rulec_i=$((rulec_i + 1))
    eval "rulec_out=\$rulec_secret_name_$rulec_i"
    eval "$rulec_out=\$rulec_secret_$rulec_i; export $rulec_out"
  done
}

# Takes secret $1 with value $2 to what `rulec_masked` looks for.
rulec_learn_mask() {
  rulec_rest=$2$rulec_nl
  while [ -n "$rulec_rest" ]; do
    rulec_line=${rulec_rest%%"$rulec_nl"*}
    rulec_rest=${rulec_rest#*"$rulec_nl"}
    while :; do
      case $rulec_line in
        [[:space:]]*) rulec_line=${rulec_line#?} ;;
        *[[:space:]]) rulec_line=${rulec_line%?} ;;
        *) break ;;
      esac
    done
    if [ -n "$rulec_line" ]; then
      rulec_masks=$((rulec_masks + 1))
      eval "rulec_mask_$rulec_masks=\$rulec_line"
    fi
  done
  if [ "${#2}" -lt 3 ] && [ "$(rulec_put "$2" | wc -c)" -lt 3 ]; then
    rulec_note 'the secret %s is too short to be masked: it shows wherever a command prints it' "$1"
  fi
}

# Yields text $1 with every secret masked.
rulec_masked() {
  rulec_out=$1
  rulec_mask_at=0
  while [ "$rulec_mask_at" -lt "$rulec_masks" ]; do
    rulec_mask_at=$((rulec_mask_at + 1))
    eval "rulec_mask=\$rulec_mask_$rulec_mask_at"
    case $1 in
      *"$rulec_mask"*)
        # The end of the text must not be lost to the substitution.
        for rulec_nth_time in 1 2 3; do
          rulec_out=$(rulec_put "$1$rulec_nl." | rulec_mask_stream)
          case $rulec_out in
            *"$rulec_nl.") break ;;
          esac
        done
        rulec_out=${rulec_out%"$rulec_nl."}
        return 0
        ;;
    esac
  done
}

# Gives the process that is about to run the mask what it is to look for.
rulec_arm_mask() {
  rulec_i=0
  while [ "$rulec_i" -lt "$rulec_secrets" ]; do
    rulec_i=$((rulec_i + 1))
    eval "RULEC_MASK_$rulec_i=\$rulec_secret_$rulec_i; export RULEC_MASK_$rulec_i"
  done
}

# Copies standard input with every secret masked; line by line, except that the beginning of a secret of several
# lines waits for what follows.
rulec_mask_stream() {
  rulec_arm_mask
  # shellcheck disable=SC2086 # words
  LC_ALL=C awk ${rulec_unbuffered-} '
    function trimmed(text) {
      sub(/^[ \t\r\n\013\f]+/, "", text)
      sub(/[ \t\r\n\013\f]+$/, "", text)
      return text
    }
    function add(text, i) {
      if (length(text) < 3) return
      for (i = 1; i <= masks; i++) if (mask[i] == text) return
      mask[++masks] = text
      if (length(text) > longest) longest = length(text)
    }
    # `text` in base 64.
    function coded(text, i, n, size, out) {
      size = length(text)
      out = ""
      for (i = 1; i <= size; i += 3) {
        n = 65536 * byte[substr(text, i, 1)] + 256 * byte[substr(text, i + 1, 1)] + byte[substr(text, i + 2, 1)]
        out = out substr(digits, int(n / 262144) + 1, 1) substr(digits, int(n / 4096) % 64 + 1, 1)
        out = out (i < size ? substr(digits, int(n / 64) % 64 + 1, 1) : "=") (i + 1 < size ? substr(digits, n % 64 + 1, 1) : "=")
      }
      return out
    }
    # With and without what fills it up, and as it stands in an address.
    function add_coded(text) {
      text = coded(text)
      add(text)
      sub(/=+$/, "", text)
      add(text)
      gsub(/[+]/, "-", text)
      gsub("/", "_", text)
      add(text)
    }
    # `text` in which each byte that `plain` does not have is written as `form` says, or in a short way that JSON has.
    function escaped(text, plain, form, i, c, out) {
      out = ""
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (index(plain, c)) out = out c
        else if (form ~ /u/ && (c in short)) out = out short[c]
        else if (form ~ /u/ && byte[c] > 126) out = out c
        else out = out sprintf(form, byte[c])
      }
      return out
    }
    # The forms in which commands show a secret without meaning to.
    function add_forms(secret, text, i, count, parts) {
      add_coded(secret)
      add_coded(secret "\n")
      add(escaped(secret, unreserved, "%%%02X"))
      add(escaped(secret, unreserved, "%%%02x"))
      text = escaped(secret, unreserved " ", "%%%02X")
      gsub(/ /, "+", text)
      add(text)
      add(escaped(secret, printable, "\\u%04x"))
      if (secret ~ /\n/) return
      count = split(secret, parts, tick)
      text = parts[1]
      for (i = 2; i <= count; i++) text = text tick "\\" tick tick parts[i]
      add(text)
    }
    function learn(secret, count, lines, i, start) {
      secret = trimmed(secret)
      add(secret)
      if (length(secret) > 2) add_forms(secret)
      count = split(secret, lines, "\n")
      start = ""
      for (i = 1; i <= count; i++) {
        add(trimmed(lines[i]))
        start = start lines[i] "\n"
        # An opening is so much of a secret as whole lines can hold, but not all of it.
        if (i < count && length(secret) > 2) opening[++openings] = start
      }
    }
    # How many bytes at the end of a text may be the beginning of a secret that goes on.
    function waiting(text, i, size, most) {
      most = 0
      for (i = 1; i <= openings; i++) {
        size = length(opening[i])
        if (size > most && size <= length(text) && substr(text, length(text) - size + 1) == opening[i]) most = size
      }
      return most
    }
    # Bytes `at` and following of `text`. Some awks go through all of a text for each part of it: what is wanted
    # is mostly in the part that was cut out before.
    function part(at, count) {
      if (count > 4096) return substr(text, at, count)
      if (at < cut || at + count > cut + 8192) {
        cut = at
        cutting = substr(text, at, 8192)
      }
      return substr(cutting, at - cut + 1, count)
    }
    # Finds what is to be masked in `text`, `hits` places from `from` to before `to`, piece by piece, so that a long
    # line costs no more than its length.
    function find(size, base, piece, rest, i, at, p, found) {
      hits = 0
      for (base = 0; base < size; base += step) {
        piece = substr(text, base + 1, step + longest - 1)
        found = 0
        split("", end)
        for (i = 1; i <= masks; i++) {
          rest = piece
          p = 0
          while ((at = index(rest, mask[i])) > 0 && p + at <= step) {
            p += at
            found = 1
            if (end[p] < p + length(mask[i])) end[p] = p + length(mask[i])
            rest = substr(piece, p + 1)
          }
        }
        for (p = 1; found && p <= step; p++)
          if (p in end) {
            if (!hits || base + p >= to[hits]) {
              from[++hits] = base + p
              to[hits] = base + end[p]
            } else if (base + end[p] > to[hits]) to[hits] = base + end[p]
          }
      }
    }
    # Prints `text` but for so many bytes at its end that have to wait: returns those. A secret that reaches into
    # them waits too.
    function show(wait, size, i, shown, lines) {
      size = length(text)
      for (i = 1; i <= masks; i++) if (index(text, mask[i])) break
      if (i > masks) {
        if (!wait) {
          print text
          return ""
        }
        print substr(text, 1, size - wait)
        return substr(text, size - wait + 1)
      }
      cut = 1
      cutting = substr(text, 1, 8192)
      find(size)
      wait = size - wait
      while (hits && to[hits] - 1 > wait) {
        if (from[hits] <= wait) wait = from[hits] - 1
        hits--
      }
      shown = 0
      for (i = 1; i <= hits; i++) {
        print part(shown + 1, from[i] - 1 - shown) "***"
        lines = part(from[i], to[i] - from[i])
        lines = gsub(/\n/, "", lines)
        while (lines-- > 0) print "\n***"
        shown = to[i] - 1
      }
      print substr(text, shown + 1, wait - shown)
      return substr(text, wait + 1)
    }
    BEGIN {
      ORS = ""
      longest = 1
      digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
      unreserved = substr(digits, 1, 62) "-._~"
      printable = ""
      for (i = 1; i < 256; i++) {
        byte[sprintf("%c", i)] = i
        if (i > 31 && i < 127 && i != 34 && i != 92) printable = printable sprintf("%c", i)
      }
      short["\""] = "\\\""
      short["\\"] = "\\\\"
      short["\n"] = "\\n"
      short["\t"] = "\\t"
      short["\r"] = "\\r"
      tick = sprintf("%c", 39)
      for (i = 1; ("RULEC_MASK_" i) in ENVIRON; i++) learn(ENVIRON["RULEC_MASK_" i])
      step = longest > 2048 ? longest : 2048
      held = ""
      mark = ENVIRON["RULEC_MARK"]
    }
    # Nothing of the command that has ended comes behind the mark; a service may go on writing.
    mark != "" && substr($0, length($0) - length(mark) + 1) == mark {
      text = held substr($0, 1, length($0) - length(mark))
      held = ""
      if (text != "") {
        show(0)
        if (text !~ /\n$/) print "\n"
      }
      fflush()
      print "." >ENVIRON["RULEC_MARK_FILE"]
      close(ENVIRON["RULEC_MARK_FILE"])
      next
    }
    {
      if (openings) {
        text = held $0 "\n"
        held = show(waiting(text))
      } else {
        text = $0
        show(0)
        print "\n"
      }
      fflush()
    }
    END {
      text = held
      show(0)
    }'
}

# Finds out how this awk copies what comes at once, and past a NUL.
rulec_find_awk() {
  rulec_unbuffered='' rulec_unnul=
  case $(awk -W version </dev/null 2>&1) in
    # It reads ahead otherwise, and would keep what a service writes from the log.
    mawk*) rulec_unbuffered='-W interactive' ;;
  esac
  # shellcheck disable=SC2086 # words
  rulec_out=$(printf 'a\000b\n' | LC_ALL=C awk $rulec_unbuffered '{ printf "%s", $0 }' | LC_ALL=C tr -d '\000')
  if [ "$rulec_out" != ab ]; then
    # It loses what follows a NUL in a line: let it be the end of the line.
    rulec_unnul='tr'
    if [ "$(printf 'a\000b' | perl -pe 'tr/\0/\n/' 2>/dev/null)" = "a${rulec_nl}b" ]; then
      rulec_unnul=perl
    fi
  fi
}

# Standard input with a line's end for each NUL.
rulec_end_at_nul() {
  case $rulec_unnul in
    perl) perl -e '$| = 1; while (sysread STDIN, $_, 65536) { tr/\0/\n/; print }' ;;
    tr) LC_ALL=C tr '\000' '\n' ;;
  esac
}

# Copies pipe $1 to the end of file $2, with every secret masked, until its last writer is gone: that may be
# a service that the command has left behind, so it holds nothing of the caller's, and no signal ends it.
rulec_filter() {
  rm -f "$1" "${1%.pipe}.mark"
  mkfifo "$1" || return 0
  rulec_start_filter "$1" "$2"
}

# Starts filters of the job that was taken anew where they died, by whose hand ever, before its command began: it would
# wait for somebody to read for as long as it may.
rulec_mend_filters() {
  rulec_filters_now=$rulec_filters rulec_filters=
  for rulec_one in $rulec_filters_now; do
    rulec_file=${rulec_one%%:*}
    rulec_one=${rulec_one#*:}
    # One that has come to its end because the command has, meanwhile, is not missed.
    if rulec_alive "${rulec_one%:*}" "${rulec_one#*:}" || [ -e "$rulec_base.code" ]; then
      rulec_filters="$rulec_filters $rulec_file:$rulec_one"
    else
      rulec_start_filter "$rulec_base.$rulec_file.pipe" "$rulec_base.$rulec_file"
    fi
  done
  eval "rulec_job_filters_$rulec_job=\$rulec_filters"
}

# Starts what copies pipe $1, which is there, to file $2.
rulec_start_filter() {
  rulec_mark="rulec $rulec_run end of what the command wrote"
  if [ -z "${rulec_unnul+1}" ]; then
    rulec_find_awk
  fi
  {
    trap '' INT TERM HUP
    exec 2>/dev/null 5<&- 7<&-
    exec >>"$2"
    exec <"$1"
    RULEC_MARK=$rulec_mark RULEC_MARK_FILE=${1%.pipe}.mark
    export RULEC_MARK RULEC_MARK_FILE
    if [ -n "$rulec_unnul" ]; then
      rulec_end_at_nul | rulec_mask_stream
    else
      rulec_mask_stream
    fi
  } &
  rulec_filter_pid=$!
  rulec_birth "$rulec_filter_pid"
  rulec_out=$rulec_filter_pid:${rulec_out:--}
  case $1 in
    *.out.pipe) rulec_filters="$rulec_filters out:$rulec_out" ;;
    *.err.pipe) rulec_filters="$rulec_filters err:$rulec_out" ;;
    *) rulec_filters="$rulec_filters log:$rulec_out" ;;
  esac
  $rulec_forget "$rulec_filter_pid" 2>/dev/null
}

# Writes the mark to pipe $1 of `rulec_base`. It is opened for reading too, so that this waits for nobody, and wakes a
# filter that no writer ever came to.
rulec_mark_pipe() {
  if [ -p "$rulec_base.$1.pipe" ]; then
    rulec_put "$rulec_mark$rulec_nl" 2>/dev/null 1<>"$rulec_base.$1.pipe"
  fi
}

# Waits until the filters of `rulec_base` have written all that came from the command, for some seconds at most; where a service still
# writes, they go on.
rulec_settle() {
  rulec_mark="rulec $rulec_run end of what the command wrote"
  for rulec_one in log out err; do
    rulec_mark_pipe "$rulec_one"
  done
  rulec_i=2
  for rulec_one in $rulec_filters; do
    rulec_file=${rulec_one%%:*}
    rulec_one=${rulec_one#*:}
    while [ ! -e "$rulec_base.$rulec_file.mark" ] && rulec_alive "${rulec_one%:*}" "${rulec_one#*:}"; do
      [ "$rulec_i" -lt 800 ] || break
      if [ "$rulec_i" -lt 50 ]; then
        rulec_nap "$rulec_i"
      else
        rulec_nap 50
        # It may not have come to the pipe before.
        rulec_mark_pipe "$rulec_file"
      fi
      rulec_i=$((rulec_i + 3))
    done
  done
  rm -f "$rulec_base.log.pipe" "$rulec_base.out.pipe" "$rulec_base.err.pipe" "$rulec_base.log.mark" \
    "$rulec_base.out.mark" "$rulec_base.err.mark"
}
