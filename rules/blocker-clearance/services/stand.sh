#!/bin/sh
# A stand-in for a small stack: five containers, a database with test data, tests, and what observes them. All of it is
# files in the folder `stand` of where it is called. A file in `stand/fault` makes something fail, as named below.
set -u
here=stand
mkdir -p "$here/up" "$here/data" "$here/fault" "$here/watched" "$here/logs"
parts='web database cache metrics exporter'

# Ends with a message on standard error.
fail() {
  echo "$2" >&2
  exit "$1"
}

count() {
  set -- "$here/$1"/*
  [ -e "$1" ] || set --
  echo $#
}

defects() {
  cat "$here/fault/defects" 2>/dev/null || echo 0
}

case ${1-} in
  # Starts the containers. `fault/permission`: not as a service of the system; `fault/port`: not on port 8000.
  up)
    if [ -e "$here/fault/permission" ] && [ ! -e "$here/rootless" ]; then
      fail 77 'cannot start: permission denied'
    fi
    if [ -e "$here/fault/port" ] && [ "$(cat "$here/address" 2>/dev/null)" != 127.0.0.1:8010 ]; then
      fail 98 'cannot listen on 8000: address already in use'
    fi
    for part in $parts; do
      [ -e "$here/fault/no-$part" ] || : >"$here/up/$part"
    done
    ;;
  down) rm -f "$here"/up/* ;;
  rootless) : >"$here/rootless" ;;
  listen) echo "$2" >"$here/address" ;;
  healthy) count up ;;
  # Loads test data. `data/old`: rows of an earlier load are in the way.
  load)
    [ ! -e "$here/data/old" ] || fail 65 'duplicate key in table forecasts'
    : >"$here/data/rows"
    ;;
  unload) rm -f "$here/data/rows" ;;
  clean) rm -f "$here/data/old" ;;
  # Runs forty tests, of which as many fail as `fault/defects` says.
  tests)
    [ -e "$here/data/rows" ] || fail 66 'there is no test data'
    defects >"$here/failed"
    ;;
  failed) cat "$here/failed" 2>/dev/null || echo 40 ;;
  rate) echo $((100 - $(cat "$here/failed" 2>/dev/null || echo 40) * 100 / 40)) ;;
  # Mends one defect, unless `fault/stubborn` is there.
  fix)
    left=$(defects)
    if [ "$left" -gt 0 ] && [ ! -e "$here/fault/stubborn" ]; then
      echo $((left - 1)) >"$here/fault/defects"
    fi
    ;;
  # `fault/slow`: it takes for ever.
  observe)
    [ ! -e "$here/fault/slow" ] || sleep 60
    for part in $parts; do
      : >"$here/watched/$part"
    done
    ;;
  unobserve) rm -f "$here"/watched/* ;;
  # Targets that are not scraped, and gaps in what was recorded in the last ten minutes.
  unwatched) echo $((5 - $(count watched))) ;;
  gaps) cat "$here/fault/gaps" 2>/dev/null || echo 0 ;;
  tune) : >"$here/tuned" ;;
  untune) rm -f "$here/tuned" ;;
  # What is left of the machine: gigabytes of disk, percent of memory and processor in use.
  disk) cat "$here/fault/disk" 2>/dev/null || echo 40 ;;
  memory) cat "$here/fault/memory" 2>/dev/null || echo 30 ;;
  processor) cat "$here/fault/processor" 2>/dev/null || echo 20 ;;
  sweep) rm -f "$here"/logs/*.old "$here/fault/disk" ;;
  throttle) : >"$here/throttled" ;;
  # Writes how many of the three blockers are resolved.
  report)
    resolved=0
    [ "$(count up)" != 5 ] || resolved=$((resolved + 1))
    [ "$(cat "$here/failed" 2>/dev/null || echo 40)" -gt 1 ] || resolved=$((resolved + 1))
    [ "$(count watched)" != 5 ] || resolved=$((resolved + 1))
    printf '{"resolved":%s,"declared":3,"percent":%s}\n' "$resolved" $((resolved * 100 / 3)) >>"$here/progress.jsonl"
    ;;
  # Puts together what somebody needs who was not there.
  diagnose)
    {
      echo "containers: $(count up) of 5"
      echo "failed tests: $(cat "$here/failed" 2>/dev/null || echo unknown)"
      echo "watched: $(count watched) of 5"
      tail -n 3 "$here/progress.jsonl" 2>/dev/null || echo 'progress: never reported'
    } >"$here/diagnosis.txt"
    ;;
  open) echo observed >"$here/stage" ;;
  close) rm -f "$here/stage" ;;
  tell) echo "${RULEC_ALERT_STATE:-breach}: ${RULEC_ALERT_MESSAGE:-nothing was said}" >>"$here/told.txt" ;;
  *) fail 2 "what is ${1-nothing}?" ;;
esac
