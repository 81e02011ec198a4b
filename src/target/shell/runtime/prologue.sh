# ---- Prologue: one dialect for every shell, and what the rest relies on.

if [ -n "${ZSH_VERSION-}" ]; then
  emulate -R sh
fi
set -u -f
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
rulec_seq=0
rulec_following=0
rulec_home=
rulec_folder=
rulec_gen=
rulec_passed=0
rulec_secrets=0

# mksh has no built-in `printf`, and an external one takes no long text, and shows its arguments to everybody.
if [ -n "${KSH_VERSION-}" ]; then
  rulec_put() {
    print -rn -- "$1"
  }
  rulec_unescape() {
    print -n -- "$1"
  }
else
  rulec_put() {
    printf %s "$1"
  }
  rulec_unescape() {
    printf %b "$1"
  }
fi

# bash reports a killed background job on standard error, unless it is told to forget it.
rulec_forget=:
if [ -n "${BASH_VERSION-}" ]; then
  rulec_forget=disown
fi
