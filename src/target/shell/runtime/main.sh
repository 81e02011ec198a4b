# ---- Commands, and the way in.

# True where this file is what the compiler wrote: its last line names the digest of all lines before it.
rulec_whole() {
  rulec_sum=$(sed '$d' "$rulec_path" 2>/dev/null | rulec_sha)
  [ "${#rulec_sum}" = 64 ] && [ "$rulec_sum" = "$1" ]
}

# The same question in another way, so that no single changed byte can answer both.
rulec_sealed() {
  case $(tail -n 1 "$rulec_path" 2>/dev/null) in
    "rulec_boot $(sed '$d' "$rulec_path" | rulec_sha) "*) return 0 ;;
  esac
  # Where a flipped bit hides the function, the shell goes on behind its call.
  rulec_refuse_changed || exit 8
}

rulec_refuse_changed() {
  rulec_note 'refused: %s was changed since it was made, or cannot be read; nothing was run' "$rulec_self"
  rulec_leave 8
}

rulec_run_checklist() {
  rulec_at=0 rulec_found=0
  while [ "$rulec_at" -lt "$rulec_checklists" ]; do
    rulec_at=$((rulec_at + 1))
    "rulec_checklist_$rulec_at"
    if [ "$rulec_list" = "$rulec_checklist" ]; then
      rulec_found=$rulec_at
      break
    fi
  done
  [ "$rulec_found" -gt 0 ] || rulec_usage "there is no checklist $rulec_checklist"
  rulec_open
  rulec_steps=0
  rulec_outcome=refused rulec_exit=3
  rulec_take_inputs
  if [ -n "$rulec_problems" ]; then
    rulec_why='inputs are missing or wrong'
    rulec_note '%s:' "$rulec_why"
    rulec_put "$rulec_problems" | sed 's/^/  /' >&2
    return
  fi
  if [ "$rulec_items_prose" -gt 0 ] && [ "$rulec_yes" = 0 ] && ! rulec_attended; then
    rulec_why='nobody is there to confirm what only a person can'
    rulec_note '%s; to attest all of it, run again with --yes:' "$rulec_why"
    "rulec_checklist_${rulec_found}_attest"
    return
  fi
  rulec_hold_all "checklist_$rulec_found" "$rulec_items" item
  case $? in
    0) rulec_outcome=succeeded rulec_exit=0 ;;
    1) rulec_outcome=failed rulec_exit=4 rulec_why=$rulec_reason ;;
    2)
      rulec_give_up
      rulec_cancelled
      ;;
  esac
}

rulec_boot() {
  trap 'rulec_note "internal error"; exit 70' EXIT
  # Nothing but an assignment: bash can get an `if` wrong in a trap that interrupts a fork.
  trap 'rulec_signal=HUP' HUP
  trap 'rulec_signal=INT' INT
  trap 'rulec_signal=TERM' TERM
  rulec_yes=0 rulec_quiet=0 rulec_colour=auto rulec_report='' rulec_checklist='' rulec_verb=run
  rulec_why='' rulec_end='' rulec_cause='' rulec_undoable='' rulec_degraded=0 rulec_failures=0 rulec_alerts=0 rulec_next=
  rulec_json_attested='' rulec_json_held='' rulec_json_pres='' rulec_json_posts='' rulec_json_undone=
  rulec_json_rollback='' rulec_json_finally='' rulec_json_alerts=
  rulec_split=0 rulec_show=0 rulec_heard='' rulec_refused=0 rulec_broken='' rulec_trace=
  rulec_plan
  rulec_locale
  case $rulec_self in
    */*) rulec_path=$rulec_self ;;
    *) rulec_path=./$rulec_self ;;
  esac
  rulec_whole "$1" || rulec_refuse_changed || exit 8
  shift
  rulec_defaults
  while [ "$#" -gt 0 ]; do
    rulec_argument=$1
    rulec_operand=
    case $1 in
      --input=* | --report=* | --trace=* | --checklist=* | --color=*)
        rulec_argument=${1%%=*}
        rulec_operand=${1#*=}
        ;;
      --input | --report | --trace | --checklist | --color)
        [ "$#" -gt 1 ] || rulec_usage "$1 takes a value"
        shift
        rulec_operand=$1
        ;;
    esac
    case $rulec_argument in
      run) ;;
      --yes) rulec_yes=1 ;;
      --dry-run | --list | --help | --version) rulec_verb=$1 ;;
      -h) rulec_verb=--help ;;
      --input) rulec_give "$rulec_operand" ;;
      --report) rulec_report=$rulec_operand ;;
      --trace)
        case $rulec_operand in
          '' | -) rulec_usage '--trace takes the path of a file' ;;
        esac
        rulec_trace=$rulec_operand
        ;;
      --checklist) rulec_checklist=$rulec_operand ;;
      --no-color) rulec_colour=never ;;
      --color)
        case $rulec_operand in
          auto | always | never) rulec_colour=$rulec_operand ;;
          *) rulec_usage "--color is auto, always or never, not: $rulec_operand" ;;
        esac
        ;;
      --quiet) rulec_quiet=1 ;;
      *) rulec_usage "unknown argument: $1" ;;
    esac
    shift
  done
  rulec_colours
  case $rulec_verb in
    --help) rulec_help ;;
    --version) printf 'rulec %s, plan %s\n' "$rulec_version" "$rulec_digest" ;;
    --list) rulec_list_all ;;
    --dry-run) rulec_dry_run ;;
    run)
      rulec_find_tools
      rulec_sealed
      rulec_start_clock
      rulec_whoami
      trap : PIPE
      if [ -n "$rulec_trace" ]; then
        [ -z "$rulec_checklist" ] || rulec_usage 'a checklist has no trace: give --trace or --checklist'
        rulec_put '' 2>/dev/null >"$rulec_trace" || rulec_usage "the trace cannot be written: $rulec_trace"
      fi
      if [ -n "$rulec_checklist" ]; then
        rulec_run_checklist
      else
        rulec_open
        rulec_introduce
        rulec_govern
        rulec_record run_ended ",\"outcome\":\"$rulec_outcome\""
      fi
      rulec_finish
      ;;
  esac
  rulec_leave 0
}

rulec_introduce() {
  [ "$rulec_quiet" = 0 ] || return 0
  printf "$rulec_bold%b$rulec_plain (%b), %s steps\\n" "$rulec_entry_label" "$rulec_entry_tag" "$rulec_steps" >&2
  printf 'run %s, plan %s\n' "$rulec_run" "$rulec_digest" >&2
}
