# ---- State: the folder of the scope, the folder of the run, and the lock.

rulec_unusable() {
  rulec_note 'the state folder cannot be used: %s' "$1"
  rulec_note 'set RULEC_STATE_DIR to a folder that can be written'
  rulec_leave 9
}

# Makes the folders of the scope and of this run.
rulec_open() {
  rulec_root=${RULEC_STATE_DIR:-}
  if [ -z "$rulec_root" ]; then
    rulec_root=${XDG_STATE_HOME:-}
    if [ -z "$rulec_root" ]; then
      [ -n "${HOME-}" ] || rulec_unusable 'none of RULEC_STATE_DIR, XDG_STATE_HOME and HOME is set'
      rulec_root=$HOME/.local/state
    fi
    rulec_root=$rulec_root/rulec
  fi
  case $rulec_root in
    /*) ;;
    *) rulec_root=$(pwd)/$rulec_root ;;
  esac
  rulec_home=$rulec_root/$rulec_scope
  mkdir -p "$rulec_home/lock" "$rulec_home/runs" 2>/dev/null || rulec_unusable "$rulec_home"
  rulec_run=$(date -u +%Y%m%dT%H%M%SZ)-$$
  rulec_i=0
  while ! mkdir "$rulec_home/runs/$rulec_run" 2>/dev/null; do
    rulec_i=$((rulec_i + 1))
    if [ "$rulec_i" -ge 100 ] || [ ! -d "$rulec_home/runs/$rulec_run" ]; then
      rulec_unusable "$rulec_home/runs"
    fi
    rulec_run=${rulec_run%.*}.$rulec_i
  done
  rulec_folder=$rulec_home/runs/$rulec_run
  rulec_birth "$$"
  rulec_life=$rulec_out
  true 2>/dev/null >"$rulec_folder/report.json" || rulec_unusable "$rulec_folder"
}

# Finds the latest generation of the lock, whose number is left in `rulec_latest`, and what its file says.
rulec_read_lock() {
  set +f
  set -- "$rulec_home"/lock/1*
  set -f
  shift "$(($# - 1))"
  rulec_latest=${1##*/}
  rulec_state=free
  if [ "$rulec_latest" = '1*' ]; then
    rulec_latest=1000000000
    return 0
  fi
  rulec_state=unknown rulec_dot=
  if { read -r rulec_state rulec_host rulec_boot rulec_space rulec_owner rulec_owner_birth rulec_since rulec_owner_run rulec_dot <"$1"; } 2>/dev/null; then
    [ "$rulec_dot" = . ] || rulec_state=unknown
  fi
  if [ "$rulec_state" = held ] && [ "$rulec_host $rulec_space" = "$rulec_here" ]; then
    if [ "$rulec_boot" != "$rulec_this_boot" ] || ! rulec_alive "$rulec_owner" "$rulec_owner_birth"; then
      rulec_state=stale
    fi
  fi
}

# Finds a command that a dead runner left under way. Claims of what has ended are removed.
rulec_find_claim() {
  rulec_claim=
  set +f
  for rulec_file in "$rulec_home"/runs/*/*.claim; do
    rulec_dot=
    if { read -r rulec_owner rulec_owner_birth rulec_dot <"$rulec_file"; } 2>/dev/null && [ "$rulec_dot" = . ]; then
      if [ ! -e "${rulec_file%.claim}.code" ] && rulec_alive "$rulec_owner" "$rulec_owner_birth"; then
        rulec_claim=$rulec_file
        break
      fi
      rm -f "$rulec_file" "${rulec_file%.claim}.code" "${rulec_file%.claim}.stop"
    fi
  done
  set -f
}

# Writes what the lock is to say to a file of its own, so that nobody ever reads half of it.
rulec_write_lock() {
  rm -f "$rulec_folder/lock"
  rulec_put "$1 $rulec_here_host $rulec_this_boot $rulec_here_space $$ $rulec_life $rulec_stamp $rulec_run .$rulec_nl" \
    2>/dev/null >"$rulec_folder/lock" || rulec_unusable "$rulec_folder"
}

# Takes the lock: 0 taken, or none is asked for; 1 somebody holds it, 2 halted while waiting.
rulec_lock() {
  [ -n "$rulec_lock_timeout" ] || return 0
  rulec_here_host=$(uname -n | tr -c 'A-Za-z0-9._\n-' _)
  rulec_here_space=$(readlink /proc/self/ns/pid 2>/dev/null)
  rulec_here_space=${rulec_here_space:--}
  rulec_here="$rulec_here_host $rulec_here_space"
  rulec_this_boot=-
  if [ -r /proc/sys/kernel/random/boot_id ]; then
    read -r rulec_this_boot </proc/sys/kernel/random/boot_id
  fi
  rulec_now
  rulec_lock_from=$rulec_ms
  rulec_told=
  while :; do
    rulec_read_lock
    case $rulec_state in
      free | released | stale)
        rulec_next_gen=$((rulec_latest + 1))
        rulec_write_lock held
        if ln "$rulec_folder/lock" "$rulec_home/lock/$rulec_next_gen" 2>/dev/null; then
          rm -f "$rulec_folder/lock"
          rulec_gen=$rulec_next_gen
          rulec_next=$rulec_home/lock/$((rulec_gen + 1))
          break
        fi
        [ -e "$rulec_home/lock/$rulec_next_gen" ] || rulec_unusable "$rulec_home/lock takes no hard links"
        continue
        ;;
    esac
    rulec_holder="run $rulec_owner_run, process $rulec_owner on $rulec_host, since $rulec_since"
    if [ "$rulec_state" = unknown ]; then
      rulec_holder="an unreadable lock; if nobody uses it, remove $rulec_home/lock/$rulec_latest"
    elif [ "$rulec_host $rulec_space" != "$rulec_here" ]; then
      rulec_holder="$rulec_holder; if that one is dead, remove $rulec_home/lock/$rulec_latest"
    fi
    rulec_wait_for_lock || return "$?"
  done
  # The wrapper of a dead runner's command either sees the new generation, or has made its claim by now.
  while :; do
    rulec_find_claim
    [ -n "$rulec_claim" ] || return 0
    rulec_holder="a command that a dead run left under way, process $rulec_owner"
    rulec_wait_for_lock || return "$?"
  done
}

# One round of waiting for the lock; 1 when the time is over, 2 when halted.
rulec_wait_for_lock() {
  rulec_now
  rulec_left=$((rulec_lock_timeout - (rulec_ms - rulec_lock_from)))
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

# Gives the lock back, and removes generations that are long past.
rulec_unlock() {
  [ -n "$rulec_gen" ] || return 0
  rulec_write_lock released
  mv -f "$rulec_folder/lock" "$rulec_home/lock/$rulec_gen"
  set +f
  for rulec_file in "$rulec_home"/lock/1*; do
    [ "${rulec_file##*/}" -lt "$((rulec_gen - 64))" ] || break
    rm -f "$rulec_file"
  done
  set -f
  rulec_gen=
}
