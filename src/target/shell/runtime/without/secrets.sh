# ---- This plan has no secrets.

rulec_masked() {
  rulec_out=$1
}

rulec_pass_secrets() {
  :
}

rulec_learn_mask() {
  :
}

rulec_filter() {
  :
}

rulec_mend_filters() {
  :
}

rulec_settle() {
  :
}
