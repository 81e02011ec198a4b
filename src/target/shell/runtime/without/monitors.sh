# ---- The rules have no monitors.

rulec_watch_add() {
  rulec_usage "there is no monitor $1: the rules have none"
}

rulec_monitor() {
  rulec_usage 'the rules have no monitors'
}
