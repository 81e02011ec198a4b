# ---- Inputs: where their values come from, and whether they are what they must be.
#
# In this order: what the script fixes; --input; --input-file; the environment; the default. A secret comes from
# the environment, or from the file that NAME_FILE names. Of input I, `rulec_in_has_I` is 1 where it has a value,
# which is in `rulec_in_value_I`, but for secrets: theirs are in `rulec_secret_K` only, from K = 1.

# True for what can name a variable.
rulec_is_name() {
  case $1 in
    '' | [0123456789]* | *[!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_]*) return 1 ;;
  esac
}

# Lets the definition of input $1 say what it is.
rulec_define_input() {
  rulec_in_name='' rulec_in_type='' rulec_in_default='' rulec_in_from=none rulec_in_required=0 rulec_in_label=
  rulec_choices=0 rulec_min='' rulec_max=''
  "rulec_input_$1"
}

# Finds the input that is called $1, and lets its definition say what it is; its number is left in `rulec_at`.
rulec_find_input() {
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    [ "$rulec_in_name" != "$1" ] || return 0
  done
  return 1
}

# Why nobody can give the input that a definition has set: left in `rulec_out`; nothing where everybody can.
rulec_why_closed() {
  rulec_out=
  if [ "$rulec_in_type" = secret ]; then
    rulec_out="$rulec_in_name is a secret: set it in the environment, or name a file in ${rulec_in_name}_FILE"
  elif [ "$rulec_in_from" = fixed ]; then
    rulec_out="the value of $rulec_in_name was fixed when this script was made"
  fi
}

# Takes an `--input NAME=VALUE`. What is no such thing is not repeated: it may be a secret.
rulec_give() {
  case $1 in
    *=*) ;;
    *) rulec_usage '--input takes NAME=VALUE' ;;
  esac
  rulec_find_input "${1%%=*}" || rulec_usage "there is no input ${1%%=*}; for those there are: --list"
  rulec_why_closed
  [ -z "$rulec_out" ] || rulec_usage "$rulec_out"
  eval "rulec_out=\${rulec_given_$rulec_at+1}"
  [ -z "$rulec_out" ] || rulec_usage "$rulec_in_name is given twice"
  eval "rulec_given_$rulec_at=\${1#*=}"
}

# Takes an `--input-file FILE`: lines of NAME=VALUE, each value as it stands to the end of its line; blank lines
# and those that begin with `#` are none. A value of more than one line can be given by --input only.
rulec_give_file() {
  rulec_file=$1
  if [ -d "$1" ] || [ ! -r "$1" ]; then
    rulec_usage "--input-file takes a file that can be read, not: $1"
  fi
  rulec_lines=$(rulec_escape 10 <"$1" | LC_ALL=C awk '!/^(\\0040|\\0011|\\0015)*(\\0043.*)?$/ { print NR " " $0 }')
  rulec_wrong=
  IFS=$rulec_nl
  # shellcheck disable=SC2086 # a word for each line
  set -- $rulec_lines
  unset IFS
  for rulec_line; do
    rulec_give_line "$rulec_file:${rulec_line%% *}" "${rulec_line#* }"
  done
  if [ -n "$rulec_wrong" ]; then
    rulec_note 'wrong input files:'
    rulec_put "$rulec_wrong" | sed 's/^/  /' >&2
    rulec_note 'each line is NAME=VALUE; for the inputs there are: --list'
    rulec_leave 2
  fi
}

# Takes line $2, as `rulec_escape` shows it, which stands at $1. What is wrong is added to `rulec_wrong`.
rulec_give_line() {
  rulec_name=${2%%=*}
  rulec_out=
  case $2 in
    *\\0000*) rulec_out='holds a NUL character' ;;
    *=*)
      if ! rulec_is_name "$rulec_name"; then
        rulec_out='is not NAME=VALUE'
      elif ! rulec_find_input "$rulec_name"; then
        rulec_out="there is no input $rulec_name"
      else
        rulec_why_closed
        eval "rulec_got=\${rulec_filed_$rulec_at-}"
        if [ -z "$rulec_out" ] && [ -n "$rulec_got" ]; then
          rulec_out="$rulec_name is given already, at $rulec_got"
        fi
      fi
      ;;
    *) rulec_out='is not NAME=VALUE' ;;
  esac
  if [ -z "$rulec_out" ]; then
    if rulec_unescaped "${2#*=}"; then
      eval "rulec_filed_$rulec_at=\$1 rulec_filed_value_$rulec_at=\$rulec_out"
      return 0
    fi
    rulec_out="this shell cannot hold the value of $rulec_name in this locale"
  fi
  rulec_wrong="$rulec_wrong$1: $rulec_out$rulec_nl"
}

# Takes the secrets out of the environment, before anything else is started: what needs none gets none. The runner's own `/proc/PID/environ` goes on showing them to its owner.
rulec_hide_secrets() {
  rulec_hidden=1 rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    if [ "$rulec_in_type" = secret ] && rulec_is_name "$rulec_in_name"; then
      # The script refuses a plan with a name that the shell keeps to itself, but only later.
      (unset "$rulec_in_name") 2>/dev/null || continue
      eval "rulec_hidden_$rulec_at=\${$rulec_in_name-}"
      unset "$rulec_in_name"
    fi
  done
}

# Finds the value of every input and checks it. What is wrong is left in `rulec_problems`, a line each.
rulec_take_inputs() {
  [ "$rulec_hidden" = 1 ] || rulec_hide_secrets
  rulec_problems='' rulec_passed=0 rulec_secrets=0 rulec_at=0
  rulec_find_environment
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    eval "rulec_in_has_$rulec_at=0 rulec_in_value_$rulec_at="
    if [ "$rulec_in_type" = secret ]; then
      [ "$rulec_needs_secrets" = 0 ] || rulec_take_secret
      continue
    fi
    rulec_find_value || continue
    if [ -n "$rulec_out" ]; then
      rulec_problems="$rulec_problems$rulec_in_name $rulec_out$rulec_nl"
    elif ! rulec_short "$rulec_got"; then
      rulec_problems="$rulec_problems$rulec_in_name is longer than 131000 bytes, more than a command can be given$rulec_nl"
    elif ! rulec_fits "$rulec_in_type" "$rulec_got"; then
      rulec_expected "$rulec_in_type"
      rulec_problems="$rulec_problems$rulec_in_name is not of type $rulec_in_type: give $rulec_out$rulec_nl"
    elif [ "$rulec_source" = environment ]; then
      # Commands find it there, byte for byte.
      eval "rulec_in_has_$rulec_at=1 rulec_in_value_$rulec_at=\$rulec_got"
    else
      rulec_set_input "$rulec_at" "$rulec_got"
    fi
  done
}

# Leaves the names of the inputs that are in the environment in `rulec_environment`, with a blank around each.
# A variable that the shell has set itself is not there.
rulec_find_environment() {
  set --
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    if [ "$rulec_in_type" != secret ] && rulec_is_name "$rulec_in_name"; then
      set -- "$@" "$rulec_in_name"
    fi
  done
  rulec_at=0 rulec_environment=
  if [ "$#" -gt 0 ]; then
    rulec_environment=$(LC_ALL=C awk '
      BEGIN { for (i = 1; i < ARGC; i++) if (ARGV[i] in ENVIRON) printf " %s ", ARGV[i] }' "$@" </dev/null)
  fi
}

# Finds the value of the input that a definition has set: it is left in `rulec_got`, or in `rulec_out` what is
# wrong. False where there is none and need not be any.
rulec_find_value() {
  rulec_out='' rulec_source=given
  eval "rulec_given=\${rulec_given_$rulec_at+1} rulec_filed=\${rulec_filed_$rulec_at+1}"
  if [ "$rulec_in_from" = fixed ]; then
    rulec_got=$rulec_in_default
  elif [ "$rulec_given" = 1 ]; then
    eval "rulec_got=\$rulec_given_$rulec_at"
  elif [ "$rulec_filed" = 1 ]; then
    eval "rulec_got=\$rulec_filed_value_$rulec_at"
  else
    case $rulec_environment in
      *" $rulec_in_name "*)
        rulec_source=environment
        eval "rulec_given=\${$rulec_in_name+1} rulec_got=\${$rulec_in_name-}"
        [ "$rulec_given" = 1 ] || rulec_out='cannot be read: this shell cannot hold its value in this locale'
        return 0
        ;;
    esac
    if [ "$rulec_in_from" = default ]; then
      rulec_got=$rulec_in_default
    elif [ "$rulec_in_required" = 1 ]; then
      rulec_out="is missing ($rulec_in_type): give --input $rulec_in_name=VALUE, or set it in the environment"
    else
      return 1
    fi
  fi
}

# Gives input $1, which its definition has set, value $2, and commands the variable.
rulec_set_input() {
  eval "rulec_in_has_$1=1 rulec_in_value_$1=\$2"
  rulec_passed=$((rulec_passed + 1))
  eval "rulec_pass_$rulec_passed=\$rulec_in_name=\$2"
}

# True where text $1 is no longer than one variable of a command may be.
rulec_short() {
  [ "${#1}" -le 32000 ] || [ "$(rulec_put "$1" | wc -c)" -le 131000 ]
}

# Takes the secret that a definition has set.
rulec_take_secret() {
  eval "rulec_got=\${rulec_hidden_$rulec_at-} rulec_file=\${${rulec_in_name}_FILE-}"
  if [ -z "$rulec_got" ] && [ -n "$rulec_file" ]; then
    rulec_got=
    if [ -r "$rulec_file" ] && [ ! -d "$rulec_file" ]; then
      # As with a command substitution, the newlines at the end are none of it.
      rulec_got=$(rulec_escape 0 <"$rulec_file" | sed 's/\(\\0012\)*$//')
    fi
    rulec_out="names a file that cannot be read, or is empty"
    case $rulec_got in
      *\\0000*) rulec_got='' rulec_out='names a file with a NUL character, which no variable can hold' ;;
      '') ;;
      *)
        if rulec_unescaped "$rulec_got"; then
          rulec_got=$rulec_out
        else
          rulec_got='' rulec_out='names a file that this shell cannot hold in this locale'
        fi
        ;;
    esac
    if [ -z "$rulec_got" ]; then
      rulec_problems="$rulec_problems$rulec_in_name: ${rulec_in_name}_FILE $rulec_out$rulec_nl"
      return 0
    fi
  fi
  if [ -n "$rulec_got" ]; then
    if ! rulec_short "$rulec_got"; then
      rulec_problems="$rulec_problems$rulec_in_name is longer than 131000 bytes, more than a command can be given$rulec_nl"
      return 0
    fi
    rulec_secrets=$((rulec_secrets + 1))
    eval "rulec_secret_$rulec_secrets=\$rulec_got rulec_secret_name_$rulec_secrets=\$rulec_in_name rulec_in_has_$rulec_at=1"
    rulec_learn_mask "$rulec_in_name" "$rulec_got"
  elif [ "$rulec_in_required" = 1 ]; then
    rulec_problems="$rulec_problems$rulec_in_name is missing (secret): set it in the environment, or name a file in ${rulec_in_name}_FILE$rulec_nl"
  fi
  rulec_got=
}
