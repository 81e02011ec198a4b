# ---- List: the runs of this script's scope, the newest first.

rulec_command_list() {
  rulec_find_runs
  if [ "$rulec_json_wanted" = 1 ]; then
    rulec_put '['
    rulec_comma=
    rulec_read_runs | while read -r rulec_run rulec_started rulec_lasted rulec_over rulec_over_code rulec_paused rulec_entry_told; do
      rulec_tell_run
      rulec_one=null
      if [ "$rulec_about_entry" != - ]; then
        rulec_json "$rulec_about_entry"
        rulec_one=$rulec_out
      fi
      rulec_or_null "$rulec_started"
      rulec_one="\"entry\":$rulec_one,\"started\":$rulec_out"
      rulec_or_null "$rulec_over"
      rulec_one="$rulec_one,\"state\":\"$rulec_is\",\"outcome\":$rulec_out"
      for rulec_pair in "exit_code $rulec_over_code" "duration_s $rulec_lasted"; do
        rulec_out=${rulec_pair#* }
        if [ "$rulec_out" = - ]; then
          rulec_out=null
        fi
        rulec_one="$rulec_one,\"${rulec_pair% *}\":$rulec_out"
      done
      rulec_put "$rulec_comma$rulec_nl  {\"run\":\"$rulec_run\",$rulec_one}"
      rulec_comma=,
    done
    rulec_put "$rulec_nl]$rulec_nl"
  else
    rulec_names=$rulec_out
    rulec_find_width
    rulec_out=$rulec_names
    {
      echo 'RUN STARTED TOOK STATE ENTRY'
      rulec_read_runs | while read -r rulec_run rulec_started rulec_lasted rulec_over rulec_over_code rulec_paused rulec_entry_told; do
        rulec_tell_run
        rulec_out=$rulec_is
        if [ "$rulec_out" = over ]; then
          rulec_out=$rulec_over
        fi
        rulec_put "$rulec_run $rulec_started $rulec_lasted $rulec_out $rulec_about_entry$rulec_nl"
      done
    } | LC_ALL=C awk -v columns="$rulec_width" '
      function span(s) {
        if (s !~ /^[0-9]+$/) return s
        if (s < 60) return s "s"
        if (s < 3600) return int(s / 60) "m" s % 60 "s"
        if (s < 86400) return int(s / 3600) "h" int(s % 3600 / 60) "m"
        return int(s / 86400) "d" int(s % 86400 / 3600) "h"
      }
      {
        entry = $0
        for (i = 1; i < 5; i++) sub(/^[^ ]* /, "", entry)
        gsub(/[\001-\037\177]/, "?", entry)
        # Where a line has no room for all, the rest stands below the name of the run, which says when it started.
        if (columns == "" || columns >= 80) printf "%-24s %-20s %7s  %-15s %s\n", $1, $2, span($3), $4, entry
        else if (NR > 1) {
          print $1
          rest = "  " span($3) "  " $4 "  " entry
          print substr(rest, 1, columns > 12 ? columns : 12)
        }
      }'
  fi
}

rulec_or_null() {
  rulec_out=null
  if [ "$1" != - ]; then
    rulec_out="\"$1\""
  fi
}

# Tells in `rulec_is` what became of the run that a line of `rulec_read_runs` describes.
rulec_tell_run() {
  rulec_is=over
  rulec_folder=$rulec_home/runs/$rulec_run
  rulec_read_about
  # A run that was refused leaves a report only.
  rulec_about_entry=${rulec_about_entry:-$rulec_entry_told}
  if [ "$rulec_over" = - ]; then
    rulec_tell_life
    case $rulec_life_of_run:$rulec_paused in
      alive:*) rulec_is=running ;;
      *:1) rulec_is=paused ;;
      elsewhere:*) rulec_is=elsewhere ;;
      *) rulec_is=stopped ;;
    esac
  fi
}

# Prints a line for each run in `rulec_out`: id, start, seconds, outcome, exit code, whether it is paused, entry; `-` is
# unknown. What is over has a report; of what is not, the journal tells.
rulec_read_runs() {
  for rulec_one in $rulec_out; do
    rulec_open=0
    if [ -e "$rulec_home/open/$rulec_one" ]; then
      rulec_open=1
    fi
    rulec_put "$rulec_one $rulec_open$rulec_nl"
  done | rulec_below="$rulec_home/runs" LC_ALL=C awk -v now="$(date +%s)" '
    function member(text) {
      sub(/^[^:]*: *"?/, "", text)
      sub(/"?,?$/, "", text)
      return text
    }
    BEGIN { folder = ENVIRON["rulec_below"] }
    {
      run[NR] = $1
      begun = last = ""
      started = took = outcome = code = entry = "-"
      paused = 0
      file = folder "/" $1 "/report.json"
      if ($2 == 0) {
        while ((getline line < file) > 0) {
          if (line ~ /^  "entry": [{]"id":"[^"\\\\]*"/) {
            entry = substr(line, 19)
            sub(/".*/, "", entry)
          }
          if (line ~ /^  "outcome": "[a-z_]+",$/) outcome = member(line)
          if (line ~ /^  "exit_code": [0-9]+,$/) code = member(line)
          if (line ~ /^  "started": "[0-9TZ:-]+",$/) started = member(line)
          if (line ~ /^  "duration_ms": [0-9]+,$/) {
            took = int(member(line) / 1000)
            break
          }
        }
        close(file)
      }
      if (outcome == "-") {
        file = folder "/" $1 "/journal"
        while ((getline line < file) > 0) {
          if (line !~ /^v1 [0-9]+ [0-9]+ [a-z]+.* [.]$/) continue
          split(line, field, " ")
          if (begun == "") begun = field[3]
          last = field[3]
          if (field[4] == "paused") paused = 1
          if (field[4] == "resume") paused = 0
          if (line ~ /over [a-z_]+ [0-9]+ [.]$/) {
            outcome = field[5]
            code = field[6]
          }
        }
        close(file)
        if (begun != "") took = (outcome == "-" && !paused ? now : last) - begun
      }
      if (started == "-" && $1 ~ /^[0-9]+T[0-9]+Z/) {
        started = substr($1, 1, 4) "-" substr($1, 5, 2) "-" substr($1, 7, 2) "T"
        started = started substr($1, 10, 2) ":" substr($1, 12, 2) ":" substr($1, 14, 2) "Z"
      }
      about[NR] = started " " took " " outcome " " code " " paused " " entry
    }
    END { for (i = NR; i > 0; i--) print run[i], about[i] }'
}
