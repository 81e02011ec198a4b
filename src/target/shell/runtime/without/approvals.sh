# ---- This plan asks for no approval.

rulec_give_approval() {
  rulec_usage '--approve: this plan asks for no approval'
}

rulec_list_approvals() {
  :
}

rulec_approve_gate() {
  :
}

rulec_use_approvals() {
  :
}

rulec_approve_command() {
  rulec_usage 'this plan asks for no approval'
}
