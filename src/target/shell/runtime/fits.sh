# ---- Types of inputs: the same texts are values of a type here as for the compiler.

# True where text $2 is of type $1.
rulec_fits() {
  case $1 in
    string) return 0 ;;
    path | secret) [ -n "$2" ] ;;
    bool) [ "$2" = true ] || [ "$2" = false ] ;;
    url)
      rulec_out=${2#*://}
      [ "$rulec_out" != "$2" ] && [ -n "$rulec_out" ] && [ -n "${2%%://*}" ]
      ;;
    enum)
      rulec_i=0
      while [ "$rulec_i" -lt "$rulec_choices" ]; do
        rulec_i=$((rulec_i + 1))
        eval "rulec_out=\$rulec_choice_$rulec_i"
        [ "$2" != "$rulec_out" ] || return 0
      done
      return 1
      ;;
    *)
      # A text of more than a command can be given is no number.
      rulec_type=$1 rulec_text=$2 rulec_least=$rulec_min rulec_most=$rulec_max LC_ALL=C awk '
        # Numbers are decimal digits without zeros before them: no awk counts as far and as exactly as is needed.
        function stripped(digits) {
          sub(/^0+/, "", digits)
          return digits == "" ? "0" : digits
        }
        function over(digits, most) {
          if (length(digits) != length(most)) return length(digits) > length(most)
          return ("x" digits) > ("x" most)
        }
        function zeros(count, text) {
          text = ""
          while (count-- > 0) text = text "0"
          return text
        }
        function times(digits, factor, i, carry, out) {
          carry = 0
          out = ""
          for (i = length(digits); i > 0; i--) {
            carry += substr(digits, i, 1) * factor
            out = (carry % 10) out
            carry = int(carry / 10)
          }
          return stripped(carry out)
        }
        function plus(a, b, i, k, carry, out) {
          carry = 0
          out = ""
          i = length(a)
          k = length(b)
          while (i > 0 || k > 0) {
            carry += (i > 0 ? substr(a, i, 1) : 0) + (k > 0 ? substr(b, k, 1) : 0)
            out = (carry % 10) out
            carry = int(carry / 10)
            i--
            k--
          }
          return stripped(carry out)
        }
        # The number at the start of a text: its length, 0 where there is none. Leaves it in `value` and `scale`:
        # at most 28 digits, with as many behind the point.
        function number(text, at, end, dot, exponent, sign, digits) {
          if (!match(text, /^-?([0-9]+([.][0-9]+)?|[.][0-9]+)([eE][-+]?[0-9]+)?/)) return 0
          end = RLENGTH
          digits = substr(text, 1, end)
          negative = sub(/^-/, "", digits)
          exponent = "0"
          sign = 1
          if (at = match(digits, /[eE]/)) {
            exponent = substr(digits, at + 1)
            digits = substr(digits, 1, at - 1)
            if (sub(/^-/, "", exponent)) sign = -1
            sub(/^[+]/, "", exponent)
            exponent = stripped(exponent)
            if (length(exponent) > 9) exponent = "999999999"
          }
          scale = 0
          if (dot = index(digits, ".")) {
            scale = length(digits) - dot
            digits = substr(digits, 1, dot - 1) substr(digits, dot + 1)
          }
          digits = stripped(digits)
          if (over(digits, longest)) return 0
          value = digits
          if (digits == "0") {
            negative = 0
            scale = 0
            return end
          }
          scale -= sign * exponent
          reduce()
          if (scale < 0) {
            if (length(value) - scale > 28) return 0
            value = value zeros(-scale)
            scale = 0
          }
          return length(value) > 28 || scale > 28 ? 0 : end
        }
        function reduce() {
          while (scale > 0 && value ~ /0$/) {
            value = substr(value, 1, length(value) - 1)
            scale--
          }
          if (value == "" || value == "0") {
            value = "0"
            scale = 0
          }
        }
        # Adds `value`, which is so many seconds, to the total; false where that is too long to count.
        function add(seconds, decimals, to) {
          value = times(value, seconds)
          if (over(value, longest)) return 0
          scale += decimals
          reduce()
          to = scale > total_scale ? scale : total_scale
          if (value != "0") value = value zeros(to - scale)
          if (total != "0") total = total zeros(to - total_scale)
          if (over(value, longest) || over(total, longest)) return 0
          value = plus(value, total)
          if (over(value, longest)) return 0
          scale = to
          reduce()
          total = value
          total_scale = scale
          return 1
        }
        function milliseconds() {
          value = times(total, 1000)
          scale = total_scale
          if (over(value, longest)) return 0
          reduce()
          return scale == 0 && !over(value, most)
        }
        # The start of a text where a number follows what stands between two parts.
        function joint(text) {
          sub(/^ +/, "", text)
          sub(/^,/, "", text)
          sub(/^ +/, "", text)
          if (text ~ /^and /) sub(/^and +/, "", text)
          return text
        }
        function is_duration(text, end, word, last) {
          if (text == "") return 0
          total = "0"
          total_scale = 0
          if (text ~ /^[Pp]/) return is_iso(substr(text, 2))
          if (text ~ /^[0-9]+$/) return number(text) && add(1, 0) && milliseconds()
          last = ""
          while (text != "") {
            if (!(end = number(text)) || negative) return 0
            text = substr(text, end + 1)
            sub(/^ +/, "", text)
            if (!match(text, /^[^ -@[-`{-~]+/)) return 0
            word = substr(text, 1, RLENGTH)
            text = substr(text, RLENGTH + 1)
            if (!(word in rank) && length(word) > 1) word = tolower(word)
            if (!(word in rank) || (last != "" && rank[word] >= last)) return 0
            last = rank[word]
            if (!add(seconds[last], decimals[last])) return 0
            if (text == "") break
            text = joint(text)
            if (text == "") return 0
          }
          return milliseconds()
        }
        function is_iso(text, end, left, at, parts) {
          left = "WD"
          parts = 0
          while (text != "") {
            if (left !~ /S/ && text ~ /^[Tt]/ && !in_time) {
              in_time = 1
              left = "HMS"
              parts = 0
              text = substr(text, 2)
              continue
            }
            if (!(end = number(text)) || negative) return 0
            at = index(left, toupper(substr(text, end + 1, 1)))
            if (!at || length(text) == end) return 0
            if (!add(iso[(in_time ? "T" : "") substr(left, at, 1)], 0)) return 0
            left = substr(left, at + 1)
            text = substr(text, end + 2)
            parts++
          }
          return parts > 0 && milliseconds()
        }
        function is_size(text, end) {
          if (!(end = number(text)) || negative) return 0
          text = substr(text, end + 1)
          sub(/^ +/, "", text)
          if (text ~ /^(b|[KMGTP]i?b)$/) return 0
          text = toupper(text)
          if (text == "" || text == "BYTE" || text == "BYTES") text = "B"
          if (!match(text, /^[KMGTP]?I?B$/) || text == "IB") return 0
          end = text == "B" ? 0 : index("KMGTP", substr(text, 1, 1))
          while (end-- > 0) value = times(value, text ~ /I/ ? 1024 : 1000)
          if (over(value, longest)) return 0
          reduce()
          return scale == 0 && !over(value, most)
        }
        # Every number that rounds to infinity is at or over the middle between the largest and the next.
        function is_float(text, at, exponent, sign, dot, whole) {
          if (text !~ /^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$/) return 0
          sub(/^[-+]/, "", text)
          exponent = "0"
          sign = 1
          if (at = match(text, /[eE]/)) {
            exponent = substr(text, at + 1)
            text = substr(text, 1, at - 1)
            if (sub(/^-/, "", exponent)) sign = -1
            sub(/^[+]/, "", exponent)
            exponent = stripped(exponent)
            if (length(exponent) > 9) exponent = "999999999"
          }
          dot = index(text, ".")
          whole = dot ? dot - 1 : length(text)
          sub(/[.]/, "", text)
          at = length(text)
          text = stripped(text)
          if (text == "0") return 1
          whole = whole - (at - length(text)) + sign * exponent
          if (whole != 309) return whole < 309
          if (length(text) < 309) text = text zeros(309 - length(text))
          return !over(substr(text, 1, 309), infinite) && substr(text, 1, 309) != infinite
        }
        function is_whole(text, most, digits) {
          sub(/^[-+]/, "", text)
          return text ~ /^[0-9]+$/ && !over(stripped(text), most)
        }
        # True where one whole number is less than another.
        function less(a, b, below, other) {
          below = sub(/^-/, "", a)
          other = sub(/^-/, "", b)
          sub(/^[+]/, "", a)
          sub(/^[+]/, "", b)
          a = stripped(a)
          b = stripped(b)
          if (a == "0") below = 0
          if (b == "0") other = 0
          if (below != other) return below
          return below ? over(a, b) : over(b, a)
        }
        function is_within(text, least, most) {
          least = ENVIRON["rulec_least"]
          most = ENVIRON["rulec_most"]
          return !(least != "" && less(text, least)) && !(most != "" && less(most, text))
        }
        function unit(size, digits, names, name, i, count) {
          ranks++
          seconds[ranks] = size
          decimals[ranks] = digits
          count = split(names, name, " ")
          for (i = 1; i <= count; i++) rank[name[i]] = ranks
        }
        BEGIN {
          type = ENVIRON["rulec_type"]
          text = ENVIRON["rulec_text"]
          longest = "170141183460469231731687303715884105727"
          most = "9007199254740991"
          infinite = "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070" \
            "9633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447" \
            "5730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904" \
            "174497792"
          if (type == "port") exit !(text !~ /^-/ && is_whole(text, "65535") && text ~ /[1-9]/ && is_within(text))
          if (type == "int")
            exit !(is_whole(text, text ~ /^-/ ? "9223372036854775808" : "9223372036854775807") && is_within(text))
          if (type == "float") exit !is_float(text)
          # Whatever the compiler takes for a blank.
          gsub(/[\t\n\013\f\r]/, " ", text)
          count = split("\302\205 \302\240 \341\232\200 \342\200\200 \342\200\201 \342\200\202 \342\200\203 " \
            "\342\200\204 \342\200\205 \342\200\206 \342\200\207 \342\200\210 \342\200\211 \342\200\212 " \
            "\342\200\250 \342\200\251 \342\200\257 \342\201\237 \343\200\200", blank, " ")
          for (i = 1; i <= count; i++)
            while (at = index(text, blank[i])) text = substr(text, 1, at - 1) " " substr(text, at + length(blank[i]))
          sub(/^ +/, "", text)
          sub(/ +$/, "", text)
          if (type == "size") exit !is_size(text)
          unit(1, 9, "ns nanosecond nanoseconds")
          unit(1, 6, "us \302\265s \316\274s microsecond microseconds")
          unit(1, 3, "ms msec msecs milli millis millisecond milliseconds")
          unit(1, 0, "s sec secs second seconds")
          unit(60, 0, "m min mins minute minutes")
          unit(3600, 0, "h hr hrs hour hours")
          unit(86400, 0, "d day days")
          unit(604800, 0, "w wk wks week weeks")
          iso["W"] = 604800
          iso["D"] = 86400
          iso["TH"] = 3600
          iso["TM"] = 60
          iso["TS"] = 1
          exit !is_duration(text)
        }' </dev/null 2>/dev/null
      ;;
  esac
}

# Yields what a value of type $1 is, for people.
rulec_expected() {
  case $1 in
    int) rulec_out="a whole number${rulec_min:+, at least $rulec_min}${rulec_max:+, at most $rulec_max}" ;;
    float) rulec_out='a number' ;;
    bool) rulec_out='true or false' ;;
    duration) rulec_out='a duration such as 30s' ;;
    size) rulec_out='a size such as 2GB' ;;
    url) rulec_out='a URL with a scheme' ;;
    port) rulec_out="a port, ${rulec_min:-1} to ${rulec_max:-65535}" ;;
    enum) rulec_out='one of the values that --list shows' ;;
    *) rulec_out='not empty' ;;
  esac
}
