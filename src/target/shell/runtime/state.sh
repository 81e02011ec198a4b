# ---- State: the folders of the scope and of the run.
# They are for their owner only. The folder that holds them all may be reached through links that root or the
# user made; it, and what is in it, are no links. What another user could swap or write is refused; a folder of
# the user's own that others may enter, made under another umask, is tightened.

rulec_unusable() {
  rulec_give_way
  rulec_note 'the state folder cannot be used: %s' "$1"
  rulec_note '%s' "${2:-set RULEC_STATE_DIR to a folder that can be written}"
  rulec_leave 9
}

# Finds the folder of all state and that of the scope; makes nothing. Leaves `rulec_root` and `rulec_home`.
rulec_locate() {
  # yash leaves out variables that its locale cannot hold, and a run elsewhere would not see the lock.
  if [ -n "${YASH_VERSION-}" ] && [ -z "${RULEC_STATE_DIR-}" ]; then
    rulec_out=$(awk 'BEGIN { print (ENVIRON["RULEC_STATE_DIR"] != "") + (ENVIRON["XDG_STATE_HOME"] != "") + (ENVIRON["HOME"] != "") }')
    set -- ${XDG_STATE_HOME:+x} ${HOME:+x}
    [ "$#" = "$rulec_out" ] || rulec_unusable 'this shell cannot hold its path in this locale' 'run it in another shell, or with LC_ALL=C.UTF-8'
  fi
  rulec_root=${RULEC_STATE_DIR:-}
  if [ -z "$rulec_root" ]; then
    rulec_root=${XDG_STATE_HOME:-}
    if [ -z "$rulec_root" ]; then
      [ -n "${HOME-}" ] || rulec_unusable 'none of RULEC_STATE_DIR, XDG_STATE_HOME and HOME is set'
      rulec_root=$HOME/.local/state
    fi
    rulec_root=$rulec_root/rulec
  fi
  rulec_absolute "$rulec_root"
  rulec_root=$rulec_out
  while :; do
    case $rulec_root in
      */ | */.) rulec_root=${rulec_root%/*} ;;
      *) break ;;
    esac
  done
  [ -n "$rulec_root" ] || rulec_unusable 'it would be the root of all folders'
  rulec_home=$rulec_root/$rulec_scope
}

# Finds the folder of all state, and makes it and that of the scope. Leaves `rulec_root` and `rulec_home`.
rulec_open_root() {
  rulec_locate
  if [ ! -h "$rulec_root" ] && [ ! -e "$rulec_home" ]; then
    # One process for all of them; where that fails, it is found out below which.
    mkdir -p -- "$rulec_home/lock" "$rulec_home/runs" "$rulec_home/open" "$rulec_home/done" 2>/dev/null
  fi
  rulec_need_folder "$rulec_root" -p
  for rulec_out in '' /lock /runs /open /done; do
    rulec_need_folder "$rulec_root/$rulec_scope$rulec_out"
  done
  rulec_lax=0
  rulec_out=./$rulec_scope
  rulec_examine "$rulec_root" "$rulec_out" "$rulec_out/lock" "$rulec_out/runs" "$rulec_out/open" "$rulec_out/done" ||
    rulec_unusable "$rulec_fault" "$rulec_mend (RULEC_STATE_DIR says where)"
  if [ -n "$rulec_loose" ]; then
    # shellcheck disable=SC2086 # words
    (cd -P -- "$rulec_root" && chmod 700 $rulec_loose) 2>/dev/null ||
      rulec_unusable "others may enter $rulec_real" "run: chmod -R go= '$rulec_real'"
  fi
  rulec_examine_links "$rulec_root" || rulec_unusable "$rulec_fault" "$rulec_mend (RULEC_STATE_DIR says where)"
  # A link that is changed from now on changes nothing.
  rulec_root=$rulec_real
  rulec_home=$rulec_root/$rulec_scope
  rulec_find_host
}

# The same as `rulec_make_folder`, for what is below the state folder; ends where it cannot be.
rulec_need_folder() {
  rulec_make_folder "$@" || rulec_unusable "$rulec_fault" "$rulec_mend (RULEC_STATE_DIR says where)"
}

# Makes folder $1 if it is missing; $2: an option of `mkdir`. 1: it cannot be, said in `rulec_fault` and `rulec_mend`.
rulec_make_folder() {
  rulec_mend='choose a folder that can be written'
  if [ -h "$1" ]; then
    rulec_fault="$1 is a link" rulec_mend='put a folder in its place, or name the one that it leads to'
    return 1
  elif [ -d "$1" ]; then
    return 0
  elif [ -e "$1" ]; then
    rulec_fault="$1 is not a folder" rulec_mend='move it away, or choose a folder that can be written'
    return 1
  fi
  rulec_fault="$1 cannot be made"
  # Another run may make it at the same moment.
  mkdir ${2+"$2"} -- "$1" 2>/dev/null || [ -d "$1" ]
}

# Makes the folder of a new run; leaves `rulec_run` and `rulec_folder`.
rulec_new_run() {
  rulec_run=
  rulec_out=$rulec_stamp
  while [ -n "$rulec_out" ]; do
    rulec_run=$rulec_run${rulec_out%%[-:]*}
    case $rulec_out in
      *[-:]*) rulec_out=${rulec_out#*[-:]} ;;
      *) rulec_out= ;;
    esac
  done
  rulec_run=$rulec_run-$$
  rulec_i=0
  while ! mkdir "$rulec_home/runs/$rulec_run" 2>/dev/null; do
    rulec_i=$((rulec_i + 1))
    if [ "$rulec_i" -ge 100 ] || [ ! -d "$rulec_home/runs/$rulec_run" ]; then
      rulec_unusable "nothing can be written in $rulec_home/runs" 'make room on the disk, or set RULEC_STATE_DIR to a folder that can be written'
    fi
    rulec_run=${rulec_run%.*}.$rulec_i
  done
  rulec_folder=$rulec_home/runs/$rulec_run
  # It says who to ask whether a run that left nothing else still lives.
  if ! { rulec_put "$rulec_self_line$rulec_nl" >"$rulec_folder/starter"; } 2>/dev/null; then
    rmdir "$rulec_folder" 2>/dev/null
    rulec_unusable "nothing can be written in $rulec_folder" 'make room on the disk, or set RULEC_STATE_DIR to a folder that can be written'
  fi
}

# Finds run $1, or the one whose name begins so; without $1 the only one that is not over, else the latest.
# Leaves `rulec_run` and `rulec_folder`; 1: there is none, or more than one, and that was said.
rulec_find_run() {
  rulec_run='' rulec_folder=''
  case ${1-} in
    *[!A-Za-z0-9.-]* | .*)
      rulec_note 'a run is named as in `list`, such as 20260131T030000Z-1234, or by the beginning of that; not: %s' "$1"
      return 1
      ;;
    '')
      rulec_names "$rulec_home/open" ''
      if [ -z "$rulec_out" ]; then
        rulec_names "$rulec_home/runs" ''
        rulec_out=${rulec_out##* }
      fi
      ;;
    *)
      rulec_names "$rulec_home/runs" "$1"
      case " $rulec_out " in
        *" $1 "*) rulec_out=$1 ;;
      esac
      ;;
  esac
  case $rulec_out in
    '')
      if [ -n "${1-}" ]; then
        rulec_note 'no run has the name %s; `list` shows those that there are' "$1"
      else
        rulec_note 'there is no run yet in %s' "$rulec_home"
      fi
      return 1
      ;;
    *' '*)
      rulec_note 'say which run is meant, it could be any of: %s' "$rulec_out"
      return 1
      ;;
  esac
  rulec_run=$rulec_out
  rulec_folder=$rulec_home/runs/$rulec_run
  if [ -h "$rulec_folder" ] || [ ! -d "$rulec_folder" ]; then
    rulec_note 'the folder of run %s is gone: %s' "$rulec_run" "$rulec_folder"
    rulec_run='' rulec_folder=''
    return 1
  fi
}

# Yields the names in folder $1 that begin with $2, in order.
rulec_names() {
  rulec_out=
  set +f
  set -- "$1/$2"*
  set -f
  for rulec_file in "$@"; do
    if [ -e "$rulec_file" ]; then
      rulec_out="$rulec_out ${rulec_file##*/}"
    fi
  done
  rulec_out=${rulec_out# }
}

# Removes the folders of runs that are long over; the newest of them stay, 64 if RULEC_KEEP_RUNS does not say
# how many. A run that is not over stays, and one of which a command may still be under way.
rulec_prune_runs() {
  rulec_keep=${RULEC_KEEP_RUNS:-64}
  case $rulec_keep in
    *[!0-9]* | ??????????*)
      rulec_note 'RULEC_KEEP_RUNS is the number of runs to keep, not: %s' "$rulec_keep"
      return 0
      ;;
  esac
  rulec_names "$rulec_home/runs" ''
  # Newest first.
  rulec_rest=$rulec_out rulec_out=
  for rulec_file in $rulec_rest; do
    rulec_out="$rulec_file $rulec_out"
  done
  rulec_i=0
  set --
  for rulec_file in $rulec_out; do
    [ ! -e "$rulec_home/open/$rulec_file" ] || continue
    if [ "$rulec_file" = "$rulec_run" ]; then
      rulec_i=$((rulec_i + 1))
      continue
    fi
    rulec_file=$rulec_home/runs/$rulec_file
    if [ -s "$rulec_file/report.json" ]; then
      rulec_i=$((rulec_i + 1))
      [ "$rulec_i" -gt "$rulec_keep" ] || continue
    else
      # It waits for the lock, or died before it began.
      [ "$rulec_i" -ge "$rulec_keep" ] || continue
      rulec_starter_is_dead "$rulec_file/starter" || continue
    fi
    rulec_has_claim "$rulec_file" || set -- "$@" "$rulec_file"
    # Long lists of arguments are not for every system.
    if [ "$#" -ge 100 ]; then
      rm -rf "$@" 2>/dev/null
      set --
    fi
  done
  [ "$#" = 0 ] || rm -rf "$@" 2>/dev/null
  return 0
}

rulec_has_claim() {
  set +f
  for rulec_claim in "$1"/*.claim; do
    set -f
    [ -e "$rulec_claim" ]
    return
  done
}

# True where the process that wrote file $1 is known to be dead.
rulec_starter_is_dead() {
  rulec_dot=
  { read -r rulec_host rulec_boot rulec_space rulec_owner rulec_owner_birth rulec_dot <"$1"; } 2>/dev/null || return 1
  [ "$rulec_dot" = . ] && rulec_owner_is_dead
}
