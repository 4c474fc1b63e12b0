//! What a person types into the search box, as a condition.
//!
//! Words of three letters or more are phrases of trigrams over the folded text, all of them wanted, verified
//! against that text; rows whose full text is behind are verified beside its hits. Shorter ones alone are starts of
//! words of the title or of a phone number. What looks like a phone number is also looked for as digits, with and
//! without the prefix of the country.

use super::compile::{Compiled, Context, Folding, Param, check_text};
use super::{Query, QueryError};

/// Most hits of a search that only a kind narrows: the newest rows. Ordering is bounded by it.
const CANDIDATES: usize = 1_000;
/// The same with a filter behind the search, which may throw most of them away.
const CANDIDATES_TO_FILTER: usize = 20_000;
/// Shorter words have no trigram.
const TRIGRAM: usize = 3;
/// Digits at the end of a number that full text is asked for: a million different ones.
const TELLING_DIGITS: usize = 6;
/// More words are not looked at.
const MAX_WORDS: usize = 16;

/// The condition, or none if nothing to search was typed.
pub(super) fn search(
    typed: &str,
    query: &Query,
    context: &Context<'_>,
    out: &mut Compiled,
) -> Result<Option<String>, QueryError> {
    check_text(typed)?;
    let ways = ways(typed, context.folding);
    if ways.is_empty() {
        return Ok(None);
    }
    let limit = if query.filter.is_some() { CANDIDATES_TO_FILTER } else { CANDIDATES };
    // Each kind is one range of row numbers, and a greater number is a newer record: hits are read from the
    // newest down and stop at the limit, however many notes contain the word.
    let kinds: Vec<&(String, i64, i64)> = match &query.kind {
        Some(kind) => context.kinds.iter().filter(|(name, ..)| name == kind).collect(),
        None => context.kinds.iter().collect(),
    };
    if ways.iter().flatten().all(|word| word.chars().count() < TRIGRAM) {
        return Ok(short(&ways, &kinds, limit, context.folding, out));
    }
    // Short words of a way that has none of three letters would scan everything; another way found a long one.
    let ways: Vec<_> =
        ways.into_iter().filter(|way| way.iter().any(|word| word.chars().count() >= TRIGRAM)).collect();
    let verified: Vec<String> = ways
        .iter()
        .map(|way| {
            let each: Vec<_> = way
                .iter()
                .map(|word| format!("instr(t.text, {}) > 0", out.bind(Param::Text(word.clone()))))
                .collect();
            each.join(" AND ")
        })
        .collect();
    let verified = format!("({})", verified.join(" OR "));
    if !context.fts {
        return Ok(Some(format!("r.number IN (SELECT t.row FROM search_text t WHERE {verified})")));
    }
    let phrases: Vec<String> = widest(ways.iter().map(|way| telling(way)).collect())
        .into_iter()
        .map(|words| {
            let each: Vec<_> =
                words.into_iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
            format!("({})", each.join(" AND "))
        })
        .collect();
    if kinds.is_empty() {
        // No such kind here. The words are bound already, so they must stand in the statement.
        return Ok(Some(format!("r.number IN (SELECT t.row FROM search_text t WHERE 0 AND {verified})")));
    }
    let phrases = out.bind(Param::Text(phrases.join(" OR ")));
    let candidates: Vec<String> = kinds
        .into_iter()
        .map(|(_, first, last)| {
            format!(
                "SELECT * FROM (SELECT f.rowid FROM search f WHERE f.search MATCH {phrases} AND f.rowid BETWEEN {first}
                 AND {last} ORDER BY f.rowid DESC LIMIT {limit})"
            )
        })
        .collect();
    Ok(Some(format!(
        "r.number IN (SELECT t.row FROM search_text t WHERE t.row IN ({} UNION ALL SELECT row FROM search_pending)
          AND {verified})",
        candidates.join(" UNION ALL ")
    )))
}

/// What full text is asked for, of one way; the text decides about the rest of it.
///
/// Every mobile number begins alike: the trigrams of `0171` stand in each contact, and walking them costs more than
/// the whole search. Of digits, only the end of the long words is asked for.
fn telling(way: &[String]) -> Vec<&str> {
    let long: Vec<&str> =
        way.iter().map(String::as_str).filter(|word| word.chars().count() >= TRIGRAM).collect();
    if !way.iter().all(|word| word.bytes().all(|b| b.is_ascii_digit())) {
        return long;
    }
    let most = long.iter().map(|word| word.len()).max().unwrap_or(0);
    let kept = long.into_iter().filter(|word| word.len() >= most.min(TELLING_DIGITS - 1));
    kept.map(|word| &word[word.len().saturating_sub(TELLING_DIGITS)..]).collect()
}

/// The questions that find everything the others find too: a text with `112345` in it has `12345` in it. Of a phone
/// number, read in three ways, one question remains, and full text walks its trigrams once.
fn widest(questions: Vec<Vec<&str>>) -> Vec<Vec<&str>> {
    let covers = |a: &[&str], b: &[&str]| a.iter().all(|word| b.iter().any(|longer| longer.contains(word)));
    let is_covered = |at: usize| {
        let it = &questions[at];
        let others = questions.iter().enumerate().filter(|(other, _)| *other != at);
        // Of two that cover each other the first stays.
        others.into_iter().any(|(other, wide)| covers(wide, it) && (other < at || !covers(it, wide)))
    };
    (0..questions.len()).filter(|at| !is_covered(*at)).map(|at| questions[at].clone()).collect()
}

/// Less than a trigram: each word is the start of a word of the title, or of a phone number.
fn short(
    ways: &[Vec<String>],
    kinds: &[&(String, i64, i64)],
    limit: usize,
    folding: Folding,
    out: &mut Compiled,
) -> Option<String> {
    let typed = ways.first()?.join(" ");
    let mut words = (folding.short_words)(&typed).into_iter();
    // Signs alone are nothing to search.
    let first = out.bind(Param::Text(words.next()?));
    let others: String = words
        .map(|word| {
            let word = out.bind(Param::Text(word));
            format!(" AND EXISTS (SELECT 1 FROM start o WHERE o.start = {word} AND o.row = s.row)")
        })
        .collect();
    let of_kinds: Vec<String> = kinds
        .iter()
        .map(|(_, from, until)| {
            format!(
                "SELECT * FROM (SELECT s.row FROM start s WHERE s.start = {first} AND s.row BETWEEN {from} AND {until}
                 {others} ORDER BY s.row DESC LIMIT {limit})"
            )
        })
        .collect();
    if of_kinds.is_empty() {
        return Some(format!(
            "r.number IN (SELECT s.row FROM start s WHERE 0 AND s.start = {first}{others})"
        ));
    }
    Some(format!("r.number IN ({})", of_kinds.join(" UNION ALL ")))
}

/// Each way to read what was typed: a list of folded words, all of them wanted.
fn ways(typed: &str, folding: Folding) -> Vec<Vec<String>> {
    let mut ways = Vec::new();
    let folded = (folding.fold)(typed);
    let words: Vec<String> = folded.split_whitespace().take(MAX_WORDS).map(str::to_owned).collect();
    if words.is_empty() {
        return ways;
    }
    ways.push(words);
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let like_a_phone = typed.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+/-().".contains(c));
    if like_a_phone && digits.len() >= TRIGRAM {
        let plus = typed.trim_start().starts_with('+');
        let abroad = digits.strip_prefix("0049").or_else(|| digits.strip_prefix("49").filter(|_| plus));
        let local = abroad.unwrap_or(&digits).trim_start_matches('0').to_owned();
        for way in [(folding.phone_digits)(typed), digits.clone(), local] {
            if way.len() >= TRIGRAM && !ways.contains(&vec![way.clone()]) {
                ways.push(vec![way]);
            }
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(way: &[&str]) -> Vec<String> {
        let way: Vec<String> = way.iter().map(|word| (*word).to_owned()).collect();
        telling(&way).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn of_a_phone_number_only_its_telling_end_is_asked_for() {
        assert_eq!(of(&["0171", "76645"]), ["76645"]);
        assert_eq!(of(&["017176645"]), ["176645"]);
        assert_eq!(of(&["040", "66969", "112"]), ["66969"]);
        assert_eq!(of(&["040", "112"]), ["040", "112"]);
        assert_eq!(of(&["0171"]), ["0171"]);
    }

    #[test]
    fn of_questions_that_find_the_same_the_widest_is_asked() {
        assert_eq!(widest(vec![vec!["12345"], vec!["112345"], vec!["112345"]]), [["12345"]]);
        assert_eq!(widest(vec![vec!["112345"], vec!["12345"]]), [["12345"]]);
        assert_eq!(widest(vec![vec!["040", "112"], vec!["040112"]]), [["040", "112"]]);
        assert_eq!(widest(vec![vec!["040", "112"], vec!["40113"]]).len(), 2);
        assert_eq!(widest(vec![vec!["abc"], vec!["abc"]]), [["abc"]]);
        // `abc` and `bcd` cover `abcd`, and nothing covers them.
        assert_eq!(widest(vec![vec!["abcd"], vec!["abc", "bcd"]]), [["abc", "bcd"]]);
    }

    #[test]
    fn words_are_asked_for_whole() {
        assert_eq!(of(&["heizung", "am", "2026"]), ["heizung", "2026"]);
    }
}
