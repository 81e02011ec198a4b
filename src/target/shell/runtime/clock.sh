# ---- Calendar: dates out of the clock that only counts, without a process.

# Yields the moment as `YYYY-MM-DDTHH:MM:SSZ`: that of the start, and what has passed since. A wall clock that is set
# meanwhile changes nothing.
rulec_iso() {
  rulec_digits "${rulec_stamp%T*}"
  if [ "${rulec_iso_of-}" != "$rulec_stamp" ]; then
    rulec_iso_of=$rulec_stamp
    rulec_day_number "$rulec_out"
    rulec_iso_day=$rulec_out rulec_iso_shown=
    rulec_out=${rulec_stamp#*T}
    rulec_iso_hour=${rulec_out%%:*}
    rulec_out=${rulec_out#*:}
    rulec_iso_minute=${rulec_out%%:*}
    rulec_out=${rulec_out#*:}
    rulec_out=${rulec_out%Z}
    rulec_iso_second=$((${rulec_iso_hour#0} * 3600 + ${rulec_iso_minute#0} * 60 + ${rulec_out#0}))
  fi
  rulec_now
  rulec_moment=$((rulec_iso_second + (rulec_ms - rulec_from) / 1000))
  rulec_number=$((rulec_iso_day + rulec_moment / 86400))
  rulec_moment=$((rulec_moment % 86400))
  if [ "$rulec_iso_shown" != "$rulec_number" ]; then
    rulec_iso_shown=$rulec_number
    rulec_date "$rulec_number"
    rulec_iso_date=$rulec_out
  fi
  rulec_hour=$((100 + rulec_moment / 3600)) rulec_minute=$((100 + rulec_moment / 60 % 60)) rulec_second=$((100 + rulec_moment % 60))
  rulec_out=${rulec_iso_date}T${rulec_hour#1}:${rulec_minute#1}:${rulec_second#1}Z
}

# Yields date $1, `YYYY-MM-DD` and perhaps more, as eight digits.
rulec_digits() {
  rulec_out=${1%%T*}
  rulec_part=${rulec_out#*-}
  rulec_out=${rulec_out%%-*}${rulec_part%%-*}${rulec_part#*-}
}

# Yields the number of day $1, eight digits, since 1970.
rulec_day_number() {
  rulec_year=${1%????}
  rulec_part=${1#????}
  rulec_month=${rulec_part%??} rulec_day=${rulec_part#??}
  rulec_month=${rulec_month#0} rulec_day=${rulec_day#0}
  # A year that begins in March has its odd day at the end.
  if [ "$rulec_month" -gt 2 ]; then
    rulec_month=$((rulec_month - 3))
  else
    rulec_month=$((rulec_month + 9)) rulec_year=$((rulec_year - 1))
  fi
  rulec_part=$((rulec_year % 400))
  rulec_era=$((rulec_year / 400))
  rulec_out=$((rulec_era * 146097 + rulec_part * 365 + rulec_part / 4 - rulec_part / 100 + (153 * rulec_month + 2) / 5 + rulec_day - 719469))
}

# Yields the date of day number $1.
rulec_date() {
  rulec_out=$(($1 + 719468))
  rulec_part=$((rulec_out % 146097))
  rulec_year=$(((rulec_part - rulec_part / 1460 + rulec_part / 36524 - rulec_part / 146096) / 365))
  rulec_day=$((rulec_part - (365 * rulec_year + rulec_year / 4 - rulec_year / 100)))
  rulec_era=$((rulec_out / 146097))
  rulec_year=$((rulec_year + rulec_era * 400))
  rulec_month=$(((5 * rulec_day + 2) / 153))
  rulec_day=$((101 + rulec_day - (153 * rulec_month + 2) / 5))
  if [ "$rulec_month" -lt 10 ]; then
    rulec_month=$((rulec_month + 103))
  else
    rulec_month=$((rulec_month + 91)) rulec_year=$((rulec_year + 1))
  fi
  rulec_out=$rulec_year-${rulec_month#1}-${rulec_day#1}
}
