# ---- Idempotency: an execution that has succeeded stands for the same one again, for as long as the rules say.
#
# `done/EXECUTION` holds `EPOCH RUN OUTCOME TTL .`. Only a success is written down: what failed may run again, and
# so may a degraded run, some of whose steps are still to be done.

# True where nothing forbids the run: false where this execution has succeeded within the time to live, which is
# said, with the run in `rulec_earlier_run` and when it ended, in UTC, in `rulec_earlier_at`.
rulec_earlier() {
  rulec_earlier_run='' rulec_earlier_at=
  if [ -z "$rulec_ttl" ] || [ "$rulec_anew" = 1 ] || [ ! -e "$rulec_home/done/$rulec_execution" ]; then
    return 0
  fi
  # Not in the shell: some count only to the year 2038. A record of the future is of a clock that was set back.
  rulec_out=$(LC_ALL=C awk -v now="$(date +%s)" -v ttl="$rulec_ttl" '
    function two(number) { return substr(100 + number, 2) }
    function iso(at, days, era, day, year, month) {
      days = int(at / 86400)
      at -= days * 86400
      days += 719468
      era = int(days / 146097)
      day = days - era * 146097
      year = int((day - int(day / 1460) + int(day / 36524) - int(day / 146096)) / 365)
      day -= 365 * year + int(year / 4) - int(year / 100)
      month = int((5 * day + 2) / 153)
      day -= int((153 * month + 2) / 5) - 1
      year += era * 400
      month += month < 10 ? 3 : -9
      if (month <= 2) year++
      return year "-" two(month) "-" two(day) "T" two(int(at / 3600)) ":" two(int(at % 3600 / 60)) ":" two(at % 60) "Z"
    }
    NR == 1 && NF == 5 && $5 == "." && $3 == "succeeded" && length($1) < 13 && ($1 $4) ~ /^[0-9]+$/ &&
      $2 ~ /^[0-9]+T[0-9]+Z-[0-9]+([.][0-9]+)?$/ { good = $2 " " iso($1) " " (now - $1 < ttl + 0 ? "stands" : "past") }
    END { print (NR == 1 && good ? good : "torn") }' <"$rulec_home/done/$rulec_execution" 2>/dev/null)
  case $rulec_out in
    *' stands')
      rulec_earlier_run=${rulec_out%% *}
      rulec_earlier_at=${rulec_out#* }
      rulec_earlier_at=${rulec_earlier_at%% *}
      rulec_note 'already done: run %s succeeded at %s with the same plan and inputs; nothing was run' \
        "$rulec_earlier_run" "$rulec_earlier_at"
      rulec_note 'to run it all the same: %s run --anew' "$rulec_again"
      if [ -e "$rulec_home/runs/$rulec_earlier_run/report.json" ]; then
        rulec_note 'its report: %s' "$rulec_home/runs/$rulec_earlier_run/report.json"
      else
        rulec_note 'its report is gone'
      fi
      return 1
      ;;
    *' past') ;;
    *) rulec_note 'the record of an earlier run is damaged, and counts as none: %s' "$rulec_home/done/$rulec_execution" ;;
  esac
}

# Writes down that this execution ended with outcome $1, if that stands for a later one.
rulec_remember() {
  if [ -z "$rulec_ttl" ] || [ "$1" != succeeded ]; then
    return 0
  fi
  rulec_done_at=$(date +%s)
  mkdir -p "$rulec_home/done" 2>/dev/null
  if ! rulec_place "$rulec_home/done/$rulec_execution" "$rulec_done_at $rulec_run $1 $rulec_ttl .$rulec_nl" "$rulec_folder/done"; then
    rulec_note 'cannot write down that it is done, so the same run would run again: %s' "$rulec_home/done/$rulec_execution"
    return 0
  fi
  rulec_forget_old
}

# Removes the records whose time is over, where there are many.
rulec_forget_old() {
  set +f
  set -- "$rulec_home"/done/*
  set -f
  [ "$#" -gt 256 ] || return 0
  for rulec_file; do
    rulec_line=
    { read -r rulec_line <"$rulec_file"; } 2>/dev/null
    rulec_put "${rulec_file##*/} $rulec_line$rulec_nl"
  done | LC_ALL=C awk -v now="$rulec_done_at" 'NF == 6 && $6 == "." && ($2 $5) ~ /^[0-9]+$/ && now - $2 >= $5 + 0 { print $1 }' |
    while read -r rulec_file; do
      rm -f "$rulec_home/done/$rulec_file"
    done
}
