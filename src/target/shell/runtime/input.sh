# ---- Inputs: where their values come from, and whether they are what they must be.

# True where text $2 is of type $1.
rulec_fits() {
  case $1 in
    string) return 0 ;;
    path | secret) [ -n "$2" ] ;;
    bool) [ "$2" = true ] || [ "$2" = false ] ;;
    port)
      case $2 in
        '' | *[!0-9]* | 0* | ??????*) return 1 ;;
      esac
      [ "$2" -le 65535 ]
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
      rulec_type=$1 rulec_text=$2 LC_ALL=C awk 'BEGIN {
        pattern["int"] = "^[-+]?[0-9]+$"
        pattern["float"] = "^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$"
        unit = "(ms|millis|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)"
        number = "[0-9]+([.][0-9]+)?"
        pattern["duration"] = "^(" number "|(" number " ?" unit "[ ,]*)+)$"
        pattern["size"] = "^" number " ?([kKMGTPE]i?)?[bB]?$"
        pattern["url"] = "^[A-Za-z][A-Za-z0-9+.-]*://[^ \t\r\n]+$"
        exit ENVIRON["rulec_text"] !~ pattern[ENVIRON["rulec_type"]]
      }' </dev/null
      ;;
  esac
}

# Finds the value of every input and checks it. What is wrong is left in `rulec_problems`, a line each.
rulec_take_inputs() {
  rulec_problems='' rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_in_default='' rulec_in_from=none rulec_in_required=0 rulec_choices=0
    "rulec_input_$rulec_at"
    rulec_pass=1
    eval "rulec_here=\${$rulec_in_name+1}; rulec_given=\${rulec_given_$rulec_in_name+1}"
    if [ "$rulec_in_type" = secret ]; then
      rulec_take_secret
      continue
    fi
    if [ "$rulec_in_from" = fixed ]; then
      rulec_got=$rulec_in_default
    elif [ "$rulec_given" = 1 ]; then
      eval "rulec_got=\$rulec_given_$rulec_in_name"
    elif [ "$rulec_here" = 1 ]; then
      # It is in the environment already, and stays there byte for byte.
      eval "rulec_got=\$$rulec_in_name"
      rulec_pass=0
    elif [ "$rulec_in_from" = default ]; then
      rulec_got=$rulec_in_default
    elif [ "$rulec_in_required" = 1 ]; then
      rulec_problems="$rulec_problems$rulec_in_name is missing ($rulec_in_type): give --input $rulec_in_name=VALUE, or set it in the environment$rulec_nl"
      continue
    else
      continue
    fi
    if ! rulec_fits "$rulec_in_type" "$rulec_got"; then
      rulec_problems="$rulec_problems$rulec_in_name is not of type $rulec_in_type$rulec_nl"
    elif [ "$rulec_pass" = 1 ]; then
      rulec_passed=$((rulec_passed + 1))
      eval "rulec_pass_$rulec_passed=\$rulec_in_name=\$rulec_got"
    fi
  done
}

# A secret comes from the environment, or from the file that NAME_FILE names.
rulec_take_secret() {
  rulec_got=
  if [ "$rulec_here" = 1 ]; then
    eval "rulec_got=\$$rulec_in_name"
  fi
  eval "rulec_file=\${${rulec_in_name}_FILE-}"
  if [ -z "$rulec_got" ] && [ -n "$rulec_file" ]; then
    rulec_got=$(cat "$rulec_file" 2>/dev/null)
    if [ -z "$rulec_got" ]; then
      rulec_problems="$rulec_problems$rulec_in_name: the file that ${rulec_in_name}_FILE names cannot be read, or is empty$rulec_nl"
      return 0
    fi
  fi
  if [ -n "$rulec_got" ]; then
    rulec_secrets=$((rulec_secrets + 1))
    eval "rulec_secret_$rulec_secrets=\$rulec_got; rulec_secret_name_$rulec_secrets=\$rulec_in_name"
  elif [ "$rulec_in_required" = 1 ]; then
    rulec_problems="$rulec_problems$rulec_in_name is missing (secret): set it in the environment, or name a file in ${rulec_in_name}_FILE$rulec_nl"
  fi
}

# Takes an `--input NAME=VALUE`.
rulec_give() {
  rulec_name=${1%%=*}
  case $1 in
    *=*) ;;
    *) rulec_usage "--input takes NAME=VALUE, not: $1" ;;
  esac
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_in_from=none
    "rulec_input_$rulec_at"
    if [ "$rulec_in_name" = "$rulec_name" ]; then
      [ "$rulec_in_type" != secret ] || rulec_usage "$rulec_name is a secret: it is read from the environment, or from the file that ${rulec_name}_FILE names"
      [ "$rulec_in_from" != fixed ] || rulec_usage "the value of $rulec_name was fixed when this script was made"
      rulec_got=${1#*=}
      eval "rulec_given_$rulec_name=\$rulec_got"
      return 0
    fi
  done
  rulec_usage "there is no input $rulec_name"
}
