//! What less than three letters find: how words and phone numbers begin.

use std::collections::BTreeSet;

/// First letter and first two letters of each word of a folded title, and first digits of phone numbers given as
/// E.164 digits, as they are dialled at home too (`49`, `01`). Each once.
pub fn starts<'a>(folded_title: &str, phones: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut starts = BTreeSet::new();
    for word in words(folded_title) {
        add(&mut starts, word);
    }
    for phone in phones {
        add(&mut starts, phone);
        // The countries whose trunk prefix is 0, as in `phone_digits`.
        if let Some(national) = ["49", "43", "41"].iter().find_map(|code| phone.strip_prefix(code)) {
            add(&mut starts, &format!("0{national}"));
        }
    }
    starts
}

/// The words of a folded text, without what is neither letter nor digit.
pub fn short_words(folded: &str) -> Vec<String> {
    words(folded).map(str::to_owned).collect()
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn add(starts: &mut BTreeSet<String>, word: &str) {
    for letters in 1..=2 {
        starts.insert(word.chars().take(letters).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_found_by_their_first_letters() {
        let found: Vec<_> = starts("muller-ost, a.", ["4940123", "1650"]).into_iter().collect();
        assert_eq!(found, ["0", "04", "1", "16", "4", "49", "a", "m", "mu", "o", "os"]);
        assert!(starts("…", []).is_empty());
    }
}
