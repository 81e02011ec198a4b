# ---- `approve`: an approval on record, before the run.

# Chooses the approval that is given, in `rulec_chosen`, by role `rulec_role` where one is named.
rulec_choose_approval() {
  rulec_chosen=0 rulec_approvers='' rulec_n=0 rulec_role_known=0
  while [ "$rulec_n" -lt "$rulec_approvals" ]; do
    rulec_n=$((rulec_n + 1))
    "rulec_approval_$rulec_n"
    rulec_wanted=0
    if [ -z "$rulec_role" ] || rulec_has_role "$rulec_role"; then
      rulec_wanted=1 rulec_role_known=1
    fi
    if rulec_read_approval "$rulec_home/approvals/$rulec_execution.$rulec_n" "$rulec_n" 1; then
      rulec_approvers=$rulec_approvers$rulec_nl$rulec_name
    elif [ "$rulec_chosen" = 0 ] && [ "$rulec_wanted" = 1 ]; then
      rulec_chosen=$rulec_n
    fi
  done
  if [ "$rulec_role_known" = 0 ]; then
    rulec_note '--role takes a role that is asked for:'
    rulec_list_approvals '  ' >&2
    rulec_usage "no approval is by this role: $rulec_role"
  fi
  if [ "$rulec_chosen" = 0 ]; then
    rulec_note 'refused: this is approved already, and each approval serves one run'
    rulec_leave 3
  fi
  "rulec_approval_$rulec_chosen"
  rulec_wanted=$rulec_roles
  if [ -n "$rulec_role" ]; then
    rulec_has_role "$rulec_role"
    rulec_wanted=$rulec_role_number
  elif [ "$rulec_roles" -gt 1 ]; then
    rulec_list_approvals '  ' >&2
    rulec_usage "approve takes --role ROLE: approval $rulec_chosen can be given in several roles"
  fi
}

# Shows what is approved.
rulec_show_approved() {
  {
    printf '%bapprove %b%b (%b)%s%s\n' "$rulec_bold" "$rulec_entry_label" "$rulec_plain" "$rulec_entry_tag" \
      "${rulec_risk:+, risk }" "$rulec_risk"
    printf '  plan       %s\n  execution  %s\n' "$rulec_digest" "$rulec_execution"
    rulec_at=0
    while [ "$rulec_at" -lt "$rulec_inputs" ]; do
      rulec_at=$((rulec_at + 1))
      rulec_define_input "$rulec_at"
      eval "rulec_in_has=\$rulec_in_has_$rulec_at rulec_got=\$rulec_in_value_$rulec_at"
      rulec_json "$rulec_got"
      case $rulec_in_type:$rulec_in_has in
        secret:*) rulec_out='a secret, given to the run' ;;
        *:0) rulec_out='not given' ;;
      esac
      printf '  input      %s = %s\n' "$rulec_in_name" "$rulec_out"
    done
    rulec_at=0
    while [ "$rulec_at" -lt "$rulec_steps" ]; do
      rulec_at=$((rulec_at + 1))
      rulec_defaults
      "rulec_step_$rulec_at"
      printf '  step %-5s %b (%b)\n' "$rulec_at" "$rulec_label" "$rulec_tag"
    done
    "rulec_approval_$rulec_chosen"
    printf '  approval   %s of %s, by %b\n' "$rulec_chosen" "$rulec_approvals" "$rulec_by"
    [ -z "$rulec_because" ] || printf '  reason     %b\n' "$rulec_because"
    printf '  name       %s\n' "$rulec_as"
  } >&2
}

rulec_approve_command() {
  rulec_chosen=0
  [ "$rulec_approvals" -gt 0 ] || rulec_usage 'this plan asks for no approval'
  [ -n "$rulec_as" ] || rulec_usage 'approve takes --as NAME, the name of the person who approves'
  rulec_refused=0
  rulec_refusals
  [ "$rulec_refused" = 0 ] || rulec_leave 3
  # An approval is for one set of inputs; secrets are no part of it.
  rulec_needs_secrets=0
  rulec_take_inputs
  if [ -n "$rulec_problems" ]; then
    rulec_note 'refused: inputs are missing or wrong:'
    rulec_put "$rulec_problems" | sed 's/^/  /' >&2
    rulec_leave 3
  fi
  rulec_identify
  rulec_approval_time
  rulec_choose_approval
  if ! rulec_is_another "$rulec_as"; then
    rulec_note 'refused: %s' "$rulec_flaw"
    rulec_leave 3
  fi
  if [ "$rulec_quiet" = 0 ] || [ "$rulec_yes" = 0 ]; then
    rulec_show_approved
  fi
  mkdir -p "$rulec_home" 2>/dev/null || rulec_unusable "$rulec_home"
  # The accounts of those who approve and of those who run may share the folder.
  umask "$rulec_umask"
  mkdir -p "$rulec_home/approvals" 2>/dev/null || rulec_unusable "$rulec_home/approvals"
  # Nobody else can have put a link there.
  rulec_new=$rulec_home/approvals/.new-$$
  rm -f "$rulec_new"
  set -C
  if [ "$rulec_yes" = 0 ]; then
    if ! rulec_attended; then
      rulec_note 'refused: nobody is there to confirm it; --yes approves without being asked'
      rulec_leave 3
    fi
    if ! rulec_type_in 'Approve it? [y/N]' "$rulec_new"; then
      rulec_end=$rulec_cause
      rulec_cancelled
      rulec_leave "${rulec_exit:-143}"
    fi
    case $rulec_answer in
      [yY] | [yY][eE][sS]) ;;
      *)
        rulec_note 'not approved'
        rulec_leave 3
        ;;
    esac
  fi
  "rulec_approval_$rulec_chosen"
  rulec_approve_now "$rulec_wanted" record "$rulec_as"
  rulec_put_approval "$rulec_chosen" 2>/dev/null >"$rulec_new" || rulec_unusable "$rulec_home/approvals"
  rulec_file=$rulec_home/approvals/$rulec_execution.$rulec_chosen
  # Never over a record that counts: a link is made by one of two only.
  if ! ln "$rulec_new" "$rulec_file" 2>/dev/null; then
    if rulec_read_approval "$rulec_file" "$rulec_chosen" 1; then
      rm -f "$rulec_new"
      rulec_note 'refused: %s has given this approval meanwhile' "$rulec_name"
      rulec_leave 3
    fi
    mv -f "$rulec_new" "$rulec_file" 2>/dev/null || rulec_unusable "$rulec_file"
  fi
  rm -f "$rulec_new"
  rulec_note 'approved by %s, for one run of this plan with these inputs within %s' "$rulec_as" "$rulec_ttl_words"
  rulec_leave 0
}
