# ---- What is ready to start, and what it waits for: places, mutexes, resources, its time, its `when`.

# What is ready to start is kept in heaps, so that a wide graph costs little more than a long one: `freed` holds
# steps whose needs are met, `ready` those that wait for a place, `pN_U` those that wait until U units of pool N are left. A mutex is a
# pool of one unit, a resource one of as many as there are of it.

# Puts number $2 into heap $1.
rulec_push() {
  eval "rulec_i=\$((\${rulec_size_$1:-0} + 1)); rulec_size_$1=\$rulec_i"
  while [ "$rulec_i" -gt 1 ]; do
    rulec_k=$((rulec_i / 2))
    eval "rulec_x=\$rulec_heap_${1}_$rulec_k"
    [ "$rulec_x" -gt "$2" ] || break
    eval "rulec_heap_${1}_$rulec_i=$rulec_x"
    rulec_i=$rulec_k
  done
  eval "rulec_heap_${1}_$rulec_i=$2"
}

# Takes the smallest number off heap $1, which is not empty, and yields it.
rulec_pop() {
  eval "rulec_out=\$rulec_heap_${1}_1 rulec_size=\$rulec_size_$1"
  eval "rulec_x=\$rulec_heap_${1}_$rulec_size"
  rulec_size=$((rulec_size - 1)) rulec_i=1
  eval "rulec_size_$1=$rulec_size"
  while [ "$((rulec_i * 2))" -le "$rulec_size" ]; do
    rulec_k=$((rulec_i * 2))
    eval "rulec_y=\$rulec_heap_${1}_$rulec_k"
    if [ "$rulec_k" -lt "$rulec_size" ]; then
      eval "rulec_z=\$rulec_heap_${1}_$((rulec_k + 1))"
      if [ "$rulec_z" -lt "$rulec_y" ]; then
        rulec_k=$((rulec_k + 1)) rulec_y=$rulec_z
      fi
    fi
    [ "$rulec_y" -lt "$rulec_x" ] || break
    eval "rulec_heap_${1}_$rulec_i=$rulec_y"
    rulec_i=$rulec_k
  done
  eval "rulec_heap_${1}_$rulec_i=$rulec_x"
  # Variables cost: ksh93 goes through all of them for each process that it starts.
  unset "rulec_heap_${1}_$((rulec_size + 1))"
}

# Puts the next step that needs nothing where it begins, once the one before it has left there: until then it can't
# be the smallest.
rulec_push_root() {
  rulec_newest_root=${rulec_roots_left%% *}
  rulec_roots_left=${rulec_roots_left#* }
  if [ -n "$rulec_newest_root" ]; then
    rulec_push "$rulec_entrance" "$rulec_newest_root"
  fi
}

# Yields the smallest number in heap $1; nothing where it is empty.
rulec_peek() {
  rulec_out=
  eval "[ \"\${rulec_size_$1:-0}\" = 0 ] || rulec_out=\$rulec_heap_${1}_1"
}

# Finds the first pool of which less is left than the loaded step wants: `rulec_lack` is `POOL_UNITS`, or nothing.
rulec_find_lack() {
  rulec_lack=
  for rulec_taking in $rulec_claims; do
    eval "rulec_spare=\$rulec_left_${rulec_taking%:*}"
    if [ "$rulec_spare" -lt "${rulec_taking#*:}" ]; then
      rulec_lack=${rulec_taking%:*}_${rulec_taking#*:}
      return 0
    fi
  done
}

# The loaded step takes what it claims.
rulec_takes() {
  for rulec_taking in $rulec_claims; do
    eval "rulec_left_${rulec_taking%:*}=\$((rulec_left_${rulec_taking%:*} - ${rulec_taking#*:}))"
  done
}

# Of each pool that the loaded step claims some of, the first step that waits for it, and for which there is enough,
# tries again.
rulec_wakes() {
  for rulec_taking in $rulec_claims; do
    rulec_pool=${rulec_taking%:*} rulec_woken='' rulec_wish=''
    eval "rulec_spare=\$rulec_left_$rulec_pool rulec_wants=\$rulec_wants_$rulec_pool"
    for rulec_want in $rulec_wants; do
      [ "$rulec_want" -le "$rulec_spare" ] || break
      rulec_peek "p${rulec_pool}_$rulec_want"
      if [ -n "$rulec_out" ] && { [ -z "$rulec_woken" ] || [ "$rulec_out" -lt "$rulec_woken" ]; }; then
        rulec_woken=$rulec_out rulec_wish=$rulec_want
      fi
    done
    if [ -n "$rulec_woken" ]; then
      rulec_pop "p${rulec_pool}_$rulec_wish"
      rulec_push ready "$rulec_woken"
    fi
  done
}

# Starts what is ready, in order of the source, as far as places and what steps share go.
rulec_start_ready() {
  while [ -z "$rulec_off" ]; do
    rulec_heed
    [ -z "$rulec_off" ] || break
    rulec_peek freed
    rulec_freed=$rulec_out
    rulec_ready=
    if [ -z "$rulec_places" ] || [ "$rulec_running" -lt "$rulec_places" ]; then
      rulec_peek ready
      rulec_ready=$rulec_out
    fi
    if [ -n "$rulec_freed" ] && { [ -z "$rulec_ready" ] || [ "$rulec_freed" -lt "$rulec_ready" ]; }; then
      rulec_pop freed
      [ "$rulec_freed" != "$rulec_newest_root" ] || rulec_push_root
      rulec_enter "$rulec_freed"
      if [ "$rulec_entered" = 1 ]; then
        rulec_push ready "$rulec_freed"
      fi
      continue
    fi
    [ -n "$rulec_ready" ] || break
    if [ -e "$rulec_folder/pause" ] || [ "$rulec_starved" = 1 ]; then
      rulec_pausing=1
      break
    fi
    rulec_pop ready
    [ "$rulec_ready" != "$rulec_newest_root" ] || rulec_push_root
    rulec_load "$rulec_ready"
    if [ -n "$rulec_claims" ]; then
      rulec_find_lack
      if [ -n "$rulec_lack" ]; then
        rulec_push "p$rulec_lack" "$rulec_ready"
        rulec_wakes
        continue
      fi
      rulec_takes
      rulec_wakes
    fi
    rulec_running=$((rulec_running + 1))
    rulec_start "$rulec_ready"
  done
}

# Lets step $1, whose needs are met, wait for its time, if it has one. `rulec_entered` is 1 where it is to run now.
rulec_enter() {
  rulec_load "$1"
  if [ -z "$rulec_start_at" ]; then
    rulec_come "$1"
    return 0
  fi
  rulec_stage=scheduled rulec_entered=0
  rulec_record waiting ",\"step\":$rulec_json_id,\"wait\":\"start_at\",\"ms\":$rulec_start_at"
  eval "rulec_due_$1=$((rulec_departed + rulec_start_at))"
  rulec_waiting="$rulec_waiting$1 "
}

# Decides the `when` of step $1. `rulec_entered` is 1 where it is to run; else it is over.
rulec_come() {
  rulec_load "$1"
  rulec_entered=1
  [ "$rulec_has_when$rulec_since" != 0 ] || return 0
  rulec_verdict=holds rulec_skipped_for='its `when` does not hold'
  if [ "$rulec_has_when" = 1 ]; then
    rulec_unload
    rulec_decide "$1"
    rulec_load "$1"
  fi
  if [ "$rulec_verdict" = holds ] && rulec_is_too_late; then
    rulec_verdict=does_not
    rulec_span "$rulec_within"
    rulec_skipped_for="more than $rulec_out have passed"
  fi
  case $rulec_verdict in
    holds) return 0 ;;
    does_not)
      rulec_tell "%s %s: %b is skipped, since %s" step "$1" "$rulec_tag" "$rulec_skipped_for"
      rulec_keep_step skipped
      rulec_is_over skipped
      ;;
    *)
      rulec_reason='its `when` cannot be decided'
      rulec_failed
      ;;
  esac
  rulec_entered=0
}

# True where more time has passed than the step that is loaded may start after another one, which was started. That
# the clock was set back meanwhile counts as no time.
rulec_is_too_late() {
  [ -n "$rulec_since" ] || return 1
  rulec_now
  eval "rulec_began=\${rulec_began_$rulec_since-} rulec_out=\${rulec_started_at_$rulec_since-}"
  if [ -n "$rulec_began" ]; then
    [ "$((rulec_ms - rulec_began))" -gt "$rulec_within" ]
    return
  fi
  # Another runner began it: its journal has the second. Shells with 32-bit arithmetic count no more than 24 days.
  [ -n "$rulec_out" ] || return 1
  rulec_ago=$((rulec_epoch + (rulec_ms - rulec_from) / 1000 - rulec_out))
  [ "$rulec_ago" -lt 2000000 ] || return 0
  [ "$rulec_ago" -gt 0 ] && [ "$((rulec_ago * 1000))" -gt "$rulec_within" ]
}
