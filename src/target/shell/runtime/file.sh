# Writes or deletes one file, or takes that back: the command of a step that writes a file. It starts in the working
# folder of the step, with the umask of whoever runs the script. In the finished script this is a string, so it has
# no single quotes.
#
# RULEC_FILE_DO         write, delete or undo; leave: say what a person must take back, if anything
# RULEC_FILE_PATH       the file, from the working folder or from the root
# RULEC_FILE_NAME       the same from the folder of the run, as the plan has it
# RULEC_FILE_CONTENT    a file that holds the new content, where the plan has it, and
# RULEC_FILE_SHA256     its SHA-256
# RULEC_FILE_FROM       else a file to copy, from the working folder or from the root
# RULEC_FILE_EXPECT     SHA-256 that the old content must have; that of nothing where no file is; empty: any
# RULEC_FILE_MODE       permission bits in octal; empty: those of the old file, else 0666 without the umask
# RULEC_FILE_BACKUP     what the files of the backup begin with
# RULEC_FILE_START      the folder of the run, without symbolic links
# RULEC_FILE_ALLOWED, RULEC_FILE_FORBIDDEN, RULEC_FILE_READ_ONLY, RULEC_FILE_WRITE_ALLOWED
#                       lines of `KIND PATTERN GLOB`, see `rulec_judge`; the last two may be unset
# RULEC_FILE_ORDER      these names without RULEC_FILE_, the strongest first; empty or unset: as they are usually
# RULEC_FILE_LINES_LEFT how many lines may be copied from files by the whole run; unset: any number
#
# Exit codes: 0 done, or it was done before; 1 the system would not do it; 2 a parameter is wrong; 3 the path is
# refused; 4 the content is not the expected one; 5 a person must take it back; 14 a tool is missing. But for 0, the file is as it was.
#
# The backup: `.old` is a copy of the old file, `.record` says `v1 OLD NEW... .`: the digest of the old content, or
# `none`, and those of all contents that may have been written, `none` where it may have been deleted. The record is on the disk before the first write,
# and the copy before the record.
if [ -n "${ZSH_VERSION-}" ]; then
  emulate -R sh
fi
set -u -f
unset IFS CDPATH
rulec_temporary=

rulec_clean() {
  if [ -n "$rulec_temporary" ]; then
    rm -f "$rulec_temporary"
  fi
}

rulec_fail() {
  rulec_code=$1
  shift
  rulec_clean
  printf "rulec: %s: %s\n" "$RULEC_FILE_NAME" "$*" >&2
  exit "$rulec_code"
}

# Yields the SHA-256 of file $1, `none` where there is no file.
rulec_digest() {
  rulec_sum=none
  if [ ! -e "$1" ] && [ ! -h "$1" ]; then
    return 0
  fi
  case $rulec_hash in
    sha256sum) rulec_sum=$(sha256sum <"$1") ;;
    shasum) rulec_sum=$(shasum -a 256 <"$1") ;;
    openssl)
      rulec_sum=$(openssl dgst -sha256 <"$1")
      rulec_sum=${rulec_sum##* }
      ;;
  esac
  rulec_sum=${rulec_sum%% *}
  if [ "${#rulec_sum}" != 64 ]; then
    rulec_fail 1 "cannot be read: $1"
  fi
}

# Brings a file or folder to the disk.
rulec_sync() {
  if [ "$rulec_sync_one" = 1 ]; then
    sync "$1"
  else
    sync
  fi
}

# Goes to the folder of the file. Leaves the name of the file there in `rulec_base`, its real path in `rulec_real`.
rulec_enter() {
  rulec_rest=$RULEC_FILE_PATH rulec_free=0 rulec_base=
  case $rulec_rest in
    /*)
      rulec_free=1
      cd -P / || rulec_fail 1 "the root folder cannot be entered"
      ;;
  esac
  rulec_here
  rulec_want=$rulec_now
  while :; do
    rulec_part=${rulec_rest%%/*}
    case $rulec_part in
      ..) rulec_fail 3 "refused: .. in a path; write the path without it" ;;
      "" | .) rulec_part= ;;
    esac
    case $rulec_rest in
      */*) rulec_rest=${rulec_rest#*/} ;;
      *) break ;;
    esac
    if [ -z "$rulec_part" ]; then
      continue
    fi
    rulec_want=${rulec_want%/}/$rulec_part
    # Links in a path from the root are those of the system: where they lead to is what counts.
    if [ "$rulec_free" = 0 ] && [ -h "./$rulec_part" ]; then
      rulec_fail 3 "refused: $rulec_want is a symbolic link; name the folder that it leads to"
    fi
    if [ ! -d "./$rulec_part" ]; then
      rulec_fail 1 "there is no folder $rulec_want; make it first"
    fi
    cd -P -- "./$rulec_part" || rulec_fail 1 "the folder $rulec_want cannot be entered"
  done
  rulec_base=$rulec_part
  if [ -z "$rulec_base" ]; then
    rulec_fail 3 "refused: the path names a folder, and a file is written"
  fi
  rulec_here
  if [ "$rulec_free" = 0 ] && [ "$rulec_now" != "$rulec_want" ]; then
    rulec_fail 3 "refused: the path leads to $rulec_now, not to $rulec_want"
  fi
  rulec_real=${rulec_now%/}/$rulec_base
}

# Yields the folder that the process is in. The dot keeps a line feed at the end of its name.
rulec_here() {
  rulec_now=$(pwd -P && echo .) || rulec_fail 1 "the folder of the file cannot be found out"
  rulec_now=${rulec_now%??}
}

# Holds the path against the globs, both as it is written and as it really is. Each glob is an extended regular
# expression over the bytes of a name in hexadecimal, so that no locale and no character matters. KIND is / for a
# glob from the root: it allows names from the root, and others allow those from the folder of the run. What is
# forbidden or read-only is so by any of its names. The strongest list that names the path decides.
rulec_judge() {
  if [ -z "$RULEC_FILE_ALLOWED$RULEC_FILE_FORBIDDEN${RULEC_FILE_READ_ONLY-}" ]; then
    return 0
  fi
  rulec_start=${RULEC_FILE_START%/}
  case $RULEC_FILE_NAME in
    /*) rulec_full=$RULEC_FILE_NAME ;;
    *) rulec_full=$rulec_start/$RULEC_FILE_NAME ;;
  esac
  rulec_near=${rulec_real#"$rulec_start"/}
  # No name has two slashes on end.
  rulec_verdict=$(
    printf "%s//%s//%s//%s//" "$RULEC_FILE_NAME" "$rulec_full" "$rulec_near" "$rulec_real" |
      LC_ALL=C od -An -v -tx1 | LC_ALL=C awk "
        function fits(at, pattern) { return name[at] ~ (\"^(\" pattern \")\$\") }
        function read_globs(list, globs, i) {
          count = split(ENVIRON[list], globs, \"\\n\")
          while (count > 0 && globs[count] == \"\") count--
          for (i = 1; i <= count; i++) {
            kind[i] = substr(globs[i], 1, 1)
            shown[i] = substr(globs[i], 3)
            pattern[i] = shown[i]
            sub(/ .*/, \"\", pattern[i])
            sub(/^[^ ]* /, \"\", shown[i])
          }
        }
        function is_allowed(first, last, at, i) {
          for (at = first; at <= last; at++)
            for (i = 1; i <= count; i++)
              if ((kind[i] == \"/\") == (substr(name[at], 1, 2) == \"2f\") && fits(at, pattern[i])) return 1
          return 0
        }
        {
          for (f = 1; f <= NF; f++) {
            text = text \$f
            if (length(text) > 4 && substr(text, length(text) - 3) == \"2f2f\") {
              name[++names] = substr(text, 1, length(text) - 4)
              text = \"\"
            }
          }
        }
        END {
          verdict = names == 4 ? \"\" : \"unknown\"
          lists = ENVIRON[\"RULEC_FILE_ORDER\"]
          if (lists == \"\") lists = \"FORBIDDEN READ_ONLY WRITE_ALLOWED ALLOWED\"
          lists = split(lists, list, \" \")
          for (l = 1; l <= lists && verdict == \"\"; l++) {
            read_globs(\"RULEC_FILE_\" list[l])
            if (list[l] ~ /ALLOWED\$/) {
              if (is_allowed(1, 2) && is_allowed(3, 4)) verdict = \"fine\"
            } else
              for (i = 1; i <= count; i++)
                for (at = 1; at <= 4; at++) if (fits(at, pattern[i])) verdict = list[l] \" \" shown[i]
          }
          if (verdict == \"\") {
            read_globs(\"RULEC_FILE_ALLOWED\")
            verdict = count ? \"outside\" : \"fine\"
          }
          print verdict
        }"
  )
  case $rulec_verdict in
    fine) ;;
    outside) rulec_fail 3 "refused: $rulec_real is outside allowed_paths" ;;
    "FORBIDDEN "*) rulec_fail 3 "refused: $rulec_real is forbidden by ${rulec_verdict#FORBIDDEN }" ;;
    "READ_ONLY "*) rulec_fail 3 "refused: $rulec_real is made read-only by ${rulec_verdict#READ_ONLY }" ;;
    *) rulec_fail 3 "refused: the path cannot be held against allowed_paths and forbidden_paths" ;;
  esac
}

# Refuses what is no plain file.
rulec_look() {
  if [ -h "./$rulec_base" ]; then
    rulec_fail 3 "refused: it is a symbolic link; name the file that it leads to"
  fi
  if [ -d "./$rulec_base" ]; then
    rulec_fail 3 "refused: it is a folder"
  fi
  if [ -e "./$rulec_base" ] && [ ! -f "./$rulec_base" ]; then
    rulec_fail 3 "refused: it is a device, a pipe or a socket"
  fi
}

# Makes the temporary file, for its owner only where $1 is 1.
rulec_begin() {
  rm -f "$rulec_temporary"
  (
    if [ "$1" = 1 ]; then
      umask 077
    fi
    set -C
    true >"$rulec_temporary"
  ) || rulec_fail 1 "no file can be made in its folder"
}

# Brings the temporary file, whose digest must be $1, to the disk, and puts it in the place of the file, of which
# the digest must still be `rulec_found`.
rulec_replace() {
  rulec_digest "$rulec_temporary"
  if [ "$rulec_sum" != "$1" ]; then
    rulec_fail 1 "what was written to the temporary file is not what was to be written"
  fi
  rulec_sync "$rulec_temporary" || rulec_fail 1 "the new content does not come to the disk"
  rulec_look
  rulec_digest "./$rulec_base"
  if [ "$rulec_sum" != "$rulec_found" ]; then
    rulec_fail 4 "refused: somebody else has changed it just now"
  fi
  # From here on it is done or not, and a signal changes nothing.
  trap "" TERM HUP INT
  mv -f "$rulec_temporary" "./$rulec_base" || rulec_fail 1 "the temporary file cannot be renamed to it"
  rulec_settle
}

rulec_settle() {
  rulec_sync . || printf "rulec: %s: %s\n" "$RULEC_FILE_NAME" "it is not certain that its folder is on the disk" >&2
}

# Reads the record: leaves `rulec_known` 1 where there is one, `rulec_old`, and `rulec_written` with spaces around.
rulec_recall() {
  rulec_known=0 rulec_written=" " rulec_old=
  if [ ! -e "$RULEC_FILE_BACKUP.record" ]; then
    return 0
  fi
  rulec_line=
  read -r rulec_line <"$RULEC_FILE_BACKUP.record"
  case $rulec_line in
    "v1 "*" "*" .") ;;
    *) rulec_fail 1 "the record of its backup is damaged: $RULEC_FILE_BACKUP.record" ;;
  esac
  rulec_line=${rulec_line#v1 }
  rulec_known=1
  rulec_old=${rulec_line%% *}
  rulec_written=" ${rulec_line#* }"
  rulec_written=${rulec_written%.}
  if [ "$rulec_old" != none ]; then
    rulec_digest "$RULEC_FILE_BACKUP.old"
    if [ "$rulec_sum" != "$rulec_old" ]; then
      rulec_fail 1 "its backup is damaged: $RULEC_FILE_BACKUP.old has the SHA-256 $rulec_sum, not $rulec_old"
    fi
  fi
}

rulec_remember() {
  {
    echo "v1 $rulec_old${rulec_written}." >"$RULEC_FILE_BACKUP.next" && rulec_sync "$RULEC_FILE_BACKUP.next" &&
      mv -f "$RULEC_FILE_BACKUP.next" "$RULEC_FILE_BACKUP.record" && rulec_sync "${RULEC_FILE_BACKUP%/*}"
  } || rulec_fail 1 "its backup cannot be recorded: $RULEC_FILE_BACKUP.record"
}

rulec_delete() {
  rulec_recall
  rulec_digest "./$rulec_base"
  rulec_found=$rulec_sum
  if [ "$rulec_known" = 0 ]; then
    rulec_expect
    if [ "$rulec_found" = none ]; then
      echo "rulec: $RULEC_FILE_NAME: there is no such file"
      return 0
    fi
    rulec_back_up
  elif [ "$rulec_found" = none ]; then
    rulec_settle
    echo "rulec: $RULEC_FILE_NAME: it was deleted before"
    return 0
  elif [ "$rulec_found" != "$rulec_old" ]; then
    rulec_fail 4 "refused: its content has the SHA-256 $rulec_found, and had $rulec_old when this run first looked at it"
  fi
  rulec_written=" none "
  rulec_remember
  rulec_look
  rulec_digest "./$rulec_base"
  if [ "$rulec_sum" != "$rulec_found" ]; then
    rulec_fail 4 "refused: somebody else has changed it just now"
  fi
  trap "" TERM HUP INT
  rm -f "./$rulec_base" || rulec_fail 1 "it cannot be removed"
  rulec_settle
}

# Keeps the old file, of which the digest is `rulec_found`.
rulec_back_up() {
  rulec_old=$rulec_found
  if [ "$rulec_old" = none ]; then
    return 0
  fi
  rm -f "$RULEC_FILE_BACKUP.old"
  cp -p "./$rulec_base" "$RULEC_FILE_BACKUP.old" || rulec_fail 1 "it cannot be backed up to $RULEC_FILE_BACKUP.old"
  rulec_digest "$RULEC_FILE_BACKUP.old"
  if [ "$rulec_sum" != "$rulec_old" ]; then
    rulec_fail 4 "refused: somebody else has changed it just now"
  fi
  rulec_sync "$RULEC_FILE_BACKUP.old" || rulec_fail 1 "its backup does not come to the disk: $RULEC_FILE_BACKUP.old"
}

rulec_write() {
  rulec_new=$RULEC_FILE_CONTENT
  if [ -z "$rulec_new" ]; then
    rulec_new=$rulec_source
  fi
  if [ ! -f "$rulec_new" ]; then
    rulec_fail 1 "there is no file to take the content from: $rulec_new"
  fi
  if [ -z "$RULEC_FILE_CONTENT" ] && [ -n "${RULEC_FILE_LINES_LEFT-}" ]; then
    rulec_count
  fi
  rulec_digest "$rulec_new"
  rulec_wanted=$rulec_sum
  if [ "$rulec_wanted" != "${RULEC_FILE_SHA256:-$rulec_wanted}" ]; then
    rulec_fail 1 "the content has the SHA-256 $rulec_wanted, that of the plan $RULEC_FILE_SHA256; this shell cannot hold it in this locale: use another, or LC_ALL=C.UTF-8"
  fi
  rulec_recall
  rulec_digest "./$rulec_base"
  rulec_found=$rulec_sum
  if [ "$rulec_known" = 0 ]; then
    rulec_expect
    rulec_back_up
  else
    case $rulec_written in
      *" $rulec_found "*)
        # With the same content, only the mode may have to change.
        if [ "$rulec_found" = "$rulec_wanted" ] && [ "$rulec_found" != "$rulec_old" ]; then
          rulec_settle
          echo "rulec: $RULEC_FILE_NAME: it was written before"
          return 0
        fi
        ;;
      *)
        if [ "$rulec_found" != "$rulec_old" ]; then
          rulec_fail 4 "refused: its content has the SHA-256 $rulec_found, and had $rulec_old when this run first looked at it"
        fi
        ;;
    esac
  fi
  rulec_fill
  case $rulec_written in
    *" $rulec_wanted "*) ;;
    *)
      rulec_written="$rulec_written$rulec_wanted "
      rulec_remember
      ;;
  esac
  rulec_replace "$rulec_wanted"
}

# Counts the lines to be copied, together with those that other steps of the run have counted before.
rulec_count() {
  awk "END { print NR }" <"$rulec_new" >"$RULEC_FILE_BACKUP.lines" || rulec_fail 1 "its lines cannot be counted"
  set +f
  rulec_lines=$(awk "{ all += \$1 } END { print all + 0 }" "$rulec_run"/*.file.lines)
  set -f
  if [ "${rulec_lines:-0}" -gt "$RULEC_FILE_LINES_LEFT" ]; then
    rulec_fail 3 "refused: it makes $rulec_lines lines that are copied, and $RULEC_FILE_LINES_LEFT are left of max_patch_lines"
  fi
}

# Holds the old content against the expected one.
rulec_expect() {
  if [ -z "$RULEC_FILE_EXPECT" ] || [ "$rulec_found" = "$RULEC_FILE_EXPECT" ]; then
    return 0
  fi
  if [ "$rulec_found" != none ]; then
    rulec_fail 4 "refused: its content has the SHA-256 $rulec_found, expected is $RULEC_FILE_EXPECT"
  fi
  # Where no file is, no content is.
  if [ "$RULEC_FILE_EXPECT" != e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ]; then
    rulec_fail 4 "refused: there is no such file, expected is one with the SHA-256 $RULEC_FILE_EXPECT"
  fi
}

# Fills the temporary file, with owner and mode as they are to be.
rulec_fill() {
  rulec_hidden=0 rulec_closed=0
  if [ "$rulec_found" != none ] || [ -n "$RULEC_FILE_MODE" ]; then
    rulec_hidden=1
  fi
  rulec_begin "$rulec_hidden"
  if [ "$rulec_found" != none ]; then
    cp -p "./$rulec_base" "$rulec_temporary" || rulec_fail 1 "its owner and mode cannot be kept"
  fi
  if [ -n "$RULEC_FILE_MODE" ]; then
    chmod 600 "$rulec_temporary" || rulec_fail 1 "the mode of a new file cannot be set"
  elif [ ! -w "$rulec_temporary" ]; then
    rulec_closed=1
    chmod u+w "$rulec_temporary" || rulec_fail 1 "the mode of a new file cannot be set"
  fi
  cat "$rulec_new" >"$rulec_temporary" || rulec_fail 1 "the new content cannot be written"
  if [ -n "$RULEC_FILE_MODE" ]; then
    chmod "$RULEC_FILE_MODE" "$rulec_temporary" || rulec_fail 1 "its mode cannot be set to $RULEC_FILE_MODE"
  elif [ "$rulec_closed" = 1 ]; then
    chmod u-w "$rulec_temporary" || rulec_fail 1 "its mode cannot be kept"
  fi
}

# True, and said, where the digested file is as it was before; else `rulec_where` says where that is.
rulec_is_as_it_was() {
  if [ "$rulec_sum" = "$rulec_old" ]; then
    echo "rulec: $RULEC_FILE_NAME: it is as it was"
    return 0
  fi
  rulec_where=$RULEC_FILE_BACKUP.old
  if [ "$rulec_old" = none ]; then
    rulec_where="no file"
  fi
  return 1
}

rulec_undo() {
  rulec_recall
  rulec_digest "./$rulec_base"
  rulec_found=$rulec_sum
  case $rulec_written in
    *" $rulec_found "*) ;;
    *)
      rulec_is_as_it_was && return 0
      rulec_fail 4 "refused: it is not what the step wrote (SHA-256 $rulec_found, written:${rulec_written% }), so it stays; what was there before: $rulec_where"
      ;;
  esac
  if [ "$rulec_old" = none ]; then
    trap "" TERM HUP INT
    rm -f "./$rulec_base" || rulec_fail 1 "it cannot be removed"
    rulec_settle
    return 0
  fi
  rulec_begin 1
  cp -p "$RULEC_FILE_BACKUP.old" "$rulec_temporary" || rulec_fail 1 "the old content cannot be written; it is in $RULEC_FILE_BACKUP.old"
  rulec_replace "$rulec_old"
}

# Says what there is to take back, where only a person does it.
rulec_ask_person() {
  rulec_recall
  rulec_digest "./$rulec_base"
  rulec_is_as_it_was && return 0
  rulec_fail 5 "only a person takes this back; what was there before: $rulec_where"
}

rulec_hash=
for rulec_tool in openssl shasum sha256sum; do
  if command -v "$rulec_tool" >/dev/null 2>&1; then
    rulec_hash=$rulec_tool
  fi
done
if [ -z "$rulec_hash" ]; then
  rulec_fail 14 "needed, but not found: sha256sum"
fi
case $RULEC_FILE_BACKUP in
  /*) ;;
  *) RULEC_FILE_BACKUP=${RULEC_FILE_START%/}/$RULEC_FILE_BACKUP ;;
esac
case $RULEC_FILE_MODE in
  *[!01234567]*) rulec_fail 2 "its mode is not in octal digits: $RULEC_FILE_MODE" ;;
esac
rulec_source=$RULEC_FILE_FROM
case $rulec_source in
  /*) ;;
  *)
    rulec_here
    rulec_source=${rulec_now%/}/$rulec_source
    ;;
esac
# One name for each step of each run: nobody else writes to it, and the next try finds it.
rulec_run=${RULEC_FILE_BACKUP%/*}
rulec_leftover=./.rulec-${rulec_run##*/}-${RULEC_FILE_BACKUP##*/}.tmp
rulec_takes_back=0
case $RULEC_FILE_DO in
  undo | leave) rulec_takes_back=1 ;;
esac
if [ "$rulec_takes_back" = 1 ] && [ ! -d "$rulec_run" ]; then
  rulec_fail 1 "the folder of its backup is gone, and nobody knows whether it was written: $rulec_run"
fi
if [ "$rulec_takes_back" = 1 ] && [ ! -e "$RULEC_FILE_BACKUP.record" ]; then
  # A write that was refused, or that did not come so far, left no more than that.
  (rulec_enter && rm -f "$rulec_leftover") 2>/dev/null
  echo "rulec: $RULEC_FILE_NAME: nothing was written, so nothing is restored"
  exit 0
fi
trap "rulec_clean; exit 143" TERM HUP INT
rulec_enter
rulec_judge
rulec_look
rulec_temporary=$rulec_leftover
rulec_clean
rulec_sync_one=0
if sync . 2>/dev/null; then
  rulec_sync_one=1
fi
case $RULEC_FILE_DO in
  write) rulec_write ;;
  delete) rulec_delete ;;
  undo) rulec_undo ;;
  leave) rulec_ask_person ;;
  *) rulec_fail 2 "RULEC_FILE_DO is write, delete, undo or leave, not $RULEC_FILE_DO" ;;
esac
exit 0
