# ---- Approvals: where they come from, and what becomes of them.
# A record is one line of fields between tabs: `v1`, seconds since 1970, the same in UTC, the plan, the
# execution, number of the approval, number of the role (0: none), how it was given, who was logged in, name, `.`.

# Takes an `--approve ROLE=NAME`, or `--approve NAME` where an approval asks for no role: it is for the first
# approval that takes it and has none yet.
rulec_give_approval() {
  [ "$rulec_approvals" -gt 0 ] || rulec_usage '--approve: this plan asks for no approval'
  rulec_n=0
  while [ "$rulec_n" -lt "$rulec_approvals" ]; do
    rulec_n=$((rulec_n + 1))
    case $rulec_by_option in
      *" $rulec_n "*) continue ;;
    esac
    "rulec_approval_$rulec_n"
    rulec_got=$1 rulec_role_number=0
    while [ "$rulec_role_number" -lt "$rulec_roles" ]; do
      rulec_role_number=$((rulec_role_number + 1))
      eval "rulec_out=\$rulec_role_$rulec_role_number"
      case $1 in
        "$rulec_out="*)
          rulec_got=${1#"$rulec_out="}
          break
          ;;
        *) [ "$rulec_role_number" -lt "$rulec_roles" ] || continue 2 ;;
      esac
    done
    rulec_can_sign "$rulec_got" || rulec_usage "--approve takes a person's name: $rulec_flaw"
    eval "rulec_approver_$rulec_n=\$rulec_got rulec_approver_role_$rulec_n=\$rulec_role_number"
    rulec_by_option="$rulec_by_option$rulec_n "
    return 0
  done
  rulec_note '--approve takes ROLE=NAME, for an approval that has none yet; asked for:'
  rulec_list_approvals '  ' >&2
  rulec_usage "no approval is for this: $1"
}

# Lists the approvals that the plan asks for, each after $1.
rulec_list_approvals() {
  rulec_n=0
  while [ "$rulec_n" -lt "$rulec_approvals" ]; do
    rulec_n=$((rulec_n + 1))
    "rulec_approval_$rulec_n"
    printf '%s%s. by %b%s%b\n' "$1" "$rulec_n" "$rulec_by" "${rulec_because:+: }" "$rulec_because"
  done
}

# How long a record counts, in seconds.
rulec_approval_time() {
  rulec_ttl=${RULEC_APPROVAL_TTL:-86400}
  case $rulec_ttl in
    *[!0-9]* | ??????????*) rulec_usage "RULEC_APPROVAL_TTL takes seconds, up to 999999999, not: $rulec_ttl" ;;
  esac
  rulec_epoch_now=$(date +%s)
  rulec_ttl_words=${rulec_ttl}s
  if [ "$rulec_ttl" -ge 3600 ]; then
    rulec_ttl_words=$((rulec_ttl / 3600))h
  fi
}

# Reads the record in file $1 of approval $2, which a definition has set. What makes it count for nothing is left
# in `rulec_flaw`. $3: 1 where it must not be too old.
rulec_read_approval() {
  rulec_flaw='it is unreadable' rulec_line=
  { read -r rulec_line <"$1"; } 2>/dev/null || return 1
  IFS=$rulec_tab
  # shellcheck disable=SC2086 # fields
  set -- "$2" "$3" $rulec_line
  unset IFS
  [ "$#" = 13 ] && [ "$3 ${13}" = 'v1 .' ] && [ "$8" = "$1" ] || return 1
  case $4 in
    '' | *[!0-9]* | ???????????*) return 1 ;;
  esac
  case $9 in
    *[!0-9]* | 0?* | ?????*) return 1 ;;
  esac
  rulec_flaw='it is for another plan, or for other inputs'
  [ "$6" = "$rulec_digest" ] && [ "$7" = "$rulec_execution" ] || return 1
  rulec_flaw='it names no role that the plan asks for'
  if [ "$9" -gt "$rulec_roles" ] || { [ "$9" = 0 ] && [ "$rulec_roles" -gt 0 ]; }; then
    return 1
  fi
  rulec_can_sign "${12}" || return 1
  rulec_ap_at=$5 rulec_role_number=$9 rulec_ap_how=${10} rulec_ap_by=${11} rulec_name=${12}
  [ "$2" = 1 ] || return 0
  rulec_age=$((rulec_epoch_now - $4))
  if [ "$rulec_age" -ge "$rulec_ttl" ]; then
    rulec_flaw="it was given at $5, which is too long ago"
    return 1
  fi
  if [ "$rulec_age" -lt -300 ]; then
    rulec_flaw="it was given at $5, which is still to come"
    return 1
  fi
}

# Sets what a record of now holds: role number $1, how $2, name $3.
rulec_approve_now() {
  rulec_role_number=$1 rulec_ap_how=$2 rulec_name=$3 rulec_ap_by=$rulec_who
  rulec_ap_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
}

# Prints the record of approval $1.
rulec_put_approval() {
  rulec_put "v1$rulec_tab$rulec_epoch_now$rulec_tab$rulec_ap_at$rulec_tab$rulec_digest$rulec_tab$rulec_execution$rulec_tab$1$rulec_tab$rulec_role_number$rulec_tab$rulec_ap_how$rulec_tab$rulec_ap_by$rulec_tab$rulec_name$rulec_tab.$rulec_nl"
}

# True where nobody of this name has approved this run yet: four eyes see more than two.
rulec_is_another() {
  case "$rulec_nl$rulec_approvers$rulec_nl" in
    *"$rulec_nl$1$rulec_nl"*)
      rulec_flaw="$1 has given another approval, and each takes another person"
      return 1
      ;;
  esac
}

# Asks at the terminal who gives approval $1. 1: nobody, 2: halted.
rulec_ask_approval() {
  printf '\n%bapproval %s of %s%b, by %b%s%b\n' "$rulec_bold" "$1" "$rulec_approvals" "$rulec_plain" "$rulec_by" \
    "${rulec_because:+: }" "$rulec_because" >&2
  rulec_tries=0
  while [ "$rulec_tries" -lt 3 ]; do
    rulec_tries=$((rulec_tries + 1))
    rulec_type_in 'Name of the person who approves (empty: nobody):' "$rulec_folder/answer" || return 2
    rulec_flaw='nobody gave it'
    [ -n "$rulec_answer" ] || return 1
    if ! rulec_can_sign "$rulec_answer" || ! rulec_is_another "$rulec_answer"; then
      printf '%s\n' "$rulec_flaw" >&2
      continue
    fi
    rulec_name=$rulec_answer rulec_role_number=$rulec_roles
    if [ "$rulec_roles" -gt 1 ]; then
      rulec_type_in "Role ($rulec_by):" "$rulec_folder/answer" || return 2
      if ! rulec_has_role "$rulec_answer"; then
        rulec_flaw='it takes one of these roles'
        printf '%s\n' "$rulec_flaw" >&2
        continue
      fi
    fi
    rulec_approve_now "$rulec_role_number" terminal "$rulec_name"
    return 0
  done
  return 1
}

# Finds approval $1. 1: it is missing, `rulec_flaw` says why; 2: halted.
rulec_find_approval() {
  rulec_flaw=
  if [ -e "$rulec_folder/approval.$1" ]; then
    rulec_read_approval "$rulec_folder/approval.$1" "$1" 0 && rulec_is_another "$rulec_name"
    return
  fi
  case $rulec_by_option in
    *" $1 "*)
      eval "rulec_approve_now \"\$rulec_approver_role_$1\" option \"\$rulec_approver_$1\""
      rulec_is_another "$rulec_name"
      return
      ;;
  esac
  if [ -e "$rulec_home/approvals/$rulec_execution.$1" ] &&
    rulec_read_approval "$rulec_home/approvals/$rulec_execution.$1" "$1" 1 &&
    rulec_is_another "$rulec_name"; then
    return 0
  fi
  rulec_attended || return 1
  [ -z "$rulec_flaw" ] || rulec_note 'the record of approval %s does not count: %s' "$1" "$rulec_flaw"
  rulec_ask_approval "$1"
}

# Writes down approval $1 of this run.
rulec_keep_approval() {
  rulec_approvers=$rulec_approvers$rulec_nl$rulec_name
  rulec_role_json=null
  if [ "$rulec_role_number" -gt 0 ]; then
    eval "rulec_role_json=\$rulec_json_role_$rulec_role_number"
  fi
  rulec_json "$rulec_name"
  rulec_json_name=$rulec_out
  rulec_json "$rulec_ap_by"
  rulec_out="\"role\":$rulec_role_json,\"name\":$rulec_json_name,\"by\":$rulec_out,\"at\":\"$rulec_ap_at\",\"how\":\"$rulec_ap_how\""
  rulec_approval_members=$rulec_out
  rulec_result approvals "$1" "{$rulec_approval_members}"
  rulec_audit approved ",$rulec_approval_members"
  rulec_tell 'approved by %s (%s)' "$rulec_name" "$rulec_ap_how"
  if [ "$rulec_ap_how" != record ]; then
    rulec_put_approval "$1" 2>/dev/null >"$rulec_folder/approval.$1" || rulec_unusable "$rulec_folder"
  fi
}

# True where every approval is given; 2: halted. What is missing is said, and how to give it.
rulec_approve_gate() {
  rulec_why='' rulec_approvers='' rulec_lacking=0
  [ "$rulec_approvals" -gt 0 ] || return 0
  rulec_approval_time
  rulec_gate_n=0
  while [ "$rulec_gate_n" -lt "$rulec_approvals" ]; do
    rulec_gate_n=$((rulec_gate_n + 1))
    "rulec_approval_$rulec_gate_n"
    rulec_find_approval "$rulec_gate_n"
    case $? in
      0)
        rulec_keep_approval "$rulec_gate_n"
        continue
        ;;
      2) return 2 ;;
    esac
    rulec_lacking=$((rulec_lacking + 1))
    rulec_text "$rulec_by"
    rulec_why="$rulec_why${rulec_why:+; }approval $rulec_gate_n of $rulec_approvals is missing, by $rulec_out${rulec_flaw:+ ($rulec_flaw)}"
  done
  [ "$rulec_lacking" -gt 0 ] || return 0
  rulec_note 'refused: %s of %s approvals missing; asked for:' "$rulec_lacking" "$rulec_approvals"
  rulec_list_approvals '  ' >&2
  rulec_say_how_to_approve
  return 1
}

# Says which command approves exactly this.
rulec_say_how_to_approve() {
  rulec_words="$rulec_again approve --as NAME"
  rulec_n=0
  while [ "$rulec_n" -lt "$rulec_approvals" ]; do
    rulec_n=$((rulec_n + 1))
    "rulec_approval_$rulec_n"
    if [ "$rulec_roles" -gt 1 ] || [ "$rulec_approvals" -gt 1 ]; then
      rulec_words="$rulec_words --role ROLE"
      break
    fi
  done
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    eval "rulec_in_has=\$rulec_in_has_$rulec_at rulec_got=\$rulec_in_value_$rulec_at"
    case $rulec_in_type:$rulec_in_from:$rulec_in_has in
      secret:* | *:fixed:* | *:0) continue ;;
    esac
    if [ "$rulec_in_from$rulec_got" != "default$rulec_in_default" ]; then
      rulec_flat "$rulec_got" || rulec_got=VALUE
      rulec_quote "$rulec_in_name=$rulec_got"
      rulec_words="$rulec_words --input $rulec_out"
    fi
  done
  rulec_note 'each takes another person, at most %s before the run:' "$rulec_ttl_words"
  rulec_note '  %s' "$rulec_words"
  rulec_note 'or start this run with --approve ROLE=NAME, or at a terminal'
}

# Takes the records away that let this run start: each serves once. 1: another run was quicker.
rulec_use_approvals() {
  rulec_n=0
  while [ "$rulec_n" -lt "$rulec_approvals" ]; do
    rulec_n=$((rulec_n + 1))
    if [ ! -e "$rulec_folder/approval.$rulec_n" ] &&
      ! mv -f "$rulec_home/approvals/$rulec_execution.$rulec_n" "$rulec_folder/approval.$rulec_n" 2>/dev/null; then
      rulec_why="approval $rulec_n was used by another run, or cannot be taken from $rulec_home/approvals"
      return 1
    fi
  done
}
