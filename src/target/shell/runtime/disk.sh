# ---- Disk: writing that survives a full disk and a power cut.
# A run keeps 64 KiB in reserve. The first write that fails spends them, so that what has happened can still be
# written down; `rulec_starved` then tells the run to stop before it does anything more.

# Prints text $1; fails where not all of it could be written. zsh does not tell that of the first parts of long texts.
rulec_write() {
  if [ -n "${ZSH_VERSION-}" ] && [ "${#1}" -gt 1000 ]; then
    rulec_put "$1" | cat
  else
    rulec_put "$1"
  fi
}

# Appends text $2 to file $1 in one write. Where that fails, the reserve is spent and it is tried once more, on
# a line of its own: of a text of several lines, the first ones may then be there twice. 1: it fails still.
rulec_append() {
  if { rulec_write "$2" >>"$1"; } 2>/dev/null; then
    return 0
  fi
  rulec_spend_reserve
  rulec_mend=
  if rulec_torn "$1"; then
    rulec_mend=$rulec_nl
  fi
  { rulec_write "$rulec_mend$2" >>"$1"; } 2>/dev/null
}

# True where the last line of file $1 has no end.
rulec_torn() {
  [ -s "$1" ] && [ -n "$(tail -c 1 "$1" 2>/dev/null | tr '\n' ' ' | tr -d ' ')" ]
}

# Puts text $2 in the place of file $1: whoever reads it sees the old text or the new one. 1: the old one is
# still there.
rulec_replace() {
  if ! { rulec_write "$2" >"$1.new.$$"; } 2>/dev/null; then
    rulec_spend_reserve
    if ! { rulec_write "$2" >"$1.new.$$"; } 2>/dev/null; then
      rm -f "$1.new.$$"
      return 1
    fi
  fi
  rulec_sync "$1.new.$$"
  # Once more where a signal to the whole group may have killed it.
  mv -f "$1.new.$$" "$1" 2>/dev/null || mv -f "$1.new.$$" "$1" 2>/dev/null || [ ! -e "$1.new.$$" ] && return 0
  rm -f "$1.new.$$"
  return 1
}

# Returns once these files are on the disk. RULEC_SYNC=0 leaves it to the system, and a power cut may then take
# back what was reported.
rulec_sync() {
  [ "${RULEC_SYNC-}" != 0 ] || return 0
  case $rulec_sync_how in
    files) sync "$@" 2>/dev/null ;;
    all) sync 2>/dev/null ;;
    '')
      # Some take no files, and some are not there.
      rulec_sync_how=files
      sync "$@" 2>/dev/null && return 0
      rulec_sync_how=all
      sync 2>/dev/null
      ;;
  esac
}

# Makes the reserve of the run; 1: the disk has no room for it.
rulec_make_reserve() {
  [ ! -s "$rulec_folder/reserve" ] || return 0
  rulec_out='################################################################'
  while [ "${#rulec_out}" -lt 65536 ]; do
    rulec_out=$rulec_out$rulec_out
  done
  if { rulec_write "$rulec_out" >"$rulec_folder/reserve"; } 2>/dev/null; then
    return 0
  fi
  rm -f "$rulec_folder/reserve"
  return 1
}

rulec_spend_reserve() {
  rulec_starved=1
  if [ -n "$rulec_folder" ]; then
    rm -f "$rulec_folder/reserve"
  fi
}
