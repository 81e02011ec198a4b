# ---- Commands for runs that there are: what all of them share. They may be given while a run goes on.

# Carries out the command in $1, where it is one of these, and ends; returns where another part of the script does.
rulec_command() {
  case ${1-} in
    status | list | report | plan | steps | pause | cancel | abandon) ;;
    '' | -* | run | resume | checklist | audit | approve | monitor) return 0 ;;
    *)
      rulec_note 'there is no command %s' "$1"
      rulec_note 'commands: run, resume, status, pause, cancel, abandon, list, report, plan, steps,'
      rulec_usage '  checklist NAME, approve, audit verify, monitor'
      ;;
  esac
  rulec_verb=$1
  shift
  rulec_wanted='' rulec_json_wanted=0 rulec_watch=0 rulec_own_code=0 rulec_format=json rulec_file='' rulec_wait_wanted=0
  while [ "$#" -gt 0 ]; do
    rulec_argument=$1 rulec_operand=''
    case $1 in
      --color=* | --format=* | --output=*)
        rulec_argument=${1%%=*}
        rulec_operand=${1#*=}
        ;;
      --color | --format | --output | -o)
        [ "$#" -gt 1 ] || rulec_usage "$1 takes a value"
        shift
        rulec_operand=$1
        ;;
    esac
    case $rulec_verb:$rulec_argument in
      *:--help | *:-h)
        rulec_help
        rulec_leave 0
        ;;
      *:--no-color) rulec_colour=never ;;
      *:--color)
        case $rulec_operand in
          auto | always | never) rulec_colour=$rulec_operand ;;
          *) rulec_usage "--color is auto, always or never, not: $rulec_operand" ;;
        esac
        ;;
      status:--json | list:--json) rulec_json_wanted=1 ;;
      status:--watch) rulec_watch=1 ;;
      status:--exit-code) rulec_own_code=1 ;;
      report:--format)
        case $rulec_operand in
          json | junit | prometheus) rulec_format=$rulec_operand ;;
          *) rulec_usage "--format is json, junit or prometheus, not: $rulec_operand" ;;
        esac
        ;;
      report:--output | report:-o | plan:--output | plan:-o)
        [ -n "$rulec_operand" ] || rulec_usage "$rulec_argument takes the path of a file"
        rulec_file=$rulec_operand
        ;;
      pause:--wait | cancel:--wait) rulec_wait_wanted=1 ;;
      abandon:--yes | cancel:--yes) rulec_yes=1 ;;
      *:-*) rulec_usage "$rulec_verb does not know the option $rulec_argument" ;;
      status:* | report:* | pause:* | cancel:* | abandon:*)
        [ -z "$rulec_wanted" ] || rulec_usage "$rulec_verb takes one run, not also: $1"
        [ -n "$1" ] || rulec_usage 'the id of a run is empty'
        rulec_wanted=$1
        ;;
      *) rulec_usage "$rulec_verb takes no argument: $1" ;;
    esac
    shift
  done
  trap 'rulec_leave 129' HUP
  trap 'rulec_leave 130' INT
  trap 'rulec_leave 143' TERM
  if [ "$rulec_colour" = auto ]; then
    rulec_colour=never
    if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
      rulec_colour=always
    fi
  fi
  rulec_colours
  case $rulec_verb in
    plan | steps) ;;
    *)
      rulec_locate
      rulec_look_around
      ;;
  esac
  "rulec_command_$rulec_verb"
  rulec_leave 0
}

# What must be known of this machine to tell whether a runner lives.
rulec_look_around() {
  rulec_proc=0
  if [ -r /proc/self/environ ] && [ -r /proc/self/stat ]; then
    rulec_proc=1
  fi
  rulec_this_host=$(uname -n | LC_ALL=C tr -c 'A-Za-z0-9._\n-' _)
  rulec_this_boot=-
  if [ -r /proc/sys/kernel/random/boot_id ]; then
    read -r rulec_this_boot </proc/sys/kernel/random/boot_id
  fi
}

rulec_command_steps() {
  rulec_list_all
}

# Yields the ids of the runs of this scope, the oldest first.
rulec_find_runs() {
  set +f
  rulec_out=
  for rulec_one in "$rulec_home"/runs/*; do
    if [ -d "$rulec_one" ]; then
      rulec_out="$rulec_out ${rulec_one##*/}"
    fi
  done
  set -f
  rulec_out=${rulec_out# }
}

# Chooses the run: the one asked for, by its id or by what no other id begins with; else the newest one that is not
# over, or simply the newest. Sets `rulec_run` and `rulec_folder`, and reads what there is to know of it.
rulec_choose() {
  rulec_find_runs
  rulec_runs=$rulec_out
  if [ -z "$rulec_runs" ]; then
    rulec_note 'there is no run yet below %s' "$rulec_home/runs"
    rulec_leave 2
  fi
  rulec_run='' rulec_several=
  if [ -n "$rulec_wanted" ]; then
    for rulec_one in $rulec_runs; do
      case $rulec_one in
        "$rulec_wanted")
          rulec_run=$rulec_one rulec_several=''
          break
          ;;
        "$rulec_wanted"*)
          rulec_several=$rulec_run
          rulec_run=$rulec_one
          ;;
      esac
    done
    if [ -z "$rulec_run" ] || [ -n "$rulec_several" ]; then
      if [ -n "$rulec_several" ]; then
        rulec_note 'more than one run begins with %s' "$rulec_wanted"
      else
        rulec_note 'there is no run %s below %s' "$rulec_wanted" "$rulec_home/runs"
      fi
      rulec_newest='' rulec_i=0
      for rulec_one in $rulec_runs; do
        rulec_newest="$rulec_one $rulec_newest"
      done
      rulec_note 'the newest runs:'
      for rulec_one in $rulec_newest; do
        rulec_i=$((rulec_i + 1))
        [ "$rulec_i" -le 5 ] || break
        printf '  %s\n' "$rulec_one" >&2
      done
      rulec_leave 2
    fi
  else
    for rulec_one in $rulec_runs; do
      if [ -e "$rulec_home/open/$rulec_one" ]; then
        rulec_run=$rulec_one
      fi
    done
    rulec_run=${rulec_run:-${rulec_runs##* }}
  fi
  rulec_folder=$rulec_home/runs/$rulec_run
  rulec_read_about
}

# Reads the file `about` of the run. What is missing in it is left empty.
rulec_read_about() {
  rulec_about_plan='' rulec_about_execution='' rulec_about_entry='' rulec_about_script='' rulec_about_started=''
  rulec_about_end='' rulec_about_token='' rulec_about_folder='' rulec_about_pid='' rulec_about_birth='' rulec_about_host='' rulec_about_boot=''
  {
    while IFS= read -r rulec_line; do
      rulec_out=${rulec_line#*=}
      case $rulec_line in
        plan=*) rulec_about_plan=$rulec_out ;;
        execution=*) rulec_about_execution=$rulec_out ;;
        entry=*) rulec_about_entry=$rulec_out ;;
        script=*) rulec_about_script=$rulec_out ;;
        started=*) rulec_about_started=$rulec_out ;;
        token=*) rulec_about_token=$rulec_out ;;
        folder=*) rulec_about_folder=$rulec_out ;;
        pid=*) rulec_about_pid=$rulec_out ;;
        birth=*) rulec_about_birth=$rulec_out ;;
        host=*) rulec_about_host=$rulec_out ;;
        boot=*) rulec_about_boot=$rulec_out ;;
        end=*) rulec_about_end=$rulec_out ;;
      esac
    done <"$rulec_folder/about"
  } 2>/dev/null
  # Before the gates are passed, a run has no more than this.
  if [ -z "$rulec_about_pid" ]; then
    { read -r rulec_about_host rulec_about_boot rulec_out rulec_about_pid rulec_about_birth rulec_out <"$rulec_folder/starter"; } 2>/dev/null
  fi
}

# Tells in `rulec_life_of_run` whether the runner of the run that `about` describes lives: alive, dead, or
# elsewhere, where only that machine can tell.
rulec_tell_life() {
  rulec_life_of_run=dead
  case $rulec_about_pid in
    '' | *[!0-9]* | ???????????*) return 0 ;;
  esac
  if [ "$rulec_about_host" != "$rulec_this_host" ]; then
    rulec_life_of_run=elsewhere
  elif [ "${rulec_about_boot:--}" = "$rulec_this_boot" ] && rulec_alive "$rulec_about_pid" "${rulec_about_birth:--}"; then
    rulec_life_of_run=alive
  fi
}

# Reads how far the run has come, and tells in `rulec_is`: running, paused, stopped, elsewhere or over. One that is
# over has its outcome in `rulec_over`.
rulec_survey() {
  rulec_replay
  if [ -z "$rulec_over" ] && [ -z "$rulec_begun_at" ]; then
    # A run that was refused has a report, and may have no journal.
    rulec_out=$(LC_ALL=C sed -n 's/^  "outcome": "\([a-z_]*\)",$/\1/p; s/^  "exit_code": \([0-9]*\),$/\1/p' "$rulec_folder/report.json" 2>/dev/null)
    rulec_over=${rulec_out%%"$rulec_nl"*}
    rulec_over_code=${rulec_out##*"$rulec_nl"}
  fi
  rulec_tell_life
  rulec_is=over
  if [ -z "$rulec_over" ]; then
    case $rulec_life_of_run:$rulec_paused in
      alive:*) rulec_is=running ;;
      *:1) rulec_is=paused ;;
      elsewhere:*) rulec_is=elsewhere ;;
      *) rulec_is=stopped ;;
    esac
  fi
}
