# ---- No step writes a file.

rulec_file_environment() {
  return 1
}
