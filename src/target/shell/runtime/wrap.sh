# Leads the process group of one command, and so pins the number of the group until it is over.
# $1: path that its files begin with; $2: the lock of the next runner; $3: working folder; $4: pipe that wakes the
# runner, or nothing; $5: number of the job, which it is told; then the command.
# In the finished script this is a string, so it has no single quotes.
trap : TERM HUP INT QUIT
base=$1 next=$2 folder=$3 wake=$4 job=$5
shift 5
exec 3>&1 4>&2 >/dev/null 2>&1
birth=-
if [ -r "/proc/$$/stat" ] && read -r line <"/proc/$$/stat"; then
  line=${line##*") "}
  fields() {
    birth=${20--}
  }
  # shellcheck disable=SC2086 # fields, none of which is a pattern
  fields $line
fi
# A runner that is dead may have started this late: the next one has its files by now.
if [ -n "$next" ] && [ -e "$next" ]; then
  exit 1
fi
# The place of the exit code is taken beforehand: the disk may be full by then.
echo "---------" >"$base.code" || exit 1
# The next runner makes its lock, then looks for claims; this makes its claim, then looks for that lock.
if [ -n "$next" ]; then
  if ! echo "$$ $birth ." >"$base.claim"; then
    echo "full ." 1<>"$base.code"
    exit 1
  fi
  if [ -e "$next" ]; then
    echo "fenced ." 1<>"$base.code"
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
# Over what stands there, so that nothing has to grow.
echo "$code ." 1<>"$base.code"
exec 3>&- 4>&-
if [ -p "$wake" ]; then
  echo "$job" 1<>"$wake"
fi
while [ -e "$base.stop" ] && kill -s 0 "$PPID"; do
  sleep 1
done
