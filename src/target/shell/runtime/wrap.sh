# Leads the process group of one command, and so pins the number of the group until it is over.
# $1: path that its files begin with; $2: the lock of the next runner, where this one has a lock; $3: working folder; then the command.
# In the finished script this is a string, so it has no single quotes.
trap : TERM HUP INT QUIT
base=$1 next=$2 folder=$3
shift 3
exec 3>&1 4>&2 >/dev/null 2>&1
birth=-
if [ -r "/proc/$$/stat" ] && read -r line <"/proc/$$/stat"; then
  line=${line##*") "}
  # shellcheck disable=SC2086 # fields
  birth=$(set -f && set -- $line && echo "${20}")
fi
# The next runner makes its lock, then looks for claims; this makes its claim, then looks for that lock.
if [ -n "$next" ]; then
  echo "$$ $birth ." >"$base.claim" || exit 1
  if [ -e "$next" ]; then
    exit 1
  fi
fi
code=126
if [ -n "$folder" ] && ! cd -- "$folder"; then
  echo "rulec: cannot enter the working folder: $folder" >&4
else
  "$@" >&3 2>&4 3>&- 4>&-
  code=$?
fi
# ksh says 256 and yash 384 plus the signal, where the others say 128.
if [ "$code" -gt 255 ]; then
  code=$((128 + code % 128))
fi
echo "$code ." >"$base.code"
exec 3>&- 4>&-
while [ -e "$base.stop" ] && kill -s 0 "$PPID"; do
  sleep 1
done
