# Shows the status of a run that stands on standard input, a key and a value a line: as JSON, or for `printf %b`.
# In the finished script this is a string, so it has no single quotes.
function octal(text) { return substr(text, 1, 1) * 64 + substr(text, 2, 1) * 8 + substr(text, 3, 1) }
# Columns that a character takes.
function columns(c) {
  if (c >= 768 && c <= 879 || c >= 8203 && c <= 8207 || c >= 65024 && c <= 65039) return 0
  if (c >= 4352 && c <= 4447 || c >= 11904 && c <= 12350 || c >= 12353 && c <= 42191 || c >= 44032 && c <= 55203) return 2
  if (c >= 63744 && c <= 64255 || c >= 65072 && c <= 65103 || c >= 65280 && c <= 65376 || c >= 65504 && c <= 65510) return 2
  return c >= 127744 && c <= 128591 || c >= 129280 && c <= 129535 || c >= 131072 && c <= 262141 ? 2 : 1
}
# The first character of escaped text, as long as it stands there; its columns are left in `wide`.
function character(text, byte, size, code, i) {
  wide = 1
  if (substr(text, 1, 1) != "\\") return substr(text, 1, 1)
  if (substr(text, 2, 1) != "0") return substr(text, 1, 2)
  byte = octal(substr(text, 3, 3))
  size = byte >= 240 ? 4 : byte >= 224 ? 3 : byte >= 192 ? 2 : 1
  code = byte >= 240 ? byte - 240 : byte >= 224 ? byte - 224 : byte - 192
  for (i = 2; i <= size; i++) code = code * 64 + octal(substr(text, 5 * i - 2, 3)) - 128
  if (size > 1) wide = columns(code)
  return substr(text, 1, 5 * size)
}
# Text cut to so many columns; how many it takes is left in `taken`.
function fit(text, most, out, one, cut, cut_taken) {
  out = cut = ""
  taken = cut_taken = 0
  while (text != "") {
    one = character(text)
    if (taken + wide > most) {
      taken = cut_taken + 3
      return cut "..."
    }
    out = out one
    taken += wide
    if (taken <= most - 3) {
      cut = out
      cut_taken = taken
    }
    text = substr(text, length(one) + 1)
  }
  return out
}
function spaces(n, out) {
  while (n-- > 0) out = out " "
  return out
}
# A line with something at its left and something at its right, or two lines where one has no room for both.
function row(left, right, colour, room, shown) {
  room = width - length(right) - 2
  if (right == "") print fit(left, width)
  else if (room >= 16) {
    shown = fit(left, room)
    print shown spaces(width - taken - length(right)) colour right (colour == "" ? "" : v["plain"])
  } else {
    print fit(left, width)
    print "     " fit(right, width - 5)
  }
}
function span(s) {
  if (s < 0) s = 0
  if (s < 60) return s "s"
  if (s < 3600) return int(s / 60) "m" s % 60 "s"
  if (s < 86400) return int(s / 3600) "h" int(s % 3600 / 60) "m"
  return int(s / 86400) "d" int(s % 86400 / 3600) "h"
}
function two(n) { return n < 10 ? "0" n : n }
function clock(e) { return two(int(e % 86400 / 3600)) ":" two(int(e % 3600 / 60)) ":" two(e % 60) "Z" }
function stamp(e, z, era, day, year, n, m) {
  z = int(e / 86400) + 719468
  era = int(z / 146097)
  day = z - era * 146097
  year = int((day - int(day / 1460) + int(day / 36524) - int(day / 146096)) / 365)
  n = day - (365 * year + int(year / 4) - int(year / 100))
  m = int((5 * n + 2) / 153)
  day = n - int((153 * m + 2) / 5) + 1
  m = m < 10 ? m + 3 : m - 9
  return sprintf("%04d-%02d-%02dT%s", year + era * 400 + (m <= 2), m, day, clock(e))
}
function plural(n, word) { return n " " word (n == 1 ? "" : "s") }
# When what step i waits for is over; 0 where it waits for nothing.
function till(i, part) {
  if (s[i, "stage"] != "waiting") return 0
  split(s[i, "waits"], part, " ")
  waits_for = part[1]
  return s[i, "since"] + int((part[2] + 999) / 1000)
}
# What is being done at step i.
function doing(i, stage, part) {
  stage = s[i, "stage"]
  if (stage == "polling" || stage == "polled") return "verifying, poll " s[i, "polls"] " of " s[i, "polls_most"]
  if (stage == "remedying") {
    split(s[i, "remedy"], part, " ")
    return "remedy " part[1] ", command " part[2]
  }
  if (stage == "alerting") return "raising the alert"
  if (stage == "waiting") {
    if (waits_for == "delay_before") return "waiting before it begins"
    if (waits_for == "backoff") return "waiting before the next attempt"
    if (waits_for == "interval") return "waiting before poll " s[i, "polls"] + 1 " of " s[i, "polls_most"]
    if (waits_for == "delay_after") return "waiting after its end"
    return "waiting"
  }
  if (stage == "trying" && s[i, "kind"] != "command" && s[i, "does"] == "") return "a person is asked"
  return ""
}
function or_null(text) { return text == "" ? "null" : text }
function quoted(text) { return text == "" ? "null" : "\"" text "\"" }
function object(i) {
  return "{\"number\":" s[i, "number"] ",\"id\":" s[i, "json_id"]
}
function print_json(i, out, at) {
  out = "{\"version\":1,\"run\":\"" v["run"] "\",\"folder\":" v["folder_json"] ",\"entry\":" v["entry"] ",\"plan\":" or_null(v["plan"])
  out = out ",\"execution\":" or_null(v["execution"]) ",\"state\":\"" v["is"] "\",\"phase\":\"" v["phase"] "\",\"outcome\":" quoted(v["outcome"])
  out = out ",\"exit_code\":" or_null(v["outcome"] == "" ? "" : v["code"]) ",\"cause\":" quoted(v["off"]) ",\"requested\":" quoted(v["asked"])
  out = out ",\"pid\":" or_null(v["pid"]) ",\"host\":" v["host_json"]
  out = out ",\"started\":" (v["begun"] == "" ? "null" : "\"" stamp(v["begun"]) "\"") ",\"updated\":" (v["last"] == "" ? "null" : "\"" stamp(v["last"]) "\"")
  out = out ",\"elapsed_s\":" elapsed ",\"estimated_s\":" (v["estimate"] == "" ? "null" : int(v["estimate"] / 1000)) ",\"percent\":" percent
  out = out ",\"steps\":{\"total\":" v["total"] ",\"over\":" over ",\"ok\":" v["ok"] ",\"failed\":" v["failed"] ",\"skipped\":" v["skipped"] ",\"cancelled\":" v["cancelled"] "}"
  out = out ",\"current\":["
  for (i = 1; i <= count; i++) {
    at = till(i)
    out = out (i > 1 ? "," : "") object(i) ",\"name\":" s[i, "json_name"] ",\"owner\":" s[i, "owner_json"] ",\"stage\":\"" s[i, "stage"] "\",\"elapsed_s\":" age(i)
    out = out ",\"attempt\":" s[i, "tries"] ",\"attempts\":" s[i, "most"] ",\"poll\":" s[i, "polls"] ",\"polls\":" s[i, "polls_most"]
    out = out ",\"waiting_for\":" (at ? quoted(waits_for) : "null") ",\"until\":" (at ? "\"" stamp(at) "\"" : "null") "}"
  }
  out = out "],\"undoing\":" (undoing ? object(undoing) "}" : "null") ",\"next\":["
  for (i = 1; i <= nexts; i++) out = out (i > 1 ? "," : "") object("next" i) "}"
  out = out "],\"next_question\":" (asks ? object(asks) "}" : "null") (v["horizon"] == "" ? "" : times_json()) "}"
  print out
}
# The next checkpoint that lies ahead; 0 where there is none.
function coming(i) {
  for (i = 1; i <= marks; i++) if (when_of(i) > moment) return i
  return 0
}
function when_of(i) { return v["departed"] + int(s["mark" i, "number"] / 1000) }
# By how many days a moment lies behind the start, as people write it.
function days(e, n) {
  n = int(e / 86400) - int(v["departed"] / 86400)
  return n > 0 ? " +" n "d" : ""
}
function times_json(i, out, at) {
  out = ",\"timeline\":{\"horizon_s\":" int(v["horizon"] / 1000) ",\"elapsed_s\":" spent ",\"rehearsal\":" or_null(v["rehearsal"])
  out = out ",\"resolved\":" resolved ",\"tasks\":["
  for (i = 1; i <= tasks; i++) {
    out = out (i > 1 ? "," : "") "{\"id\":" s["task" i, "json_id"] ",\"name\":" s["task" i, "json_name"]
    out = out ",\"owner\":" s["task" i, "owner_json"] ",\"state\":\"" s["task" i, "number"] "\"}"
  }
  out = out "],\"next_checkpoint\":"
  at = coming()
  if (at == 0 || v["departed"] == "") return out "null}"
  return out "{\"id\":" s["mark" at, "json_id"] ",\"name\":" s["mark" at, "json_name"] ",\"at\":\"" stamp(when_of(at)) "\"}}"
}
function rule(n, out) {
  out = "+"
  while (n-- > 2) out = out "-"
  return out "+"
}
# A line of the box, with something at its right; both may be wide.
function boxed(left, right, room, shown, used) {
  room = box - 4
  shown = fit(right, int(room / 2))
  used = taken
  left = fit(left, room - used - (right == "" ? 0 : 2))
  print "| " left spaces(room - taken - used) shown " |"
}
# A bar for so many percent.
function gauge(of, share, out, i) {
  for (i = 1; i <= of; i++) out = out (i <= int(of * share / 100) ? "#" : "-")
  return "[" out "]"
}
function print_box(i, state, at, share) {
  box = width < 64 ? width : 64
  print rule(box)
  boxed(v["title"], v["is"] == "over" ? v["outcome"] : v["is"])
  if (v["rehearsal"] != "") boxed("rehearsal: times are divided by " v["rehearsal"])
  boxed("started " (v["departed"] == "" ? "not yet" : stamp(v["departed"])))
  boxed("elapsed " span(spent) " of " span(int(v["horizon"] / 1000)))
  print rule(box)
  for (i = 1; i <= tasks; i++) {
    state = s["task" i, "number"]
    at = state == "resolved" ? "[x] " : state == "pending" ? "[ ] " : state == "failed" ? "[!] " : "[>] "
    gsub(/_/, " ", state)
    boxed(at s["task" i, "label"], state (s["task" i, "owner"] == "" ? "" : " -> " s["task" i, "owner"]))
  }
  share = tasks > 0 ? int(100 * resolved / tasks) : 0
  print rule(box)
  boxed(resolved " of " plural(tasks, "task") " resolved", gauge(20, share) sprintf(" %3d%%", share))
  at = coming()
  if (at && v["departed"] != "" && v["is"] != "over") {
    boxed("next: " s["mark" at, "label"], clock(when_of(at)) days(when_of(at)) ", in " span(when_of(at) - moment))
  }
  print rule(box)
}
function age(i) { return moment > s[i, "since"] + 0 ? moment - s[i, "since"] : 0 }
function print_panel(i, state, colour, left, bar, full, text, at, right, what) {
  if (v["horizon"] != "") print_box()
  state = v["is"] == "over" ? v["outcome"] : v["is"]
  gsub(/_/, " ", state)
  colour = state ~ /^(succeeded|already done)$/ ? v["green"] : state ~ /^(running|paused|degraded|elsewhere)$/ ? v["yellow"] : v["red"]
  row(v["title"] (v["title"] == v["tag"] ? "" : " (" v["tag"] ")"), state, colour)
  text = "run " v["run"]
  if (v["is"] == "over") text = text (elapsed ? ", after " span(elapsed) : "") (v["code"] == "" ? "" : ", exit code " v["code"])
  else {
    phase["gates"] = "gates and preconditions"
    phase["rollback"] = "rolling back"
    phase["finally"] = "final steps"
    text = text ", " (v["phase"] in phase ? phase[v["phase"]] : v["phase"]) (v["begun"] == "" ? "" : ", for " span(elapsed))
    if (v["estimate"] != "" && v["is"] == "running" && v["off"] == "") {
      left = int(v["estimate"] / 1000) - elapsed
      text = text (left > 0 ? ", about " span(left) " left" : ", " span(-left) " over the estimate")
    }
  }
  wrap(text)
  text = over " of " plural(v["total"], "step")
  for (i = 1; i <= 3; i++) {
    what = i == 1 ? "failed" : i == 2 ? "skipped" : "cancelled"
    if (v[what] > 0) text = text ", " v[what] " " what
  }
  if (v["phase"] == "rollback") text = text ", " split(v["undone_codes"], ignored, " ") " of " v["undoable"] " undone"
  full = width - 10
  if (full > 40) full = 40
  bar = sprintf("%" full "s", "")
  gsub(/ /, "-", bar)
  at = int(full * percent / 100)
  left = substr(bar, 1, at)
  gsub(/-/, "#", left)
  left = "[" left substr(bar, at + 1) "] " sprintf("%3d", percent) "%"
  if (length(left) + 2 + length(text) <= width) print left "  " text
  else {
    print left
    wrap(text)
  }
  for (i = 1; i <= count; i++) {
    at = till(i)
    if (s[i, "status"] != "" && at && at <= moment) continue
    right = s[i, "most"] > 1 && s[i, "tries"] > 0 ? "attempt " s[i, "tries"] " of " s[i, "most"] ", " span(age(i)) : span(age(i))
    row("> " s[i, "number"] ". " s[i, "label"], right, "")
    if (s[i, "owner"] != "") print fit("     owner: " s[i, "owner"], width)
    text = doing(i)
    if (at > moment) text = text ": " span(at - moment) " more, till " clock(at)
    if (text != "") wrap(text, "     ")
  }
  if (undoing) print fit("> undoing " s[undoing, "number"] ". " s[undoing, "label"], width)
  for (i = 1; i <= nexts; i++) print fit((i == 1 ? "next: " : "      ") s["next" i, "number"] ". " s["next" i, "label"], width)
  if (asks && s[asks, "number"] != s["next1", "number"]) print fit("a person is asked at: " s[asks, "number"] ". " s[asks, "label"], width)
  if (v["known"] == 0) wrap("The run is of another plan than this script: its steps have numbers only.")
  if (v["asked"] == "pause" && v["is"] == "running") wrap("A pause was asked for: it begins once what is under way has ended.")
  if (v["asked"] == "cancel" && v["is"] == "running") wrap("Its end was asked for: what is under way is stopped, then all is rolled back.")
  if (v["is"] == "paused") wrap("To go on: resume. To end it and roll back: cancel.")
  if (v["is"] == "stopped") wrap((v["full"] == 1 ? "It was stopped, since the disk was full." : "Its runner is gone.") " To go on: resume. To end it and roll back: cancel.")
  if (v["is"] == "elsewhere") wrap("It was started on another machine, which alone can tell whether it lives.")
}
# Plain words over as many lines as they need.
function wrap(text, indent, words, word, i, line) {
  words = split(text, word, " ")
  line = indent word[1]
  for (i = 2; i <= words; i++) {
    if (length(line) + 1 + length(word[i]) > width) {
      print line
      line = indent word[i]
    } else line = line " " word[i]
  }
  print line
}
{
  key = $1
  value = length($0) > length(key) ? substr($0, length(key) + 2) : ""
  if (key == "task") {
    at = "task" (++tasks)
    s[at, "number"] = value
    resolved += value == "resolved"
  } else if (key == "mark") {
    at = "mark" (++marks)
    s[at, "number"] = value
  } else if (key == "step" || key == "next" || key == "asks" || key == "undoing") {
    at = key
    if (key == "step") at = ++count
    else if (key == "next") at = "next" (++nexts)
    else if (key == "asks") asks = at
    else undoing = at
    s[at, "number"] = value
  } else if (at == "") v[key] = value
  else if (key == "undoable") v[key] = value
  else s[at, key] = value
}
END {
  v["now"] += 0
  width = v["width"] + 0
  # A terminal that does not know says 0.
  if (width < 1) width = 80
  if (width < 24) width = 24
  if (width > 120) width = 120
  over = v["ok"] + v["failed"] + v["skipped"] + v["cancelled"]
  percent = v["total"] > 0 ? int(100 * over / v["total"]) : 0
  if (v["is"] == "over" && v["outcome"] ~ /^(succeeded|degraded|already_done)$/) percent = 100
  # Where nothing goes on, the time of the last record is the one that counts.
  moment = v["is"] == "running" || v["is"] == "elsewhere" ? v["now"] : v["last"] + 0
  elapsed = v["begun"] == "" ? 0 : moment - v["begun"]
  if (elapsed < 0) elapsed = 0
  spent = v["departed"] == "" ? 0 : moment - v["departed"]
  if (spent < 0) spent = 0
  count += 0
  nexts += 0
  tasks += 0
  marks += 0
  resolved += 0
  if (json == "stamp") print stamp(a), stamp(b)
  else if (json) print_json()
  else print_panel()
}
