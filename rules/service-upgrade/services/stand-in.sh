#!/bin/sh
# Stands in for programs when the rules are tried out: it is called under their names, from the folder STAND_INS, which
# is first in PATH. `systemctl` knows the one service of the unit in `units`, and runs it as a process. All others do
# what they always do. Where FAULT names a place, what stands there does its work, and fails all the same, once.
set -u
name=${0##*/}
PATH=${PATH#"$STAND_INS:"}

# True for the first time that the fault is asked for at this place.
strikes() {
  [ "${FAULT-}" = "$1" ] && [ ! -e "$STAND_INS/fault.done" ] && : >"$STAND_INS/fault.done"
}

is_running() {
  [ -e service.pid ] && kill -0 "$(cat service.pid)" 2>/dev/null
}

start() {
  is_running && return 0
  unit=$(cat units/ledger.service) || return 1
  exec=$(printf '%s\n' "$unit" | sed -n 's/^ExecStart=//p')
  set -a
  # shellcheck disable=SC1090,SC1091 # the file of variables that the unit names
  . "./$(printf '%s\n' "$unit" | sed -n 's|^EnvironmentFile=/opt/ledger/\(.*ledger.env\)$|\1|p')" || return 1
  set +a
  # shellcheck disable=SC2086 # the words of the unit
  set -- ${exec#/opt/ledger/bin/ledger}
  setsid "$LEDGER_PROGRAM" "$@" </dev/null >service.log 2>&1 &
  echo $! >service.pid
}

stop() {
  if is_running; then
    kill "$(cat service.pid)"
    tries=0
    while is_running && [ "$tries" -lt 100 ]; do
      tries=$((tries + 1))
      sleep 0.05
    done
  fi
  rm -f service.pid
}

case $name in
  systemctl)
    case $1 in
      start) start || exit 1 ;;
      stop) stop ;;
      restart) stop && start || exit 1 ;;
      is-active) is_running || exit 3 ;;
      enable) : >enabled ;;
      disable) rm -f enabled ;;
      is-enabled) [ -e enabled ] || exit 1 ;;
    esac
    strikes "$1" && exit 1
    exit 0
    ;;
  psql)
    # A database with one table in a file, and with two users: what they may is what the rules say of them.
    user='' days=0
    for word; do
      case $word in
        --username=*) user=${word#*=} ;;
        --set=days=*) days=${word#--set=days=} ;;
      esac
    done
    sql=$(sed "s/current_date - :days/date('now', '-$days days')/")
    case $user:$sql in
      steward:DELETE* | steward:SELECT* | ledger:SELECT* | ledger:INSERT* | ledger:UPDATE*) ;;
      *) echo "ERROR:  permission denied for table records" >&2 && exit 1 ;;
    esac
    sqlite3 -bail data/records.db "$sql"
    exit
    ;;
  curl)
    case "$*" in
      */version) strikes verify && echo 9.9.9 && exit 0 ;;
    esac
    exec curl "$@"
    ;;
  git)
    case " $* " in *' checkout '*) place=code ;; *) place=git ;; esac
    ;;
  cp)
    case " $* " in
      *' app/vendor '* | *' backup/latest/deps deps '*) place=dependencies ;;
      *' backup/latest/etc etc '*) place=settings ;;
      *' backup/latest/ledger.db '*) place=database ;;
      *) place=cp ;;
    esac
    ;;
  mv)
    # The file of settings is put in its place by this.
    case " $* " in *ledger.env*) place=settings ;; *) place=mv ;; esac
    ;;
  sqlite3)
    case " $* " in
      *.backup*) place=prepare ;;
      *.up.sql* | *.down.sql*) place=migrate ;;
      *) place=sqlite3 ;;
    esac
    if [ "$place" = migrate ] && strikes migrate; then
      # Worse than a migration that does nothing is one that does half.
      sqlite3 "$2" 'drop table bookings'
      exit 1
    fi
    ;;
  *) exit 127 ;;
esac
"$name" "$@" || exit
if strikes "$place"; then exit 1; fi
exit 0
