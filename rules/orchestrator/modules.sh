#!/bin/sh
# Stands in for the modules that the orchestrator calls: `modules.sh MODULE ACTION [WORD]`.
#
# What was called is written down in the file `calls` of the folder in MODULES_DATA, when it began and when it was over;
# what is there is a file `MODULE.THING`. A module is made to fail or to take its time by files of the same folder:
# `fail.MODULE.ACTION` holds how often it still fails, `slow.MODULE.ACTION` how many seconds it takes.
set -eu

data=${MODULES_DATA:-target/orchestrator}
mkdir -p "$data"
module=$1 action=$2 word=${3-}

echo "begin $module.$action${word:+ $word}" >>"$data/calls"
if [ -e "$data/slow.$module.$action" ]; then
  sleep "$(cat "$data/slow.$module.$action")"
fi
if [ -e "$data/fail.$module.$action" ]; then
  left=$(cat "$data/fail.$module.$action")
  if [ "$left" -gt 0 ]; then
    echo "$((left - 1))" >"$data/fail.$module.$action"
    echo "failed $module.$action${word:+ $word}" >>"$data/calls"
    echo "$module: $action does not answer" >&2
    exit 1
  fi
fi
case $action in
  health) ;;
  open | draft | assign | execute | merge | send | queue | note) echo "$word" >"$data/$module.$action${word:+-$word}" ;;
  close) rm -f "$data/$module.open" ;;
  discard) rm -f "$data/$module.draft${word:+-$word}" ;;
  release) rm -f "$data/$module.assign" ;;
  revert) rm -f "$data/$module.execute" ;;
  has) test -e "$data/$module.$word" ;;
  judge) cat "$data/verdict" ;;
  latency) cat "$data/latency" ;;
  *)
    echo "$module has no action $action" >&2
    exit 64
    ;;
esac
echo "end $module.$action${word:+ $word}" >>"$data/calls"
