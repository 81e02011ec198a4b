# ---- Safety: whether a folder is the user's alone.

# Leaves the number of the user whose rights this process has in `rulec_user`.
rulec_find_user() {
  [ -z "${rulec_user-}" ] || return 0
  if [ -r /proc/self/status ]; then
    while read -r rulec_line rulec_rest rulec_out rulec_rest; do
      if [ "$rulec_line" = Uid: ]; then
        rulec_user=$rulec_out
        break
      fi
    done </proc/self/status
  fi
  : "${rulec_user:=$(id -u)}"
}

# Looks at folder $1, at the further names in it, and at all folders above: 0 where nobody but the user and
# root could write there or swap them. Leaves the folder's path without links in `rulec_real`, the user's number in
# `rulec_user`, and the names that others may enter in `rulec_loose`; where it fails, why in `rulec_fault`, and what
# to do in `rulec_mend`. With `rulec_lax=1` the folder may be of root, and readable.
rulec_examine() {
  rulec_asked=$1
  shift
  rulec_find_user
  rulec_loose='' rulec_fault="$rulec_asked cannot be entered"
  rulec_mend='give it to the user of this script, or choose another'
  rulec_out=$(
    exec 2>/dev/null
    cd -P -- "$rulec_asked" || exit 1
    pwd -P
    rulec_above=${PWD%/} rulec_up=..
    set -- . "$@"
    while [ -n "$rulec_above" ]; do
      rulec_above=${rulec_above%/*}
      set -- "$@" "$rulec_up"
      rulec_up=../$rulec_up
    done
    # No name that somebody chose is among them, so each is a line.
    echo // || exit 1
    LC_ALL=C
    export LC_ALL
    exec ls -ldn "$@"
  ) || return 1
  rulec_real=${rulec_out%%"$rulec_nl//$rulec_nl"*}
  IFS=$rulec_nl
  # shellcheck disable=SC2086 # lines
  set -- ${rulec_out#*"$rulec_nl//$rulec_nl"}
  unset IFS
  for rulec_line in "$@"; do
    rulec_examine_line || return 1
  done
}

# One line of `ls -ldn`.
rulec_examine_line() {
  # shellcheck disable=SC2086 # fields
  set -- $rulec_line
  rulec_mode=$1 rulec_owner=$3 rulec_name=${rulec_line##* }
  rulec_place=$rulec_real rulec_kin=own
  case $rulec_name in
    ..*)
      rulec_kin=above
      while [ -n "$rulec_name" ]; do
        rulec_place=${rulec_place%/*}
        rulec_name=${rulec_name#..}
        rulec_name=${rulec_name#/}
      done
      rulec_place=${rulec_place:-/}
      ;;
    ./*) rulec_place=$rulec_real/${rulec_name#./} ;;
    *)
      if [ "$rulec_lax" = 1 ]; then
        rulec_kin=above
      fi
      ;;
  esac
  case $rulec_mode in
    d*) ;;
    *)
      rulec_fault="$rulec_place is not a folder" rulec_mend='move it away, or choose another'
      return 1
      ;;
  esac
  # Who owns the root of all folders is the system, whatever its number.
  case $rulec_kin:$rulec_owner in
    above:0 | *:"$rulec_user") ;;
    *)
      if [ "$rulec_place" != / ]; then
        rulec_fault="$rulec_place belongs to user $rulec_owner, and this script runs as user $rulec_user"
        rulec_mend='run it as that user, or choose a folder of your own, in folders that are yours or of root'
        return 1
      fi
      ;;
  esac
  case $rulec_kin:$rulec_mode in
    own:d???------*) ;;
    own:*) rulec_loose="$rulec_loose $rulec_name" ;;
    *:????????w[tT]* | *:?????w???[tT]*) ;;
    *:?????w* | *:????????w*)
      rulec_fault="others may write in $rulec_place, and so put something else in the place of what is in it"
      rulec_mend="run: chmod go-w '$rulec_place' (or choose a folder elsewhere)"
      return 1
      ;;
  esac
}

# Looks at the links on the way to $1, which has just been examined: each must be of the user or of root, and
# where nobody else could swap it.
rulec_examine_links() {
  [ "$rulec_real" != "$1" ] || return 0
  rulec_kept=$rulec_real rulec_ahead=${1#/} rulec_way=
  while [ -n "$rulec_ahead" ]; do
    rulec_before=${rulec_way:-/}
    rulec_way=$rulec_way/${rulec_ahead%%/*}
    case $rulec_ahead in
      */*) rulec_ahead=${rulec_ahead#*/} ;;
      *) rulec_ahead= ;;
    esac
    if [ -h "$rulec_way" ]; then
      # shellcheck disable=SC2012,SC2046 # the owner's number stands before the name
      set -- $(LC_ALL=C ls -ldn "$rulec_way" 2>/dev/null)
      case ${3-} in
        0 | "$rulec_user") ;;
        *)
          rulec_fault="the link $rulec_way belongs to user ${3-?}" rulec_mend='choose a path without it'
          return 1
          ;;
      esac
      rulec_lax=1
      rulec_examine "$rulec_before" || return 1
      rulec_lax=0
    fi
  done
  rulec_real=$rulec_kept
}
