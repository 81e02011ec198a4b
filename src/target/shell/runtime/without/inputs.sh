# ---- This plan has no inputs.

rulec_hide_secrets() {
  :
}

rulec_take_inputs() {
  rulec_problems='' rulec_passed=0 rulec_secrets=0
}

rulec_take_secret() {
  :
}

rulec_define_input() {
  :
}

rulec_is_name() {
  return 1
}

rulec_give() {
  rulec_usage "there is no input ${1%%=*}: the plan has none"
}

rulec_give_file() {
  rulec_usage "--input-file $1: the plan has no inputs"
}

rulec_set_input() {
  return 1
}
