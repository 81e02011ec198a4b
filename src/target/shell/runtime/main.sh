# ---- Commands, and the way in.

# Looks at this file byte for byte: leaves the digest of its first $1 bytes in `rulec_sum`, and what follows them in
# `rulec_last`, where each end of a line is a slash, and a `?` stands for what is no text. Some shells read over that.
rulec_weigh() {
  # shellcheck disable=SC2086 # words
  rulec_last=$({ head -c "$1" "$rulec_path" | $rulec_hasher && exec tail -c "+$(($1 + 1))" "$rulec_path"; } 2>/dev/null |
    LC_ALL=C tr '\n\000-\011\013-\037\177-\377' '/?')
  rulec_hash_of "${rulec_last%%/*}"
  rulec_sum=$rulec_out
  rulec_last=${rulec_last#*/}
}

# True where this file is what the compiler wrote: its last line, which starts it all, names the digest of all
# lines before it, and how many bytes these are.
rulec_whole() {
  rulec_weigh "$2"
  [ "${#rulec_sum}" = 64 ] && [ "$rulec_sum" = "$1" ] && [ "$rulec_last" = "rulec_boot $1 $2 \${1+\"\$@\"}/" ]
}

# The same question in another way, so that no single changed byte can answer both: the last line is the one that
# the lines before it ask for.
rulec_sealed() {
  case ${#rulec_sum}:$rulec_last in
    "64:rulec_boot $rulec_sum "[1-9]*" \${1+\"\$@\"}/") return 0 ;;
  esac
  rulec_refuse_changed
  # Where a flipped bit hides the function, or what it does, the shell goes on behind its call.
  exit 8
}

rulec_refuse_changed() {
  rulec_give_way
  rulec_note 'refused: %s was changed since it was made, or cannot be read; nothing was run' "$rulec_self"
  rulec_leave 8
}

# Where this script ends as nothing in it says. In bash a process that a signal meets before it becomes another
# program comes here, too: what it was to do is done again, or has an end of its own.
rulec_fail_inside() {
  # shellcheck disable=SC3028 # others have it not, and need it not
  [ "${BASHPID-$$}" != "$$" ] || rulec_note 'internal error'
  exit 70
}

# Ends by the signal that came before a run has begun: it may have killed the helper that seems to have failed.
rulec_give_way() {
  case $rulec_signal:${rulec_phase-} in
    ?*: | ?*:gates) ;;
    *) return 0 ;;
  esac
  rulec_note 'stopped by SIG%s; nothing was done' "$rulec_signal"
  rulec_unlock
  rulec_end=$rulec_signal
  rulec_cancelled
  rulec_leave "$rulec_exit"
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
  rulec_set_up
  rulec_steps=0 rulec_phase=pre
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
  trap rulec_fail_inside EXIT
  # Nothing but an assignment: bash can get an `if` wrong in a trap that interrupts a fork.
  trap 'rulec_signal=HUP' HUP
  trap 'rulec_signal=INT' INT
  trap 'rulec_signal=TERM' TERM
  rulec_yes=0 rulec_quiet=0 rulec_colour=auto rulec_report='' rulec_checklist='' rulec_verb=run
  rulec_why='' rulec_end='' rulec_cause='' rulec_degraded=0 rulec_failures=0 rulec_attestations=0 rulec_next=
  rulec_active='' rulec_waiting='' rulec_running=0 rulec_loaded=0 rulec_newest_root='' rulec_completed='' rulec_undone='' rulec_off='' rulec_phase=
  rulec_pausing=0 rulec_starved=0 rulec_questions='' rulec_decided='' rulec_reader='' rulec_asked='' rulec_j='' rulec_r=
  rulec_wake='' rulec_ticker='' rulec_news='' rulec_execution=- rulec_gen='' rulec_token='' rulec_undoing='' rulec_reruns='' rulec_skips='' rulec_step_from=
  rulec_backup_folder='' rulec_split='' rulec_show=0 rulec_heard='' rulec_refused=0 rulec_trace=
  rulec_lasted_before=0 rulec_ran=0 rulec_needs_secrets=1 rulec_once=0 rulec_anew=0 rulec_chosen='' rulec_as='' rulec_as_json='' rulec_role='' rulec_by_option=' ' rulec_wanted='' rulec_tick="'" rulec_tab='	'
  rulec_plan
  rulec_hide_secrets
  rulec_locale
  rulec_open_steps=$rulec_steps rulec_live=$((1 - rulec_parallel))
  case $rulec_self in
    */*) rulec_path=$rulec_self ;;
    *) rulec_path=./$rulec_self ;;
  esac
  rulec_quote "$rulec_path"
  rulec_again="sh $rulec_out"
  rulec_find_hasher
  rulec_whole "$1" "$2" || {
    rulec_refuse_changed
    exit 8
  }
  shift 2
  rulec_defaults
  rulec_command ${1+"$@"}
  case ${1-} in
    run | resume | approve | audit | monitor)
      rulec_verb=$1
      shift
      ;;
    checklist)
      [ "$#" -gt 1 ] || rulec_usage 'checklist takes the name of a checklist'
      rulec_checklist=$2
      shift 2
      ;;
  esac
  while [ "$#" -gt 0 ]; do
    rulec_argument=$1
    rulec_operand=
    case $1 in
      --input=* | --input-file=* | --report=* | --trace=* | --checklist=* | --color=* | --as=* | --role=* | --approve=*)
        rulec_argument=${1%%=*}
        rulec_operand=${1#*=}
        ;;
      --input | --input-file | --report | --trace | --checklist | --color | --as | --role | --approve)
        [ "$#" -gt 1 ] || rulec_usage "$1 takes a value"
        shift
        rulec_operand=$1
        ;;
      --rerun=* | --skip-step=*)
        rulec_argument=${1%%=*}
        rulec_operand=${1#*=}
        ;;
      --rerun | --skip-step)
        [ "$#" -gt 1 ] || rulec_usage "$1 takes a value"
        shift
        rulec_operand=$1
        ;;
    esac
    case $rulec_argument in
      --rerun) rulec_reruns="$rulec_reruns$rulec_operand$rulec_nl" ;;
      --skip-step) rulec_skips="$rulec_skips$rulec_operand$rulec_nl" ;;
      --as) rulec_take_name "$rulec_operand" ;;
      --role) rulec_role=$rulec_operand ;;
      --once) rulec_once=1 ;;
      --anew) rulec_anew=1 ;;
      --approve) rulec_give_approval "$rulec_operand" ;;
      --yes) rulec_yes=1 ;;
      --dry-run | --list | --help | --version) rulec_verb=$1 ;;
      -h) rulec_verb=--help ;;
      --input) rulec_give "$rulec_operand" ;;
      --input-file) rulec_give_file "$rulec_operand" ;;
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
      --)
        shift
        break
        ;;
      -*) rulec_usage "unknown argument: $1" ;;
      *)
        rulec_take_word "$1"
        ;;
    esac
    shift
  done
  for rulec_argument in ${1+"$@"}; do
    rulec_take_word "$rulec_argument"
  done
  if [ "$rulec_once" = 1 ] && [ "$rulec_verb" != monitor ]; then
    rulec_usage '--once belongs to monitor'
  fi
  if [ "$rulec_anew" = 1 ] && [ "$rulec_verb" != run ]; then
    rulec_usage '--anew belongs to run'
  fi
  if [ -n "$rulec_reruns$rulec_skips" ] && [ "$rulec_verb" != resume ]; then
    rulec_usage '--rerun and --skip-step belong to resume'
  fi
  if [ "$rulec_verb" = audit ] && [ "$rulec_wanted" != verify ]; then
    rulec_usage 'audit takes the word verify'
  fi
  rulec_colours
  case $rulec_verb in
    --help) rulec_help ;;
    --version) printf 'rulec %s, plan %s\n' "$rulec_version" "$rulec_digest" ;;
    --list) rulec_list_all ;;
    --dry-run) rulec_dry_run ;;
    monitor)
      rulec_prepare
      rulec_monitor
      ;;
    approve)
      rulec_prepare
      rulec_audit_open
      rulec_approve_command
      ;;
    run | resume)
      if [ -n "$rulec_trace" ]; then
        [ -z "$rulec_checklist" ] || rulec_usage 'a checklist has no trace: give --trace or --checklist'
        rulec_put '' 2>/dev/null >"$rulec_trace" || rulec_usage "the trace cannot be written: $rulec_trace"
        rulec_absolute "$rulec_trace"
        rulec_trace=$rulec_out
      fi
      if [ "$rulec_verb" = resume ]; then
        rulec_resume ''
        rulec_record run_ended ",\"outcome\":\"$rulec_outcome\""
      elif [ -n "$rulec_checklist" ]; then
        rulec_prepare
        rulec_run_checklist
      else
        rulec_prepare
        rulec_set_up
        rulec_introduce
        rulec_govern
        rulec_record run_ended ",\"outcome\":\"$rulec_outcome\""
      fi
      rulec_finish
      ;;
    audit)
      rulec_prepare
      rulec_code=0
      rulec_audit_verify || rulec_code=$?
      rulec_leave "$rulec_code"
      ;;
  esac
  rulec_leave 0
}

# Takes word $1 that is no option.
rulec_take_word() {
  case $rulec_verb in
    monitor) rulec_watch_add "$1" ;;
    resume | audit)
      [ -z "$rulec_wanted" ] || rulec_usage "unknown argument: $1"
      rulec_wanted=$1
      ;;
    *) rulec_usage "unknown argument: $1" ;;
  esac
}

# Makes sure of the tools, of this file, and of the state folder.
rulec_prepare() {
  rulec_find_tools
  rulec_sealed
  rulec_start_clock
  rulec_whoami
  trap : PIPE
  rulec_absolute "$rulec_path"
  rulec_full_path=$rulec_out
  rulec_started=$rulec_stamp
  rulec_open_root
}

# Makes the folder of a new run, and what it needs.
rulec_set_up() {
  rulec_new_run
  rulec_token=$rulec_run.$rulec_life
  { true >"$rulec_folder/journal" && true >"$rulec_folder/results"; } 2>/dev/null || rulec_unusable "$rulec_folder"
  rulec_make_reserve || rulec_unusable "the disk has no room: $rulec_folder"
  rulec_audit_open
  rulec_open_wake
}

rulec_introduce() {
  [ "$rulec_quiet" = 0 ] || return 0
  rulec_out=steps
  [ "$rulec_steps" != 1 ] || rulec_out=step
  rulec_print "$rulec_bold%b$rulec_plain (%b), %s %s\\n" "$rulec_entry_label" "$rulec_entry_tag" "$rulec_steps" "$rulec_out" >&2
  rulec_print 'run %s, plan %s\n' "$rulec_run" "$rulec_digest" >&2
  if [ -n "$rulec_rehearsal" ]; then
    rulec_print "$rulec_yellow%s$rulec_plain: all offsets, delays and intervals are divided by %s\n" rehearsal "$rulec_rehearsal" >&2
  fi
}
