//! Which field a header means: our own labels in both languages, Outlook, Google, and plain German.

use crate::index::fold;
use crate::record::ValueType;
use crate::schema::{Field, Kind, Schema};

use super::Target;

/// (words as folded, target). What other programs write; our own labels come from the schema.
const SYNONYMS: &[(&str, &str)] = &[
    ("nachname", "family_name"),
    ("last name", "family_name"),
    ("family name", "family_name"),
    ("familienname", "family_name"),
    ("surname", "family_name"),
    ("vorname", "given_name"),
    ("first name", "given_name"),
    ("given name", "given_name"),
    ("weitere vornamen", "middle_names"),
    ("middle name", "middle_names"),
    ("additional name", "middle_names"),
    ("suffix", "name_suffix"),
    ("name suffix", "name_suffix"),
    ("rufname", "nickname"),
    ("spitzname", "nickname"),
    ("anrede", "salutation"),
    ("titel", "title"),
    ("title", "title"),
    ("akad. titel", "title"),
    ("firma", "employments.company"),
    ("company", "employments.company"),
    ("organization", "employments.company"),
    ("organization name", "employments.company"),
    ("organization 1 - name", "employments.company"),
    ("unternehmen", "employments.company"),
    ("position", "employments.position"),
    ("job title", "employments.position"),
    ("organization title", "employments.position"),
    ("organization 1 - title", "employments.position"),
    ("abteilung", "employments.department"),
    ("department", "employments.department"),
    ("telefon", "phones[work]"),
    ("telefon geschaftlich", "phones[work]"),
    ("tel. geschaftlich", "phones[work]"),
    ("tel. gesch.", "phones[work]"),
    ("business phone", "phones[work]"),
    ("phone", "phones[work]"),
    ("phone 1 - value", "phones[work]"),
    ("phone 2 - value", "phones[work#2]"),
    ("telefon (geschaftlich)", "phones[work]"),
    ("telefon geschaftlich 2", "phones[work#2]"),
    ("telefon privat", "phones[home]"),
    ("tel. priv.", "phones[home]"),
    ("tel. privat", "phones[home]"),
    ("telefon (privat)", "phones[home]"),
    ("home phone", "phones[home]"),
    ("mobil", "phones[mobile]"),
    ("tel. mobil", "phones[mobile]"),
    ("telefon mobil", "phones[mobile]"),
    ("mobiltelefon", "phones[mobile]"),
    ("handy", "phones[mobile]"),
    ("mobile", "phones[mobile]"),
    ("mobile phone", "phones[mobile]"),
    ("fax", "phones[fax]"),
    ("fax geschaftlich", "phones[fax]"),
    ("business fax", "phones[fax]"),
    ("zentrale", "phones[main]"),
    ("firma hauptnummer", "phones[main]"),
    ("e-mail", "emails[work]"),
    ("email", "emails[work]"),
    ("mail", "emails[work]"),
    ("e-mail-adresse", "emails[work]"),
    ("e-mail address", "emails[work]"),
    ("e-mail 1 - value", "emails[work]"),
    ("e-mail 2: adresse", "emails[work#2]"),
    ("e-mail-adresse 2", "emails[work#2]"),
    ("e-mail 2 - value", "emails[work#2]"),
    ("e-mail privat", "emails[home]"),
    ("straße", "addresses[work].street"),
    ("straße geschaftlich", "addresses[work].street"),
    ("business street", "addresses[work].street"),
    ("address 1 - street", "addresses[work].street"),
    ("straße privat", "addresses[home].street"),
    ("home street", "addresses[home].street"),
    ("straße geschaftlich 2", "addresses[work].street2"),
    ("adresszusatz", "addresses[work].street2"),
    ("plz", "addresses[work].postal_code"),
    ("postleitzahl", "addresses[work].postal_code"),
    ("postleitzahl geschaftlich", "addresses[work].postal_code"),
    ("plz geschaftlich", "addresses[work].postal_code"),
    ("zip", "addresses[work].postal_code"),
    ("postal code", "addresses[work].postal_code"),
    ("business postal code", "addresses[work].postal_code"),
    ("postleitzahl privat", "addresses[home].postal_code"),
    ("plz privat", "addresses[home].postal_code"),
    ("home postal code", "addresses[home].postal_code"),
    ("ort", "addresses[work].city"),
    ("stadt", "addresses[work].city"),
    ("city", "addresses[work].city"),
    ("ort geschaftlich", "addresses[work].city"),
    ("business city", "addresses[work].city"),
    ("ort privat", "addresses[home].city"),
    ("home city", "addresses[home].city"),
    ("bundesland", "addresses[work].region"),
    ("region", "addresses[work].region"),
    ("land", "addresses[work].country"),
    ("country", "addresses[work].country"),
    ("land/region geschaftlich", "addresses[work].country"),
    ("land/region privat", "addresses[home].country"),
    ("webseite", "urls[work]"),
    ("website", "urls[work]"),
    ("web page", "urls[work]"),
    ("web", "urls[work]"),
    ("homepage", "urls[work]"),
    ("internet", "urls[work]"),
    ("geburtstag", "birthday"),
    ("birthday", "birthday"),
    ("geburtsdatum", "birthday"),
    ("jahrestag", "anniversary"),
    ("status", "state"),
    ("herkunft", "source"),
    ("quelle", "source"),
    ("schlagworte", "tags"),
    ("kategorien", "tags"),
    ("categories", "tags"),
    ("labels", "tags"),
    ("tags", "tags"),
    ("gruppen", "tags"),
    ("bemerkung", "description"),
    ("bemerkungen", "description"),
    ("notiz", "description"),
    ("notizen", "description"),
    ("notes", "description"),
    ("kommentar", "description"),
    ("firmierung", "legal_name"),
    ("art", "types"),
    ("branche", "industry"),
    ("große", "size"),
    ("mitarbeiter", "size"),
    ("ust-idnr.", "vat_id"),
    ("ust-id", "vat_id"),
    ("umsatzsteuer-id", "vat_id"),
    ("zahlungsziel", "payment_days"),
    ("id", "id"),
    ("farley-id", "id"),
];

/// The target of a header for records of `kind`, or none.
///
/// Our own export's headers come first (label in either language, entries with `[label]`, number and
/// sub-label), then the list of what other programs write.
pub fn guess(schema: &Schema, kind: &str, header: &str) -> Option<Target> {
    let kind = schema.kind(kind)?;
    let folded = fold(header.trim());
    if let Some(name) = header.trim().strip_prefix("extra/") {
        return Some(Target::field(&format!("extra/{name}")));
    }
    if let Some(target) = own(schema, kind, header.trim()) {
        return Some(target);
    }
    // A company's own columns: its name is not an employment.
    if kind.name == "company"
        && ["firma", "company", "unternehmen", "name", "firmenname"].contains(&folded.as_str())
    {
        return Some(Target::field("name"));
    }
    let target: Target = SYNONYMS.iter().find(|(word, _)| fold(word) == folded)?.1.parse().ok()?;
    (target.field == "id" || kind.field(&target.field).is_some()).then_some(target)
}

/// Reads a header that [`super::write_csv`] wrote.
fn own(schema: &Schema, kind: &Kind, header: &str) -> Option<Target> {
    for field in kind.fields.iter().filter(|field| !field.computed) {
        for label in [&field.name, &field.label.de, &field.label.en] {
            if fold(label) == fold(header) && field.ty != ValueType::Entries {
                return Some(Target::field(&field.name));
            }
            let Some(rest) = header.strip_prefix(label.as_str()).filter(|_| field.ty == ValueType::Entries)
            else {
                continue;
            };
            if let Some(target) = entry(schema, field, rest) {
                return Some(target);
            }
        }
    }
    None
}

/// ` [mobile] 2 bevorzugt` behind the label of an entries field.
fn entry(schema: &Schema, field: &Field, rest: &str) -> Option<Target> {
    let mut target = Target::field(&field.name);
    let mut rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('[') {
        let (label, behind) = inner.split_once(']')?;
        let list = field.sub.iter().find(|sub| sub.name == "label").and_then(|sub| sub.list.as_ref());
        target.label =
            Some(list.and_then(|list| choice(schema, list, label)).unwrap_or_else(|| label.to_owned()));
        rest = behind.trim_start();
    } else if rest.is_empty() {
        return None;
    }
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if let Ok(number) = digits.parse() {
        target.number = number;
        rest = rest[digits.len()..].trim_start();
    }
    if rest.is_empty() {
        return target.label.is_some().then_some(target);
    }
    if let Some(part) =
        ADDRESS_PARTS.iter().find(|(_, de, en)| [*de, *en].iter().any(|label| fold(label) == fold(rest)))
    {
        return Some(target.part(part.0));
    }
    let sub = field.sub.iter().find(|sub| {
        [&sub.name, &sub.label.de, &sub.label.en].iter().any(|label| fold(label) == fold(rest))
    })?;
    Some(target.part(&sub.name))
}

/// Parts of an address: key, German, English.
pub(super) const ADDRESS_PARTS: &[(&str, &str, &str)] = &[
    ("street", "Straße", "Street"),
    ("street2", "Zusatz", "Street 2"),
    ("postal_code", "PLZ", "Postal code"),
    ("city", "Ort", "City"),
    ("region", "Region", "State"),
    ("country", "Land", "Country"),
];

/// Key of the entry of `list` that `typed` names by key or label, in either language.
pub(super) fn choice(schema: &Schema, list: &str, typed: &str) -> Option<String> {
    let folded = fold(typed.trim());
    let list = schema.lists.get(list)?;
    let named = |choice: &&crate::schema::Choice| {
        [&choice.key, &choice.label.de, &choice.label.en].iter().any(|label| fold(label) == folded)
    };
    list.iter().find(named).map(|choice| choice.key.clone())
}
