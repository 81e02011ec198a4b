# ---- What is shown without running anything.

rulec_help() {
  printf 'usage: %s [COMMAND] [OPTION]...\n\n' "${rulec_self##*/}"
  printf 'Runs %b: %b\n\n' "$rulec_entry_tag" "$rulec_entry_label"
  printf '%s\n' 'commands:' \
    '  run              run it; what is done where no command is given' \
    '  resume [RUN]     go on with a run that was paused, stopped or killed:' \
    '                   --rerun STEP, --skip-step STEP where it asks for that' \
    '  status [RUN]     show how far a run has come: --json, --watch, --exit-code' \
    '  pause [RUN]      stop before the next step: --wait until it has' \
    '  cancel [RUN]     end a run and roll it back: --wait until it is over' \
    '  abandon [RUN]    give up a run that nobody runs, and roll nothing back: --yes' \
    '  list             list the runs, the newest first: --json' \
    '  checklist NAME   go through a checklist instead' \
    '  approve          approve a run beforehand: --as NAME, --role ROLE, --input' \
    '  audit verify     see whether anything in the audit log was changed' \
    '  monitor [ID]...  look after the monitors of the rules: --once' \
    '  report [RUN]     print the report of a run: --format=json, junit or' \
    '                   prometheus, --output FILE' \
    '  plan             print the plan as JSON: --output FILE' \
    '  steps            list the steps, inputs and checklists; also --list' \
    'RUN is the id of a run, or how it begins; else it is the newest run that is not' \
    'over, or the newest.' \
    '' \
    'options:' \
    '  --yes                attest whatever only a person can confirm; it approves' \
    '                       nothing' \
    '  --as NAME            the name of the person who attests, or approves' \
    '  --approve ROLE=NAME  somebody approves the run, where it asks for that; NAME' \
    '                       where it asks for no role' \
    '  --input NAME=VALUE   give an input; else it is read from the environment' \
    '  --input-file FILE    give inputs as lines of NAME=VALUE' \
    '  --anew               run it though it is done, where that stands for a time' \
    '  --dry-run            show what would run; run nothing, write nothing' \
    '  --checklist NAME     go through a checklist instead' \
    '  --report FILE        write the JSON report there too; `-` is standard output' \
    '  --trace FILE         write each thing there as it happens, as lines of JSON' \
    '  --quiet              show failures and the outcome only' \
    '  --color=WHEN         auto, always or never; --no-color is never' \
    '  --help, --version    this text; the version and the digest of the plan' \
    '' \
    'exit codes:' \
    '    0  succeeded, degraded (a step failed that may fail), or done already' \
    '    1  monitor --once: something is not well' \
    '    2  wrong usage, or there is no such run' \
    '    3  refused: something is missing or does not hold; nothing was done' \
    '    4  failed, and there was nothing to roll back; or abandoned' \
    '    5  failed, and rolled back' \
    '    6  the rollback failed, in part at least' \
    '    7  refused: another run holds the lock; monitor --once: another one looks' \
    '    8  refused: this script was changed; audit verify: the audit log was' \
    '    9  the state folder cannot be used, or the disk is full: resume later' \
    '   10  paused' \
    '   11  a run is not over: resume, cancel or abandon it' \
    '   14  a needed tool is missing' \
    '   70  internal error' \
    '  129, 130, 143  cancelled by HUP, INT, TERM (143 also by cancel), and rolled' \
    '                 back; monitor: ended by them, but 0 for TERM' \
    '' \
    'Reports and logs are kept below $RULEC_STATE_DIR, else $XDG_STATE_HOME/rulec,' \
    'else ~/.local/state/rulec. Colours are left out where NO_COLOR is set.'
}

rulec_usage() {
  rulec_note '%s' "$1"
  rulec_note 'try: %s --help' "$rulec_again"
  rulec_leave 2
}

rulec_list_all() {
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_steps" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_defaults
    "rulec_step_$rulec_at"
    printf 'step %s: %b (%b)\n' "$rulec_at" "$rulec_label" "$rulec_tag"
  done
  rulec_show_inputs
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_checklists" ]; do
    rulec_at=$((rulec_at + 1))
    "rulec_checklist_$rulec_at"
    printf 'checklist: %b (%s items)\n' "$rulec_tag" "$rulec_items"
  done
  rulec_watches
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_monitors" ]; do
    rulec_at=$((rulec_at + 1))
    "rulec_monitor_$rulec_at"
    rulec_span "$rulec_every"
    printf 'monitor: %b, every %s: %b\n' "$rulec_tag" "$rulec_out" "$rulec_ask"
  done
}

rulec_show_inputs() {
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_in_default='' rulec_in_from=none rulec_in_required=0 rulec_in_label='' rulec_choices=0 rulec_min='' rulec_max=''
    "rulec_input_$rulec_at"
    rulec_more=optional
    case $rulec_in_from$rulec_in_required in
      fixed*) rulec_more="fixed: $rulec_in_default" ;;
      default*) rulec_more="default: $rulec_in_default" ;;
      *1) rulec_more=required ;;
    esac
    printf 'input: %s, %s, %s%s%b\n' "$rulec_in_name" "$rulec_in_type" "$rulec_more" "${rulec_in_label:+; }" "$rulec_in_label"
  done
}

# Prints text $2 with $1 before its first line, and the lines below it aligned.
rulec_indent() {
  rulec_put "$2" | LC_ALL=C awk -v mark="$1" '
    NR == 1 { print "       " mark $0; gsub(/./, " ", mark); next }
    { print "       " mark $0 }'
}

# Says what the step that a definition has set would write.
rulec_show_file() {
  if [ "$rulec_file_absent" = 1 ]; then
    rulec_indent 'deletes ' "$rulec_file_name"
    rulec_show_expected
    return 0
  fi
  rulec_indent 'writes ' "$rulec_file_name"
  if [ -n "$rulec_file_from" ]; then
    rulec_indent 'copied from ' "$rulec_file_from"
  elif [ -n "$rulec_file_content$rulec_file_escaped" ]; then
    rulec_out=$rulec_file_content
    if [ -n "$rulec_file_escaped" ]; then
      rulec_text "$rulec_file_escaped"
    fi
    rulec_indent '| ' "$rulec_out"
  else
    printf '       with nothing in it\n'
  fi
  if [ -n "$rulec_file_mode" ]; then
    printf '       mode: %s\n' "$rulec_file_mode"
  fi
  rulec_show_expected
}

# Says which old content the step that a definition has set asks for.
rulec_show_expected() {
  if [ -n "$rulec_file_expect" ]; then
    printf '       only over a file with the SHA-256 %s\n' "$rulec_file_expect"
  fi
}

# Says how the command or condition that a definition has set would be carried out.
rulec_show_one() {
  case $rulec_kind in
    manual) printf '       %b\n' "$rulec_ask" ;;
    file) rulec_show_file ;;
    *)
      if [ -z "$rulec_do" ]; then
        printf '       a person confirms it\n'
      else
        rulec_indent '$ ' "$rulec_do"
      fi
      ;;
  esac
  if [ -n "$rulec_op" ]; then
    printf '       wanted: %s %s %s\n' "$rulec_op" "$rulec_value" "$rulec_unit"
  fi
  if [ -n "$rulec_limit" ]; then
    rulec_span "$rulec_limit"
    printf '       timeout: %s\n' "$rulec_out"
  fi
}

rulec_show_step() {
  printf '%4s.  %b (%b)\n' "$rulec_at" "$rulec_label" "$rulec_tag"
  if [ -n "$rulec_start_at" ]; then
    rulec_span "$rulec_start_at"
    printf '       not before: %s from the start\n' "$rulec_out"
  fi
  if [ -n "$rulec_end_by" ]; then
    rulec_span "$rulec_end_by"
    printf '       done by: %s from the start\n' "$rulec_out"
  fi
  if [ "$rulec_delay_before" -gt 0 ]; then
    rulec_span "$rulec_delay_before"
    printf '       wait before: %s\n' "$rulec_out"
  fi
  rulec_show_one
  if [ -n "$rulec_verify" ]; then
    rulec_indent 'verify $ ' "$rulec_verify"
    if [ "$rulec_verify_polls" -gt 1 ]; then
      rulec_span "$rulec_verify_interval"
      printf '       up to %s polls, one every %s\n' "$rulec_verify_polls" "$rulec_out"
    fi
  fi
  if [ "$rulec_retries" -gt 0 ]; then
    rulec_span "$rulec_retry_delay"
    printf '       retries: %s, after %s, %s\n' "$rulec_retries" "$rulec_out" "$rulec_backoff"
  fi
  printf '       on failure: %s\n' "$rulec_on_failure"
  if [ "$rulec_file_manual" = 1 ]; then
    printf '       undo: only a person takes it back\n'
  elif [ -n "$rulec_undo" ] && [ "$rulec_undo" = "${rulec_file_program-}" ]; then
    printf '       undo: puts back what was there\n'
  elif [ -n "$rulec_undo" ]; then
    rulec_indent 'undo $ ' "$rulec_undo"
    if [ "$rulec_undo_retries" -gt 0 ]; then
      printf '       up to %s attempts\n' "$((rulec_undo_retries + 1))"
    fi
  fi
  if [ "$rulec_delay_after" -gt 0 ]; then
    rulec_span "$rulec_delay_after"
    printf '       wait after: %s\n' "$rulec_out"
  fi
}

# Shows list $1 of $2 items under heading $3, with function $4.
rulec_show_list() {
  [ "$2" -gt 0 ] || return 0
  printf '\n%s\n' "$3"
  rulec_at=0
  while [ "$rulec_at" -lt "$2" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_defaults
    "rulec_$1_$rulec_at"
    "$4"
  done
}

# Shows $2 steps from number $1 under heading $3.
rulec_show_steps() {
  [ "$2" -gt 0 ] || return 0
  printf '\n%s\n' "$3"
  rulec_at=0
  while [ "$rulec_at" -lt "$2" ]; do
    rulec_defaults
    "rulec_step_$(($1 + rulec_at))"
    rulec_at=$((rulec_at + 1))
    rulec_show_step
  done
}

rulec_show_condition() {
  rulec_more=
  if [ "$rulec_mandatory" = 0 ]; then
    rulec_more=' (not mandatory)'
  fi
  printf '%4s.  %b%s\n' "$rulec_at" "$rulec_ask" "$rulec_more"
  rulec_show_one
}

rulec_dry_run() {
  printf '%b: %b\n' "$rulec_entry_tag" "$rulec_entry_label"
  printf 'This is a dry run: nothing is run, checked or written.\n\n'
  rulec_show_inputs
  rulec_show_gates
  rulec_show_backups
  rulec_refusals 2>&1
  rulec_show_list pre "$rulec_pres" 'preconditions' rulec_show_condition
  rulec_show_steps 1 "$rulec_steps" 'steps'
  rulec_show_list post "$rulec_posts" 'postconditions' rulec_show_condition
  rulec_g=0
  while [ "$rulec_g" -lt "$rulec_groups" ]; do
    rulec_g=$((rulec_g + 1))
    "rulec_group_$rulec_g"
    rulec_text "$rulec_label"
    rulec_show_steps "$rulec_group_first" "$rulec_group_steps" "rollback: $rulec_out"
  done
  rulec_show_steps "$rulec_final_first" "$rulec_finals" 'at the end, whatever happened'
}
