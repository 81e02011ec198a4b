# ---- Replay: what the journal of a run says, read back.

# Reads `$rulec_folder/journal` into variables. Only assignments whose every token was checked are evaluated, so
# that a journal that was tampered with runs nothing. Lines that are malformed, not ended by ` .`, or of a
# generation below one already seen are passed over, and counted in `rulec_ignored`; `rulec_torn` is 1 where the
# file does not end with a line break.
#
# For each step N that occurs: `rulec_status_N` (ok, failed, cancelled, skipped; empty: not over), `rulec_stage_N`
# (started, trying, tried, polling, polled, remedying, remedied, waiting, alerting; empty: nothing is under way; a
# step that is over can still be waiting or alerting), `rulec_begun_N` (1 once it was tried), `rulec_tries_N`,
# `rulec_polls_N` (of its last attempt), `rulec_code_N` and `rulec_ended_N` (of its last attempt, poll or remedy),
# `rulec_tried_code_N` and `rulec_tried_ended_N` (of its last attempt), `rulec_judged_N` (code of its last attempt or poll), `rulec_remedy_N`, `rulec_remedy_at_N` and
# `rulec_remedied_N` (the last remedy, its command, and `R:TIMES` for each), `rulec_wait_N` (`KIND MS`),
# `rulec_alerted_N`, `rulec_since_N` (epoch of its last record), `rulec_started_at_N` (of its start). Their numbers are in `rulec_seen`.
#
# Of the run: `rulec_ran` (seconds that the bound on it has counted), `rulec_of_plan`, `rulec_of_execution`, `rulec_begun_at`, `rulec_forward_at`, `rulec_last_at`, `rulec_last_gen`,
# `rulec_records`, `rulec_forward`, `rulec_posting`, `rulec_rolling`, `rulec_finaling`, `rulec_paused`, `rulec_full`
# (0 or 1 each), `rulec_off`, `rulec_off_step` and `rulec_off_signal`, `rulec_undoing`, `rulec_undone` (`N:CODE:ENDED`, in order),
# `rulec_groups_begun`, `rulec_completed` (steps of the plan that were tried, the last to end first), `rulec_over`
# and `rulec_over_code`.
rulec_replay() {
  eval "$(rulec_replay_journal 2>/dev/null)"
}

# A line more than the journal has shows whether its last one was ended. A NUL ends a line for some awks.
rulec_replay_journal() {
  {
    LC_ALL=C tr '\000' '\001' <"$rulec_folder/journal"
    echo
  } | LC_ALL=C awk -v steps="$rulec_steps" '
    BEGIN {
      # What follows each event: n a number from 1, z one from 0, c an exit code, w a word, s a status, p a plan, x a name, g a signal.
      form["begin"] = "px"
      form["resume"] = form["forward"] = form["rollback"] = form["final"] = form["post"] = form["bound"] = form["paused"] = form["full"] = ""
      form["step"] = form["alert"] = form["undo"] = form["group"] = "n"
      form["try"] = "nn"
      form["tried"] = "nncw"
      form["poll"] = "nnn"
      form["polled"] = "nnncw"
      form["remedy"] = "nznn"
      form["remedied"] = "nznncw"
      form["circuit"] = "nnnz"
      form["wait"] = "nwz"
      form["end"] = "nszc"
      form["alerted"] = "nx"
      form["off"] = "w"
      form["undone"] = "ncw"
      form["over"] = "wc"
      flags = split("forward posting rolling finaling paused full", flag, " ")
      for (i = 1; i <= flags; i++) on[flag[i]] = 0
      names = split("status stage begun tries polls code ended tried_code tried_ended judged remedy remedy_at remedied wait alerted since started_at", name, " ")
      last_gen = records = ignored = ran = bound = 0
    }
    function fits(text, kind) {
      if (kind == "n") return text ~ /^[1-9][0-9]*$/ && length(text) < 10
      if (kind == "z") return text ~ /^(0|[1-9][0-9]*)$/ && length(text) < 11
      if (kind == "c") return text ~ /^(-|0|[1-9][0-9]?[0-9]?)$/
      if (kind == "w") return text ~ /^[A-Za-z][A-Za-z_]*$/
      if (kind == "s") return text == "ok" || text == "failed" || text == "cancelled" || text == "skipped"
      if (kind == "g") return text == "HUP" || text == "INT" || text == "TERM"
      if (kind == "p") return text ~ /^[a-z0-9]+:[0-9a-f]+$/
      return text ~ /^[A-Za-z0-9_-]+$/
    }
    # True where the line is a record; its arguments are left in `arg`.
    function is_record(want, i) {
      if (length($0) > 200 || $0 !~ /^v1 [0-9]+ [0-9]+ [a-z]+( [A-Za-z0-9_:-]+)* [.]$/) return 0
      event = $4
      if (!(event in form) || length($2) > 15 || length($3) > 12) return 0
      want = form[event]
      if (event == "off" && NF == 7) want = $5 == "cancelled" && $6 !~ /^[0-9]/ ? "wg" : "wn"
      if (NF != length(want) + 5) return 0
      for (i = 1; i <= length(want); i++) {
        arg[i] = $(i + 4)
        if (!fits(arg[i], substr(want, i, 1))) return 0
        if (arg[i] == "-") arg[i] = ""
      }
      return 1
    }
    function set(key, value) { state[n, key] = value }
    function leave(code, ended) {
      set("code", code)
      set("ended", ended)
    }
    function word(text) { printf "=%c%s%c", 39, text, 39 }
    {
      torn = $0 != ""
      if (!torn) {
        blank++
        next
      }
      ignored += blank
      blank = 0
      if (!is_record() || $2 + 0 < last_gen) {
        ignored++
        next
      }
      records++
      # What a runner took, from where its bound began to its last record; a time without one is nobody running.
      if (event == "resume") bound = 0
      if (bound && $3 > last_at) ran += $3 - last_at
      last_gen = $2 + 0
      last_at = $3
      if (event == "begin") {
        if (begun_at == "") begun_at = $3
        of_plan = arg[1]
        of_execution = arg[2]
      } else if (event == "resume") on["paused"] = on["full"] = 0
      else if (event == "forward") {
        on["forward"] = 1
        if (forward_at == "") forward_at = $3
      }
      else if (event == "bound") bound = 1
      else if (event == "post") on["posting"] = 1
      else if (event == "rollback") on["rolling"] = 1
      else if (event == "final") on["finaling"] = 1
      else if (event == "paused" || event == "full") on[event] = 1
      else if (event == "group") {
        if (!(arg[1] in group)) groups = groups (groups == "" ? "" : " ") arg[1]
        group[arg[1]] = 1
      } else if (event == "off") {
        if (off == "") {
          off = arg[1]
          if (NF == 7 && arg[2] ~ /^[0-9]/) off_step = arg[2]
          else if (NF == 7) off_signal = arg[2]
        }
      } else if (event == "undo") undoing = arg[1]
      else if (event == "undone") {
        if (undoing == arg[1]) undoing = ""
        undone = undone (undone == "" ? "" : " ") arg[1] ":" arg[2] ":" arg[3]
      } else if (event == "over") {
        over = arg[1]
        over_code = arg[2]
      } else {
        n = arg[1]
        if (!(n in seen)) {
          seen[n] = 1
          order[++count] = n
        }
        set("since", $3)
        if (event == "step") {
          set("stage", "started")
          set("started_at", $3)
          set("status", "")
        } else if (event == "try") {
          set("stage", "trying")
          set("begun", 1)
          set("tries", arg[2])
          set("polls", 0)
        } else if (event == "tried") {
          set("stage", "tried")
          leave(arg[3], arg[4])
          set("tried_code", arg[3])
          set("tried_ended", arg[4])
          set("judged", arg[3])
        } else if (event == "poll") {
          set("stage", "polling")
          set("polls", arg[3])
        } else if (event == "polled") {
          set("stage", "polled")
          leave(arg[4], arg[5])
          set("judged", arg[4])
        } else if (event == "remedy") {
          set("stage", "remedying")
          set("begun", 1)
          set("remedy", arg[3])
          set("remedy_at", arg[4])
          # One that was broken off and goes on later has run once.
          if (!((n, arg[2], arg[3]) in remedied)) {
            remedied[n, arg[2], arg[3]] = 1
            if (!((n, arg[3]) in times)) remedies[n] = remedies[n] (remedies[n] == "" ? "" : " ") arg[3]
            times[n, arg[3]]++
          }
        } else if (event == "circuit") {
          counted[n] = arg[2]
          fails[arg[3]] = arg[4]
        } else if (event == "remedied") {
          set("stage", "remedied")
          leave(arg[5], arg[6])
        } else if (event == "wait") {
          set("stage", arg[2] == "settled" ? "" : "waiting")
          set("wait", arg[2] " " arg[3])
        } else if (event == "alert") set("stage", "alerting")
        else if (event == "alerted") {
          set("stage", "")
          set("alerted", arg[2])
        } else if (event == "end") {
          set("stage", "")
          set("status", arg[2])
          set("tries", arg[3])
          set("code", arg[4])
          ends[++ended] = n
          last_end[n] = ended
        }
      }
    }
    END {
      numbers = ""
      for (i = 1; i <= count; i++) {
        n = order[i]
        parts = split(remedies[n], part, " ")
        list = ""
        for (k = 1; k <= parts; k++) list = list (k > 1 ? " " : "") part[k] ":" times[n, part[k]]
        set("remedied", list)
        for (k = 1; k <= names; k++) {
          value = state[n, name[k]]
          if (value == "" && name[k] ~ /^(begun|tries|polls)$/) value = 0
          printf "rulec_%s_%s", name[k], n
          word(value)
          printf " "
        }
        print ""
        numbers = numbers (i > 1 ? " " : "") n
      }
      completed = ""
      for (i = ended; i > 0; i--) {
        n = ends[i]
        if (last_end[n] == i && n + 0 <= steps + 0 && state[n, "begun"] == 1) completed = completed (completed == "" ? "" : " ") n
      }
      for (i = 1; i <= flags; i++) printf "rulec_%s=%s\n", flag[i], on[flag[i]]
      for (n in counted) printf "rulec_counted_%s=%s\n", n, counted[n]
      for (n in fails) printf "rulec_fails_%s=%s\n", n, fails[n]
      printf "rulec_ran=%.0f rulec_records=%d rulec_ignored=%d rulec_torn=%d rulec_last_gen=%.0f", ran, records, ignored, torn, last_gen
      printf " rulec_seen"; word(numbers)
      printf " rulec_completed"; word(completed)
      printf " rulec_undone"; word(undone)
      printf " rulec_undoing"; word(undoing)
      printf " rulec_groups_begun"; word(groups)
      printf " rulec_off"; word(off)
      printf " rulec_off_step"; word(off_step)
      printf " rulec_off_signal"; word(off_signal)
      printf " rulec_over"; word(over)
      printf " rulec_over_code"; word(over_code)
      printf " rulec_of_plan"; word(of_plan)
      printf " rulec_of_execution"; word(of_execution)
      printf " rulec_begun_at"; word(begun_at)
      printf " rulec_forward_at"; word(forward_at)
      printf " rulec_last_at"; word(last_at)
      print ""
    }'
}
