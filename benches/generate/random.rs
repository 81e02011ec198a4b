//! Numbers that look random and are the same everywhere: SplitMix64.

/// A sequence of numbers.
pub(super) struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`, which is small.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// One of these.
    pub(super) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// A sentence of so many words.
    pub(super) fn sentence(&mut self, words: usize) -> String {
        let words: Vec<&str> = (0..words).map(|_| self.of(&WORDS)).collect();
        let mut sentence = words.join(" ");
        sentence[..1].make_ascii_uppercase();
        sentence
    }
}

const WORDS: [&str; 48] = [
    "waits",
    "until",
    "the",
    "queue",
    "of",
    "orders",
    "is",
    "empty",
    "and",
    "every",
    "reader",
    "answers",
    "again",
    "before",
    "a",
    "new",
    "release",
    "goes",
    "live",
    "so",
    "that",
    "nobody",
    "sees",
    "half",
    "of",
    "it",
    "within",
    "five",
    "minutes",
    "after",
    "midnight",
    "where",
    "storage",
    "has",
    "room",
    "for",
    "three",
    "more",
    "days",
    "café",
    "\"as agreed\"",
    "with",
    "both",
    "shifts",
    "on",
    "site",
    "or",
    "call",
];
