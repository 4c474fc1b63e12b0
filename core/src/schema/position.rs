//! Fractional positions: strings between which there is always room for another.
//!
//! Two people who append offline may draw the same position; the entry id then decides, alike everywhere.

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A position behind `last`, or a first one. A foreign position that is no such string counts as its
/// readable part.
pub(super) fn after(last: Option<&str>) -> String {
    let last: Vec<usize> =
        last.unwrap_or_default().bytes().map_while(|byte| DIGITS.iter().position(|d| *d == byte)).collect();
    // Counts up in at least three digits, so that appending thousands of entries stays short.
    let mut digits = last;
    digits.resize(digits.len().max(3), 0);
    match (0..digits.len()).rev().find(|at| digits[*at] + 1 < DIGITS.len()) {
        Some(at) => {
            digits[at] += 1;
            // Never the lowest digit at the end: nothing would fit in front of it.
            digits[at + 1..].fill(1);
        }
        None => digits.extend([0, 0, 1]),
    }
    show(&digits)
}

fn show(digits: &[usize]) -> String {
    digits.iter().map(|digit| DIGITS[*digit] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_position_sorts_behind_the_one_before() {
        let mut last = after(None);
        for _ in 0..5_000 {
            let next = after(Some(&last));
            assert!(next > last, "{next} {last}");
            last = next;
        }
        assert!(last.len() < 8, "{last}");
        assert!(after(Some("zz")).as_str() > "zz");
        assert!(after(Some("Ä?")).as_str() < "zz");
    }
}
