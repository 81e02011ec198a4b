//! The rules that hold for every path of a run: a file each.
