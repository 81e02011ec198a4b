# ---- Prologue: one dialect for every shell, and what the rest relies on.

if [ -n "${ZSH_VERSION-}" ]; then
  emulate -R sh
fi
set -u -f +a
unset IFS
rulec_self=$0
rulec_umask=$(umask)
umask 077
rulec_nl='
'
rulec_out=
rulec_signal=
rulec_shield=0
rulec_bound=
rulec_following=0
rulec_home=
rulec_folder=
rulec_gen=
rulec_next=
rulec_run=
rulec_node=
rulec_execution=
rulec_starved=0
rulec_times_lost=0
rulec_sync_how=
rulec_sync_also=
rulec_sync_results=
rulec_gone=
rulec_gone_count=0
rulec_lax=0
rulec_audit_on=0
rulec_audit_due=
rulec_audit_kept=0
rulec_passed=0
rulec_secrets=0
rulec_masks=0
rulec_hidden=0
rulec_execution=

# mksh has no built-in `printf`, and an external one takes no long text, and shows its arguments to everybody.
if [ -n "${KSH_VERSION-}" ]; then
  rulec_put() {
    print -rn -- "$1"
  }
  rulec_unescape() {
    print -n -- "$1"
  }
  rulec_print() {
    rulec_format=$1
    shift
    while :; do
      case $rulec_format in
        *%*) print -n -- "${rulec_format%%%*}" ;;
        *) break ;;
      esac
      rulec_format=${rulec_format#*%}
      case $rulec_format in
        s*) print -rn -- "${1-}" ;;
        b*) print -n -- "${1-}" ;;
        *)
          print -n %
          set -- - "$@"
          ;;
      esac
      rulec_format=${rulec_format#?}
      shift "$(($# > 0))"
    done
    print -n -- "$rulec_format"
  }
else
  rulec_put() {
    printf %s "$1"
  }
  rulec_unescape() {
    printf %b "$1"
  }
  # Prints format $1, in which `%s` and `%b` stand for the words behind it, and `%%` for a `%`.
  rulec_print() {
    # shellcheck disable=SC2059 # the format is never data
    printf "$@"
  }
fi

# bash reports a killed background job on standard error, unless it is told to forget it.
rulec_forget=:
if [ -n "${BASH_VERSION-}" ]; then
  rulec_forget=disown
fi

# What begins a command substitution that is one program: some shells start a process more without it. ksh93 starts
# none but the program, unless it is told to.
rulec_exec='exec'
case ${KSH_VERSION-} in
  Version*) rulec_exec= ;;
esac
