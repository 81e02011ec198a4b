# ---- The plan, byte for byte, from the comments at the end of this file.

rulec_command_plan() {
  rulec_save rulec_print_plan
}

# The text of a step can look like such a comment; the last beginning is the right one.
rulec_print_plan() {
  rulec_text "$(LC_ALL=C awk '
    function put(line) {
      made[++lines] = line
      print line
    }
    function number(n) {
      n = index(rest, ":")
      taken = substr(rest, 1, n - 1) + 0
      rest = substr(rest, n + 1)
      return taken
    }
    $0 == "#: plan|" {
      count = 0
      next
    }
    /^#:.*[|]$/ { record[++count] = substr($0, 3, length($0) - 3) }
    /^#[+].*[|]$/ { record[count] = record[count] substr($0, 3, length($0) - 3) }
    END {
      for (i = 1; i <= count; i++) {
        rest = record[i]
        while (rest != "") {
          sign = substr(rest, 1, 1)
          copies = index("ABCDEFGHIJKLMNOPQRSTUVWXYZ", sign)
          if (copies > 0) {
            rest = substr(rest, 2)
            while (copies-- > 0) put(made[++beside])
          } else if (sign == "+" || sign == "-") {
            n = index(rest, ";")
            beside += substr(rest, 1, n - 1)
            rest = substr(rest, n + 1)
          } else {
            front = number()
            end = number()
            earlier = made[++beside]
            n = index(rest, "~")
            put(substr(earlier, 1, front) substr(rest, 1, n - 1) substr(earlier, length(earlier) - end + 1))
            rest = substr(rest, n + 1)
          }
        }
      }
    }' <"$rulec_path")$rulec_nl"
  rulec_put "$rulec_out"
}
