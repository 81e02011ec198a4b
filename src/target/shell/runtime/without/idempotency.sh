# ---- Each run of this plan is one of its own.

rulec_earlier() {
  :
}

rulec_remember() {
  :
}
