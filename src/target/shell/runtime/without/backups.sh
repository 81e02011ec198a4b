# ---- The rules say nothing of backups: they are kept beside the record of the run.

rulec_open_backups() {
  rulec_backup_folder=$rulec_folder
}

rulec_close_backups() {
  :
}

rulec_show_backups() {
  :
}
