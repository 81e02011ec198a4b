# ---- Regular expressions in conditions, for awk: the compiler made states of them, and what was found out about
# a set of states and a character is remembered. No awk's own expressions are asked: they differ.

# Yields the functions that the conditions use.
rulec_matcher() {
  rulec_out='
    function code_of(c, n, i) {
      if (substr(c, 1, 1) == "\001") return c == "\001\301"
      n = ord[substr(c, 1, 1)]
      if (n < 128) return n
      n -= length(c) == 2 ? 192 : length(c) == 3 ? 224 : 240
      for (i = 2; i <= length(c); i++) n = n * 64 + ord[substr(c, i, 1)] - 128
      return n
    }
    # Whether a character is in a class: gaps and lengths of runs, by turns.
    function is_in(c, class, n, run, i, at) {
      c = code_of(c)
      n = split(class, run, ",")
      at = 0
      for (i = 1; i < n; i += 2) {
        at += run[i]
        if (c < at) return 0
        at += run[i + 1]
        if (c <= at) return 1
      }
      return 0
    }
    function class_of(word) { return substr(word, 1, 1) == "k" ? R[substr(word, 2)] : word }
    function sort_of(c, word) {
      if (c == "\n") return "n"
      return is_in(c, class_of(word)) ? "w" : "o"
    }
    # Whether a place between two characters is what a state asks for.
    function looks(t, was, c, word) {
      if (t == "S") return was == "s"
      if (t == "E") return c == ""
      if (t == "L") return was == "s" || was == "n"
      if (t == "l") return c == "" || c == "\n"
      t = t == "N"
      return ((was == "w") != (c != "" && sort_of(c, word) == "w")) != t
    }
    # The states after a character; "!" where the text is found.
    function advance(key, c, was, n, p, i, t, k, part, stack, seen, next_to) {
      was = key
      sub(/^.*[\/]/, "", was)
      sub(/[\/].*$/, "", key)
      n = split(key, stack, ",")
      stack[++n] = 1
      while (n > 0) {
        p = stack[n--]
        if (p in seen) continue
        seen[p] = 1
        t = substr(state[p], 1, 1)
        k = substr(state[p], 2)
        if (t == ".") return "!"
        if (t == "|") {
          split(k, part, ",")
          stack[++n] = part[1] + 0
          stack[++n] = part[2] + 0
        } else if (t == "=") {
          if (k == c) next_to[p + 1] = 1
        } else if (t == "c") {
          if (c != "" && is_in(c, class_of(k))) next_to[p + 1] = 1
        } else if (looks(t, was, c, k)) stack[++n] = p + 1
      }
      key = ""
      for (i = 1; i <= states; i++) if (i in next_to) key = key "," i
      return substr(key, 2) "/" (boundary == "" ? "" : c == "" ? "" : sort_of(c, boundary))
    }
    function found(text, pattern, i, n, c, b, key) {
      if (pattern != asked) {
        asked = pattern
        split("", gone)
        # What tells a word apart stands before the states, where any of them asks for it.
        i = index(pattern, ";")
        boundary = substr(pattern, 1, i - 1)
        states = split(substr(pattern, i + 1), state, ";")
      }
      key = "/s"
      n = length(text)
      for (i = 1; ; i += length(c)) {
        c = substr(text, i, 1)
        if (c == "\001") c = substr(text, i, 2)
        else if (c != "" && (b = ord[c]) > 127) c = substr(text, i, b < 224 ? 2 : b < 240 ? 3 : 4)
        if (!((key, c) in gone)) gone[key, c] = advance(key, c)
        key = gone[key, c]
        if (key == "!") return 1
        if (i > n) return 0
      }
    }'
}
