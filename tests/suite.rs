//! The one test harness: text in, text out.
