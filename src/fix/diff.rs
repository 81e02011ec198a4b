//! Two texts as a unified diff, as `diff -u` and `patch` know it.
//!
//! Lines that stand once in either text hold the two together (the "patience" way), so that the time is near
//! linear; what is left between them is compared line by line where it is small, and replaced as a whole where
//! it is not.

use std::fmt::Write;
use std::ops::Range;

use rustc_hash::FxHashMap;

/// Lines around a change.
const CONTEXT: usize = 3;

/// Up to so many comparisons are made between two lines that hold the texts together.
const COMPARISONS: usize = 1_000_000;

/// The unified diff of a file's two contents; empty where they are equal.
#[must_use]
pub fn diff(path: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let mut changes = Vec::new();
    compare(&old, &new, 0..old.len(), 0..new.len(), &mut changes);
    let mut text = format!("--- {path}\n+++ {path}\n");
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        let near = |pair: &&[Change]| pair[1].old.start - pair[0].old.end <= 2 * CONTEXT;
        let count = 1 + rest.windows(2).take_while(near).count();
        let (hunk, behind) = rest.split_at(count);
        let last = hunk.last().unwrap_or(first);
        let before = first.old.start.min(CONTEXT);
        let after = (old.len() - last.old.end).min(CONTEXT);
        let of = first.old.start - before..last.old.end + after;
        let to = first.new.start - before..last.new.end + after;
        let _ = writeln!(text, "@@ -{} +{} @@", range(&of), range(&to));
        let mut at = of.start;
        for change in hunk {
            lines(&mut text, ' ', &old[at..change.old.start]);
            lines(&mut text, '-', &old[change.old.clone()]);
            lines(&mut text, '+', &new[change.new.clone()]);
            at = change.old.end;
        }
        lines(&mut text, ' ', &old[at..of.end]);
        rest = behind;
    }
    text
}

/// Lines that take the place of others.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

fn range(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        length => format!("{},{length}", lines.start + 1),
    }
}

fn lines(text: &mut String, mark: char, lines: &[&str]) {
    for line in lines {
        text.push(mark);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

fn compare(old: &[&str], new: &[&str], mut a: Range<usize>, mut b: Range<usize>, changes: &mut Vec<Change>) {
    while !a.is_empty() && !b.is_empty() && old[a.start] == new[b.start] {
        (a.start, b.start) = (a.start + 1, b.start + 1);
    }
    while !a.is_empty() && !b.is_empty() && old[a.end - 1] == new[b.end - 1] {
        (a.end, b.end) = (a.end - 1, b.end - 1);
    }
    if a.is_empty() || b.is_empty() {
        push(changes, a, b);
        return;
    }
    let pairs = anchors(old, new, &a, &b);
    if pairs.is_empty() {
        if a.len().saturating_mul(b.len()) > COMPARISONS {
            push(changes, a, b);
        } else {
            thorough(old, new, &a, &b, changes);
        }
        return;
    }
    let (mut i, mut j) = (a.start, b.start);
    for (x, y) in pairs {
        compare(old, new, i..x, j..y, changes);
        (i, j) = (x + 1, y + 1);
    }
    compare(old, new, i..a.end, j..b.end, changes);
}

/// Adds a change; one that touches the last becomes a part of it.
fn push(changes: &mut Vec<Change>, old: Range<usize>, new: Range<usize>) {
    if old.is_empty() && new.is_empty() {
        return;
    }
    match changes.last_mut() {
        Some(last) if last.old.end == old.start && last.new.end == new.start => {
            (last.old.end, last.new.end) = (old.end, new.end);
        }
        _ => changes.push(Change { old, new }),
    }
}

/// Lines that stand once in both parts, as the longest sequence in which none crosses another.
fn anchors(old: &[&str], new: &[&str], a: &Range<usize>, b: &Range<usize>) -> Vec<(usize, usize)> {
    // How often, and where last.
    let mut seen: FxHashMap<&str, (usize, usize, usize)> = FxHashMap::default();
    for i in a.clone() {
        let entry = seen.entry(old[i]).or_default();
        (entry.0, entry.1) = (entry.0 + 1, i);
    }
    for j in b.clone() {
        seen.entry(new[j]).or_default().2 += 1;
    }
    let mut piles: Vec<usize> = Vec::new();
    // For each pair, the one before it in the longest sequence that it ends.
    let mut pairs: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for j in b.clone() {
        let Some(&(1, i, 1)) = seen.get(new[j]) else { continue };
        let pile = piles.partition_point(|&top| pairs[top].0 < i);
        let before = pile.checked_sub(1).map(|left| piles[left]);
        pairs.push((i, j, before));
        match piles.get_mut(pile) {
            Some(top) => *top = pairs.len() - 1,
            None => piles.push(pairs.len() - 1),
        }
    }
    let mut chain = Vec::new();
    let mut next = piles.last().copied();
    while let Some(at) = next {
        chain.push((pairs[at].0, pairs[at].1));
        next = pairs[at].2;
    }
    chain.reverse();
    chain
}

/// The longest common part, by comparing every line with every other.
fn thorough(old: &[&str], new: &[&str], a: &Range<usize>, b: &Range<usize>, changes: &mut Vec<Change>) {
    let width = b.len() + 1;
    let mut common = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = if old[a.start + i] == new[b.start + j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let (x, y) = (a.start + i, b.start + j);
        if i < a.len() && j < b.len() && old[x] == new[y] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1] {
            push(changes, x..x + 1, y..y);
            i += 1;
        } else {
            push(changes, x..x, y..y + 1);
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn looks_as_diff_prints_it() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n";
        assert_eq!(diff("x", old, old), "");
        assert_eq!(
            diff("x", old, &old.replace("b\n", "B\n").replace("k\n", "k")),
            "--- x\n+++ x\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n\
             @@ -8,4 +8,4 @@\n h\n i\n j\n-k\n+k\n\\ No newline at end of file\n"
        );
        assert_eq!(diff("x", "", "a\n"), "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(diff("x", "a\n", ""), "--- x\n+++ x\n@@ -1 +0,0 @@\n-a\n");
    }

    /// What a reader of the diff makes of the old text.
    fn patched(old: &str, diff: &str) -> String {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let (mut at, mut new) = (0, String::new());
        let mut lines = diff.split_inclusive('\n').skip(2).peekable();
        while let Some(line) = lines.next() {
            if let Some(header) = line.strip_prefix("@@ -") {
                let (start, length) = header
                    .split_once(' ')
                    .map(|(of, _)| of)
                    .unwrap_or_default()
                    .split_once(',')
                    .unwrap_or((header.split(' ').next().unwrap_or_default(), "1"));
                let start: usize = start.parse().expect("a number");
                let start = if length == "0" { start } else { start - 1 };
                old[at..start].iter().for_each(|line| new.push_str(line));
                at = start;
                continue;
            }
            let bare = lines.next_if(|next| next.starts_with('\\')).is_some();
            let text = if bare { &line[1..line.len() - 1] } else { &line[1..] };
            match &line[..1] {
                "+" => new.push_str(text),
                mark => {
                    assert_eq!(old[at], text);
                    at += 1;
                    if mark == " " {
                        new.push_str(text);
                    }
                }
            }
        }
        old[at..].iter().for_each(|line| new.push_str(line));
        new
    }

    proptest! {
        #[test]
        fn leads_from_one_text_to_the_other(old in "([ab]\n|[a-z]\n){0,30}[a-c]?", new in "([ab]\n|[a-z]\n){0,30}[a-c]?") {
            prop_assert_eq!(patched(&old, &diff("x", &old, &new)), new);
        }

        #[test]
        fn a_small_change_is_a_small_diff(lines in proptest::collection::vec("[a-z]{0,3}\n", 1..60), at in any::<prop::sample::Index>()) {
            let at = at.index(lines.len());
            let mut changed = lines.clone();
            changed[at] = "A\n".to_owned();
            let told = diff("x", &lines.concat(), &changed.concat());
            prop_assert!(told.lines().filter(|line| line.starts_with(['-', '+'])).count() == 4, "{}", told);
        }
    }
}
