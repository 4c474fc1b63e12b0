//! Keys by which an import or a duplicate check finds a record again.

use super::phone::e164_digits;
use crate::record::{Record, Value, ValueType};
use crate::schema::{Kind, ShownField, fold};

/// Legal forms, folded; they say nothing about which company it is.
const LEGAL_FORMS: [&str; 18] = [
    "ag", "co", "cokg", "ek", "ev", "gbr", "gesmbh", "ggmbh", "gmbh", "inc", "kg", "kgaa", "ltd", "ohg",
    "partg", "sarl", "se", "ug",
];

/// Hidden fields of a contact or company and their normalised values: `~email` in lower case, `~phone` as
/// E.164 digits, `~name` folded (of people: its words sorted, so that swapped names meet; of companies:
/// without the legal form), `~uid` of the file it was imported from. Of other kinds: `~uid` alone.
pub fn match_keys(kind: &Kind, record: &Record) -> Vec<(&'static str, String)> {
    let mut keys = Vec::new();
    for field in &kind.fields {
        let wanted = match field.main_sub().map_or(field.ty, |sub| sub.ty) {
            ValueType::Email => "~email",
            ValueType::Phone => "~phone",
            _ => continue,
        };
        let Some(shown) = field.shown(record) else { continue };
        let main = field.main_sub();
        let values: Vec<Value> = match shown {
            ShownField::Entries(entries) => {
                let values = entries.iter().filter_map(|entry| entry.value(&main?.name).cloned());
                values.collect()
            }
            ShownField::Value(value) => vec![value],
            _ => continue,
        };
        for value in values {
            if let Value::Text(text) = value {
                let key = if wanted == "~email" { text.to_lowercase() } else { e164_digits(&text) };
                keys.push((wanted, key));
            }
        }
    }
    keys.extend(record_keys(record));
    keys.retain(|(_, key)| !key.is_empty());
    keys.sort();
    keys.dedup();
    keys
}

/// `~name` and `~uid`.
pub(super) fn record_keys(record: &Record) -> Vec<(&'static str, String)> {
    let mut keys: Vec<_> = name(record).map(|name| ("~name", name)).into_iter().collect();
    for (key, cell) in record.below("extra") {
        let last = key.rsplit('/').next().unwrap_or_default();
        if ["uid", "import_id", "id"].iter().any(|name| last.eq_ignore_ascii_case(name)) {
            keys.extend(cell.shown.content.as_str().map(|uid| ("~uid", uid.to_owned())));
        }
    }
    keys.retain(|(_, key)| !key.is_empty());
    keys
}

fn name(record: &Record) -> Option<String> {
    match record.kind() {
        "contact" => Some(person_name(
            record.str("given_name").unwrap_or_default(),
            record.str("family_name").unwrap_or_default(),
        )),
        "company" => Some(company_name(record.str("name").unwrap_or_default())),
        _ => None,
    }
}

/// The `~name` of a person: folded words, sorted.
pub fn person_name(given: &str, family: &str) -> String {
    let folded = fold(&format!("{given} {family}"));
    let mut words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// The `~name` of a company: folded words without the legal form at the end.
pub fn company_name(name: &str) -> String {
    let folded = fold(&name.replace('.', ""));
    let mut words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|last| LEGAL_FORMS.contains(last)) {
        words.pop();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_names_and_umlauts_meet() {
        assert_eq!(person_name("Anna", "Müller"), person_name("Mueller", "anna"));
        assert_ne!(person_name("Anna", "Müller"), person_name("Anne", "Müller"));
    }

    #[test]
    fn legal_forms_are_no_part_of_a_company_s_name() {
        for name in ["Nordlicht GmbH & Co. KG", "NORDLICHT", "Nordlicht e.K.", "Nordlicht Ges.m.b.H."] {
            assert_eq!(company_name(name), "nordlicht", "{name}");
        }
        assert_eq!(company_name("AG"), "ag");
    }
}
