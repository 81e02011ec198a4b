# Turns the JSON report of a run, whose strings are ASCII and end on the line on which they begin, into JUnit or
# into what Prometheus reads, the latter for `printf %b`. In the finished script this is a string, so it has no
# single quotes.

# Reads a line of JSON: each value that is no list or object is left in `v`, under its path. Strings keep their
# escapes, without their quotes.
function read_json(line, c) {
  while (line != "") {
    c = substr(line, 1, 1)
    if (c == " " || c == ",") line = substr(line, 2)
    else if (c == ":") {
      valued = 1
      line = substr(line, 2)
    } else if (c == "{" || c == "[") {
      if (depth > 0 && kind[depth] == "[") at[depth]++
      kind[++depth] = c
      at[depth] = c == "[" ? 0 : ""
      valued = 0
      line = substr(line, 2)
    } else if (c == "}" || c == "]") {
      if (c == "]") v[path(depth - 1) "#"] = at[depth]
      depth--
      valued = 0
      line = substr(line, 2)
    } else {
      if (c == "\"") {
        if (!match(line, /^"[^"\\]*(\\.[^"\\]*)*"/)) return
        c = substr(line, 2, RLENGTH - 2)
      } else {
        match(line, /^[^],} ]+/)
        c = substr(line, 1, RLENGTH)
      }
      line = substr(line, RLENGTH + 1)
      if (kind[depth] == "[") {
        at[depth]++
        v[path(depth)] = c
      } else if (valued) {
        v[path(depth)] = c
        valued = 0
      } else at[depth] = c
    }
  }
}
function path(to, out, i) {
  for (i = 1; i <= to; i++) out = out "." at[i]
  return out
}
function hex(text, n, i) {
  for (i = 1; i <= 4; i++) n = n * 16 + index("0123456789abcdef", tolower(substr(text, i, 1))) - 1
  return n
}
# The text of a JSON string, with each character by itself to whoever writes it.
function translate(text, out, n, low) {
  out = ""
  while (match(text, /[\\&<>"]/)) {
    out = out substr(text, 1, RSTART - 1)
    text = substr(text, RSTART)
    n = substr(text, 2, 1)
    if (substr(text, 1, 1) != "\\") {
      out = out plain(substr(text, 1, 1))
      text = substr(text, 2)
    } else if (n == "u") {
      n = hex(substr(text, 3, 4))
      text = substr(text, 7)
      if (n >= 55296 && n <= 56319 && substr(text, 1, 2) == "\\u") {
        low = hex(substr(text, 3, 4))
        if (low >= 56320 && low <= 57343) {
          n = 65536 + (n - 55296) * 1024 + low - 56320
          text = substr(text, 7)
        }
      }
      out = out character(n)
    } else {
      out = out (n in control ? character(control[n]) : plain(n))
      text = substr(text, 3)
    }
  }
  return out text
}
# A character that stands for itself in ASCII.
function plain(c) {
  if (format == "junit") return c == "&" ? "&amp;" : c == "<" ? "&lt;" : c == ">" ? "&gt;" : c == "\"" ? "&quot;" : c
  return c == "\"" ? "\\\\\"" : c == "\\" ? "\\\\\\\\" : c
}
function character(n) {
  if (n >= 55296 && n <= 57343 || n == 65534 || n == 65535) n = 65533
  if (n == 34 || n == 92 || n == 38 || n == 60 || n == 62) return plain(sprintf("%c", n))
  if (format == "junit") return sprintf("&#%d;", n >= 32 || n == 9 || n == 10 || n == 13 ? n : 65533)
  if (n == 10) return "\\\\n"
  if (n < 128) return byte(n)
  if (n < 2048) return byte(192 + int(n / 64)) byte(128 + n % 64)
  if (n < 65536) return byte(224 + int(n / 4096)) byte(128 + int(n / 64) % 64) byte(128 + n % 64)
  return byte(240 + int(n / 262144)) byte(128 + int(n / 4096) % 64) byte(128 + int(n / 64) % 64) byte(128 + n % 64)
}
function byte(n) { return sprintf("\\0%03o", n) }
function seconds(ms) { return int(ms / 1000) sprintf(".%03d", ms % 1000) }
# One line of JUnit: what stands at path `at`, called `name`.
function testcase(at, name, status, message, bad, child) {
  status = v[at ".status"]
  message = v[at ".reason"] v[at ".detail"]
  if (message == "") message = status == "not_run" ? "it was not run" : status
  bad = status !~ /^(ok|held|attested)$/
  child = "failure"
  if (status ~ /^(not_run|skipped)$/ || v[at ".mandatory"] == "false") child = "skipped"
  tests++
  if (bad && child == "failure") failures++
  if (bad && child == "skipped") skipped++
  cases = cases "    <testcase name=\"" translate(name) "\" classname=\"" translate(v[".entry.id"]) "\" time=\"" seconds(v[at ".duration_ms"]) "\""
  if (!bad) cases = cases "/>\n"
  else if (child == "skipped") cases = cases ">\n      <skipped>" translate(message) "</skipped>\n    </testcase>\n"
  else cases = cases ">\n      <failure type=\"" status "\" message=\"" translate(message) "\"/>\n    </testcase>\n"
  if (length(cases) > 4000) {
    all[++parts] = cases
    cases = ""
  }
}
function property(key) {
  print "      <property name=\"" key "\" value=\"" translate(v["." key]) "\"/>"
}
function good() { return v[".outcome"] ~ /^(succeeded|degraded|already_done)$/ }
function junit(i, k, list) {
  for (i = 1; i <= v[".preconditions#"]; i++) testcase(".preconditions." i, "precondition " i ": " v[".preconditions." i ".text"])
  for (i = 1; i <= steps; i++) testcase(step[i], v[step[i] ".id"] ": " v[step[i] ".name"])
  for (i = 1; i <= v[".postconditions#"]; i++) testcase(".postconditions." i, "postcondition " i ": " v[".postconditions." i ".text"])
  for (i = 1; i <= v[".undone#"]; i++) testcase(".undone." i, "undo " v[".undone." i ".id"] ": " v[".undone." i ".name"])
  if (!good() && failures == 0) {
    v[".whole.status"] = v[".outcome"]
    v[".whole.reason"] = v[".reason"]
    testcase(".whole", "the run")
  }
  print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
  print "<testsuites>"
  printf "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%s\"", translate(v[".entry.name"]), tests, failures, skipped, seconds(v[".duration_ms"])
  if (v[".started"] ~ /Z$/) printf " timestamp=\"%s\"", substr(v[".started"], 1, 19)
  print ">"
  print "    <properties>"
  property("plan")
  property("execution")
  property("run")
  property("outcome")
  property("exit_code")
  property("reason")
  print "    </properties>"
  for (i = 1; i <= parts; i++) printf "%s", all[i]
  printf "%s", cases
  print "  </testsuite>"
  print "</testsuites>"
}
function head(name, help) {
  print "# HELP " name " " help
  print "# TYPE " name " gauge"
}
function epoch(text, year, month, day) {
  year = substr(text, 1, 4) + 0
  month = substr(text, 6, 2) + 0
  day = substr(text, 9, 2) + 0
  if (month <= 2) {
    year--
    month += 12
  }
  day += int((153 * (month - 3) + 2) / 5) + 365 * year + int(year / 4) - int(year / 100) + int(year / 400) - 719469
  return sprintf("%.0f", day * 86400 + substr(text, 12, 2) * 3600 + substr(text, 15, 2) * 60 + substr(text, 18, 2))
}
function prometheus(i, n, entry, outcome) {
  entry = "{entry=\"" translate(v[".entry.id"]) "\""
  head("rulec_run_success", "1 where the last run succeeded, was degraded or had been done already.")
  print "rulec_run_success" entry "} " good()
  head("rulec_run_outcome", "1 for the outcome of the last run.")
  n = split("succeeded degraded already_done failed rolled_back rollback_failed cancelled refused abandoned paused unfinished", outcome, " ")
  for (i = 1; i <= n; i++) print "rulec_run_outcome" entry ",outcome=\"" outcome[i] "\"} " (v[".outcome"] == outcome[i])
  head("rulec_run_duration_seconds", "How long the last run took.")
  print "rulec_run_duration_seconds" entry "} " seconds(v[".duration_ms"])
  if (limit != "") {
    head("rulec_run_limit_seconds", "How long a run takes at most, but for the time of people.")
    print "rulec_run_limit_seconds" entry "} " seconds(limit)
  }
  if (v[".exit_code"] != "null") {
    head("rulec_run_exit_code", "The exit code of the last run.")
    print "rulec_run_exit_code" entry "} " v[".exit_code"]
  }
  if (v[".finished"] ~ /Z$/) {
    head("rulec_run_finished_timestamp_seconds", "When the last run ended.")
    print "rulec_run_finished_timestamp_seconds" entry "} " epoch(v[".finished"])
  }
  if (steps == 0) return
  for (i = 1; i <= steps; i++) label[i] = entry ",step=\"" translate(v[step[i] ".id"]) "\""
  head("rulec_step_status", "1 for the status of each step.")
  for (i = 1; i <= steps; i++) print "rulec_step_status" label[i] ",status=\"" v[step[i] ".status"] "\"} 1"
  head("rulec_step_duration_seconds", "How long each step took.")
  for (i = 1; i <= steps; i++) print "rulec_step_duration_seconds" label[i] "} " seconds(v[step[i] ".duration_ms"])
  head("rulec_step_attempts", "How many attempts each step took.")
  for (i = 1; i <= steps; i++) print "rulec_step_attempts" label[i] "} " v[step[i] ".attempts"]
}
BEGIN {
  depth = steps = failures = skipped = tests = 0
  control["n"] = 10
  control["t"] = 9
  control["r"] = 13
  control["b"] = 8
  control["f"] = 12
}
{ read_json($0) }
END {
  if (v[".version"] != 1) exit 1
  for (i = 1; i <= v[".steps#"]; i++) step[++steps] = ".steps." i
  for (i = 1; i <= v[".rollback#"]; i++) for (k = 1; k <= v[".rollback." i ".steps#"]; k++) step[++steps] = ".rollback." i ".steps." k
  for (i = 1; i <= v[".finally#"]; i++) step[++steps] = ".finally." i
  if (format == "junit") junit()
  else prometheus()
}
