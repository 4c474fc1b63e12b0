//! German order.

use std::sync::OnceLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};

/// Collation key in German order (Ä beside A, ß as ss). Compares bytewise.
///
/// DIN 5007-1 is the root order of CLDR: `de` has no tailoring of its own but the phone book's.
pub fn collation_key(text: &str) -> Vec<u8> {
    static COLLATOR: OnceLock<Option<CollatorBorrowed<'static>>> = OnceLock::new();
    let collator = COLLATOR
        .get_or_init(|| Collator::try_new(CollatorPreferences::default(), CollatorOptions::default()).ok());
    let mut key = Vec::with_capacity(2 * text.len() + 8);
    if let Some(collator) = collator {
        // Writing into a vector cannot fail.
        let Ok(()) = collator.write_sort_key_to(text, &mut key);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_sort_beside_their_letters() {
        let mut names =
            ["Zander", "Öztürk", "Ost", "Äpfel", "Apfel", "apfel", "Aqua", "Straße", "Strasse", "Strauß"];
        names.sort_by_key(|name| collation_key(name));
        assert_eq!(
            names,
            ["apfel", "Apfel", "Äpfel", "Aqua", "Ost", "Öztürk", "Strasse", "Straße", "Strauß", "Zander"]
        );
    }

    #[test]
    fn a_comma_sorts_families_together() {
        assert!(collation_key("Müller, Zoe") < collation_key("Müllerin, Anna"));
        assert!(!collation_key("").is_empty() || collation_key("") < collation_key("a"));
    }
}
