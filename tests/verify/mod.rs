//! Proofs over all paths: what is proved and what is refuted, by which path, and that a reduced search finds what a
//! search by brute force does.

mod laws;
mod plans;
