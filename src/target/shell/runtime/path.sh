# ---- Files: what the program that writes one needs to know. `runtime/file.sh` is that program, and says what its
# variables mean. The definition of a step sets `rulec_file_path` and the others, makes the program its command, and
# its undo where it has none of its own; `rulec_plan` sets the globs.

# Adds the program's variables to those of the step that is defined; $1 is `write`, before an attempt, or `undo`,
# before its undo. 1 where the state folder cannot take the new content.
rulec_file_environment() {
  rulec_file_new=
  rulec_file_do=$1
  if [ "$1$rulec_file_absent" = write1 ]; then
    rulec_file_do=delete
  elif [ "$1$rulec_file_manual" = undo1 ]; then
    rulec_file_do=leave
  fi
  if [ "$1" = write ] && [ -n "$rulec_file_sum" ]; then
    # Too long for the environment, perhaps. What a shell makes of it is held against its digest.
    rulec_file_new=$rulec_folder/$rulec_stem.file.content
    if [ -n "$rulec_file_escaped" ]; then
      rulec_unescape "$rulec_file_escaped"
    else
      rulec_put "$rulec_file_content"
    fi 2>/dev/null >"$rulec_file_new" || return 1
  fi
  rulec_out=$(pwd -P && echo .)
  rulec_file_start=${rulec_out%??}
  case $rulec_file_new in
    '' | /*) ;;
    *) rulec_file_new=${rulec_file_start%/}/$rulec_file_new ;;
  esac
  rulec_file_add "DO=$rulec_file_do"
  rulec_file_add "PATH=$rulec_file_path"
  rulec_file_add "NAME=$rulec_file_name"
  rulec_file_add "CONTENT=$rulec_file_new"
  rulec_file_add "SHA256=$rulec_file_sum"
  rulec_file_add "FROM=$rulec_file_from"
  rulec_file_add "EXPECT=$rulec_file_expect"
  rulec_file_add "MODE=$rulec_file_mode"
  rulec_file_add "BACKUP=$rulec_backup_folder/$rulec_stem.file"
  rulec_file_add "START=$rulec_file_start"
  rulec_file_add "ALLOWED=$rulec_file_allowed"
  rulec_file_add "FORBIDDEN=$rulec_file_forbidden"
  if [ -n "$rulec_file_read_only$rulec_file_write_allowed$rulec_file_order" ]; then
    rulec_file_add "READ_ONLY=$rulec_file_read_only"
    rulec_file_add "WRITE_ALLOWED=$rulec_file_write_allowed"
    rulec_file_add "ORDER=$rulec_file_order"
  fi
  if [ -n "$rulec_file_room" ]; then
    rulec_file_add "LINES_LEFT=$rulec_file_room"
  fi
}

# Adds to the variables of the step; those of the user's come before, and count no more.
rulec_file_add() {
  rulec_envs=$((rulec_envs + 1))
  eval "rulec_env_$rulec_envs=RULEC_FILE_\$1"
}
