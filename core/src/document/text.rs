//! Texts that two people write at once: whole words are replaced, never letters.
//!
//! Of "… am Montag." Anna makes Dienstag and Ben Freitag. Replaced letter by letter the merge reads FreiDiestag;
//! replaced word by word it reads FreitagDienstag, and both can see what the other meant.
//!
//! Positions are UTF-16 units, moved to the borders of characters.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

use crate::record::Splice;

/// One replacement. Its position counts in the text that the replacements before it left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Replace {
    /// Where, in UTF-16 units.
    pub at: usize,
    /// What goes, from there on.
    pub gone: String,
    /// What comes.
    pub insert: String,
}

/// Above this product of lengths a diff is too slow (10 ms and more); larger units are then compared.
const WORD_CELLS: usize = 4_000_000;
/// The same for lines, of which few differ in practice.
const LINE_CELLS: usize = 25_000_000;

/// What makes `new` of `old`, by whole words.
pub(super) fn diff(old: &str, new: &str) -> Vec<Replace> {
    let mut out = Replacements::default();
    let old_words: Vec<&str> = old.split_word_bounds().collect();
    let new_words: Vec<&str> = new.split_word_bounds().collect();
    let same_start = old_words.iter().zip(&new_words).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old_words[same_start..], &new_words[same_start..]);
    let same_end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    out.keep(&old_words[..same_start]);
    out.compare(&old_rest[..old_rest.len() - same_end], &new_rest[..new_rest.len() - same_end]);
    out.done
}

/// `old` with `splices` in it, one after the other, and what replaces what: every splice widened to word borders.
pub(super) fn splice(old: &str, splices: &[Splice]) -> (String, Vec<Replace>) {
    let mut text = old.to_owned();
    let mut done = Vec::new();
    for splice in splices {
        let start = floor(&text, splice.at);
        let end =
            if splice.delete == 0 { start } else { ceil(&text, splice.at.saturating_add(splice.delete)) };
        let mut next = String::with_capacity(text.len() + splice.insert.len());
        next.extend([&text[..start], &splice.insert, &text[end..]]);
        let (before, after) = widen(&text, &next, start, text.len() - end);
        if text[before..text.len() - after] != next[before..next.len() - after] {
            done.push(Replace {
                at: units(&text[..before]),
                gone: text[before..text.len() - after].to_owned(),
                insert: next[before..next.len() - after].to_owned(),
            });
        }
        text = next;
    }
    (text, done)
}

impl Replace {
    /// Ops it takes: one a character.
    pub(super) fn ops(&self) -> usize {
        self.gone.chars().count() + self.insert.chars().count()
    }

    /// UTF-16 units that go.
    pub(super) fn delete(&self) -> usize {
        units(&self.gone)
    }

    /// The same in pieces of at most `ops` ops.
    pub(super) fn pieces(self, ops: usize) -> Vec<Self> {
        if self.ops() <= ops {
            return vec![self];
        }
        let gone = cut(&self.gone, ops).map(|gone| Self { at: self.at, gone, insert: String::new() });
        let mut pieces: Vec<Self> = gone.collect();
        let mut at = self.at;
        for insert in cut(&self.insert, ops) {
            let width = units(&insert);
            pieces.push(Self { at, gone: String::new(), insert });
            at += width;
        }
        pieces
    }
}

fn cut(text: &str, chars: usize) -> impl Iterator<Item = String> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.char_indices().nth(chars).map_or(rest.len(), |(end, _)| end);
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        (!piece.is_empty()).then(|| piece.to_owned())
    })
}

#[derive(Default)]
struct Replacements {
    at: usize,
    done: Vec<Replace>,
}

impl Replacements {
    fn compare(&mut self, old: &[&str], new: &[&str]) {
        if old.len().saturating_mul(new.len()) > WORD_CELLS {
            return self.compare_lines(&old.concat(), &new.concat());
        }
        self.replace_what_differs(old, new);
    }

    fn replace_what_differs(&mut self, old: &[&str], new: &[&str]) {
        for op in capture_diff_slices(Algorithm::Myers, old, new) {
            match op {
                DiffOp::Equal { old_index, len, .. } => self.keep(&old[old_index..old_index + len]),
                DiffOp::Delete { old_index, old_len, .. } => {
                    self.replace(&old[old_index..old_index + old_len].concat(), "");
                }
                DiffOp::Insert { new_index, new_len, .. } => {
                    self.replace("", &new[new_index..new_index + new_len].concat());
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => self.replace(
                    &old[old_index..old_index + old_len].concat(),
                    &new[new_index..new_index + new_len].concat(),
                ),
            }
        }
    }

    /// For texts that differ in thousands of words: unchanged lines stay, others are replaced.
    fn compare_lines(&mut self, old: &str, new: &str) {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        if old.len().saturating_mul(new.len()) > LINE_CELLS {
            return self.replace(&old.concat(), &new.concat());
        }
        self.replace_what_differs(&old, &new);
    }

    fn keep(&mut self, words: &[&str]) {
        self.at += words.iter().map(|word| units(word)).sum::<usize>();
    }

    fn replace(&mut self, old: &str, new: &str) {
        self.done.push(Replace { at: self.at, gone: old.to_owned(), insert: new.to_owned() });
        self.at += units(new);
    }
}

/// The most bytes, up to `start` and `end`, that both texts share at their start and end so that both are cut at
/// word borders there.
fn widen(old: &str, new: &str, start: usize, end: usize) -> (usize, usize) {
    // A line feed is a word border in every text: only the touched lines are cut into words.
    let from = old[..start].rfind('\n').map_or(0, |at| at + 1);
    let behind = &old[old.len() - end..];
    let until = behind.find('\n').map_or(0, |at| end - at);
    let (old_line, new_line) = (&old[from..old.len() - until], &new[from..new.len() - until]);
    let (start, end) = (start - from, end - until);
    let borders = |text: &str| -> std::collections::BTreeSet<usize> {
        text.split_word_bound_indices().map(|(at, _)| at).chain([text.len()]).collect()
    };
    let (old_borders, new_borders) = (borders(old_line), borders(new_line));
    let before = old_borders.range(..=start).rev().find(|at| new_borders.contains(at)).copied().unwrap_or(0);
    let after = old_borders
        .range(old_line.len() - end..)
        .map(|at| old_line.len() - at)
        .find(|after| new_borders.contains(&(new_line.len() - after)))
        .unwrap_or(0);
    (from + before, until + after)
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The byte at UTF-16 position `at`; inside a pair, the start of its character; behind the end, the end.
fn floor(text: &str, at: usize) -> usize {
    let mut unit = 0;
    for (byte, char) in text.char_indices() {
        unit += char.len_utf16();
        if unit > at {
            return byte;
        }
    }
    text.len()
}

/// As `floor`, but inside a pair the end of its character.
fn ceil(text: &str, at: usize) -> usize {
    let mut unit = 0;
    for (byte, char) in text.char_indices() {
        if unit >= at {
            return byte;
        }
        unit += char.len_utf16();
    }
    text.len()
}
