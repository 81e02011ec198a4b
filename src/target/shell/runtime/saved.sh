# ---- The id of an execution, and the values of its inputs kept for `resume`.

# Standard input as text for `rulec_unescaped`: one word of tame characters. $1: a byte that stays as it is.
rulec_escape() {
  LC_ALL=C od -An -v -tu1 | LC_ALL=C awk -v raw="$1" '
    BEGIN {
      for (i = 0; i < 256; i++) out[i] = sprintf("\\0%03o", i)
      plain = "%+,-./0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
      for (i = 33; i < 127; i++) if (index(plain, sprintf("%c", i))) out[i] = sprintf("%c", i)
      if (raw > 0) out[raw + 0] = sprintf("%c", raw)
    }
    { for (i = 1; i <= NF; i++) printf "%s", out[$i + 0] }'
}

# Yields what `rulec_escape` was given; 1 where this shell can't hold it in this locale.
rulec_unescaped() {
  rulec_out=$1
  case $1 in
    *\\*)
      # Through a pipe, else ksh93 writes what is long to a file.
      rulec_out=$(rulec_unescape "$1." | cat)
      case $rulec_out in
        *.) rulec_out=${rulec_out%.} ;;
        *) return 1 ;;
      esac
      ;;
  esac
}

# True for a text of which `rulec_escape` leaves everything as it is.
rulec_is_plain() {
  case $1 in
    *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/=+@%-]*) return 1 ;;
  esac
}

# Prints NAME=LENGTH:VALUE for every input that has a value and is no secret, the length in bytes: shells differ
# in what a character is.
rulec_print_inputs() {
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    eval "rulec_has=\$rulec_in_has_$rulec_at rulec_got=\$rulec_in_value_$rulec_at"
    if [ "$rulec_in_type" = secret ] || [ "$rulec_has" = 0 ]; then
      continue
    fi
    rulec_length=${#rulec_got}
    rulec_is_plain "$rulec_got" || rulec_length=$(($(rulec_put "$rulec_got" | wc -c)))
    rulec_put "$rulec_in_name=$rulec_length:$rulec_got$rulec_nl"
  done
}

# Sets `rulec_execution`: 16 hexadecimal digits that are the same for the same plan and inputs. Secrets are left
# out: their digest would tell whoever guesses one that the guess is right, and a changed password does not make
# another execution.
rulec_identify() {
  if [ "$rulec_inputs" = 0 ]; then
    rulec_sha_of "$rulec_digest$rulec_nl"
  else
    # shellcheck disable=SC2086 # words
    rulec_hash_of "$({
      rulec_put "$rulec_digest$rulec_nl"
      rulec_print_inputs
    } | $rulec_hasher)"
  fi
  rulec_execution=${rulec_out%"${rulec_out#????????????????}"}
}

# Writes text $2 to file $1: all of it or nothing, whatever happens, and it stays there when the power goes.
# The file is made next to $3, which is on the same file system.
rulec_place() {
  rulec_put "$2" 2>/dev/null >"$3.new" || return 1
  rulec_to_disk "$3.new"
  # Once more where a signal to the whole group may have killed it.
  mv -f "$3.new" "$1" 2>/dev/null || mv -f "$3.new" "$1" 2>/dev/null || return 1
  rulec_to_disk "${1%/*}"
}

# Forces a file or folder to the disk; everything, where `sync` takes no file.
rulec_to_disk() {
  rulec_sync "$1" || :
}

# Keeps the values of the inputs, but for secrets, in the folder of the run; false where that is not possible.
rulec_save_inputs() {
  rulec_lines="v1 $rulec_execution .$rulec_nl"
  rulec_at=0
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    [ "$rulec_in_type" != secret ] || continue
    eval "rulec_has=\$rulec_in_has_$rulec_at rulec_got=\$rulec_in_value_$rulec_at"
    rulec_is_plain "$rulec_got" || rulec_got=$(rulec_put "$rulec_got" | rulec_escape 0)
    rulec_lines="$rulec_lines$rulec_in_name $rulec_has=$rulec_got .$rulec_nl"
  done
  rulec_begin_file "$rulec_folder/inputs" "${rulec_lines}end .$rulec_nl"
}

# Takes the inputs from the folder of a run, whatever the environment says now; secrets are taken anew. Nothing in
# the file is ever run. 0 taken; 1 the file is damaged, said in `rulec_why`; 2 an option gives another value, or 3
# a secret is missing, said in `rulec_problems`, a line each.
rulec_load_inputs() {
  [ "$rulec_hidden" = 1 ] || rulec_hide_secrets
  rulec_problems='' rulec_differ='' rulec_passed=0 rulec_secrets=0 rulec_at=0
  rulec_why="the inputs of run $rulec_run cannot be read: $rulec_folder/inputs"
  [ -r "$rulec_folder/inputs" ] || return 1
  rulec_why="the inputs of run $rulec_run are damaged: $rulec_folder/inputs"
  {
    rulec_read_inputs || return 1
  } <"$rulec_folder/inputs"
  rulec_saved=$rulec_out
  rulec_identify
  [ "$rulec_execution" = "$rulec_saved" ] || return 1
  rulec_why=
  if [ -n "$rulec_differ" ]; then
    rulec_problems=$rulec_differ
    return 2
  fi
  [ -z "$rulec_problems" ] || return 3
}

# Reads the saved inputs from standard input; false where they are not what was written. Yields the execution.
rulec_read_inputs() {
  rulec_read_line "v1 " || return 1
  rulec_saved=$rulec_out
  while [ "$rulec_at" -lt "$rulec_inputs" ]; do
    rulec_at=$((rulec_at + 1))
    rulec_define_input "$rulec_at"
    eval "rulec_in_has_$rulec_at=0 rulec_in_value_$rulec_at="
    if [ "$rulec_in_type" = secret ]; then
      rulec_take_secret
      continue
    fi
    rulec_is_name "$rulec_in_name" && rulec_read_line "$rulec_in_name " || return 1
    rulec_has=${rulec_out%%=*}
    rulec_unescaped "${rulec_out#*=}" || return 1
    case $rulec_has in
      0) unset "$rulec_in_name" ;;
      1) rulec_set_input "$rulec_at" "$rulec_out" ;;
      *) return 1 ;;
    esac
    rulec_compare_input "$rulec_out"
  done
  rulec_read_line 'end' || return 1
  rulec_out=$rulec_saved
}

# Reads a line that begins with $1 and ends with ` .`, and yields what is between, if it is as `rulec_escape` has it.
rulec_read_line() {
  rulec_line=
  IFS= read -r rulec_line || return 1
  rulec_out=${rulec_line#"$1"}
  [ "$1$rulec_out" = "$rulec_line" ] || return 1
  rulec_line=$rulec_out
  rulec_out=${rulec_line%" ."}
  [ "$rulec_out ." = "$rulec_line" ] || return 1
  case $rulec_out in
    *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/=+@%\\-]*) return 1 ;;
  esac
}

# Adds to `rulec_differ` where an option gives an input another value than $1, which the run began with.
rulec_compare_input() {
  eval "rulec_given=\${rulec_given_$rulec_at+1} rulec_filed=\${rulec_filed_$rulec_at+1}"
  if [ "$rulec_given" = 1 ]; then
    eval "rulec_got=\$rulec_given_$rulec_at"
  elif [ "$rulec_filed" = 1 ]; then
    eval "rulec_got=\$rulec_filed_value_$rulec_at"
  else
    return 0
  fi
  if [ "$rulec_has" = 0 ] || [ "$rulec_got" != "$1" ]; then
    rulec_differ="$rulec_differ$rulec_in_name is given another value than run $rulec_run began with: leave it out, or start a new run$rulec_nl"
  fi
}
