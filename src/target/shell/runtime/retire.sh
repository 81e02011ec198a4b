# ---- How long the audit log is kept.

# Puts the file aside where its first line is of another day, and removes what is older than it may be.
rulec_audit_retire() {
  [ -n "$rulec_audit_days" ] || return 0
  rulec_iso
  rulec_digits "$rulec_out"
  rulec_today=$rulec_out
  rulec_day_number "$rulec_today"
  rulec_today_number=$rulec_out
  rulec_line=
  { read -r rulec_line <"$rulec_audit_file"; } 2>/dev/null
  rulec_audit_day "$rulec_line"
  if [ -n "$rulec_out" ] && [ "$rulec_out" != "$rulec_today" ] && rulec_audit_day "$rulec_audit_line" && [ -n "$rulec_out" ]; then
    rulec_first=${rulec_line#'{"seq":'}
    if ! mv -f "$rulec_audit_file" "$rulec_audit_file.$((1000000000 + ${rulec_first%%,*}))-$rulec_out" 2>/dev/null ||
      ! { true >>"$rulec_audit_file"; } 2>/dev/null; then
      rulec_fault="$rulec_audit_file cannot be put aside"
      return 1
    fi
  fi
  rulec_segments "$rulec_audit_file"
  set --
  for rulec_name in $rulec_segment_names; do
    rulec_day_number "${rulec_name##*-}"
    [ "$((rulec_today_number - rulec_out))" -gt "$rulec_audit_days" ] || break
    set -- "$@" "$rulec_audit_file.$rulec_name"
  done
  [ "$#" -gt 0 ] || return 0
  for rulec_file in "$@"; do
    :
  done
  # The last line that goes says where the rest begins.
  rulec_line=$(tail -n 1 "$rulec_file")
  rulec_left_seq=$rulec_audit_seq rulec_left_hash=$rulec_audit_hash
  if rulec_audit_parse "$rulec_line"; then
    rulec_audit_body anchor "\"removed_to\":$rulec_audit_seq,\"removed\":\"$rulec_audit_hash\",\"days\":$rulec_audit_days"
    rulec_audit_seq=$rulec_left_seq rulec_audit_hash=$rulec_left_hash
    rulec_audit_due=$rulec_audit_due$rulec_out$rulec_nl
    rulec_audit_write || return 1
    rulec_sync "$rulec_audit_file"
    rm -f "$@"
  else
    rulec_audit_seq=$rulec_left_seq rulec_audit_hash=$rulec_left_hash
    rulec_note 'the audit log is not cut, since the last line of %s was changed' "$rulec_file"
  fi
}

# Leaves in `rulec_segment_names` the endings of the files that were put aside for $1, in order, and the path of the last in
# `rulec_segment`.
rulec_segments() {
  rulec_segment_names='' rulec_segment=
  set +f
  for rulec_file in "$1".1[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]; do
    if [ -f "$rulec_file" ]; then
      rulec_segment_names="$rulec_segment_names ${rulec_file#"$1".}"
      rulec_segment=$rulec_file
    fi
  done
  set -f
}

# Yields the day of line $1, eight digits; nothing where it is no line of the log.
rulec_audit_day() {
  rulec_out=
  case $1 in
    '{"seq":'[1-9]*',"at":"'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*) ;;
    *) return 0 ;;
  esac
  rulec_out=${1#*',"at":"'}
  rulec_digits "${rulec_out%%T*}"
}
