# ---- Locks: one run at a time of a scope, or one process at a time of a run.
# A lock is a folder of generations, files that are made by `ln`: only one can make each. The highest decides.
# The next may be made where it is released, or where its owner is known to be dead: the same host and process
# namespace, and another boot or no such process, which its birth tells from a later one of the same number.
# What cannot be read, or is of another host, is never taken away.
#
# A dead runner can leave a command under way. Its wrapper makes a claim, then looks for the next generation; who
# takes the lock makes that generation, then waits for every claim: one must see the other.

# Finds out who we are for other processes. `rulec_here` is the host and the process namespace.
rulec_find_host() {
  rulec_here_host=${rulec_node:=$(uname -n)}
  case $rulec_here_host in
    *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-]*)
      rulec_here_host=$(rulec_put "$rulec_here_host" | LC_ALL=C tr -c 'A-Za-z0-9._\n-' _)
      ;;
  esac
  rulec_here_space=$(readlink /proc/self/ns/pid 2>/dev/null)
  rulec_here="${rulec_here_host:=-} ${rulec_here_space:=-}"
  rulec_this_boot=-
  if [ -r /proc/sys/kernel/random/boot_id ]; then
    read -r rulec_this_boot </proc/sys/kernel/random/boot_id
  fi
  rulec_birth "$$"
  rulec_life=${rulec_out:--}
  rulec_self_line="$rulec_here_host $rulec_this_boot $rulec_here_space $$ $rulec_life ."
}

# True where process `rulec_owner`, as a file names it, is dead for sure.
rulec_owner_is_dead() {
  [ "$rulec_host $rulec_space" = "$rulec_here" ] || return 1
  case $rulec_owner in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "$rulec_boot" = "$rulec_this_boot" ] || return 0
  ! rulec_alive "$rulec_owner" "$rulec_owner_birth"
}

# Yields the path of the highest generation in folder $1; its number, too, in `rulec_latest`.
rulec_find_latest() {
  set +f
  set -- "$1"/1*
  set -f
  shift "$(($# - 1))"
  rulec_out=$1
  rulec_latest=${1##*/}
  if [ "$rulec_latest" = '1*' ]; then
    rulec_latest=1000000000
  fi
}

# Leaves in `rulec_state` what the lock in folder $1 is: free, held, stale, released or unknown.
rulec_read_lock() {
  rulec_find_latest "$1"
  rulec_state=free
  [ "$rulec_latest" != 1000000000 ] || return 0
  rulec_dot=
  {
    read -r rulec_state rulec_host rulec_boot rulec_space rulec_owner rulec_owner_birth rulec_since rulec_owner_run rulec_owner_execution rulec_dot <"$rulec_out" || rulec_dot=
  } 2>/dev/null
  case $rulec_dot:$rulec_latest:$rulec_state in
    .:*[!0-9]*:* | .:???????????*:*) rulec_state=unknown ;;
    .:*:held)
      if rulec_owner_is_dead; then
        rulec_state=stale
      fi
      ;;
    .:*:released) ;;
    *) rulec_state=unknown ;;
  esac
}

# Makes generation $2 of the lock in folder $1 out of file $3. 0: it is ours; 1: somebody else was first, or it
# was made for nothing; 2: it cannot be made, said in `rulec_fault`.
rulec_make_generation() {
  rulec_line="held $rulec_here_host $rulec_this_boot $rulec_here_space $$ $rulec_life $rulec_stamp ${rulec_run:--} ${rulec_execution:--} .$rulec_nl"
  if ! { rulec_put "$rulec_line" >"$3"; } 2>/dev/null; then
    rulec_spend_reserve
    if ! { rulec_put "$rulec_line" >"$3"; } 2>/dev/null; then
      rulec_fault="$3 cannot be written"
      return 2
    fi
  fi
  # Once more where a signal to the whole group may have killed it.
  if ! ln "$3" "$1/$2" 2>/dev/null; then
    [ ! -e "$1/$2" ] || return 1
    if ! ln "$3" "$1/$2" 2>/dev/null; then
      [ ! -e "$1/$2" ] || return 1
      # Another process can have removed what was made for nothing.
      rulec_find_latest "$1"
      [ "$rulec_latest" -lt "$2" ] || return 1
      rulec_fault="no hard link can be made in $1, or the disk is full"
      return 2
    fi
  fi
  # Who slept since he read the lock may have made one that was removed long ago.
  rulec_find_latest "$1"
  [ "$rulec_latest" != "$2" ] || return 0
  rm -f "$1/$2"
  return 1
}

# Removes the generations of the lock in folder $1 that are past, but for the last $2.
rulec_prune_generations() {
  rulec_find_latest "$1"
  case $rulec_latest in
    *[!0-9]*) return 0 ;;
  esac
  rulec_locks_of=$1 rulec_keep=$2
  set --
  set +f
  for rulec_file in "$rulec_locks_of"/1*; do
    [ "${rulec_file##*/}" -lt "$((rulec_latest - rulec_keep))" ] 2>/dev/null || break
    set -- "$@" "$rulec_file"
  done
  set -f
  [ "$#" = 0 ] || rm -f "$@"
}

# Where the generations of our lock are: that of the scope, where the plan has one; else that of the run alone,
# so that it cannot be resumed twice at once.
rulec_lock_folder() {
  rulec_locks=$rulec_home/lock
  if [ -z "$rulec_lock_timeout" ]; then
    rulec_locks=$rulec_folder/lock
    [ -d "$rulec_locks" ] || mkdir "$rulec_locks" 2>/dev/null || [ -d "$rulec_locks" ] ||
      rulec_unusable "$rulec_locks cannot be made"
  fi
}

# Finds a command that a dead runner of another run left under way.
rulec_find_claim() {
  rulec_claim=
  set +f
  set -- "$rulec_home"/runs/*/*.claim
  set -f
  for rulec_file in "$@"; do
    rulec_dot=
    # Who resumes a run takes up what it left under way; a run with a lock of its own keeps nobody else.
    case $rulec_file in
      "$rulec_folder"/*) continue ;;
    esac
    [ ! -d "${rulec_file%/*}/lock" ] || continue
    if { read -r rulec_owner rulec_owner_birth rulec_dot <"$rulec_file"; } 2>/dev/null && [ "$rulec_dot" = . ]; then
      rulec_base=${rulec_file%.claim}
      if ! rulec_ended && rulec_alive "$rulec_owner" "$rulec_owner_birth"; then
        rulec_claim=$rulec_file
        break
      fi
    fi
  done
}

# Takes the lock: 0 taken; 1 somebody holds it, 2 halted while waiting. The generation is in `rulec_gen`, the
# file that the next one would make in `rulec_next`.
rulec_lock() {
  rulec_lock_folder
  rulec_now
  rulec_lock_from=$rulec_ms
  rulec_told=
  while :; do
    rulec_read_lock "$rulec_locks"
    case $rulec_state in
      free | released | stale)
        rulec_next_gen=$((rulec_latest + 1))
        rulec_made=0
        rulec_make_generation "$rulec_locks" "$rulec_next_gen" "$rulec_folder/lock.$$" || rulec_made=$?
        # Its link is left where it is ours: one process less before the first step.
        [ "$rulec_made" = 0 ] || rm -f "$rulec_folder/lock.$$"
        case $rulec_made in
          0)
            rulec_gen=$rulec_next_gen
            rulec_next=$rulec_locks/$((rulec_gen + 1))
            break
            ;;
          2) rulec_unusable "$rulec_fault" ;;
        esac
        continue
        ;;
    esac
    rulec_holder="run $rulec_owner_run, process $rulec_owner on $rulec_host, since $rulec_since"
    if [ "$rulec_state" = unknown ]; then
      rulec_holder="an unreadable lock; if nobody uses it, remove $rulec_locks/$rulec_latest"
    elif [ "$rulec_host $rulec_space" != "$rulec_here" ]; then
      rulec_holder="$rulec_holder; if that one is dead, remove $rulec_locks/$rulec_latest"
    fi
    rulec_wait_for_lock || return "$?"
  done
  while [ -n "$rulec_lock_timeout" ]; do
    rulec_find_claim
    [ -n "$rulec_claim" ] || return 0
    # Who starts is refused where a run was not brought to its end, and need not wait to be told.
    if [ "$rulec_verb" = run ] && rulec_has_unfinished; then
      return 0
    fi
    rulec_holder="a command that a dead run left under way, process $rulec_owner"
    rulec_wait_for_lock || return "$?"
  done
}

# One round of waiting for the lock; 1 when the time is over, 2 when halted.
rulec_wait_for_lock() {
  rulec_now
  rulec_left=$((${rulec_lock_timeout:-0} - (rulec_ms - rulec_lock_from)))
  [ "$rulec_left" -gt 0 ] || return 1
  if [ "$rulec_told" != "$rulec_holder" ]; then
    rulec_told=$rulec_holder
    rulec_span "$rulec_lock_timeout"
    rulec_log 'waiting up to %s for the lock, held by %s' "$rulec_out" "$rulec_holder"
  fi
  if [ "$rulec_left" -gt 200 ]; then
    rulec_left=200
  fi
  rulec_wait "$rulec_left" || return 2
}

# Gives the lock back, and removes generations that are long past. Where that cannot be written, the lock is
# free all the same as soon as this process is gone.
rulec_unlock() {
  [ -n "$rulec_gen" ] || return 0
  rulec_out="released $rulec_here_host $rulec_this_boot $rulec_here_space $$ $rulec_life $rulec_stamp ${rulec_run:--} ${rulec_execution:--} ."
  # Not in the file that the generation is a link of: it must be the old one or the new one.
  if { rulec_put "$rulec_out$rulec_nl" >"$rulec_folder/free.$$"; } 2>/dev/null; then
    mv -f "$rulec_folder/free.$$" "$rulec_locks/$rulec_gen" 2>/dev/null
  fi
  rm -f "$rulec_folder/lock.$$" "$rulec_folder/free.$$"
  rulec_prune_generations "$rulec_locks" 64
  rulec_gen=
}
