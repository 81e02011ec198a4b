# Puts the report of a run together from the lines of `rulec_tell_report`.
# In the finished script this is a string, so it has no single quotes.

# True where text is one whole object: a line that was being written when the runner died is not.
function whole(text, opened, closed) {
  if (text !~ /^[{].*[}]$/) return 0
  gsub(/\\./, "", text)
  gsub(/"[^"]*"/, "", text)
  if (index(text, "\"")) return 0
  opened = gsub(/[{]/, "", text)
  closed = gsub(/[}]/, "", text)
  return opened == closed && gsub(/\[/, "", text) == gsub(/\]/, "", text)
}
function group_of(number, i) {
  for (i = 1; i <= groups; i++) if (number >= first[i] && number <= last[i]) return i
  return 0
}
function print_list(list, more, i) {
  printf "  \"%s\": [", list
  for (i = 1; i <= count[list]; i++) printf "%s\n    %s", (i > 1 ? "," : ""), item[list, key[list, i]]
  print (count[list] > 0 ? "\n  ]" : "]") more
}
# The groups that ran, in order, each with its steps.
function print_rollback(i, g, told, steps) {
  printf "  \"rollback\": ["
  for (i = 1; i <= count["rollback"]; i++) {
    g = group_of(key["rollback", i] + 0)
    if (!(g in steps)) order[++told] = g
    steps[g] = steps[g] (steps[g] == "" ? "" : ",") "\n      " item["rollback", key["rollback", i]]
  }
  for (i = 1; i <= told; i++) {
    g = order[i]
    printf "%s\n    {%s,\"steps\":[%s\n    ]}", (i > 1 ? "," : ""), (g ? members[g] : "\"procedure\":null,\"name\":null"), steps[g]
  }
  print (told > 0 ? "\n  ]," : "],")
}
BEGIN {
  print "{"
  lists = split("attested approvals preconditions steps postconditions undone rollback finally alerts checklist", name, " ")
  for (i = 1; i <= lists; i++) count[name[i]] = 0
}
$1 == "=" {
  print "  \"" $2 "\": " substr($0, length($2) + 4) ","
  next
}
$1 == "group" {
  first[++groups] = $2 + 0
  last[groups] = $3 + 0
  members[groups] = substr($0, length($2) + length($3) + 9)
  next
}
$0 == "checklist" {
  checklist = 1
  next
}
$1 in count && $2 ~ /^[0-9]+$/ {
  text = substr($0, length($1) + length($2) + 3)
  if (!whole(text)) next
  if (!(($1, $2) in item)) {
    count[$1]++
    key[$1, count[$1]] = $2
  }
  item[$1, $2] = text
  if ($1 == "steps" && $2 + 0 > highest) highest = $2 + 0
}
END {
  print_list("attested", ",")
  print_list("approvals", ",")
  if (checklist) print_list("checklist", ",")
  print_list("preconditions", ",")
  # Steps stand in order of the plan, whatever the order in which they ended.
  count["steps"] = 0
  for (i = 1; i <= highest; i++) if (("steps", i) in item) key["steps", ++count["steps"]] = i
  print_list("steps", ",")
  print_list("postconditions", ",")
  print_list("undone", ",")
  print_rollback()
  print_list("finally", ",")
  print_list("alerts", "")
  print "}"
}
