# ---- This plan asks for no audit log.

rulec_audit() {
  :
}

rulec_audit_open() {
  :
}

rulec_audit_flush() {
  :
}

rulec_audit_head() {
  rulec_out=null
}

rulec_audit_verify() {
  rulec_note 'the rules ask for no audit log'
  return 2
}

rulec_audit_rest() {
  :
}
