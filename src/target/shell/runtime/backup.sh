# ---- Backups: where the plan wants the old files kept, and for how long.
# With a location they are in LOCATION/SCOPE/RUN.BIRTH, folders that are for their owner only as those of the state are;
# without one beside the record of the run. `kept` beside them says when their run ended: they may go from then on.
# A run that was not brought to its end has no such file, and so keeps its own.

# Finds the folder for the old files of this run: `rulec_backup_folder`, in `rulec_backups`. With `make` it is made,
# and what is too old there is removed; without, what is missing stays so: an undo must see that it is gone.
rulec_open_backups() {
  rulec_backups=$rulec_home/runs rulec_backup_folder=$rulec_folder
  if [ -n "$rulec_backup_location" ]; then
    rulec_absolute "$rulec_backup_location"
    rulec_backups=$rulec_out
    rulec_backup_folder=$rulec_scope/$rulec_token
    if [ "$1" = make ] || [ -h "$rulec_backups" ] || [ -e "$rulec_backups/$rulec_backup_folder" ]; then
      if ! rulec_guard_backups; then
        # An empty one is of no use to anybody.
        rmdir "$rulec_backups/$rulec_backup_folder" 2>/dev/null
        rulec_backups_unusable
      fi
    fi
    rulec_backup_folder=$rulec_backups/$rulec_backup_folder
    rulec_backups=$rulec_backups/$rulec_scope
    if [ "$1" = make ]; then
      rulec_sync "$rulec_backup_folder" "$rulec_backups" "${rulec_backups%/*}"
    fi
  fi
  if [ "$1" = make ]; then
    rulec_prune_backups
  fi
}

# Makes the folders below `rulec_backups` that are missing, and leaves its path without links there. 1: they are not the
# user's alone, said in `rulec_fault` and `rulec_mend`.
rulec_guard_backups() {
  rulec_make_folder "$rulec_backups" -p && rulec_make_folder "$rulec_backups/$rulec_scope" &&
    rulec_make_folder "$rulec_backups/$rulec_backup_folder" || return 1
  rulec_lax=0
  rulec_examine "$rulec_backups" "./$rulec_scope" "./$rulec_backup_folder" || return 1
  if [ -n "$rulec_loose" ]; then
    # shellcheck disable=SC2086 # words
    if ! (cd -P -- "$rulec_real" && chmod 700 $rulec_loose) 2>/dev/null; then
      rulec_fault="others may enter $rulec_real" rulec_mend="run: chmod -R go= '$rulec_real'"
      return 1
    fi
  fi
  rulec_examine_links "$rulec_backups" || return 1
  # A link that is changed from now on changes nothing.
  rulec_backups=$rulec_real
}

rulec_backups_unusable() {
  rulec_give_way
  rulec_note 'the folder of the backups cannot be used: %s' "$rulec_fault"
  rulec_note '%s' "$rulec_mend (executor.backups.location of the rules says where)"
  rulec_leave 9
}

# Is called once it is on record how the run has ended: from here on nobody takes anything back. $1 is its outcome.
rulec_close_backups() {
  [ -n "${rulec_backup_folder-}" ] || return 0
  set +f
  set -- "$1" "$rulec_backup_folder"/*.file.record
  set -f
  if [ ! -e "$2" ]; then
    # Nothing was changed.
    [ "$rulec_backup_folder" = "$rulec_folder" ] || rulec_drop_backups "$rulec_backup_folder"
  elif [ "$1:$rulec_backup_delete" = succeeded:1 ]; then
    rulec_drop_backups "$rulec_backup_folder" ||
      rulec_note 'the backups could not be removed: %s' "$rulec_backup_folder"
  else
    rulec_replace "$rulec_backup_folder/kept" "$((rulec_epoch + (rulec_ms - rulec_from) / 1000)) .$rulec_nl" ||
      rulec_note 'cannot write down that these backups may go in time: %s' "$rulec_backup_folder"
  fi
  rulec_prune_backups
}

# Removes the backups in folder $1 of a run that has ended.
rulec_drop_backups() {
  if [ -n "$rulec_backup_location" ]; then
    rm -rf "$1" 2>/dev/null
    return
  fi
  set +f
  rm -f "$1"/*.file.old "$1"/*.file.record "$1"/*.file.next "$1/kept" 2>/dev/null
  rulec_out=$?
  set -f
  return "$rulec_out"
}

# Removes the backups of runs that ended longer ago than they are kept.
rulec_prune_backups() {
  [ -n "$rulec_backup_age" ] || return 0
  rulec_now
  set +f
  set -- "$rulec_backups"/*/kept
  set -f
  for rulec_file in "$@"; do
    rulec_dot=
    { read -r rulec_out rulec_dot <"$rulec_file"; } 2>/dev/null
    case $rulec_dot:$rulec_out in
      .: | .:*[!0-9]* | .:???????????*) ;;
      .:*)
        if [ "$((rulec_epoch + (rulec_ms - rulec_from) / 1000 - rulec_out))" -ge "$rulec_backup_age" ]; then
          rulec_drop_backups "${rulec_file%/kept}" || rulec_note 'old backups could not be removed: %s' "${rulec_file%/kept}"
        fi
        ;;
    esac
  done
}

# Says what becomes of the old files.
rulec_show_backups() {
  rulec_out='beside the record of the run'
  [ -z "$rulec_backup_location" ] || rulec_out=$rulec_backup_location
  printf 'backups: %s' "$rulec_out"
  [ "$rulec_backup_delete" = 0 ] || printf '; removed after a success'
  [ -z "$rulec_backup_age" ] || printf '; kept for %s' "$rulec_backup_span"
  printf '\n'
}
